"""Which recommendations a review looks at: its scope, and in an emergency only what can be switched off today."""

from collections.abc import Iterable

from workflows.cost_review.request import Review, Scope
from workflows.recommendation import ActionType, Recommendation
from workflows.resource_keys import ResourceName, resource_name, service_of, short_name

STOPS_PAYING_TODAY = frozenset({ActionType.STOP, ActionType.DELETE, ActionType.SCALE_IN})


def in_focus(recommendations: Iterable[Recommendation], review: Review) -> tuple[Recommendation, ...]:
    """The recommendations within the review's scope; one of an unknown service is outside a scope of services.

    They are settled already: a scope compares codes of regions and ids, and not what a source writes for them.
    """
    return tuple(recommendation for recommendation in recommendations if _looked_at(recommendation, review))


def _looked_at(recommendation: Recommendation, review: Review) -> bool:
    if review.is_emergency and recommendation.action_type not in STOPS_PAYING_TODAY:
        return False
    return within(review.scope, recommendation)


def within(scope: Scope, recommendation: Recommendation) -> bool:
    """Whether the recommendation's resource lies within the scope, whatever is proposed for it."""
    one = recommendation
    return _is_within(scope, ResourceName(one.account_id, one.region_id, one.resource_type, one.resource_id))


def names_within(scope: Scope, resource_key: str) -> bool:
    """The same of a resource's key; what is no resource (a commitment) lies within a scope of nothing but accounts."""
    parts = resource_key.split("/", 3)
    if len(parts) < 4:
        return not (scope.regions or scope.services or scope.resource_ids)
    return _is_within(scope, ResourceName(*parts))


def _is_within(scope: Scope, resource: ResourceName) -> bool:
    return (
        (not scope.accounts or resource.account_id in scope.accounts)
        and (not scope.regions or resource.region_id in scope.regions)
        and (not scope.services or service_of(resource.resource_type) in scope.services)
        and (not scope.resource_ids or any(_names(identifier, resource) for identifier in scope.resource_ids))
    )


def _names(identifier: str, resource: ResourceName) -> bool:
    """Whether an id, a name or an ARN, as people copy them, means the resource."""
    kind, here = resource.resource_type, (resource.account_id, resource.region_id)
    named = resource_name(identifier, account_id=here[0], region_id=here[1], of_type=kind)
    return (named.account_id, named.region_id) == here and named.resource_id in {
        resource.resource_id,
        short_name(kind, resource.resource_id),
    }
