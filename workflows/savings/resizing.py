"""Commitments to buy, sized again on the usage that is left once the counted usage savings are had.

A source sizes a commitment on today's usage. What will no longer be used needs none: its saving shrinks by the share of
the on-demand spend it could discount that the counted usage savings take, and it never exceeds what is left of that
spend. What it could discount depends on its type: a Compute Savings Plan discounts functions and containers too, EC2
Instance Savings Plans and reservations only instances, although all of them share one pool. All of them together never
exceed what the counted usage savings leave of the whole bill, whatever is known of their pools.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import NamedTuple

from workflows.money import difference, known_total, share, total
from workflows.recommendation import OptimizationType
from workflows.resource_keys import BILLED_AS
from workflows.savings.bill import COMPUTE, EC2_INSTANCES, Bill
from workflows.savings.caps import billed_key
from workflows.savings.opportunity import Opportunity, Step
from workflows.savings.purchases import pool_of

EC2, RDS = "Amazon Elastic Compute Cloud - Compute", "Amazon Relational Database Service"
SERVICES_BY_TYPE: Mapping[str, tuple[str, ...]] = {
    "ComputeSavingsPlans": (EC2, "Amazon Elastic Container Service", "AWS Lambda"),
    "Ec2InstanceSavingsPlans": (EC2,),
    "Ec2ReservedInstances": (EC2,),
    "DatabaseSavingsPlans": (
        RDS,
        "Amazon DynamoDB",
        "Amazon ElastiCache",
        "AWS Database Migration Service",
        "Amazon DocumentDB (with MongoDB compatibility)",
        "Amazon Keyspaces (for Apache Cassandra)",
        "Amazon Neptune",
        "Amazon Timestream",
    ),
    "RdsReservedInstances": (RDS,),
    "ElastiCacheReservedInstances": ("Amazon ElastiCache",),
    "MemoryDbReservedInstances": ("Amazon MemoryDB",),
    "OpenSearchReservedInstances": ("Amazon OpenSearch Service",),
    "RedshiftReservedInstances": ("Amazon Redshift",),
}
"""What a type of commitment can discount, as the bill names it; for the others the bill has no line of their own."""
_FOR_INSTANCES = frozenset({"Ec2InstanceSavingsPlans", "Ec2ReservedInstances"})
_INSTANCES = frozenset({"Ec2Instance", "Ec2AutoScalingGroup"})
DISCOUNTED_BY_TYPE = {
    "ComputeSavingsPlans": _INSTANCES | {"EcsService", "LambdaFunction"},
    "Ec2InstanceSavingsPlans": _INSTANCES,
    "Ec2ReservedInstances": _INSTANCES,
    "DatabaseSavingsPlans": frozenset({"RdsDbInstance", "DynamoDBTable", "ElastiCacheCluster"}),
    "RdsReservedInstances": frozenset({"RdsDbInstance"}),
    "DynamoDbReservedCapacity": frozenset({"DynamoDBTable"}),
    "ElastiCacheReservedInstances": frozenset({"ElastiCacheCluster"}),
    "MemoryDbReservedInstances": frozenset({"MemoryDBCluster"}),
    "RedshiftReservedInstances": frozenset({"RedshiftCluster"}),
    "SageMakerSavingsPlans": frozenset({"SageMakerEndpoint"}),
}
"""The resources that a type of commitment discounts: what is saved there needs no commitment."""
_DISCOUNTED = frozenset().union(*DISCOUNTED_BY_TYPE.values())


def resized(opportunities: Sequence[Opportunity], bill: Bill) -> tuple[Opportunity, ...]:
    """The opportunities with commitments to buy reduced to what the counted usage savings leave to discount.

    The lines of an option share what is left, the biggest first.
    """
    counting = [one for one in opportunities if one.not_counted is None]
    to_buy = [one for one in counting if one.optimization_type is OptimizationType.RATE]
    if not to_buy:
        return tuple(opportunities)
    used = [
        _Used(one.best.chosen.resource_type, one.currency, _of_resource(one, bill))
        for one in counting
        if _is_usage(one)
    ]
    less = _used_less(used)
    taken: dict[str, Decimal] = {}
    sized = [
        _resized(one, bill, less, taken)
        for one in sorted(to_buy, key=lambda one: (-one.counted_savings, one.opportunity_id))
    ]
    kept = {one.opportunity_id: one for one in _within_the_bill(sized, used, bill)}
    return tuple(one if _is_usage(one) else kept.get(one.opportunity_id, one) for one in opportunities)


class _Used(NamedTuple):
    """What will no longer be used of a type of resource, by one saving."""

    resource_type: str
    currency: str
    amount: Decimal


def _is_usage(one: Opportunity) -> bool:
    return one.optimization_type is OptimizationType.USAGE


Used = Mapping[tuple[str, str], Decimal]
"""An amount by type of resource and currency."""


def _used_less(used: Sequence[_Used]) -> Used:
    """What will no longer be used of what commitments discount.

    A saving that found no room, because another one's amount took it, still lowers usage if it is had: only what the
    resource and its service cost bounds it. So evidence that goes missing never lets a commitment grow.
    """
    amounts: defaultdict[tuple[str, str], list[Decimal]] = defaultdict(list)
    for one in used:
        if one.resource_type in _DISCOUNTED:
            amounts[one.resource_type, one.currency].append(one.amount)
    return {key: total(several) for key, several in amounts.items()}


def _less_to_discount(commitment_type: str, currency: str, less: Used, bill: Bill) -> Decimal:
    """What a type of commitment can no longer discount, each service bounded by its own cost."""
    by_service: defaultdict[str, list[Decimal]] = defaultdict(list)
    for resource_type in DISCOUNTED_BY_TYPE.get(commitment_type, ()):
        by_service[BILLED_AS.get(resource_type, "")].append(less.get((resource_type, currency), Decimal(0)))
    known = bill.services if bill.billing_currency == currency else {}
    return total(
        min(total(amounts), known[service]) if service in known else total(amounts)
        for service, amounts in by_service.items()
    )


def _within_the_bill(sized: Iterable[Opportunity], used: Sequence[_Used], bill: Bill) -> Iterator[Opportunity]:
    """The commitments bounded together by what will still be paid, in their order; as they are where no bill tells."""
    left = None if bill.usage is None else max(Decimal(0), difference(bill.usage, _all_used_less(used, bill)))
    for one in sized:
        if left is None or one.currency != bill.billing_currency:
            yield replace(one, unverified=one.unverified or "The bill does not tell what is spent in all.")
            continue
        cut = max(Decimal(0), difference(one.counted_savings, left))
        left_over = f"{left:.2f} {one.currency} a month"
        reason = f"of the whole bill the counted usage savings and bigger commitments leave {left_over}"
        bounded = one.less(Step.RESIZED, cut, reason) if cut > 0 else one
        left = difference(left, bounded.counted_savings)
        yield bounded


def _all_used_less(used: Iterable[_Used], bill: Bill) -> Decimal:
    """What will no longer be paid in the bill's currency, each service bounded by its own cost.

    Bounded as in `_used_less`, and so at least what the usage savings count: no commitment grows where evidence of
    another resource goes missing.
    """
    by_service: defaultdict[str, list[Decimal]] = defaultdict(list)
    for one in used:
        if one.currency == bill.billing_currency:
            by_service[BILLED_AS.get(one.resource_type, "")].append(one.amount)
    return total(
        min(total(amounts), bill.services[service]) if service in bill.services else total(amounts)
        for service, amounts in by_service.items()
    )


def _of_resource(one: Opportunity, bill: Bill) -> Decimal:
    claimed = one.claimed or Decimal(0)
    cost = bill.resources.get(billed_key(one))
    bounded = claimed if cost is None or cost.currency != one.currency else min(claimed, max(cost.amount, Decimal(0)))
    if not one.deductions:
        return bounded
    owned = total(each.amount for each in one.deductions if each.step is Step.OWNED_COMMITMENTS)
    return difference(bounded, owned)


def _resized(one: Opportunity, bill: Bill, used_less: Used, taken: dict[str, Decimal]) -> Opportunity:
    kind = one.best.chosen.resource_type
    eligible = _eligible_spend(kind, one.currency, bill)
    if eligible is None:
        return replace(one, unverified="What it could discount is not known.")
    less = _less_to_discount(kind, one.currency, used_less, bill)
    left = max(Decimal(0), difference(eligible, less))
    counted, before = one.counted_savings, taken.get(kind, Decimal(0))
    # A share is rounded down: of what stays whole it would take digits that nobody saves.
    needed = share(counted, left, eligible) if left < eligible else counted
    kept = min(needed, difference(left, before))
    taken[kind] = total((before, kept))
    known = replace(one, unverified=_unverified(kind, bill))
    cut = difference(counted, kept)
    of_what = f"of {eligible:.2f} {one.currency} a month that it could discount"
    of_others = f", of which bigger lines take {before:.2f}" if before and kept < needed else ""
    reason = f"{of_what}, the counted usage savings leave {left:.2f}{of_others}"
    return known.less(Step.RESIZED, cut, reason) if cut > 0 else known


def _eligible_spend(commitment_type: str, currency: str, bill: Bill) -> Decimal | None:
    """What is paid at on-demand rates of what it discounts, or where nothing tells that, what its services cost."""
    if bill.billing_currency != currency:
        return None
    names = [name for name in SERVICES_BY_TYPE.get(commitment_type, ()) if name in bill.services]
    costs = {name: bill.eligible.get(name, bill.services[name]) for name in names}
    pool = pool_of(commitment_type)
    told = bill.on_demand.get(pool)
    if pool == COMPUTE:
        costs |= {EC2: bill.on_demand[EC2_INSTANCES]} if EC2_INSTANCES in bill.on_demand else {}
    if told is None:
        return known_total(costs.values())
    # What is told of all compute is no room for what discounts instances alone.
    return min(told, costs.get(EC2, told)) if commitment_type in _FOR_INSTANCES else told


def _unverified(commitment_type: str, bill: Bill) -> str:
    pool = pool_of(commitment_type)
    pools = {COMPUTE, EC2_INSTANCES} if pool == COMPUTE else {pool}
    if commitment_type not in SERVICES_BY_TYPE or pools & bill.unknown_pools:
        return "How much of this usage owned commitments cover already is not known."
    if commitment_type in _FOR_INSTANCES and EC2 not in bill.services:
        return "The bill does not tell what EC2's instances cost."
    return ""
