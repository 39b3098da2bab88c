"""Cost Explorer's evidence becomes spend, forecast, anomalies and the trend of named resources: pure."""

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from tasks.agents.cost_explorer.spec import SPEC
from tasks.agents.work import Heard
from workflows.calendar import first_of_month, first_of_previous_month
from workflows.cost_review.documents import Evidence, Findings, RecordedResponse
from workflows.cost_review.request import Review
from workflows.errors import MalformedResponse
from workflows.money import amount, total
from workflows.resource_keys import ResourceName, billing_ids
from workflows.sources import Source, SourceState, SourceStatus
from workflows.spend import Anomaly, DailySpend, Forecast, ResourceSpend, ServiceSpend, Spend

WEEK = timedelta(days=7)
CREDITS = frozenset({"Credit", "Refund"})
TAXES = frozenset({"Tax"})
NAMED_RESOURCE_SPEND = "named_resource_spend"
TRUSTED_ADVISOR = "trusted_advisor"
PAGE_TOKEN = "NextPageToken"  # noqa: S105 because it is the name of a member
LONGEST_DETAIL = 300
ANOMALY_CURRENCY = "USD"
"""Cost Anomaly Detection names no currency; it reports in US dollars."""


@dataclass(frozen=True)
class Line:
    """One day's cost of one group."""

    day: date
    group: tuple[str, ...]
    billed_cost: Decimal
    effective_cost: Decimal
    currency: str
    estimated: bool


def analyse(evidence: Evidence, review: Review, heard: Heard) -> Findings:
    """What was spent, what is expected, what stood out, and where the named resources' cost is heading."""
    spend = _spend(evidence, review.as_of)
    named = heard.evidence.get(NAMED_RESOURCE_SPEND)
    statuses: tuple[SourceStatus, ...] = (*evidence.sources, *(named.sources if named else _lost(heard)))
    return Findings(
        agent=SPEC.name,
        account_id=evidence.account_id,
        sources=tuple(sorted(statuses)),
        spend=spend,
        forecast=_forecast(evidence, spend, review.as_of),
        anomalies=tuple(_anomalies(evidence, review.as_of)),
        resource_spend=_resource_spend(named, heard, review.as_of) if named else (),
    )


def _lost(heard: Heard) -> tuple[SourceStatus, ...]:
    """The gap that stored evidence leaves which cannot be read again; nothing where there was none."""
    why = heard.unreadable.get(NAMED_RESOURCE_SPEND)
    if why is None:
        return ()
    again = "Run the review again: what was read is lost."
    return (SourceStatus(Source.COST_EXPLORER_RESOURCES, "", SourceState.ERROR, why[:LONGEST_DETAIL], again),)


def _lines(evidence: Evidence, operation: str) -> Iterator[Line]:
    for page in _answered_to_the_end(evidence.of(operation)):
        asked = len(page.parameters["GroupBy"])
        for bucket in page.response.get("ResultsByTime", []):
            for group in bucket.get("Groups", []):
                yield _line(bucket, group, asked)


def _answered_to_the_end(pages: Sequence[RecordedResponse]) -> list[RecordedResponse]:
    """The pages of those questions whose last page was read: half a bill, added up, would be a wrong figure."""
    last = {_question(page): page for page in pages}
    return [page for page in pages if not last[_question(page)].response.get(PAGE_TOKEN)]


def _question(page: RecordedResponse) -> str:
    return json.dumps({name: value for name, value in page.parameters.items() if name != PAGE_TOKEN}, sort_keys=True)


def _line(bucket: Mapping[str, Any], group: Mapping[str, Any], asked: int) -> Line:
    try:
        billed, effective = group["Metrics"]["UnblendedCost"], group["Metrics"]["AmortizedCost"]
        line = Line(
            day=date.fromisoformat(bucket["TimePeriod"]["Start"][:10]),
            group=tuple(group["Keys"]),
            billed_cost=_known(billed.get("Amount")),
            effective_cost=_known(effective.get("Amount")),
            currency=str(billed["Unit"]),
            estimated=bool(bucket.get("Estimated")),
        )
    except KeyError as error:
        raise MalformedResponse(f"Cost Explorer gave a cost without {error}.") from error
    if len(line.group) != asked:
        raise MalformedResponse(f"Cost Explorer grouped by {len(line.group)} keys instead of {asked}.")
    return line


def _known(value: object) -> Decimal:
    parsed = amount(value)
    if parsed is None:
        raise MalformedResponse("Cost Explorer gave a cost without an amount.")
    return parsed


def _spend(evidence: Evidence, as_of: date) -> Spend | None:
    lines = list(_lines(evidence, "GetCostAndUsage"))
    if not lines:
        return None
    currencies = {line.currency for line in lines}
    if len(currencies) > 1:
        raise MalformedResponse(f"One bill in several currencies cannot be added up: {', '.join(sorted(currencies))}.")
    # The month that is judged is that of the last day that the bill shows, which is the day before as_of.
    month = first_of_month(as_of - timedelta(days=1))
    this_month = [line for line in lines if month <= line.day < as_of]
    return Spend(
        billing_currency=currencies.pop(),
        start=first_of_previous_month(month),
        end=as_of,
        month_to_date=total(line.billed_cost for line in this_month),
        month_to_date_credits=total(line.billed_cost for line in this_month if line.group[1] in CREDITS),
        month_to_date_taxes=total(line.billed_cost for line in this_month if line.group[1] in TAXES),
        services=_services([line for line in lines if line.group[1] not in CREDITS | TAXES], month, as_of),
        daily=_daily(lines),
    )


def _services(usage: list[Line], month: date, as_of: date) -> tuple[ServiceSpend, ...]:
    by_service: defaultdict[str, list[Line]] = defaultdict(list)
    for line in usage:
        by_service[line.group[0]].append(line)
    previous = first_of_previous_month(month)
    services = [
        ServiceSpend(
            service_name=name,
            month_to_date=_between(lines, month, as_of),
            previous_month=_between(lines, previous, month),
            last_7_days=_between(lines, as_of - WEEK, as_of),
            previous_7_days=_between(lines, as_of - 2 * WEEK, as_of - WEEK),
        )
        for name, lines in by_service.items()
    ]
    return tuple(sorted(services, key=lambda service: (-service.month_to_date, service.service_name)))


def _between(lines: list[Line], start: date, end: date) -> Decimal:
    return total(line.billed_cost for line in lines if start <= line.day < end)


def _daily(lines: list[Line]) -> tuple[DailySpend, ...]:
    by_day: defaultdict[date, list[Line]] = defaultdict(list)
    for line in lines:
        by_day[line.day].append(line)
    return tuple(
        DailySpend(day, total(line.billed_cost for line in mine), any(line.estimated for line in mine))
        for day, mine in sorted(by_day.items())
    )


def _forecast(evidence: Evidence, spend: Spend | None, as_of: date) -> Forecast | None:
    answers = evidence.of("GetCostForecast")
    days = [day for answer in answers for day in answer.response.get("ForecastResultsByTime", [])]
    if not days:
        return None
    remaining = total(_known(day.get("MeanValue")) for day in days)
    # On the first of a month the bill up to yesterday belongs to the month before.
    billed = Decimal(0) if as_of.day == 1 else (spend.month_to_date if spend else None)
    return Forecast(
        billing_currency=str(answers[0].response["Total"]["Unit"]),
        start=date.fromisoformat(days[0]["TimePeriod"]["Start"]),
        end=date.fromisoformat(days[-1]["TimePeriod"]["End"]),
        remaining=remaining,
        remaining_lower=_bound(days, "PredictionIntervalLowerBound"),
        remaining_upper=_bound(days, "PredictionIntervalUpperBound"),
        month_total=None if billed is None else billed + remaining,
    )


def _bound(days: list[Mapping[str, Any]], member: str) -> Decimal | None:
    bounds = [amount(day.get(member)) for day in days]
    return None if None in bounds else total(bounds)


def _anomalies(evidence: Evidence, as_of: date) -> list[Anomaly]:
    found = []
    for page in evidence.of("GetAnomalies"):
        for anomaly in page.response.get("Anomalies", []):
            cause: Mapping[str, Any] = next(iter(anomaly.get("RootCauses") or []), {})
            impact = amount(anomaly["Impact"].get("TotalImpact"))
            start = _day(anomaly.get("AnomalyStartDate"))
            if impact is not None and (start is None or start < as_of):
                found.append(
                    Anomaly(
                        anomaly_id=str(anomaly["AnomalyId"]),
                        start=start,
                        end=_day(anomaly.get("AnomalyEndDate")),
                        service_name=str(cause.get("Service") or anomaly.get("DimensionValue") or ""),
                        region_id=str(cause.get("Region") or ""),
                        usage_type=str(cause.get("UsageType") or ""),
                        total_impact=impact,
                        billing_currency=ANOMALY_CURRENCY,
                    )
                )
    return sorted(found, key=lambda one: (-one.total_impact, one.anomaly_id))


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text[:10]) if text else None


def _resource_spend(named: Evidence, heard: Heard, as_of: date) -> tuple[ResourceSpend, ...]:
    findings = heard.findings.get(TRUSTED_ADVISOR)
    by_billing_id = {
        spelling: name
        for one in (findings.recommendations if findings else ())
        for name in [ResourceName(one.account_id, one.region_id, one.resource_type, one.resource_id)]
        for spelling in billing_ids(name)
    }
    lines: defaultdict[str, list[Line]] = defaultdict(list)
    for line in _lines(named, "GetCostAndUsageWithResources"):
        if line.group[0] in by_billing_id:
            lines[line.group[0]].append(line)
    spends = [_one_resource(by_billing_id[spelling], mine, as_of) for spelling, mine in lines.items()]
    return tuple(sorted(spends, key=lambda spend: spend.resource_key))


def _one_resource(name: ResourceName, lines: list[Line], as_of: date) -> ResourceSpend:
    last = total(line.effective_cost for line in lines if line.day >= as_of - WEEK)
    previous = total(line.effective_cost for line in lines if as_of - 2 * WEEK <= line.day < as_of - WEEK)
    # A resource that began in the week before has not become dearer because this week has more of its days.
    whole = len({line.day for line in lines if as_of - 2 * WEEK <= line.day < as_of - WEEK}) == WEEK.days
    trend = ((last - previous) / previous * 100).quantize(Decimal("0.1")) if whole and previous > 0 else None
    return ResourceSpend(
        resource_key=name.key,
        resource_id=name.resource_id,
        days=len({line.day for line in lines}),
        effective_cost=total(line.effective_cost for line in lines),
        last_7_days=last,
        previous_7_days=previous,
        trend_percent=trend,
        billing_currency=lines[0].currency,
    )
