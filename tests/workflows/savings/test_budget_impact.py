"""When a budget breaks, and what the counted savings can still do about it."""

from datetime import date
from decimal import Decimal
from itertools import combinations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.workflows.builders import a_commitment, a_recommendation
from tests.workflows.savings.bills import NO_BILL, a_bill
from workflows.budgets import Budget, Condition, ConditionKind
from workflows.recommendation import Recommendation
from workflows.savings.budget_impact import BudgetImpact, Outlook, budget_impact
from workflows.savings.consolidation import consolidated

AS_OF = date(2026, 11, 16)
A_MONTH = Decimal("30.4167")
VALUES, ALL, ANY, NOT = ConditionKind.VALUES, ConditionKind.ALL, ConditionKind.ANY, ConditionKind.NOT
EC2 = "Amazon Elastic Compute Cloud - Compute"


def a_budget(*conditions: Condition, **changes: Any) -> Budget:
    """A budget of 4000 a month that is heading for 4345.12."""
    values: dict[str, Any] = {
        "name": "all",
        "budget_type": "COST",
        "time_unit": "MONTHLY",
        "unit": "USD",
        "limit": Decimal(4000),
        "actual": Decimal("2210.45"),
        "forecast": Decimal("4345.12"),
        "metric": "UnblendedCost",
        "conditions": conditions,
        **changes,
    }
    return Budget(**values)


def values(dimension: str, *wanted: str, key: str = "", match: tuple[str, ...] = ()) -> Condition:
    return Condition(VALUES, f"{dimension} {key}: {', '.join(wanted)}", (), dimension, key, wanted, match)


def of(kind: ConditionKind, *parts: Condition) -> Condition:
    return Condition(kind, f"{kind} of {len(parts)}", parts)


def impact(budget: Budget, *said: Recommendation, as_of: date = AS_OF) -> BudgetImpact:
    found = budget_impact(budget, consolidated(said, NO_BILL), as_of)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("changes", "day"),
    [
        ({}, date(2026, 11, 28)),
        ({"limit": Decimal("2210.45")}, date(2026, 11, 16)),
        ({"actual": Decimal(0), "forecast": Decimal(15), "limit": Decimal("14.99")}, date(2026, 11, 30)),
        ({"actual": Decimal(0), "forecast": Decimal(15), "limit": Decimal(14)}, date(2026, 11, 30)),
        ({"actual": Decimal(0), "forecast": Decimal(15), "limit": Decimal("13.99")}, date(2026, 11, 29)),
        ({"limit": Decimal(2000)}, None),
        ({"limit": Decimal(5000)}, None),
    ],
)
def test_a_budget_breaks_on_the_first_day_at_whose_end_its_cost_is_above_the_limit(
    changes: dict[str, Any], day: date | None
) -> None:
    assert impact(a_budget(**changes)).breaks_on == day


@pytest.mark.parametrize(
    ("unit", "bounds", "start", "end", "left"),
    [
        ("DAILY", {}, "2026-11-16", "2026-11-17", 1),
        ("MONTHLY", {}, "2026-11-01", "2026-12-01", 15),
        ("QUARTERLY", {}, "2026-10-01", "2027-01-01", 46),
        ("ANNUALLY", {}, "2026-01-01", "2027-01-01", 46),
        ("CUSTOM", {"starts": "2026-11-10", "ends": "2026-11-20"}, "2026-11-10", "2026-11-20", 4),
        ("MONTHLY", {"starts": "2026-11-05", "ends": "2026-11-18"}, "2026-11-05", "2026-11-18", 2),
    ],
)
def test_a_period_follows_from_the_time_unit_and_ends_with_the_budget(
    unit: str, bounds: dict[str, str], start: str, end: str, left: int
) -> None:
    period = impact(a_budget(time_unit=unit, **bounds)).period
    assert period is not None
    assert (str(period.start), str(period.end), period.days_left) == (start, end, left)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"time_unit": "CUSTOM", "starts": "2026-11-10"}, "Which days it adds up is not known"),
        ({"time_unit": "FORTNIGHTLY"}, "Which days it adds up is not known"),
        ({"ends": "2026-11-16"}, "is not now"),
        ({"starts": "2026-12-01"}, "is not now"),
        ({"unit": ""}, "in which currency"),
        ({"figures_of": "2026-11-18"}, "Its figures are of 2026-11-18, after the day that is looked at."),
        ({"figures_of": "2026-10-31"}, "Its figures are of 2026-10-31, before its period began on 2026-11-01"),
        ({"time_unit": "DAILY", "figures_of": "2026-11-15"}, "before its period began on 2026-11-16"),
        ({"limit": None}, "Its limit cannot be known."),
        ({"actual": None, "forecast": None}, "Its actual cost and forecast cannot be known."),
    ],
)
def test_what_cannot_be_told_says_why_and_states_nothing(changes: dict[str, Any], said: str) -> None:
    found = impact(a_budget(**changes), a_recommendation())
    assert (found.outlook, found.needed, found.missing, found.actions) == (Outlook.CANNOT_BE_TOLD, None, None, ())
    assert said in found.reason


def test_figures_of_the_day_itself_and_of_days_before_are_taken() -> None:
    for day in ("2026-11-17", "2026-11-16", "2026-11-01"):
        assert impact(a_budget(figures_of=day)).outlook is Outlook.CANNOT_BE_BROUGHT_BACK


@pytest.mark.parametrize(
    ("actual", "said"),
    [
        ("4000.50", "It is broken already: its actual cost is 0.50 USD above its limit. Its forecast cannot be known."),
        ("4000.00", "Its forecast cannot be known."),
    ],
)
def test_without_a_forecast_a_budget_that_is_above_its_limit_is_broken_already(actual: str, said: str) -> None:
    found = impact(a_budget(limit=Decimal("4000.00"), actual=Decimal(actual), forecast=None), a_recommendation())
    assert (found.outlook, found.reason) == (Outlook.CANNOT_BE_TOLD, said)


def test_on_the_first_of_a_month_last_months_cost_is_not_this_months() -> None:
    budget = a_budget(limit=Decimal(100), actual=Decimal(3000), forecast=Decimal(3000), figures_of="2026-10-31")
    found = impact(budget, as_of=date(2026, 11, 1))
    assert (found.outlook, found.missing) == (Outlook.CANNOT_BE_TOLD, None)


def test_a_percentage_has_no_impact() -> None:
    assert budget_impact(a_budget(budget_type="RI_UTILIZATION", unit="PERCENTAGE"), (), AS_OF) is None


def test_a_saving_counts_for_the_days_that_are_left() -> None:
    (action,) = impact(a_budget(), a_recommendation("304.17")).matching
    assert (action.a_month, round(action.in_period, 2)) == (Decimal("304.17"), Decimal("150.00"))


def test_only_counted_savings_of_usage_in_the_budgets_currency_help() -> None:
    said = (
        a_commitment("500"),
        a_recommendation("10", resource="i-1"),
        a_recommendation("20", resource="i-2", billing_currency="EUR"),
        a_recommendation("30", resource="i-3", not_applicable="It is stopped."),
        a_recommendation(None, resource="i-4"),
        a_recommendation("-5", resource="i-5"),
    )
    assert [one.a_month for one in impact(a_budget(), *said).matching] == [Decimal(10)]


def test_a_saving_that_the_bill_bounds_helps_as_much_as_it_counts() -> None:
    found = budget_impact(a_budget(), consolidated([a_recommendation("90")], a_bill({"i-1": "60"})), AS_OF)
    assert found is not None
    assert [(one.a_month, one.verified) for one in found.matching] == [(Decimal(60), True)]


def test_the_fewest_actions_that_are_enough_are_named() -> None:
    said = [a_recommendation(amount, resource=f"i-{amount}") for amount in ("100", "400", "350", "20")]
    found = impact(a_budget(), *said)
    assert (found.outlook, found.missing) == (Outlook.CAN_BE_BROUGHT_BACK, Decimal(0))
    assert [one.a_month for one in found.actions] == [Decimal(400), Decimal(350)]


def test_where_all_of_them_are_not_enough_it_says_what_is_missing() -> None:
    found = impact(a_budget(), a_recommendation("293.86"))
    assert (found.outlook, found.actions) == (Outlook.CANNOT_BE_BROUGHT_BACK, ())
    assert found.missing is not None
    assert round(found.missing, 2) == Decimal("345.12") - Decimal("144.92")


def test_savings_bring_no_cost_back_that_is_already_there() -> None:
    found = impact(a_budget(limit=Decimal(2000)), a_recommendation("100000"))
    assert found.outlook is Outlook.CANNOT_BE_BROUGHT_BACK
    assert (found.needed, found.missing, found.breaks_on) == (Decimal("2345.12"), Decimal("210.45"), None)


def test_a_budget_that_holds_needs_nothing() -> None:
    found = impact(a_budget(limit=Decimal(5000)), a_recommendation("100"))
    assert (found.outlook, found.needed, found.missing, found.actions) == (Outlook.HOLDS, Decimal(0), Decimal(0), ())


TAGS = (("team", "web"), ("environment", "production"))


@pytest.mark.parametrize(
    ("condition", "matches"),
    [
        (values("SERVICE", EC2), True),
        (values("SERVICE", "AWS Lambda"), False),
        (values("LINKED_ACCOUNT", "123456789012", "210987654321"), True),
        (values("LINKED_ACCOUNT", "210987654321"), False),
        (values("REGION", "us-east-1"), True),
        (values("REGION", "US-EAST-1"), False),
        (values("REGION", "US-EAST-1", match=("CASE_INSENSITIVE",)), True),
        (values("REGION", "us-", match=("STARTS_WITH",)), True),
        (values("REGION", "-2", match=("ENDS_WITH",)), False),
        (values("REGION", "east", match=("CONTAINS",)), True),
        (values("REGION", match=("ABSENT",)), False),
        (values("REGION", "us", match=("GREATER_THAN_OR_EQUAL",)), None),
        (values("TAG", "web", "data", key="team"), True),
        (values("TAG", "data", key="team"), False),
        (values("TAG", "web", key="owner"), False),
        (values("TAG", key="owner", match=("ABSENT",)), True),
        (values("TAG", key="team", match=("ABSENT",)), False),
        (values("TAG", "", key="owner"), True),
        (values("TAG", "", "data", key="owner"), True),
        (values("TAG", "", "data", key="team"), False),
        (values("TAG", key="owner"), True),
        (values("TAG", key="team"), False),
        (values("RECORD_TYPE", "Credit", "Refund"), False),
        (values("RECORD_TYPE", "Usage", "DiscountedUsage", "SavingsPlanCoveredUsage"), True),
        (values("RECORD_TYPE", "Usage"), None),
        (values("RESOURCE_ID", "i-1"), True),
        (values("RESOURCE_ID", "i-2"), None),
        (values("INSTANCE_TYPE", "m5.large"), None),
        (values("COST_CATEGORY", "web", key="unit"), None),
        (Condition(ConditionKind.UNREADABLE, "filter expression (Products)"), None),
        (of(NOT, values("RECORD_TYPE", "Credit", "Tax")), True),
        (of(NOT, values("SERVICE", EC2)), False),
        (of(NOT, values("AZ", "us-east-1a")), None),
        (of(ANY, values("SERVICE", EC2), values("AZ", "us-east-1a")), True),
        (of(ANY, values("SERVICE", "AWS Lambda"), values("AZ", "us-east-1a")), None),
        (of(ALL, values("SERVICE", "AWS Lambda"), values("AZ", "us-east-1a")), False),
        (of(ALL, values("SERVICE", EC2), values("AZ", "us-east-1a")), None),
        (of(ALL, values("SERVICE", EC2), of(NOT, values("REGION", "eu-west-1"))), True),
    ],
)
def test_a_saving_is_in_a_budget_where_its_filters_say_so_and_is_never_assumed(
    condition: Condition, matches: bool | None
) -> None:
    found = impact(a_budget(condition), a_recommendation("12", tags=TAGS))
    assert (len(found.matching), len(found.untold)) == (int(matches is True), int(matches is None))
    assert found.open_conditions == ((condition.words,) if matches is None else ())


def test_all_of_several_filters_hold() -> None:
    both = (values("SERVICE", EC2), values("REGION", "eu-west-1"))
    assert impact(a_budget(*both), a_recommendation()).matching == ()


def test_tags_that_no_source_tells_may_be_there_all_the_same() -> None:
    found = impact(a_budget(values("TAG", "web", key="team")), a_recommendation("12"))
    assert (found.matching, len(found.untold)) == ((), 1)


def test_a_type_that_the_bill_has_under_no_known_service_cannot_be_told() -> None:
    found = impact(a_budget(values("SERVICE", EC2)), a_recommendation(resource_type="Quantum"))
    assert (found.matching, len(found.untold)) == ((), 1)


def test_a_budget_that_only_savings_nobody_can_place_would_bring_back_depends_on_them() -> None:
    found = impact(a_budget(values("TAG", "web", key="team")), a_recommendation("900"))
    assert (found.outlook, found.actions, found.missing) == (Outlook.DEPENDS, (), Decimal("345.12"))


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"metric": "BlendedCost"}, "Blended cost averages"),
        ({"metric": "AmortizedCost"}, "Amortized cost spreads"),
        ({"metric": "NetUnblendedCost"}, "after all discounts"),
        ({"metric": ""}, "does not say which cost"),
        ({"metric": "UsageQuantity"}, "how savings show in it is not known"),
        ({"credits_included": True}, "Credits and refunds"),
        ({"taxes_included": True}, "Taxes"),
        ({"data_is_stale": True}, "may be old"),
    ],
)
def test_a_cost_in_which_savings_show_in_another_amount_is_named(changes: dict[str, Any], said: str) -> None:
    assert any(said in one for one in impact(a_budget(**changes)).caveats)
    assert impact(a_budget(credits_included=False, taxes_included=False)).caveats == ()


@given(st.lists(st.integers(1, 900), max_size=6), st.integers(2211, 4345))
def test_no_smaller_set_would_be_enough(amounts: list[int], limit: int) -> None:
    said = [a_recommendation(str(amount), resource=f"i-{at}") for at, amount in enumerate(amounts)]
    found = impact(a_budget(limit=Decimal(limit)), *said)
    assert found.needed is not None
    enough = [
        len(some)
        for size in range(len(amounts) + 1)
        for some in combinations(found.matching, size)
        if sum(one.in_period for one in some) >= found.needed
    ]
    if found.outlook is Outlook.CAN_BE_BROUGHT_BACK:
        assert len(found.actions) == min(enough)
    else:
        assert (enough, found.actions) == ([], ())


@given(st.integers(1, 400), st.integers(0, 5000), st.integers(1, 400))
def test_the_day_is_the_first_of_the_straight_line_above_the_limit(limit: int, actual: int, more: int) -> None:
    budget = a_budget(limit=Decimal(limit), actual=Decimal(actual), forecast=Decimal(actual + more))
    found = impact(budget)
    if found.breaks_on is None:
        assert actual > limit or actual + more <= limit
    else:
        days = (found.breaks_on - AS_OF).days + 1
        assert actual * 15 + more * days > limit * 15 >= actual * 15 + more * (days - 1)
