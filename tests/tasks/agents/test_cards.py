"""The cards of our own agents."""

import json
import re
from typing import Any

import pytest
from a2a.types import AgentCard as ProtocolsCard
from google.protobuf.json_format import ParseDict

from tasks.agents import AGENTS
from tasks.agents.cards import BUILT_IN_EXTENSION, built_in_card
from tasks.agents.spec import AgentSpec
from workflows.discovery.card import AGENT_NAME, card_from
from workflows.errors import InvalidAgentCard

ARN = "arn:aws:lambda:us-east-1:123456789012:function:budget-agent"


@pytest.mark.parametrize("spec", AGENTS, ids=lambda spec: spec.key)
def test_a_card_of_ours_is_one_of_the_protocol_and_says_what_the_agent_is(spec: AgentSpec) -> None:
    """The protocol's own library reads it."""
    card: Any = ParseDict(dict(built_in_card(spec, ARN)), ProtocolsCard(), ignore_unknown_fields=False)
    assert (card.name, card.version, card.supported_interfaces[0].url) == (spec.name, spec.version, ARN)
    (extension,) = card.capabilities.extensions
    assert (extension.uri, list(extension.params["sources"])) == (BUILT_IN_EXTENSION, list(spec.sources))


@pytest.mark.parametrize("spec", AGENTS, ids=lambda spec: spec.key)
def test_nobody_can_register_a_card_of_ours_as_a_strangers(spec: AgentSpec) -> None:
    """It does not speak the contract of strangers."""
    assert re.fullmatch(AGENT_NAME, spec.name)
    with pytest.raises(InvalidAgentCard, match="0 extensions are urn:finops-supervisor:agent-contract:1"):
        card_from(json.dumps(built_in_card(spec, ARN)))
