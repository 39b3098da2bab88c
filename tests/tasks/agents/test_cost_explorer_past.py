"""A review that looks from a day in the past: what lies ahead of it and what is no longer kept is not asked for."""

from datetime import UTC, datetime
from typing import Any

import pytest

from tasks.agents.cost_explorer.handler import work as door
from tests.tasks.agents.bills import COLLECTED, a_bill
from tests.tasks.agents.test_named_resource_spend import a_named, a_slot_of_findings, days_of
from tests.tasks.worlds import AWorld, Json, a_review, a_scripted_world, evidence_of, findings_of, slot, states, work
from workflows.cost_review.documents import Findings

pytestmark = pytest.mark.usefixtures("own_aws")
FORECAST, NAMED, BILL = (
    f"{one} us-east-1" for one in ("CostExplorerForecast", "CostExplorerResources", "CostExplorer")
)


def looking_from(as_of: str, today: str, **settings: Any) -> tuple[AWorld, Findings, Json | None]:
    """The account, what is found, and the days that were asked about of the resource that Trusted Advisor named."""
    script = {**COLLECTED, "ce:GetCostAndUsageWithResources": [a_bill(*days_of("i-1", ["3"] * 9, "2026-11-07"))]}
    account = a_scripted_world(script, now=lambda: datetime.fromisoformat(today).replace(tzinfo=UTC))
    world = account.world
    for name, value in settings.items():
        object.__setattr__(world.settings, name, value)
    review = a_review(as_of=as_of)
    builds_on = {"trusted_advisor": a_slot_of_findings(world, [a_named("i-1")])}
    collected = slot(work(door, world, "collect", review))
    named = work(door, world, "collect_named_resource_spend", review, collected=collected, builds_on=builds_on)
    asked = [one.parameters["TimePeriod"] for one in evidence_of(world, named).responses]
    both = {**builds_on, "named_resource_spend": slot(named)}
    found = findings_of(world, work(door, world, "analyse", review, collected=collected, builds_on=both))
    return account, found, asked[0] if asked else None


def detail(found: Findings, source: str) -> str:
    return next(one.detail for one in found.sources if f"{one.source} {one.region}" == source)


def test_today_everything_is_asked_and_nothing_is_said_of_the_day() -> None:
    account, found, asked = looking_from("2026-11-16", "2026-11-16T23:30:00")
    assert account.asked("GetCostForecast") == 1
    assert asked == {"Start": "2026-11-02", "End": "2026-11-16"}
    assert detail(found, BILL) == ""


def test_the_forecast_of_a_month_that_is_over_is_not_needed() -> None:
    account, found, _ = looking_from("2026-10-20", "2026-11-16")
    assert account.asked("GetCostForecast") == 0
    assert states(found)[FORECAST] == "NOT_NEEDED"
    assert "is over" in detail(found, FORECAST)


def test_in_a_month_that_goes_on_the_forecast_is_asked() -> None:
    account, _, _ = looking_from("2026-11-10", "2026-11-16")
    assert account.asked("GetCostForecast") == 1


def test_what_resources_cost_is_asked_only_for_the_days_that_are_kept() -> None:
    _, found, asked = looking_from("2026-11-16", "2026-11-20")
    assert asked == {"Start": "2026-11-06", "End": "2026-11-16"}
    (spend,) = found.resource_spend
    assert (spend.whole_days, spend.trend_percent, spend.step) == (8, None, None)


@pytest.mark.parametrize("today", ["2026-11-30", "2027-03-01"])
def test_what_is_not_kept_any_more_is_not_asked_and_the_services_figures_stand_in(today: str) -> None:
    account, found, _ = looking_from("2026-11-16", today)
    assert account.asked("GetCostAndUsageWithResources") == 0
    (gap,) = [one for one in found.sources if one.is_gap]
    assert (f"{gap.source} {gap.region}", gap.state) == (NAMED, "SKIPPED")
    assert ("fourteen days" in gap.detail, "service_basis" in gap.detail) == (True, True)
    assert "as_of" in gap.remedy


def test_an_old_bill_says_that_the_advice_beside_it_is_todays() -> None:
    _, found, _ = looking_from("2026-11-10", "2026-11-16")
    assert detail(found, BILL).startswith("The bill is that of 2026-11-10; what the account is advised to do is of")
