"""Cards of other teams' agents."""

import json
from typing import Any

import pytest
from a2a.types import AgentCard as ProtocolsCard
from google.protobuf.json_format import ParseDict

from tests.workflows.discovery.cards import ARN, a_card, our_terms
from workflows.discovery.card import LARGEST_CARD_BYTES, card_document, card_from
from workflows.errors import InvalidAgentCard

Json = dict[str, Any]


def read(document: object, **more: Any) -> Any:
    return card_from(json.dumps(document), **more)


def test_a_card_says_who_where_and_on_which_terms() -> None:
    card = read(a_card())
    assert (card.name, card.version, card.function_arn) == ("log-retention-agent", "1.2.0", ARN)
    assert (card.terms.sources, card.terms.timeout_seconds) == (("LogRetention",), 30)


def test_a_card_is_one_of_the_protocol_before_and_after_it_was_read() -> None:
    """The protocol's own library reads both."""
    for document in (a_card(), card_document(read(a_card()))):
        protocols = ParseDict(document, ProtocolsCard(), ignore_unknown_fields=False)
        assert (protocols.name, protocols.supported_interfaces[0].url) == ("log-retention-agent", ARN)


def test_what_was_read_reads_the_same_again() -> None:
    card = read(a_card())
    assert read(card_document(card)) == card


def without(field: str) -> Json:
    return {name: value for name, value in a_card().items() if name != field}


WRONG: dict[str, tuple[object, list[str]]] = {
    "no object": ([], ["the card: "]),
    "no name": (without("name"), ["name: this field is missing"]),
    "several at once": ({**without("name"), "version": ""}, ["name: this field is missing", "version: "]),
    "a name that is no key": (a_card(name="Log agent"), ["name: "]),
    "no skill": (a_card(skills=[]), ["skills: "]),
    "no Lambda": (
        a_card(supportedInterfaces=[{"url": "https://example.com", "protocolBinding": "JSONRPC"}]),
        ["supportedInterfaces: 0 interfaces have the binding AWS-LAMBDA; there must be one"],
    ),
    "two functions": (
        a_card(supportedInterfaces=[{"url": ARN, "protocolBinding": "AWS-LAMBDA"}] * 2),
        ["2 interfaces have the binding AWS-LAMBDA"],
    ),
    "no ARN": (
        a_card(supportedInterfaces=[{"url": "log-retention-agent", "protocolBinding": "AWS-LAMBDA"}]),
        ["'log-retention-agent' is not the ARN of a Lambda function"],
    ),
    "none of our terms": (a_card(capabilities={}), ["0 extensions are urn:finops-supervisor:agent-contract:1"]),
    "no source": (a_card(capabilities={"extensions": [our_terms(sources=[])]}), ["capabilities"]),
    "a source of AWS's": (
        a_card(capabilities={"extensions": [our_terms(sources=["ComputeOptimizer"])]}),
        ["sources: so AWS's own sources are called: ComputeOptimizer"],
    ),
    "too long a time": (a_card(capabilities={"extensions": [our_terms(timeoutSeconds=900)]}), ["capabilities"]),
    "a term that nobody knows": (a_card(capabilities={"extensions": [our_terms(timeout=9)]}), ["capabilities"]),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_card_is_refused_and_every_wrong_field_is_named(name: str) -> None:
    document, said = WRONG[name]
    with pytest.raises(InvalidAgentCard) as refused:
        read(document)
    assert [words for words in said if not any(words in problem for problem in refused.value.problems)] == []


def test_a_card_that_is_no_json_or_too_large_is_refused() -> None:
    with pytest.raises(InvalidAgentCard, match="not valid JSON"):
        card_from("{")
    with pytest.raises(InvalidAgentCard, match="bytes; 10000 at most"):
        card_from(" " * (LARGEST_CARD_BYTES + 1))


def test_a_name_that_another_agent_has_is_refused() -> None:
    with pytest.raises(InvalidAgentCard, match="'log-retention-agent' is another agent's"):
        read(a_card(), taken=frozenset({"log-retention-agent"}))
