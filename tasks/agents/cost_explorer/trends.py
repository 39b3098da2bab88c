"""Where a cost is heading, and when its level changed: pure, and small enough to be worked out by hand."""

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from statistics import median

from workflows.money import total
from workflows.spend import Step

WEEK = timedelta(days=7)
DAY = timedelta(days=1)
DAYS_BEFORE = 7
LEAST_DAYS_AFTER = 3
LEAST_STEP_PERCENT = Decimal(20)
LEAST_STEP_A_DAY = Decimal(1)
SETTLING = timedelta(days=1)
"""Yesterday's bill is not whole yet, and would look like a step down."""
STEPS_WITHIN = timedelta(days=28)


def week_until(costs: Mapping[date, Decimal], end: date) -> Decimal:
    """What the seven days before end cost."""
    return total(cost for day, cost in costs.items() if end - WEEK <= day < end)


def trend_percent(costs: Mapping[date, Decimal], as_of: date) -> Decimal | None:
    """The last seven days without yesterday against the same weekdays of the week before, as a percentage with one
    decimal: six days each, because Cost Explorer keeps no more than fourteen of a resource.

    None where those of the week before cost nothing, or have days without a cost: what began in it has not become
    dearer because this week has more of its days.
    """
    end = as_of - SETTLING
    now = [cost for day, cost in costs.items() if as_of - WEEK <= day < end]
    before = [cost for day, cost in costs.items() if as_of - 2 * WEEK <= day < end - WEEK]
    previous = total(before)
    if len(before) < (WEEK - SETTLING).days or previous <= 0:
        return None
    return _percent(total(now), previous)


def step(costs: Mapping[date, Decimal], start: date, as_of: date) -> Step | None:
    """The day from which the cost lies on another level, or None. costs holds money by day; a day without is 0.

    The rule: the level before a day is the median of the seven days before it, the level after is the median of all
    days from it on, three at least and yesterday left out. It is a step where the levels differ by at least 20 %
    and by at least 1 (in the bill's currency) a day, where each day from it on lies beyond the middle between the
    two levels (a spike that passes is no step), and where the day before it does not. Of several such days the one
    with the biggest change, the earliest where they are equal. Only the last 28 days are looked at; start is the
    first day that the bill covers.
    """
    end = as_of - SETTLING
    first = max(start, as_of - STEPS_WITHIN)
    series = [costs.get(first + place * DAY, Decimal(0)) for place in range(max(0, (end - first).days))]
    found = [
        one
        for place in range(DAYS_BEFORE, len(series) - LEAST_DAYS_AFTER + 1)
        if (one := _step_at(series, place, first)) is not None
    ]
    return max(found, key=lambda one: (abs(one.after_a_day - one.before_a_day), -one.day.toordinal()), default=None)


def _step_at(series: list[Decimal], place: int, first: date) -> Step | None:
    rest = series[place:]
    before, after = median(series[place - DAYS_BEFORE : place]), median(rest)
    change, middle = after - before, (before + after) / 2
    if abs(change) < LEAST_STEP_A_DAY or abs(change) * 100 < LEAST_STEP_PERCENT * abs(before):
        return None
    beyond = [cost > middle if change > 0 else cost < middle for cost in series[place - 1 :]]
    if beyond[0] or not all(beyond[1:]):
        return None
    return Step(first + place * DAY, before, after, _percent(after, before) if before > 0 else None)


def _percent(now: Decimal, before: Decimal) -> Decimal:
    return ((now - before) / before * 100).quantize(Decimal("0.1"))
