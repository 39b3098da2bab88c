"""Which limit a budget has in the period that is looked at: pure."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from operator import itemgetter

from workflows.budgets import LimitKind
from workflows.members import NOTHING, Json, figure, members


def limit_of(budget: Json, as_of: date) -> tuple[Json, LimitKind]:
    """The structure {Amount, Unit} of the budget's current period, and how it comes about.

    A plan names its limits by the start of their month or quarter, and AWS repeats the current one as BudgetLimit,
    which belongs to the spend beside it. Where it does not, the plan's last limit begun by as_of stands: after its
    last period it goes on (API reference).
    """
    stated, plan = members(budget.get("BudgetLimit")), sorted(_plan(budget), key=itemgetter(0))
    if plan:
        begun = [limit for start, limit in plan if start <= as_of]
        return stated or (begun[-1] if begun else NOTHING), LimitKind.PLANNED
    if members(budget.get("AutoAdjustData")):
        return stated, LimitKind.AUTO_ADJUSTING
    return stated, LimitKind.FIXED if stated else LimitKind.NONE


def _plan(budget: Json) -> Iterator[tuple[date, Json]]:
    for start, limit in members(budget.get("PlannedBudgetLimits")).items():
        seconds = figure(start, "the start of a period").value
        # Seconds of the years that a budget can have; a start beyond them is none.
        if seconds is not None and 0 <= seconds < 2**33 and members(limit):
            yield datetime.fromtimestamp(int(seconds), UTC).date(), limit
