"""What a review of the sample account says about acting: the order, the owners, the confidence and the commands."""

import shlex
from functools import cache
from typing import Any

import pytest

from tests.local.runs import run


@cache
def reviewed(**request: str) -> dict[str, Any]:
    """The report of a review with this ranking preset and cost category."""
    asked: dict[str, Any] = {"as_of": "2026-11-16"}
    if "preset" in request:
        asked["ranking"] = {"preset": request["preset"]}
    if "cost_category" in request:
        asked["owner_cost_category"] = request["cost_category"]
    return run(asked).report


def counted(report: dict[str, Any]) -> list[str]:
    return [
        one["resource_id"]
        for one in report["opportunities"]
        if one["not_counted"] is None and one["optimization_type"] == "Usage"
    ]


def of(report: dict[str, Any], resource: str) -> dict[str, Any]:
    found: dict[str, Any] = next(one for one in report["opportunities"] if one["resource_id"] == resource)
    return found


WEB, BATCH, VOLUME = "i-07c4e8b15da2f3962", "i-0f3a9c1d27b84e605", "vol-0c5d81e4fa9236b70"


def test_the_biggest_come_first_unless_asked_otherwise() -> None:
    report = reviewed()
    amounts = [float(one["counted_monthly_savings"]) for one in report["opportunities"] if one["not_counted"] is None]

    assert counted(report)[:2] == [WEB, BATCH]
    assert amounts[: len(counted(report))] == sorted(amounts[: len(counted(report))], reverse=True)
    assert report["review"]["ranking"] == {"preset": None, "weights": None}


@pytest.mark.parametrize("preset", ["quick_wins", "safest"])
def test_another_order_moves_what_is_easy_up_and_changes_no_amount(preset: str) -> None:
    """Stopping an idle instance takes less than resizing one, and changing a volume's type less than most."""
    usual, other = reviewed(), reviewed(preset=preset)

    assert counted(other)[:2] == [BATCH, VOLUME]
    assert sorted(counted(other)) == sorted(counted(usual))
    assert other["totals"] == usual["totals"]


def test_the_web_servers_sources_differ_by_their_discounts() -> None:
    apart = of(reviewed(), WEB)["confidence"]["spread"]

    assert (apart["least"], apart["most"], apart["percent"]) == ("95.89", "124.10", "22.7")
    assert apart["causes"][0].startswith("discounts")


def test_two_independent_sources_make_the_idle_instance_certain() -> None:
    judged = of(reviewed(), BATCH)["confidence"]

    assert judged["level"] == "HIGH"
    assert any(one["reason"].startswith("2 independent sources") for one in judged["reasons"])
    assert judged["spread"]["causes"][0].startswith("hours basis")


def test_owners_are_named_by_tag_and_by_cost_category_only_where_one_is_named() -> None:
    usual, asked = reviewed(), reviewed(cost_category="Team")
    paid = [report["run"]["self_cost"]["cost_explorer_requests"] for report in (usual, asked)]

    assert of(usual, WEB)["owner"] == {"name": "web", "from": "tag team, as CostOptimizationHub tells it"}
    assert of(asked, WEB)["owner"] == of(usual, WEB)["owner"]
    assert of(usual, VOLUME)["owner"] == {"name": "", "from": "no owner tag"}
    assert of(asked, VOLUME)["owner"]["name"] == "shop"
    assert "65.0 %" in of(asked, VOLUME)["owner"]["from"]
    assert paid[1] == paid[0] + 1


def test_everything_that_counts_says_how_it_is_done() -> None:
    for one in reviewed()["opportunities"]:
        if one["not_counted"] is None:
            way = one["how_to"]
            assert way["is_known"]
            assert way["commands"]
            assert all(shlex.split(command)[0] == "aws" for command in way["commands"])


def test_arns_and_times_are_those_that_aws_tells() -> None:
    one = of(reviewed(), WEB)

    assert one["resource_arn"] == f"arn:aws:ec2:us-east-1:123456789012:instance/{WEB}"
    assert one["tags"] == {"environment": "production", "team": "web"}
    assert one["last_refreshed"].startswith("2026-11-15T")
