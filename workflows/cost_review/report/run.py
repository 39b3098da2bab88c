"""The report's part about the run itself: all that differs between two runs of the same evidence."""

from collections.abc import Mapping, Sequence
from typing import Any

from workflows.cost_review.answers import COST_EXPLORER_USD_A_REQUEST, StepOutcome, StepRun
from workflows.cost_review.request import Review
from workflows.money import in_cents

Json = dict[str, Any]


def run_document(
    review: Review,
    steps: Sequence[StepOutcome],
    execution: Mapping[str, Any],
    *,
    paid: int,
    waking: Sequence[StepRun] = (),
) -> Json:
    """Ids, times, durations and what the run itself cost: all that differs between two runs of the same evidence.

    paid is how many paid requests were counted before they were sent, those of failed attempts included; waking are
    the self-checks of the agents that were woken. aws_requests are those of the steps that answered: a step that failed
    took its count of free requests with it.
    """
    runs = [*waking, *(step.run for step in steps if step.run is not None)]
    return {
        "review_id": review.review_id,
        "requested_by": review.requested_by,
        "started_at": review.started_at,
        **execution,
        "steps": [_step(step) for step in steps],
        "self_cost": {
            "aws_requests": sum(run.requests for run in runs),
            "cost_explorer_requests": paid,
            "cost_explorer_usd": in_cents(paid * COST_EXPLORER_USD_A_REQUEST),
        },
    }


def _step(step: StepOutcome) -> Json:
    run = step.run.model_dump(exclude={"state"}) if step.run else {}
    reference = step.reference.model_dump() if step.reference else None
    return {
        "state": step.state,
        "agent": step.agent,
        "outcome": step.outcome,
        "error": step.error,
        **run,
        "reference": reference,
    }
