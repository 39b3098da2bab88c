"""Budgets as they stand, with their history, and never a percentage taken for money."""

from decimal import Decimal
from typing import Any

import pytest

from tasks.agents.budget.handler import work as door
from tests.tasks.worlds import Json, a_response, a_world, an_account, an_error, findings_after, states
from workflows.budgets import Budget, BudgetPeriod, BudgetVerdict
from workflows.cost_review.documents import Findings
from workflows.errors import MalformedResponse

pytestmark = pytest.mark.usefixtures("own_aws")
LONG = "604.4560000000000172803993336856365203857421875"
BUDGETS = "Budgets us-east-1"


def findings(*instead: Any) -> Findings:
    return findings_after(door, a_world(an_account(*instead)).world)


def usd(value: str, unit: str = "USD") -> Json:
    return {"Amount": value, "Unit": unit}


def a_budget(**changes: Any) -> Json:
    budget = {
        "BudgetName": "all",
        "BudgetType": "COST",
        "TimeUnit": "ANNUALLY",
        "BudgetLimit": usd("100"),
        "CalculatedSpend": {"ActualSpend": usd("50"), "ForecastedSpend": usd("120")},
        **changes,
    }
    return {name: value for name, value in budget.items() if value is not None}


def the_budget(**changes: Any) -> Budget:
    (budget,) = findings(a_response("budgets", "DescribeBudgets", {"Budgets": [a_budget(**changes)]})).budgets
    return budget


def test_the_sample_account_has_the_budgets_of_its_ledger() -> None:
    found = findings()
    said = {one.name: (one.limit, one.actual, one.forecast, one.verdict) for one in found.budgets}
    assert said == {
        "monthly-total": (Decimal(4000), Decimal("2210.45"), Decimal("4345.12"), BudgetVerdict.FORECAST_TO_EXCEED),
        "ec2-compute": (Decimal(1500), Decimal("611.47"), Decimal("1259.60"), BudgetVerdict.WITHIN),
        "savings-plans-utilization": (Decimal("90.0"), Decimal("96.4"), None, BudgetVerdict.UNKNOWN),
    }
    assert states(found) == {BUDGETS: "AVAILABLE"}
    assert next(one.overrun for one in found.budgets if one.name == "monthly-total") == Decimal("345.12")


def test_a_percentage_is_no_money_and_cannot_be_overrun() -> None:
    budget = the_budget(
        BudgetType="RI_UTILIZATION",
        BudgetLimit=usd("90", "PERCENTAGE"),
        CalculatedSpend={"ActualSpend": usd("96", "PERCENTAGE")},
    )
    assert (budget.unit, budget.is_money, budget.overrun) == ("PERCENTAGE", False, None)


def test_a_budget_without_a_fixed_limit_is_unknown_not_broken() -> None:
    budget = the_budget(BudgetLimit=None, PlannedBudgetLimits={"1": usd("1")})
    assert (budget.limit, budget.verdict, budget.unit) == (None, BudgetVerdict.UNKNOWN, "USD")


def test_a_budget_without_spend_or_forecast_says_so() -> None:
    assert the_budget(CalculatedSpend=None).actual is None
    assert the_budget(CalculatedSpend={"ActualSpend": usd("50")}).forecast is None


def test_an_amount_of_many_digits_is_kept_exactly() -> None:
    spend = {"ActualSpend": usd(LONG), "ForecastedSpend": usd(LONG)}
    budget = the_budget(CalculatedSpend=spend)
    assert format(budget.actual or 0, "f") == LONG
    assert budget.verdict is BudgetVerdict.EXCEEDED


def test_unhealthy_data_is_stale() -> None:
    assert the_budget(HealthStatus={"Status": "UNHEALTHY"}).data_is_stale
    assert not the_budget(HealthStatus={"Status": "HEALTHY"}).data_is_stale


def test_what_a_budget_is_about_is_told_in_both_ways_that_it_can_be_written() -> None:
    filters = {"Service": ["Amazon EC2", "AWS Lambda"], "LinkedAccount": ["1"]}
    assert the_budget(CostFilters=filters).filters == (
        "LinkedAccount: 1",
        "Service: AWS Lambda",
        "Service: Amazon EC2",
    )
    assert the_budget(FilterExpression={"Dimensions": {"Key": "SERVICE", "Values": ["x"]}}).filters == (
        "filter expression",
    )
    assert the_budget().filters == ()


def a_period(month: int, actual: str) -> Json:
    start = 1_767_225_600.0 + (month - 1) * 31 * 86_400
    return {
        "BudgetedAmount": usd("100"),
        "ActualAmount": usd(actual),
        "TimePeriod": {"Start": start, "End": start + 86_400},
    }


def test_the_history_of_a_budget_is_put_together_from_all_its_pages() -> None:
    def page(*periods: Json, **more: Any) -> Json:
        history = {"BudgetName": "all", "BudgetType": "COST", "BudgetedAndActualAmountsList": list(periods)}
        return {"BudgetPerformanceHistory": history, **more}

    name, request = "DescribeBudgetPerformanceHistory", {"BudgetName": "all"}
    found = findings(
        a_response("budgets", "DescribeBudgets", {"Budgets": [a_budget(TimeUnit="MONTHLY")]}),
        a_response("budgets", name, page(a_period(2, "20"), NextToken="more"), request=request),
        a_response("budgets", name, page(a_period(1, "10")), request={**request, "NextToken": "more"}),
    )
    (budget,) = found.budgets
    assert [one.actual for one in budget.history] == [Decimal(10), Decimal(20)]
    assert budget.history[0] == BudgetPeriod("2026-01-01", "2026-01-02", Decimal(100), Decimal(10))


@pytest.mark.parametrize("more", [{"TimeUnit": "ANNUALLY"}, {"TimeUnit": "MONTHLY", "BudgetType": "USAGE"}])
def test_a_budget_that_has_no_history_is_not_asked_for_one(more: Json) -> None:
    account = a_world(an_account(a_response("budgets", "DescribeBudgets", {"Budgets": [a_budget(**more)]})))
    findings_after(door, account.world)
    assert account.asked("DescribeBudgetPerformanceHistory") == 0


def test_budgets_stand_although_their_history_cannot_be_read() -> None:
    found = findings(an_error("budgets", "DescribeBudgetPerformanceHistory", "AccessDeniedException"))
    assert len(found.budgets) == 3
    assert states(found) == {BUDGETS: "DENIED"}
    assert "budgets:ViewBudget" in found.sources[0].remedy


def test_an_account_without_budgets_has_no_data_and_no_gap() -> None:
    found = findings(a_response("budgets", "DescribeBudgets", {}))
    assert (found.budgets, states(found)) == ((), {BUDGETS: "NO_DATA"})


def test_a_budget_without_a_name_is_malformed_not_a_crash() -> None:
    nameless = {"Budgets": [{"BudgetType": "COST", "TimeUnit": "ANNUALLY"}]}
    with pytest.raises(MalformedResponse, match="BudgetName"):
        findings(a_response("budgets", "DescribeBudgets", nameless))
