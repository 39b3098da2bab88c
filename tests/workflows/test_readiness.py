"""Readiness is what the states table says, and says freshly, of an agent in its present version."""

import json
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from tests.workflows.builders import a_candidate, a_review, a_status, an_item
from workflows.cost_review.agent_state import status_row
from workflows.cost_review.readiness import AgentReadiness, assess, readiness_answer
from workflows.sources import SourceState

NOW = datetime(2026, 11, 16, 3, 0, tzinfo=UTC)
RIGHTSIZING = a_candidate("rightsizing")
BUDGET = a_candidate("budget")


def stands(item: dict[str, Any] | None, scope: dict[str, Any] | None = None) -> AgentReadiness:
    items = {} if item is None else {"rightsizing-agent": item}
    (readiness,) = assess((RIGHTSIZING,), items, a_review(scope=scope, analysis_type="targeted"), NOW)
    return readiness


def test_an_agent_that_lately_said_ready_is_ready() -> None:
    readiness = stands(an_item())

    assert readiness.takes_part
    assert (readiness.reason, readiness.remedy) == ("", "")


def test_an_agent_that_was_never_checked_says_how_to_check_it() -> None:
    readiness = stands(None)

    assert not readiness.ready
    assert "never" in readiness.reason
    assert "finops-rightsizing-agent-work" in readiness.remedy


def test_an_expired_item_is_stale_although_the_table_still_returns_it() -> None:
    """DynamoDB deletes an expired item within days, not at once."""
    just_expired, last_second = int(NOW.timestamp()), int(NOW.timestamp()) + 1

    assert "stale" in stands(an_item(ttl=just_expired)).reason
    assert "2026-11-15" in stands(an_item(ttl=just_expired)).reason
    assert stands(an_item(ttl=last_second)).ready
    assert stands(an_item(ttl=Decimal(last_second))).ready


@pytest.mark.parametrize("ttl", [None, "", "soon", [], 0, -1, Decimal("NaN")])
def test_a_ttl_that_nobody_can_read_has_passed(ttl: object) -> None:
    assert not stands(an_item(ttl=ttl)).ready


def test_a_check_of_the_future_does_not_count() -> None:
    """A clock was wrong: what the agent said would else hold for as long. Clocks differ by a little."""
    late = int(NOW.timestamp()) + 400 * 24 * 3600

    assert "future" in stands(an_item(timestamp="2027-11-16T03:00:00+00:00", ttl=late)).reason
    assert stands(an_item(timestamp="2026-11-16T03:00:01+00:00", ttl=late)).ready


def test_an_item_without_a_ttl_is_stale() -> None:
    item = an_item()
    del item["ttl"]

    assert not stands(item).ready


@pytest.mark.parametrize("state", [None, "ready", [], 5])
def test_an_item_without_a_state_is_not_ready(state: object) -> None:
    readiness = stands(an_item(state=state))

    assert not readiness.ready
    assert readiness.remedy


@pytest.mark.parametrize("state", [{"status": "ready", "version": "0.9"}, {"status": "ready"}, {}])
def test_a_check_of_another_version_does_not_count(state: dict[str, str]) -> None:
    assert "another version" in stands(an_item(state=state)).reason


def test_an_agent_that_is_not_ready_says_why_and_what_to_do() -> None:
    state = {"status": "not_ready", "version": "1.0", "reason": "The Hub is off.", "remedy": "Enroll."}

    assert (stands(an_item(state=state)).reason, stands(an_item(state=state)).remedy) == ("The Hub is off.", "Enroll.")
    assert stands(an_item(state={"status": "READY", "version": "1.0"})).reason == "It is not ready."


DENIED = a_status(state=SourceState.DENIED, detail="AccessDenied: No.", remedy="Allow it.")


def test_an_agent_that_is_not_ready_hands_on_what_it_said_of_each_source() -> None:
    state = {"status": "not_ready", "version": "1.0", "sources": [status_row(DENIED)]}

    assert stands(an_item(state=state)).sources == (DENIED,)
    assert stands(an_item(state={**state, "sources": "none"})).sources == ()


def test_what_a_stale_or_a_ready_agent_said_of_its_sources_is_not_handed_on() -> None:
    told = {"version": "1.0", "sources": [status_row(DENIED)]}
    ready = an_item(state={**told, "status": "ready"})
    stale = an_item(state={**told, "status": "not_ready"}, ttl=0)

    assert [stands(item).sources for item in (ready, stale)] == [(), ()]


def test_the_answer_stays_small_however_many_sources_an_agent_speaks_of() -> None:
    rows = [status_row(a_status(region=f"region-{number}", detail="x" * 300)) for number in range(1000)]
    state = {"status": "not_ready", "version": "1.0", "sources": rows}

    assert len(json.dumps(answer({"rightsizing-agent": an_item(state=state)}))) < 2048


def test_an_agent_outside_the_scope_takes_no_part_however_ready() -> None:
    readiness = stands(an_item(), scope={"agents": ["budget-agent"]})

    assert readiness.ready
    assert not readiness.in_scope
    assert not readiness.takes_part


def test_a_scope_without_agents_means_all_agents() -> None:
    assert stands(an_item(), scope={"regions": ["us-east-1"]}).takes_part


def answer(items: dict[str, dict[str, Any]], scope: dict[str, Any] | None = None) -> dict[str, Any]:
    review = a_review(scope=scope, analysis_type="targeted")
    return readiness_answer(assess((RIGHTSIZING, BUDGET), items, review, NOW), NOW)


def test_the_answer_names_who_is_ready_and_who_has_to_be_woken() -> None:
    said = answer({"rightsizing-agent": an_item()})

    assert said["all_ready"] is False
    assert said["total_required"] == 2
    assert said["ready_agents"] == ["rightsizing-agent"]
    assert [one["function"] for one in said["not_ready"]] == ["finops-budget-agent-work"]
    assert said["agents"]["rightsizing"]["takes_part"] is True
    assert said["agents"]["budget"]["takes_part"] is False
    assert said["checked_at"] == "2026-11-16T03:00:00+00:00"


def test_nobody_is_woken_who_is_not_in_scope() -> None:
    said = answer({"rightsizing-agent": an_item()}, {"agents": ["rightsizing-agent"]})

    assert said["all_ready"] is True
    assert said["total_required"] == 1
    assert said["not_ready"] == []
    assert said["agents"]["budget"]["in_scope"] is False
