"""What an agent says after a check, and what is kept of the checks before."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.workflows.builders import HUB, OPTIMIZER, a_status
from workflows.cost_review.agent_state import (
    MOST_CHANGES,
    MOST_SOURCES,
    item_after,
    state_after,
    status_row,
    told_changes,
    told_of_sources,
)
from workflows.sources import SourceState

NOW = datetime(2026, 11, 16, 3, 0, tzinfo=UTC)
OFF = a_status(HUB, SourceState.NOT_ENROLLED, detail="The Hub is off.", remedy="Enroll.")
READABLE = a_status(OPTIMIZER, detail="Its data is of 2026-11-15.")
Json = dict[str, Any]


def after(*statuses: Any) -> Json:
    return state_after(statuses, version="1", checked_for="review-1")


def noted(before: Json | None, status: str, *, at: int, reason: str = "") -> Json:
    """The item after a check that began at that minute, and took no time."""
    state, began = {"status": status, "reason": reason}, NOW + timedelta(minutes=at)
    item = item_after(before, agent="a", state=state, checked_at=began, now=began)
    assert item is not None
    return item


def test_an_agent_is_ready_where_it_can_read_any_source_and_says_of_each_what_it_saw() -> None:
    state = after(OFF, READABLE)

    assert (state["status"], state["reason"], state["remedy"]) == ("ready", "", "")
    assert told_of_sources(state) == tuple(sorted((OFF, READABLE)))


def test_an_agent_that_can_read_nothing_is_not_ready_and_joins_what_its_sources_say() -> None:
    other = a_status(OPTIMIZER, SourceState.DENIED, detail="No.", remedy="Enroll. Allow it.")
    state = after(OFF, other)

    assert state["status"] == "not_ready"
    assert state["reason"] == "CostOptimizationHub: The Hub is off.; ComputeOptimizer: No."
    assert state["remedy"] == "Enroll. Allow it.", "what is in another remedy is not said twice"


def test_an_agent_without_any_source_can_read_nothing() -> None:
    assert after()["status"] == "not_ready"


def test_however_much_a_check_says_what_is_stored_of_it_is_bounded() -> None:
    loud = [a_status(region=f"r-{n}", state=SourceState.ERROR, detail="x" * 999, remedy="y" * 999) for n in range(99)]
    state = after(*loud)

    assert (len(state["reason"]), len(state["remedy"]), len(state["sources"])) == (500, 500, MOST_SOURCES)
    assert {len(row["detail"]) for row in state["sources"]} == {300}


@pytest.mark.parametrize("sources", [None, {}, "all", [5], [{}], [{"state": "AVAILABLE"}]])
def test_what_is_no_source_is_not_told(sources: object) -> None:
    assert told_of_sources({"sources": sources}) == ()


def test_a_state_that_nobody_knows_is_an_error() -> None:
    (told,) = told_of_sources({"sources": [{**status_row(OFF), "state": "WONDERFUL"}]})

    assert told.state is SourceState.ERROR


def test_a_state_is_fresh_for_a_day_from_when_its_check_began() -> None:
    assert noted(None, "ready", at=0)["ttl"] == int(NOW.timestamp()) + 86_400


def test_since_is_when_the_first_check_began_that_said_the_same_status() -> None:
    first = noted(None, "not_ready", at=0, reason="Off.")
    second = noted(first, "not_ready", at=5, reason="Denied.")
    third = noted(second, "ready", at=9)

    assert [one["since"][11:16] for one in (first, second, third)] == ["03:00", "03:00", "03:09"]
    assert third["timestamp"] == "2026-11-16T03:09:00+00:00"


def test_a_check_that_says_the_same_is_no_change() -> None:
    item = noted(None, "ready", at=0)
    for minute in range(1, 5):
        item = noted(item, "ready", at=minute)

    assert item["changes"] == [{"at": "2026-11-16T03:00:00+00:00", "status": "ready", "reason": ""}]


def test_another_reason_is_a_change_although_the_status_is_the_same() -> None:
    item = noted(noted(None, "not_ready", at=0, reason="Off."), "not_ready", at=5, reason="Denied.")

    assert [(one["at"][11:16], one["reason"]) for one in item["changes"]] == [("03:05", "Denied."), ("03:00", "Off.")]


def test_only_the_last_changes_are_kept() -> None:
    item: Json | None = None
    for minute in range(MOST_CHANGES + 5):
        item = noted(item, "ready" if minute % 2 else "not_ready", at=minute)

    assert item is not None
    assert [one["at"][14:16] for one in item["changes"]] == [f"{n:02}" for n in range(MOST_CHANGES + 4, 4, -1)]


def test_an_older_check_changes_nothing_and_one_of_the_same_moment_does() -> None:
    before = noted(None, "ready", at=5)

    began, now = NOW + timedelta(minutes=4, seconds=59), NOW + timedelta(minutes=6)
    assert item_after(before, agent="a", state={}, checked_at=began, now=now) is None
    assert noted(before, "not_ready", at=5)["state"]["status"] == "not_ready"


def test_a_check_that_a_wrong_clock_dates_in_the_future_is_noted_over() -> None:
    """Else nothing that the agent says would count until then; clocks that differ by a little are no reason."""
    before = noted(None, "not_ready", at=60 * 24 * 365)

    assert noted(before, "ready", at=0)["timestamp"] == noted(before, "ready", at=0)["since"] == NOW.isoformat()
    a_little = noted(None, "not_ready", at=1)
    assert item_after(a_little, agent="a", state={}, checked_at=NOW, now=NOW) is None


@pytest.mark.parametrize("timestamp", [None, "", "yesterday", 5, "2026-11-16T03:00:00"])
def test_an_item_whose_time_cannot_be_read_is_noted_over(timestamp: object) -> None:
    before = {"timestamp": timestamp, "state": {"status": "ready"}, "since": "2020-01-01T00:00:00+00:00"}

    assert noted(before, "ready", at=0)["since"] == "2026-11-16T03:00:00+00:00"


@pytest.mark.parametrize("changes", [None, "none", {}, [5, None]])
def test_what_is_no_change_is_not_kept(changes: object) -> None:
    assert told_changes({"changes": changes}) == []
