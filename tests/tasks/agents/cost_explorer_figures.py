"""Whether findings about spend hold what Cost Explorer answered and nothing else, judged from the raw answers alone."""

import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from tests.tasks.agents.cost_explorer_answers import RESOURCES
from tests.tasks.worlds import AS_OF, Json
from workflows.commitments import Commitment, CommitmentOption
from workflows.cost_review.documents import Findings
from workflows.errors import MalformedResponse
from workflows.money import amount
from workflows.spend import Forecast, ResourceSpend, Spend

NOTHING = Decimal(0)
JUDGED = date(2026, 11, 1)
NO_USAGE = {"Credit", "Refund", "Tax"}


def check_figures(found: Findings, answers: Mapping[str, Json]) -> None:
    """AssertionError where a figure is none of the answers', no exact sum of theirs, or stands for an unknown one.

    answers by question, each once however many pages told it.
    """
    if found.spend is not None:
        _check_bill(found.spend, _lines(answers["GetCostAndUsage by day"]))
    if found.spend is not None and found.spend.accounts:
        _check_accounts(found.spend, _lines(answers["GetCostAndUsage by month"]))
    if found.forecast is not None:
        _check_forecast(found.forecast, answers["GetCostForecast"], found.spend)
    _check_anomalies(found, answers["GetAnomalies"])
    if found.resource_spend:
        _check_resources(found.resource_spend, _lines(answers["GetCostAndUsageWithResources"]))
    for commitment in found.commitments:
        _check_commitment(commitment, answers)
    for option in found.commitment_options:
        _check_option(option, answers)
    currencies = {text.strip().upper() for text in _named(answers, "Unit", "CurrencyCode") if isinstance(text, str)}
    assert _currencies(found) <= currencies | {"USD"}


Line = tuple[str, tuple[str, ...], Decimal | None, Decimal | None]
"""First day, keys, billed and amortized cost."""


def _lines(answer: Json) -> list[Line]:
    """Each line of an answer once, also where it is told twice; read without our own rules."""
    lines = []
    for bucket in answer.get("ResultsByTime") or []:
        for group in bucket.get("Groups") or []:
            metrics = group["Metrics"]
            costs = (amount(metrics[name].get("Amount")) for name in ("UnblendedCost", "AmortizedCost"))
            lines.append((bucket["TimePeriod"]["Start"][:10], tuple(map(str, group["Keys"])), *costs))
    return list(dict.fromkeys(lines))


def _check_bill(spend: Spend, bill: list[Line]) -> None:
    billed, amortized = [line[2] for line in bill], [line[3] for line in bill]
    assert None not in [*billed, *amortized]
    assert sum(one.billed_cost for one in spend.daily) == _sum(billed)
    assert sum(one.effective_cost or NOTHING for one in spend.daily) == _sum(amortized)
    now = [line for line in bill if JUDGED <= date.fromisoformat(line[0]) < AS_OF]
    assert spend.month_to_date == _sum(line[2] for line in now)
    assert spend.month_to_date_effective == _sum(line[3] for line in now)
    assert spend.month_to_date_credits == _sum(line[2] for line in now if line[1][1] in {"Credit", "Refund"})
    assert spend.month_to_date_taxes == _sum(line[2] for line in now if line[1][1] == "Tax")
    for month in spend.months:
        mine = [line for line in bill if month.start <= date.fromisoformat(line[0]) < month.end]
        assert (month.billed_cost, month.effective_cost) == (_sum(one[2] for one in mine), _sum(one[3] for one in mine))
        assert month.usage_cost + month.credits + month.taxes == month.billed_cost
    for service in spend.services:
        used = [one for one in bill if one[1][0] == service.service_name and one[1][1] not in NO_USAGE]
        told = service.month_to_date + service.previous_month
        assert told == _sum(line[2] for line in used)
        assert {service.last_7_days, service.previous_7_days, service.previous_month_effective} <= _sums(
            line[3] for line in used
        )


def _check_accounts(spend: Spend, by_month: list[Line]) -> None:
    assert None not in [cost for line in by_month for cost in line[2:]]
    for account in spend.accounts:
        used = [one for one in by_month if one[1][0] == account.account_id and one[1][1] not in NO_USAGE]
        assert account.month_to_date + account.previous_month == _sum(line[2] for line in used)
        assert account.month_to_date_effective in _sums(line[3] for line in used)


def _check_forecast(forecast: Forecast, answer: Json, spend: Spend | None) -> None:
    days = list({json.dumps(day): day for day in answer["ForecastResultsByTime"]}.values())
    means = [amount(day.get("MeanValue")) for day in days]
    assert None not in means
    assert forecast.remaining == _sum(means)
    for bound, member in (
        (forecast.remaining_lower, "PredictionIntervalLowerBound"),
        (forecast.remaining_upper, "PredictionIntervalUpperBound"),
    ):
        told = [amount(day.get(member)) for day in days]
        assert bound == (None if None in told else _sum(told))
    assert forecast.month_total == (None if spend is None else spend.month_to_date + forecast.remaining)


def _check_anomalies(found: Findings, answer: Json) -> None:
    for one in found.anomalies:
        assert one.total_impact in _told(answer, "TotalImpact") | {None}
        assert one.actual_spend in _told(answer, "TotalActualSpend") | {None}
        assert one.expected_spend in _told(answer, "TotalExpectedSpend") | {None}
        assert {cause.contribution for cause in one.root_causes} <= _told(answer, "Contribution") | {None}


def _check_resources(told: Iterable[ResourceSpend], lines: list[Line]) -> None:
    for one in told:
        mine = [line[3] for line in lines if line[1][0] == one.resource_id]
        assert one.resource_id in RESOURCES
        assert None not in mine
        assert one.effective_cost == _sum(mine)
        assert {one.last_7_days, one.previous_7_days} <= _sums(mine)


def _check_commitment(one: Commitment, answers: Mapping[str, Json]) -> None:
    plans = one.kind == "SavingsPlans"
    covered = answers["GetSavingsPlansCoverage" if plans else "GetReservationCoverage"]
    used = answers["GetSavingsPlansUtilization" if plans else "GetReservationUtilization"]
    on_demand = _told(covered, "OnDemandCost")
    assert one.on_demand_cost in (_sums(on_demand) if on_demand else set()) | {None}
    assert one.unused_cost in _told(used, "UnusedCommitment", "RICostForUnusedHours") | {None}
    assert one.net_savings in _told(used, "NetSavings", "NetRISavings") | {None}
    assert one.utilization_percent in _told(used, "UtilizationPercentage") | {None}
    if not plans:
        assert one.coverage_percent in _told(covered, "CoverageHoursPercentage") | {None}
    elif one.coverage_percent is not None:
        shares = {
            (part / (part + rest) * 100).quantize(Decimal("0.01"))
            for part in _sums(_told(covered, "SpendCoveredBySavingsPlans"))
            for rest in _sums(on_demand)
            if part + rest
        }
        assert one.coverage_percent in shares


def _check_option(one: CommitmentOption, answers: Mapping[str, Json]) -> None:
    said = [answers[f"Get{kind}PurchaseRecommendation"] for kind in ("SavingsPlans", "Reservation")]
    members = {
        "EstimatedMonthlySavingsAmount": one.estimated_monthly_savings,
        "EstimatedSavingsAmount": one.estimated_savings_in_lookback,
        "HourlyCommitmentToPurchase": one.hourly_commitment,
        "RecommendedNumberOfInstancesToPurchase": one.count,
        "UpfrontCost": one.upfront_cost,
        "RecurringStandardMonthlyCost": one.monthly_cost,
    }
    for member, value in members.items():
        assert value in _told(said, member) | {None}
    percentages = _told(said, "EstimatedSavingsPercentage", "EstimatedMonthlySavingsPercentage")
    assert one.estimated_savings_percentage in percentages | {None}


def _currencies(found: Findings) -> set[str]:
    sections: list[Any] = [found.spend, found.forecast, *found.resource_spend, *found.commitments]
    return {one.billing_currency for one in (*sections, *found.commitment_options) if one is not None}


def _named(value: Any, *names: str) -> Iterator[Any]:
    """Whatever stands under one of these names, however deep."""
    if isinstance(value, Mapping):
        for name, each in value.items():
            yield from [each] if name in names else ()
            yield from _named(each, *names)
    elif isinstance(value, list):
        for each in value:
            yield from _named(each, *names)


def _told(value: Any, *names: str) -> set[Decimal]:
    found = (_read(each) for each in _named(value, *names))
    return {each for each in found if each is not None}


def _read(value: object) -> Decimal | None:
    try:
        return amount(value)
    except MalformedResponse:
        return None


def _sum(costs: Iterable[Decimal | None]) -> Decimal:
    return sum((cost for cost in costs if cost is not None), NOTHING)


def _sums(costs: Iterable[Decimal | None]) -> set[Decimal]:
    """Every sum of some of these, none and all of them included."""
    sums = {NOTHING}
    for cost in costs:
        if cost is not None:
            sums |= {each + cost for each in sums}
    return sums
