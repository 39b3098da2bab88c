"""Compute Optimizer's lists become recommendations.

Its live answers spell findings otherwise than its model (OVER_PROVISIONED, Overprovisioned), so spellings are folded.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from tasks.agents.rightsizing.compute_optimizer_savings import first_ranked, saving
from tasks.agents.rightsizing.rows import Proposed, Row, Unreadable, arn_in, named, rows
from tasks.agents.rightsizing.spec import SPEC
from workflows.cost_review.documents import Evidence
from workflows.members import Json, figure, folded, listed, members, text, whole_days
from workflows.recommendation import ActionType, HoursBasis, Recommendation
from workflows.resource_keys import ResourceName
from workflows.sources import Source

STOPPED = frozenset({"stopped", "stopping", "terminated", "shuttingdown"})
NOTHING_TO_DO = frozenset({"optimized", "unavailable"})
IDLE_ACTIONS = {"Ec2Instance": ActionType.STOP, "Ec2AutoScalingGroup": ActionType.SCALE_IN}
"""What stops paying for an idle resource; everything else is deleted."""
ARNS = ("resourceArn", "instanceArn", "autoScalingGroupArn", "volumeArn", "functionArn", "serviceArn")
EFFORTS = {effort.lower(): effort for effort in ("VeryLow", "Low", "Medium", "High", "VeryHigh")}


def compute_optimizer_recommendations(evidence: Evidence) -> Iterator[Proposed]:
    """One recommendation a resource that is not optimized (two for a database: instance and storage), and one an
    idle resource."""
    for operation, (member, rules) in _RULES.items():
        for row in rows(evidence, operation, member):
            if isinstance(row, Unreadable):
                yield row
                continue
            for rule in rules:
                for one in rule(row):
                    yield one if named(one) else Unreadable(row.page.source, row.page.region)


def stopped_instances(evidence: Evidence) -> frozenset[str]:
    """The keys of the instances that do not run, as far as Compute Optimizer names them."""
    found = rows(evidence, "GetEC2InstanceRecommendations", "instanceRecommendations")
    return frozenset(_ec2(row).key for row in found if isinstance(row, Row) if _is_stopped(row))


def effort(value: object) -> str | None:
    """The effort in AWS's words; a word that nobody here knows stays."""
    return EFFORTS.get(folded(value), text(value)) or None


def _ec2(row: Row) -> ResourceName:
    return row.where(row.values.get("instanceArn"), "Ec2Instance")


def _is_stopped(row: Row) -> bool:
    return folded(row.values.get("instanceState")) in STOPPED


def _chosen(row: Row, finding: str, options: str) -> tuple[str, Json] | None:
    """The first ranked option with its place, or None where nothing is to be done."""
    if folded(row.values.get(finding)) in NOTHING_TO_DO:
        return None
    best = first_ranked(listed(row.values.get(options)))
    return None if best is None else (f"{options}/{best[0]}", best[1])


def _instance(row: Row) -> Iterator[Recommendation]:
    if chosen := _chosen(row, "finding", "recommendationOptions"):
        place, best = chosen
        yield _recommendation(
            row,
            _ec2(row),
            _instance_action(best),
            (best, place),
            current=text(row.values.get("currentInstanceType")),
            recommended=text(best.get("instanceType")),
            resource_name=text(row.values.get("instanceName")),
            restart_needed=True,
        )


def _instance_action(option: Json) -> ActionType:
    """Another processor architecture is a migration, as Cost Optimization Hub calls it."""
    differences = {folded(one) for one in listed(option.get("platformDifferences"))}
    return ActionType.MIGRATE_TO_GRAVITON if "architecture" in differences else ActionType.RIGHTSIZE


def _group(row: Row) -> Iterator[Recommendation]:
    if chosen := _chosen(row, "finding", "recommendationOptions"):
        place, best = chosen
        arn = row.values.get("autoScalingGroupArn") or row.values.get("autoScalingGroupName")
        yield _recommendation(
            row,
            row.where(arn, "Ec2AutoScalingGroup"),
            ActionType.RIGHTSIZE,
            (best, place),
            current=_group_words(members(row.values.get("currentConfiguration"))),
            recommended=_group_words(members(best.get("configuration"))),
            resource_name=text(row.values.get("autoScalingGroupName")),
        )


def _volume(row: Row) -> Iterator[Recommendation]:
    if chosen := _chosen(row, "finding", "volumeRecommendationOptions"):
        place, best = chosen
        current, proposed = members(row.values.get("currentConfiguration")), members(best.get("configuration"))
        changes_type = text(current.get("volumeType")) != text(proposed.get("volumeType"))
        yield _recommendation(
            row,
            row.where(row.values.get("volumeArn"), "EbsVolume"),
            ActionType.UPGRADE if changes_type else ActionType.RIGHTSIZE,
            (best, place),
            current=_size_words(current.get("volumeType"), current.get("volumeSize")),
            recommended=_size_words(proposed.get("volumeType"), proposed.get("volumeSize")),
            restart_needed=False,
        )


def _function(row: Row) -> Iterator[Recommendation]:
    if chosen := _chosen(row, "finding", "memorySizeRecommendationOptions"):
        place, best = chosen
        yield _recommendation(
            row,
            row.where(row.values.get("functionArn"), "LambdaFunction"),
            ActionType.RIGHTSIZE,
            (best, place),
            current=_with_unit(row.values.get("currentMemorySize"), "MB memory"),
            recommended=_with_unit(best.get("memorySize"), "MB memory"),
            restart_needed=False,
        )


def _service(row: Row) -> Iterator[Recommendation]:
    if chosen := _chosen(row, "finding", "serviceRecommendationOptions"):
        place, best = chosen
        yield _recommendation(
            row,
            row.where(row.values.get("serviceArn"), "EcsService"),
            ActionType.RIGHTSIZE,
            (best, place),
            current=_service_words(members(row.values.get("currentServiceConfiguration"))),
            recommended=_service_words(best),
        )


def _database(row: Row) -> Iterator[Recommendation]:
    if chosen := _chosen(row, "instanceFinding", "instanceRecommendationOptions"):
        place, best = chosen
        yield _recommendation(
            row,
            row.where(row.values.get("resourceArn"), "RdsDbInstance"),
            ActionType.RIGHTSIZE,
            (best, place),
            current=text(row.values.get("currentDBInstanceClass")),
            recommended=text(best.get("dbInstanceClass")),
            restart_needed=True,
        )


def _database_storage(row: Row) -> Iterator[Recommendation]:
    """A database's storage is paid and changed on its own: a resource beside the instance.

    A cluster's is one for all of its instances, each of which repeats what is said of it.
    """
    if chosen := _chosen(row, "storageFinding", "storageRecommendationOptions"):
        place, best = chosen
        current = members(row.values.get("currentStorageConfiguration"))
        proposed = members(best.get("storageConfiguration"))
        changes_type = text(current.get("storageType")) != text(proposed.get("storageType"))
        yield _recommendation(
            row,
            _storage(row),
            ActionType.UPGRADE if changes_type else ActionType.RIGHTSIZE,
            (best, place),
            current=_size_words(current.get("storageType"), current.get("allocatedStorage")),
            recommended=_size_words(proposed.get("storageType"), proposed.get("allocatedStorage")),
        )


def _storage(row: Row) -> ResourceName:
    cluster = text(row.values.get("dbClusterIdentifier"))
    if not cluster:
        return row.where(row.values.get("resourceArn"), "RdsDbInstanceStorage")
    instance = row.where(row.values.get("resourceArn"), "AuroraDbClusterStorage")
    return replace(instance, resource_id=cluster)


def _arn(row: Row, where: ResourceName) -> str:
    """The resource's ARN; of a cluster's storage the cluster's, which the row does not spell out."""
    told = next(filter(None, (arn_in(row.values.get(member)) for member in ARNS)), "")
    if where.resource_type != "AuroraDbClusterStorage" or ":db:" not in told:
        return told
    return f"{told.partition(':db:')[0]}:cluster:{where.resource_id}"


def _idle(row: Row) -> Iterator[Recommendation]:
    """An idle resource of any type, those included that AWS adds after today."""
    identifier = row.values.get("resourceArn") or row.values.get("resourceId")
    where = row.where(identifier, text(row.values.get("resourceType")))
    yield _recommendation(
        row,
        where,
        IDLE_ACTIONS.get(where.resource_type, ActionType.DELETE),
        (row.values, ""),
        current=text(row.values.get("finding")) or "Idle",
        recommended="",
    )


def _recommendation(
    row: Row,
    where: ResourceName,
    action: ActionType,
    chosen: tuple[Json, str],
    *,
    current: str,
    recommended: str,
    **more: Any,
) -> Recommendation:
    option, place = chosen
    told = saving(row, option, place)
    risk = figure(option.get("performanceRisk"), "its performance risk")
    lookback = row.values.get("lookBackPeriodInDays", row.values.get("lookbackPeriodInDays"))
    return Recommendation(
        source=Source.COMPUTE_OPTIMIZER,
        agent=SPEC.name,
        action_type=action,
        account_id=where.account_id,
        region_id=where.region_id,
        resource_type=where.resource_type,
        resource_id=where.resource_id,
        estimated_monthly_savings=told.value,
        billing_currency=told.currency,
        savings_basis=told.basis,
        # Compute Optimizer scales by the hours that a resource really ran.
        hours_basis=HoursBasis.ACTUAL,
        current_resource_summary=current,
        recommended_resource_summary=recommended,
        estimated_savings_percentage=told.percentage,
        implementation_effort=effort(option.get("migrationEffort")),
        performance_risk=risk.value,
        lookback_days=whole_days(lookback),
        resource_arn=_arn(row, where),
        tags=row.tags,
        member_of=_member_of(row),
        last_refreshed=row.last_refreshed,
        notes=(*told.notes, *filter(None, (risk.note,))),
        evidence=told.evidence,
        **more,
    )


def _member_of(row: Row) -> tuple[str, ...]:
    """The cluster of a database; what an instance is a part of is in its tags."""
    cluster = text(row.values.get("dbClusterIdentifier"))
    return (f"RdsDbCluster/{cluster}",) if cluster else ()


def _size_words(kind: object, size: object) -> str:
    return " ".join(filter(None, (text(kind), _with_unit(size, "GiB"))))


def _with_unit(value: object, unit: str) -> str:
    return f"{text(value)} {unit}" if text(value) else ""


def _service_words(configuration: Json) -> str:
    cpu, memory = _with_unit(configuration.get("cpu"), "CPU units"), _with_unit(configuration.get("memory"), "MiB")
    return ", ".join(filter(None, (cpu, memory)))


def _group_words(configuration: Json) -> str:
    """A group of one type, of several, or of a size that is to change."""
    types = [text(one) for one in listed(configuration.get("mixedInstanceTypes"))]
    kind = text(configuration.get("instanceType")) or ", ".join(filter(None, types))
    return " of ".join(filter(None, (text(configuration.get("desiredCapacity")), kind)))


_RULES: Mapping[str, tuple[str, tuple[Callable[[Row], Iterator[Recommendation]], ...]]] = {
    "GetEC2InstanceRecommendations": ("instanceRecommendations", (_instance,)),
    "GetAutoScalingGroupRecommendations": ("autoScalingGroupRecommendations", (_group,)),
    "GetEBSVolumeRecommendations": ("volumeRecommendations", (_volume,)),
    "GetLambdaFunctionRecommendations": ("lambdaFunctionRecommendations", (_function,)),
    "GetECSServiceRecommendations": ("ecsServiceRecommendations", (_service,)),
    "GetRDSDatabaseRecommendations": ("rdsDBRecommendations", (_database, _database_storage)),
    "GetIdleRecommendations": ("idleRecommendations", (_idle,)),
}
