"""Which recommendations a review looks at: its scope, and in an emergency only what can be switched off today."""

from collections.abc import Iterable

from workflows.cost_review.request import Review
from workflows.recommendation import ActionType, Recommendation
from workflows.resource_keys import name_from_arn, service_of

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
        and (not scope.resource_ids or any(_names(identifier, recommendation) for identifier in scope.resource_ids))
    )


def _names(identifier: str, recommendation: Recommendation) -> bool:
    """Whether a bare id or an ARN, as people copy them, means the recommendation's resource."""
    arn = name_from_arn(identifier)
    if arn is None:
        return identifier == recommendation.resource_id
    return (
        arn.resource_id == recommendation.resource_id
        and arn.account_id in {"", recommendation.account_id}
        and arn.region_id in {"", recommendation.region_id}
    )
