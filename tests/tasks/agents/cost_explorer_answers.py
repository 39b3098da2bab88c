"""What Cost Explorer answers by botocore's description of it, with days, keys and amounts that a bill could have."""

import copy
import re
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from functools import cache
from itertools import count
from typing import Any

from tests.tasks.model_responses import Json, a_model_response

COMPUTE = "Amazon Elastic Compute Cloud - Compute"
TOKENS = {"GetSavingsPlansCoverage": "NextToken"}
UNPAGED = frozenset({"GetCostForecast", "GetSavingsPlansUtilization"})
RESOURCES = ("i-0001", "i-0002")
RECORD_TYPES = ("SavingsPlanCoveredUsage", "DiscountedUsage", "Credit")
OPERATIONS = (
    "GetCostAndUsage by day",
    "GetCostAndUsage by month",
    "GetCostForecast",
    "GetAnomalies",
    "GetSavingsPlansCoverage",
    "GetSavingsPlansUtilization",
    "GetReservationCoverage",
    "GetReservationUtilization",
    "GetSavingsPlansPurchaseRecommendation",
    "GetReservationPurchaseRecommendation",
    "GetCostAndUsageWithResources",
)
_NUMBERED = re.compile(r"([A-Za-z]+)-(\d+)")
_A_NUMBER = re.compile(
    r"Cost|Percentage|Hours|Units|Commitment|Fee|Amount|Savings$|^MeanValue$|Bound$|NumberOf|ROI|Spend"
)
_TEXTS = {"AnomalyStartDate": "2026-11-10", "AnomalyEndDate": "2026-11-12T00:00:00Z", "CurrencyCode": "USD"}


def figures() -> Iterator[str]:
    """Amounts whose sums meet by chance as good as never, so that a made-up figure is no sum of others."""
    return (f"{number}.{number * number * 7919 % 99991:05}" for number in count(11))


@cache
def an_answer(question: str) -> Json:
    """One answer with every member; what AWS describes as text is a day, a key or an amount where it stands for one."""
    operation = question.partition(" ")[0]
    numbers = figures()
    told: Json = _told(a_model_response("ce", operation), "", numbers)
    for token in ("NextPageToken", "NextToken"):
        told.pop(token, None)
    match question:
        case "GetCostAndUsage by day":
            told["ResultsByTime"] = _buckets(told, ("2026-10-31", "2026-11-02", "2026-11-03"), _by_service(), numbers)
        case "GetCostAndUsage by month":
            keys = [["123456789012", "Usage"], ["210987654321", "Usage"]]
            told["ResultsByTime"] = _buckets(told, ("2026-10-01", "2026-11-01"), keys, numbers)
            told["DimensionValueAttributes"] = [{"Value": "123456789012", "Attributes": {"description": "shop"}}]
        case "GetCostAndUsageWithResources":
            keys = [[one] for one in RESOURCES]
            told["ResultsByTime"] = _buckets(told, ("2026-11-04", "2026-11-05", "2026-11-06"), keys, numbers)
        case "GetCostForecast":
            told["ForecastResultsByTime"] = _forecast_days(told, numbers)
    return told


def _by_service() -> list[list[str]]:
    return [[COMPUTE, kind] for kind in RECORD_TYPES]


def _told(value: Any, name: str, numbers: Iterator[str]) -> Any:
    if name == "TimePeriod":
        return {"Start": "2026-11-01", "End": "2026-11-16"}
    if isinstance(value, dict):
        return {member: _told(each, member, numbers) for member, each in value.items()}
    if isinstance(value, list):
        return [_told(each, name, numbers) for each in value]
    if isinstance(value, float):
        return float(next(numbers))
    written = isinstance(value, str) and _NUMBERED.fullmatch(value)
    if name in _TEXTS:
        return _TEXTS[name]
    amount = _A_NUMBER.search(name) and (written or re.fullmatch(r"\d+\.75", str(value)))
    return next(numbers) if amount else value


def _buckets(told: Json, starts: Sequence[str], keys: list[list[str]], numbers: Iterator[str]) -> list[Json]:
    """The described bucket and its group again and again, a group for each keys; every amount is another."""
    bucket = told["ResultsByTime"][0]
    (metric,) = bucket["Groups"][0]["Metrics"].values()

    def group(key: list[str]) -> Json:
        metrics = {name: {**metric, "Amount": next(numbers)} for name in ("UnblendedCost", "AmortizedCost")}
        return {**bucket["Groups"][0], "Keys": list(key), "Metrics": metrics}

    return [
        {**copy.deepcopy(bucket), "TimePeriod": _day(start), "Groups": [group(key) for key in keys]} for start in starts
    ]


def _day(start: str) -> Json:
    return {"Start": start, "End": (date.fromisoformat(start) + timedelta(days=1)).isoformat()}


def _forecast_days(told: Json, numbers: Iterator[str]) -> list[Json]:
    (day,) = told["ForecastResultsByTime"]
    members = ("MeanValue", "PredictionIntervalLowerBound", "PredictionIntervalUpperBound")
    return [
        {**day, "TimePeriod": _day(start), **{member: next(numbers) for member in members}}
        for start in ("2026-11-16", "2026-11-17")
    ]


def pages_of(question: str, answer: Json, *, twice: bool) -> list[Json]:
    """The answer, or the answer on two pages, because AWS gave the same page again under another token."""
    operation = question.partition(" ")[0]
    if operation in UNPAGED or not twice:
        return [answer]
    return [{**answer, TOKENS.get(operation, "NextPageToken"): "again"}, answer]
