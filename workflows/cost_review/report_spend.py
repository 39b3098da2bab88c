"""The report's part about what was spent and budgeted, as JSON."""

from datetime import date
from typing import Any

from workflows.budgets import Budget
from workflows.money import in_cents, in_full
from workflows.spend import Anomaly, Forecast, ResourceSpend, Spend

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
        "data_is_stale": budget.data_is_stale,
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
        "services": [
            {
                "service_name": one.service_name,
                "month_to_date": in_cents(one.month_to_date),
                "previous_month": in_cents(one.previous_month),
                "last_7_days": in_cents(one.last_7_days),
                "previous_7_days": in_cents(one.previous_7_days),
            }
            for one in spend.services
        ],
        "daily": [
            {"day": one.day.isoformat(), "billed_cost": in_cents(one.billed_cost), "estimated": one.estimated}
            for one in spend.daily
        ],
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
        "billing_currency": anomaly.billing_currency,
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
        "billing_currency": spend.billing_currency,
    }


def _day(day: date | None) -> str | None:
    return None if day is None else day.isoformat()
