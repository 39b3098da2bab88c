"""The bill, what the month is heading for, and what named resources cost."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from tasks.agents.cost_explorer.handler import work as door
from tests.tasks.agents.bills import COLLECTED, a_bill, a_day, a_forecast, usage, usd
from tests.tasks.worlds import (
    Json,
    a_review,
    a_scripted_world,
    a_world,
    an_account,
    an_error,
    evidence_of,
    findings_after,
    states,
    why_a_gap,
    work,
)
from workflows.cost_review.documents import Findings
from workflows.errors import MalformedResponse
from workflows.sources import SourceState

pytestmark = pytest.mark.usefixtures("own_aws")
SPEND, FORECAST = "CostExplorer us-east-1", "CostExplorerForecast us-east-1"


def findings(script: Json, **review: Any) -> Findings:
    whole = {**COLLECTED, **script}
    return findings_after(door, a_scripted_world(whole).world, a_review(**review))


def test_the_sample_account_spent_and_will_spend_what_its_ledger_says() -> None:
    found = findings_after(door, a_world().world)
    assert found.spend is not None
    assert found.forecast is not None
    assert found.spend.month_to_date == Decimal("2210.45")
    assert found.spend.month_to_date_credits == Decimal("-25.00")
    assert sum(one.billed_cost for one in found.spend.daily if one.day.month == 10) == Decimal("3820.77")
    assert found.forecast.remaining == Decimal("2134.67")
    assert found.forecast.month_total == Decimal("4345.12")
    compute = next(one for one in found.spend.services if "Compute" in one.service_name)
    assert (compute.month_to_date, compute.previous_month) == (Decimal("611.47"), Decimal("1186.66"))
    assert [one.total_impact for one in found.anomalies] == [Decimal("143.2")]
    assert [one.estimated for one in found.spend.daily][-2:] == [True, True]


def test_credits_refunds_and_taxes_are_separated_from_usage_and_part_of_the_total() -> None:
    groups: dict[tuple[str, ...], str] = {
        usage(): "100",
        ("EC2", "Credit"): "-30",
        ("EC2", "Refund"): "-5",
        ("Tax", "Tax"): "7",
    }
    spend = findings({"ce:GetCostAndUsage": [a_bill(a_day("2026-11-02", groups))]}).spend
    assert spend is not None
    assert spend.month_to_date == Decimal(72)
    assert (spend.month_to_date_credits, spend.month_to_date_taxes) == (Decimal(-35), Decimal(7))
    assert [(one.service_name, one.month_to_date) for one in spend.services] == [("EC2", Decimal(100))]


@pytest.mark.parametrize(
    ("as_of", "start", "this_month"),
    [
        ("2026-11-30", "2026-10-01", Decimal(300)),  # the last day: 10 of October, 300 of November
        ("2026-12-01", "2026-10-01", Decimal(310)),  # the first day: November is the month that is judged
        ("2026-12-02", "2026-11-01", Decimal(1000)),
    ],
)
def test_the_month_that_is_judged_is_that_of_yesterday(as_of: str, start: str, this_month: Decimal) -> None:
    days = [
        a_day("2026-10-31", {usage(): "10"}),
        a_day("2026-11-01", {usage(): "300"}),
        a_day("2026-11-30", {usage(): "10"}),
        a_day("2026-12-01", {usage(): "1000"}),
    ]
    spend = findings({"ce:GetCostAndUsage": [a_bill(*days)]}, as_of=as_of).spend
    assert spend is not None
    assert spend.month_to_date == this_month
    assert spend.start == date.fromisoformat(start)


@pytest.mark.parametrize(
    ("as_of", "start", "end"),
    [("2026-11-30", "2026-11-30", "2026-12-01"), ("2026-12-01", "2026-12-01", "2027-01-01")],
)
def test_the_forecast_never_asks_for_an_empty_period(as_of: str, start: str, end: str) -> None:
    scripted = a_scripted_world(COLLECTED).world
    kept = evidence_of(scripted, work(door, scripted, "collect", a_review(as_of=as_of)))
    assert [one.parameters["TimePeriod"] for one in kept.of("GetCostForecast")] == [{"Start": start, "End": end}]


def test_on_the_first_of_a_month_nothing_is_billed_of_it_yet() -> None:
    script = {
        "ce:GetCostAndUsage": [a_bill(a_day("2026-11-30", {usage(): "300"}))],
        "ce:GetCostForecast": [a_forecast(("2026-12-01", "2026-12-02", "20"), ("2026-12-02", "2026-12-03", "21"))],
    }
    forecast = findings(script, as_of="2026-12-01").forecast
    assert forecast is not None
    assert forecast.month_total == forecast.remaining == Decimal(41)


def test_a_forecast_without_a_bill_says_what_remains_and_not_what_the_month_comes_to() -> None:
    script = {
        "ce:GetCostAndUsage": [(400, {"__type": "AccessDeniedException", "message": "No."})],
        "ce:GetCostForecast": [a_forecast(("2026-11-16", "2026-11-17", "20"))],
    }
    found = findings(script)
    assert found.spend is None
    assert found.forecast is not None
    assert (found.forecast.remaining, found.forecast.month_total) == (Decimal(20), None)
    assert found.forecast.remaining_lower is None


def test_a_forecast_day_without_a_value_is_not_taken_for_nothing() -> None:
    answer = a_forecast(("2026-11-16", "2026-11-17", "20"), ("2026-11-17", "2026-11-18", "-"))
    found = findings({"ce:GetCostForecast": [answer]})
    assert found.forecast is None
    assert "without an amount" in why_a_gap(found, "CostExplorerForecast")
    assert found.spend is not None


def test_a_young_account_without_a_forecast_has_no_gap() -> None:
    missing = (400, {"__type": "DataUnavailableException", "message": "Insufficient amount of historical data."})
    found = findings({"ce:GetCostForecast": [missing]})
    assert states(found)[FORECAST] == "NO_DATA"
    assert found.forecast is None


@pytest.mark.parametrize(
    "then",
    [(400, {"__type": "AccessDeniedException", "message": "No."}), a_bill(NextPageToken="a")],
)
def test_half_a_bill_gives_no_figure(then: Any) -> None:
    first = a_bill(a_day("2026-11-01", {usage(): "1000"}), NextPageToken="a")
    found = findings(
        {
            "ce:GetCostAndUsage": [first, then],
            "ce:GetCostForecast": [a_forecast(("2026-11-16", "2026-11-17", "20"))],
        }
    )
    assert found.spend is None
    assert found.forecast is not None
    assert found.forecast.month_total is None
    assert SourceState(states(found)[SPEND]) in {SourceState.DENIED, SourceState.ERROR}


def test_a_bill_in_two_currencies_is_not_added_up() -> None:
    euros = {"Keys": list(usage("RDS")), "Metrics": dict.fromkeys(("UnblendedCost", "AmortizedCost"), None)}
    euros["Metrics"] = {name: {"Amount": "1", "Unit": "EUR"} for name in ("UnblendedCost", "AmortizedCost")}
    day = a_day("2026-11-02", {usage(): "1"})
    day["Groups"].append(euros)
    with pytest.raises(MalformedResponse, match="EUR, USD"):
        findings({"ce:GetCostAndUsage": [a_bill(day)]})


def a_group(**changes: Any) -> Json:
    metrics = {"UnblendedCost": usd("1"), "AmortizedCost": usd("1")}
    return {"Keys": ["EC2", "Usage"], "Metrics": metrics, **changes}


@pytest.mark.parametrize(
    "group",
    [
        a_group(Keys=["EC2"]),
        a_group(Metrics={"UnblendedCost": usd("1")}),
        a_group(Metrics={"UnblendedCost": {"Unit": "USD"}, "AmortizedCost": usd("1")}),
        a_group(Metrics={"UnblendedCost": {"Amount": "1"}, "AmortizedCost": usd("1")}),
        a_group(Metrics={"UnblendedCost": usd("NaN"), "AmortizedCost": usd("1")}),
    ],
)
def test_a_group_that_lacks_what_was_asked_for_is_malformed(group: Json) -> None:
    day = {**a_day("2026-11-02", {}), "Groups": [group]}
    with pytest.raises(MalformedResponse):
        findings({"ce:GetCostAndUsage": [a_bill(day)]})


def test_a_running_anomaly_without_a_cause_is_told_with_what_is_known() -> None:
    anomaly = {
        "AnomalyId": "a-1",
        "AnomalyStartDate": "2026-11-14T00:00:00Z",
        "DimensionValue": "Amazon EC2",
        "RootCauses": [],
        "AnomalyScore": {"MaxScore": 0.5},
        "Impact": {"MaxImpact": 10.0, "TotalImpact": 12.5},
    }
    (found,) = findings({"ce:GetAnomalies": [{"Anomalies": [anomaly]}]}).anomalies
    assert (found.service_name, found.start, found.end) == ("Amazon EC2", date(2026, 11, 14), None)
    assert found.total_impact == Decimal("12.5")


def test_one_source_that_is_denied_leaves_the_others_standing() -> None:
    denied = an_error("ce", "GetAnomalies", "AccessDeniedException")
    found = findings_after(door, a_world(an_account(denied)).world)
    assert found.spend is not None
    assert [one.remedy for one in found.sources if one.is_gap] == ["Allow ce:GetAnomalies for the role that runs this."]


def test_the_sample_accounts_months_and_account_agree_with_its_days() -> None:
    spend = findings_after(door, a_world().world).spend
    assert spend is not None
    assert [(one.start.month, one.billed_cost, one.partial) for one in spend.months] == [
        (10, Decimal("3820.77"), False),
        (11, Decimal("2210.45"), True),
    ]
    (account,) = spend.accounts
    assert (account.account_id, account.account_name) == ("123456789012", "shop-production")
    assert (account.month_to_date, account.previous_month) == (Decimal("1941.90"), Decimal("3573.85"))
    assert sum(one.month_to_date for one in spend.services) == account.month_to_date


def test_the_sample_account_seen_from_another_day_has_no_accounts_and_no_gap() -> None:
    found = findings_after(door, a_world().world, a_review(as_of=date(2026, 11, 10)))
    assert found.spend is not None
    assert states(found)["CostExplorerAccounts us-east-1"] == "NO_DATA"
    assert not [one for one in found.sources if one.is_gap]
