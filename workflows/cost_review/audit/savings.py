"""The audit of what is counted: opportunities, their evidence, and that nothing is counted twice."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from workflows.cost_review.audit.amounts import ZERO, exact, holds, is_currency, known, to_the_cent
from workflows.cost_review.audit.pools import PLAN_OVER_OTHERS, UNDER_THE_PLAN, pool_of

Json = Mapping[str, Any]
PARTS = {
    "EcsCluster": frozenset({"EcsService", "Ec2AutoScalingGroup", "Ec2Instance"}),
    "EksCluster": frozenset({"Ec2AutoScalingGroup", "Ec2Instance"}),
    "RdsDbCluster": frozenset({"RdsDbInstance"}),
    "Ec2AutoScalingGroup": frozenset({"Ec2Instance"}),
}
"""What is replaced with its whole, so that one of both counts, by the type of the whole."""
STORAGE_OF = {
    "RdsDbInstance": frozenset({"RdsDbInstanceStorage"}),
    "RdsDbCluster": frozenset({"AuroraDbClusterStorage", "RdsDbInstanceStorage"}),
}
"""What goes with its whole only where that is deleted."""
LEFT_ALONE = frozenset({"dismissed", "snoozed"})
WHOLES = PARTS.keys() | STORAGE_OF.keys()


def opportunity_failures(report: Json) -> Iterator[str]:
    """Each counts what its standing figure leaves after its deductions, and that figure is what AWS wrote."""
    seen: Counter[str] = Counter(one["opportunity_id"] for one in report["opportunities"])
    yield from (f"{name} is there {times} times." for name, times in seen.items() if times > 1)
    for place, one in enumerate(report["opportunities"], start=1):
        for told in (*_of_opportunity(one), *_said_failures(one)):
            yield f"{one['opportunity_id']} ({one['resource_id'] or one['resource_type']}) {told}"
        if one["rank"] != place:
            yield f"{one['opportunity_id']} has another rank than its place in the list."


def _said_failures(one: Json) -> Iterator[str]:
    """Each figure that takes part in gross stands in a response of AWS, and is the one that is shown."""
    for proposal in (one, *one["alternatives"]):
        stated = known(proposal["said_by"][0]["estimated_monthly_savings_exact"])
        if (None if stated is None else to_the_cent(stated)) != known(proposal["estimated_monthly_savings"]):
            yield "is shown with another figure than its source states."
        for said in proposal["said_by"]:
            claimed = known(said["estimated_monthly_savings_exact"])
            if claimed is not None and not _is_reachable(said, claimed):
                yield "has a claim that no evidence holds."
            if claimed is not None and not is_currency(said["billing_currency"]):
                yield "has a claim in no currency."


def _of_opportunity(one: Json) -> Iterator[str]:
    counted, standing = exact(one["counted_monthly_savings_exact"]), _standing(one)
    if counted < 0:
        yield "counts less than nothing."
    if one["verified"] is not (one["unverified_because"] == ""):
        yield "is verified and not verified."
    if any(exact(each["amount_exact"]) < 0 for each in one["deductions"]):
        yield "has a deduction below zero."
    if counted and not is_currency(one["billing_currency"]):
        yield "counts in no currency."
    if counted and one["decision"] is not None and one["decision"]["state"] in LEFT_ALONE:
        yield "counts although people decided against it."
    yield from _amount_failures(one, counted, standing)


def _amount_failures(one: Json, counted: Decimal, standing: Decimal | None) -> Iterator[str]:
    if one["not_counted"] is not None:
        if counted:
            yield f"counts although nothing of it counts ({one['not_counted']})."
    elif standing is None:
        yield "counts without a known amount."
    elif counted != standing - _deducted(one):
        yield "counts another amount than its figure without its deductions."


def _standing(one: Json) -> Decimal | None:
    return known(one["said_by"][0]["estimated_monthly_savings_exact"])


def _deducted(one: Json) -> Decimal:
    return sum((exact(each["amount_exact"]) for each in one["deductions"]), ZERO)


def _is_reachable(said: Json, stated: Decimal) -> bool:
    """Whether a response of AWS is named that holds the very amount: no rule converts a saving."""
    return any(
        pointer["operation"] and pointer["request_id"] and pointer["pointer"].startswith("/")
        for pointer in said["evidence"]
        if holds(pointer["raw"], stated)
    )


def twice_counted_failures(report: Json) -> Iterator[str]:
    """Each resource counts once, nothing beside its whole, and of the commitments for the same usage one option."""
    counted = [one for one in report["opportunities"] if one["not_counted"] is None]
    times = Counter(_resource(one) for one in counted if one["optimization_type"] == "Usage")
    yield from (f"{resource} is counted {count} times." for resource, count in times.items() if count > 1)
    yield from _parts_failures(counted)
    kinds: defaultdict[str, set[str]] = defaultdict(set)
    for one in counted:
        if one["optimization_type"] == "Rate" and exact(one["counted_monthly_savings_exact"]):
            kind = one["resource_type"]
            kinds[pool_of(one)].add(f"{kind} of {one['account_id']} in {one['billing_currency']}")
    for pool, several in kinds.items():
        if len(several) > 1:
            yield f"{' and '.join(sorted(several))} are counted for the same usage ({pool})."
    yield from _plan_failures(counted)


def _plan_failures(counted: Sequence[Json]) -> Iterator[str]:
    """A Database Savings Plan is counted beside nothing that it may discount too."""
    kinds: defaultdict[str, set[str]] = defaultdict(set)
    for one in counted:
        if one["optimization_type"] == "Rate" and exact(one["counted_monthly_savings_exact"]):
            kinds[one["billing_currency"]].add(one["resource_type"])
    for several in kinds.values():
        if PLAN_OVER_OTHERS in several and (beside := several & UNDER_THE_PLAN):
            yield f"{PLAN_OVER_OTHERS} and {' and '.join(sorted(beside))} are counted for the same usage."


def _parts_failures(counted: Sequence[Json]) -> Iterator[str]:
    saving = {
        _resource(one): one
        for one in counted
        if one["resource_type"] in WHOLES and exact(one["counted_monthly_savings_exact"])
    }
    for one in counted if saving else ():
        if one["optimization_type"] != "Usage" or not exact(one["counted_monthly_savings_exact"]):
            continue
        for name in one["member_of"]:
            whole = saving.get(f"{one['account_id']}/{one['region_id']}/{name}")
            if whole is not None and _is_part(one, whole):
                yield f"{_resource(one)} is counted beside {name}, which it is a part of."


def _is_part(one: Json, whole: Json) -> bool:
    kind = whole["resource_type"]
    if whole["action_type"] == "Delete" and one["resource_type"] in STORAGE_OF.get(kind, ()):
        return True
    return one["resource_type"] in PARTS.get(kind, ())


def _resource(one: Json) -> str:
    return f"{one['account_id']}/{one['region_id']}/{one['resource_type']}/{one['resource_id']}"
