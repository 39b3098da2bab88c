"""A budget's verdict follows from AWS's own figures, and is unknown where they do not decide it."""

from dataclasses import replace
from decimal import Decimal

import pytest

from workflows.budgets import Budget, BudgetVerdict

BUDGET = Budget("monthly", "COST", "MONTHLY", "USD", Decimal(100), Decimal(50), Decimal(90))


def a_budget(limit: str | None = "100", actual: str | None = "50", forecast: str | None = "90") -> Budget:
    known = [None if one is None else Decimal(one) for one in (limit, actual, forecast)]
    return replace(BUDGET, limit=known[0], actual=known[1], forecast=known[2])


@pytest.mark.parametrize(
    ("budget", "verdict", "overrun"),
    [
        (a_budget(), "WITHIN", None),
        (a_budget(forecast="100"), "WITHIN", None),
        (a_budget(actual="100", forecast="100"), "WITHIN", None),
        (a_budget(forecast="100.01"), "FORECAST_TO_EXCEED", "0.01"),
        (a_budget(actual="110", forecast="200"), "EXCEEDED", "100"),
        (a_budget(actual="110", forecast="105"), "EXCEEDED", "10"),
        (a_budget(actual="110", forecast=None), "EXCEEDED", "10"),
        (a_budget(forecast=None), "UNKNOWN", None),
        (a_budget(actual=None), "UNKNOWN", None),
        (a_budget(actual=None, forecast=None), "UNKNOWN", None),
        (a_budget(limit=None), "UNKNOWN", None),
        (a_budget(limit="0", actual="0", forecast="0"), "WITHIN", None),
        (a_budget(limit="0", actual="0.01"), "EXCEEDED", "90"),
        (a_budget(actual="-20", forecast="-5"), "WITHIN", None),
    ],
)
def test_a_budget_is_judged_by_its_limit(budget: Budget, verdict: str, overrun: str | None) -> None:
    assert budget.verdict == verdict
    assert budget.overrun == (None if overrun is None else Decimal(overrun))


def test_a_forecast_above_the_limit_is_a_danger_even_where_the_actual_is_missing() -> None:
    assert a_budget(actual=None, forecast="150").verdict is BudgetVerdict.FORECAST_TO_EXCEED


@pytest.mark.parametrize("budget_type", ["RI_COVERAGE", "SAVINGS_PLANS_UTILIZATION", "USAGE"])
def test_a_percentage_or_a_usage_is_in_no_verdict_of_money(budget_type: str) -> None:
    """96 % of 90 % is good for a utilization, and would be an overrun for money."""
    budget = replace(a_budget(limit="90", actual="96", forecast="97"), budget_type=budget_type, unit="PERCENTAGE")

    assert not budget.is_money
    assert budget.verdict is BudgetVerdict.UNKNOWN
    assert budget.overrun is None
