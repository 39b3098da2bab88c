"""What the resources cost that Trusted Advisor named, and where that is heading."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from tasks.agents.cost_explorer.handler import work as door
from tasks.agents.trusted_advisor.handler import work as trusted_advisor
from tasks.shared_context import store_context
from tests.tasks.agents.bills import COLLECTED, a_bill, a_day
from tests.tasks.worlds import (
    Json,
    a_review,
    a_scripted_world,
    a_work_request,
    a_world,
    evidence_of,
    findings_of,
    slot,
    states,
    why_a_gap,
    work,
)
from workflows.cost_review.answers import Answer, StepRun
from workflows.cost_review.documents import Findings, to_bytes
from workflows.money import cents
from workflows.recommendation import ActionType, EvidencePointer, Recommendation
from workflows.savings.bill import bill

pytestmark = pytest.mark.usefixtures("own_aws")
NAMED = "CostExplorerResources us-east-1"
COMPUTE = "Amazon Elastic Compute Cloud - Compute"
DENIED = (400, {"__type": "AccessDeniedException", "message": "No."})


def a_slot_of_findings(world: Any, recommendations: list[Recommendation]) -> Json:
    """What the state holds after Trusted Advisor named these."""
    found = Findings("trusted-advisor-agent", "123456789012", (), tuple(recommendations))
    stored = store_context(
        world, agent=found.agent, context_type="findings", review_id="review-1", content=to_bytes(found)
    )
    run = StepRun(state="AnalyseTrustedAdvisor", entered_at="", started_at="", duration_ms=0)
    return slot(Answer(agent=found.agent, review_id="review-1", kind="findings", reference=stored, run=run))


def a_named(resource_id: str, resource_type: str = "Ec2Instance", saving: int | None = None) -> Recommendation:
    return Recommendation(
        source="TrustedAdvisor",
        agent="trusted-advisor-agent",
        action_type=ActionType.STOP,
        account_id="123456789012",
        region_id="us-east-1",
        resource_type=resource_type,
        resource_id=resource_id,
        estimated_monthly_savings=None if saving is None else Decimal(saving),
        billing_currency="USD",
        evidence=()
        if saving is None
        else (EvidencePointer("trustedadvisor:ListRecommendationResources", "r", "/0", str(saving)),),
    )


def test_two_hundred_and_fifty_resources_are_asked_about_in_one_request() -> None:
    account = a_scripted_world({"ce:GetCostAndUsageWithResources": [a_bill()], **COLLECTED})
    named = a_slot_of_findings(account.world, [a_named(f"i-{number:05}") for number in range(250)])
    collected = slot(work(door, account.world, "collect"))
    answer = work(
        door, account.world, "collect_named_resource_spend", collected=collected, builds_on={"trusted_advisor": named}
    )
    evidence = evidence_of(account.world, answer)
    asked = [one.parameters["Filter"]["Dimensions"]["Values"] for one in evidence.responses]
    assert [len(ids) for ids in asked] == [250]
    assert len({one for ids in asked for one in ids}) == 250
    assert answer.run.cost_explorer_requests == 1
    period = evidence.responses[0].parameters["TimePeriod"]
    assert period == {"Start": "2026-11-02", "End": "2026-11-16"}


def after_asking_about(
    script: Any, *named: Recommendation, bill: Json = COLLECTED["ce:GetCostAndUsage"][0], **more: Any
) -> Findings:
    """The findings after the bill was asked about what Trusted Advisor named."""
    answers = {**COLLECTED, "ce:GetCostAndUsage": [bill], "ce:GetCostAndUsageWithResources": script}
    world = a_scripted_world(answers).world
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


def test_half_of_the_named_resources_spend_is_not_told() -> None:
    half = a_bill(*days_of("i-1", ["1"] * 7), NextPageToken="a")
    found = after_asking_about([half], a_named("i-1"))
    assert found.resource_spend == ()
    assert why_a_gap(found, "CostExplorerResources").startswith("SKIPPED: 0 resources were asked about")


def a_page_of(resources: list[str], **more: Any) -> Json:
    """Fourteen days of them."""
    groups: dict[tuple[str, ...], str] = {(one,): "1" for one in resources}
    return a_bill(*(a_day(date(2026, 11, 2) + timedelta(days=place), groups) for place in range(14)), **more)


def test_where_a_thousand_resources_fill_more_than_a_page_as_many_as_a_page_holds_are_asked_about() -> None:
    ids = [f"i-{number:05}" for number in range(1000)]
    named = [a_named(one, saving=1000 - place) for place, one in enumerate(ids)]
    pages = [a_page_of(ids[500:600], NextPageToken="a"), a_page_of(ids[:100])]
    account = a_scripted_world({**COLLECTED, "ce:GetCostAndUsageWithResources": [*pages, DENIED]})
    builds_on = {"trusted_advisor": a_slot_of_findings(account.world, named)}
    collected = slot(work(door, account.world, "collect"))
    spend = work(door, account.world, "collect_named_resource_spend", collected=collected, builds_on=builds_on)
    both = {**builds_on, "named_resource_spend": slot(spend)}
    found = findings_of(account.world, work(door, account.world, "analyse", collected=collected, builds_on=both))
    assert spend.run.cost_explorer_requests == 2
    assert [one.resource_id for one in found.resource_spend] == ids[:100]
    assert "100 resources were asked about" in why_a_gap(found, "CostExplorerResources")
    assert "900 were not" in why_a_gap(found, "CostExplorerResources")


def test_never_more_than_two_requests_are_paid_for_named_resources() -> None:
    endless = a_page_of([f"i-{number:05}" for number in range(50)], NextPageToken="a")
    account = a_scripted_world({**COLLECTED, "ce:GetCostAndUsageWithResources": [endless]})
    builds_on = {"trusted_advisor": a_slot_of_findings(account.world, [a_named(f"i-{n:05}") for n in range(1000)])}
    collected = slot(work(door, account.world, "collect"))
    spend = work(door, account.world, "collect_named_resource_spend", collected=collected, builds_on=builds_on)
    assert spend.run.cost_explorer_requests == account.asked("GetCostAndUsageWithResources") == 2


def test_a_refusal_that_is_not_of_the_filters_length_is_not_paid_for_twice() -> None:
    refused = (400, {"__type": "ValidationException", "message": "Start date is malformed."})
    account = a_scripted_world({**COLLECTED, "ce:GetCostAndUsageWithResources": [refused]})
    builds_on = {"trusted_advisor": a_slot_of_findings(account.world, [a_named(f"i-{n:05}") for n in range(150)])}
    work(
        door,
        account.world,
        "collect_named_resource_spend",
        collected=slot(work(door, account.world, "collect")),
        builds_on=builds_on,
    )
    assert account.asked("GetCostAndUsageWithResources") == 1


def test_only_whole_days_tell_a_resources_pace() -> None:
    (spend,) = after_asking_about([a_bill(*days_of("i-1", ["2"] * 13 + ["0.1"]))], a_named("i-1")).resource_spend
    assert (spend.days, spend.effective_cost) == (14, Decimal("26.1"))
    assert (spend.whole_days, spend.whole_days_cost, spend.trend_percent) == (13, Decimal(26), Decimal("0.0"))
    month = bill(None, [spend], []).resources[spend.resource_key]
    assert (month.amount.quantize(Decimal("0.01")), month.days) == (Decimal("60.83"), 13)


def test_a_resource_of_which_only_yesterday_is_billed_has_no_monthly_cost() -> None:
    (spend,) = after_asking_about([a_bill(*days_of("i-1", ["2"], "2026-11-15"))], a_named("i-1")).resource_spend
    assert bill(None, [spend], []).resources == {}


def test_where_aws_refuses_a_long_filter_the_most_valuable_are_asked_about_and_the_rest_is_named() -> None:
    refused = (400, {"__type": "ValidationException", "message": "Too many values."})
    named = [a_named(f"i-{number:05}", saving=number) for number in range(150)]
    found = after_asking_about([refused, a_bill(*days_of("i-00149", ["1"] * 14))], *named)
    assert [one.resource_id for one in found.resource_spend] == ["i-00149"]
    (left,) = [one for one in found.sources if one.is_gap]
    assert (left.state, left.source) == ("SKIPPED", "CostExplorerResources")
    assert "100 resources were asked about" in left.detail
    assert "50 were not" in left.detail


def test_beyond_a_thousand_resources_the_rest_is_named_as_not_asked_about() -> None:
    found = after_asking_about([a_bill()], *(a_named(f"i-{number:05}") for number in range(1001)))
    (left,) = [one for one in found.sources if one.is_gap]
    assert (left.state, "1 were not" in left.detail) == ("SKIPPED", True)


def test_where_resource_level_data_is_off_the_services_figures_stand_in_and_say_so() -> None:
    off = "Resource-level data granularity is an opt-in only feature"
    bill = a_bill(*(a_day(date(2026, 11, 2) + timedelta(days=n), {(COMPUTE, "Usage"): "5"}) for n in range(14)))
    found = after_asking_about(
        [(400, {"__type": "AccessDeniedException", "message": off})], a_named("i-1"), a_named("i-2"), bill=bill
    )
    assert found.resource_spend == ()
    (basis,) = found.service_basis
    assert (basis.service_name, basis.last_7_days, basis.trend_percent) == (COMPUTE, Decimal(35), Decimal("0.0"))
    assert [key.rpartition("/")[2] for key in basis.resource_keys] == ["i-1", "i-2"]
    (gap,) = [one for one in found.sources if one.is_gap]
    assert (gap.state, "resource-level data" in gap.remedy) == ("NOT_ENROLLED", True)
    assert "service_basis" in gap.detail


def test_the_day_from_which_a_resource_costs_more_is_named() -> None:
    found = after_asking_about([a_bill(*days_of("i-1", ["4"] * 9 + ["6"] * 5))], a_named("i-1"))
    step = found.resource_spend[0].step
    assert step is not None
    assert (step.day, step.before_a_day, step.after_a_day) == (date(2026, 11, 11), Decimal(4), Decimal(6))
    assert step.change_percent == Decimal("50.0")


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
    assert web.trend_percent == Decimal("40.5")


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
