"""The report: one document, the same bytes for the same evidence, with everything about the run itself kept apart.

Amounts are strings with two decimals; raw values of AWS keep their own spelling, and what counts is there exactly too,
because amounts rounded one by one add up to another total. Only `run` holds ids, times and the run's own cost.
"""

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from typing import Any

from workflows.budgets import Budget
from workflows.cost_review.consolidation import Consolidation
from workflows.cost_review.documents import Findings
from workflows.cost_review.report.advice import advice_documents
from workflows.cost_review.report.bill import bill_document
from workflows.cost_review.report.bridge import bridge_document, looks_at_everything
from workflows.cost_review.report.budgets import impact_document
from workflows.cost_review.report.commitments import commitment_document, commitment_option_document
from workflows.cost_review.report.decisions import (
    decision_document,
    exemptions_document,
    realised_document,
)
from workflows.cost_review.report.savings import (
    opportunity_document,
    stated_document,
    totals_document,
    waterfall_document,
)
from workflows.cost_review.report.spend import (
    anomaly_document,
    budget_document,
    forecast_document,
    resource_spend_document,
    service_basis_document,
    spend_document,
)
from workflows.cost_review.request import Review
from workflows.savings.bridge import bridge
from workflows.savings.budget_impact import budget_impact

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
        "bridge": _bridge(consolidation, findings),
        "bill": bill_document(
            next((one.spend for one in findings if one.spend), None),
            [spend for one in findings for spend in one.resource_spend],
        ),
        "budgets": [_budget(budget, consolidation) for one in findings for budget in one.budgets],
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


def _bridge(consolidation: Consolidation, findings: Sequence[Findings]) -> Json:
    theirs = next((one.deduped_total for one in findings if one.deduped_total), None)
    everything = looks_at_everything(consolidation.review)
    return bridge_document(bridge(consolidation.ranked, theirs, of_everything=everything))


def _budget(budget: Budget, consolidation: Consolidation) -> Json:
    impact = budget_impact(budget, consolidation.ranked, consolidation.review.as_of)
    return {**budget_document(budget), "impact": impact_document(budget, impact)}


def _opportunities(consolidation: Consolidation, findings: Sequence[Findings]) -> list[Json]:
    in_order = consolidation.ranked
    advice = advice_documents(in_order, consolidation.review, findings)
    return [
        {
            **opportunity_document(rank, one),
            **advised,
            "decision": decision_document(consolidation.outcome.decision_on(one)),
        }
        for rank, (one, advised) in enumerate(zip(in_order, advice, strict=True), start=1)
    ]


def _review(review: Review) -> Json:
    kept = review.model_dump(mode="json")
    return {key: kept[key] for key in REVIEW_FIELDS}


def _first(documents: Iterable[Json]) -> Json | None:
    return next(iter(documents), None)
