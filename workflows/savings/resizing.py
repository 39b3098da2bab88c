"""Commitments to buy, sized again on the usage that is left once the counted usage savings are had.

A source sizes a commitment on today's usage. What will no longer be used needs none: its saving shrinks by the share of
the pool's on-demand spend that the counted usage savings take, and it never exceeds what is left of that spend. All of
them together never exceed what the counted usage savings leave of the whole bill, whatever is known of their pools.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
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
    sized = [
        _resized(one, bill, less, taken)
        for one in sorted(to_buy, key=lambda one: (-one.counted_savings, one.opportunity_id))
    ]
    kept = {one.opportunity_id: one for one in _within_the_bill(sized, counting, bill)}
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


def _within_the_bill(
    sized: Iterable[Opportunity], counting: Sequence[Opportunity], bill: Bill
) -> Iterator[Opportunity]:
    """The commitments bounded together by what will still be paid, in their order; as they are where no bill tells."""
    left = None if bill.usage is None else max(Decimal(0), difference(bill.usage, _all_used_less(counting, bill)))
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


def _all_used_less(counting: Iterable[Opportunity], bill: Bill) -> Decimal:
    """What will no longer be paid in the bill's currency, each service bounded by its own cost.

    Bounded as in `_used_less`, and so at least what the usage savings count: no commitment grows where evidence of
    another resource goes missing.
    """
    by_service: defaultdict[str, list[Decimal]] = defaultdict(list)
    for one in counting:
        if one.optimization_type is OptimizationType.USAGE and one.currency == bill.billing_currency:
            by_service[BILLED_AS.get(one.best.chosen.resource_type, "")].append(_of_resource(one, bill))
    return total(
        min(total(amounts), bill.services[service]) if service in bill.services else total(amounts)
        for service, amounts in by_service.items()
    )


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
        return replace(one, unverified="What it could discount is not known.")
    less = used_less.get((pool, one.currency), Decimal(0))
    left = max(Decimal(0), difference(eligible, less))
    counted, before = one.counted_savings, taken.get(pool, Decimal(0))
    kept = min(share(counted, left, eligible), difference(left, before)) if eligible else Decimal(0)
    taken[pool] = total((before, kept))
    known = replace(one, unverified=_unverified(pool, bill))
    cut = difference(counted, kept)
    of_what = f"of {eligible:.2f} {one.currency} a month that it could discount"
    reason = f"{of_what}, the counted usage savings leave {left:.2f}"
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
