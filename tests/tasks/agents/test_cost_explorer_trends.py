"""The trend and the step of a cost, worked out by hand."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.agents.cost_explorer.trends import step, trend_percent
from workflows.spend import Step

AS_OF = date(2026, 11, 16)


def until_yesterday(*costs: float | str) -> dict[date, Decimal]:
    """These costs by day, the last of them yesterday's."""
    first = AS_OF - timedelta(days=len(costs))
    return {first + timedelta(days=place): Decimal(str(cost)) for place, cost in enumerate(costs)}


def step_of(*costs: float | str) -> Step | None:
    by_day = until_yesterday(*costs)
    return step(by_day, min(by_day), AS_OF)


def test_a_level_that_rises_and_stays_is_a_step_on_its_first_day() -> None:
    assert step_of(*[10] * 10, *[15] * 5) == Step(date(2026, 11, 11), Decimal(10), Decimal(15), Decimal("50.0"))


def test_a_level_that_falls_and_stays_is_a_step_too() -> None:
    found = step_of(*[10] * 10, *[4] * 5)
    assert found is not None
    assert (found.day, found.change_percent) == (date(2026, 11, 11), Decimal("-60.0"))


def test_what_began_from_nothing_has_no_percentage() -> None:
    found = step_of(*[0] * 10, *[4] * 5)
    assert found is not None
    assert (found.before_a_day, found.after_a_day, found.change_percent) == (Decimal(0), Decimal(4), None)


@pytest.mark.parametrize(
    "costs",
    [
        [10] * 15,  # level
        [10] * 9 + [90] + [10] * 5,  # a spike that passed
        [10] * 10 + [11.9] * 5,  # 19 %
        [1] * 10 + [1.9] * 5,  # 0.90 a day
        [10] * 12 + [15] * 3,  # two days without yesterday
        [10] * 6 + [15] * 5,  # six days before
        [10] * 14 + [1],  # yesterday's bill is not whole yet
        [10] * 10 + [15, 15, 11, 15, 15],  # back in between
        [],
    ],
)
def test_what_is_no_step(costs: list[float]) -> None:
    assert (step_of(*costs) if costs else step({}, AS_OF, AS_OF)) is None


def test_twenty_percent_and_one_a_day_are_enough() -> None:
    assert step_of(*[5] * 10, *[6] * 5) is not None


def test_a_day_without_a_cost_is_a_day_that_cost_nothing() -> None:
    costs = until_yesterday(*[10] * 10, *[0] * 5)
    written_out = step(costs, min(costs), AS_OF)
    assert written_out is not None
    assert step({day: cost for day, cost in costs.items() if cost}, min(costs), AS_OF) == written_out


def test_of_two_steps_the_bigger_one_that_lasts_is_told() -> None:
    found = step_of(*[10] * 8, *[15] * 8, *[30] * 8)
    assert found is not None
    assert (found.day, found.after_a_day) == (date(2026, 11, 8), Decimal(30))


def test_steps_of_long_ago_are_not_told() -> None:
    assert step_of(*[10] * 10, *[20] * 36) is None


def test_yesterday_which_is_not_billed_whole_yet_makes_no_trend() -> None:
    assert trend_percent(until_yesterday(*[10] * 13, 1), AS_OF) == Decimal("0.0")
    assert trend_percent(until_yesterday(*[10] * 6, 70, *[10] * 6, 1), AS_OF) == Decimal("0.0")


def test_the_trend_is_one_week_against_the_week_before() -> None:
    assert trend_percent(until_yesterday(*[10] * 7, *[12] * 7), AS_OF) == Decimal("20.0")
    assert trend_percent(until_yesterday(*[10] * 6, *[12] * 7), AS_OF) is None
    assert trend_percent(until_yesterday(*[0] * 7, *[12] * 7), AS_OF) is None


@given(st.lists(st.decimals("-100", "10000", places=2), max_size=60))
def test_a_step_is_as_big_as_the_rule_says(costs: list[Decimal]) -> None:
    by_day = until_yesterday(*map(str, costs))
    found = step(by_day, AS_OF - timedelta(days=len(costs)), AS_OF)
    if found is not None:
        change = abs(found.after_a_day - found.before_a_day)
        assert change >= 1
        assert change * 5 >= abs(found.before_a_day)
        assert AS_OF - timedelta(days=28) < found.day <= AS_OF - timedelta(days=4)
