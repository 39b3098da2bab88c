"""Budgets as AWS describes them become ours: pure."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date

from tasks.agents.budget.conditions import conditions
from tasks.agents.budget.filters import filter_words
from tasks.agents.budget.limits import limit_of
from tasks.agents.budget.spec import SPEC
from tasks.agents.work import Heard
from workflows.budgets import Budget, BudgetPeriod
from workflows.cost_review.documents import Evidence, Findings
from workflows.cost_review.request import Review
from workflows.members import Figure, Json, figure, flag, folded, listed, members, notes, text
from workflows.sources import SourceState, SourceStatus

NO_END = "2087"
"""The year that AWS gives a budget that has no end (15 June 2087)."""
NOT_CALCULATED = "AWS has not calculated what is spent of it."
NOT_IN_PLAN = "Its plan names no limit for this period."


@dataclass(frozen=True)
class _Spend:
    """One {Amount, Unit} of AWS's."""

    amount: Figure
    unit: str


def analyse(evidence: Evidence, review: Review, _heard: Heard) -> Findings:
    """Every budget with its limit, what is spent of it, what AWS forecasts, and how earlier periods went."""
    history = _history(evidence)
    rows = [row for page in evidence.of("DescribeBudgets") for row in listed(page.response.get("Budgets"))]
    named = [members(row) for row in rows if text(members(row).get("BudgetName"))]
    budgets = [_budget(row, history.get(text(row.get("BudgetName")), ()), review.as_of) for row in named]
    return Findings(
        agent=SPEC.name,
        account_id=evidence.account_id,
        sources=tuple(_status(status, len(rows) - len(named)) for status in evidence.sources),
        budgets=tuple(sorted(budgets, key=lambda budget: budget.name)),
    )


def _status(status: SourceStatus, nameless: int) -> SourceStatus:
    """A gap where AWS described budgets without a name: they are counted, and nothing is made up for them."""
    if not nameless:
        return status
    told = f"{nameless} budget{'s' if nameless > 1 else ''} without a BudgetName could not be understood."
    state = status.state if status.is_gap else SourceState.ERROR
    return replace(status, state=state, detail=" ".join(filter(None, (told, status.detail))))


def _budget(row: Json, history: tuple[BudgetPeriod, ...], as_of: date) -> Budget:
    calculated = members(row.get("CalculatedSpend"))
    limit, kind = limit_of(row, as_of)
    planned = _spend(limit, "its limit")
    unit = planned.unit or next((one.unit for one in map(_spend, calculated.values()) if one.unit), "")
    actual = _in_unit(unit, _spend(calculated.get("ActualSpend"), "what is spent"))
    forecast = _in_unit(unit, _spend(calculated.get("ForecastedSpend"), "its forecast"))
    bounds, health = members(row.get("TimePeriod")), members(row.get("HealthStatus"))
    kinds = members(row.get("CostTypes"))
    return Budget(
        name=text(row.get("BudgetName")),
        budget_type=text(row.get("BudgetType")).upper(),
        time_unit=text(row.get("TimeUnit")).upper(),
        unit=unit,
        limit=planned.amount.value,
        actual=actual.amount.value,
        forecast=forecast.amount.value,
        filters=filter_words(row),
        conditions=conditions(row),
        credits_included=_any_of(kinds, "IncludeCredit", "IncludeRefund"),
        taxes_included=flag(kinds.get("IncludeTax")),
        figures_of=text(health.get("LastUpdatedTime"))[:10],
        data_is_stale=folded(health.get("Status")) == "unhealthy",
        history=history,
        limit_kind=kind,
        metric=_metric(row),
        starts=text(bounds.get("Start"))[:10],
        ends=_end(bounds),
        notes=notes(
            *(one.amount.note for one in (planned, actual, forecast)),
            NOT_IN_PLAN if members(row.get("PlannedBudgetLimits")) and not limit else "",
            "" if members(calculated.get("ActualSpend")) else NOT_CALCULATED,
            _health_note(health),
        ),
    )


def _spend(value: object, what: str = "an amount") -> _Spend:
    spend = members(value)
    return _Spend(figure(spend.get("Amount"), what), text(spend.get("Unit")))


def _in_unit(unit: str, spend: _Spend) -> _Spend:
    """The spend, unknown where it is in another unit than the limit: the two cannot be compared."""
    if not spend.unit or spend.unit == unit:
        return spend
    return _Spend(Figure(None, f"Its limit is in {unit}, its spend in {spend.unit}: they are not compared."), unit)


def _health_note(health: Json) -> str:
    """The health is the billing view's, from which AWS calculates the budget; it says nothing of the spend."""
    if folded(health.get("Status")) != "unhealthy":
        return ""
    reason = text(health.get("StatusReason")) or "no reason given"
    return f"AWS cannot refresh its figures ({reason}): they may be old."


def _metric(row: Json) -> str:
    """Which cost is compared with the limit; newer budgets name it, older ones say it by two switches."""
    named = [text(one) for one in listed(row.get("Metrics")) if text(one)]
    if named:
        return ", ".join(named)
    kinds = members(row.get("CostTypes"))
    if not kinds:
        return ""
    if flag(kinds.get("UseAmortized")):
        return "AmortizedCost"
    return "BlendedCost" if flag(kinds.get("UseBlended")) else "UnblendedCost"


def _any_of(kinds: Json, *names: str) -> bool | None:
    told = {flag(kinds.get(name)) for name in names}
    return True if True in told else None if None in told else False


def _end(bounds: Json) -> str:
    end = text(bounds.get("End"))[:10]
    return "" if end.startswith(NO_END) else end


def _history(evidence: Evidence) -> dict[str, tuple[BudgetPeriod, ...]]:
    periods: dict[str, list[BudgetPeriod]] = {}
    for page in evidence.of("DescribeBudgetPerformanceHistory"):
        history = members(page.response.get("BudgetPerformanceHistory"))
        # The budget that was asked about: an answer need not repeat its name.
        name = text(page.parameters.get("BudgetName"))
        periods.setdefault(name, []).extend(_periods(listed(history.get("BudgetedAndActualAmountsList"))))
    return {
        name: tuple(sorted(found, key=lambda period: (period.start, period.end))) for name, found in periods.items()
    }


def _periods(rows: Iterable[object]) -> Iterator[BudgetPeriod]:
    for row in map(members, rows):
        bounds = members(row.get("TimePeriod"))
        yield BudgetPeriod(
            start=text(bounds.get("Start"))[:10],
            end=text(bounds.get("End"))[:10],
            budgeted=_spend(row.get("BudgetedAmount")).amount.value,
            actual=_spend(row.get("ActualAmount")).amount.value,
        )
