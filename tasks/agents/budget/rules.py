"""Budgets as AWS describes them become ours: pure."""

from collections.abc import Mapping
from typing import Any

from tasks.agents.budget.spec import SPEC
from tasks.agents.work import Heard
from workflows.budgets import Budget, BudgetPeriod
from workflows.cost_review.documents import Evidence, Findings
from workflows.cost_review.request import Review
from workflows.money import amount

Json = Mapping[str, Any]


def analyse(evidence: Evidence, _review: Review, _heard: Heard) -> Findings:
    """Every budget with its limit, what is spent of it, what AWS forecasts, and how earlier periods went."""
    history = _history(evidence)
    budgets = [
        _budget(budget, history.get(str(budget.get("BudgetName")), ()))
        for page in evidence.of("DescribeBudgets")
        for budget in page.response.get("Budgets", [])
    ]
    return Findings(
        agent=SPEC.name,
        account_id=evidence.account_id,
        sources=evidence.sources,
        budgets=tuple(sorted(budgets, key=lambda budget: budget.name)),
    )


def _budget(budget: Json, history: tuple[BudgetPeriod, ...]) -> Budget:
    spend = budget.get("CalculatedSpend") or {}
    limit, actual, forecast = budget.get("BudgetLimit"), spend.get("ActualSpend"), spend.get("ForecastedSpend")
    unit = next((str(one["Unit"]) for one in (limit, actual, forecast) if one and one.get("Unit")), "")
    return Budget(
        name=str(budget["BudgetName"]),
        budget_type=str(budget["BudgetType"]),
        time_unit=str(budget["TimeUnit"]),
        unit=unit,
        limit=amount((limit or {}).get("Amount")),
        actual=amount((actual or {}).get("Amount")),
        forecast=amount((forecast or {}).get("Amount")),
        filters=_filters(budget),
        data_is_stale=(budget.get("HealthStatus") or {}).get("Status") == "UNHEALTHY",
        history=history,
    )


def _filters(budget: Json) -> tuple[str, ...]:
    simple = [f"{name}: {value}" for name, values in (budget.get("CostFilters") or {}).items() for value in values]
    return tuple(sorted(simple)) if simple else (("filter expression",) if budget.get("FilterExpression") else ())


def _history(evidence: Evidence) -> dict[str, tuple[BudgetPeriod, ...]]:
    periods: dict[str, tuple[BudgetPeriod, ...]] = {}
    for page in evidence.of("DescribeBudgetPerformanceHistory"):
        history = page.response.get("BudgetPerformanceHistory") or {}
        name = str(history.get("BudgetName"))
        more = tuple(_period(one) for one in history.get("BudgetedAndActualAmountsList", []))
        periods[name] = tuple(sorted((*periods.get(name, ()), *more), key=lambda period: period.start))
    return periods


def _period(period: Json) -> BudgetPeriod:
    bounds = period.get("TimePeriod") or {}
    return BudgetPeriod(
        start=str(bounds.get("Start") or "")[:10],
        end=str(bounds.get("End") or "")[:10],
        budgeted=amount((period.get("BudgetedAmount") or {}).get("Amount")),
        actual=amount((period.get("ActualAmount") or {}).get("Amount")),
    )
