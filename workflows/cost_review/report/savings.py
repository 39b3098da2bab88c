"""The report's part about savings, as JSON: totals, opportunities, waterfalls, and what sources state themselves."""

from collections.abc import Sequence
from dataclasses import asdict
from decimal import Decimal
from typing import Any

from workflows.money import in_cents, in_full, known_total, steps_in_cents, total
from workflows.recommendation import OptimizationType, Recommendation, SavingsBasis, StatedSavings
from workflows.savings.containment import member_of
from workflows.savings.opportunity import Finding, NotCounted, Opportunity, Step
from workflows.savings.ranking import places_of_currencies
from workflows.savings.waterfall import Waterfall, WaterfallItem

Json = dict[str, Any]

STEP_REASONS = {
    Step.DUPLICATES: "the same finding from another source",
    Step.ALTERNATIVES: "excluded by another saving on the same resource",
    Step.NOT_APPLICABLE: "cannot be followed as it stands",
    Step.SET_ASIDE: "exempted, dismissed, snoozed or carried out by people",
    Step.ABSORBED: "part of a bigger whole that counts",
    Step.CAPPED: "more than the bill says it costs",
    Step.OWNED_COMMITMENTS: "covered by commitments that are already owned",
    Step.RESIZED: "commitments sized again on the usage that is left",
}


def totals_document(waterfalls: Sequence[Waterfall], ranked: Sequence[Opportunity]) -> list[Json]:
    """The totals of each currency, the one of most savings first; usage and rate are never added up."""
    place = places_of_currencies(ranked)
    currencies = {waterfall.billing_currency for waterfall in waterfalls}
    in_order = sorted(currencies, key=lambda name: (place.get(name, len(place)), name))
    return [_totals(currency, waterfalls, ranked) for currency in in_order]


def _totals(currency: str, waterfalls: Sequence[Waterfall], ranked: Sequence[Opportunity]) -> Json:
    of_kind = {one.optimization_type: one for one in waterfalls if one.billing_currency == currency}
    usage, rate = of_kind.get(OptimizationType.USAGE), of_kind.get(OptimizationType.RATE)
    mine = [one for one in ranked if one.currency == currency]
    return {
        "billing_currency": currency,
        "gross_usage": in_cents(usage.gross if usage else Decimal(0)),
        "counted_usage": in_cents(usage.counted if usage else Decimal(0)),
        "verified_usage": in_cents(usage.verified if usage else Decimal(0)),
        "gross_rate": in_cents(rate.gross if rate else Decimal(0)),
        "counted_rate": in_cents(rate.counted if rate else Decimal(0)),
        "verified_rate": in_cents(rate.verified if rate else Decimal(0)),
        "counted_by_basis": {
            "usage": _by_basis(mine, OptimizationType.USAGE),
            "rate": _by_basis(mine, OptimizationType.RATE),
        },
        "opportunities": len(mine),
        "counted_opportunities": sum(one.not_counted is None for one in mine),
        "unknown_savings": sum(one.not_counted is NotCounted.UNKNOWN_SAVINGS for one in mine),
    }


def _by_basis(opportunities: Sequence[Opportunity], kind: OptimizationType) -> Json:
    """How much of what counts is on which basis of prices; written so that the parts come to the written whole."""
    counted = {
        basis: total(
            one.counted_savings
            for one in opportunities
            if one.optimization_type is kind and one.best.chosen.savings_basis is basis
        )
        for basis in SavingsBasis
    }
    there = {basis: amount for basis, amount in counted.items() if amount}
    return {
        basis: in_cents(part) for basis, part in zip(there, steps_in_cents(Decimal(0), there.values()), strict=True)
    }


def opportunity_document(rank: int, opportunity: Opportunity) -> Json:
    """One opportunity with its alternatives, who says what, and the evidence of each."""
    chosen = opportunity.best.chosen
    return {
        "rank": rank,
        "opportunity_id": opportunity.opportunity_id,
        "optimization_type": opportunity.optimization_type,
        **_proposal(opportunity.best),
        "account_id": chosen.account_id,
        "region_id": chosen.region_id,
        "resource_type": chosen.resource_type,
        "resource_id": chosen.resource_id,
        "resource_name": _known_name(opportunity),
        "billing_currency": chosen.billing_currency,
        "counted_monthly_savings": in_cents(opportunity.counted_savings),
        "counted_monthly_savings_exact": in_full(opportunity.counted_savings),
        "verified": not opportunity.unverified,
        "unverified_because": opportunity.unverified,
        "deductions": [
            {
                "step": one.step,
                "amount": in_cents(one.amount),
                "amount_exact": in_full(one.amount),
                "reason": one.reason,
            }
            for one in opportunity.deductions
        ],
        "not_counted": opportunity.not_counted,
        "not_applicable": opportunity.best.not_applicable,
        "sources": sorted({member.source for member in opportunity.members}),
        "notes": _notes(opportunity),
        "member_of": sorted({name for member in opportunity.members for name in member_of(member)}),
        "alternatives": [_alternative(finding) for finding in opportunity.alternatives],
    }


def _alternative(finding: Finding) -> Json:
    return {
        **_proposal(finding),
        "resource_type": finding.chosen.resource_type,
        "not_applicable": finding.not_applicable,
    }


def _proposal(finding: Finding) -> Json:
    chosen = finding.chosen
    return {
        "action_type": chosen.action_type,
        "current_resource_summary": chosen.current_resource_summary,
        "recommended_resource_summary": chosen.recommended_resource_summary,
        "estimated_monthly_savings": in_cents(chosen.estimated_monthly_savings),
        "estimated_monthly_cost_before": in_cents(chosen.estimated_monthly_cost_before),
        "estimated_savings_percentage": in_full(chosen.estimated_savings_percentage),
        "implementation_effort": finding.told(lambda one: one.implementation_effort),
        "restart_needed": finding.told(lambda one: one.restart_needed),
        "rollback_possible": finding.told(lambda one: one.rollback_possible),
        "performance_risk": in_full(finding.told(lambda one: one.performance_risk)),
        "lookback_days": chosen.lookback_days,
        "said_by": [_said(one) for one in (chosen, *finding.duplicates)],
    }


def _said(recommendation: Recommendation) -> Json:
    return {
        "source": recommendation.source,
        "recommendation_id": recommendation.recommendation_id,
        "action_type": recommendation.action_type,
        "estimated_monthly_savings": in_cents(recommendation.estimated_monthly_savings),
        "estimated_monthly_savings_exact": in_full(recommendation.estimated_monthly_savings),
        "billing_currency": recommendation.billing_currency,
        "savings_basis": recommendation.savings_basis,
        "hours_basis": recommendation.hours_basis,
        "evidence": [asdict(pointer) for pointer in recommendation.evidence],
    }


def _notes(opportunity: Opportunity) -> list[str]:
    # Why one source knows no amount matters only where no other source knows it.
    chosen = opportunity.best.chosen
    heard = [one for one in opportunity.members if one is chosen or one.estimated_monthly_savings is not None]
    return sorted({note for one in heard for note in one.notes})


def _known_name(opportunity: Opportunity) -> str:
    return next((member.resource_name for member in opportunity.members if member.resource_name), "")


def waterfall_document(waterfall: Waterfall) -> Json:
    """The way from gross to counted; the written steps add up to the cent."""
    steps = [(step, STEP_REASONS[step], waterfall.steps.get(step, ())) for step in Step]
    taken = (total(item.amount for item in items).copy_negate() for _, _, items in steps)
    return {
        "billing_currency": waterfall.billing_currency,
        "optimization_type": waterfall.optimization_type,
        "gross": in_cents(waterfall.gross),
        "gross_exact": in_full(waterfall.gross),
        "steps": [
            {"step": name, "reason": reason, "amount": in_cents(amount), "items": [_item(one) for one in items]}
            for (name, reason, items), amount in zip(steps, steps_in_cents(waterfall.gross, taken), strict=True)
        ],
        "counted": in_cents(waterfall.counted),
        "counted_exact": in_full(waterfall.counted),
        "verified": in_cents(waterfall.verified),
        "verified_exact": in_full(waterfall.verified),
    }


def _item(item: WaterfallItem) -> Json:
    return {
        "opportunity_id": item.opportunity_id,
        "recommendation_id": item.recommendation.recommendation_id,
        "source": item.recommendation.source,
        "resource_id": item.recommendation.resource_id,
        "amount": in_cents(item.amount),
        "amount_exact": in_full(item.amount),
        "reason": item.reason,
    }


def stated_document(stated: Sequence[StatedSavings]) -> list[Json]:
    """What each source itself claims, biggest first; the total is null where it states no amount at all."""
    keys = sorted({(one.source, one.billing_currency) for one in stated})
    return [
        {
            "source": source,
            "billing_currency": currency,
            "estimated_monthly_savings": in_cents(
                all_of_it := known_total(one.estimated_monthly_savings for one in mine)
            ),
            "estimated_monthly_savings_exact": in_full(all_of_it),
            "recommendations": [
                {
                    "name": one.name,
                    "reference": one.reference,
                    "estimated_monthly_savings": in_cents(one.estimated_monthly_savings),
                    "estimated_monthly_savings_exact": in_full(one.estimated_monthly_savings),
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


def _stated(mine: Sequence[StatedSavings]) -> Decimal | None:
    return known_total(one.estimated_monthly_savings for one in mine)
