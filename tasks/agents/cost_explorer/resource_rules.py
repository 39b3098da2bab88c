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
from workflows.savings.changes import spend_has_ended
from workflows.spend import BilledDays, ResourceSpend, ServiceBasis, Spend


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
    asked = list(asked_days(spent).values())
    start, end = max((day for day, _ in asked), default=as_of), min((day for _, day in asked), default=as_of)
    spends = [_one_resource(name, mine, start, min(end, as_of), as_of) for name, mine in lines.items()]
    return tuple(sorted(spends, key=lambda spend: spend.resource_key))


def _one_resource(name: ResourceName, lines: Sequence[Line], start: date, end: date, as_of: date) -> ResourceSpend:
    """What it cost in the days [start, end) that the bill was asked about.

    Its whole days are all from the first that has a line: before that it may not have been there, and later on a day
    without a line is one on which it cost nothing. So a line that is lost never makes it look dearer a day, unless it
    is the first, which nobody can tell from a later beginning.
    """
    costs = by_day(lines, amortized=True)
    until = min(end, as_of - SETTLING)
    billed = BilledDays(name.resource_id, one_currency(lines), start, end, tuple(costs.items()))
    return ResourceSpend(
        resource_key=name.key,
        resource_id=name.resource_id,
        days=len(costs),
        effective_cost=effective(lines),
        last_7_days=week_until(costs, as_of),
        previous_7_days=week_until(costs, as_of - WEEK),
        trend_percent=trend_percent(costs, as_of),
        billing_currency=billed.billing_currency,
        step=step(costs, start, as_of),
        whole_days=max(0, (until - min(costs)).days),
        whole_days_cost=total(cost for day, cost in costs.items() if day < until),
        has_ended=spend_has_ended(billed),
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
