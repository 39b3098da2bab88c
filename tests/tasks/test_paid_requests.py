"""The cap on paid requests holds, whoever asks and however many at once."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import Any

import pytest
from botocore.awsrequest import AWSResponse

from tasks import paid_requests
from tasks.agents.cost_explorer.handler import work as door
from tasks.paid_requests import reserve_paid_request
from tasks.wiring import SessionClients
from tests.tasks.worlds import (
    NOW,
    SETTINGS,
    Json,
    a_review,
    a_session,
    a_world,
    evidence_of,
    own_clients,
    work,
)
from workflows.errors import DailyPaidRequestsExhausted, PaidRequestsExhausted, Throttled
from workflows.sources import SourceState

pytestmark = pytest.mark.usefixtures("own_aws")


def reserves(cap: int, review_id: str = "review-1") -> bool:
    try:
        reserve_paid_request(a_world().world, a_review(review_id=review_id, max_cost_explorer_requests=cap))
    except PaidRequestsExhausted:
        return False
    return True


def counted(review_id: str = "review-1") -> int:
    key = {"counter": {"S": f"review#{review_id}"}}
    item = own_clients()("dynamodb").get_item(TableName=SETTINGS.paid_requests_table, Key=key).get("Item", {})
    return int(item.get("requests", {"N": "0"})["N"])


def test_as_many_requests_are_reserved_as_the_cap_allows_and_no_more() -> None:
    assert [reserves(3) for _ in range(5)] == [True, True, True, False, False]
    assert counted() == 3


def test_a_cap_of_nothing_allows_nothing_and_writes_nothing() -> None:
    assert not reserves(0)
    assert counted() == 0


def test_each_review_has_a_cap_of_its_own() -> None:
    assert reserves(1, "review-1")
    assert reserves(1, "review-2")
    assert not reserves(1, "review-1")


def test_the_cap_holds_over_threads_that_ask_at_once() -> None:
    world, review = a_world().world, a_review(max_cost_explorer_requests=7)
    own_clients()("dynamodb")

    def reserved(_: int) -> bool:
        try:
            reserve_paid_request(world, review)
        except PaidRequestsExhausted:
            return False
        return True

    with ThreadPoolExecutor(16) as pool:
        granted = list(pool.map(reserved, range(60)))
    assert sum(granted) == counted() == 7


def test_the_refusal_names_the_cap_and_the_setting() -> None:
    reserves(1)
    with pytest.raises(PaidRequestsExhausted, match=r"cap of 1 .*max_cost_explorer_requests"):
        reserve_paid_request(a_world().world, a_review(max_cost_explorer_requests=1))


def test_the_counter_is_forgotten_after_a_week_counted_from_the_first_request() -> None:
    reserves(5)
    reserves(5)
    key = {"counter": {"S": "review#review-1"}}
    item = own_clients()("dynamodb").get_item(TableName=SETTINGS.paid_requests_table, Key=key)["Item"]
    assert int(item["ttl"]["N"]) == int(NOW.timestamp()) + 7 * 24 * 3600


def test_a_table_that_is_not_there_is_not_taken_for_a_cap_that_is_reached() -> None:
    world = a_world(paid_requests_table="nowhere").world
    with pytest.raises(Exception, match="ResourceNotFound"):
        reserve_paid_request(world, a_review())


def reserves_of_the_day(most: int, review_id: str = "review-1", *, cap: int = 25, now: datetime = NOW) -> bool:
    world = a_world(max_cost_explorer_requests_a_day=most, now=lambda: now).world
    try:
        reserve_paid_request(world, a_review(review_id=review_id, max_cost_explorer_requests=cap))
    except DailyPaidRequestsExhausted:
        return False
    return True


def counted_of_the_day(day: str = "2026-11-16") -> int:
    key = {"counter": {"S": f"day#{day}"}}
    item = own_clients()("dynamodb").get_item(TableName=SETTINGS.paid_requests_table, Key=key).get("Item", {})
    return int(item.get("requests", {"N": "0"})["N"])


def test_all_reviews_of_a_day_share_a_cap() -> None:
    assert [reserves_of_the_day(3, f"review-{number}") for number in range(5)] == [True, True, True, False, False]
    assert counted_of_the_day() == 3


def test_what_the_days_cap_refuses_is_not_counted_for_the_review_and_the_other_way_round() -> None:
    assert reserves_of_the_day(1)
    assert not reserves_of_the_day(1)
    assert (counted(), counted_of_the_day()) == (1, 1)
    assert not reserves(1)
    assert (counted(), counted_of_the_day()) == (1, 1)


def test_the_next_day_in_utc_has_a_count_of_its_own() -> None:
    evening = datetime(2026, 11, 16, 23, 59, tzinfo=UTC)
    assert reserves_of_the_day(1, now=evening)
    assert not reserves_of_the_day(1, now=evening)
    assert reserves_of_the_day(1, now=evening + timedelta(minutes=1))
    assert (counted_of_the_day("2026-11-16"), counted_of_the_day("2026-11-17")) == (1, 1)


def test_a_day_that_may_pay_for_nothing_sends_and_writes_nothing() -> None:
    assert not reserves_of_the_day(0)
    assert (counted(), counted_of_the_day()) == (0, 0)


def test_the_days_cap_holds_over_parallel_reviews() -> None:
    world = a_world(max_cost_explorer_requests_a_day=9).world
    own_clients()("dynamodb")

    def reserved(number: int) -> bool:
        try:
            reserve_paid_request(world, a_review(review_id=f"review-{number % 4}"))
        except DailyPaidRequestsExhausted:
            return False
        return True

    with ThreadPoolExecutor(16) as pool:
        granted = list(pool.map(reserved, range(48)))
    assert sum(granted) == counted_of_the_day() == sum(counted(f"review-{number}") for number in range(4)) == 9


def test_a_cap_that_is_reached_is_skipped_with_its_remedy() -> None:
    for most, cap, remedy in (
        (0, 25, "FINOPS_MAX_COST_EXPLORER_REQUESTS_A_DAY"),
        (100, 0, "max_cost_explorer_requests"),
    ):
        world = a_world(max_cost_explorer_requests_a_day=most).world
        answer = work(door, world, "collect", a_review(max_cost_explorer_requests=cap))
        statuses = evidence_of(world, answer).sources
        assert {one.state for one in statuses} == {SourceState.SKIPPED}
        assert all(remedy in one.remedy for one in statuses)


class ContestedCounters:
    """Our own clients, where DynamoDB says so many times that another transaction touches the same counters."""

    def __init__(self, conflicts: int) -> None:
        session = a_session()
        self.left = conflicts
        answer: Any = self._answer
        # Before the request is made at all, because moto would carry out one that is answered later.
        session.events.register_first("before-call.dynamodb.TransactWriteItems", answer)
        self.clients = SessionClients(session)

    def _answer(self, **_: Any) -> tuple[AWSResponse, Json] | None:
        if not self.left:
            return None
        self.left -= 1
        told = {
            "Error": {"Code": "TransactionCanceledException", "Message": "Conflict."},
            "CancellationReasons": [{"Code": "TransactionConflict"}, {"Code": "None"}],
            "ResponseMetadata": {"HTTPStatusCode": 400},
        }
        headers: Any = {}
        raw: Any = BytesIO()
        return AWSResponse("", 400, headers, raw), told


@pytest.mark.parametrize(("conflicts", "granted"), [(3, 1), (1000, 0)])
def test_contested_counters_are_tried_again_and_never_overrun(
    monkeypatch: pytest.MonkeyPatch, conflicts: int, granted: int
) -> None:
    monkeypatch.setattr(paid_requests, "LONGEST_PAUSE_S", 0)
    world = replace(a_world().world, own=ContestedCounters(conflicts).clients)
    if granted:
        reserve_paid_request(world, a_review())
    else:
        with pytest.raises(Throttled, match="contested"):
            reserve_paid_request(world, a_review())
    assert (counted(), counted_of_the_day()) == (granted, granted)
