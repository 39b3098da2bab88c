"""The caps on paid requests: a counter a review and one a day, counted in DynamoDB before a request is sent."""

import random
import threading
import time
from datetime import UTC, datetime, timedelta
from typing import Any

from botocore.exceptions import ClientError

from tasks.wiring import World
from workflows.cost_review.request import Review
from workflows.errors import DailyPaidRequestsExhausted, PaidRequestsExhausted, Throttled

KEPT_FOR = timedelta(days=7)
CONFLICTS_BORNE = 30
"""How often a reservation tries again where another one touched the same counters at the same moment."""
LONGEST_PAUSE_S = 0.05
REFUSED, IN_CONFLICT = "ConditionalCheckFailed", frozenset({"TransactionConflict", "ThrottlingError"})
# DynamoDB's transaction is atomic by itself; that of an emulated table is not.
_ONE_AT_A_TIME = threading.Lock()


def reserve_paid_request(world: World, review: Review) -> None:
    """Counts one request against the review's cap and the day's, both or neither.

    One transaction, so that what one cap refuses is not counted by the other. PaidRequestsExhausted says which cap is
    reached; Throttled where the counters stay contested.
    """
    caps = (review.max_cost_explorer_requests, world.settings.max_cost_explorer_requests_a_day)
    _refuse(caps, tuple(cap == 0 for cap in caps))
    counters = (f"review#{review.review_id}", day_counter(world.now()))
    for _ in range(CONFLICTS_BORNE):
        codes = _counted(world, counters, caps)
        if not codes:
            return
        _refuse(caps, tuple(code == REFUSED for code in codes))
        time.sleep(random.uniform(0, LONGEST_PAUSE_S))  # noqa: S311 because nobody gains by guessing a pause
    raise Throttled("The counters of paid requests are contested; nothing was sent.")


def paid_requests_sent(world: World, review_id: str) -> int:
    """How many paid requests the review has sent so far, failed attempts of its steps included."""
    return _counted_so_far(world, f"review#{review_id}")


def paid_requests_left_today(world: World) -> int:
    """How many paid requests all reviews together may still send on this day (UTC)."""
    sent = _counted_so_far(world, day_counter(world.now()))
    return max(0, world.settings.max_cost_explorer_requests_a_day - sent)


def day_counter(now: datetime) -> str:
    """The key of the counter of all reviews' paid requests on that day (UTC)."""
    return f"day#{now.astimezone(UTC):%Y-%m-%d}"


def _counted_so_far(world: World, counter: str) -> int:
    stored = world.own("dynamodb").get_item(
        TableName=world.settings.paid_requests_table, Key={"counter": {"S": counter}}, ConsistentRead=True
    )
    return int(stored.get("Item", {}).get("requests", {}).get("N", 0))


def _counted(world: World, counters: tuple[str, ...], caps: tuple[int, ...]) -> tuple[str, ...]:
    """Nothing where one more request is counted; else each counter's reason why none was."""
    dynamodb, ttl = world.own("dynamodb"), str(int((world.now() + KEPT_FOR).timestamp()))
    table = world.settings.paid_requests_table
    one_more = [_one_more(table, counter, cap, ttl) for counter, cap in zip(counters, caps, strict=True)]
    try:
        with _ONE_AT_A_TIME:
            dynamodb.transact_write_items(TransactItems=one_more)
    except ClientError as error:
        codes = tuple(str(reason.get("Code")) for reason in error.response.get("CancellationReasons", ()))
        if REFUSED not in codes and not IN_CONFLICT & set(codes):
            raise
        return codes
    return ()


def _one_more(table: str, counter: str, cap: int, ttl: str) -> dict[str, Any]:
    return {
        "Update": {
            "TableName": table,
            "Key": {"counter": {"S": counter}},
            "UpdateExpression": "ADD requests :one SET #ttl = if_not_exists(#ttl, :ttl)",
            "ConditionExpression": "attribute_not_exists(requests) OR requests < :cap",
            "ExpressionAttributeNames": {"#ttl": "ttl"},
            "ExpressionAttributeValues": {":one": {"N": "1"}, ":cap": {"N": str(cap)}, ":ttl": {"N": ttl}},
        }
    }


def _refuse(caps: tuple[int, ...], reached: tuple[bool, ...]) -> None:
    """PaidRequestsExhausted where one of the two caps is reached: the review's first, then the day's."""
    of_the_review, of_the_day = reached
    if of_the_review:
        told = f"The review's cap of {caps[0]} paid requests is reached (max_cost_explorer_requests)."
        raise PaidRequestsExhausted(told)
    if of_the_day:
        told = f"The day's cap of {caps[1]} paid requests, over all reviews, is reached."
        raise DailyPaidRequestsExhausted(told)
