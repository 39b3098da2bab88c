"""Asks the bill about the resources that Trusted Advisor named in a review that does not ask it, for reviews to come.

{"outcome", "review_id", "why", "reference", "cost_explorer_requests"}; the last is what it paid for, tries that failed
included. The outcome is
  stored     the bill's answers lie at the reference, and the next review of the day uses them
  not_asked  the bill was not asked, and why: there was nothing to ask, or a cap on paid requests is reached
  overtaken  later findings of the account were dealt with before these
  ignored    the review asks Cost Explorer itself
"""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from functools import partial
from typing import Any

from pydantic import AwareDatetime, TypeAdapter, ValidationError

from tasks.agents.cost_explorer.collect import TRUSTED_ADVISOR, collect_named
from tasks.agents.cost_explorer.spec import SPEC as COST_EXPLORER
from tasks.agents.trusted_advisor.spec import SPEC
from tasks.agents.work import Heard, evidence_in, refuse_throttled
from tasks.aws.identity import account_id
from tasks.consumers import DEEP_DIVE
from tasks.consumers.once import handled_once
from tasks.deep_dives import newest_deep_dive, store_deep_dive
from tasks.door import Door
from tasks.event_bus import detail_of
from tasks.paid_requests import paid_requests_sent, reserve_paid_request
from tasks.shared_context import CONTEXT_PREFIX, read_content
from tasks.telemetry import logger
from tasks.wiring import RequestMeter, World, metered
from workflows.cost_review.deep_dive import DeepDive, is_newer
from workflows.cost_review.documents import Findings, findings_from
from workflows.cost_review.request import Review, Scope
from workflows.errors import InvalidContent, InvalidEvent
from workflows.events.published import FINDINGS, FindingsDetail, read_as, source_of
from workflows.events.received import envelope_of

MOST_PAID_REQUESTS = 4
"""Two questions at most (the second where the first was too long), each tried twice."""
FINDINGS_PREFIX = f"{CONTEXT_PREFIX}/{SPEC.name}/findings/"
_time = TypeAdapter(AwareDatetime).validate_python


def deep_dive(event: Mapping[str, Any], world: World) -> Mapping[str, Any]:
    """What came of the event; InvalidEvent where it is not Trusted Advisor's findings, InvalidContent where they are
    not those that were stored."""
    envelope = envelope_of(event)
    if (envelope.source, envelope.detail_type) != (source_of(SPEC.name), FINDINGS):
        told = f"{envelope.detail_type[:80]!r} of {envelope.source[:80]!r}"
        raise InvalidEvent([f"{told} is not Trusted Advisor's findings"])
    detail = read_as(FindingsDetail, detail_of(world, envelope.detail))
    # By the announcement's own id: a review that is retried announces the same in another event.
    identity = {"event_id": detail.event_id}
    return handled_once(world, consumer=DEEP_DIVE.name, identity=identity, handle=partial(_answer, detail, world))


def _answer(detail: FindingsDetail, world: World) -> Mapping[str, Any]:
    decided = _decided(detail, world)
    paid = paid_requests_sent(world, _review_id(detail))
    answer = {"review_id": detail.review_id, "reference": None, "why": "", "cost_explorer_requests": paid, **decided}
    told = f"The deep dive after {detail.review_id}: {answer['outcome']}. {answer['why']}"
    logger().info(told.strip(), extra=answer)
    return answer


def _decided(detail: FindingsDetail, world: World) -> Mapping[str, Any]:
    if detail.context.deep_dive_in_review:
        return {"outcome": "ignored", "why": "The review itself asks Cost Explorer about these resources."}
    account, found_at = account_id(world.account), _found_at(detail)
    if detail.context.account_id != account:
        raise InvalidEvent([f"context.account_id: {detail.context.account_id[:20]!r} is not the account that is read"])
    before = newest_deep_dive(world, account)
    if before is not None and is_newer(before, found_at):
        return {"outcome": "overtaken", "why": f"The findings of {before.review_id} are newer."}
    return _asked(detail, _findings(detail, world, account), found_at, world)


def _asked(detail: FindingsDetail, findings: Findings, found_at: datetime, world: World) -> Mapping[str, Any]:
    review = _as_the_next_review(detail, world)
    account = findings.account_id
    heard = Heard(findings={TRUSTED_ADVISOR: findings})
    with metered(RequestMeter(before_paid=lambda: reserve_paid_request(world, review))):
        readings = collect_named(world, review, account, heard)
    refuse_throttled(readings)
    evidence = evidence_in(COST_EXPLORER.name, account, readings)
    if not evidence.responses:
        return {"outcome": "not_asked", "why": " ".join(f"{one.source}: {one.detail}" for one in evidence.sources)}
    dive = DeepDive(
        account_id=account,
        origin=world.settings.responses_from,
        asked_on=world.now().astimezone(UTC).date(),
        as_of=review.as_of,
        review_id=detail.review_id,
        found_at=found_at,
        findings=detail.context.findings,
        evidence=evidence,
    )
    return {"outcome": "stored", "reference": store_deep_dive(world, dive).model_dump()}


def _review_id(detail: FindingsDetail) -> str:
    return f"deep-dive-{detail.event_id}"


def _as_the_next_review(detail: FindingsDetail, world: World) -> Review:
    """The review that is likely to ask next, a comprehensive one: the same question is answered once a day.

    Its id is the deep dive's own, and with it the cap on what it may pay for: never more than is left of what the
    review might whose findings these are. Who allowed nothing pays nothing.
    """
    left = detail.context.max_cost_explorer_requests - paid_requests_sent(world, detail.review_id)
    return Review(
        review_id=_review_id(detail),
        analysis_type="comprehensive",
        scope=Scope(),
        as_of=_as_of(detail),
        on_not_ready="degrade",
        max_cost_explorer_requests=max(0, min(MOST_PAID_REQUESTS, left)),
        requested_by=DEEP_DIVE.name,
        started_at=detail.timestamp,
    )


def _findings(detail: FindingsDetail, world: World, account: str) -> Findings:
    """What the event refers to, if it is what Trusted Advisor's agent stored in our shared context."""
    reference = detail.context.findings
    if reference.bucket != world.settings.context_bucket or not reference.key.startswith(FINDINGS_PREFIX):
        raise InvalidContent(f"{reference.key[:120]!r} is not where findings of {SPEC.name} are stored.")
    findings = findings_from(read_content(world, reference))
    if (findings.agent, findings.account_id) != (SPEC.name, account):
        raise InvalidContent(f"{reference.key} holds findings of {findings.agent[:60]} for another account or agent.")
    return findings


def _as_of(detail: FindingsDetail) -> date:
    try:
        return date.fromisoformat(detail.context.as_of)
    except ValueError as error:
        raise InvalidEvent([f"context.as_of: {detail.context.as_of!r} is no day"]) from error


def _found_at(detail: FindingsDetail) -> datetime:
    try:
        return _time(detail.timestamp)
    except ValidationError as error:
        raise InvalidEvent([f"timestamp: {detail.timestamp[:40]!r} is not a time with its zone"]) from error


handler = Door(deep_dive)
