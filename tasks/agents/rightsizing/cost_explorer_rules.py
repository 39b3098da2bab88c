"""Cost Explorer's rightsizing becomes recommendations. Compute Optimizer stands behind it: the same findings."""

from collections.abc import Iterator, Mapping
from typing import Any

from tasks.agents.rightsizing.spec import SPEC
from workflows.cost_review.documents import Evidence, RecordedResponse
from workflows.money import amount
from workflows.recommendation import ActionType, HoursBasis, Recommendation, SavingsBasis
from workflows.resource_keys import region_of_display_name, resource_name
from workflows.sources import Source

Json = Mapping[str, Any]


def cost_explorer_recommendations(evidence: Evidence) -> Iterator[Recommendation]:
    """One recommendation an instance; the live spelling of the type is "Terminate", the model's is "TERMINATE"."""
    for page in evidence.of("GetRightsizingRecommendation"):
        for index, row in enumerate(page.response.get("RightsizingRecommendations", [])):
            yield _recommendation(page, index, row, evidence.account_id)


def _recommendation(page: RecordedResponse, index: int, row: Json, account_id: str) -> Recommendation:
    terminate = str(row.get("RightsizingType", "")).lower() == "terminate"
    current = row.get("CurrentInstance") or {}
    details = (current.get("ResourceDetails") or {}).get("EC2ResourceDetails") or {}
    where = resource_name(
        str(current.get("ResourceId") or ""),
        account_id=str(row.get("AccountId") or account_id),
        region_id=region_of_display_name(str(details.get("Region") or "")),
        of_type="Ec2Instance",
    )
    place, saving, currency, target = _terminate(row) if terminate else _modify(row)
    return Recommendation(
        source=Source.COST_EXPLORER_RIGHTSIZING,
        agent=SPEC.name,
        action_type=ActionType.STOP if terminate else ActionType.RIGHTSIZE,
        account_id=where.account_id,
        region_id=where.region_id,
        resource_type=where.resource_type,
        resource_id=where.resource_id,
        resource_name=str(current.get("InstanceName") or ""),
        estimated_monthly_savings=amount(saving),
        billing_currency=currency,
        savings_basis=SavingsBasis.LIST,
        hours_basis=HoursBasis.H730,
        current_resource_summary=str(details.get("InstanceType") or ""),
        recommended_resource_summary=target,
        estimated_monthly_cost_before=amount(current.get("MonthlyCost")),
        evidence=(page.pointer(f"/RightsizingRecommendations/{index}/{place}", saving),),
    )


def _terminate(row: Json) -> tuple[str, object, str, str]:
    detail = row.get("TerminateRecommendationDetail") or {}
    place = "TerminateRecommendationDetail/EstimatedMonthlySavings"
    return place, detail.get("EstimatedMonthlySavings"), str(detail.get("CurrencyCode") or "USD"), ""


def _modify(row: Json) -> tuple[str, object, str, str]:
    targets = (row.get("ModifyRecommendationDetail") or {}).get("TargetInstances") or [{}]
    index = next((index for index, target in enumerate(targets) if target.get("DefaultTargetInstance")), 0)
    target = targets[index]
    details = (target.get("ResourceDetails") or {}).get("EC2ResourceDetails") or {}
    place = f"ModifyRecommendationDetail/TargetInstances/{index}/EstimatedMonthlySavings"
    currency = str(target.get("CurrencyCode") or "USD")
    return place, target.get("EstimatedMonthlySavings"), currency, str(details.get("InstanceType") or "")
