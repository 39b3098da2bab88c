"""An agent's card: the A2A protocol's AgentCard (version 1.0), with what a review needs to know in an extension.

https://a2a-protocol.org/latest/specification/ says what an AgentCard holds; fields that nobody here reads may be there.
One interface has the binding AWS-LAMBDA, and its url is the function's ARN; one extension is CONTRACT_EXTENSION:

    {"name": "log-retention-agent", "description": …, "version": "1.2.0",
     "supportedInterfaces": [{"url": "arn:aws:lambda:…:function:log-retention-agent",
                              "protocolBinding": "AWS-LAMBDA", "protocolVersion": "1.0"}],
     "capabilities": {"extensions": [{"uri": "urn:finops-supervisor:agent-contract:1", "required": true,
                                      "params": {"sources": ["LogRetention"], "timeoutSeconds": 30}}]},
     "defaultInputModes": ["application/json"], "defaultOutputModes": ["application/json"],
     "skills": [{"id": "log-retention", "name": …, "description": …, "tags": ["cost"]}]}
"""

import json
import re
from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator
from pydantic.alias_generators import to_camel

from workflows.errors import InvalidAgentCard
from workflows.sources import OF_AWS

CONTRACT_EXTENSION = "urn:finops-supervisor:agent-contract:1"
LAMBDA_BINDING = "AWS-LAMBDA"
LARGEST_CARD_BYTES = 10_000
"""A hundred of them are one page of DynamoDB (1 MB), so that one request reads the whole registry."""
LONGEST_TIMEOUT_S = 120
MOST_SOURCES = 10
FUNCTION_ARN = re.compile(
    r"arn:aws[a-z-]*:lambda:[a-z0-9-]+:[0-9]{12}:function:(?P<name>[A-Za-z0-9_-]{1,64})(:[A-Za-z0-9_$-]{1,128})?"
)
AGENT_NAME = r"^[a-z][a-z0-9-]{1,62}[a-z0-9]$"


class _Part(BaseModel):
    """A part of a card: written in camelCase, and other fields of the protocol may stand beside ours."""

    model_config = ConfigDict(extra="ignore", frozen=True, alias_generator=to_camel, populate_by_name=True)


Words = Annotated[str, Field(min_length=1, max_length=500)]


class Interface(_Part):
    """Where and how the agent is reached."""

    url: Annotated[str, Field(max_length=400)]
    protocol_binding: Annotated[str, Field(max_length=100)]
    protocol_version: Annotated[str, Field(max_length=20)] = ""


class Skill(_Part):
    """What the agent can do, for people and for models that choose among agents."""

    id: Annotated[str, Field(min_length=1, max_length=100)]
    name: Annotated[str, Field(min_length=1, max_length=100)]
    description: Words
    tags: Annotated[tuple[Annotated[str, Field(max_length=50)], ...], Field(max_length=20)] = ()


class Extension(_Part):
    """An extension of the protocol; only ours is read."""

    uri: Annotated[str, Field(max_length=300)]
    required: bool = False
    params: Mapping[str, Any] = {}


class Capabilities(_Part):
    """What of the protocol the agent supports."""

    extensions: tuple[Extension, ...] = ()


class ReviewTerms(BaseModel):
    """Our extension's params: which sources the agent speaks of, and how long it may take to answer (seconds)."""

    model_config = ConfigDict(extra="forbid", frozen=True, alias_generator=to_camel, populate_by_name=True)

    sources: Annotated[
        tuple[Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9]{1,49}$")], ...],
        Field(min_length=1, max_length=MOST_SOURCES),
    ]
    timeout_seconds: Annotated[int, Field(ge=1, le=LONGEST_TIMEOUT_S, strict=True)] = 60

    @field_validator("sources")
    @classmethod
    def _names_of_its_own(cls, sources: tuple[str, ...]) -> tuple[str, ...]:
        # Whose figure stands depends on its source, and what was heard of AWS is told by it.
        if of_aws := sorted(set(sources) & OF_AWS):
            raise ValueError(f"so AWS's own sources are called: {', '.join(of_aws)}; choose names of your own")
        return sources


class AgentCard(_Part):
    """How another team's agent presents itself. Its name is its key in the registry and in the states table."""

    name: Annotated[str, Field(pattern=AGENT_NAME)]
    description: Words
    version: Annotated[str, Field(min_length=1, max_length=40)]
    supported_interfaces: Annotated[tuple[Interface, ...], Field(min_length=1, max_length=10)]
    capabilities: Capabilities
    default_input_modes: Annotated[tuple[str, ...], Field(min_length=1, max_length=10)]
    default_output_modes: Annotated[tuple[str, ...], Field(min_length=1, max_length=10)]
    skills: Annotated[tuple[Skill, ...], Field(min_length=1, max_length=20)]

    @field_validator("supported_interfaces")
    @classmethod
    def _one_function(cls, interfaces: tuple[Interface, ...]) -> tuple[Interface, ...]:
        ours = [one for one in interfaces if one.protocol_binding == LAMBDA_BINDING]
        if len(ours) != 1:
            raise ValueError(f"{len(ours)} interfaces have the binding {LAMBDA_BINDING}; there must be one")
        if not FUNCTION_ARN.fullmatch(ours[0].url):
            raise ValueError(f"{ours[0].url[:80]!r} is not the ARN of a Lambda function")
        return interfaces

    @field_validator("capabilities")
    @classmethod
    def _our_terms(cls, capabilities: Capabilities) -> Capabilities:
        ours = [one for one in capabilities.extensions if one.uri == CONTRACT_EXTENSION]
        if len(ours) != 1:
            raise ValueError(f"{len(ours)} extensions are {CONTRACT_EXTENSION}; there must be one")
        try:
            ReviewTerms.model_validate(ours[0].params)
        except ValidationError as error:
            told = "; ".join(_sentence(dict(one)) for one in error.errors(include_url=False))
            raise ValueError(f"in the params of {CONTRACT_EXTENSION}: {told}") from error
        return capabilities

    @property
    def function_arn(self) -> str:
        """The function to invoke, with its version or alias where the card names one."""
        return next(one.url for one in self.supported_interfaces if one.protocol_binding == LAMBDA_BINDING)

    @property
    def terms(self) -> ReviewTerms:
        """What the agent says about taking part in reviews."""
        ours = next(one for one in self.capabilities.extensions if one.uri == CONTRACT_EXTENSION)
        return ReviewTerms.model_validate(ours.params)


def card_from(content: str | bytes, *, taken: frozenset[str] = frozenset()) -> AgentCard:
    """The card in a JSON document; InvalidAgentCard names every wrong field. taken are names that others have."""
    size = len(content.encode() if isinstance(content, str) else content)
    if size > LARGEST_CARD_BYTES:
        raise InvalidAgentCard([f"the card has {size} bytes; {LARGEST_CARD_BYTES} at most"])
    try:
        document = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise InvalidAgentCard([f"the card is not valid JSON: {error}"]) from error
    try:
        card = AgentCard.model_validate(document)
    except ValidationError as error:
        raise InvalidAgentCard([_sentence(dict(one)) for one in error.errors(include_url=False)]) from error
    if card.name in taken:
        raise InvalidAgentCard([f"name: {card.name!r} is another agent's; choose one of your own"])
    return card


def function_name(arn: str) -> str:
    """The function's name in an ARN of FUNCTION_ARN's form, without version or alias."""
    named = FUNCTION_ARN.fullmatch(arn)
    if named is None:
        raise ValueError(f"{arn!r} is not the ARN of a Lambda function")
    return named["name"]


def card_document(card: AgentCard) -> dict[str, Any]:
    """The card as JSON has it; what we do not read is not in it."""
    return card.model_dump(mode="json", by_alias=True)


def _sentence(detail: Mapping[str, Any]) -> str:
    field = ".".join(str(part) for part in detail["loc"]) or "the card"
    message = str(detail["msg"]).removeprefix("Value error, ")
    if detail["type"] == "missing":
        return f"{field}: this field is missing"
    return f"{field}: {message[:1].lower()}{message[1:]}"
