"""The states table in DynamoDB: what each agent said of itself when it last checked.

An item is {agent_name, timestamp, state: {status, reason, remedy, sources, version}, since, changes, revision, ttl,
delete_after}; ttl is 24 hours on, after which the state is stale and its history still there. It is written only over
the revision that was read, so that no check is lost on the way.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from boto3.dynamodb.types import TypeDeserializer, TypeSerializer
from botocore.exceptions import ClientError

from tasks.wiring import World
from workflows.cost_review.agent_state import item_after
from workflows.errors import Throttled

KEYS_A_REQUEST = 100
MOST_TRIES = 4
MOST_WRITERS = 10
REFUSED = "ConditionalCheckFailedException"
_to_dynamodb = TypeSerializer().serialize
_from_dynamodb = TypeDeserializer().deserialize


def note_state(world: World, *, agent: str, state: Mapping[str, Any], checked_at: datetime | None = None) -> None:
    """Afterwards the table says what the latest check of the agent came to, this one or one that began later.

    checked_at is when this check began (now, unless told): one that took long may be noted after a later one. Throttled
    where others keep noting the same agent.
    """
    began = checked_at or world.now()
    for _ in range(MOST_WRITERS):
        before = _read(world, agent)
        item = item_after(before, agent=agent, state=state, checked_at=began, now=world.now())
        if item is None or _written(world, item, int((before or {}).get("revision", 0))):
            return
    raise Throttled(f"Others keep noting the state of {agent}.")


def states_of(world: World, agents: Sequence[str]) -> dict[str, dict[str, Any]]:
    """The items of these agents by name, read consistently. Expired items can still be among them: compare the ttl."""
    found: dict[str, dict[str, Any]] = {}
    for start in range(0, len(agents), KEYS_A_REQUEST):
        found |= _by_name(_batch(world, agents[start : start + KEYS_A_REQUEST]))
    return found


def all_states(world: World) -> dict[str, dict[str, Any]]:
    """Every item by agent name, page by page, expired ones too; for people who look: a review reads who it asks."""
    pages = world.own("dynamodb").get_paginator("scan")
    table = world.settings.agent_states_table
    items = (item for page in pages.paginate(TableName=table, ConsistentRead=True) for item in page["Items"])
    return dict(sorted(_by_name(items).items()))


def _by_name(items: Iterable[Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
    plain = ({key: _from_dynamodb(value) for key, value in item.items()} for item in items)
    return {str(one["agent_name"]): one for one in plain}


def _read(world: World, agent: str) -> dict[str, Any] | None:
    key = {"agent_name": {"S": agent}}
    stored = world.own("dynamodb").get_item(TableName=world.settings.agent_states_table, Key=key, ConsistentRead=True)
    return _by_name([stored["Item"]])[agent] if "Item" in stored else None


def _written(world: World, item: Mapping[str, Any], seen: int) -> bool:
    """Whether the item was stored over the revision that was seen; not where somebody was faster."""
    condition: dict[str, Any] = {"ConditionExpression": "attribute_not_exists(revision)"}
    if seen:
        value = {":seen": {"N": str(seen)}}
        condition = {"ConditionExpression": "revision = :seen", "ExpressionAttributeValues": value}
    stored = {key: _to_dynamodb(value) for key, value in {**item, "revision": seen + 1}.items()}
    try:
        world.own("dynamodb").put_item(TableName=world.settings.agent_states_table, Item=stored, **condition)
    except ClientError as error:
        if error.response["Error"]["Code"] != REFUSED:
            raise
        return False
    return True


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
