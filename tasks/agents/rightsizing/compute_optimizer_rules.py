"""Compute Optimizer's lists become recommendations.

Its live answers spell findings otherwise than its model (OVER_PROVISIONED, Overprovisioned), so spellings are folded.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from tasks.agents.rightsizing.spec import SPEC
from workflows.cost_review.documents import Evidence, RecordedResponse
from workflows.money import amount
from workflows.recommendation import (
    ActionType,
    EvidencePointer,
    HoursBasis,
    Recommendation,
    SavingsBasis,
)
from workflows.resource_keys import ResourceName, resource_name
from workflows.sources import Source

STOPPED = frozenset({"stopped", "stopping", "terminated", "shuttingdown"})
IDLE_ACTIONS = {"Ec2Instance": ActionType.STOP, "Ec2AutoScalingGroup": ActionType.SCALE_IN}
"""What stops paying for an idle resource; everything else is deleted."""

Json = Mapping[str, Any]


def compute_optimizer_recommendations(evidence: Evidence) -> Iterator[Recommendation]:
    """One recommendation a resource that is not optimized, and one an idle resource."""
    for operation, (member, rule) in _RULES.items():
        for page in evidence.of(operation):
            for index, row in enumerate(page.response.get(member, [])):
                yield from rule(_Row(page, f"/{member}/{index}", row, evidence.account_id))


class _Row:
    """One row of one page, with its place in the response."""

    def __init__(self, page: RecordedResponse, place: str, row: Json, account_id: str) -> None:
        self.page, self.place, self.row, self._account_id = page, place, row, account_id

    def where(self, arn_member: str, of_type: str) -> ResourceName:
        account = str(self.row.get("accountId") or self._account_id)
        arn = str(self.row.get(arn_member) or self.row.get("resourceId") or "")
        return resource_name(arn, account_id=account, region_id=self.page.region, of_type=of_type)

    def folded(self, member: str) -> str:
        return str(self.row.get(member, "")).replace("_", "").replace("-", "").lower()

    def savings(self, holder: Json, place: str) -> "_Savings":
        """The saving after discounts where it is told, else at list prices."""
        for member, basis in (
            ("savingsOpportunityAfterDiscounts", SavingsBasis.AFTER_DISCOUNTS),
            ("savingsOpportunity", SavingsBasis.LIST),
        ):
            monthly = (holder.get(member) or {}).get("estimatedMonthlySavings")
            if monthly is not None:
                pointer = self.page.pointer(f"{place}/{member}/estimatedMonthlySavings/value", monthly.get("value"))
                percentage = amount(holder[member].get("savingsOpportunityPercentage"))
                currency = str(monthly.get("currency") or "USD")
                return _Savings(amount(monthly.get("value")), currency, basis, percentage, (pointer,))
        return _Savings(None, "USD", SavingsBasis.UNKNOWN, None, ())


class _Savings:
    def __init__(
        self,
        value: Decimal | None,
        currency: str,
        basis: SavingsBasis,
        percentage: Decimal | None,
        evidence: tuple[EvidencePointer, ...],
    ) -> None:
        self.value, self.currency, self.basis, self.percentage = value, currency, basis, percentage
        self.evidence = evidence


def _instance(row: _Row) -> Iterator[Recommendation]:
    option = _first_ranked(row.row.get("recommendationOptions") or [])
    if row.folded("finding") == "optimized" or option is None:
        return
    index, best = option
    state = row.folded("instanceState")
    not_applicable = "The instance is stopped: its type costs nothing now." if state in STOPPED else ""
    yield _recommendation(
        row.where("instanceArn", "Ec2Instance"),
        ActionType.RIGHTSIZE,
        row.savings(best, f"{row.place}/recommendationOptions/{index}"),
        current=str(row.row.get("currentInstanceType") or ""),
        recommended=str(best.get("instanceType") or ""),
        name=str(row.row.get("instanceName") or ""),
        performance_risk=amount(best.get("performanceRisk")),
        not_applicable=not_applicable,
        restart_needed=True,
    )


def _volume(row: _Row) -> Iterator[Recommendation]:
    option = _first_ranked(row.row.get("volumeRecommendationOptions") or [])
    if row.folded("finding") == "optimized" or option is None:
        return
    index, best = option
    current, recommended = row.row.get("currentConfiguration") or {}, best.get("configuration") or {}
    changes_type = current.get("volumeType") != recommended.get("volumeType")
    yield _recommendation(
        row.where("volumeArn", "EbsVolume"),
        ActionType.UPGRADE if changes_type else ActionType.RIGHTSIZE,
        row.savings(best, f"{row.place}/volumeRecommendationOptions/{index}"),
        current=_volume_words(current),
        recommended=_volume_words(recommended),
        performance_risk=amount(best.get("performanceRisk")),
        restart_needed=False,
    )


def _function(row: _Row) -> Iterator[Recommendation]:
    option = _first_ranked(row.row.get("memorySizeRecommendationOptions") or [])
    if row.folded("finding") != "notoptimized" or option is None:
        return
    index, best = option
    yield _recommendation(
        row.where("functionArn", "LambdaFunction"),
        ActionType.RIGHTSIZE,
        row.savings(best, f"{row.place}/memorySizeRecommendationOptions/{index}"),
        current=f"{row.row.get('currentMemorySize')} MB memory",
        recommended=f"{best.get('memorySize')} MB memory",
        restart_needed=False,
    )


def _database(row: _Row) -> Iterator[Recommendation]:
    option = _first_ranked(row.row.get("instanceRecommendationOptions") or [])
    if row.folded("instanceFinding") in {"optimized", ""} or option is None:
        return
    index, best = option
    yield _recommendation(
        row.where("resourceArn", "RdsDbInstance"),
        ActionType.RIGHTSIZE,
        row.savings(best, f"{row.place}/instanceRecommendationOptions/{index}"),
        current=str(row.row.get("currentDBInstanceClass") or ""),
        recommended=str(best.get("dbInstanceClass") or ""),
        performance_risk=amount(best.get("performanceRisk")),
        restart_needed=True,
    )


def _idle(row: _Row) -> Iterator[Recommendation]:
    where = row.where("resourceArn", str(row.row.get("resourceType") or "Unknown"))
    yield _recommendation(
        where,
        IDLE_ACTIONS.get(where.resource_type, ActionType.DELETE),
        row.savings(row.row, row.place),
        current=str(row.row.get("finding") or "Idle"),
        recommended="",
    )


def _recommendation(
    where: ResourceName,
    action: ActionType,
    savings: _Savings,
    *,
    current: str,
    recommended: str,
    **more: Any,
) -> Recommendation:
    name = more.pop("name", "")
    return Recommendation(
        source=Source.COMPUTE_OPTIMIZER,
        agent=SPEC.name,
        action_type=action,
        account_id=where.account_id,
        region_id=where.region_id,
        resource_type=where.resource_type,
        resource_id=where.resource_id,
        resource_name=name,
        estimated_monthly_savings=savings.value,
        billing_currency=savings.currency,
        savings_basis=savings.basis,
        # Compute Optimizer scales by the hours that a resource really ran.
        hours_basis=HoursBasis.ACTUAL,
        current_resource_summary=current,
        recommended_resource_summary=recommended,
        estimated_savings_percentage=savings.percentage,
        evidence=savings.evidence,
        **more,
    )


def _first_ranked(options: Sequence[Json]) -> tuple[int, Json] | None:
    """Rank 1 is best by risk and price together; it need not be the largest saving."""
    ranked = sorted(enumerate(options), key=lambda one: (one[1].get("rank") or len(options) + 1, one[0]))
    return ranked[0] if ranked else None


def _volume_words(configuration: Json) -> str:
    size = configuration.get("volumeSize")
    return (
        f"{configuration.get('volumeType', '')} {size} GiB".strip()
        if size
        else str(configuration.get("volumeType", ""))
    )


_RULES: Mapping[str, tuple[str, Callable[[_Row], Iterator[Recommendation]]]] = {
    "GetEC2InstanceRecommendations": ("instanceRecommendations", _instance),
    "GetEBSVolumeRecommendations": ("volumeRecommendations", _volume),
    "GetLambdaFunctionRecommendations": ("lambdaFunctionRecommendations", _function),
    "GetRDSDatabaseRecommendations": ("rdsDBRecommendations", _database),
    "GetIdleRecommendations": ("idleRecommendations", _idle),
}
