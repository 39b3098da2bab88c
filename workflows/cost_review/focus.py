"""Which recommendations a review looks at: its scope, and in an emergency only what can be switched off today."""

from collections.abc import Iterable

from workflows.cost_review.request import Review
from workflows.recommendation import ActionType, Recommendation
from workflows.resource_keys import service_of

STOPS_PAYING_TODAY = frozenset({ActionType.STOP, ActionType.DELETE, ActionType.SCALE_IN})


def in_focus(recommendations: Iterable[Recommendation], review: Review) -> tuple[Recommendation, ...]:
    """The recommendations within the review's scope; one of an unknown service is outside a scope of services."""
    return tuple(recommendation for recommendation in recommendations if _looked_at(recommendation, review))


def _looked_at(recommendation: Recommendation, review: Review) -> bool:
    scope = review.scope
    if review.analysis_type == "emergency" and recommendation.action_type not in STOPS_PAYING_TODAY:
        return False
    return (
        (not scope.accounts or recommendation.account_id in scope.accounts)
        and (not scope.regions or recommendation.region_id in scope.regions)
        and (not scope.services or service_of(recommendation.resource_type) in scope.services)
        and (not scope.resource_ids or recommendation.resource_id in scope.resource_ids)
    )
