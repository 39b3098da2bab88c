"""Which recommendations a review looks at: its scope, and in an emergency only what can be switched off today."""

from collections.abc import Iterable

from workflows.cost_review.request import Review
from workflows.recommendation import ActionType, Recommendation
from workflows.resource_keys import resource_name, service_of, short_name

STOPS_PAYING_TODAY = frozenset({ActionType.STOP, ActionType.DELETE, ActionType.SCALE_IN})


def in_focus(recommendations: Iterable[Recommendation], review: Review) -> tuple[Recommendation, ...]:
    """The recommendations within the review's scope; one of an unknown service is outside a scope of services.

    They are settled already: a scope compares codes of regions and ids, and not what a source writes for them.
    """
    return tuple(recommendation for recommendation in recommendations if _looked_at(recommendation, review))


def _looked_at(recommendation: Recommendation, review: Review) -> bool:
    scope = review.scope
    if review.analysis_type == "emergency" and recommendation.action_type not in STOPS_PAYING_TODAY:
        return False
    return (
        (not scope.accounts or recommendation.account_id in scope.accounts)
        and (not scope.regions or recommendation.region_id in scope.regions)
        and (not scope.services or service_of(recommendation.resource_type) in scope.services)
        and (not scope.resource_ids or any(_names(identifier, recommendation) for identifier in scope.resource_ids))
    )


def _names(identifier: str, recommendation: Recommendation) -> bool:
    """Whether an id, a name or an ARN, as people copy them, means the recommendation's resource."""
    kind, here = recommendation.resource_type, (recommendation.account_id, recommendation.region_id)
    named = resource_name(identifier, account_id=here[0], region_id=here[1], of_type=kind)
    return (named.account_id, named.region_id) == here and named.resource_id in {
        recommendation.resource_id,
        short_name(kind, recommendation.resource_id),
    }
