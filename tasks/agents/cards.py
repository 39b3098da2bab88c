"""The cards of the agents of this product: the A2A protocol's AgentCard, as those of other teams have one."""

from collections.abc import Mapping
from typing import Any

from tasks.agents.spec import AgentSpec
from workflows.discovery.card import LAMBDA_BINDING

BUILT_IN_EXTENSION = "urn:finops-supervisor:built-in-agent:1"
"""Its params say which sources the agent speaks of; reviews ask it by their own contract, not by that of strangers."""
QUESTIONS = "Takes {query, context} and answers in words."


def built_in_card(spec: AgentSpec, function_arn: str) -> Mapping[str, Any]:
    """The agent's card; function_arn is the function that answers questions about it."""
    return {
        "name": spec.name,
        "description": spec.description,
        "version": spec.version,
        "supportedInterfaces": [{"url": function_arn, "protocolBinding": LAMBDA_BINDING, "protocolVersion": "1.0"}],
        "capabilities": {
            "extensions": [{"uri": BUILT_IN_EXTENSION, "required": False, "params": {"sources": list(spec.sources)}}]
        },
        "defaultInputModes": ["application/json"],
        "defaultOutputModes": ["application/json"],
        "skills": [
            {
                "id": spec.key.replace("_", "-"),
                "name": spec.title,
                "description": f"{spec.description} {QUESTIONS}",
                "tags": ["cost"],
            }
        ],
    }
