"""Budgets as they stand, with their history, and never a percentage taken for money."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from tasks.agents.budget.handler import work as door
from tests.tasks.worlds import SAMPLE, Json, a_response, a_world, an_account, an_error, findings_after, states
from workflows.budgets import Budget, BudgetPeriod, BudgetVerdict
from workflows.cost_review.documents import Findings

pytestmark = pytest.mark.usefixtures("own_aws")
LONG = "604.4560000000000172803993336856365203857421875"
BUDGETS = "Budgets us-east-1"
OCTOBER, NOVEMBER, DECEMBER = 1_790_812_800, 1_793_491_200, 1_796_083_200
"""When these months of 2026 begin, in seconds."""


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


def test_a_planned_budget_has_the_limit_of_its_period() -> None:
    plan = {str(start): usd(str(limit)) for start, limit in ((NOVEMBER, 30), (DECEMBER, 40), (OCTOBER, 20))}
    budget = the_budget(BudgetLimit=None, PlannedBudgetLimits=plan)
    assert (budget.limit, budget.limit_kind, budget.unit) == (Decimal(30), "PLANNED", "USD")


def test_the_limit_that_aws_says_is_current_stands_before_the_plan() -> None:
    assert the_budget(PlannedBudgetLimits={str(NOVEMBER): usd("30")}).limit == Decimal(100)


def test_the_last_limit_of_a_plan_goes_on_after_it() -> None:
    budget = the_budget(BudgetLimit=None, PlannedBudgetLimits={str(OCTOBER): usd("20")})
    assert budget.limit == Decimal(20)


@pytest.mark.parametrize("plan", [{str(1 << 31): usd("1")}, {"soon": usd("1")}, {"9" * 30: usd("1")}])
def test_a_plan_without_a_limit_for_this_period_is_unknown_and_says_so(plan: Json) -> None:
    budget = the_budget(BudgetLimit=None, PlannedBudgetLimits=plan)
    assert (budget.limit, budget.verdict) == (None, BudgetVerdict.UNKNOWN)
    assert "Its plan names no limit for this period." in budget.notes


def test_an_auto_adjusting_budget_has_its_limit_of_today() -> None:
    adjusting = {"AutoAdjustType": "HISTORICAL", "HistoricalOptions": {"BudgetAdjustmentPeriod": 6}}
    budget = the_budget(AutoAdjustData=adjusting)
    assert (budget.limit, budget.limit_kind) == (Decimal(100), "AUTO_ADJUSTING")


@pytest.mark.parametrize(
    ("said", "metric"),
    [
        ({"Metrics": ["NetAmortizedCost"]}, "NetAmortizedCost"),
        ({"CostTypes": {"UseAmortized": True, "UseBlended": False}}, "AmortizedCost"),
        ({"CostTypes": {"UseAmortized": False, "UseBlended": True}}, "BlendedCost"),
        ({"CostTypes": {"IncludeTax": True}}, "UnblendedCost"),
        ({}, ""),
    ],
)
def test_the_cost_that_a_budget_measures_is_named(said: Json, metric: str) -> None:
    assert the_budget(**said).metric == metric


def test_a_nested_filter_expression_is_told_in_words() -> None:
    def one(kind: str, key: str, *values: str, **more: Any) -> Json:
        return {kind: {"Key": key, "Values": list(values), **more}}

    either = {"Or": [one("Tags", "team", "web", "shop"), one("CostCategories", "unit", "retail")]}
    expression = {
        "And": [one("Dimensions", "SERVICE", "Amazon EC2"), {"Not": one("Dimensions", "REGION", "x")}, either]
    }
    assert the_budget(FilterExpression=expression).filters == (
        "SERVICE: Amazon EC2",
        "cost category unit: retail or tag team: web, shop",
        "not (REGION: x)",
    )
    starts = one("Dimensions", "USAGE_TYPE", "EU", MatchOptions=["STARTS_WITH"])
    assert the_budget(FilterExpression=starts).filters == ("USAGE_TYPE: STARTS_WITH EU",)


def test_a_budget_without_spend_or_forecast_says_so() -> None:
    assert the_budget(CalculatedSpend=None).actual is None
    assert the_budget(CalculatedSpend={"ActualSpend": usd("50")}).forecast is None


def test_an_amount_of_many_digits_is_kept_exactly() -> None:
    spend = {"ActualSpend": usd(LONG), "ForecastedSpend": usd(LONG)}
    budget = the_budget(CalculatedSpend=spend)
    assert format(budget.actual or 0, "f") == LONG
    assert budget.verdict is BudgetVerdict.EXCEEDED


@pytest.mark.parametrize(("status", "stale"), [("UNHEALTHY", True), ("unhealthy", True), ("HEALTHY", False)])
def test_figures_that_aws_cannot_refresh_are_stale_and_the_reason_is_told(status: str, *, stale: bool) -> None:
    budget = the_budget(HealthStatus={"Status": status, "StatusReason": "BILLING_VIEW_NO_ACCESS"})
    assert budget.data_is_stale is stale
    assert any("BILLING_VIEW_NO_ACCESS" in note for note in budget.notes) is stale


def test_spend_that_aws_has_not_calculated_is_said() -> None:
    assert "AWS has not calculated what is spent of it." in the_budget(CalculatedSpend=None).notes


def test_an_amount_that_cannot_be_read_is_unknown_and_takes_no_other_with_it() -> None:
    spend = {"ActualSpend": usd("a lot"), "ForecastedSpend": usd("120")}
    budget = the_budget(CalculatedSpend=spend)
    assert (budget.limit, budget.actual, budget.forecast) == (Decimal(100), None, Decimal(120))
    assert any("'a lot'" in note for note in budget.notes)


def test_spend_in_another_unit_than_the_limit_is_not_compared_with_it() -> None:
    budget = the_budget(CalculatedSpend={"ActualSpend": usd("500", "EUR")})
    assert (budget.unit, budget.actual, budget.overrun) == ("USD", None, None)
    assert any("EUR" in note for note in budget.notes)


def test_what_a_budget_is_about_is_told_in_both_ways_that_it_can_be_written() -> None:
    filters = {"Service": ["Amazon EC2", "AWS Lambda"], "LinkedAccount": ["1"]}
    assert the_budget(CostFilters=filters).filters == (
        "LinkedAccount: 1",
        "Service: AWS Lambda",
        "Service: Amazon EC2",
    )
    assert the_budget(FilterExpression={"Dimensions": {"Key": "SERVICE", "Values": ["x"]}}).filters == ("SERVICE: x",)
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


@pytest.mark.parametrize("broken", [{"BudgetType": "COST", "TimeUnit": "ANNUALLY"}, {}, None])
def test_a_budget_without_a_name_is_counted_and_the_others_stand(broken: Json | None) -> None:
    found = findings(a_response("budgets", "DescribeBudgets", {"Budgets": [broken, a_budget()]}))
    assert [one.name for one in found.budgets] == ["all"]
    assert states(found) == {BUDGETS: "ERROR"}
    assert found.sources[0].detail.startswith("1 budget without a BudgetName")


def test_one_history_that_is_gone_leaves_the_others_standing() -> None:
    gone = an_error(
        "budgets", "DescribeBudgetPerformanceHistory", "NotFoundException", request={"BudgetName": "monthly-total"}
    )
    account = an_account(base=SAMPLE, keeping=lambda one: one.request.get("BudgetName") != "monthly-total")
    found = findings_after(door, a_world(replace(account, envelopes=(*account.envelopes, gone))).world)
    assert {one.name: len(one.history) for one in found.budgets} == {
        "ec2-compute": 3,
        "monthly-total": 0,
        "savings-plans-utilization": 0,
    }
    assert states(found) == {BUDGETS: "AVAILABLE"}
    assert "The history of monthly-total could not be read" in found.sources[0].detail


def test_a_member_account_that_may_not_see_budgets_is_told_what_to_allow() -> None:
    told = "Account 123456789012 is a linked account. To enable budgets for it, contact the payer."
    found = findings(an_error("budgets", "DescribeBudgets", "AccessDeniedException", told))
    (status,) = found.sources
    assert (status.state, found.budgets) == ("DENIED", ())
    assert "budgets:ViewBudget" in status.remedy
    assert told in status.detail
