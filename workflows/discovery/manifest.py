"""Which agents of other teams a review found in the registry, and how each stands: kept beside the review in S3.

A hundred rows would not fit into the state, so that the state holds the manifest's reference, and for each agent that
is asked its place in it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from pydantic import TypeAdapter, ValidationError

from workflows.cost_review.readiness import AgentReadiness, Candidate
from workflows.discovery.card import AgentCard
from workflows.errors import InvalidContent
from workflows.sources import SourceStatus

MANIFEST_CONTRACT = "finops.discovered/1"
REGISTRY = "agent-registry"
"""As whom the report names the registry itself, where it could not be read."""
PARTITION = "agents"
"""The partition key of every card in the registry's table: so they are read with one request."""
MOST_AGENTS = 100
"""In a review, those of this product included: their states are read with one request, which takes a hundred keys."""


@dataclass(frozen=True)
class Registered:
    """A card as it stands in the registry: registration tells it from those before, by is who put it there."""

    card: AgentCard
    registration: int
    by: str = "unknown"

    @property
    def checked_version(self) -> str:
        """What a check of it holds for: a card that was registered anew has to check itself anew."""
        return f"{self.card.version}#{self.registration}"

    @property
    def candidate(self) -> Candidate:
        """The agent as readiness and coverage know it; its name is its key."""
        card = self.card
        return Candidate(
            key=card.name,
            name=card.name,
            title=card.name,
            version=self.checked_version,
            sources=card.terms.sources,
            work_function=card.function_arn,
            of_other_team=True,
        )


@dataclass(frozen=True)
class Refused:
    """What stands in the registry and is no agent, with the reason."""

    name: str
    reason: str


@dataclass(frozen=True)
class Listed:
    """One agent of another team: where it is, what it may do, and whether it takes part in this review.

    unready is what it said of each of its sources, where it is not ready.
    """

    name: str
    version: str
    function_arn: str
    sources: tuple[str, ...]
    timeout_s: int
    in_scope: bool
    ready: bool
    reason: str = ""
    remedy: str = ""
    unready: tuple[SourceStatus, ...] = ()

    @property
    def takes_part(self) -> bool:
        return self.in_scope and self.ready

    @property
    def candidate(self) -> Candidate:
        """The agent as coverage knows it."""
        return Candidate(self.name, self.name, self.name, self.version, self.sources, self.function_arn, True)


@dataclass(frozen=True)
class Manifest:
    """The agents in the order of their names, and what was refused."""

    agents: tuple[Listed, ...] = ()
    refused: tuple[Refused, ...] = ()
    contract: str = MANIFEST_CONTRACT

    @property
    def places_taking_part(self) -> list[int]:
        """What the state machine's maps iterate over."""
        return [place for place, one in enumerate(self.agents) if one.takes_part]

    @property
    def places_not_ready(self) -> list[int]:
        return [place for place, one in enumerate(self.agents) if one.in_scope and not one.ready]


def manifest_of(
    registered: Sequence[Registered], readiness: Sequence[AgentReadiness], refused: Sequence[Refused]
) -> Manifest:
    """The manifest of these registered agents, whose readiness stands in the same order."""
    return Manifest(
        tuple(_listed(one, stands) for one, stands in zip(registered, readiness, strict=True)), tuple(refused)
    )


def _listed(registered: Registered, stands: AgentReadiness) -> Listed:
    card = registered.card
    return Listed(
        name=card.name,
        version=registered.checked_version,
        function_arn=card.function_arn,
        sources=card.terms.sources,
        timeout_s=card.terms.timeout_seconds,
        in_scope=stands.in_scope,
        ready=stands.ready,
        reason=stands.reason,
        remedy=stands.remedy,
        unready=stands.sources,
    )


@cache
def _adapter() -> TypeAdapter[Manifest]:
    return TypeAdapter(Manifest)


def manifest_bytes(manifest: Manifest) -> bytes:
    """The manifest as JSON; the same manifest gives the same bytes."""
    return _adapter().dump_json(manifest)


def manifest_from(content: bytes) -> Manifest:
    """The manifest in stored content; InvalidContent where it is none."""
    try:
        manifest = _adapter().validate_json(content)
    except ValidationError as error:
        raise InvalidContent(f"Stored content is no {MANIFEST_CONTRACT}.") from error
    if manifest.contract != MANIFEST_CONTRACT:
        raise InvalidContent(f"Stored content has the contract {manifest.contract[:60]!r}, not {MANIFEST_CONTRACT!r}.")
    return manifest
