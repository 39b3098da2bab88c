"""What the report says about acting on an opportunity."""

import json
from decimal import Decimal
from typing import Any

from hypothesis import given, settings

from tests.workflows.builders import ACCOUNT, HUB, OPTIMIZER, a_document, a_recommendation, a_review
from tests.workflows.strategies import RECOMMENDATIONS
from workflows.cost_review.request import Review
from workflows.recommendation import ActionType, Recommendation
from workflows.savings.owners import AccountOwner

EASY: dict[str, Any] = {"implementation_effort": "VeryLow", "restart_needed": False, "rollback_possible": True}
HARD: dict[str, Any] = {"implementation_effort": "VeryHigh", "restart_needed": True, "rollback_possible": False}


def asking(**fields: Any) -> Review:
    return Review.model_validate({**a_review().model_dump(), **fields})


def the_only(*said: Recommendation, **changes: Any) -> dict[str, Any]:
    (one,) = a_document(*said, **changes)["opportunities"]
    assert isinstance(one, dict)
    return one


def test_an_opportunity_says_how_certain_it_is_whose_it_is_and_how_it_is_done() -> None:
    one = the_only(
        a_recommendation(
            "70.08",
            action=ActionType.STOP,
            resource="i-0f3a",
            resource_arn=f"arn:aws:ec2:us-east-1:{ACCOUNT}:instance/i-0f3a",
            tags=(("team", "batch"),),
            last_refreshed="2026-11-15T12:40:03+00:00",
        )
    )

    assert one["resource_arn"].endswith("instance/i-0f3a")
    assert (one["tags"], one["last_refreshed"]) == ({"team": "batch"}, "2026-11-15T12:40:03+00:00")
    assert one["owner"] == {"name": "batch", "from": f"tag team, as {HUB} tells it"}
    assert one["confidence"]["level"] == "LOW"
    assert one["confidence"]["score"] == 50 + sum(each["points"] for each in one["confidence"]["reasons"])
    assert one["rank_because"]["ranking"] == "biggest"
    assert [part["factor"] for part in one["rank_because"]["contributions"]] == ["money"]
    assert one["how_to"]["commands"] == ["aws ec2 stop-instances --instance-ids i-0f3a --region us-east-1"]
    assert one["how_to"]["account_id"] == ACCOUNT


def test_the_spread_is_told_in_the_opportunitys_currency() -> None:
    one = the_only(a_recommendation("40", HUB), a_recommendation("50", OPTIMIZER))

    assert one["confidence"]["spread"] == {
        "least": "40.00",
        "most": "50.00",
        "percent": "20.0",
        "causes": ["not told"],
    }


def test_the_request_decides_the_order_and_the_report_names_it() -> None:
    said = [
        a_recommendation("100", resource="i-big", action=ActionType.RIGHTSIZE, **HARD),
        a_recommendation("60", resource="i-quick", action=ActionType.RIGHTSIZE, **EASY),
    ]
    ranking = {"preset": "quick_wins"}
    document = a_document(*said, review=asking(ranking=ranking))

    assert [one["resource_id"] for one in a_document(*said)["opportunities"]] == ["i-big", "i-quick"]
    assert [one["resource_id"] for one in document["opportunities"]] == ["i-quick", "i-big"]
    assert [one["rank"] for one in document["opportunities"]] == [1, 2]
    assert document["review"]["ranking"] == {"preset": "quick_wins", "weights": None}
    assert document["totals"] == a_document(*said)["totals"]


def test_owners_are_named_by_the_keys_and_the_category_of_the_request() -> None:
    said = a_recommendation("10", tags=(("squad", "red"), ("team", "blue")))
    category = AccountOwner(ACCOUNT, "Team", "shop", Decimal(100))

    assert a_document(said, review=asking(owner_tags=["squad"]))["opportunities"][0]["owner"]["name"] == "red"
    assert the_only(a_recommendation("10"), account_owners=(category,))["owner"]["name"] == "shop"


@settings(deadline=None, max_examples=60)
@given(RECOMMENDATIONS)
def test_the_advice_is_json_and_the_same_each_time(said: list[Recommendation]) -> None:
    review = asking(ranking={"preset": "safest"})
    written = json.dumps(a_document(*said, review=review)["opportunities"], allow_nan=False)

    assert written == json.dumps(a_document(*reversed(said), review=review)["opportunities"], allow_nan=False)
    for one in json.loads(written):
        assert 0 <= one["rank_because"]["score"] <= 1
        assert one["how_to"]["checks"]
