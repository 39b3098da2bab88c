"""ConsolidateFindings: everything that was heard becomes one document, and what was not heard is named."""

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from tasks.door import Door
from tasks.paid_requests import paid_requests_sent
from tasks.shared_context import read_content, store_review_file
from tasks.steps.check_readiness import candidates
from tasks.wiring import World
from workflows.cost_review.answers import Answer, Gap, NotAsked, read_slot, step_outcome, waking_run
from workflows.cost_review.coverage import Hearing
from workflows.cost_review.documents import Findings, findings_from
from workflows.cost_review.readiness import Candidate
from workflows.cost_review.report import consolidate, report_document, run_document
from workflows.cost_review.request import Review
from workflows.errors import InvalidContent, NoEvidence
from workflows.sources import SourceState

CONSOLIDATED = "consolidated.json"
COST_EXPLORER = "cost_explorer"
NAMED_RESOURCE_SPEND = "named_resource_spend"
HEARD_SOMETHING = frozenset({SourceState.AVAILABLE, SourceState.NO_DATA})


def consolidate_findings(event: Mapping[str, Any], world: World) -> Mapping[str, Any]:
    """Stores the consolidated document and returns its reference; NoEvidence where nobody gave anything valid."""
    review = Review.model_validate(event["review"])
    slots = list(_slots(event, candidates(world), review))
    hearings = [_hearing(candidate, event, mine, world) for candidate, mine in slots]
    if not any(_heard_something(hearing) for hearing in hearings):
        said = "; ".join(f"{gap.agent}: {gap.error}: {gap.cause}" for hearing in hearings for gap in hearing.gaps)
        raise NoEvidence(f"No agent gave a valid answer. {said}".strip())
    consolidation = consolidate(review, hearings)
    steps = [
        step_outcome(_state(candidate, stage), candidate.name, slot)
        for candidate, mine in slots
        for stage, slot in mine.items()
    ]
    document = {
        "report": report_document(consolidation),
        "run": run_document(
            review,
            steps,
            {"readiness": event["readiness"]["answer"], "woken": len(event.get("woken") or [])},
            paid=paid_requests_sent(world, review),
            waking=[run for run in map(waking_run, event.get("woken") or []) if run is not None],
        ),
    }
    content = json.dumps(document, indent=1, sort_keys=True).encode()
    reference = store_review_file(
        world, review_id=review.review_id, name=CONSOLIDATED, content=content, content_type="application/json"
    )
    report = document["report"]
    return {
        "status": report["status"],
        "totals": report["totals"],
        "gaps": sum(row["is_gap"] for row in report["coverage"]),
        "reference": reference.model_dump(),
    }


Slots = Mapping[str, Answer | Gap | NotAsked]


def _slots(event: Mapping[str, Any], asked: Iterable[Candidate], review: Review) -> Iterator[tuple[Candidate, Slots]]:
    collected, analysed = _mapping(event.get("collected")), _mapping(event.get("analysed"))
    in_order = {**_mapping(analysed.get("in_order")), "budget": analysed.get("budget")}
    for candidate in asked:
        stages = {"collect": collected.get(candidate.key), "analyse": in_order.get(candidate.key)}
        if candidate.key == COST_EXPLORER:
            stages[NAMED_RESOURCE_SPEND] = in_order.get(NAMED_RESOURCE_SPEND)
        yield (
            candidate,
            {
                stage: read_slot(slot, agent=candidate.name, stage=stage, review_id=review.review_id)
                for stage, slot in stages.items()
            },
        )


def _hearing(candidate: Candidate, event: Mapping[str, Any], slots: Slots, world: World) -> Hearing:
    readiness = _mapping(_mapping(_mapping(event["readiness"]).get("answer")).get("agents"))
    stood = _mapping(readiness.get(candidate.key))
    reason, remedy = str(stood.get("reason") or ""), str(stood.get("remedy") or "")
    if not stood.get("in_scope", True):
        return Hearing(candidate, "not_asked", reason="The review's scope leaves this agent out.")
    if isinstance(slots["collect"], NotAsked):
        return Hearing(candidate, "not_ready", reason=reason or "It was not ready.", remedy=remedy)
    gaps = [gap for gap in slots.values() if isinstance(gap, Gap)]
    if len(gaps) > 1:
        # What follows from another gap of the same agent is not told twice.
        gaps = [gap for gap in gaps if gap.error != "NothingToWorkWith"] or gaps
    findings, unreadable = _findings(slots["analyse"], candidate, world)
    return Hearing(candidate, "heard" if findings else "gap", findings, (*gaps, *unreadable))


def _findings(
    slot: Answer | Gap | NotAsked, candidate: Candidate, world: World
) -> tuple[Findings | None, tuple[Gap, ...]]:
    if not isinstance(slot, Answer):
        return None, ()
    try:
        findings = findings_from(read_content(world, slot.content))
    except InvalidContent as error:
        return None, (Gap(candidate.name, "analyse", "InvalidContent", str(error)[:300]),)
    of_review = slot.content.key.rpartition("/")[2].partition("-")[2].removesuffix(".json")
    if of_review != slot.review_id:
        return None, (Gap(candidate.name, "analyse", "InvalidContent", f"It is of review {of_review[:80]}."),)
    if findings.agent != candidate.name:
        return None, (Gap(candidate.name, "analyse", "InvalidContent", f"The findings are {findings.agent[:60]}'s."),)
    return findings, ()


def _heard_something(hearing: Hearing) -> bool:
    return hearing.findings is not None and any(one.state in HEARD_SOMETHING for one in hearing.findings.sources)


def _state(candidate: Candidate, stage: str) -> str:
    if stage == NAMED_RESOURCE_SPEND:
        return "CollectNamedResourceSpend"
    return stage.capitalize() + "".join(word.capitalize() for word in candidate.key.split("_"))


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


handler = Door(consolidate_findings)
