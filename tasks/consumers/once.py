"""Each event is dealt with once, however often it is delivered: remembered in the idempotency table by Powertools."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from functools import lru_cache
from typing import Any, cast

from aws_lambda_powertools.utilities.idempotency import (
    DynamoDBPersistenceLayer,
    IdempotencyConfig,
    idempotent_function,
)
from aws_lambda_powertools.utilities.idempotency.exceptions import (
    IdempotencyAlreadyInProgressError,
    IdempotencyPersistenceLayerError,
)
from aws_lambda_powertools.utilities.typing import LambdaContext

from tasks.consumers import HANDLING_TIMEOUT_S
from tasks.wiring import World
from workflows.errors import EventInProgress, ServiceUnavailable

REMEMBERED_FOR = timedelta(days=15)
"""A day longer than a dead letter lies in its queue: what is taken out of it again is still known."""


class _Lease:
    """In a Lambda context's place, for the one question that is asked of it: how long the handling may take.

    A handling that was killed holds its event no longer than that.
    """

    @staticmethod
    def get_remaining_time_in_millis() -> int:
        return HANDLING_TIMEOUT_S * 1000


@lru_cache(maxsize=8)
def _store(client: Any, table: str, _consumer: str) -> DynamoDBPersistenceLayer:
    """One for each consumer, which it remembers; kept, because each new one lengthens the client's User-Agent."""
    return DynamoDBPersistenceLayer(table_name=table, key_attr="id", expiry_attr="ttl", boto3_client=client)


def handled_once(
    world: World, *, consumer: str, identity: Mapping[str, Any], handle: Callable[[], Mapping[str, Any]]
) -> Mapping[str, Any]:
    """The answer to the event with that identity: given now, or what was given when it came first.

    A handling that failed is not remembered. EventInProgress where the same event is being handled elsewhere.
    """
    store = _store(world.own("dynamodb"), world.settings.idempotency_table, consumer)
    config = IdempotencyConfig(
        expires_after_seconds=int(REMEMBERED_FOR.total_seconds()),
        hash_function="sha256",
        lambda_context=cast(LambdaContext, _Lease()),
    )

    def answer_to(*, identity: Mapping[str, Any]) -> dict[str, Any]:  # noqa: ARG001 because Powertools hashes it
        return dict(handle())

    once = idempotent_function(
        answer_to, data_keyword_argument="identity", persistence_store=store, config=config, key_prefix=consumer
    )
    try:
        answer: Mapping[str, Any] = once(identity=dict(identity))
    except IdempotencyAlreadyInProgressError as error:
        raise EventInProgress("The same event is being dealt with at this moment; it will be tried again.") from error
    except IdempotencyPersistenceLayerError as error:
        raise ServiceUnavailable(f"The idempotency table cannot be used: {error}") from error
    return answer
