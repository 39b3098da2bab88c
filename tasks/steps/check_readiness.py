"""CheckReadiness: which agents can do their work now, by what they last said of themselves.

The registry and the states are read with one request each, however many agents there are.
"""

from collections.abc import Mapping
from typing import Any

from tasks.agent_registry import Registry, registered_agents
from tasks.agent_states import states_of
from tasks.agents import AGENTS
from tasks.baselines import SUPERVISOR
from tasks.discovered_agents import store_manifest
from tasks.door import Door
from tasks.shared_context import store_context
from tasks.wiring import World
from workflows.cost_review.readiness import (
    NOBODY_DISCOVERED,
    AgentReadiness,
    Candidate,
    DiscoveredReadiness,
    assess,
    holds_up,
    readiness_answer,
)
from workflows.cost_review.request import Review
from workflows.cost_review.unready_sources import unready_bytes
from workflows.discovery.manifest import REGISTRY, Manifest, Refused, manifest_of
from workflows.errors import AgentsNotReady

READINESS = "readiness"


def check_readiness(event: Mapping[str, Any], world: World) -> Mapping[str, Any]:
    """The readiness answer. After waking, AgentsNotReady where the review may not go on without those missing."""
    review, now = Review.model_validate(event["review"]), world.now()
    registry, ours = registered_agents(world), candidates(world)
    theirs = [one.candidate for one in registry.agents]
    asked = [*ours, *theirs]
    agents = assess(asked, states_of(world, [candidate.name for candidate in asked]), review, now)
    if event.get("woken"):
        _may_go_on(agents, review)
    of_others = manifest_of(registry.agents, agents[len(ours) :], _refused(registry))
    answer = readiness_answer(agents[: len(ours)], now, _discovered(world, review, of_others))
    return {**answer, **_stored_sources(agents[: len(ours)], review, world)} if event.get("woken") else answer


def _refused(registry: Registry) -> tuple[Refused, ...]:
    return (*registry.refused, *([Refused(REGISTRY, registry.unreadable)] if registry.unreadable else []))


def _discovered(world: World, review: Review, manifest: Manifest) -> DiscoveredReadiness:
    """The places of those who are asked; the manifest is stored where the registry holds anything at all."""
    if manifest == Manifest():
        return NOBODY_DISCOVERED
    reference = store_manifest(world, review.review_id, manifest)
    return DiscoveredReadiness(reference.model_dump(), manifest.places_taking_part, manifest.places_not_ready)


def candidates(world: World) -> tuple[Candidate, ...]:
    """The built-in agents, with the functions that this deployment gave them."""
    return built_in(world.settings.function_prefix)


def built_in(prefix: str = "") -> tuple[Candidate, ...]:
    """The built-in agents; prefix stands before the names of their functions."""
    return tuple(
        Candidate(spec.key, spec.name, spec.title, spec.version, spec.sources, prefix + spec.work_function)
        for spec in AGENTS
    )


def _stored_sources(agents: tuple[AgentReadiness, ...], review: Review, world: World) -> Mapping[str, Any]:
    """Where it lies what those left out said of each source; the state has no room for it."""
    content = unready_bytes(agents)
    if content is None:
        return {}
    whose = {"agent": SUPERVISOR, "context_type": READINESS, "review_id": review.review_id}
    return {"unready_sources": store_context(world, **whose, content=content).model_dump()}


def _may_go_on(agents: tuple[AgentReadiness, ...], review: Review) -> None:
    waiting = [agent for agent in agents if agent.in_scope and not agent.ready]
    nobody = not any(agent.takes_part for agent in agents)
    if review.on_not_ready == "fail" and not nobody:
        waiting = [agent for agent in waiting if holds_up(agent, review)]
    if waiting and (nobody or review.on_not_ready == "fail"):
        named = "; ".join(f"{agent.candidate.name}: {agent.reason} {agent.remedy}".strip() for agent in waiting)
        raise AgentsNotReady(f"Not ready: {named}")


handler = Door(check_readiness)
