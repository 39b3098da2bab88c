"""The registry: whose cards stand in it, and how it is read."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from boto3.dynamodb.types import TypeSerializer

from tasks.agent_registry import MOST_REFUSED, MOST_REGISTERED, register, registered_agents, remove
from tasks.agents import AGENTS
from tasks.steps.check_readiness import handler as check_readiness
from tests.tasks.worlds import SETTINGS, Json, a_review, a_world, own_clients
from tests.workflows.discovery.cards import ARN, a_card
from workflows.discovery.card import LARGEST_CARD_BYTES, AgentCard, card_document, card_from
from workflows.errors import CannotRegister

pytestmark = pytest.mark.usefixtures("own_aws")
WORLD = a_world().world


def card(name: str = "log-retention-agent", function: str = "log-retention-agent", **changes: Any) -> AgentCard:
    interface = {
        "url": ARN.replace("log-retention-agent", function),
        "protocolBinding": "AWS-LAMBDA",
        "protocolVersion": "1",
    }
    return card_from(json.dumps(a_card(name=name, supportedInterfaces=[interface], **changes)))


def write(name: str, document: object) -> None:
    """As nobody should."""
    item = {"registry": "agents", "agent_name": name, "card": document, "version": 1}
    typed = {key: TypeSerializer().serialize(value) for key, value in item.items()}
    own_clients()("dynamodb").put_item(TableName=SETTINGS.agent_registry_table, Item=typed)


def fill(number: int, **changes: Any) -> None:
    for place in range(number):
        name = f"agent-{place:03}"
        write(name, card_document(card(name, name, **changes)))


@contextmanager
def requests_to_dynamodb() -> Iterator[list[str]]:
    sent: list[str] = []

    def note(event_name: str, **_: Any) -> None:
        sent.append(event_name.rpartition(".")[2])

    events = own_clients()("dynamodb").meta.events
    events.register("before-send.dynamodb", note)
    try:
        yield sent
    finally:
        events.unregister("before-send.dynamodb", note)


def test_a_registered_card_is_read_as_it_was_written() -> None:
    register(WORLD, card(), by="the observability team")
    (one,) = registered_agents(WORLD).agents
    assert (one.card, one.checked_version) == (card(), "1.2.0#1")


def test_who_registers_again_counts_on_and_has_to_check_itself_anew() -> None:
    for _ in range(2):
        register(WORLD, card(), by="tests")
    assert [one.checked_version for one in registered_agents(WORLD).agents] == ["1.2.0#2"]


def test_nobody_takes_another_functions_name_but_by_saying_so() -> None:
    register(WORLD, card(), by="tests")
    with pytest.raises(CannotRegister, match="function:log-retention-agent; choose another name"):
        register(WORLD, card(function="another"), by="tests")
    register(WORLD, card(function="another"), by="tests", replace=True)
    (one,) = registered_agents(WORLD).agents
    assert one.card.function_arn.endswith(":another")


def test_an_invalid_card_is_not_replaced_silently_either() -> None:
    write("log-retention-agent", {})
    with pytest.raises(CannotRegister, match="an invalid card"):
        register(WORLD, card(), by="tests")


@pytest.mark.parametrize("name", [*(spec.name for spec in AGENTS), "supervisor"])
def test_no_name_of_ours_can_be_taken(name: str) -> None:
    with pytest.raises(CannotRegister, match="an agent of this product"):
        register(WORLD, card(name), by="tests")


def test_who_is_removed_is_asked_no_more() -> None:
    register(WORLD, card(), by="tests")
    assert remove(WORLD, "log-retention-agent") is True
    assert remove(WORLD, "log-retention-agent") is False
    assert registered_agents(WORLD).agents == ()


def test_a_full_registry_says_so_and_still_takes_updates() -> None:
    fill(MOST_REGISTERED)
    with pytest.raises(CannotRegister, match="96 agents are registered, and a review asks 100 at most; remove one"):
        register(WORLD, card(), by="tests")
    register(WORLD, card("agent-000", "agent-000"), by="tests")


def test_what_is_beyond_the_limit_is_named_and_not_asked() -> None:
    fill(MOST_REGISTERED + 1)
    found = registered_agents(WORLD)
    assert len(found.agents) == MOST_REGISTERED
    assert [(one.name, "one too many" in one.reason) for one in found.refused] == [("agent-096", True)]


def test_a_table_full_of_nonsense_fills_no_report() -> None:
    for place in range(MOST_REFUSED + 7):
        write(f"nonsense-{place:03}", {})
    found = registered_agents(WORLD)
    assert len(found.refused) == MOST_REFUSED
    assert found.unreadable == "It holds 7 more entries that are no agents."


def test_two_who_register_at_once_do_not_overwrite_each_other() -> None:
    """The second one's condition fails although it read the registry before the first one wrote."""
    second = own_clients()("dynamodb")
    meanwhile = [lambda: write("log-retention-agent", card_document(card(function="theirs")))]

    def before_put(**_: Any) -> None:
        if meanwhile:
            meanwhile.pop()()

    second.meta.events.register_first("before-call.dynamodb.PutItem", before_put)
    try:
        with pytest.raises(CannotRegister, match="meanwhile"):
            register(WORLD, card(), by="tests")
    finally:
        second.meta.events.unregister("before-call.dynamodb.PutItem", before_put)


def test_readiness_of_a_full_registry_takes_two_requests_to_dynamodb() -> None:
    """A Query and a BatchGetItem, no scan; with cards so large that one page just holds them."""
    skills = [
        {"id": f"skill-{n}", "name": "x" * 100, "description": "x" * 500, "tags": ["x" * 50] * 3} for n in range(11)
    ]
    largest = card_document(card(skills=skills))
    assert 0.9 * LARGEST_CARD_BYTES < len(json.dumps(largest)) <= LARGEST_CARD_BYTES
    fill(MOST_REGISTERED, skills=skills)
    with requests_to_dynamodb() as sent:
        answer = check_readiness.run({"review": a_review().model_dump(mode="json"), "woken": False}, WORLD)
    assert sent == ["Query", "BatchGetItem"]
    assert answer["total_required"] == 100
    assert len(answer["not_ready"]) == 100
    assert len(json.dumps(answer)) < 5_000


def test_a_registry_that_cannot_be_read_costs_a_review_nothing_but_its_agents() -> None:
    elsewhere = a_world(agent_registry_table="nowhere").world
    found = registered_agents(elsewhere)
    assert (found.agents, found.refused) == ((), ())
    assert "ResourceNotFoundException" in found.unreadable
    answer: Json = dict(check_readiness.run({"review": a_review().model_dump(mode="json"), "woken": False}, elsewhere))
    assert (answer["total_required"], answer["discovered"]) == (4, [])
    assert answer["manifest"] is not None
