"""What could be looked at and what could not: expected minus valid, never read off an error key."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from workflows.cost_review.answers import Gap
from workflows.cost_review.documents import Findings
from workflows.cost_review.member_accounts import unseen_members
from workflows.cost_review.readiness import Candidate
from workflows.cost_review.remedies import after_gap, after_silence
from workflows.sources import NO_GAP, SourceState, SourceStatus

Outcome = Literal["heard", "gap", "not_ready", "not_asked"]


@dataclass(frozen=True)
class Hearing:
    """What became of one agent in this review: its findings, or why there are none, or only some.

    sources is what one that is not ready said of each of them.
    """

    candidate: Candidate
    outcome: Outcome
    findings: Findings | None = None
    gaps: tuple[Gap, ...] = ()
    reason: str = ""
    remedy: str = ""
    sources: tuple[SourceStatus, ...] = ()


@dataclass(frozen=True)
class CoverageRow:
    """One line of the coverage matrix; a gap always has a remedy."""

    agent: str
    source: str
    region: str
    state: str
    detail: str
    remedy: str
    is_gap: bool


def coverage(hearings: Sequence[Hearing], accounts: Collection[str] = ()) -> tuple[CoverageRow, ...]:
    """A line a source and region that was, or should have been, looked at; sorted. accounts are those in scope."""
    rows = [row for hearing in hearings for row in (*_rows(hearing), *_of_members(hearing, hearings, accounts))]
    return tuple(sorted(rows, key=lambda row: (row.agent, row.source, row.region, row.state)))


def _of_members(hearing: Hearing, hearings: Sequence[Hearing], accounts: Collection[str]) -> list[CoverageRow]:
    if hearing.findings is None:
        return []
    everybody = [one.findings for one in hearings if one.findings is not None]
    return [_row(hearing.candidate, one) for one in unseen_members(hearing.findings, everybody, accounts)]


def _rows(hearing: Hearing) -> list[CoverageRow]:
    candidate = hearing.candidate
    seen = [_row(candidate, status) for status in (hearing.findings.sources if hearing.findings else ())]
    missing = [_missing(candidate, gap) for gap in hearing.gaps]
    if hearing.findings is not None:
        return seen + (missing or _unmentioned(hearing, hearing.findings))
    match hearing.outcome:
        case "not_asked":
            return [_unseen(hearing, source, "", SourceState.NOT_NEEDED) for source in _expected(hearing)]
        case "not_ready":
            return [row for source in _expected(hearing) for row in _not_ready(hearing, source)]
        case _:
            remedy = missing[0].remedy if missing else after_silence(candidate)
            return missing + [
                _error(candidate, source, "Nothing of it reached the report.", remedy) for source in _expected(hearing)
            ]


def _expected(hearing: Hearing) -> tuple[str, ...]:
    """The sources that an agent should speak of; one that declares none still leaves a line of its own."""
    return hearing.candidate.sources or (hearing.candidate.title,)


def _unmentioned(hearing: Hearing, findings: Findings) -> list[CoverageRow]:
    """Sources that the agent says nothing of, although it should: silence is no answer."""
    mentioned = {status.source for status in findings.sources}
    candidate = hearing.candidate
    return [
        _error(candidate, source, "The agent does not say what it saw.", after_silence(candidate))
        for source in (candidate.sources if mentioned else _expected(hearing))
        if source not in mentioned
    ]


def _missing(candidate: Candidate, gap: Gap) -> CoverageRow:
    return _error(candidate, gap.stage, f"{gap.error}: {gap.cause}".rstrip(": "), after_gap(gap, candidate))


def _error(candidate: Candidate, source: str, detail: str, remedy: str) -> CoverageRow:
    return CoverageRow(candidate.name, source, "", SourceState.ERROR, detail, remedy, is_gap=True)


def _row(candidate: Candidate, status: SourceStatus) -> CoverageRow:
    agent, remedy = candidate.name, status.remedy or (after_silence(candidate) if status.is_gap else "")
    return CoverageRow(agent, status.source, status.region, status.state, status.detail, remedy, status.is_gap)


def _not_ready(hearing: Hearing, source: str) -> list[CoverageRow]:
    """A gap in each region of the source that the agent spoke of when it checked itself, as it told it."""
    told = [one for one in hearing.sources if one.source == source]
    if not told:
        return [_unseen(hearing, source, "", SourceState.ERROR)]
    return [_told(hearing, one) for one in told]


def _told(hearing: Hearing, status: SourceStatus) -> CoverageRow:
    if not status.is_gap:  # what it could read does not count as read: it took no part
        return _unseen(hearing, status.source, status.region, SourceState.ERROR)
    detail, remedy = status.detail or hearing.reason, status.remedy or hearing.remedy
    return _row(hearing.candidate, replace(status, detail=detail, remedy=remedy))


def _unseen(hearing: Hearing, source: str, region: str, state: SourceState) -> CoverageRow:
    candidate, gap = hearing.candidate, state not in NO_GAP
    remedy = hearing.remedy or (after_silence(candidate) if gap else "")
    return CoverageRow(candidate.name, source, region, state, hearing.reason, remedy, is_gap=gap)


def is_complete(rows: Sequence[CoverageRow]) -> bool:
    """Whether everything that should have been looked at was."""
    return not any(row.is_gap for row in rows)
