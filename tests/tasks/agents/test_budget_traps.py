"""The traps of AWS's cost APIs that lie in budgets, by their number in the list of traps."""

import time
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest

from tasks.agents.budget.handler import work as door
from tests.tasks.agents.test_budget import LONG, a_budget, a_period, findings, the_budget, usd
from tests.tasks.worlds import Json, a_response, a_world, an_account, findings_after
from workflows.budgets import BudgetVerdict

pytestmark = pytest.mark.usefixtures("own_aws")
HISTORY = "DescribeBudgetPerformanceHistory"


def a_history(*periods: Json, **more: Any) -> Json:
    return {"BudgetPerformanceHistory": {"BudgetName": "all", "BudgetedAndActualAmountsList": list(periods)}, **more}


def test_trap_08_no_page_of_a_budgets_history_is_dropped() -> None:
    request = {"BudgetName": "all"}
    account = a_world(
        an_account(
            a_response("budgets", "DescribeBudgets", {"Budgets": [a_budget(TimeUnit="MONTHLY")]}),
            a_response(
                "budgets", HISTORY, a_history(a_period(1, "1"), a_period(2, "2"), NextToken="more"), request=request
            ),
            a_response(
                "budgets",
                HISTORY,
                a_history(a_period(3, "3"), a_period(4, "4")),
                request={**request, "NextToken": "more"},
            ),
        )
    )
    (budget,) = findings_after(door, account.world).budgets
    assert [one.actual for one in budget.history] == [Decimal(number) for number in (1, 2, 3, 4)]
    assert account.asked(HISTORY) == 2


def test_trap_24_a_utilization_in_percent_is_in_no_figure_of_money() -> None:
    spend = {"ActualSpend": usd("96", "PERCENTAGE")}
    budget = the_budget(
        BudgetType="SAVINGS_PLANS_UTILIZATION", BudgetLimit=usd("90", "PERCENTAGE"), CalculatedSpend=spend
    )
    assert (budget.is_money, budget.verdict, budget.overrun) == (False, BudgetVerdict.UNKNOWN, None)


@pytest.mark.parametrize(
    ("budget_type", "unit"), [("USAGE", "GB"), ("USAGE", "Hrs"), ("COST", "PERCENTAGE"), ("COST", "GB")]
)
def test_trap_24_a_usage_is_in_no_figure_of_money(budget_type: str, unit: str) -> None:
    spend = {"ActualSpend": usd("300", unit), "ForecastedSpend": usd("500", unit)}
    budget = the_budget(BudgetType=budget_type, BudgetLimit=usd("200", unit), CalculatedSpend=spend)
    assert (budget.is_money, budget.unit, budget.overrun) == (False, unit, None)


def test_trap_24_a_budget_may_lack_its_limit_its_forecast_and_its_filters() -> None:
    budget = the_budget(BudgetLimit=None, CalculatedSpend={"ActualSpend": usd("50")})
    assert (budget.limit, budget.forecast, budget.filters) == (None, None, ())
    assert budget.verdict is BudgetVerdict.UNKNOWN


def test_trap_24_overlapping_budgets_stay_apart() -> None:
    whole, part = a_budget(BudgetName="account"), a_budget(BudgetName="ec2", CostFilters={"Service": ["Amazon EC2"]})
    found = findings(a_response("budgets", "DescribeBudgets", {"Budgets": [whole, part]}))
    assert [(one.name, one.overrun) for one in found.budgets] == [("account", Decimal(20)), ("ec2", Decimal(20))]
    assert (found.recommendations, found.stated, found.spend) == ((), (), None)


def test_trap_24_the_year_2087_is_no_end() -> None:
    bounds = {"Start": 1_767_225_600, "End": 3_706_473_600}
    budget = the_budget(TimePeriod=bounds)
    assert (budget.starts, budget.ends) == ("2026-01-01", "")
    assert the_budget(TimePeriod={**bounds, "End": 1_798_761_600}).ends == "2027-01-01"


@pytest.fixture(params=["UTC", "America/St_Johns", "Pacific/Kiritimati"])
def host_zone(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    monkeypatch.setenv("TZ", request.param)
    time.tzset()
    yield request.param
    monkeypatch.undo()
    time.tzset()


def test_trap_25_a_period_has_the_same_days_whatever_the_zone_of_the_host(host_zone: str) -> None:
    found = findings(
        a_response("budgets", "DescribeBudgets", {"Budgets": [a_budget(TimeUnit="MONTHLY")]}),
        a_response("budgets", HISTORY, a_history(a_period(1, "1")), request={"BudgetName": "all"}),
    )
    (period,) = found.budgets[0].history
    assert (period.start, period.end) == ("2026-01-01", "2026-01-02"), host_zone


def test_trap_26_forty_three_digits_are_kept_and_compared_exactly() -> None:
    spend = {"ActualSpend": usd(LONG), "ForecastedSpend": usd(LONG)}
    exact = the_budget(BudgetLimit=usd(LONG), CalculatedSpend=spend)
    assert exact.verdict is BudgetVerdict.WITHIN
    below = the_budget(BudgetLimit=usd(LONG[:-1] + "4"), CalculatedSpend=spend)
    assert below.verdict is BudgetVerdict.EXCEEDED
