"""ConsolidateFindings: everything that was heard becomes one document, and what was not heard is named."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from pydantic import ValidationError

from tasks.agents.discovered import ANALYSE_STATE, COLLECT_STATE
from tasks.baselines import last_review
from tasks.decisions_of_review import decisions_before, note_conclusions
from tasks.discovered_hearings import Discovered, discovered_from, discovered_hearings, discovered_in
from tasks.door import Door
from tasks.hearings import Slots, hearing
from tasks.paid_requests import paid_requests_sent
from tasks.shared_context import Read, read_content, store_review_file
from tasks.steps.check_readiness import candidates
from tasks.wiring import World
from workflows.cost_review.answers import Reference, read_slot, step_outcome, waking_run
from workflows.cost_review.audit import FAILED, audited
from workflows.cost_review.baseline import baseline_from
from workflows.cost_review.consolidation import Consolidation, bill_of, consolidate
from workflows.cost_review.coverage import Hearing
from workflows.cost_review.readiness import Candidate
from workflows.cost_review.report.changes import Before, with_changes
from workflows.cost_review.report.decisions import used_document, used_from
from workflows.cost_review.report.document import report_document
from workflows.cost_review.report.run import run_document
from workflows.cost_review.request import Review
from workflows.cost_review.unready_sources import unready_from
from workflows.errors import InvalidContent, NoEvidence
from workflows.savings.changes import spend_has_ended
from workflows.savings.decisions import state_of
from workflows.savings.set_aside import NOTHING_DECIDED, Decisions
from workflows.sources import SourceState, SourceStatus

CONSOLIDATED = "consolidated.json"
COST_EXPLORER = "cost_explorer"
NAMED_RESOURCE_SPEND = "named_resource_spend"
IN_ORDER = "in_order"
SAID_BY_THE_STATE = ("review", "readiness", "collected", "analysed")
HEARD_SOMETHING = frozenset({SourceState.AVAILABLE, SourceState.NO_DATA})


def consolidate_findings(event: Mapping[str, Any], world: World) -> Mapping[str, Any]:
    """Stores the consolidated document and returns its reference; NoEvidence where nobody gave anything valid."""
    review = Review.model_validate(event["review"])
    read = partial(read_content, world)
    slots, discovered = list(_slots(event, candidates(world), review)), discovered_in(event, world, read)
    everybody = [*slots, *discovered.asked(review.review_id)]
    hearings = all_hearings(event, slots, discovered, read)
    if not any(_heard_something(hearing) for hearing in hearings):
        said = "; ".join(f"{gap.agent}: {gap.error}: {gap.cause}" for hearing in hearings for gap in hearing.gaps)
        raise NoEvidence(f"No agent gave a valid answer. {said}".strip())
    last = last_review(world, review, {one.findings.account_id for one in hearings if one.findings})
    decisions = decisions_before(world, review.as_of)
    conclusions = consolidate(review, hearings, decisions)
    report = _report(conclusions, Before(last.baseline, last.why_none))
    # What a failed report concludes is no conclusion: nothing of it is noted.
    overtaken = () if report["status"] == FAILED else note_conclusions(world, review, conclusions.outcome)
    document = {
        "report": report,
        # Whatever else the report was made of, so that it can be made again.
        "inputs": {
            "event": {name: event[name] for name in SAID_BY_THE_STATE if name in event},
            "comparable": last.comparable,
            "baseline": last.reference.model_dump() if last.reference else None,
            "no_baseline_because": last.why_none,
            "decisions": used_document(decisions),
            "discovered": discovered.document(),
        },
        "run": _run(event, review, everybody, overtaken, paid_requests_sent(world, review.review_id)),
    }
    content = json.dumps(document, indent=1, sort_keys=True).encode()
    reference = store_review_file(
        world, review_id=review.review_id, name=CONSOLIDATED, content=content, content_type="application/json"
    )
    return {
        "status": report["status"],
        "totals": report["totals"],
        "gaps": sum(row["is_gap"] for row in report["coverage"]),
        "reference": reference.model_dump(),
    }


def _run(
    event: Mapping[str, Any],
    review: Review,
    slots: Iterable[tuple[Candidate, Slots]],
    overtaken: Iterable[str],
    paid: int,
) -> Mapping[str, Any]:
    """How the run itself went; overtaken are what it would have concluded, had nobody decided meanwhile."""
    woken = event.get("woken") or []
    steps = [
        step_outcome(_state(candidate, stage), candidate.name, slot)
        for candidate, mine in slots
        for stage, slot in mine.items()
    ]
    execution = {
        "readiness": event["readiness"]["answer"],
        "woken": len(woken),
        "decisions_overtaken": list(overtaken),
    }
    waking = [run for run in map(waking_run, woken) if run is not None]
    return run_document(review, steps, execution, paid=paid, waking=waking)


def all_hearings(
    event: Mapping[str, Any], slots: Iterable[tuple[Candidate, Slots]], discovered: Discovered, read: Read
) -> list[Hearing]:
    """What became of each agent in the review whose state this is; those of other teams come after ours."""
    review = Review.model_validate(event["review"])
    stood = _mapping(_mapping(_mapping(event["readiness"]).get("answer")).get("agents"))
    told = _unready_sources(event, read)
    ours = [
        hearing(candidate, _mapping(stood.get(candidate.key)), mine, read, told.get(candidate.name, ()))
        for candidate, mine in slots
    ]
    return [*ours, *discovered_hearings(discovered, ours, bill_of(ours), review, read)]


def _unready_sources(event: Mapping[str, Any], read: Read) -> Mapping[str, tuple[SourceStatus, ...]]:
    """What agents that were left out said of each source; where it cannot be read, their joined reason has to do."""
    answer = _mapping(_mapping(event["readiness"]).get("answer"))
    if "unready_sources" not in answer:
        return {}
    try:
        return unready_from(read(Reference.model_validate(answer["unready_sources"])))
    except (InvalidContent, ValidationError):
        return {}


def report_of(
    review: Review, hearings: Sequence[Hearing], before: Before, decisions: Decisions = NOTHING_DECIDED
) -> dict[str, Any]:
    """The report without its summary and its run; the same inputs give the same report."""
    return _report(consolidate(review, hearings, decisions), before)


def _report(conclusions: Consolidation, before: Before) -> dict[str, Any]:
    ledger = conclusions.outcome.decisions.ledger
    states = {key: str(state_of(item, conclusions.review.as_of)) for key, item in ledger.items()}
    billed = (days for one in conclusions.hearings if one.findings for days in one.findings.billed_days)
    ended = frozenset(days.billing_id for days in billed if spend_has_ended(days))
    return audited(with_changes(report_document(conclusions), replace(before, decided=states, ended=ended)))


def report_again(inputs: Mapping[str, Any], asked: Iterable[Candidate], read: Read) -> dict[str, Any]:
    """The report of the inputs that a consolidated document keeps; InvalidContent where they cannot be read."""
    event, reference = inputs["event"], inputs["baseline"]
    review = Review.model_validate(event["review"])
    discovered = discovered_from(inputs.get("discovered"))
    hearings = all_hearings(event, _slots(event, asked, review), discovered, read)
    comparable = inputs["comparable"]
    baseline = None if reference is None else baseline_from(read(Reference.model_validate(reference)), comparable)
    decisions = used_from(inputs["decisions"])
    return report_of(review, hearings, Before(baseline, inputs["no_baseline_because"]), decisions)


def analysed_slots(event: Mapping[str, Any]) -> Mapping[str, Any]:
    """What the analyses left in the state, by agent, and under its own name what named resources cost."""
    analysed = dict(_mapping(event.get("analysed")))
    in_order = _mapping(analysed.pop(IN_ORDER, None))
    return {**analysed, **in_order}


def _slots(event: Mapping[str, Any], asked: Iterable[Candidate], review: Review) -> Iterator[tuple[Candidate, Slots]]:
    collected, in_order = _mapping(event.get("collected")), analysed_slots(event)
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


def _heard_something(hearing: Hearing) -> bool:
    return hearing.findings is not None and any(one.state in HEARD_SOMETHING for one in hearing.findings.sources)


def _state(candidate: Candidate, stage: str) -> str:
    if candidate.of_other_team:
        return COLLECT_STATE if stage == "collect" else ANALYSE_STATE
    if stage == NAMED_RESOURCE_SPEND:
        return "CollectNamedResourceSpend"
    return stage.capitalize() + "".join(word.capitalize() for word in candidate.key.split("_"))


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


handler = Door(consolidate_findings)
