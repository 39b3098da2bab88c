"""Where the month is heading, and what was out of the ordinary."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from tasks.agents.cost_explorer.bill import day_of, known
from workflows.cost_review.documents import Evidence
from workflows.errors import MalformedResponse
from workflows.money import amount, total
from workflows.spend import Anomaly, Forecast, RootCause, Spend

Json = Mapping[str, Any]
ANOMALY_CURRENCY = "USD"
"""Cost Anomaly Detection names no currency; it reports in US dollars."""


def forecast(evidence: Evidence, spend: Spend | None, as_of: date) -> Forecast | None:
    """The days from as_of to the end of its month, and the month with what is billed; None where there is none.

    A day before as_of among them is MalformedResponse: its cost is on the bill already and would count twice, as it
    does where a monthly forecast starts with the first of the month.
    """
    answers = evidence.of("GetCostForecast")
    days = [day for answer in answers for day in answer.response.get("ForecastResultsByTime") or []]
    if not days:
        return None
    first = day_of(days[0]["TimePeriod"]["Start"])
    if first < as_of:
        raise MalformedResponse(f"The forecast from {as_of} on starts with {first}, which is on the bill already.")
    remaining = total(known(day.get("MeanValue")) for day in days)
    # On the first of a month the bill up to yesterday belongs to the month before.
    so_far = Decimal(0) if as_of.day == 1 else (spend.month_to_date if spend else None)
    return Forecast(
        billing_currency=str(answers[0].response["Total"]["Unit"]),
        start=first,
        end=day_of(days[-1]["TimePeriod"]["End"]),
        remaining=remaining,
        remaining_lower=_bound(days, "PredictionIntervalLowerBound"),
        remaining_upper=_bound(days, "PredictionIntervalUpperBound"),
        month_total=None if so_far is None else so_far + remaining,
    )


def _bound(days: list[Json], member: str) -> Decimal | None:
    bounds = [amount(day.get(member)) for day in days]
    return None if None in bounds else total(bounds)


def anomalies(evidence: Evidence, as_of: date) -> tuple[Anomaly, ...]:
    """Each anomaly that began before as_of, with every root cause; the biggest first. MalformedResponse for one
    without an impact."""
    told = [one for page in evidence.of("GetAnomalies") for one in page.response.get("Anomalies") or []]
    found = {anomaly.anomaly_id: anomaly for anomaly in map(_anomaly, told)}
    began = [one for one in found.values() if one.start is None or one.start < as_of]
    return tuple(sorted(began, key=lambda one: (-one.total_impact, one.anomaly_id)))


def _anomaly(told: Json) -> Anomaly:
    causes = tuple(sorted(map(_cause, told.get("RootCauses") or []), key=_contributes_most))
    impact = told["Impact"]
    first = causes[0] if causes else None
    return Anomaly(
        anomaly_id=str(told["AnomalyId"]),
        start=_day(told.get("AnomalyStartDate")),
        end=_day(told.get("AnomalyEndDate")),
        service_name=(first.service_name if first else "") or str(told.get("DimensionValue") or ""),
        region_id=first.region_id if first else "",
        usage_type=first.usage_type if first else "",
        total_impact=known(impact.get("TotalImpact")),
        billing_currency=ANOMALY_CURRENCY,
        expected_spend=amount(impact.get("TotalExpectedSpend")),
        actual_spend=amount(impact.get("TotalActualSpend")),
        root_causes=causes,
    )


def _cause(told: Json) -> RootCause:
    return RootCause(
        service_name=str(told.get("Service") or ""),
        region_id=str(told.get("Region") or ""),
        account_id=str(told.get("LinkedAccount") or ""),
        account_name=str(told.get("LinkedAccountName") or ""),
        usage_type=str(told.get("UsageType") or ""),
        contribution=amount((told.get("Impact") or {}).get("Contribution")),
    )


def _contributes_most(cause: RootCause) -> tuple[bool, Decimal, str, str, str, str]:
    unknown, much = cause.contribution is None, cause.contribution or Decimal(0)
    return (unknown, -much, cause.service_name, cause.region_id, cause.account_id, cause.usage_type)


def _day(text: object) -> date | None:
    return day_of(text) if text else None
