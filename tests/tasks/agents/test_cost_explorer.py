"""The bill, what the month is heading for, and what named resources cost."""

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from tasks.agents.cost_explorer.handler import work as door
from tasks.agents.trusted_advisor.handler import work as trusted_advisor
from tasks.shared_context import store_context
from tests.tasks.worlds import (
    Json,
    a_response,
    a_review,
    a_scripted_world,
    a_work_request,
    a_world,
    an_account,
    an_error,
    evidence_of,
    findings_after,
    findings_of,
    slot,
    states,
    work,
)
from workflows.cost_review.answers import Answer, StepRun
from workflows.cost_review.documents import Findings, to_bytes
from workflows.errors import MalformedResponse
from workflows.money import cents
from workflows.recommendation import ActionType, Recommendation
from workflows.sources import SourceState

pytestmark = pytest.mark.usefixtures("own_aws")
NO_ANOMALIES: Json = {"Anomalies": []}
SPEND, FORECAST, NAMED = (
    "CostExplorer us-east-1",
    "CostExplorerForecast us-east-1",
    "CostExplorerResources us-east-1",
)


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


def findings(script: Json, **review: Any) -> Findings:
    whole = {
        "ce:GetCostAndUsage": [a_bill()],
        "ce:GetCostForecast": [{}],
        "ce:GetAnomalies": [NO_ANOMALIES],
        **script,
    }
    return findings_after(door, a_scripted_world(whole).world, a_review(**review))


def usage(service: str = "EC2") -> tuple[str, str]:
    return (service, "Usage")


def a_slot_of_findings(world: Any, recommendations: list[Recommendation]) -> Json:
    """What the state holds after Trusted Advisor named these."""
    found = Findings("trusted-advisor-agent", "123456789012", (), tuple(recommendations))
    stored = store_context(
        world, agent=found.agent, context_type="findings", review_id="review-1", content=to_bytes(found)
    )
    run = StepRun(state="AnalyseTrustedAdvisor", entered_at="", started_at="", duration_ms=0)
    return slot(Answer(agent=found.agent, review_id="review-1", kind="findings", reference=stored, run=run))


def a_named(resource_id: str, resource_type: str = "Ec2Instance") -> Recommendation:
    return Recommendation(
        source="TrustedAdvisor",
        agent="trusted-advisor-agent",
        action_type=ActionType.STOP,
        account_id="123456789012",
        region_id="us-east-1",
        resource_type=resource_type,
        resource_id=resource_id,
        estimated_monthly_savings=None,
        billing_currency="USD",
    )


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
    groups = {usage(): "100", ("EC2", "Credit"): "-30", ("EC2", "Refund"): "-5", ("Tax", "Tax"): "7"}
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
    world = a_world().world
    evidence = evidence_of(world, work(door, world, "collect", a_review(as_of=as_of)))
    asked = [one.parameters["TimePeriod"] for one in evidence.responses if one.operation == "GetCostForecast"]
    scripted = a_scripted_world(
        {"ce:GetCostAndUsage": [a_bill()], "ce:GetCostForecast": [{}], "ce:GetAnomalies": [NO_ANOMALIES]}
    ).world
    kept = evidence_of(scripted, work(door, scripted, "collect", a_review(as_of=as_of)))
    assert asked == [] or asked == [{"Start": start, "End": end}]
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
    with pytest.raises(MalformedResponse):
        findings({"ce:GetCostForecast": [answer]})


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
    assert [one.remedy for one in found.sources if one.is_gap] == [
        "Allow ce:GetAnomalies for the role that runs this."
    ]


def test_two_hundred_and_fifty_resources_are_asked_about_in_three_requests() -> None:
    account = a_scripted_world({"ce:GetCostAndUsageWithResources": [a_bill()], **COLLECTED})
    named = a_slot_of_findings(account.world, [a_named(f"i-{number:05}") for number in range(250)])
    collected = slot(work(door, account.world, "collect"))
    answer = work(
        door, account.world, "collect_named_resource_spend", collected=collected, builds_on={"trusted_advisor": named}
    )
    evidence = evidence_of(account.world, answer)
    asked = [one.parameters["Filter"]["Dimensions"]["Values"] for one in evidence.responses]
    assert [len(ids) for ids in asked] == [100, 100, 50]
    assert len({one for ids in asked for one in ids}) == 250
    assert answer.run.cost_explorer_requests == 3
    period = evidence.responses[0].parameters["TimePeriod"]
    assert period == {"Start": "2026-11-02", "End": "2026-11-16"}


COLLECTED: Json = {
    "ce:GetCostAndUsage": [a_bill(a_day("2026-11-02", {usage(): "1"}))],
    "ce:GetCostForecast": [{}],
    "ce:GetAnomalies": [NO_ANOMALIES],
}


def after_asking_about(script: Any, *named: Recommendation, **more: Any) -> Findings:
    """The findings after the bill was asked about what Trusted Advisor named."""
    world = a_scripted_world({**COLLECTED, "ce:GetCostAndUsageWithResources": script}).world
    builds_on = {"trusted_advisor": a_slot_of_findings(world, list(named))}
    review = a_review(**more)
    collected = slot(work(door, world, "collect", review))
    spend = work(door, world, "collect_named_resource_spend", review, collected=collected, builds_on=builds_on)
    both = {**builds_on, "named_resource_spend": slot(spend)}
    return findings_of(world, work(door, world, "analyse", review, collected=collected, builds_on=both))


def days_of(resource: str, costs: list[str], first: str = "2026-11-02") -> list[Json]:
    start = date.fromisoformat(first)
    return [a_day(start + timedelta(days=place), {(resource,): cost}) for place, cost in enumerate(costs)]


def test_the_trend_compares_a_week_with_the_week_before() -> None:
    found = after_asking_about([a_bill(*days_of("i-1", ["1"] * 7 + ["1.5"] * 7))], a_named("i-1"))
    (spend,) = found.resource_spend
    assert (spend.previous_7_days, spend.last_7_days) == (Decimal(7), Decimal("10.5"))
    assert spend.trend_percent == Decimal("50.0")
    assert spend.resource_key == "123456789012/us-east-1/Ec2Instance/i-1"
    assert states(found)[NAMED] == "AVAILABLE"


@pytest.mark.parametrize("costs", [["0"] * 7 + ["1"] * 7, ["1"] * 2])
def test_there_is_no_trend_from_a_week_that_cost_nothing_or_is_not_whole(costs: list[str]) -> None:
    first = "2026-11-02" if len(costs) == 14 else "2026-11-08"
    (spend,) = after_asking_about([a_bill(*days_of("i-1", costs, first))], a_named("i-1")).resource_spend
    assert spend.trend_percent is None


def test_a_resource_that_began_in_the_week_before_has_not_become_dearer() -> None:
    costs = ["5"] * 9
    (spend,) = after_asking_about([a_bill(*days_of("i-1", costs, "2026-11-07"))], a_named("i-1")).resource_spend
    assert (spend.previous_7_days, spend.last_7_days) == (Decimal(10), Decimal(35))
    assert spend.trend_percent is None


def test_a_resource_that_nobody_named_is_not_told_and_databases_are_asked_for_by_their_arn() -> None:
    arn = "arn:aws:rds:us-east-1:123456789012:db:reports"
    bill = a_bill(a_day("2026-11-15", {(arn,): "3", ("NoResourceId",): "9", ("i-other",): "9"}))
    found = after_asking_about([bill], a_named("reports", "RdsDbInstance"))
    assert [(one.resource_id, one.effective_cost) for one in found.resource_spend] == [("reports", Decimal(3))]


def test_half_of_the_named_resources_spend_is_told_only_for_questions_answered_to_the_end() -> None:
    whole = a_bill(*days_of("i-00000", ["1"] * 14))
    half = a_bill(*days_of("i-00100", ["1"] * 7), NextPageToken="a")
    denied = (400, {"__type": "AccessDeniedException", "message": "No."})
    named = [a_named(f"i-{number:05}") for number in range(150)]
    found = after_asking_about([whole, half, denied], *named)
    assert [one.resource_id for one in found.resource_spend] == ["i-00000"]
    assert states(found)[NAMED] == "DENIED"


def test_nothing_is_asked_where_nothing_was_named() -> None:
    account = a_scripted_world(COLLECTED)
    collected = slot(work(door, account.world, "collect"))
    named = {"trusted_advisor": a_slot_of_findings(account.world, [])}
    answer = work(door, account.world, "collect_named_resource_spend", collected=collected, builds_on=named)
    assert states(evidence_of(account.world, answer))[NAMED] == "NOT_NEEDED"
    assert answer.run.cost_explorer_requests == 0


def test_the_sample_accounts_web_server_became_dearer() -> None:
    world = a_world().world
    named = work(trusted_advisor, world, "analyse", collected=slot(work(trusted_advisor, world, "collect")))
    collected = slot(work(door, world, "collect"))
    builds_on = {"trusted_advisor": slot(named)}
    spend = work(door, world, "collect_named_resource_spend", collected=collected, builds_on=builds_on)
    builds_on["named_resource_spend"] = slot(spend)
    found = findings_of(world, work(door, world, "analyse", collected=collected, builds_on=builds_on))
    web = next(one for one in found.resource_spend if one.resource_id == "i-07c4e8b15da2f3962")
    assert (cents(web.previous_7_days), cents(web.last_7_days)) == (Decimal("42.86"), Decimal("60.56"))
    assert web.trend_percent == Decimal("41.3")


def test_named_spend_that_was_stored_and_cannot_be_read_again_leaves_a_gap() -> None:
    world = a_scripted_world({**COLLECTED, "ce:GetCostAndUsageWithResources": [a_bill()]}).world
    builds_on = {"trusted_advisor": a_slot_of_findings(world, [a_named("i-1")])}
    collected = slot(work(door, world, "collect"))
    spend = slot(work(door, world, "collect_named_resource_spend", collected=collected, builds_on=builds_on))
    spend["answer"]["reference"]["size"] += 1
    request = a_work_request("analyse", collected=collected, builds_on={**builds_on, "named_resource_spend": spend})
    found = findings_of(world, Answer.model_validate(door.run(request, world)))
    assert found.spend is not None
    assert [one.source for one in found.sources if one.is_gap] == ["CostExplorerResources"]
    assert "truncated" in next(one.detail for one in found.sources if one.is_gap)
