"""The bill becomes spend by service, account, day and month; credits, refunds and taxes stand apart."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date

from tasks.agents.cost_explorer.bill import Line, bill_lines, billed, by_day, complete_pages, effective, one_currency
from tasks.agents.cost_explorer.questions import on_the_bill
from tasks.agents.cost_explorer.trends import WEEK, step, trend_percent, week_until
from workflows.calendar import first_of_month, first_of_next_month, first_of_previous_month, judged_month
from workflows.commitments import CommitmentKind
from workflows.cost_review.documents import Evidence
from workflows.members import listed, members, text
from workflows.sources import Source
from workflows.spend import AccountSpend, DailySpend, MonthSpend, ServiceSpend, Spend

OPERATION = "GetCostAndUsage"


def spend(evidence: Evidence, as_of: date) -> Spend | None:
    """What was spent in the month that is judged and in the one before it; None where no bill was read to its end."""
    lines = list(bill_lines(evidence, OPERATION, "SERVICE"))
    if not lines:
        return None
    currency, month = one_currency(lines), judged_month(as_of)
    this_month = [line for line in lines if month <= line.day < as_of]
    start = first_of_previous_month(month)
    return Spend(
        billing_currency=currency,
        start=start,
        end=as_of,
        month_to_date=billed(this_month),
        month_to_date_credits=billed(line for line in this_month if line.is_credit),
        month_to_date_taxes=billed(line for line in this_month if line.is_tax),
        services=_services(_usage(lines), start, month, as_of),
        daily=_daily(lines),
        month_to_date_effective=effective(this_month),
        months=_months(lines, start, as_of),
        commitments_on_bill=_commitments_on_bill(evidence),
    )


def _commitments_on_bill(evidence: Evidence) -> tuple[CommitmentKind, ...] | None:
    """The kinds that the bill's record types may be of; None where part of the bill is missing: it may be there."""
    asked = [page for page in evidence.of(OPERATION) if page.parameters["GroupBy"][0]["Key"] == "SERVICE"]
    whole = complete_pages(evidence, OPERATION, "SERVICE")
    failed = any(one.is_gap for one in evidence.sources if one.source == Source.COST_EXPLORER)
    return None if failed or len(whole) < len(asked) else on_the_bill(whole).commitments


def _usage(lines: Sequence[Line]) -> list[Line]:
    return [line for line in lines if not (line.is_credit or line.is_tax)]


def _services(usage: Sequence[Line], start: date, month: date, as_of: date) -> tuple[ServiceSpend, ...]:
    grouped: defaultdict[str, list[Line]] = defaultdict(list)
    for line in usage:
        grouped[line.group[0]].append(line)
    services = [_service(name, lines, start, month, as_of) for name, lines in grouped.items()]
    return tuple(sorted(services, key=lambda service: (-service.month_to_date, service.service_name)))


def _service(name: str, lines: Sequence[Line], start: date, month: date, as_of: date) -> ServiceSpend:
    this_month = [line for line in lines if month <= line.day < as_of]
    last_month = [line for line in lines if start <= line.day < month]
    # Billed cost has a commitment's fee on one day, and would take it for a rise.
    costs = by_day(lines, amortized=True)
    return ServiceSpend(
        service_name=name,
        month_to_date=billed(this_month),
        previous_month=billed(last_month),
        last_7_days=week_until(costs, as_of),
        previous_7_days=week_until(costs, as_of - WEEK),
        month_to_date_effective=effective(this_month),
        trend_percent=trend_percent(costs, as_of),
        step=step(costs, start, as_of),
        previous_month_effective=effective(last_month),
    )


def _daily(lines: Sequence[Line]) -> tuple[DailySpend, ...]:
    estimated = {line.day for line in lines if line.estimated}
    amortized = by_day(lines, amortized=True)
    return tuple(DailySpend(day, cost, day in estimated, amortized[day]) for day, cost in by_day(lines).items())


def _months(lines: Sequence[Line], start: date, as_of: date) -> tuple[MonthSpend, ...]:
    firsts = sorted({first_of_month(line.day) for line in lines if start <= line.day < as_of})
    return tuple(_month(first, lines, as_of) for first in firsts)


def _month(first: date, lines: Sequence[Line], as_of: date) -> MonthSpend:
    whole, end = first_of_next_month(first), min(first_of_next_month(first), as_of)
    mine = [line for line in lines if first <= line.day < end]
    return MonthSpend(
        start=first,
        end=end,
        billed_cost=billed(mine),
        effective_cost=effective(mine),
        usage_cost=billed(_usage(mine)),
        credits=billed(line for line in mine if line.is_credit),
        taxes=billed(line for line in mine if line.is_tax),
        partial=end < whole,
        estimated=any(line.estimated for line in mine),
    )


def accounts(evidence: Evidence, as_of: date) -> tuple[AccountSpend, ...]:
    """What each linked account spent; none where its bill was not read to its end."""
    month = judged_month(as_of)
    lines = list(bill_lines(evidence, OPERATION, "LINKED_ACCOUNT"))
    if lines:
        one_currency(lines)
    names = _account_names(evidence)
    grouped: defaultdict[str, list[Line]] = defaultdict(list)
    for line in _usage(lines):
        grouped[line.group[0]].append(line)
    spends = [
        AccountSpend(
            account_id=account,
            account_name=names.get(account, ""),
            month_to_date=billed(line for line in mine if line.day >= month),
            month_to_date_effective=effective(line for line in mine if line.day >= month),
            previous_month=billed(line for line in mine if line.day < month),
        )
        for account, mine in grouped.items()
    ]
    return tuple(sorted(spends, key=lambda account: (-account.month_to_date, account.account_id)))


def _account_names(evidence: Evidence) -> dict[str, str]:
    described = [
        members(one)
        for page in complete_pages(evidence, OPERATION, "LINKED_ACCOUNT")
        for one in listed(page.response.get("DimensionValueAttributes"))
    ]
    return {text(one.get("Value")): text(members(one.get("Attributes")).get("description")) for one in described}
