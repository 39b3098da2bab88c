"""What the named resources cost and where that is heading; their services' figures where the bill does not tell."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date

from tasks.agents.cost_explorer.bill import Line, bill_lines, by_day, effective, one_currency
from tasks.agents.cost_explorer.billed_days import asked_days
from tasks.agents.cost_explorer.trends import SETTLING, WEEK, step, trend_percent, week_until
from workflows.cost_review.documents import Evidence
from workflows.money import total
from workflows.recommendation import Recommendation
from workflows.resource_keys import BILLED_AS, ResourceName, billing_ids
from workflows.spend import ResourceSpend, ServiceBasis, Spend


def named_resources(recommendations: Iterable[Recommendation]) -> tuple[ResourceName, ...]:
    """The resources that these name, each once, sorted."""
    return tuple(
        sorted(
            {
                ResourceName(one.account_id, one.region_id, one.resource_type, one.resource_id)
                for one in recommendations
                if one.resource_id
            },
            key=lambda name: name.key,
        )
    )


def resource_spend(spent: Evidence, named: Sequence[ResourceName], as_of: date) -> tuple[ResourceSpend, ...]:
    """What each named resource that is on the bill cost, amortized; from questions answered to their end."""
    by_billing_id = {spelling: name for name in named for spelling in billing_ids(name)}
    lines: defaultdict[ResourceName, list[Line]] = defaultdict(list)
    for line in bill_lines(spent, "GetCostAndUsageWithResources", "RESOURCE_ID"):
        if line.group[0] in by_billing_id:
            lines[by_billing_id[line.group[0]]].append(line)
    start = max((day for day, _ in asked_days(spent).values()), default=as_of)
    spends = [_one_resource(name, mine, start, as_of) for name, mine in lines.items()]
    return tuple(sorted(spends, key=lambda spend: spend.resource_key))


def _one_resource(name: ResourceName, lines: Sequence[Line], start: date, as_of: date) -> ResourceSpend:
    costs = by_day(lines, amortized=True)
    whole = [cost for day, cost in costs.items() if day < as_of - SETTLING]
    return ResourceSpend(
        resource_key=name.key,
        resource_id=name.resource_id,
        days=len(costs),
        effective_cost=effective(lines),
        last_7_days=week_until(costs, as_of),
        previous_7_days=week_until(costs, as_of - WEEK),
        trend_percent=trend_percent(costs, as_of),
        billing_currency=one_currency(lines),
        step=step(costs, start, as_of),
        whole_days=len(whole),
        whole_days_cost=total(whole),
    )


def service_basis(
    named: Sequence[ResourceName], told: Sequence[ResourceSpend], spend: Spend | None
) -> tuple[ServiceBasis, ...]:
    """For the named resources whose own cost is not told: the figures of the services that they are billed under."""
    if spend is None:
        return ()
    keys: defaultdict[str, set[str]] = defaultdict(set)
    for name in named:
        if name.key not in {one.resource_key for one in told} and name.resource_type in BILLED_AS:
            keys[BILLED_AS[name.resource_type]].add(name.key)
    return tuple(
        ServiceBasis(
            service_name=service.service_name,
            resource_keys=tuple(sorted(keys[service.service_name])),
            last_7_days=service.last_7_days,
            previous_7_days=service.previous_7_days,
            trend_percent=service.trend_percent,
            step=service.step,
            billing_currency=spend.billing_currency,
        )
        for service in sorted(spend.services, key=lambda service: service.service_name)
        if service.service_name in keys
    )
