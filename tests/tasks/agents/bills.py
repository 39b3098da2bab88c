"""What Cost Explorer answers, built day by day."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from tests.tasks.worlds import Json

NO_ANOMALIES: Json = {"Anomalies": []}


def usd(value: str) -> Json:
    return {"Amount": value, "Unit": "USD"}


def a_day(day: date | str, groups: Mapping[tuple[str, ...], str], **more: Any) -> Json:
    """One day of the bill; groups gives each group's cost."""
    start = date.fromisoformat(str(day))
    return {
        "TimePeriod": {"Start": start.isoformat(), "End": (start + timedelta(days=1)).isoformat()},
        "Total": {},
        "Groups": [
            {"Keys": list(keys), "Metrics": {"UnblendedCost": usd(cost), "AmortizedCost": usd(cost)}}
            for keys, cost in groups.items()
        ],
        "Estimated": False,
        **more,
    }


def a_bill(*days: Json, **more: Any) -> Json:
    return {"ResultsByTime": list(days), **more}


def a_forecast(*days: tuple[str, str, str]) -> Json:
    """(start, end, mean) a day."""
    rows = [{"TimePeriod": {"Start": start, "End": end}, "MeanValue": mean} for start, end, mean in days]
    return {"Total": usd("0"), "ForecastResultsByTime": rows}


def usage(service: str = "EC2") -> tuple[str, ...]:
    return (service, "Usage")


HUB_ENROLLED: Json = {"items": [{"accountId": "123456789012", "status": "Active"}]}
COLLECTED: Json = {
    "ce:GetCostAndUsage": [a_bill(a_day("2026-11-02", {usage(): "1"}))],
    "ce:GetCostForecast": [{}],
    "ce:GetAnomalies": [NO_ANOMALIES],
    "cost-optimization-hub:ListEnrollmentStatuses": [HUB_ENROLLED],
    "cost-optimization-hub:ListRecommendations": [{"items": []}],
}
