"""Nothing saves more than it costs: counted savings end at what the bill says, and at what commitments leave over.

Three bounds, one after the other: what the resource costs a month, what its service costs, what the whole bill is. Then
commitments that are already owned: using less of what they cover saves nothing while they run, so that savings at list
prices count only up to what is still paid at on-demand rates. A figure after discounts has that deducted already.

Room is given out in the order of the amounts that sources claim, whatever is known of each from the bill: so that
evidence that goes missing never lets another amount grow. What only agents of other teams claim comes last: a claim of
theirs takes no room from what AWS found. Where no bill bounds it, nothing of it counts: nobody could tell a billion
from a saving.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal

from workflows.money import difference
from workflows.recommendation import OptimizationType, SavingsBasis
from workflows.resource_keys import BILLED_AS, ResourceName
from workflows.savings.bill import COMPUTE, DATABASES, EC2_INSTANCES, ENOUGH_DAYS, Bill
from workflows.savings.opportunity import Deduction, Opportunity, Step, comparable
from workflows.sources import OF_AWS

POOLS_BY_RESOURCE_TYPE: Mapping[str, tuple[str, ...]] = {
    "Ec2Instance": (COMPUTE, EC2_INSTANCES),
    "Ec2AutoScalingGroup": (COMPUTE, EC2_INSTANCES),
    "EcsService": (COMPUTE,),
    "LambdaFunction": (COMPUTE,),
    "RdsDbInstance": (DATABASES,),
    "DynamoDBTable": ("DynamoDbReservedCapacity",),
    "ElastiCacheCluster": ("ElastiCacheReservedInstances",),
    "MemoryDBCluster": ("MemoryDbReservedInstances",),
    "RedshiftCluster": ("RedshiftReservedInstances",),
    "SageMakerEndpoint": ("SageMakerSavingsPlans",),
}
"""The pools of commitments that may cover a type of resource; no commitment covers the others."""
SAME_BILL_LINE = {"RdsDbInstanceStorage": "RdsDbInstance"}
"""A lever whose resource has no line of its own on the bill, and the type under which it is there."""

WHOLE_BILL = "the whole bill"
NO_BILL = "no bill"

Bounded = tuple[str, Decimal, Callable[[], str]]
"""What shares the room, how much there is, and the reason in words for what finds none."""
Bound = Callable[[Opportunity], Bounded | None]


def capped(opportunities: Sequence[Opportunity], bill: Bill) -> tuple[Opportunity, ...]:
    """The opportunities without what goes beyond the bill or into owned commitments, and with what backs the rest."""
    within = _Room(_bounds(bill))
    found = list(opportunities)
    usage = [at for at, one in enumerate(found) if _is_counted_usage(one)]
    for at in sorted(usage, key=lambda at: _biggest_claim_first(found[at])):
        found[at] = found[at].bounded(within.taken_from(found[at]), _unverified(found[at], bill))
    return tuple(found)


def _is_counted_usage(one: Opportunity) -> bool:
    return one.not_counted is None and one.optimization_type is OptimizationType.USAGE


def _biggest_claim_first(one: Opportunity) -> tuple[bool, Decimal, str]:
    return one.best.chosen.source not in OF_AWS, -comparable(one.best.chosen), one.opportunity_id


def _bounds(bill: Bill) -> tuple[tuple[Step, Bound], ...]:
    def of_resource(one: Opportunity) -> Bounded | None:
        key = billed_key(one)
        cost = bill.resources.get(key)
        if cost is None or cost.currency != one.currency:
            return None
        return key, cost.amount, lambda: f"the resource costs {cost.amount:.2f} {cost.currency} a month"

    def of_service(one: Opportunity) -> Bounded | None:
        service = BILLED_AS.get(one.best.chosen.resource_type, "")
        cost = bill.services.get(service)
        if cost is None or bill.billing_currency != one.currency:
            return None
        return service, cost, lambda: f"{service} costs {cost:.2f} {one.currency} a month in all"

    def of_bill(one: Opportunity) -> Bounded | None:
        usage = bill.usage
        if usage is None or bill.billing_currency != one.currency:
            return None
        return WHOLE_BILL, usage, lambda: f"the whole bill is {usage:.2f} {one.currency} a month"

    def of_no_bill(one: Opportunity) -> Bounded | None:
        if one.best.chosen.source in OF_AWS or (bill.usage is not None and bill.billing_currency == one.currency):
            return None
        return NO_BILL, Decimal(0), lambda: f"only another team claims it, and no bill in {one.currency} bounds it"

    capped_by = ((Step.CAPPED, bound) for bound in (of_resource, of_service, of_bill, of_no_bill))
    covered_by = ((Step.OWNED_COMMITMENTS, _of_commitments(pool, bill)) for pool in sorted(bill.on_demand))
    return (*capped_by, *covered_by)


def _of_commitments(pool: str, bill: Bill) -> Bound:
    left = bill.on_demand[pool]

    def bound(one: Opportunity) -> Bounded | None:
        chosen = one.best.chosen
        if pool not in POOLS_BY_RESOURCE_TYPE.get(chosen.resource_type, ()) or bill.billing_currency != one.currency:
            return None
        if chosen.savings_basis is SavingsBasis.AFTER_DISCOUNTS:
            return None
        return pool, left, lambda: f"owned commitments cover all but {left:.2f} {one.currency} a month of {pool}"

    return bound


def billed_key(one: Opportunity) -> str:
    """The line of the bill that its resource is in."""
    chosen = one.best.chosen
    billed = SAME_BILL_LINE.get(chosen.resource_type)
    if billed is None:
        return one.resource_key
    return ResourceName(chosen.account_id, chosen.region_id, billed, chosen.resource_id).key


class _Room:
    """What is left of each bound; taken up by one opportunity after the other."""

    def __init__(self, bounds: Iterable[tuple[Step, Bound]]) -> None:
        self._bounds = tuple(bounds)
        self._left: dict[tuple[Step, str], Decimal] = {}

    def taken_from(self, one: Opportunity) -> tuple[Deduction, ...]:
        """The opportunity's deductions, with what finds no room."""
        counted, deductions = one.counted_savings, one.deductions
        for step, bound in self._bounds:
            bounded = bound(one)
            if bounded is None:
                continue
            pool, room, reason = bounded
            # Credits can make a cost negative: then nothing is left to save, and nothing more.
            free = self._left.get((step, pool), max(room, Decimal(0)))
            if counted > free:
                deductions = (*deductions, Deduction(step, difference(counted, free), reason()))
                counted = free
            self._left[step, pool] = difference(free, counted)
        return deductions


def _unverified(one: Opportunity, bill: Bill) -> str:
    """Why the bill does not back its amount; "" where it does."""
    chosen = one.best.chosen
    cost = bill.resources.get(billed_key(one))
    if cost is None:
        return "The bill does not tell what the resource costs."
    if cost.currency != chosen.billing_currency:
        return f"The bill is in {cost.currency}."
    if cost.days < ENOUGH_DAYS:
        return f"The bill tells only {cost.days} days of the resource's cost."
    if cost.has_ended:
        return "Nothing was billed for the resource in the last days: what it cost has ended."
    service = BILLED_AS.get(chosen.resource_type)
    if bill.usage is None or (service is not None and service not in bill.services):
        return "The bill does not tell what its service costs."
    pools = POOLS_BY_RESOURCE_TYPE.get(chosen.resource_type, ())
    if chosen.savings_basis is not SavingsBasis.AFTER_DISCOUNTS and not bill.unknown_pools.isdisjoint(pools):
        return "Whether commitments that are already owned cover it is not known."
    return ""
