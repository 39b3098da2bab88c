"""What each resource cost by day that the bill was asked about, those of which it has no line among them: pure."""

from collections import defaultdict
from datetime import date

from tasks.agents.cost_explorer.bill import Line, bill_lines, by_day, complete_pages, day_of, one_currency
from workflows.cost_review.documents import Evidence
from workflows.spend import BilledDays

OPERATION, BY = "GetCostAndUsageWithResources", "RESOURCE_ID"


def billed_days(spent: Evidence | None) -> tuple[BilledDays, ...]:
    """One entry a resource that an answered question names, by the bill's spelling; none where nothing was answered."""
    if spent is None:
        return ()
    lines: defaultdict[str, list[Line]] = defaultdict(list)
    for line in bill_lines(spent, OPERATION, BY):
        lines[line.group[0]].append(line)
    return tuple(
        BilledDays(
            billing_id=billing_id,
            billing_currency=one_currency(lines[billing_id]) if billing_id in lines else "",
            start=start,
            end=end,
            daily=tuple(by_day(lines[billing_id], amortized=True).items()) if billing_id in lines else (),
        )
        for billing_id, (start, end) in sorted(asked_days(spent).items())
    )


def asked_days(spent: Evidence) -> dict[str, tuple[date, date]]:
    """The days [start, end) that each resource was asked about."""
    asked: dict[str, tuple[date, date]] = {}
    for page in complete_pages(spent, OPERATION, BY):
        period = page.parameters["TimePeriod"]
        days = day_of(period["Start"]), day_of(period["End"])
        asked |= dict.fromkeys(page.parameters["Filter"]["Dimensions"]["Values"], days)
    return asked
