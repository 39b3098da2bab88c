"""PrepareReview: whatever was sent becomes a review, or is refused with every wrong field named."""

from collections.abc import Callable, Collection, Mapping
from datetime import date
from functools import cache
from typing import Any

from botocore.loaders import create_loader
from pydantic import ValidationError

from tasks.agent_registry import registered_agents
from tasks.agents import AGENTS
from tasks.door import Door
from tasks.wiring import World
from workflows.cost_review.request import Review, ReviewRequest, accept_request, limits_of
from workflows.errors import InvalidReviewRequest
from workflows.resource_keys import SERVICE_BY_TYPE


def prepare_review(event: Mapping[str, Any], world: World) -> Mapping[str, Any]:
    """The review with its id (the execution's name), its date and its settled type."""
    execution = event["execution"]
    today = world.now().date()
    request = accepted(event["request"], today, lambda: registered_agents(world).names)
    analysis_type = request.analysis_type or "comprehensive"
    try:
        review = Review(
            review_id=execution["name"],
            analysis_type=analysis_type,
            scope=request.scope,
            as_of=request.as_of or today,
            ranking=request.ranking,
            owner_tags=request.owner_tags,
            owner_cost_category=request.owner_cost_category,
            on_not_ready=request.on_not_ready,
            max_cost_explorer_requests=request.max_cost_explorer_requests,
            requested_by=request.requested_by,
            started_at=execution["started_at"],
            limits=limits_of(analysis_type),
        )
    except ValidationError as error:
        named = f"the execution's name: {execution['name'][:80]!r} is not a review's id"
        raise InvalidReviewRequest([f"{named}; use letters, digits, - and _ only, 80 at most"]) from error
    return review.model_dump(mode="json")


def accepted(document: object, today: date, registered: Callable[[], Collection[str]]) -> ReviewRequest:
    """The request, checked against the agents, regions and services that exist; InvalidReviewRequest where it fails.

    registered gives the names of other teams' agents, and is asked only where one that is not built in is named.
    """
    built_in = [spec.name for spec in AGENTS]
    return accept_request(
        document,
        today=today,
        known_agents=built_in if _named_agents(document) <= {*built_in} else [*built_in, *registered()],
        known_regions=known_regions(),
        known_services=set(SERVICE_BY_TYPE.values()),
    )


def _named_agents(document: object) -> set[str]:
    scope = document.get("scope") if isinstance(document, Mapping) else None
    named = scope.get("agents") if isinstance(scope, Mapping) else None
    return {name for name in named if isinstance(name, str)} if isinstance(named, list | tuple) else set()


@cache
def known_regions() -> frozenset[str]:
    """Every region that boto3 knows, in all partitions; asks nobody, and no profile has a say in it."""
    partitions = create_loader().load_data("endpoints")["partitions"]
    return frozenset(region for partition in partitions for region in partition["regions"])


handler = Door(prepare_review)
