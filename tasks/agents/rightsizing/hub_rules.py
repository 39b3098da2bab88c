"""Cost Optimization Hub's items become recommendations."""

from collections.abc import Iterator
from decimal import Decimal

from tasks.agents.rightsizing.compute_optimizer_rules import effort
from tasks.agents.rightsizing.rows import Proposed, Row, Unreadable, arn_in, named, rows
from tasks.agents.rightsizing.spec import SPEC
from workflows.cost_review.documents import Evidence
from workflows.members import figure, flag, folded, notes, text, whole_days
from workflows.recommendation import COMMITMENTS, ActionType, HoursBasis, Recommendation, SavingsBasis
from workflows.sources import Source

ACTIONS = {action.value.lower(): action for action in ActionType}
BASES = {"beforediscounts": SavingsBasis.LIST, "afterdiscounts": SavingsBasis.AFTER_DISCOUNTS}
TOLERANCE_PERCENT = Decimal("1.5")
"""The Hub rounds its percentage to whole numbers, upwards."""


def hub_recommendations(evidence: Evidence) -> Iterator[Proposed]:
    """One recommendation an item."""
    basis = _savings_basis(evidence)
    for row in rows(evidence, "ListRecommendations", "items"):
        if isinstance(row, Unreadable):
            yield row
            continue
        one = _recommendation(row, basis)
        yield one if named(one) else Unreadable(row.page.source, row.page.region)


def _savings_basis(evidence: Evidence) -> SavingsBasis:
    """What the account's preferences say; unknown where they could not be read."""
    modes = {folded(page.response.get("savingsEstimationMode")) for page in evidence.of("GetPreferences")}
    return BASES.get(modes.pop(), SavingsBasis.UNKNOWN) if len(modes) == 1 else SavingsBasis.UNKNOWN


def _recommendation(row: Row, basis: SavingsBasis) -> Recommendation:
    item = row.values
    action = ACTIONS.get(folded(item.get("actionType")), ActionType.REVIEW)
    of_type = text(item.get("currentResourceType")) or text(item.get("recommendedResourceType"))
    identifier = "" if action in COMMITMENTS else item.get("resourceArn") or item.get("resourceId")
    where = row.where(identifier, of_type, text(item.get("region")))
    raw = item.get("estimatedMonthlySavings")
    savings = figure(raw, "its saving")
    percentage = figure(item.get("estimatedSavingsPercentage"), "its saving in percent")
    cost = figure(item.get("estimatedMonthlyCost"), "its cost")
    return Recommendation(
        source=Source.COST_OPTIMIZATION_HUB,
        agent=SPEC.name,
        action_type=action,
        account_id=row.account,
        region_id=where.region_id,
        resource_type=where.resource_type,
        resource_id=where.resource_id,
        resource_name=dict(row.tags).get("Name", ""),
        estimated_monthly_savings=savings.value,
        billing_currency=text(item.get("currencyCode")) or "USD",
        savings_basis=basis,
        hours_basis=HoursBasis.H730,
        current_resource_summary=text(item.get("currentResourceSummary")),
        recommended_resource_summary=text(item.get("recommendedResourceSummary")),
        estimated_monthly_cost_before=_cost_before(cost.value, savings.value, percentage.value),
        estimated_savings_percentage=percentage.value,
        implementation_effort=effort(item.get("implementationEffort")),
        restart_needed=flag(item.get("restartNeeded")),
        rollback_possible=flag(item.get("rollbackPossible")),
        lookback_days=whole_days(item.get("recommendationLookbackPeriodInDays")),
        resource_arn=arn_in(item.get("resourceArn")),
        tags=row.tags,
        last_refreshed=row.last_refreshed,
        notes=notes(savings.note, percentage.note, cost.note),
        evidence=() if raw is None else (row.pointer("estimatedMonthlySavings", raw),),
    )


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
