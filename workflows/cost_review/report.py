"""The report: one document, the same bytes for the same evidence, with everything about the run itself kept apart.

Amounts are strings with two decimals; raw values of AWS keep their own spelling, and what counts is there exactly too,
because amounts rounded one by one add up to another total. Only `run` holds ids, times and the run's own cost.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from workflows.cost_review.answers import COST_EXPLORER_USD_A_REQUEST, StepOutcome, StepRun
from workflows.cost_review.coverage import CoverageRow, Hearing, coverage, is_complete
from workflows.cost_review.documents import Findings
from workflows.cost_review.focus import in_focus
from workflows.cost_review.report_advice import advice_documents
from workflows.cost_review.report_bill import bill_document
from workflows.cost_review.report_bridge import bridge_document, looks_at_everything
from workflows.cost_review.report_budgets import impact_document
from workflows.cost_review.report_commitments import commitment_document, commitment_option_document
from workflows.cost_review.report_decisions import (
    decision_document,
    exemptions_document,
    realised_document,
    unusable_rows,
)
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
from workflows.savings.bridge import bridge
from workflows.savings.budget_impact import budget_impact
from workflows.savings.consolidation import consolidated
from workflows.savings.opportunity import Opportunity
from workflows.savings.options import recommendations_of
from workflows.savings.outcomes import NO_OUTCOME, Outcome, outcome
from workflows.savings.ranking import ranked
from workflows.savings.set_aside import NOTHING_DECIDED, Decisions
from workflows.savings.waterfall import Waterfall, waterfalls
from workflows.spend import BilledDays

REPORT_CONTRACT = "finops.report/1"
REVIEW_FIELDS = (
    "analysis_type",
    "scope",
    "as_of",
    "on_not_ready",
    "max_cost_explorer_requests",
    "ranking",
    "owner_tags",
    "owner_cost_category",
)
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
    outcome: Outcome = NO_OUTCOME

    @property
    def status(self) -> str:
        return "COMPLETE" if is_complete(self.coverage) else "PARTIAL"


def consolidate(
    review: Review, hearings: Sequence[Hearing], decisions: Decisions = NOTHING_DECIDED
) -> Consolidation:
    """Counts each saving once over everything that was heard."""
    said = [
        recommendation
        for hearing in hearings
        if (findings := hearing.findings) is not None
        for recommendation in (
            *findings.recommendations,
            *recommendations_of(findings.commitment_options, agent=findings.agent, account_id=findings.account_id),
        )
    ]
    looked_at = in_focus(said, review)
    found = consolidated(looked_at, _bill(hearings), decisions)
    return Consolidation(
        review=review,
        ranked=ranked(found, review.ranking.settled),
        waterfalls=waterfalls(found),
        coverage=(*coverage(hearings, review.scope.accounts), *unusable_rows(decisions)),
        hearings=tuple(hearings),
        outside_focus=len(said) - len(looked_at),
        outcome=outcome(decisions, found, _billed_days(hearings)),
    )


def _bill(hearings: Sequence[Hearing]) -> Bill:
    findings = [hearing.findings for hearing in hearings if hearing.findings is not None]
    return bill(
        next((one.spend for one in findings if one.spend), None),
        [spend for one in findings for spend in one.resource_spend],
        [held for one in findings for held in one.commitments],
    )


def _billed_days(hearings: Sequence[Hearing]) -> list[BilledDays]:
    return [days for one in hearings if one.findings is not None for days in one.findings.billed_days]


def report_document(consolidation: Consolidation) -> Json:
    """The report without its summary and its run."""
    findings = [hearing.findings for hearing in consolidation.hearings if hearing.findings is not None]
    return {
        "contract": REPORT_CONTRACT,
        "status": consolidation.status,
        "review": _review(consolidation.review),
        "accounts": sorted({one.account_id for one in findings}),
        "totals": totals_document(consolidation.waterfalls, consolidation.ranked),
        "opportunities": _opportunities(consolidation, findings),
        "exemptions": exemptions_document(consolidation.outcome),
        "realised_savings": realised_document(consolidation.outcome),
        "outside_focus": consolidation.outside_focus,
        "waterfalls": [waterfall_document(one) for one in consolidation.waterfalls],
        "stated_by_sources": stated_document([said for one in findings for said in one.stated]),
        "bridge": bridge_document(
            bridge(
                consolidation.ranked,
                next((one.deduped_total for one in findings if one.deduped_total), None),
                of_everything=looks_at_everything(consolidation.review),
            )
        ),
        "bill": bill_document(
            next((one.spend for one in findings if one.spend), None),
            [spend for one in findings for spend in one.resource_spend],
        ),
        "budgets": [
            {
                **budget_document(budget),
                "impact": impact_document(
                    budget, budget_impact(budget, consolidation.ranked, consolidation.review.as_of)
                ),
            }
            for one in findings
            for budget in one.budgets
        ],
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


def _opportunities(consolidation: Consolidation, findings: Sequence[Findings]) -> list[Json]:
    in_order = consolidation.ranked
    advice = advice_documents(in_order, consolidation.review, findings)
    return [
        {
            **opportunity_document(rank, one),
            **advised,
            "decision": decision_document(consolidation.outcome.decision_on(one.opportunity_id)),
        }
        for rank, (one, advised) in enumerate(zip(in_order, advice, strict=True), start=1)
    ]


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
    return {key: kept[key] for key in REVIEW_FIELDS}


def _first(documents: Iterable[Json]) -> Json | None:
    return next(iter(documents), None)
