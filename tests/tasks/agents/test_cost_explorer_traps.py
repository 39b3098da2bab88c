"""What Cost Explorer is known to trip people up with, one test each, by the numbers of our list of traps."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest

from tasks.agents.cost_explorer.handler import work as door
from tests.tasks.agents.bills import COLLECTED, a_bill, a_day, a_forecast, usage
from tests.tasks.worlds import Json, a_review, a_scripted_world, evidence_of, findings_after, states, why_a_gap, work
from workflows.cost_review.documents import Evidence, Findings

pytestmark = pytest.mark.usefixtures("own_aws")
YOUNG = (400, {"__type": "DataUnavailableException", "message": "Insufficient amount of historical data."})


def findings(script: Json, **review: Any) -> Findings:
    return findings_after(door, a_scripted_world({**COLLECTED, **script}).world, a_review(**review))


def collected(as_of: str) -> Evidence:
    world = a_scripted_world(COLLECTED, now=lambda: datetime.fromisoformat(f"{as_of}T09:30:00+00:00")).world
    return evidence_of(world, work(door, world, "collect", a_review(as_of=as_of)))


def an_anomaly(**changes: Any) -> Json:
    return {
        "AnomalyId": "a-1",
        "AnomalyStartDate": "2026-11-09",
        "AnomalyEndDate": "2026-11-11T00:00:00Z",
        "RootCauses": [],
        "AnomalyScore": {"MaxScore": 0.5, "CurrentScore": 0.1},
        "Impact": {"MaxImpact": 10.0, "TotalImpact": 12.5, "TotalActualSpend": 20.1, "TotalExpectedSpend": 7.6},
        **changes,
    }


def anomalies(*told: Json) -> Any:
    return findings({"ce:GetAnomalies": [{"Anomalies": list(told)}]}).anomalies


def test_trap_07_both_pages_of_a_bill_are_in_its_sums() -> None:
    first = a_bill(a_day("2026-11-01", {usage(): "1"}), NextPageToken="a")
    spend = findings({"ce:GetCostAndUsage": [first, a_bill(a_day("2026-11-02", {usage(): "20"}))]}).spend
    assert spend is not None
    assert spend.month_to_date == Decimal(21)


@pytest.mark.parametrize("as_of", ["2026-11-16", "2026-11-01", "2026-11-30", "2024-02-29"])
def test_trap_12_periods_end_before_as_of_and_anomalies_with_it(as_of: str) -> None:
    evidence = collected(as_of)
    assert {one.parameters["TimePeriod"]["End"] for one in evidence.of("GetCostAndUsage")} == {as_of}
    (interval,) = [one.parameters["DateInterval"] for one in evidence.of("GetAnomalies")]
    assert interval["EndDate"] == as_of


def test_trap_12_a_day_that_as_of_leaves_out_is_in_no_sum() -> None:
    bill = a_bill(a_day("2026-11-15", {usage(): "1"}), a_day("2026-11-16", {usage(): "100"}))
    spend = findings({"ce:GetCostAndUsage": [bill]}).spend
    assert spend is not None
    assert (spend.month_to_date, spend.services[0].last_7_days) == (Decimal(1), Decimal(1))


def test_trap_12_an_anomalys_last_day_belongs_to_it_in_either_spelling() -> None:
    (found,) = anomalies(an_anomaly())
    assert (found.start, found.end) == (date(2026, 11, 9), date(2026, 11, 11))


def test_trap_13_the_forecast_is_asked_by_day() -> None:
    assert [one.parameters["Granularity"] for one in collected("2026-11-16").of("GetCostForecast")] == ["DAILY"]


def test_trap_13_the_forecast_is_added_to_what_is_billed_once() -> None:
    bill = a_bill(a_day("2026-11-02", {usage(): "300"}))
    answer = a_forecast(("2026-11-16", "2026-11-17", "20"), ("2026-11-17", "2026-11-18", "21"))
    forecast = findings({"ce:GetCostAndUsage": [bill], "ce:GetCostForecast": [answer]}).forecast
    assert forecast is not None
    assert (forecast.remaining, forecast.month_total) == (Decimal(41), Decimal(341))


def test_trap_13_a_forecast_that_contains_the_month_to_date_is_refused() -> None:
    whole_month = a_forecast(("2026-11-01", "2026-12-01", "900"))
    found = findings({"ce:GetCostForecast": [whole_month]})
    assert found.forecast is None
    assert "on the bill already" in why_a_gap(found, "CostExplorerForecast")


@pytest.mark.parametrize(
    ("as_of", "start", "end"),
    [
        ("2026-11-30", "2026-11-30", "2026-12-01"),
        ("2026-12-01", "2026-12-01", "2027-01-01"),
        ("2026-12-31", "2026-12-31", "2027-01-01"),
        ("2027-01-01", "2027-01-01", "2027-02-01"),
        ("2024-02-29", "2024-02-29", "2024-03-01"),
        ("2026-02-28", "2026-02-28", "2026-03-01"),
    ],
)
def test_trap_14_the_forecasts_period_holds_a_day_on_every_day_of_a_month(as_of: str, start: str, end: str) -> None:
    asked = [one.parameters["TimePeriod"] for one in collected(as_of).of("GetCostForecast")]
    assert asked == [{"Start": start, "End": end}]


def test_trap_14_on_the_last_day_the_month_is_what_is_billed_and_that_day() -> None:
    script = {
        "ce:GetCostAndUsage": [a_bill(a_day("2026-11-29", {usage(): "300"}))],
        "ce:GetCostForecast": [a_forecast(("2026-11-30", "2026-12-01", "20"))],
    }
    forecast = findings(script, as_of="2026-11-30").forecast
    assert forecast is not None
    assert forecast.month_total == Decimal(320)


def test_a_history_that_is_too_short_is_no_data_and_says_so() -> None:
    found = findings({"ce:GetCostForecast": [YOUNG]})
    (status,) = [one for one in found.sources if one.source == "CostExplorerForecast"]
    assert (status.state, status.is_gap) == ("NO_DATA", False)
    assert "Insufficient amount of historical data" in status.detail
    assert found.forecast is None


def test_trap_15_a_month_that_has_not_all_its_days_is_partial_and_one_with_unsettled_days_estimated() -> None:
    bill = a_bill(
        a_day("2026-10-31", {usage(): "10"}),
        a_day("2026-11-01", {usage(): "20"}),
        a_day("2026-11-02", {usage(): "30"}, Estimated=True),
    )
    spend = findings({"ce:GetCostAndUsage": [bill]}).spend
    assert spend is not None
    assert [(one.start.month, one.end.isoformat(), one.partial, one.estimated) for one in spend.months] == [
        (10, "2026-11-01", False, False),
        (11, "2026-11-16", True, True),
    ]
    assert [one.estimated for one in spend.daily] == [False, False, True]


def test_trap_15_on_the_first_of_a_month_the_month_before_is_whole() -> None:
    bill = a_bill(a_day("2026-11-30", {usage(): "10"}))
    spend = findings({"ce:GetCostAndUsage": [bill]}, as_of="2026-12-01").spend
    assert spend is not None
    assert [(one.start.month, one.partial) for one in spend.months] == [(11, False)]


def test_trap_16_tax_on_the_first_day_and_credits_mask_no_spend() -> None:
    groups = {usage(): "100", ("EC2", "Credit"): "-100", ("EC2", "Refund"): "-5", ("Tax", "Tax"): "70"}
    spend = findings({"ce:GetCostAndUsage": [a_bill(a_day("2026-11-01", groups))]}).spend
    assert spend is not None
    (month,) = spend.months
    assert (month.usage_cost, month.credits, month.taxes) == (Decimal(100), Decimal(-105), Decimal(70))
    assert month.billed_cost == month.usage_cost + month.credits + month.taxes == spend.month_to_date
    assert [(one.service_name, one.month_to_date) for one in spend.services] == [("EC2", Decimal(100))]


def test_amortized_cost_stands_beside_what_is_billed() -> None:
    day = a_day("2026-11-02", {usage(): "0"})
    day["Groups"][0]["Metrics"]["AmortizedCost"]["Amount"] = "12.5"
    spend = findings({"ce:GetCostAndUsage": [a_bill(day)]}).spend
    assert spend is not None
    assert (spend.month_to_date, spend.month_to_date_effective) == (Decimal(0), Decimal("12.5"))
    assert (spend.services[0].month_to_date, spend.services[0].month_to_date_effective) == (Decimal(0), Decimal("12.5"))
    assert spend.daily[0].effective_cost == spend.months[0].effective_cost == Decimal("12.5")


def test_accounts_have_their_names_and_their_usage_by_month() -> None:
    monthly = a_bill(
        a_day("2026-10-01", {("111111111111", "Usage"): "40", ("222222222222", "Usage"): "60"}),
        a_day("2026-11-01", {("111111111111", "Usage"): "30", ("111111111111", "Tax"): "9"}),
        DimensionValueAttributes=[{"Value": "111111111111", "Attributes": {"description": "shop"}}],
    )
    spend = findings({"ce:GetCostAndUsage": [a_bill(a_day("2026-11-01", {usage(): "30"})), monthly]}).spend
    assert spend is not None
    assert [(one.account_id, one.account_name, one.month_to_date, one.previous_month) for one in spend.accounts] == [
        ("111111111111", "shop", Decimal(30), Decimal(40)),
        ("222222222222", "", Decimal(0), Decimal(60)),
    ]


def test_every_root_cause_of_an_anomaly_is_told_the_biggest_first() -> None:
    causes = [
        {"Service": "EC2 - Other", "UsageType": "small", "Impact": {"Contribution": 2.5}},
        {"Service": "AWS Lambda"},
        {"Service": "EC2 - Other", "Region": "us-east-1", "UsageType": "big", "Impact": {"Contribution": 10}},
    ]
    (found,) = anomalies(an_anomaly(RootCauses=causes))
    assert [one.usage_type for one in found.root_causes] == ["big", "small", ""]
    assert [one.contribution for one in found.root_causes] == [Decimal(10), Decimal("2.5"), None]
    assert (found.service_name, found.region_id, found.usage_type) == ("EC2 - Other", "us-east-1", "big")
    assert (found.expected_spend, found.actual_spend) == (Decimal("7.6"), Decimal("20.1"))


def test_a_running_anomaly_has_no_end_and_one_that_two_pages_tell_is_one() -> None:
    running = an_anomaly()
    del running["AnomalyEndDate"]
    pages = [{"Anomalies": [running], "NextPageToken": "a"}, {"Anomalies": [running]}]
    (found,) = findings({"ce:GetAnomalies": pages}).anomalies
    assert found.end is None


def test_an_anomaly_of_which_aws_told_only_the_biggest_day_has_an_unknown_impact_and_stands_last() -> None:
    unknown = an_anomaly(AnomalyId="a-0", Impact={"MaxImpact": 1.0})
    assert [one.total_impact for one in anomalies(unknown, an_anomaly())] == [Decimal("12.5"), None]


@pytest.mark.parametrize(("told", "said"), [([], True), ([an_anomaly()], False)])
def test_no_anomaly_is_not_told_as_if_somebody_had_looked(told: list[Json], said: bool) -> None:
    remarks = findings({"ce:GetAnomalies": [{"Anomalies": told}]}).remarks
    assert any("has a monitor" in one for one in remarks) is said


def test_anomalies_that_could_not_be_read_are_a_gap_and_not_none() -> None:
    denied = (400, {"__type": "AccessDeniedException", "message": "No."})
    assert not any("has a monitor" in one for one in findings({"ce:GetAnomalies": [denied]}).remarks)


def test_the_forecast_says_that_yesterday_may_be_billed_in_part_and_what_its_range_is() -> None:
    answer = a_forecast(("2026-11-16", "2026-11-17", "20"))
    answer["ForecastResultsByTime"][0] |= {"PredictionIntervalLowerBound": "10", "PredictionIntervalUpperBound": "30"}
    told = " ".join(findings({"ce:GetCostForecast": [answer]}).remarks)
    assert "yesterday may be billed in part" in told
    assert "surer to lie in it than 80 %" in told


def test_without_a_forecast_nothing_is_said_of_it() -> None:
    assert "yesterday" not in " ".join(findings({}).remarks)


def test_trap_31_a_cap_that_is_reached_leaves_a_gap_with_its_remedy_and_what_was_read() -> None:
    found = findings({}, max_cost_explorer_requests=1)
    told = states(found)
    assert told["CostExplorer us-east-1"] == "AVAILABLE"
    assert told["CostAnomalyDetection us-east-1"] == "SKIPPED"
    assert all("max_cost_explorer_requests" in one.remedy for one in found.sources if one.state == "SKIPPED")
