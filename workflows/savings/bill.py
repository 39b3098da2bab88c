"""What the bill says that bounds savings: what resources and services cost a month, and what commitments leave over."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from workflows.calendar import days_judged
from workflows.commitments import Commitment, CommitmentKind
from workflows.money import share, total
from workflows.spend import ResourceSpend, ServiceSpend, Spend

DAYS_A_MONTH = Decimal(365) / 12
"""730 hours, the month that Cost Optimization Hub takes."""
ENOUGH_DAYS = 7
"""A week holds each day of the week; what is seen for less is no base for a month."""
COMPUTE, DATABASES = "compute", "databases"
"""The pools of usage that several types of commitments discount; any other has the name of its only type."""
EC2_INSTANCES = "EC2 instances"
"""The part of compute that reservations discount; functions and containers without servers are for plans alone."""
MAY_BE_COVERED_BY = {
    DATABASES: frozenset(CommitmentKind),
    "DynamoDbReservedCapacity": frozenset(CommitmentKind),
    "ElastiCacheReservedInstances": frozenset(CommitmentKind),
    "MemoryDbReservedInstances": frozenset({CommitmentKind.RESERVATIONS}),
    "OpenSearchReservedInstances": frozenset({CommitmentKind.RESERVATIONS}),
    "RedshiftReservedInstances": frozenset({CommitmentKind.RESERVATIONS}),
    "SageMakerSavingsPlans": frozenset({CommitmentKind.SAVINGS_PLANS}),
}
"""The kinds of commitments that may cover a pool, where nothing tells how far: Database Savings Plans are for RDS,
DynamoDB and ElastiCache too."""
POOLS = (COMPUTE, EC2_INSTANCES, *MAY_BE_COVERED_BY)


@dataclass(frozen=True)
class MonthlyCost:
    """What a resource costs in a month at the pace of its whole days, those without a line among them.

    has_ended where the bill shows nothing any more in the last days: then no pace goes on.
    """

    amount: Decimal
    days: int
    currency: str
    has_ended: bool = False


@dataclass(frozen=True)
class Bill:
    """Amounts a month in billing_currency ("" where no bill could be read).

    resources     by resource key, amortized
    services      by the bill's service names, credits and taxes left out
    eligible      what a commitment to buy could discount of services where some are owned: what was billed last month,
                  because amortized cost holds what owned ones cover; the others are as in services
    usage         the whole, credits and taxes left out; None where it is not known
    on_demand     what is still paid at on-demand rates, by pool of commitments that owned ones cover in part
    unknown_pools the pools of which nobody can tell how far owned commitments cover them
    """

    billing_currency: str = ""
    resources: Mapping[str, MonthlyCost] = field(default_factory=dict)
    services: Mapping[str, Decimal] = field(default_factory=dict)
    eligible: Mapping[str, Decimal] = field(default_factory=dict)
    usage: Decimal | None = None
    on_demand: Mapping[str, Decimal] = field(default_factory=dict)
    unknown_pools: frozenset[str] = frozenset(POOLS)


def bill(
    spend: Spend | None,
    resource_spend: Iterable[ResourceSpend],
    commitments: Iterable[Commitment],
) -> Bill:
    """The bill as the Cost Explorer agent's findings tell it."""
    services = {one.service_name: _month_of(one, spend) for one in spend.services} if spend else {}
    on_demand, unknown = _pools(spend.commitments_on_bill if spend else None, tuple(commitments))
    return Bill(
        billing_currency=spend.billing_currency if spend else "",
        resources={
            one.resource_key: MonthlyCost(
                share(one.whole_days_cost, DAYS_A_MONTH, Decimal(one.whole_days)),
                one.whole_days,
                one.billing_currency,
                one.has_ended,
            )
            for one in resource_spend
            if one.whole_days > 0
        },
        services={name: month for name, month in services.items() if month > 0},
        eligible={one.service_name: one.previous_month for one in spend.services if one.previous_month > 0}
        if spend and spend.commitments_on_bill
        else {},
        usage=total(month for month in services.values() if month > 0) if services else None,
        on_demand=on_demand,
        unknown_pools=unknown,
    )


def _month_of(service: ServiceSpend, spend: Spend) -> Decimal:
    """A month of the service: the last full one (billed, amortized), the last week's pace or that of the month that is
    judged (both amortized), the largest.

    Whatever is smaller would cut savings of what has only just begun, or of what was paid upfront.
    """
    paces = [service.previous_month, share(service.last_7_days, DAYS_A_MONTH, Decimal(7))]
    if service.previous_month_effective is not None:
        paces.append(service.previous_month_effective)
    days = days_judged(spend.end)
    if service.month_to_date_effective is not None and days >= ENOUGH_DAYS:
        paces.append(share(service.month_to_date_effective, DAYS_A_MONTH, Decimal(days)))
    return max(paces)


def _pools(
    on_bill: tuple[CommitmentKind, ...] | None, commitments: tuple[Commitment, ...]
) -> tuple[Mapping[str, Decimal], frozenset[str]]:
    """Savings Plans speak for all of compute; reservations, as they are asked about, for EC2's instances alone."""
    if on_bill is None:
        return {}, frozenset(POOLS)
    told = {one.kind: _on_demand_a_month(one) for one in commitments}
    unknown = {pool for pool, kinds in MAY_BE_COVERED_BY.items() if kinds.intersection(on_bill)}
    if not on_bill:
        return {}, frozenset(unknown)
    plans = CommitmentKind.SAVINGS_PLANS in on_bill
    pool = COMPUTE if plans else EC2_INSTANCES
    left = told.get(CommitmentKind.SAVINGS_PLANS if plans else CommitmentKind.RESERVATIONS)
    return ({}, frozenset({*unknown, pool})) if left is None else ({pool: left}, frozenset(unknown))


def _on_demand_a_month(one: Commitment) -> Decimal | None:
    days = (one.end - one.start).days
    return None if one.on_demand_cost is None or days < 1 else share(one.on_demand_cost, DAYS_A_MONTH, Decimal(days))
