"""Cost Explorer: $0.01 for each request and each page. It exists in us-east-1; periods end exclusively."""

from collections.abc import Sequence
from datetime import date, timedelta

from tasks.aws.reading import Reader
from workflows.calendar import first_of_next_month, first_of_previous_month

REGION = "us-east-1"
METRICS = ["UnblendedCost", "AmortizedCost"]
RESOURCE_DAYS = 14
"""Cost Explorer keeps resource-level data for 14 days."""
ANOMALY_DAYS = 30
RESOURCES_A_REQUEST = 100
INTERVAL_LEVEL = 80


def read_spend(reader: Reader, as_of: date) -> int:
    """Cost by day, service and record type, up to yesterday: yesterday's month and the month before it."""
    start = first_of_previous_month(as_of - timedelta(days=1))
    buckets = 0
    for page in reader.pages(
        "ce",
        "GetCostAndUsage",
        TimePeriod={"Start": start.isoformat(), "End": as_of.isoformat()},
        Granularity="DAILY",
        Metrics=METRICS,
        GroupBy=[{"Type": "DIMENSION", "Key": "SERVICE"}, {"Type": "DIMENSION", "Key": "RECORD_TYPE"}],
    ):
        buckets += sum(bool(bucket.get("Groups")) for bucket in page.get("ResultsByTime", []))
    return buckets


def read_forecast(reader: Reader, as_of: date) -> int:
    """The days left in the month, today included: by day, because a monthly forecast contains the month to date."""
    answer = reader.ask(
        "ce",
        "GetCostForecast",
        TimePeriod={"Start": as_of.isoformat(), "End": first_of_next_month(as_of).isoformat()},
        Metric="UNBLENDED_COST",
        Granularity="DAILY",
        PredictionIntervalLevel=INTERVAL_LEVEL,
    )
    return len(answer.get("ForecastResultsByTime", []))


def read_anomalies(reader: Reader, as_of: date) -> int:
    """The anomalies of the last thirty days; their dates are inclusive."""
    interval = {"StartDate": (as_of - timedelta(days=ANOMALY_DAYS)).isoformat(), "EndDate": as_of.isoformat()}
    return sum(len(page.get("Anomalies", [])) for page in reader.pages("ce", "GetAnomalies", DateInterval=interval))


def read_resource_spend(reader: Reader, as_of: date, billing_ids: Sequence[str]) -> int:
    """What these resources cost by day in the last fourteen days; a hundred of them a request, never one each."""
    groups = 0
    for start in range(0, len(billing_ids), RESOURCES_A_REQUEST):
        for page in reader.pages(
            "ce",
            "GetCostAndUsageWithResources",
            TimePeriod={"Start": (as_of - timedelta(days=RESOURCE_DAYS)).isoformat(), "End": as_of.isoformat()},
            Granularity="DAILY",
            Metrics=METRICS,
            GroupBy=[{"Type": "DIMENSION", "Key": "RESOURCE_ID"}],
            Filter={
                "Dimensions": {"Key": "RESOURCE_ID", "Values": list(billing_ids[start : start + RESOURCES_A_REQUEST])}
            },
        ):
            groups += sum(len(bucket.get("Groups", [])) for bucket in page.get("ResultsByTime", []))
    return groups


def read_rightsizing(reader: Reader) -> int:
    """Cost Explorer's own rightsizing of EC2 instances, at list prices."""
    return sum(
        len(page.get("RightsizingRecommendations", []))
        for page in reader.pages(
            "ce",
            "GetRightsizingRecommendation",
            Service="AmazonEC2",
            Configuration={"RecommendationTarget": "CROSS_INSTANCE_FAMILY", "BenefitsConsidered": False},
        )
    )
