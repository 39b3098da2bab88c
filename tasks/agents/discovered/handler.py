"""The proxy's work door: one step of one agent of another team; only its place in the manifest leaves it."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from tasks.agents.discovered.asking import agent_of
from tasks.agents.work import Agent
from tasks.discovered_agents import outcome_of, read_manifest, store_outcome
from tasks.door import Door
from tasks.wiring import World
from workflows.cost_review.answers import LONGEST_CAUSE, Reference, Step
from workflows.cost_review.request import Review
from workflows.discovery.contract import plain
from workflows.discovery.manifest import Listed
from workflows.errors import FinOpsError, InvalidContent, InvalidReviewRequest, ServiceUnavailable, Throttled


class ProxyRequest(BaseModel):
    """What the state machine sends to the proxy: which agent of the manifest is to do what."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    contract: Literal["finops.work/1"]
    action: Literal["self_check", "collect", "analyse"]
    place: Annotated[int, Field(ge=0, strict=True)]
    manifest: Reference
    review: Review
    step: Step


def handle(event: Mapping[str, Any], world: World) -> Mapping[str, Any]:
    """{"place"}: how the step went lies in S3 (its outcome), or for a self-check in the states table."""
    try:
        request = ProxyRequest.model_validate(event)
    except ValidationError as error:
        raise InvalidReviewRequest([f"{one['loc']}: {one['msg']}" for one in error.errors()]) from error
    listed = _listed(world, request)
    agent, review_id = agent_of(listed, request.review), request.review.review_id
    match request.action:
        case "self_check":
            agent.handle(event, world)
        case "collect":
            slot = _slot(agent, event, request, world)
            store_outcome(world, review_id, listed, "collect", {"collect": slot})
        case "analyse":
            collected = (outcome_of(world, review_id, listed, "collect") or {}).get("collect")
            slot = _slot(agent, {**event, "collected": collected}, request, world)
            store_outcome(world, review_id, listed, "analyse", {"collect": collected, "analyse": slot})
    return {"place": request.place}


def _listed(world: World, request: ProxyRequest) -> Listed:
    agents = read_manifest(world, request.manifest).agents
    if request.place >= len(agents):
        raise InvalidContent(f"The manifest holds {len(agents)} agents, and none at {request.place}.")
    return agents[request.place]


def _slot(agent: Agent, event: Mapping[str, Any], request: ProxyRequest, world: World) -> Mapping[str, Any]:
    """What the step came to, as a slot of the state holds it."""
    try:
        return {"answer": agent.handle(event, world)}
    except (Throttled, ServiceUnavailable) as error:
        if request.step.retry < request.review.limits.retries:
            raise
        return _gap(agent, error)
    except FinOpsError as error:
        return _gap(agent, error)


def _gap(agent: Agent, error: FinOpsError) -> Mapping[str, Any]:
    return {
        "gap": {"agent": agent.spec.name, "error": type(error).__name__, "cause": plain(str(error))[:LONGEST_CAUSE]}
    }


work = Door(handle)
