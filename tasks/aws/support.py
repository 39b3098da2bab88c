"""Trusted Advisor through the AWS Support API, which exists in us-east-1 and answers headers in English on request."""

from collections.abc import Callable
from typing import Any

from tasks.aws.reading import Reader, note_refreshed, rows_in
from workflows.errors import InvalidSourceRequest, NoSupportPlan, SourceError
from workflows.members import Json, folded, members, text
from workflows.money import amount

REGION = "us-east-1"
LANGUAGE = "en"
COST = "costoptimizing"
HAS_FINDINGS = frozenset({"warning", "error"})
UNDER_WAY = frozenset({"enqueued", "processing"})
REFRESHED = "success"
PAUSE_S = 5.0
MOST_LOOKS = 12
"""A refresh takes minutes at worst; the step that collects has five in all, so one is waited for."""


def read_recommendations(reader: Reader) -> int:
    """The cost checks, their summaries, and the results of those that name resources, suppressed ones too.

    A check that AWS took out of service, or that the plan does not include, refuses its result: the others are still
    worth reading, and the analysis says what is missing. Where none of them answers the refusal stands.
    """
    checks = _cost_checks(reader)
    if not checks:
        return 0
    summaries = _summaries(reader, checks)
    asked = _naming_resources(summaries)
    refusals = [refusal for check in asked if (refusal := _read_result(reader, check)) is not None]
    if refusals and len(refusals) == len(asked):
        raise refusals[0]
    return len(summaries)


def probe(reader: Reader) -> int:
    """Whether the checks, their summaries and their results may be read, by free requests for one result at most.

    As in a review, a check that refuses its own result says nothing of the others; where none answers it is raised.
    """
    checks = _cost_checks(reader)
    summaries = _summaries(reader, checks) if checks else []
    note_refreshed(reader, summaries, "timestamp")
    refusals = []
    for check in _naming_resources(summaries):
        if (refusal := _read_result(reader, check)) is None:
            return len(checks)
        refusals.append(refusal)
    if refusals:
        raise refusals[0]
    return len(checks)


def refresh(reader: Reader, *, sleep: Callable[[float], None]) -> int:
    """How many checks were looked at anew, after waiting a minute at most; the reader's notes tell the whole story.

    Checks that AWS refreshes by itself refuse to be asked and are passed over.
    """
    answers = {check: status for check in _cost_checks(reader) if (status := _refresh(reader, check)) is not None}
    for _ in range(MOST_LOOKS):
        waiting = sorted(check for check, status in answers.items() if status in UNDER_WAY)
        if not waiting:
            break
        sleep(PAUSE_S)
        now = reader.ask("support", "DescribeTrustedAdvisorCheckRefreshStatuses", checkIds=waiting)
        answers |= dict(map(_status, rows_in(now, "statuses")))
    done = sum(status == REFRESHED for status in answers.values())
    reader.notes.append(f"{done} of {len(answers)} checks that can be refreshed on request were refreshed.")
    return done


def _cost_checks(reader: Reader) -> list[str]:
    answer = reader.ask("support", "DescribeTrustedAdvisorChecks", language=LANGUAGE)
    costly = [check for check in _promised(answer, "checks") if folded(check.get("category")) == COST]
    named = [text(check.get("id")) for check in costly]
    return [check for check in named if check]


def _summaries(reader: Reader, checks: list[str]) -> list[Json]:
    answer = reader.ask("support", "DescribeTrustedAdvisorCheckSummaries", checkIds=checks)
    return _promised(answer, "summaries")


def _naming_resources(summaries: list[Json]) -> list[str]:
    return [text(summary.get("checkId")) for summary in summaries if _names_resources(summary)]


def _promised(answer: dict[str, Any], member: str) -> list[Json]:
    """The rows that the service's description promises; KeyError where it leaves them out."""
    return [members(row) for row in rows_in({member: answer[member]}, member)]


def _names_resources(summary: Json) -> bool:
    suppressed = amount(members(summary.get("resourcesSummary")).get("resourcesSuppressed"))
    flagged = summary.get("hasFlaggedResources") is True or folded(summary.get("status")) in HAS_FINDINGS
    return bool(text(summary.get("checkId")) and (flagged or suppressed))


def _read_result(reader: Reader, check_id: str) -> SourceError | None:
    try:
        reader.ask("support", "DescribeTrustedAdvisorCheckResult", checkId=check_id, language=LANGUAGE)
    except (InvalidSourceRequest, NoSupportPlan) as refusal:
        return refusal
    return None


def _refresh(reader: Reader, check_id: str) -> str | None:
    try:
        answer = reader.ask("support", "RefreshTrustedAdvisorCheck", checkId=check_id)
    except InvalidSourceRequest:
        return None
    return _status(answer["status"])[1]


def _status(row: object) -> tuple[str, str]:
    return text(members(row).get("checkId")), folded(members(row).get("status"))
