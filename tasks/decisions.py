"""The ledger of opportunities in DynamoDB: an item each that somebody decided about, by opportunity_id.

An item has the fields of `Decided` and its state, for whoever looks at the table. It is written only over the version
that was read: of two who decide at once, the second reads again what the first decided, and nothing is lost.
"""

import json
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from boto3.dynamodb.types import TypeDeserializer, TypeSerializer
from botocore.exceptions import ClientError
from pydantic import TypeAdapter, ValidationError

from tasks.wiring import World
from workflows.errors import DecisionOvertaken, InvalidContent
from workflows.savings.decisions import Change, Decided, DecisionState

MOST_TRIES = 5
REFUSED = "ConditionalCheckFailedException"
AGENT, IMPLEMENTED = "supervisor", "implemented"
"""Where the shared context says which resources the bill is to be asked about, because something was done to them."""
CONTRACT = "finops.implemented/1"
_to_dynamodb = TypeSerializer().serialize
_from_dynamodb = TypeDeserializer().deserialize


@dataclass(frozen=True)
class Implemented:
    """How the bill of each reviewed account spells the resources to which something was done, unverified as yet."""

    billing_ids: Mapping[str, tuple[str, ...]]
    contract: str = CONTRACT


@cache
def _asked_for() -> TypeAdapter[Implemented]:
    return TypeAdapter(Implemented)


@cache
def _adapter() -> TypeAdapter[Decided]:
    return TypeAdapter(Decided)


def item_of(decided: Decided) -> dict[str, Any]:
    """The item as DynamoDB stores it; amounts are strings, times ISO 8601 in UTC."""
    plain = {**_adapter().dump_python(decided, mode="json"), "state": decided.latest.state.value}
    return {key: _to_dynamodb(value) for key, value in plain.items()}


def decided_of(item: Mapping[str, Any]) -> Decided:
    """What an item says; InvalidContent where it is not of our form."""
    plain = {key: _from_dynamodb(value) for key, value in item.items()}
    try:
        read = _adapter().validate_json(json.dumps(plain, default=int))
    except (ValidationError, TypeError, ValueError) as error:
        raise InvalidContent(
            f"The ledger's item {str(plain.get('opportunity_id'))[:60]!r} is not of its form."
        ) from error
    if not read.decisions:
        raise InvalidContent(f"The ledger's item {read.opportunity_id[:60]!r} holds no decision.")
    return read


def ledger(world: World) -> tuple[dict[str, Decided], tuple[str, ...]]:
    """Every item by opportunity id, and what is wrong with those that cannot be used."""
    found: dict[str, Decided] = {}
    wrong: list[str] = []
    pages = world.own("dynamodb").get_paginator("scan")
    for page in pages.paginate(TableName=world.settings.opportunities_table, ConsistentRead=True):
        for item in page["Items"]:
            try:
                one = decided_of(item)
                found[one.opportunity_id] = one
            except InvalidContent as error:
                wrong.append(str(error))
    return dict(sorted(found.items())), tuple(sorted(wrong))


def decide(world: World, opportunity_id: str, change: Change) -> Decided:
    """The item after the change, which is made again on what others wrote meanwhile.

    What the change refuses is raised; DecisionOvertaken where others keep writing.
    """
    for _ in range(MOST_TRIES):
        changed = change(_read(world, opportunity_id))
        try:
            write(world, changed)
        except DecisionOvertaken:
            continue
        return changed
    raise DecisionOvertaken(f"Others keep deciding about {opportunity_id}; nothing was written. Try again.")


def write(world: World, changed: Decided) -> None:
    """Stores the item over the version before it; DecisionOvertaken where that is not the one stored any more."""
    condition: dict[str, Any] = {"ConditionExpression": "attribute_not_exists(opportunity_id)"}
    if changed.version > 1:
        condition = {
            "ConditionExpression": "version = :before",
            "ExpressionAttributeValues": {":before": {"N": str(changed.version - 1)}},
        }
    table = world.settings.opportunities_table
    try:
        world.own("dynamodb").put_item(TableName=table, Item=item_of(changed), **condition)
    except ClientError as error:
        if error.response["Error"]["Code"] != REFUSED:
            raise
        raise DecisionOvertaken(f"Somebody else decided about {changed.opportunity_id} meanwhile.") from error


def _read(world: World, opportunity_id: str) -> Decided | None:
    stored = world.own("dynamodb").get_item(
        TableName=world.settings.opportunities_table,
        Key={"opportunity_id": {"S": opportunity_id}},
        ConsistentRead=True,
    )
    return decided_of(stored["Item"]) if "Item" in stored else None


def implemented(items: Mapping[str, Decided]) -> Implemented:
    """What the bill is to be asked about, by account, sorted."""
    wanted: defaultdict[str, set[str]] = defaultdict(set)
    for one in items.values():
        if one.latest.state is DecisionState.IMPLEMENTED and one.carried_out is not None:
            for account in one.carried_out.reviewed_accounts:
                wanted[account] |= set(one.carried_out.billing_ids)
    return Implemented({account: tuple(sorted(wanted[account])) for account in sorted(wanted)})


def implemented_bytes(asked: Implemented) -> bytes:
    """What the shared context says of them."""
    return _asked_for().dump_json(asked)


def implemented_from(content: bytes) -> Implemented:
    """What such content says; InvalidContent where it is not of the contract."""
    try:
        asked = _asked_for().validate_json(content)
    except ValidationError as error:
        raise InvalidContent(f"Stored content is no {CONTRACT}.") from error
    if asked.contract != CONTRACT:
        raise InvalidContent(f"Stored content has the contract {asked.contract[:60]!r}, not {CONTRACT!r}.")
    return asked
