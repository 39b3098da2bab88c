"""What a whole review pays for on its own account stays under its caps, by the run document and by what was sent."""

from pathlib import Path

import pytest

from benchmarks.paid_requests import Day, days, paid, table
from tasks.agents import AGENTS
from tests.local.runs import QUICK


@pytest.fixture(scope="module")
def measured(tmp_path_factory: pytest.TempPathFactory) -> list[Day]:
    return days(Path(tmp_path_factory.mktemp("accounts")), pace=QUICK)


def test_a_first_review_stays_under_its_cap_with_the_hub_and_without(measured: list[Day]) -> None:
    assert {day.account: day.first.requests for day in measured} == {
        "with the Hub": 8,
        "with the Hub, with commitments": 12,
        "without the Hub": 11,
        "without the Hub, with commitments": 15,
    }
    assert all(day.first.requests <= day.most for day in measured)


def test_the_second_review_of_the_day_pays_only_for_what_was_refused_before(measured: list[Day]) -> None:
    """Where there are commitments AWS has no utilization yet, and a refusal is asked about again."""
    assert [day.second.requests for day in measured] == [0, 1, 0, 1]


def test_waking_all_agents_pays_nothing(measured: list[Day]) -> None:
    assert {(day.first.woken, day.first.waking) for day in measured} == {(len(AGENTS), 0)}


def test_a_request_costs_a_cent(measured: list[Day]) -> None:
    assert all(day.first.usd * 100 == day.first.requests for day in measured)


def test_what_no_step_answered_for_was_paid_while_waking() -> None:
    cost = {"cost_explorer_requests": 5, "cost_explorer_usd": "0.05"}
    steps = [{"cost_explorer_requests": 3}, {"outcome": "not_asked"}]
    assert paid({"self_cost": cost, "steps": steps, "woken": 4}).waking == 2


def test_the_table_has_a_line_an_account(measured: list[Day]) -> None:
    assert table(measured).row_count == 4
