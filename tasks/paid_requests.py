"""The cap on paid requests: one counter a review, counted in DynamoDB before a request is sent."""

import threading
from datetime import timedelta

from botocore.exceptions import ClientError

from tasks.wiring import World
from workflows.cost_review.request import Review
from workflows.errors import PaidRequestsExhausted

KEPT_FOR = timedelta(days=7)
# DynamoDB's conditional update is atomic by itself; that of an emulated table is not.
_ONE_AT_A_TIME = threading.Lock()


def reserve_paid_request(world: World, review: Review) -> None:
    """Counts one request against the review's cap; PaidRequestsExhausted, and no count, where the cap is reached."""
    cap = review.max_cost_explorer_requests
    exhausted = f"The review's cap of {cap} paid requests is reached (max_cost_explorer_requests)."
    if cap == 0:
        raise PaidRequestsExhausted(exhausted)
    dynamodb = world.own("dynamodb")
    try:
        with _ONE_AT_A_TIME:
            dynamodb.update_item(
                TableName=world.settings.paid_requests_table,
                Key={"counter": {"S": f"review#{review.review_id}"}},
                UpdateExpression="ADD requests :one SET #ttl = if_not_exists(#ttl, :ttl)",
                ConditionExpression="attribute_not_exists(requests) OR requests < :cap",
                ExpressionAttributeNames={"#ttl": "ttl"},
                ExpressionAttributeValues={
                    ":one": {"N": "1"},
                    ":cap": {"N": str(cap)},
                    ":ttl": {"N": str(int((world.now() + KEPT_FOR).timestamp()))},
                },
            )
    except ClientError as error:
        if error.response["Error"]["Code"] != "ConditionalCheckFailedException":
            raise
        raise PaidRequestsExhausted(exhausted) from error
