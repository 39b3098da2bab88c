"""What was paid for today is not paid for again, and evidence does not show the difference."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

import pytest

from tasks.agents.cost_explorer.handler import work as cost_explorer
from tasks.agents.rightsizing.handler import work as rightsizing
from tasks.door import Door
from tasks.paid_responses import RESPONSES_PREFIX
from tasks.shared_context import read_content
from tests.tasks.agents.bills import COLLECTED, a_bill, a_day, usage
from tests.tasks.steps.heard import a_heard_review
from tests.tasks.worlds import (
    NOW,
    SETTINGS,
    AWorld,
    Json,
    a_review,
    a_scripted_world,
    a_world,
    an_account,
    an_error,
    evidence_of,
    own_clients,
    states,
    work,
)
from workflows.cost_review.answers import Answer
from workflows.errors import InvalidContent, Throttled

pytestmark = pytest.mark.usefixtures("own_aws")
BOTH = pytest.mark.parametrize("door", [cost_explorer, rightsizing], ids=["cost_explorer", "rightsizing"])


def paid(account: AWorld) -> int:
    return sum(one.startswith("ce:") for one in account.sent)


def collected(door: Door = cost_explorer, review_id: str = "review-1", **world: Any) -> tuple[Answer, bytes, int]:
    """The answer, the evidence's bytes and the paid requests that were really sent."""
    account = a_world(**world)
    answer = work(door, account.world, "collect", a_review(review_id=review_id))
    return answer, read_content(account.world, answer.content), paid(account)


def stored() -> dict[str, bytes]:
    s3 = own_clients()("s3")
    listed = s3.list_objects_v2(Bucket=SETTINGS.context_bucket, Prefix=RESPONSES_PREFIX).get("Contents", [])
    return {one["Key"]: s3.get_object(Bucket=SETTINGS.context_bucket, Key=one["Key"])["Body"].read() for one in listed}


@BOTH
def test_a_second_review_of_the_day_pays_nothing_and_has_the_same_evidence(door: Door) -> None:
    _, first, paid_first = collected(door)
    answer, second, paid_second = collected(door, "review-2", now=lambda: NOW + timedelta(hours=14))
    assert paid_first > 0
    assert paid_second == answer.run.cost_explorer_requests == 0
    assert first == second


def test_a_whole_second_review_of_the_day_pays_nothing() -> None:
    first, second = a_world(), a_world()
    a_heard_review(first.world)
    paid_first = paid(first)
    a_heard_review(second.world, a_review(review_id="review-2"))
    assert (paid_first, paid(first) - paid_first) == (8, 0)


def test_the_next_day_everything_is_asked_anew() -> None:
    _, _, paid_first = collected()
    _, _, paid_second = collected(now=lambda: NOW + timedelta(hours=15))
    assert paid_second == paid_first


def test_another_question_is_asked_although_the_day_is_the_same() -> None:
    collected()
    account = a_world()
    work(cost_explorer, account.world, "collect", a_review(as_of=NOW.date() - timedelta(days=1)))
    assert paid(account) > 0


def an_emergency(review_id: str, started_at: datetime, **world: Any) -> int:
    """The paid requests that an emergency sent which started then."""
    account = a_world(now=lambda: started_at, **world)
    review = a_review(review_id=review_id, analysis_type="emergency", started_at=started_at.isoformat())
    work(cost_explorer, account.world, "collect", review)
    return paid(account)


def test_an_emergency_asks_anew_what_was_asked_before_it_began_and_others_use_its_answers() -> None:
    """What has just happened is not in what was answered this morning."""
    collected()
    noon, evening = NOW + timedelta(hours=3), NOW + timedelta(hours=9)
    first = an_emergency("emergency-1", noon)
    assert first > 0
    assert an_emergency("emergency-2", evening) == first
    assert collected(review_id="review-2", now=lambda: evening)[2] == 0


def test_an_emergency_that_is_tried_again_pays_only_for_what_it_has_not_stored() -> None:
    an_emergency("emergency-1", NOW)
    assert an_emergency("emergency-1", NOW) == 0


def test_an_answer_that_does_not_say_when_it_was_asked_for_is_no_news() -> None:
    first = an_emergency("emergency-1", NOW)
    s3 = own_clients()("s3")
    for key, content in stored().items():
        s3.put_object(Bucket=SETTINGS.context_bucket, Key=key, Body=content.replace(b"asked_at", b"was"))
    assert an_emergency("emergency-1", NOW) == first


def test_accounts_that_share_an_id_do_not_share_their_answers() -> None:
    _, _, paid_first = collected(responses_from="one folder")
    _, _, paid_second = collected(responses_from="another")
    assert paid_second == paid_first


def test_a_step_that_is_tried_again_pays_only_for_what_it_has_not_stored() -> None:
    throttled = (400, {"__type": "LimitExceededException", "message": "Rate exceeded"})
    bill = a_bill(a_day("2026-11-02", {usage(): "1"}))
    account = a_scripted_world({**COLLECTED, "ce:GetCostAndUsage": [bill], "ce:GetAnomalies": [throttled] * 2 + [{}]})
    with pytest.raises(Throttled):
        work(cost_explorer, account.world, "collect", retry=0)
    sent = len(account.sent)
    answer = work(cost_explorer, account.world, "collect", retry=1)
    assert [one for one in account.sent[sent:] if one.startswith("ce:")] == ["ce:GetAnomalies"]
    assert answer.run.cost_explorer_requests == 1
    assert len(evidence_of(account.world, answer).of("GetCostAndUsage")) == 2


def test_a_refusal_is_not_kept_for_the_day() -> None:
    denied = a_world(an_account(an_error("ce", "GetAnomalies", "AccessDeniedException")))
    work(cost_explorer, denied.world, "collect")
    account = a_world()
    answer = work(cost_explorer, account.world, "collect")
    assert account.asked("GetAnomalies") == paid(account) == 2
    assert states(evidence_of(account.world, answer))["CostAnomalyDetection us-east-1"] == "AVAILABLE"


@pytest.mark.parametrize(
    "broken",
    [
        lambda content: content[: len(content) // 2],
        lambda _: b"",
        lambda _: b"[]",
        lambda _: b"\xff\xfe",
        lambda content: content.replace(b"finops.paid-response/1", b"finops.paid-response/0"),
        lambda content: content.replace(b'"region": "us-east-1"', b'"region": "eu-west-1"'),
        lambda content: content.replace(b'"answer": {', b'"answer": 7, "was": {'),
        lambda content: content.replace(b'"request_id": "', b'"request_id": 7, "was": "'),
    ],
)
def test_a_stored_answer_that_is_broken_is_asked_anew_and_mended(broken: Any) -> None:
    _, first, paid_first = collected()
    s3 = own_clients()("s3")
    for key, content in stored().items():
        s3.put_object(Bucket=SETTINGS.context_bucket, Key=key, Body=broken(content))
    _, second, paid_second = collected()
    assert (second, paid_second) == (first, paid_first)
    assert collected()[2] == 0


def test_two_reviews_that_write_at_once_leave_answers_that_serve() -> None:
    accounts = [a_world(), a_world()]
    for account in accounts:
        for service in ("ce", "sts", "cost-optimization-hub"):
            account.world.account(service, "us-east-1")
    own_clients()("s3"), own_clients()("dynamodb")
    with ThreadPoolExecutor(2) as pool:
        both = pool.map(
            lambda number: work(cost_explorer, accounts[number].world, "collect", a_review(review_id=f"r-{number}")),
            range(2),
        )
        contents = [read_content(accounts[0].world, answer.content) for answer in both]
    assert contents[0] == contents[1] == collected()[1]
    assert collected()[2] == 0


def test_what_is_stored_lies_by_day_and_account_in_the_shared_context() -> None:
    collected()
    assert stored()
    assert all(key.startswith(f"{RESPONSES_PREFIX}2026-11-16/123456789012/") for key in stored())


def test_free_services_are_asked_each_time() -> None:
    account = a_world()
    work(rightsizing, account.world, "collect")
    once = list(account.sent)
    work(rightsizing, account.world, "collect")
    again = account.sent[len(once) :]
    assert sorted(once) == sorted([*again, "ce:GetRightsizingRecommendation"])


def test_a_store_that_cannot_be_read_is_named_and_not_taken_for_empty() -> None:
    with pytest.raises(InvalidContent, match="cannot be listed"):
        collected(context_bucket="nowhere")


def test_the_day_of_asking_is_that_of_utc() -> None:
    zone = datetime.fromisoformat("2026-11-17T00:30:00+02:00")
    collected(now=lambda: zone)
    assert {key.removeprefix(RESPONSES_PREFIX)[:10] for key in stored()} == {"2026-11-16"}


def test_answers_hold_no_more_than_was_asked_for_and_said() -> None:
    script: Json = {**COLLECTED}
    work(cost_explorer, a_scripted_world(script).world, "collect")
    assert all(b"request-of-" in content and b"HTTPHeaders" not in content for content in stored().values())
