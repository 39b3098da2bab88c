"""The cap on paid requests holds, whoever asks and however many at once."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from tasks.paid_requests import reserve_paid_request
from tests.tasks.worlds import NOW, SETTINGS, a_review, a_world, own_clients
from workflows.errors import PaidRequestsExhausted

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
