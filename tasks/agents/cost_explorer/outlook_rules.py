"""Where the month is heading, and what was out of the ordinary."""

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from tasks.agents.cost_explorer.bill import currency_of, day_of, known, structures
from workflows.cost_review.documents import Evidence, RecordedResponse
from workflows.errors import MalformedResponse
from workflows.members import members, text
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
    days = _forecast_days(answers, as_of)
    if not days:
        return None
    currency = currency_of(members(answers[0].response.get("Total")).get("Unit"))
    if spend and spend.billing_currency != currency:
        raise MalformedResponse(f"A forecast in {currency} cannot be added to a bill in {spend.billing_currency}.")
    remaining = total(known(day.get("MeanValue")) for day in days.values())
    # On the first of a month the bill up to yesterday belongs to the month before.
    so_far = Decimal(0) if as_of.day == 1 else (spend.month_to_date if spend else None)
    return Forecast(
        billing_currency=currency,
        start=min(days),
        end=max(_limit(day, "End") for day in days.values()),
        remaining=remaining,
        remaining_lower=_bound(days.values(), "PredictionIntervalLowerBound"),
        remaining_upper=_bound(days.values(), "PredictionIntervalUpperBound"),
        month_total=None if so_far is None else so_far + remaining,
    )


def _forecast_days(answers: Iterable[RecordedResponse], as_of: date) -> dict[date, Json]:
    """Each day that is forecast, once; by its first day, because a bucket of Cost Explorer's may be longer."""
    days: dict[date, Json] = {}
    for day in (day for answer in answers for day in structures(answer.response, "ForecastResultsByTime")):
        first = _limit(day, "Start")
        if first < as_of:
            raise MalformedResponse(f"The forecast from {as_of} on holds {first}, which is on the bill already.")
        if days.setdefault(first, day) != day:
            raise MalformedResponse(f"Cost Explorer gave two forecasts for {first}.")
    return days


def _limit(day: Json, which: str) -> date:
    return day_of(members(day.get("TimePeriod")).get(which))


def _bound(days: Iterable[Json], member: str) -> Decimal | None:
    bounds = [amount(day.get(member)) for day in days]
    return None if None in bounds else total(bounds)


def anomalies(evidence: Evidence, as_of: date) -> tuple[Anomaly, ...]:
    """Each anomaly that began before as_of, with every root cause; the biggest first, those of unknown impact last."""
    told = [one for page in evidence.of("GetAnomalies") for one in structures(page.response, "Anomalies")]
    found = {anomaly.anomaly_id: anomaly for anomaly in map(_anomaly, told)}
    began = [one for one in found.values() if one.start is None or one.start < as_of]
    return tuple(sorted(began, key=_biggest_first))


def _biggest_first(one: Anomaly) -> tuple[bool, Decimal, str]:
    return one.total_impact is None, -(one.total_impact or Decimal(0)), one.anomaly_id


def _anomaly(told: Json) -> Anomaly:
    anomaly_id, impact = text(told.get("AnomalyId")), members(told.get("Impact"))
    if not anomaly_id:
        raise MalformedResponse("Cost Anomaly Detection gave an anomaly without an id.")
    causes = tuple(sorted(map(_cause, structures(told, "RootCauses")), key=_contributes_most))
    first = causes[0] if causes else None
    return Anomaly(
        anomaly_id=anomaly_id,
        start=_day(told.get("AnomalyStartDate")),
        end=_day(told.get("AnomalyEndDate")),
        service_name=(first.service_name if first else "") or text(told.get("DimensionValue")),
        region_id=first.region_id if first else "",
        usage_type=first.usage_type if first else "",
        total_impact=amount(impact.get("TotalImpact")),
        billing_currency=ANOMALY_CURRENCY,
        expected_spend=amount(impact.get("TotalExpectedSpend")),
        actual_spend=amount(impact.get("TotalActualSpend")),
        root_causes=causes,
    )


def _cause(told: Json) -> RootCause:
    return RootCause(
        service_name=text(told.get("Service")),
        region_id=text(told.get("Region")),
        account_id=text(told.get("LinkedAccount")),
        account_name=text(told.get("LinkedAccountName")),
        usage_type=text(told.get("UsageType")),
        contribution=amount(members(told.get("Impact")).get("Contribution")),
    )


def _contributes_most(cause: RootCause) -> tuple[bool, Decimal, str, str, str, str]:
    unknown, much = cause.contribution is None, cause.contribution or Decimal(0)
    return (unknown, -much, cause.service_name, cause.region_id, cause.account_id, cause.usage_type)


def _day(text: object) -> date | None:
    return day_of(text) if text else None
