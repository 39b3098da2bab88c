"""The report: one document, the same bytes for the same evidence, with everything about the run itself kept apart.

Amounts are strings with two decimals; raw values of AWS keep their own spelling, and what counts is there exactly too,
because amounts rounded one by one add up to another total. Only `run` holds ids, times and the run's own cost.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal
from itertools import accumulate, pairwise
from typing import Any

from workflows.budgets import Budget
from workflows.cost_review.answers import COST_EXPLORER_USD_A_REQUEST, StepOutcome
from workflows.cost_review.coverage import CoverageRow, Hearing, coverage, is_complete
from workflows.cost_review.focus import in_focus
from workflows.cost_review.overlaps import Finding, NotCounted, Opportunity, opportunities
from workflows.cost_review.ranking import biggest_savings_first
from workflows.cost_review.request import Review
from workflows.cost_review.waterfall import Waterfall, WaterfallItem, waterfalls
from workflows.money import cents, known_total, total
from workflows.recommendation import OptimizationType, Recommendation, StatedSavings
from workflows.spend import Anomaly, Forecast, ResourceSpend, Spend

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
    found = opportunities(looked_at)
    return Consolidation(
        review=review,
        ranked=biggest_savings_first(found),
        waterfalls=waterfalls(found),
        coverage=coverage(hearings),
        hearings=tuple(hearings),
        outside_focus=len(said) - len(looked_at),
    )


def report_document(consolidation: Consolidation) -> Json:
    """The report without its summary and its run."""
    findings = [hearing.findings for hearing in consolidation.hearings if hearing.findings is not None]
    return {
        "contract": REPORT_CONTRACT,
        "status": consolidation.status,
        "review": _review(consolidation.review),
        "accounts": sorted({one.account_id for one in findings}),
        "totals": [_totals(currency, consolidation) for currency in _currencies(consolidation)],
        "opportunities": [_opportunity(rank, one) for rank, one in enumerate(consolidation.ranked, start=1)],
        "outside_focus": consolidation.outside_focus,
        "waterfalls": [_waterfall(one) for one in consolidation.waterfalls],
        "stated_by_sources": _stated_by_sources([said for one in findings for said in one.stated]),
        "budgets": [_budget(budget) for one in findings for budget in one.budgets],
        "spend": _first(_spend(one.spend) for one in findings if one.spend),
        "forecast": _first(_forecast(one.forecast) for one in findings if one.forecast),
        "anomalies": [_anomaly(anomaly) for one in findings for anomaly in one.anomalies],
        "resource_spend": [_resource_spend(spend) for one in findings for spend in one.resource_spend],
        "coverage": [asdict(row) for row in consolidation.coverage],
    }


def run_document(review: Review, steps: Sequence[StepOutcome], execution: Mapping[str, Any]) -> Json:
    """Ids, times, durations and what the run itself cost: all that differs between two runs of the same evidence.

    self_cost counts the requests of the steps that answered; a step that failed took its count with it.
    """
    runs = [step.run for step in steps if step.run is not None]
    paid = sum(run.cost_explorer_requests for run in runs)
    return {
        "review_id": review.review_id,
        "requested_by": review.requested_by,
        "started_at": review.started_at,
        **execution,
        "steps": [_step(step) for step in steps],
        "self_cost": {
            "aws_requests": sum(run.requests for run in runs),
            "cost_explorer_requests": paid,
            "cost_explorer_usd": _money(paid * COST_EXPLORER_USD_A_REQUEST),
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


def _currencies(consolidation: Consolidation) -> list[str]:
    return sorted({waterfall.billing_currency for waterfall in consolidation.waterfalls})


def _totals(currency: str, consolidation: Consolidation) -> Json:
    of_kind = {one.optimization_type: one for one in consolidation.waterfalls if one.billing_currency == currency}
    usage, rate = of_kind.get(OptimizationType.USAGE), of_kind.get(OptimizationType.RATE)
    mine = [one for one in consolidation.ranked if one.currency == currency]
    return {
        "billing_currency": currency,
        "gross_usage": _money(usage.gross if usage else Decimal(0)),
        "counted_usage": _money(usage.counted if usage else Decimal(0)),
        "gross_rate": _money(rate.gross if rate else Decimal(0)),
        "counted_rate": _money(rate.counted if rate else Decimal(0)),
        "opportunities": len(mine),
        "counted_opportunities": sum(one.not_counted is None for one in mine),
        "unknown_savings": sum(one.not_counted is NotCounted.UNKNOWN_SAVINGS for one in mine),
    }


def _opportunity(rank: int, opportunity: Opportunity) -> Json:
    chosen = opportunity.best.chosen
    return {
        "rank": rank,
        "opportunity_id": chosen.recommendation_id,
        "optimization_type": opportunity.optimization_type,
        **_proposal(opportunity.best),
        "account_id": chosen.account_id,
        "region_id": chosen.region_id,
        "resource_type": chosen.resource_type,
        "resource_id": chosen.resource_id,
        "resource_name": _known_name(opportunity),
        "billing_currency": chosen.billing_currency,
        "counted_monthly_savings": _money(opportunity.counted_savings),
        "counted_monthly_savings_exact": _plain(opportunity.counted_savings),
        "not_counted": opportunity.not_counted,
        "not_applicable": opportunity.best.not_applicable,
        "sources": sorted({member.source for member in opportunity.members}),
        "notes": sorted({note for member in opportunity.members for note in member.notes}),
        "alternatives": [_proposal(finding) for finding in opportunity.alternatives],
    }


def _proposal(finding: Finding) -> Json:
    chosen = finding.chosen
    return {
        "action_type": chosen.action_type,
        "current_resource_summary": chosen.current_resource_summary,
        "recommended_resource_summary": chosen.recommended_resource_summary,
        "estimated_monthly_savings": _money(chosen.estimated_monthly_savings),
        "estimated_monthly_cost_before": _money(chosen.estimated_monthly_cost_before),
        "estimated_savings_percentage": _plain(chosen.estimated_savings_percentage),
        "implementation_effort": chosen.implementation_effort,
        "restart_needed": chosen.restart_needed,
        "rollback_possible": chosen.rollback_possible,
        "performance_risk": _plain(chosen.performance_risk),
        "lookback_days": chosen.lookback_days,
        "said_by": [_said(one) for one in (chosen, *finding.duplicates)],
    }


def _said(recommendation: Recommendation) -> Json:
    return {
        "source": recommendation.source,
        "recommendation_id": recommendation.recommendation_id,
        "action_type": recommendation.action_type,
        "estimated_monthly_savings": _money(recommendation.estimated_monthly_savings),
        "savings_basis": recommendation.savings_basis,
        "hours_basis": recommendation.hours_basis,
        "evidence": [asdict(pointer) for pointer in recommendation.evidence],
    }


def _known_name(opportunity: Opportunity) -> str:
    return next((member.resource_name for member in opportunity.members if member.resource_name), "")


def _waterfall(waterfall: Waterfall) -> Json:
    steps = [
        ("duplicates", "the same finding from another source", waterfall.duplicates),
        ("alternatives", "excluded by a bigger saving on the same resource", waterfall.alternatives),
        ("not_applicable", "cannot be followed as it stands", waterfall.not_applicable),
    ]
    taken_of = list(accumulate((total(item.amount for item in items) for _, _, items in steps), initial=Decimal(0)))
    left = [cents(waterfall.gross - taken) for taken in taken_of]
    return {
        "billing_currency": waterfall.billing_currency,
        "optimization_type": waterfall.optimization_type,
        "gross": _money(waterfall.gross),
        # What is left is rounded and the steps are its differences: so the written amounts add up as the exact ones do.
        "steps": [
            {"step": name, "reason": reason, "amount": _money(after - before), "items": [_item(one) for one in items]}
            for (name, reason, items), (before, after) in zip(steps, pairwise(left), strict=True)
        ],
        "counted": _money(waterfall.counted),
    }


def _item(item: WaterfallItem) -> Json:
    return {**asdict(item), "amount": _money(item.amount)}


def _stated_by_sources(stated: Sequence[StatedSavings]) -> list[Json]:
    keys = sorted({(one.source, one.billing_currency) for one in stated})
    return [
        {
            "source": source,
            "billing_currency": currency,
            "estimated_monthly_savings": _money(known_total(one.estimated_monthly_savings for one in mine)),
            "recommendations": [
                {
                    "name": one.name,
                    "reference": one.reference,
                    "estimated_monthly_savings": _money(one.estimated_monthly_savings),
                    "resources": one.resources,
                }
                for one in sorted(
                    mine, key=lambda one: (-(one.estimated_monthly_savings or 0), one.name, one.reference)
                )
            ],
        }
        for source, currency in keys
        if (mine := [one for one in stated if (one.source, one.billing_currency) == (source, currency)])
    ]


def _budget(budget: Budget) -> Json:
    figure = _money if budget.is_money else _plain
    return {
        "name": budget.name,
        "budget_type": budget.budget_type,
        "time_unit": budget.time_unit,
        "unit": budget.unit,
        "limit": figure(budget.limit),
        "actual": figure(budget.actual),
        "forecast": figure(budget.forecast),
        "overrun": _money(budget.overrun),
        "verdict": budget.verdict,
        "filters": list(budget.filters),
        "data_is_stale": budget.data_is_stale,
        "history": [
            {"start": one.start, "end": one.end, "budgeted": figure(one.budgeted), "actual": figure(one.actual)}
            for one in budget.history
        ],
    }


def _spend(spend: Spend) -> Json:
    return {
        "billing_currency": spend.billing_currency,
        "start": spend.start.isoformat(),
        "end": spend.end.isoformat(),
        "month_to_date": _money(spend.month_to_date),
        "month_to_date_credits": _money(spend.month_to_date_credits),
        "month_to_date_taxes": _money(spend.month_to_date_taxes),
        "services": [
            {
                "service_name": one.service_name,
                "month_to_date": _money(one.month_to_date),
                "previous_month": _money(one.previous_month),
                "last_7_days": _money(one.last_7_days),
                "previous_7_days": _money(one.previous_7_days),
            }
            for one in spend.services
        ],
        "daily": [
            {"day": one.day.isoformat(), "billed_cost": _money(one.billed_cost), "estimated": one.estimated}
            for one in spend.daily
        ],
    }


def _forecast(forecast: Forecast) -> Json:
    return {
        "billing_currency": forecast.billing_currency,
        "start": forecast.start.isoformat(),
        "end": forecast.end.isoformat(),
        "remaining": _money(forecast.remaining),
        "remaining_lower": _money(forecast.remaining_lower),
        "remaining_upper": _money(forecast.remaining_upper),
        "month_total": _money(forecast.month_total),
    }


def _anomaly(anomaly: Anomaly) -> Json:
    return {
        "anomaly_id": anomaly.anomaly_id,
        "start": _day(anomaly.start),
        "end": _day(anomaly.end),
        "service_name": anomaly.service_name,
        "region_id": anomaly.region_id,
        "usage_type": anomaly.usage_type,
        "total_impact": _money(anomaly.total_impact),
        "billing_currency": anomaly.billing_currency,
    }


def _resource_spend(spend: ResourceSpend) -> Json:
    return {
        "resource_key": spend.resource_key,
        "resource_id": spend.resource_id,
        "days": spend.days,
        "effective_cost": _money(spend.effective_cost),
        "last_7_days": _money(spend.last_7_days),
        "previous_7_days": _money(spend.previous_7_days),
        "trend_percent": _plain(spend.trend_percent),
        "billing_currency": spend.billing_currency,
    }


def _day(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def _first(documents: Iterable[Json]) -> Json | None:
    return next(iter(documents), None)


def _money(value: Decimal | None) -> str | None:
    return None if value is None else str(cents(value))


def _plain(value: Decimal | None) -> str | None:
    return None if value is None else format(value, "f")
