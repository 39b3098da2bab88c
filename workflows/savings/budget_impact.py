"""When a budget breaks, what the counted savings can still do about it in its period, and with the fewest actions.

The forecast is spread evenly over the days left, the review's day among them. A saving counts for these days only, and
only where it is told to be in what the budget measures. Savings lower what is still to come: they bring no cost back.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum

from workflows.budgets import Budget
from workflows.calendar import first_of_month, first_of_next_month
from workflows.money import cents, difference, share, total
from workflows.recommendation import OptimizationType
from workflows.savings.budget_filters import lowers
from workflows.savings.opportunity import Opportunity

ZERO = Decimal(0)
A_DAY = timedelta(days=1)
"""Between the days of two time zones."""
MONTHS_BY_UNIT = {"MONTHLY": 1, "QUARTERLY": 3, "ANNUALLY": 12}
CREDITS = "Credits and refunds are part of the cost: where they pay for the usage, less usage lowers the cost by less."
TAXES = "Taxes are part of the cost: what they fall by is not counted."
STALE = "AWS cannot refresh the budget's figures: they may be old."
OTHER_METRICS = {
    "": "AWS does not say which cost is measured; unblended cost is taken.",
    "UnblendedCost": "",
    "BlendedCost": "Blended cost averages rates over the organization: savings show in it in another amount.",
    "AmortizedCost": "Amortized cost spreads what was paid upfront: usage that commitments cover frees the commitment,"
    " and its cost stays.",
    "NetUnblendedCost": "Cost is measured after all discounts: savings at list prices show in it in a lower amount.",
    "NetAmortizedCost": "Cost is measured after all discounts, and what was paid upfront is spread: savings at list"
    " prices show in it in a lower amount.",
}


class Outlook(StrEnum):
    """What can be done about a budget in its period."""

    HOLDS = "HOLDS"
    CAN_BE_BROUGHT_BACK = "CAN_BE_BROUGHT_BACK"
    DEPENDS = "DEPENDS"
    CANNOT_BE_BROUGHT_BACK = "CANNOT_BE_BROUGHT_BACK"
    CANNOT_BE_TOLD = "CANNOT_BE_TOLD"


@dataclass(frozen=True)
class Period:
    """The days [start, end) over which a budget adds up, and how many of them are left."""

    start: date
    end: date
    days_left: int


@dataclass(frozen=True)
class BudgetAction:
    """A counted saving, a month and in the days left; unverified as the opportunity has it."""

    opportunity_id: str
    a_month: Decimal
    in_period: Decimal
    verified: bool


@dataclass(frozen=True)
class BudgetImpact:
    """What becomes of one money budget. Amounts are in its unit; None where they are not known.

    breaks_on     the day on which its cost passes the limit; None where it does not, or has already
    needed        by how much the forecast is above the limit
    matching      the counted usage savings that are in what it measures, the biggest first
    untold        those of which that cannot be told, with open_conditions, the filters that leave it open
    actions       the fewest of matching that bring the forecast back; () where none has to, or no set does
    missing       what matching does not bring back; 0 where it brings all
    reason        why it cannot be told, or ""
    """

    outlook: Outlook
    reason: str = ""
    period: Period | None = None
    breaks_on: date | None = None
    needed: Decimal | None = None
    matching: tuple[BudgetAction, ...] = ()
    untold: tuple[BudgetAction, ...] = ()
    open_conditions: tuple[str, ...] = ()
    actions: tuple[BudgetAction, ...] = ()
    missing: Decimal | None = None
    caveats: tuple[str, ...] = ()

    @property
    def savings_in_period(self) -> Decimal:
        return total(one.in_period for one in self.matching)

    @property
    def verified_in_period(self) -> Decimal:
        return total(one.in_period for one in self.matching if one.verified)


def budget_impact(budget: Budget, opportunities: Iterable[Opportunity], as_of: date) -> BudgetImpact | None:
    """What becomes of the budget; None for one that is not about money."""
    if not budget.is_money:
        return None
    period = period_of(budget, as_of)
    if isinstance(period, str):
        return BudgetImpact(Outlook.CANNOT_BE_TOLD, period, caveats=_caveats(budget))
    matching, untold, open_conditions = _sorted_out(budget, opportunities, period)
    told = BudgetImpact(
        outlook=Outlook.HOLDS,
        period=period,
        matching=matching,
        untold=untold,
        open_conditions=open_conditions,
        caveats=_caveats(budget),
    )
    return _judged(told, budget, period, as_of)


def _judged(told: BudgetImpact, budget: Budget, period: Period, as_of: date) -> BudgetImpact:
    limit, actual, forecast = budget.limit, budget.actual, budget.forecast
    if limit is None or actual is None or forecast is None:
        return replace(told, outlook=Outlook.CANNOT_BE_TOLD, reason=_unknown(budget))
    expected = max(actual, forecast)
    needed = difference(expected, limit)
    if needed <= 0:
        return replace(told, needed=ZERO, missing=ZERO)
    to_come = difference(expected, actual)
    available, maybe = (min(total(one.in_period for one in some), to_come) for some in (told.matching, told.untold))
    missing = max(ZERO, difference(needed, available))
    breaks_on = None if actual > limit else _breaks_on(difference(limit, actual), to_come, period, as_of)
    told = replace(told, needed=needed, missing=missing, breaks_on=breaks_on)
    if not missing:
        return replace(told, outlook=Outlook.CAN_BE_BROUGHT_BACK, actions=_fewest(told.matching, needed))
    if needed <= min(total((available, maybe)), to_come):
        return replace(told, outlook=Outlook.DEPENDS, reason="It depends on savings of which nobody can tell.")
    return replace(told, outlook=Outlook.CANNOT_BE_BROUGHT_BACK)


def _unknown(budget: Budget) -> str:
    """Which of its figures are not known; that it is broken already where the known ones say so."""
    told = (("limit", budget.limit), ("actual cost", budget.actual), ("forecast", budget.forecast))
    reason = f"Its {' and '.join(name for name, one in told if one is None)} cannot be known."
    if budget.limit is None or budget.actual is None or budget.actual <= budget.limit:
        return reason
    above = cents(difference(budget.actual, budget.limit))
    return f"It is broken already: its actual cost is {above} {budget.unit} above its limit. {reason}"


def _breaks_on(room: Decimal, to_come: Decimal, period: Period, as_of: date) -> date:
    """The first day at whose end the cost is above the limit; to_come is more than room, over all the days left."""
    return as_of + timedelta(days=int(room * period.days_left // to_come))


def _fewest(matching: Sequence[BudgetAction], needed: Decimal) -> tuple[BudgetAction, ...]:
    """The biggest first until it is enough: no smaller number of them could save as much."""
    saved, taken = ZERO, []
    for one in matching:
        if saved >= needed:
            break
        saved = total((saved, one.in_period))
        taken.append(one)
    return tuple(taken)


Sorted = tuple[tuple[BudgetAction, ...], tuple[BudgetAction, ...], tuple[str, ...]]


def _sorted_out(budget: Budget, opportunities: Iterable[Opportunity], period: Period) -> Sorted:
    """What matches, and of what that cannot be told and why; each the biggest first."""
    matching: list[BudgetAction] = []
    untold: list[BudgetAction] = []
    open_conditions: set[str] = set()
    for one in opportunities:
        if one.optimization_type is OptimizationType.RATE or one.currency != budget.unit or not one.counted_savings:
            continue
        answer, left_open = lowers(budget.conditions, one)
        if answer is not False:
            action = _action(one, period)
            (matching if answer else untold).append(action)
            open_conditions.update(left_open)
    return _biggest_first(matching), _biggest_first(untold), tuple(sorted(open_conditions))


def _action(one: Opportunity, period: Period) -> BudgetAction:
    in_period = share(one.counted_savings, Decimal(period.days_left * 12), Decimal(365))
    return BudgetAction(one.opportunity_id, one.counted_savings, in_period, not one.unverified)


def _biggest_first(actions: Iterable[BudgetAction]) -> tuple[BudgetAction, ...]:
    return tuple(sorted(actions, key=lambda one: (-one.in_period, not one.verified, one.opportunity_id)))


def period_of(budget: Budget, as_of: date) -> Period | str:
    """The budget's period around as_of, or why it is not known. Its own start and end bound it (end exclusive)."""
    if not budget.unit:
        return "AWS does not say in which currency it is."
    bounds = _calendar_period(budget, as_of)
    if bounds is None:
        return f"Which days it adds up is not known (time unit {budget.time_unit or 'missing'})."
    starts, ends = _day(budget.starts), _day(budget.ends)
    start = max(bounds[0], starts) if starts else bounds[0]
    end = min(bounds[1], ends) if ends else bounds[1]
    figures_of = _day(budget.figures_of)
    if figures_of and figures_of > as_of + A_DAY:
        return f"Its figures are of {figures_of}, after the day that is looked at."
    if not start <= as_of < end:
        return f"Its period, {start} to {end}, is not now."
    if figures_of and figures_of < start:
        return f"Its figures are of {figures_of}, before its period began on {start}: they are of another period."
    return Period(start, end, (end - as_of).days)


def _calendar_period(budget: Budget, as_of: date) -> tuple[date, date] | None:
    """Months, quarters and years are those of the calendar; a custom one is what its bounds say."""
    if budget.time_unit == "DAILY":
        return as_of, as_of + timedelta(days=1)
    if budget.time_unit == "CUSTOM":
        starts, ends = _day(budget.starts), _day(budget.ends)
        return (starts, ends) if starts and ends else None
    months = MONTHS_BY_UNIT.get(budget.time_unit)
    if months is None:
        return None
    start = first_of_month(as_of).replace(month=(as_of.month - 1) // months * months + 1)
    end = start
    for _ in range(months):
        end = first_of_next_month(end)
    return start, end


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _caveats(budget: Budget) -> tuple[str, ...]:
    """What makes a saving show in the budget's cost in another amount."""
    metric = OTHER_METRICS.get(budget.metric, f"{budget.metric} is measured: how savings show in it is not known.")
    told = (
        metric,
        CREDITS if budget.credits_included else "",
        TAXES if budget.taxes_included else "",
        STALE if budget.data_is_stale else "",
    )
    return tuple(one for one in told if one)
