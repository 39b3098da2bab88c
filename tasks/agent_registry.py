"""The registry in DynamoDB: the cards of other teams' agents, all in one partition, so that one request reads them.

An item is {registry: "agents", agent_name, card, registered_at, registered_by, version}; version tells each
registration of a name from those before.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from boto3.dynamodb.types import TypeDeserializer, TypeSerializer
from botocore.exceptions import BotoCoreError, ClientError

from tasks.agents import AGENTS
from tasks.wiring import World
from workflows.discovery.card import AgentCard, card_document, card_from, function_name
from workflows.discovery.manifest import MOST_AGENTS, PARTITION, REGISTRY, Refused, Registered
from workflows.errors import CannotRegister, InvalidAgentCard

TAKEN_NAMES = frozenset({*(spec.name for spec in AGENTS), "supervisor", REGISTRY})
"""Names below which reviews keep content already, and by which their reports speak of somebody."""
MOST_REGISTERED = MOST_AGENTS - len(AGENTS)
MOST_PAGES = 3
"""One page holds as many cards as may be registered; more are there only where somebody writes past `register`."""
MOST_REFUSED = 100
"""So many are named; whoever fills the table with nonsense fills no report."""
LONGEST_REASON = 300
LONGEST_NAME = 80
_to_dynamodb = TypeSerializer().serialize
_from_dynamodb = TypeDeserializer().deserialize


@dataclass(frozen=True)
class Registry:
    """What stands in the registry: agents in the order of their names, and what is none, with the reason.

    unreadable says why the registry itself could not be read, or not to its end.
    """

    agents: tuple[Registered, ...] = ()
    refused: tuple[Refused, ...] = ()
    unreadable: str = ""

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(one.card.name for one in self.agents)


def register(world: World, card: AgentCard, *, by: str, replace: bool = False) -> Registered:
    """Afterwards the next review asks the agent. CannotRegister where its name is another's, or there is no room.

    An agent that is registered already may change everything but its function; replace allows that too.
    """
    if card.name in TAKEN_NAMES:
        raise CannotRegister([f"{card.name!r} is an agent of this product; choose another name"])
    known = _items(world)[0]
    earlier = next((item for item in known if item["agent_name"] == card.name), None)
    if earlier is None and len(known) >= MOST_REGISTERED:
        raise CannotRegister(
            [f"{len(known)} agents are registered, and a review asks {MOST_AGENTS} at most; remove one first"]
        )
    function = _function_in(earlier)
    if earlier is not None and function != card.function_arn and not replace:
        raise CannotRegister(
            [f"{card.name!r} has {function or 'an invalid card'}; choose another name, or say that this replaces it"]
        )
    version = 1 if earlier is None else _version_in(earlier) + 1
    _put(world, _item(card, by, world.now(), version), earlier)
    return Registered(card, version, by)


def item_to_put(card: AgentCard, *, by: str, now: datetime) -> dict[str, Any]:
    """The card as an item of the table, as DynamoDB takes it, for whoever may only put it: nothing was read for it.

    Its version is a number that no earlier registration of the name had: the time, in seconds.
    """
    if card.name in TAKEN_NAMES:
        raise CannotRegister([f"{card.name!r} is an agent of this product; choose another name"])
    return {key: _to_dynamodb(value) for key, value in _item(card, by, now, int(now.timestamp())).items()}


def _item(card: AgentCard, by: str, now: datetime, version: int) -> dict[str, Any]:
    return {
        "registry": PARTITION,
        "agent_name": card.name,
        "card": json.loads(json.dumps(card_document(card)), parse_float=str),  # DynamoDB takes no float
        "registered_at": now.astimezone(UTC).isoformat(),
        "registered_by": by,
        "version": version,
    }


def remove(world: World, name: str) -> bool:
    """Afterwards nobody asks the agent any more; False where it was not registered."""
    answer = world.own("dynamodb").delete_item(
        TableName=world.settings.agent_registry_table,
        Key={"registry": {"S": PARTITION}, "agent_name": {"S": name}},
        ReturnValues="ALL_OLD",
    )
    return "Attributes" in answer


def registered_agents(world: World) -> Registry:
    """The whole registry, with one request unless it is fuller than it may be; what is no agent is refused by name.

    A registry that cannot be read takes nothing from a review but these agents.
    """
    try:
        items, is_whole = _items(world)
    except (ClientError, BotoCoreError) as error:
        return Registry(unreadable=f"The registry cannot be read: {str(error)[:LONGEST_REASON]}")
    agents: list[Registered] = []
    refused: list[Refused] = []
    for item in items:
        try:
            agents.append(_registered(item, room=len(agents) < MOST_REGISTERED))
        except (InvalidAgentCard, CannotRegister) as error:
            refused.append(Refused(_printable(item["agent_name"]), _printable(str(error), LONGEST_REASON)))
    untold = [] if is_whole else [f"It holds more than a review reads ({MOST_PAGES} MB)."]
    if len(refused) > MOST_REFUSED:
        untold.append(f"It holds {len(refused) - MOST_REFUSED} more entries that are no agents.")
    return Registry(tuple(agents), tuple(refused[:MOST_REFUSED]), " ".join(untold))


def _registered(item: Mapping[str, Any], *, room: bool) -> Registered:
    """The agent of an item that anybody may have written; InvalidAgentCard or CannotRegister says why it is none."""
    try:
        content = json.dumps(item.get("card"), default=_plain)
    except (TypeError, ValueError, RecursionError) as error:
        raise InvalidAgentCard([f"the card is no document: {error}"]) from error
    card = card_from(content, taken=TAKEN_NAMES)
    if card.name != item["agent_name"]:
        raise InvalidAgentCard([f"the card is {card.name}'s, and stands under another name"])
    if not room:
        raise CannotRegister([f"a review asks {MOST_AGENTS} agents at most, and it is one too many"])
    return Registered(card, _version_in(item), _printable(str(item.get("registered_by") or "unknown")))


def _plain(value: Any) -> Any:
    # DynamoDB's numbers are Decimals, and its sets no JSON.
    number = float(value)
    return int(number) if number.is_integer() else number


def _items(world: World) -> tuple[list[dict[str, Any]], bool]:
    """The partition's items in the order of their names, and whether these are all; consistent, and never a scan."""
    items: list[dict[str, Any]] = []
    start: dict[str, Any] = {}
    for _ in range(MOST_PAGES):
        answer = world.own("dynamodb").query(
            TableName=world.settings.agent_registry_table,
            KeyConditionExpression="registry = :agents",
            ExpressionAttributeValues={":agents": {"S": PARTITION}},
            ConsistentRead=True,
            **start,
        )
        items += [{key: _from_dynamodb(value) for key, value in item.items()} for item in answer["Items"]]
        if "LastEvaluatedKey" not in answer:
            return items, True
        start = {"ExclusiveStartKey": answer["LastEvaluatedKey"]}
    return items, False


def _put(world: World, item: Mapping[str, Any], earlier: Mapping[str, Any] | None) -> None:
    """The item, unless somebody registered the same name meanwhile."""
    unchanged: dict[str, Any] = {"ConditionExpression": "attribute_not_exists(agent_name)"}
    if earlier is not None:
        unchanged = {
            "ConditionExpression": "#version = :seen" if "version" in earlier else "attribute_not_exists(#version)",
            "ExpressionAttributeNames": {"#version": "version"},
        }
        if "version" in earlier:
            unchanged["ExpressionAttributeValues"] = {":seen": _to_dynamodb(earlier["version"])}
    try:
        world.own("dynamodb").put_item(
            TableName=world.settings.agent_registry_table,
            Item={key: _to_dynamodb(value) for key, value in item.items()},
            **unchanged,
        )
    except ClientError as error:
        if error.response["Error"]["Code"] != "ConditionalCheckFailedException":
            raise
        raise CannotRegister(
            [f"somebody else registered {item['agent_name']!r} meanwhile; look, and try again"]
        ) from error


def _function_in(item: Mapping[str, Any] | None) -> str:
    """The function of what is registered, "" where it is no valid card."""
    try:
        return "" if item is None else _registered(item, room=True).card.function_arn
    except (InvalidAgentCard, CannotRegister):
        return ""


def _version_in(item: Mapping[str, Any]) -> int:
    try:
        return max(0, int(item.get("version", 0)))
    except (TypeError, ValueError, ArithmeticError):
        return 0


def _printable(text: str, longest: int = LONGEST_NAME) -> str:
    return "".join(each if each.isprintable() else "?" for each in text)[:longest]


def names_of(items: Sequence[Mapping[str, Any]]) -> tuple[str, ...]:
    """The names of the agents in stored items of this table, valid or not."""
    return tuple(
        str(_from_dynamodb(item["agent_name"])) for item in items if _from_dynamodb(item["registry"]) == PARTITION
    )


def functions_of(items: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """The bare name of each valid agent's function, by the agent's name, in stored items of this table."""
    stored = [{key: _from_dynamodb(value) for key, value in item.items()} for item in items]
    return _functions([item for item in stored if item["registry"] == PARTITION])


def functions_in(world: World) -> dict[str, str]:
    """The bare name of each registered agent's function, by the agent's name; what is no agent has none."""
    return _functions(_items(world)[0])


def _functions(items: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    found = {str(item["agent_name"]): _function_in(item) for item in items}
    return {agent: function_name(arn) for agent, arn in found.items() if arn}
