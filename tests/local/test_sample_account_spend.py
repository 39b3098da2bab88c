"""The sample account's spend, forecast, anomalies and budgets agree with each other, exact to the cent."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.local.sample_clients import SampleClients, exact

EC2_COMPUTE = "Amazon Elastic Compute Cloud - Compute"


@pytest.fixture
def sample() -> SampleClients:
    return SampleClients()


def test_november_so_far_and_its_forecast_are_exact(sample: SampleClients) -> None:
    november = sample.spend("2026-11-01", "2026-11-16")
    assert sum(november.values()) == Decimal("2210.45")
    forecast = forecast_from(sample, "2026-11-16")
    means = [Decimal(bucket["MeanValue"]) for bucket in forecast["ForecastResultsByTime"]]
    assert (len(means), sum(means)) == (15, Decimal("2134.67"))
    assert Decimal(forecast["Total"]["Amount"]) == Decimal("2134.67")


def forecast_from(sample: SampleClients, start: str) -> Any:
    return sample.client("ce").get_cost_forecast(
        TimePeriod={"Start": start, "End": "2026-12-01"},
        Metric="UNBLENDED_COST",
        Granularity="DAILY",
        PredictionIntervalLevel=80,
    )


def test_a_shorter_forecast_has_its_own_total(sample: SampleClients) -> None:
    forecast = forecast_from(sample, "2026-11-29")
    means = [Decimal(bucket["MeanValue"]) for bucket in forecast["ForecastResultsByTime"]]
    assert len(means) == 2
    assert Decimal(forecast["Total"]["Amount"]) == sum(means)


def test_the_days_before_september_are_unavailable(sample: SampleClients) -> None:
    with pytest.raises(ClientError) as raised:
        sample.spend("2026-08-31", "2026-11-16")
    assert raised.value.response["Error"]["Code"] == "DataUnavailableException"


def test_tax_comes_on_the_first_day_and_credits_are_negative(sample: SampleClients) -> None:
    spend = sample.spend("2026-09-01", "2026-11-16")
    assert {key[0] for key in spend if key[2] == "Tax"} == {"2026-09-01", "2026-10-01", "2026-11-01"}
    assert spend["2026-11-03", "Amazon Relational Database Service", "Credit"] == Decimal("-25.00")
    assert {key[0] for key in spend} == {str(date(2026, 9, 1) + timedelta(day)) for day in range(76)}


def test_the_anomaly_is_visible_in_the_daily_spend(sample: SampleClients) -> None:
    interval = {"StartDate": "2026-08-18", "EndDate": "2026-11-16"}
    anomalies = [
        each for page in sample.pages("ce", "get_anomalies", DateInterval=interval) for each in page["Anomalies"]
    ]
    latest, older = anomalies
    impact = latest["Impact"]
    assert (latest["DimensionValue"], exact(impact["TotalImpact"])) == ("EC2 - Other", Decimal("143.2"))
    spend = sample.spend("2026-11-09", "2026-11-12")
    actual = sum(cost for (_, service, _), cost in spend.items() if service == "EC2 - Other")
    assert abs(actual - exact(impact["TotalActualSpend"])) <= Decimal("0.01")
    expected = exact(impact["TotalActualSpend"]) - exact(impact["TotalExpectedSpend"])
    assert abs(expected - Decimal("143.2")) <= Decimal("0.01")
    assert older["AnomalyEndDate"] < "2026-10"


def test_anomalies_that_ended_outside_the_interval_are_left_out(sample: SampleClients) -> None:
    interval = {"StartDate": "2026-11-12", "EndDate": "2026-11-16"}
    pages = sample.pages("ce", "get_anomalies", DateInterval=interval)
    assert [page["Anomalies"] for page in pages] == [[], []]


def test_web_2_costs_a_third_more_in_its_last_week(sample: SampleClients) -> None:
    web_2 = "i-07c4e8b15da2f3962"
    before = sum(sample.resource_spend("2026-11-02", "2026-11-09", web_2)[web_2])
    after = sum(sample.resource_spend("2026-11-09", "2026-11-16", web_2)[web_2])
    assert after / before >= Decimal("1.3")


def test_the_budgets_agree_with_the_daily_spend(sample: SampleClients) -> None:
    pages = sample.pages("budgets", "describe_budgets", AccountId="123456789012")
    budgets = {budget["BudgetName"]: budget for page in pages for budget in page["Budgets"]}
    told = budgets["monthly-total"]["CalculatedSpend"]
    assert (told["ActualSpend"]["Amount"], told["ForecastedSpend"]["Amount"]) == ("2210.45", "4345.12")
    compute = budgets["ec2-compute"]["CalculatedSpend"]
    assert Decimal(compute["ActualSpend"]["Amount"]) == month_of(sample, 11, EC2_COMPUTE)
    assert Decimal(compute["ForecastedSpend"]["Amount"]) < Decimal(1500)
    assert budgets["savings-plans-utilization"]["BudgetLimit"]["Unit"] == "PERCENTAGE"


@pytest.mark.parametrize(("budget", "service"), [("monthly-total", ""), ("ec2-compute", EC2_COMPUTE)])
def test_the_history_of_a_budget_agrees_with_the_daily_spend(sample: SampleClients, budget: str, service: str) -> None:
    (page,) = sample.pages(
        "budgets", "describe_budget_performance_history", AccountId="123456789012", BudgetName=budget
    )
    months = page["BudgetPerformanceHistory"]["BudgetedAndActualAmountsList"]
    actual = {month["TimePeriod"]["Start"].astimezone(UTC).month: month["ActualAmount"]["Amount"] for month in months}
    assert list(actual) == [8, 9, 10]
    assert [Decimal(actual[month]) for month in (9, 10)] == [month_of(sample, month, service) for month in (9, 10)]


def month_of(sample: SampleClients, month: int, service: str = "") -> Decimal:
    end = "2026-11-16" if month == 11 else f"2026-{month + 1:02}-01"
    spend = sample.spend(f"2026-{month:02}-01", end)
    return sum((cost for key, cost in spend.items() if service in ("", key[1])), Decimal(0))


def test_timestamps_arrive_as_datetimes_with_a_zone(sample: SampleClients) -> None:
    hub = sample.client("cost-optimization-hub")
    told = {
        "hub": hub.list_recommendations(includeAllRecommendations=True)["items"][0]["lastRefreshTimestamp"],
        "advisor": sample.client("trustedadvisor").list_recommendations(pillar="cost_optimizing")[
            "recommendationSummaries"
        ][0]["lastUpdatedAt"],
        "optimizer": sample.client("compute-optimizer").get_idle_recommendations()["idleRecommendations"][0][
            "lastRefreshTimestamp"
        ],
        "budgets": sample.client("budgets").describe_budgets(AccountId="123456789012")["Budgets"][0]["LastUpdatedTime"],
    }
    assert {name: when.astimezone(UTC) for name, when in told.items()} == {
        "hub": datetime(2026, 11, 15, 12, 40, 3, tzinfo=UTC),
        "advisor": datetime(2026, 11, 15, 13, 5, 42, 318000, tzinfo=UTC),
        "optimizer": datetime(2026, 11, 15, 8, 30, 6, tzinfo=UTC),
        "budgets": datetime(2026, 11, 15, 21, 4, 33, tzinfo=UTC),
    }
    assert all(when.tzinfo for when in told.values())
