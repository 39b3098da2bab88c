"""What became of one agent in a review, from how it stood and from what its steps left."""

from collections.abc import Mapping
from typing import Any

from tasks.shared_context import Read
from workflows.cost_review.answers import Answer, Gap, NotAsked
from workflows.cost_review.coverage import Hearing
from workflows.cost_review.documents import Findings, findings_from
from workflows.cost_review.readiness import Candidate
from workflows.errors import InvalidContent
from workflows.sources import SourceStatus

Slots = Mapping[str, Answer | Gap | NotAsked]
"""By stage ("collect", "analyse"), what a slot of the state really holds."""
OUT_OF_SCOPE = "The review's scope leaves this agent out."


def hearing(
    candidate: Candidate, stood: Mapping[str, Any], slots: Slots, read: Read, unready: tuple[SourceStatus, ...] = ()
) -> Hearing:
    """Its findings, or why there are none, or only some.

    stood is the agent's row of the readiness answer, unready what it said of each source where it was not ready.
    """
    reason, remedy = str(stood.get("reason") or ""), str(stood.get("remedy") or "")
    if not stood.get("in_scope", True):
        return Hearing(candidate, "not_asked", reason=OUT_OF_SCOPE)
    if isinstance(slots["collect"], NotAsked):
        return Hearing(candidate, "not_ready", reason=reason or "It was not ready.", remedy=remedy, sources=unready)
    gaps = [gap for gap in slots.values() if isinstance(gap, Gap)]
    if len(gaps) > 1:
        # What follows from another gap of the same agent is not told twice.
        gaps = [gap for gap in gaps if gap.error != "NothingToWorkWith"] or gaps
    findings, unreadable = _findings(slots["analyse"], candidate, read)
    return Hearing(candidate, "heard" if findings else "gap", findings, (*gaps, *unreadable))


def _findings(
    slot: Answer | Gap | NotAsked, candidate: Candidate, read: Read
) -> tuple[Findings | None, tuple[Gap, ...]]:
    if not isinstance(slot, Answer):
        return None, ()
    try:
        findings = findings_from(read(slot.content))
    except InvalidContent as error:
        return None, (Gap(candidate.name, "analyse", "InvalidContent", str(error)[:300]),)
    of_review = slot.content.key.rpartition("/")[2].partition("-")[2].removesuffix(".json")
    if of_review != slot.review_id:
        return None, (Gap(candidate.name, "analyse", "InvalidContent", f"It is of review {of_review[:80]}."),)
    if findings.agent != candidate.name:
        return None, (Gap(candidate.name, "analyse", "InvalidContent", f"The findings are {findings.agent[:60]}'s."),)
    return findings, ()
