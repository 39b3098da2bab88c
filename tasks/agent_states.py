"""The states table in DynamoDB: what each agent said of itself when it last checked.

An item is {agent_name, timestamp, state: {status, reason, remedy, sources, version}, ttl}; ttl is 24 hours on.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, timedelta
from typing import Any

from boto3.dynamodb.types import TypeDeserializer, TypeSerializer

from tasks.wiring import World
from workflows.errors import Throttled

FRESH_FOR = timedelta(hours=24)
KEYS_A_REQUEST = 100
MOST_TRIES = 4
_to_dynamodb = TypeSerializer().serialize
_from_dynamodb = TypeDeserializer().deserialize


def note_state(world: World, *, agent: str, state: Mapping[str, Any]) -> None:
    """Afterwards the table says what the agent just said of itself."""
    now = world.now().astimezone(UTC)
    item = {
        "agent_name": agent,
        "timestamp": now.isoformat(),
        "state": dict(state),
        "ttl": int((now + FRESH_FOR).timestamp()),
    }
    world.own("dynamodb").put_item(
        TableName=world.settings.agent_states_table, Item={key: _to_dynamodb(value) for key, value in item.items()}
    )


def states_of(world: World, agents: Sequence[str]) -> dict[str, dict[str, Any]]:
    """The items of these agents by name, read consistently. Expired items can still be among them: compare the ttl."""
    found: dict[str, dict[str, Any]] = {}
    for start in range(0, len(agents), KEYS_A_REQUEST):
        for item in _batch(world, agents[start : start + KEYS_A_REQUEST]):
            plain = {key: _from_dynamodb(value) for key, value in item.items()}
            found[str(plain["agent_name"])] = plain
    return found


def _batch(world: World, agents: Sequence[str]) -> list[dict[str, Any]]:
    table = world.settings.agent_states_table
    keys = [{"agent_name": {"S": agent}} for agent in dict.fromkeys(agents)]
    wanted: dict[str, Any] = {table: {"Keys": keys, "ConsistentRead": True}}
    items: list[dict[str, Any]] = []
    for _ in range(MOST_TRIES):
        answer = world.own("dynamodb").batch_get_item(RequestItems=wanted)
        items += answer["Responses"].get(table, [])
        wanted = answer.get("UnprocessedKeys") or {}
        if not wanted:
            return items
    raise Throttled(f"DynamoDB left keys of {table} unread after {MOST_TRIES} requests.")
