"""Cost Explorer: $0.01 for each request and each page. It exists in us-east-1; periods end exclusively."""

import re
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from functools import partial
from typing import Any

from tasks.aws.reading import Reader, rows_in
from workflows.calendar import first_of_next_month, first_of_previous_month
from workflows.errors import DataUnavailable, InvalidSourceRequest
from workflows.members import listed, members

REGION = "us-east-1"
METRICS = ["UnblendedCost", "AmortizedCost"]
RESOURCE_DAYS = 14
"""Cost Explorer keeps resource-level data for 14 days."""
ANOMALY_DAYS = 30
COMMITMENT_DAYS = 30
RESOURCES_A_QUESTION = 1000
RESOURCES_IF_REFUSED = 100
"""How many values a filter may have is not documented: where AWS refuses a long one, a short one is asked."""
TOO_LONG = re.compile(r"too (many|long|large|big)|exceed|length|maximum|at most|limit|values", re.IGNORECASE)
"""What a refusal is taken to say of the filter's length; any other refusal would come a second time, and be paid."""
INTERVAL_LEVEL = 80
NO_USAGE = ["Credit", "Refund", "Tax"]
BY_RECORD_TYPE = {"Type": "DIMENSION", "Key": "RECORD_TYPE"}


def read_spend(reader: Reader, as_of: date) -> int:
    """Cost by day, service and record type, up to yesterday: yesterday's month and the month before it."""
    return _read_costs(reader, as_of, "DAILY", "SERVICE")


def read_accounts(reader: Reader, as_of: date) -> int:
    """Cost by month, linked account and record type, of the same days; the last month holds what there is of it."""
    return _read_costs(reader, as_of, "MONTHLY", "LINKED_ACCOUNT")


def read_owners(reader: Reader, as_of: date, cost_category: str) -> int:
    """Usage cost of the same days by a cost category's values and linked account, in one question."""
    start = first_of_previous_month(as_of - timedelta(days=1))
    pages = reader.pages(
        "ce",
        "GetCostAndUsage",
        TimePeriod=_period(start, as_of),
        Granularity="MONTHLY",
        Metrics=METRICS,
        Filter={"Not": {"Dimensions": {"Key": "RECORD_TYPE", "Values": NO_USAGE}}},
        GroupBy=[{"Type": "COST_CATEGORY", "Key": cost_category}, {"Type": "DIMENSION", "Key": "LINKED_ACCOUNT"}],
    )
    return sum(bool(members(bucket).get("Groups")) for page in pages for bucket in rows_in(page, "ResultsByTime"))


def _read_costs(reader: Reader, as_of: date, granularity: str, by: str) -> int:
    start = first_of_previous_month(as_of - timedelta(days=1))
    pages = reader.pages(
        "ce",
        "GetCostAndUsage",
        TimePeriod=_period(start, as_of),
        Granularity=granularity,
        Metrics=METRICS,
        GroupBy=[{"Type": "DIMENSION", "Key": by}, BY_RECORD_TYPE],
    )
    return sum(bool(members(bucket).get("Groups")) for page in pages for bucket in rows_in(page, "ResultsByTime"))


def read_forecast(reader: Reader, as_of: date) -> int:
    """The days left in the month, today included: by day, because a monthly forecast contains the month to date.

    The period always holds a day at least: on the last of a month it is that day, on the first the whole month.
    """
    answer = reader.ask(
        "ce",
        "GetCostForecast",
        TimePeriod=_period(as_of, first_of_next_month(as_of)),
        Metric="UNBLENDED_COST",
        Granularity="DAILY",
        PredictionIntervalLevel=INTERVAL_LEVEL,
    )
    return len(rows_in(answer, "ForecastResultsByTime"))


def read_anomalies(reader: Reader, as_of: date) -> int:
    """The anomalies that ended in the last thirty days, and those that run; both days of the interval are in it."""
    interval = {"StartDate": (as_of - timedelta(days=ANOMALY_DAYS)).isoformat(), "EndDate": as_of.isoformat()}
    return sum(len(rows_in(page, "Anomalies")) for page in reader.pages("ce", "GetAnomalies", DateInterval=interval))


def read_savings_plans(reader: Reader, as_of: date) -> int:
    """How much of what Savings Plans could cover they covered in the last thirty days, and how far they were used."""
    return _read_commitments(
        reader,
        as_of,
        ("GetSavingsPlansCoverage", "SavingsPlansCoverages"),
        ("GetSavingsPlansUtilization", "SavingsPlansUtilizationsByTime"),
    )


def read_reservations(reader: Reader, as_of: date) -> int:
    """The same for reservations."""
    return _read_commitments(
        reader,
        as_of,
        ("GetReservationCoverage", "CoveragesByTime"),
        ("GetReservationUtilization", "UtilizationsByTime"),
    )


def _read_commitments(reader: Reader, as_of: date, *questions: tuple[str, str]) -> int:
    """Both questions; DataUnavailable where AWS has data for neither."""
    period = _period(as_of - timedelta(days=COMMITMENT_DAYS), as_of)
    rows, lacking = 0, []
    for operation, member in questions:
        try:
            pages = reader.pages("ce", operation, TimePeriod=period, Granularity="MONTHLY")
            rows += sum(len(rows_in(page, member)) for page in pages)
        except DataUnavailable as error:
            lacking.append(error)
            reader.notes.append(f"{operation}: {error}")
    if len(lacking) == len(questions):
        raise lacking[0]
    return rows


def read_options(reader: Reader, reservable: Sequence[str]) -> int:
    """What Cost Explorer proposes to commit to for one year with nothing upfront, from the last thirty days.

    One term and payment option, because the others are alternatives to it; reservable names services as the bill does.
    What AWS has no answer for is noted, and the rest is asked; where it has none for anything, the first refusal is
    raised.
    """
    terms: dict[str, Any] = {
        "TermInYears": "ONE_YEAR",
        "PaymentOption": "NO_UPFRONT",
        "LookbackPeriodInDays": "THIRTY_DAYS",
    }
    questions: list[tuple[str, Callable[[], int]]] = [("Savings Plans", partial(_plans_to_buy, reader, terms))]
    questions += [(service, partial(_reservations_to_buy, reader, service, terms)) for service in reservable]
    options, refused = 0, []
    for name, asks in questions:
        try:
            options += asks()
        except (DataUnavailable, InvalidSourceRequest) as error:
            refused.append(error)
            reader.notes.append(f"No answer for {name}: {error}")
    if len(refused) == len(questions):
        raise refused[0]
    return options


def _plans_to_buy(reader: Reader, terms: dict[str, Any]) -> int:
    pages = reader.pages("ce", "GetSavingsPlansPurchaseRecommendation", SavingsPlansType="COMPUTE_SP", **terms)
    return sum(bool(page.get("SavingsPlansPurchaseRecommendation")) for page in pages)


def _reservations_to_buy(reader: Reader, service: str, terms: dict[str, Any]) -> int:
    pages = reader.pages("ce", "GetReservationPurchaseRecommendation", Service=service, **terms)
    return sum(len(rows_in(page, "Recommendations")) for page in pages)


def read_resource_spend(reader: Reader, as_of: date, billing_ids: Sequence[str], today: date) -> int:
    """What these resources cost by day in the fourteen days before as_of that are not fourteen days past today.

    One request however many they are, and never more than two: the first thousand are asked about. Where that is more
    than a page, as many as one page has room for are asked about instead, and the other pages are not read; where AWS
    refuses so long a filter, the first hundred. The parameters that are kept tell which. The more valuable ones come
    first.
    """
    period = _period(max(as_of, today) - timedelta(days=RESOURCE_DAYS), as_of)
    try:
        rows, is_whole = _read_resources(reader, period, billing_ids[:RESOURCES_A_QUESTION])
    except InvalidSourceRequest as error:
        if len(billing_ids) <= RESOURCES_IF_REFUSED or not TOO_LONG.search(str(error)):
            raise
        return _read_resources(reader, period, billing_ids[:RESOURCES_IF_REFUSED])[0]
    room = rows // RESOURCE_DAYS
    if is_whole or not room:
        return rows
    return _read_resources(reader, period, billing_ids[:room])[0]


def _read_resources(reader: Reader, period: dict[str, str], billing_ids: Sequence[str]) -> tuple[int, bool]:
    """The rows of the first page, and whether it is all."""
    page = reader.ask(
        "ce",
        "GetCostAndUsageWithResources",
        TimePeriod=period,
        Granularity="DAILY",
        Metrics=METRICS,
        GroupBy=[{"Type": "DIMENSION", "Key": "RESOURCE_ID"}],
        Filter={"Dimensions": {"Key": "RESOURCE_ID", "Values": sorted(billing_ids)}},
    )
    rows = sum(len(listed(members(bucket).get("Groups"))) for bucket in rows_in(page, "ResultsByTime"))
    return rows, not page.get("NextPageToken")


def read_rightsizing(reader: Reader) -> int:
    """Cost Explorer's own rightsizing of EC2 instances, at list prices."""
    return sum(
        len(rows_in(page, "RightsizingRecommendations"))
        for page in reader.pages(
            "ce",
            "GetRightsizingRecommendation",
            Service="AmazonEC2",
            Configuration={"RecommendationTarget": "CROSS_INSTANCE_FAMILY", "BenefitsConsidered": False},
            # A page costs money. The model would take 6000; the live service refuses more than 1000.
            PageSize=1000,
        )
    )


def _period(start: date, end: date) -> dict[str, str]:
    """[start, end): Cost Explorer leaves the end's own day out."""
    return {"Start": start.isoformat(), "End": end.isoformat()}
