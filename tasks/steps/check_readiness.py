"""CheckReadiness: which agents can do their work now, by what they last said of themselves."""

from collections.abc import Mapping
from typing import Any

from tasks.agent_states import states_of
from tasks.agents import AGENTS
from tasks.baselines import SUPERVISOR
from tasks.door import Door
from tasks.shared_context import store_context
from tasks.wiring import World
from workflows.cost_review.readiness import AgentReadiness, Candidate, assess, readiness_answer
from workflows.cost_review.request import Review
from workflows.cost_review.unready_sources import unready_bytes
from workflows.errors import AgentsNotReady

READINESS = "readiness"


def check_readiness(event: Mapping[str, Any], world: World) -> Mapping[str, Any]:
    """The readiness answer. After waking, AgentsNotReady where the review may not go on without those missing."""
    review = Review.model_validate(event["review"])
    agents = assess(candidates(world), states_of(world, [spec.name for spec in AGENTS]), review, world.now())
    answer = readiness_answer(agents, world.now())
    if event.get("woken"):
        _may_go_on(agents, review)
        return {**answer, **_stored_sources(agents, review, world)}
    return answer


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
    if waiting and (nobody or review.on_not_ready == "fail"):
        named = "; ".join(f"{agent.candidate.name}: {agent.reason} {agent.remedy}".strip() for agent in waiting)
        raise AgentsNotReady(f"Not ready: {named}")


handler = Door(check_readiness)
