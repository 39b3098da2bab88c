"""The report's part about what was spent and budgeted, as JSON."""

from datetime import date
from typing import Any

from workflows.budgets import Budget
from workflows.money import in_cents, in_full
from workflows.spend import (
    Anomaly,
    Forecast,
    MonthSpend,
    ResourceSpend,
    RootCause,
    ServiceBasis,
    ServiceSpend,
    Spend,
    Step,
)

Json = dict[str, Any]


def budget_document(budget: Budget) -> Json:
    """One budget; only a cost budget's figures are money."""
    figure = in_cents if budget.is_money else in_full
    return {
        "name": budget.name,
        "budget_type": budget.budget_type,
        "time_unit": budget.time_unit,
        "unit": budget.unit,
        "limit": figure(budget.limit),
        "actual": figure(budget.actual),
        "forecast": figure(budget.forecast),
        "overrun": in_cents(budget.overrun),
        "verdict": budget.verdict,
        "filters": list(budget.filters),
        "limit_kind": budget.limit_kind,
        "metric": budget.metric,
        "starts": budget.starts,
        "ends": budget.ends,
        "data_is_stale": budget.data_is_stale,
        "notes": list(budget.notes),
        "history": [
            {"start": one.start, "end": one.end, "budgeted": figure(one.budgeted), "actual": figure(one.actual)}
            for one in budget.history
        ],
    }


def spend_document(spend: Spend) -> Json:
    """The billed cost by service and by day."""
    return {
        "billing_currency": spend.billing_currency,
        "start": spend.start.isoformat(),
        "end": spend.end.isoformat(),
        "month_to_date": in_cents(spend.month_to_date),
        "month_to_date_credits": in_cents(spend.month_to_date_credits),
        "month_to_date_taxes": in_cents(spend.month_to_date_taxes),
        "month_to_date_effective": in_cents(spend.month_to_date_effective),
        "services": [_service(one) for one in spend.services],
        "daily": [
            {
                "day": one.day.isoformat(),
                "billed_cost": in_cents(one.billed_cost),
                "effective_cost": in_cents(one.effective_cost),
                "estimated": one.estimated,
            }
            for one in spend.daily
        ],
        "months": [_month(one) for one in spend.months],
        "accounts": [
            {
                "account_id": one.account_id,
                "account_name": one.account_name,
                "month_to_date": in_cents(one.month_to_date),
                "month_to_date_effective": in_cents(one.month_to_date_effective),
                "previous_month": in_cents(one.previous_month),
            }
            for one in spend.accounts
        ],
    }


def _service(one: ServiceSpend) -> Json:
    return {
        "service_name": one.service_name,
        "month_to_date": in_cents(one.month_to_date),
        "month_to_date_effective": in_cents(one.month_to_date_effective),
        "previous_month": in_cents(one.previous_month),
        "previous_month_effective": in_cents(one.previous_month_effective),
        "last_7_days": in_cents(one.last_7_days),
        "previous_7_days": in_cents(one.previous_7_days),
        "trend_percent": in_full(one.trend_percent),
        "step": _step(one.step),
    }


def _month(one: MonthSpend) -> Json:
    return {
        "start": one.start.isoformat(),
        "end": one.end.isoformat(),
        "billed_cost": in_cents(one.billed_cost),
        "effective_cost": in_cents(one.effective_cost),
        "usage_cost": in_cents(one.usage_cost),
        "credits": in_cents(one.credits),
        "taxes": in_cents(one.taxes),
        "partial": one.partial,
        "estimated": one.estimated,
    }


def _step(step: Step | None) -> Json | None:
    if step is None:
        return None
    return {
        "day": step.day.isoformat(),
        "before_a_day": in_cents(step.before_a_day),
        "after_a_day": in_cents(step.after_a_day),
        "change_percent": in_full(step.change_percent),
    }


def forecast_document(forecast: Forecast) -> Json:
    """Where the month is heading."""
    return {
        "billing_currency": forecast.billing_currency,
        "start": forecast.start.isoformat(),
        "end": forecast.end.isoformat(),
        "remaining": in_cents(forecast.remaining),
        "remaining_lower": in_cents(forecast.remaining_lower),
        "remaining_upper": in_cents(forecast.remaining_upper),
        "month_total": in_cents(forecast.month_total),
    }


def anomaly_document(anomaly: Anomaly) -> Json:
    """One anomaly."""
    return {
        "anomaly_id": anomaly.anomaly_id,
        "start": _day(anomaly.start),
        "end": _day(anomaly.end),
        "service_name": anomaly.service_name,
        "region_id": anomaly.region_id,
        "usage_type": anomaly.usage_type,
        "total_impact": in_cents(anomaly.total_impact),
        "expected_spend": in_cents(anomaly.expected_spend),
        "actual_spend": in_cents(anomaly.actual_spend),
        "billing_currency": anomaly.billing_currency,
        "root_causes": [_root_cause(one) for one in anomaly.root_causes],
    }


def _root_cause(cause: RootCause) -> Json:
    return {
        "service_name": cause.service_name,
        "region_id": cause.region_id,
        "account_id": cause.account_id,
        "account_name": cause.account_name,
        "usage_type": cause.usage_type,
        "contribution": in_cents(cause.contribution),
    }


def resource_spend_document(spend: ResourceSpend) -> Json:
    """What one named resource cost, and its trend."""
    return {
        "resource_key": spend.resource_key,
        "resource_id": spend.resource_id,
        "days": spend.days,
        "effective_cost": in_cents(spend.effective_cost),
        "last_7_days": in_cents(spend.last_7_days),
        "previous_7_days": in_cents(spend.previous_7_days),
        "trend_percent": in_full(spend.trend_percent),
        "step": _step(spend.step),
        "billing_currency": spend.billing_currency,
    }


def service_basis_document(basis: ServiceBasis) -> Json:
    """The service that stands in for named resources whose own cost is not told."""
    return {
        "service_name": basis.service_name,
        "resource_keys": list(basis.resource_keys),
        "last_7_days": in_cents(basis.last_7_days),
        "previous_7_days": in_cents(basis.previous_7_days),
        "trend_percent": in_full(basis.trend_percent),
        "step": _step(basis.step),
        "billing_currency": basis.billing_currency,
    }


def _day(day: date | None) -> str | None:
    return None if day is None else day.isoformat()
