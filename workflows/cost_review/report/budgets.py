"""The report's part about what can be done about a budget in its period, as JSON."""

from typing import Any

from workflows.budgets import Budget
from workflows.money import in_cents, in_full, total
from workflows.savings.budget_impact import BudgetAction, BudgetImpact

Json = dict[str, Any]


def impact_document(budget: Budget, impact: BudgetImpact | None) -> Json | None:
    """The impact of the counted savings on a budget; null for a budget that is not about money."""
    if impact is None:
        return None
    period, left = impact.period, impact.savings_in_period
    return {
        "outlook": impact.outlook,
        "reason": impact.reason,
        "period_start": period.start.isoformat() if period else None,
        "period_end": period.end.isoformat() if period else None,
        "days_left": period.days_left if period else None,
        "breaks_on": impact.breaks_on.isoformat() if impact.breaks_on else None,
        "limit_exact": in_full(budget.limit),
        "actual_exact": in_full(budget.actual),
        "forecast_exact": in_full(budget.forecast),
        "needed": in_cents(impact.needed),
        "needed_exact": in_full(impact.needed),
        "matching": len(impact.matching) if period else None,
        "savings_in_period": in_cents(left) if period else None,
        "savings_in_period_exact": in_full(left) if period else None,
        "verified_in_period": in_cents(impact.verified_in_period) if period else None,
        "verified_in_period_exact": in_full(impact.verified_in_period) if period else None,
        "matching_ids": [one.opportunity_id for one in impact.matching],
        "untold_ids": [one.opportunity_id for one in impact.untold],
        "untold": len(impact.untold) if period else None,
        "untold_in_period": in_cents(total(one.in_period for one in impact.untold)) if period else None,
        "untold_in_period_exact": in_full(total(one.in_period for one in impact.untold)) if period else None,
        "open_conditions": list(impact.open_conditions),
        "actions": [_action(one) for one in impact.actions],
        "missing": in_cents(impact.missing),
        "missing_exact": in_full(impact.missing),
        "caveats": list(impact.caveats),
    }


def _action(one: BudgetAction) -> Json:
    return {
        "opportunity_id": one.opportunity_id,
        "counted_monthly_savings_exact": in_full(one.a_month),
        "in_period": in_cents(one.in_period),
        "in_period_exact": in_full(one.in_period),
        "verified": one.verified,
    }
