"""Whatever was sent becomes a review, or is refused in sentences before anything is paid for."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from tasks.agent_registry import register
from tasks.steps.prepare_review import handler, known_regions
from tests.tasks.worlds import Json, a_world
from tests.workflows.discovery.cards import a_card
from workflows.cost_review.request import Review
from workflows.discovery.card import card_from
from workflows.errors import InvalidReviewRequest
from workflows.savings.ranking import Weights


def prepare(request: Any = None, *, name: str = "nightly-1", **world: Any) -> Json:
    event = {
        "request": {} if request is None else request,
        "execution": {"name": name, "started_at": "2026-11-16T09:00:00Z"},
    }
    return dict(handler.run(event, a_world(**world).world))


def test_an_empty_request_is_a_comprehensive_review_of_today() -> None:
    assert prepare() == {
        "contract": "finops.review/1",
        "review_id": "nightly-1",
        "analysis_type": "comprehensive",
        "scope": {"accounts": [], "regions": [], "services": [], "resource_ids": [], "agents": []},
        "as_of": "2026-11-16",
        "ranking": {"preset": None, "weights": None},
        "owner_tags": ["owner", "Owner", "team", "Team"],
        "owner_cost_category": "",
        "on_not_ready": "degrade",
        "max_cost_explorer_requests": 25,
        "requested_by": "unknown",
        "started_at": "2026-11-16T09:00:00Z",
        "limits": {"self_check_s": 50, "collect_s": 270, "retries": 3},
    }


def test_what_is_asked_for_is_what_the_review_says() -> None:
    request = {
        "scope": {"agents": ["budget-agent"], "regions": ["eu-west-1"]},
        "as_of": "2026-11-01",
        "ranking": {"weights": {"money": 1, "effort": 2.5}},
        "owner_tags": ["squad"],
        "owner_cost_category": "Team",
        "on_not_ready": "fail",
        "max_cost_explorer_requests": 0,
        "requested_by": "me",
    }
    review = Review.model_validate(prepare(request))
    assert review.analysis_type == "targeted"
    assert review.scope.agents == ("budget-agent",)
    assert review.ranking.settled == Weights(money=1, effort=2.5)
    assert (review.owner_tags, review.owner_cost_category) == (("squad",), "Team")
    assert (str(review.as_of), review.on_not_ready, review.max_cost_explorer_requests) == ("2026-11-01", "fail", 0)


def test_today_is_the_day_in_utc() -> None:
    assert prepare(now=lambda: datetime(2026, 11, 30, 23, 59, tzinfo=UTC))["as_of"] == "2026-11-30"


@pytest.mark.usefixtures("own_aws")
def test_every_wrong_field_is_named_at_once() -> None:
    request = {
        "analysis_type": "fast",
        "as_of": "tomorrow",
        "scope": {"accounts": ["1"], "agents": ["nobody"], "regions": ["mars-1"], "services": ["x"]},
        "max_cost_explorer_requests": "many",
        "colour": "red",
    }
    with pytest.raises(InvalidReviewRequest) as refused:
        prepare(request)
    fields = ("analysis_type", "as_of", "accounts", "agents", "regions", "services", "max_cost", "colour")
    assert all(field in "; ".join(refused.value.problems) for field in fields)


@pytest.mark.parametrize("request_", [[], "x", 7, True, {"as_of": "2027-01-01"}, {"scope": {"x": "y" * 9_000}}])
def test_what_cannot_be_a_review_is_refused(request_: Any) -> None:
    with pytest.raises(InvalidReviewRequest):
        prepare(request_)


@pytest.mark.parametrize("name", ["nightly.2026-11-16", "a+b", "größe"])
def test_an_executions_name_that_cannot_be_a_reviews_id_is_refused_in_our_own_words(name: str) -> None:
    with pytest.raises(InvalidReviewRequest, match="name"):
        prepare(name=name)


@pytest.mark.usefixtures("own_aws")
def test_an_agent_of_another_team_is_known_by_the_registry() -> None:
    register(a_world().world, card_from(json.dumps(a_card())), by="tests")
    assert prepare({"scope": {"agents": ["log-retention-agent"]}})["scope"]["agents"] == ["log-retention-agent"]
    with pytest.raises(InvalidReviewRequest, match=r"'nobody' is not known; known are .*log-retention-agent"):
        prepare({"scope": {"agents": ["nobody"]}})


def test_nothing_is_asked_of_aws() -> None:
    account = a_world()
    handler.run({"request": {}, "execution": {"name": "n", "started_at": ""}}, account.world)
    assert account.sent == []


def test_the_regions_of_every_partition_are_known() -> None:
    assert {"us-east-1", "eu-west-1", "cn-north-1", "us-gov-west-1"} <= known_regions()
