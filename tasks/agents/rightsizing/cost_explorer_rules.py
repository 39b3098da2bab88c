"""Cost Explorer's rightsizing becomes recommendations. Compute Optimizer stands behind it: the same findings."""

from collections.abc import Iterator
from dataclasses import dataclass

from tasks.agents.rightsizing.rows import Proposed, Row, Unreadable, named, rows, utc_time
from tasks.agents.rightsizing.spec import SPEC
from workflows.cost_review.documents import Evidence
from workflows.members import Json, figure, flag, folded, listed, members, notes, text
from workflows.recommendation import ActionType, HoursBasis, Recommendation, SavingsBasis
from workflows.resource_keys import region_of_display_name
from workflows.sources import Source

LOOK_BACKS = {"sevendays": 7, "thirtydays": 30, "sixtydays": 60}
ACTIONS = {"terminate": ActionType.STOP, "modify": ActionType.RIGHTSIZE}


@dataclass(frozen=True)
class _Target:
    """What is proposed: where in the row it stands, the structure that names the saving, the new type."""

    place: str
    values: Json
    instance_type: str
    note: str = ""


def cost_explorer_recommendations(evidence: Evidence) -> Iterator[Proposed]:
    """One recommendation an instance; the live spelling of the type is "Terminate", the model's is "TERMINATE"."""
    for row in rows(evidence, "GetRightsizingRecommendation", "RightsizingRecommendations"):
        if isinstance(row, Unreadable):
            yield row
            continue
        one = _recommendation(row)
        yield one if named(one) else Unreadable(row.page.source, row.page.region)


def _recommendation(row: Row) -> Recommendation:
    action = ACTIONS.get(folded(row.values.get("RightsizingType")), ActionType.REVIEW)
    current = members(row.values.get("CurrentInstance"))
    details = _ec2_details(current)
    region = region_of_display_name(text(details.get("Region")))
    where = row.where(current.get("ResourceId"), "Ec2Instance", region)
    target = _terminated(row) if action is ActionType.STOP else _default_target(row)
    raw = target.values.get("EstimatedMonthlySavings")
    saving = figure(raw, "its saving")
    cost = figure(current.get("MonthlyCost"), "its cost")
    of_page = members(row.page.response.get("Metadata"))
    return Recommendation(
        source=Source.COST_EXPLORER_RIGHTSIZING,
        agent=SPEC.name,
        action_type=action,
        account_id=where.account_id,
        region_id=where.region_id,
        resource_type=where.resource_type,
        resource_id=where.resource_id,
        resource_name=text(current.get("InstanceName")),
        estimated_monthly_savings=saving.value,
        billing_currency=text(target.values.get("CurrencyCode")) or "USD",
        savings_basis=SavingsBasis.LIST,
        hours_basis=HoursBasis.H730,
        current_resource_summary=text(details.get("InstanceType")),
        recommended_resource_summary=target.instance_type,
        estimated_monthly_cost_before=cost.value,
        lookback_days=LOOK_BACKS.get(folded(of_page.get("LookbackPeriodInDays"))),
        tags=_tags(current),
        last_refreshed=utc_time(of_page.get("GenerationTimestamp")),
        notes=notes(saving.note, cost.note, target.note),
        evidence=() if raw is None else (row.pointer(f"{target.place}/EstimatedMonthlySavings", raw),),
    )


def _tags(instance: Json) -> tuple[tuple[str, str], ...]:
    """Cost Explorer's tags hold lists of values; a resource has one."""
    tags = (members(tag) for tag in listed(instance.get("Tags")))
    told = ((text(tag.get("Key")), [text(value) for value in listed(tag.get("Values"))]) for tag in tags)
    return tuple(sorted({key: values[0] for key, values in told if key and values}.items()))


def _ec2_details(instance: Json) -> Json:
    return members(members(instance.get("ResourceDetails")).get("EC2ResourceDetails"))


def _terminated(row: Row) -> _Target:
    place = "TerminateRecommendationDetail"
    return _Target(place, members(row.values.get(place)), "")


def _default_target(row: Row) -> _Target:
    detail = members(row.values.get("ModifyRecommendationDetail"))
    targets = [members(target) for target in listed(detail.get("TargetInstances"))] or [{}]
    marked = [index for index, target in enumerate(targets) if flag(target.get("DefaultTargetInstance"))]
    index = marked[0] if marked else 0
    instance_type = text(_ec2_details(targets[index]).get("InstanceType"))
    several = len(targets) > 1 and len(marked) != 1
    note = f"AWS proposes {len(targets)} types and prefers none; the first stands here." if several else ""
    return _Target(f"ModifyRecommendationDetail/TargetInstances/{index}", targets[index], instance_type, note)
