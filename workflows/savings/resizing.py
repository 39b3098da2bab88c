"""Commitments to buy, sized again on the usage that is left once the counted usage savings are had.

A source sizes a commitment on today's usage. What will no longer be used needs none: its saving shrinks by the share of
the pool's on-demand spend that the counted usage savings take, and it never exceeds what is left of that spend.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal

from workflows.money import difference, share, total
from workflows.recommendation import OptimizationType
from workflows.resource_keys import BILLED_AS
from workflows.savings.bill import COMPUTE, DATABASES, Bill
from workflows.savings.caps import POOL_BY_RESOURCE_TYPE
from workflows.savings.opportunity import Opportunity, Step
from workflows.savings.purchases import pool_of

SERVICES_BY_POOL = {
    COMPUTE: ("Amazon Elastic Compute Cloud - Compute", "Amazon Elastic Container Service", "AWS Lambda"),
    DATABASES: ("Amazon Relational Database Service",),
    "ElastiCacheReservedInstances": ("Amazon ElastiCache",),
    "MemoryDbReservedInstances": ("Amazon MemoryDB",),
    "OpenSearchReservedInstances": ("Amazon OpenSearch Service",),
    "RedshiftReservedInstances": ("Amazon Redshift",),
}
"""What a commitment of a pool can discount, as the bill names it; for the others the bill has no line of their own."""


def resized(opportunities: Sequence[Opportunity], bill: Bill) -> tuple[Opportunity, ...]:
    """The opportunities with commitments to buy reduced to what the counted usage savings leave to discount.

    The lines of an option share what is left, the biggest first.
    """
    counting = [one for one in opportunities if one.not_counted is None]
    to_buy = [one for one in counting if one.optimization_type is OptimizationType.RATE]
    if not to_buy:
        return tuple(opportunities)
    less = _used_less(counting, bill)
    taken: dict[str, Decimal] = {}
    kept = {
        one.opportunity_id: _resized(one, bill, less, taken)
        for one in sorted(to_buy, key=lambda one: (-one.counted_savings, one.opportunity_id))
    }
    return tuple(kept.get(one.opportunity_id, one) for one in opportunities)


def _used_less(counting: Sequence[Opportunity], bill: Bill) -> Mapping[tuple[str, str], Decimal]:
    """What will no longer be used, by pool and currency.

    A saving that found no room, because another one's amount took it, still lowers usage if it is had: only what the
    resource and its service cost bounds it here. So evidence that goes missing never lets a commitment grow.
    """
    by_service: defaultdict[tuple[str, str, str], list[Decimal]] = defaultdict(list)
    for one in counting:
        pool = POOL_BY_RESOURCE_TYPE.get(one.best.chosen.resource_type)
        if pool is not None:
            service = BILLED_AS.get(one.best.chosen.resource_type, "")
            by_service[pool, one.currency, service].append(_of_resource(one, bill))
    less: defaultdict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for (pool, currency, service), amounts in by_service.items():
        amount = total(amounts)
        known = bill.services.get(service) if bill.billing_currency == currency else None
        less[pool, currency] = total((less[pool, currency], amount if known is None else min(amount, known)))
    return less


def _of_resource(one: Opportunity, bill: Bill) -> Decimal:
    claimed = one.best.amount or Decimal(0)
    cost = bill.resources.get(one.resource_key)
    bounded = claimed if cost is None or cost.currency != one.currency else min(claimed, max(cost.amount, Decimal(0)))
    if not one.deductions:
        return bounded
    owned = total(each.amount for each in one.deductions if each.step is Step.OWNED_COMMITMENTS)
    return difference(bounded, owned)


def _resized(
    one: Opportunity, bill: Bill, used_less: Mapping[tuple[str, str], Decimal], taken: dict[str, Decimal]
) -> Opportunity:
    pool = pool_of(one.best.chosen.resource_type)
    eligible = _eligible_spend(pool, one.currency, bill)
    if eligible is None:
        return replace(one, unverified="What it could discount is not known, so that it is not sized again.")
    less = used_less.get((pool, one.currency), Decimal(0))
    left = max(Decimal(0), difference(eligible, less))
    counted, before = one.counted_savings, taken.get(pool, Decimal(0))
    kept = min(share(counted, left, eligible), difference(left, before)) if eligible else Decimal(0)
    taken[pool] = total((before, kept))
    known = replace(one, unverified=_unverified(pool, bill))
    cut = difference(counted, kept)
    reason = f"of {eligible:.2f} a month that it could discount, the counted usage savings leave {left:.2f}"
    return known.less(Step.RESIZED, cut, reason) if cut > 0 else known


def _eligible_spend(pool: str, currency: str, bill: Bill) -> Decimal | None:
    """What is paid at on-demand rates in the pool, or where no commitment is owned, what its services cost."""
    if bill.billing_currency != currency:
        return None
    if pool in bill.on_demand:
        return bill.on_demand[pool]
    names = [name for name in SERVICES_BY_POOL.get(pool, ()) if name in bill.services]
    costs = [bill.eligible.get(name, bill.services[name]) for name in names]
    return total(costs) if costs else None


def _unverified(pool: str, bill: Bill) -> str:
    if pool in bill.unknown_pools or (pool not in SERVICES_BY_POOL):
        return "How much of this usage owned commitments cover already is not known."
    return ""
