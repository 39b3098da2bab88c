"""Cost Optimization Hub's items become recommendations."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from tasks.agents.rightsizing.spec import SPEC
from workflows.cost_review.documents import Evidence, RecordedResponse
from workflows.money import amount
from workflows.recommendation import COMMITMENTS, ActionType, HoursBasis, Recommendation, SavingsBasis
from workflows.resource_keys import resource_name
from workflows.sources import Source

ACTIONS = {action.value.lower(): action for action in ActionType}
TOLERANCE_PERCENT = Decimal("1.5")
"""The Hub rounds its percentage to whole numbers, upwards."""


def hub_recommendations(evidence: Evidence) -> Iterator[Recommendation]:
    """One recommendation an item."""
    for page in evidence.of("ListRecommendations"):
        for index, item in enumerate(page.response.get("items", [])):
            yield _recommendation(page, index, item, evidence.account_id)


def _recommendation(page: RecordedResponse, index: int, item: Mapping[str, Any], account_id: str) -> Recommendation:
    action = ACTIONS.get(str(item.get("actionType", "")).lower(), ActionType.REVIEW)
    account = str(item.get("accountId") or account_id)
    of_type = str(item.get("currentResourceType") or item.get("recommendedResourceType") or "Unknown")
    where = resource_name(
        "" if action in COMMITMENTS else str(item.get("resourceArn") or item.get("resourceId") or ""),
        account_id=account,
        region_id=str(item.get("region") or ""),
        of_type=of_type,
    )
    savings = amount(item.get("estimatedMonthlySavings"))
    percentage = amount(item.get("estimatedSavingsPercentage"))
    return Recommendation(
        source=Source.COST_OPTIMIZATION_HUB,
        agent=SPEC.name,
        action_type=action,
        account_id=account,
        region_id=where.region_id,
        resource_type=where.resource_type,
        resource_id=where.resource_id,
        resource_name=_name(item),
        estimated_monthly_savings=savings,
        billing_currency=str(item.get("currencyCode") or "USD"),
        savings_basis=SavingsBasis.UNKNOWN,
        hours_basis=HoursBasis.H730,
        current_resource_summary=str(item.get("currentResourceSummary") or ""),
        recommended_resource_summary=str(item.get("recommendedResourceSummary") or ""),
        estimated_monthly_cost_before=_cost_before(amount(item.get("estimatedMonthlyCost")), savings, percentage),
        estimated_savings_percentage=percentage,
        implementation_effort=item.get("implementationEffort"),
        restart_needed=item.get("restartNeeded"),
        rollback_possible=item.get("rollbackPossible"),
        lookback_days=item.get("recommendationLookbackPeriodInDays"),
        evidence=(page.pointer(f"/items/{index}/estimatedMonthlySavings", item.get("estimatedMonthlySavings")),),
    )


def _name(item: Mapping[str, Any]) -> str:
    tags = {tag.get("key"): tag.get("value") for tag in item.get("tags") or []}
    return str(tags.get("Name") or "")


def _cost_before(cost: Decimal | None, savings: Decimal | None, percentage: Decimal | None) -> Decimal | None:
    """The current cost, in whichever of two readings fits the percentage.

    The Hub documents estimatedMonthlyCost as the cost of the current resource; its live answers hold the cost after.
    """
    if cost is None or savings is None or percentage is None:
        return None
    for before in (cost + savings, cost):
        if before > 0 and abs(savings / before * 100 - percentage) <= TOLERANCE_PERCENT:
            return before
    return None
