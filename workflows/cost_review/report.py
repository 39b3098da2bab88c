"""The report: one document, the same bytes for the same evidence, with everything about the run itself kept apart.

Amounts are strings with two decimals; raw values of AWS keep their own spelling, and what counts is there exactly too,
because amounts rounded one by one add up to another total. Only `run` holds ids, times and the run's own cost.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from workflows.cost_review.answers import COST_EXPLORER_USD_A_REQUEST, StepOutcome, StepRun
from workflows.cost_review.coverage import CoverageRow, Hearing, coverage, is_complete
from workflows.cost_review.focus import in_focus
from workflows.cost_review.report_commitments import commitment_document, commitment_option_document
from workflows.cost_review.report_savings import (
    opportunity_document,
    stated_document,
    totals_document,
    waterfall_document,
)
from workflows.cost_review.report_spend import (
    anomaly_document,
    budget_document,
    forecast_document,
    resource_spend_document,
    service_basis_document,
    spend_document,
)
from workflows.cost_review.request import Review
from workflows.money import in_cents
from workflows.savings.bill import Bill, bill
from workflows.savings.consolidation import consolidated
from workflows.savings.opportunity import Opportunity
from workflows.savings.ranking import biggest_savings_first
from workflows.savings.waterfall import Waterfall, waterfalls

REPORT_CONTRACT = "finops.report/1"
Json = dict[str, Any]


@dataclass(frozen=True)
class Consolidation:
    """Everything that the review concludes, before it is written down."""

    review: Review
    ranked: tuple[Opportunity, ...]
    waterfalls: tuple[Waterfall, ...]
    coverage: tuple[CoverageRow, ...]
    hearings: tuple[Hearing, ...]
    outside_focus: int

    @property
    def status(self) -> str:
        return "COMPLETE" if is_complete(self.coverage) else "PARTIAL"


def consolidate(review: Review, hearings: Sequence[Hearing]) -> Consolidation:
    """Counts each saving once over everything that was heard."""
    said = [
        recommendation
        for hearing in hearings
        if hearing.findings is not None
        for recommendation in hearing.findings.recommendations
    ]
    looked_at = in_focus(said, review)
    found = consolidated(looked_at, _bill(hearings))
    return Consolidation(
        review=review,
        ranked=biggest_savings_first(found),
        waterfalls=waterfalls(found),
        coverage=coverage(hearings),
        hearings=tuple(hearings),
        outside_focus=len(said) - len(looked_at),
    )


def _bill(hearings: Sequence[Hearing]) -> Bill:
    findings = [hearing.findings for hearing in hearings if hearing.findings is not None]
    return bill(
        next((one.spend for one in findings if one.spend), None),
        [spend for one in findings for spend in one.resource_spend],
        [held for one in findings for held in one.commitments],
    )


def report_document(consolidation: Consolidation) -> Json:
    """The report without its summary and its run."""
    findings = [hearing.findings for hearing in consolidation.hearings if hearing.findings is not None]
    return {
        "contract": REPORT_CONTRACT,
        "status": consolidation.status,
        "review": _review(consolidation.review),
        "accounts": sorted({one.account_id for one in findings}),
        "totals": totals_document(consolidation.waterfalls, consolidation.ranked),
        "opportunities": [opportunity_document(rank, one) for rank, one in enumerate(consolidation.ranked, start=1)],
        "outside_focus": consolidation.outside_focus,
        "waterfalls": [waterfall_document(one) for one in consolidation.waterfalls],
        "stated_by_sources": stated_document([said for one in findings for said in one.stated]),
        "budgets": [budget_document(budget) for one in findings for budget in one.budgets],
        "spend": _first(spend_document(one.spend) for one in findings if one.spend),
        "forecast": _first(forecast_document(one.forecast) for one in findings if one.forecast),
        "anomalies": [anomaly_document(anomaly) for one in findings for anomaly in one.anomalies],
        "resource_spend": [resource_spend_document(spend) for one in findings for spend in one.resource_spend],
        "service_basis": [service_basis_document(basis) for one in findings for basis in one.service_basis],
        "commitments": [commitment_document(held) for one in findings for held in one.commitments],
        "commitment_options": [commitment_option_document(o) for one in findings for o in one.commitment_options],
        "remarks": [{"agent": one.agent, "remarks": list(one.remarks)} for one in findings],
        "coverage": [asdict(row) for row in consolidation.coverage],
    }


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


def _review(review: Review) -> Json:
    kept = review.model_dump(mode="json")
    return {key: kept[key] for key in ("analysis_type", "scope", "as_of", "on_not_ready", "max_cost_explorer_requests")}


def _first(documents: Iterable[Json]) -> Json | None:
    return next(iter(documents), None)
