"""What three services propose to stop, shrink, upgrade or commit to, each in its own spelling."""

from decimal import Decimal
from typing import Any

import pytest

from tasks.agents.rightsizing.handler import work as door
from tasks.shared_context import store_context
from tests.tasks.worlds import (
    Json,
    a_response,
    a_world,
    an_account,
    evidence_of,
    findings_after,
    slot,
    states,
    work,
)
from workflows.cost_review.answers import Answer, StepRun
from workflows.cost_review.documents import Findings, to_bytes
from workflows.money import total
from workflows.recommendation import ActionType, Recommendation, SavingsBasis
from workflows.sources import Source
from workflows.spend import ResourceSpend

pytestmark = pytest.mark.usefixtures("own_aws")
HUB, RIGHTSIZING = "CostOptimizationHub us-east-1", "CostExplorerRightsizing us-east-1"
VIRGINIA, IRELAND = "ComputeOptimizer us-east-1", "ComputeOptimizer eu-west-1"
ACCOUNT = "123456789012"


def findings(*instead: Any, **settings: Any) -> Findings:
    return findings_after(door, a_world(an_account(*instead), **settings).world)


def of(found: Findings, source: Source, resource: str = "") -> list[Recommendation]:
    return [one for one in found.recommendations if one.source == source and resource in one.resource_id]


def monthly(value: float | None, percentage: float = 10.0) -> Json:
    return {
        "savingsOpportunityPercentage": percentage,
        "estimatedMonthlySavings": {"currency": "USD", **({} if value is None else {"value": value})},
    }


def an_instance(**changes: Any) -> Json:
    option = {"instanceType": "m5.large", "rank": 1, "performanceRisk": 1.0, "savingsOpportunity": monthly(10.0)}
    return {
        "instanceArn": f"arn:aws:ec2:us-east-1:{ACCOUNT}:instance/i-1",
        "accountId": ACCOUNT,
        "instanceName": "web",
        "currentInstanceType": "m5.xlarge",
        "finding": "OVER_PROVISIONED",
        "instanceState": "running",
        "recommendationOptions": [option],
        **changes,
    }


def instances(*rows: Json) -> list[Recommendation]:
    """What Compute Optimizer's instances in us-east-1 become."""
    operation = "GetEC2InstanceRecommendations"
    answers = [
        a_response("compute-optimizer", operation, {"instanceRecommendations": list(rows)}, region="us-east-1"),
        a_response("compute-optimizer", operation, {"instanceRecommendations": []}, region="eu-west-1"),
    ]
    found = findings(*answers)
    return [
        one for one in of(found, Source.COMPUTE_OPTIMIZER) if one.action_type is ActionType.RIGHTSIZE if is_ec2(one)
    ]


def is_ec2(one: Recommendation) -> bool:
    return one.resource_type == "Ec2Instance"


def hub_items(*items: Json) -> list[Recommendation]:
    """What these items of Cost Optimization Hub become."""
    answer = a_response("cost-optimization-hub", "ListRecommendations", {"items": list(items)})
    return of(findings(answer), Source.COST_OPTIMIZATION_HUB)


def an_item(**changes: Any) -> Json:
    return {
        "recommendationId": "1",
        "accountId": ACCOUNT,
        "region": "us-east-1",
        "resourceId": "i-1",
        "resourceArn": f"arn:aws:ec2:us-east-1:{ACCOUNT}:instance/i-1",
        "currentResourceType": "Ec2Instance",
        "recommendedResourceType": "Ec2Instance",
        "actionType": "Rightsize",
        "estimatedMonthlySavings": 25.0,
        "estimatedSavingsPercentage": 25.0,
        "estimatedMonthlyCost": 75.0,
        "currencyCode": "USD",
        **changes,
    }


def modified(**changes: Any) -> Json:
    """One row of Cost Explorer's rightsizing."""
    targets = [
        {
            "EstimatedMonthlySavings": saving,
            "CurrencyCode": "USD",
            "DefaultTargetInstance": default,
            "ResourceDetails": {"EC2ResourceDetails": {"InstanceType": kind}},
        }
        for saving, default, kind in (("30.00", False, "c5.large"), ("20.00", True, "c5.xlarge"))
    ]
    return {
        "AccountId": ACCOUNT,
        "RightsizingType": "Modify",
        "CurrentInstance": {
            "ResourceId": "i-1",
            "InstanceName": "",
            "MonthlyCost": "100",
            "ResourceDetails": {"EC2ResourceDetails": {"InstanceType": "c5.2xlarge", "Region": "US East (Ohio)"}},
        },
        "ModifyRecommendationDetail": {"TargetInstances": targets},
        **changes,
    }


def rightsized(*rows: Json) -> list[Recommendation]:
    answer = a_response("ce", "GetRightsizingRecommendation", {"RightsizingRecommendations": list(rows)})
    return of(findings(answer), Source.COST_EXPLORER_RIGHTSIZING)


def test_the_three_sources_propose_what_the_ledger_of_the_sample_account_says() -> None:
    found = findings()

    def gross(source: Source, *, commitments: bool) -> Decimal:
        mine = [one for one in of(found, source) if (one.optimization_type == "Rate") is commitments]
        return total(max(one.estimated_monthly_savings or Decimal(0), Decimal(0)) for one in mine)

    assert gross(Source.COST_OPTIMIZATION_HUB, commitments=False) == Decimal("251.04")
    assert gross(Source.COST_OPTIMIZATION_HUB, commitments=True) == Decimal("41.30")
    assert gross(Source.COMPUTE_OPTIMIZER, commitments=False) == Decimal("318.93")
    assert gross(Source.COST_EXPLORER_RIGHTSIZING, commitments=False) == Decimal("194.18")
    assert states(found) == dict.fromkeys((HUB, VIRGINIA, IRELAND, RIGHTSIZING), "AVAILABLE")


def test_each_amount_can_be_traced_to_the_response_it_stands_in() -> None:
    world = a_world().world
    evidence = evidence_of(world, work(door, world, "collect"))
    for one in findings_after(door, world).recommendations:
        for pointer in one.evidence:
            (response,) = [each.response for each in evidence.responses if each.request_id == pointer.request_id]
            for part in pointer.pointer.split("/")[1:]:
                response = response[int(part)] if isinstance(response, list) else response[part]
            assert str(response) == pointer.raw
            assert Decimal(pointer.raw) == one.estimated_monthly_savings


def test_a_stopped_instance_is_not_rightsized() -> None:
    (one,) = instances(an_instance(instanceState="stopped"))
    assert "stopped" in one.not_applicable
    assert instances(an_instance())[0].not_applicable == ""


@pytest.mark.parametrize("finding", ["OVER_PROVISIONED", "Overprovisioned", "UNDER_PROVISIONED", "Underprovisioned"])
def test_both_spellings_of_a_finding_are_understood(finding: str) -> None:
    assert len(instances(an_instance(finding=finding))) == 1


@pytest.mark.parametrize("finding", ["OPTIMIZED", "Optimized"])
def test_an_optimized_instance_is_left_alone_in_both_spellings(finding: str) -> None:
    assert instances(an_instance(finding=finding)) == []


def test_a_saving_below_zero_keeps_its_sign() -> None:
    option = {"instanceType": "t3.large", "rank": 1, "savingsOpportunity": monthly(-30.37)}
    (one,) = instances(an_instance(finding="UNDER_PROVISIONED", recommendationOptions=[option]))
    assert one.estimated_monthly_savings == Decimal("-30.37")


def test_the_saving_after_discounts_is_taken_where_it_is_told() -> None:
    option = {
        "instanceType": "m5.large",
        "rank": 1,
        "savingsOpportunity": monthly(124.10),
        "savingsOpportunityAfterDiscounts": monthly(95.89, 21.0),
    }
    (one,) = instances(an_instance(recommendationOptions=[option]))
    assert (one.estimated_monthly_savings, one.savings_basis) == (Decimal("95.89"), SavingsBasis.AFTER_DISCOUNTS)
    assert one.estimated_savings_percentage == Decimal("21.0")
    assert "AfterDiscounts" in one.evidence[0].pointer


def test_the_first_ranked_option_is_taken_not_the_biggest_saving() -> None:
    options = [
        {"instanceType": "big", "savingsOpportunity": monthly(99.0)},
        {"instanceType": "second", "rank": 2, "savingsOpportunity": monthly(50.0)},
        {"instanceType": "first", "rank": 1, "savingsOpportunity": monthly(10.0)},
    ]
    (one,) = instances(an_instance(recommendationOptions=options))
    assert one.recommended_resource_summary == "first"


@pytest.mark.parametrize("opportunity", [None, {}, monthly(None)])
def test_an_option_without_a_saving_is_unknown_not_nothing(opportunity: Json | None) -> None:
    option = {"instanceType": "m5.large", "rank": 1}
    (one,) = instances(an_instance(recommendationOptions=[{**option, "savingsOpportunity": opportunity or {}}]))
    assert one.estimated_monthly_savings is None


def test_an_instance_without_options_proposes_nothing() -> None:
    assert instances(an_instance(recommendationOptions=[])) == []


def test_a_function_of_the_hub_is_the_same_function_without_its_version() -> None:
    arn = f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:image-resizer:$LATEST"
    (one,) = hub_items(an_item(currentResourceType="LambdaFunction", resourceArn=arn, resourceId=arn))
    assert one.resource_key == f"{ACCOUNT}/us-east-1/LambdaFunction/image-resizer"
    twins = {one.resource_key for one in findings().recommendations if "image-resizer" in one.resource_id}
    assert twins == {one.resource_key}


def test_a_commitment_names_no_resource_and_keeps_its_saving() -> None:
    item = an_item(actionType="PurchaseSavingsPlans", currentResourceType="ComputeSavingsPlans")
    del item["resourceArn"], item["resourceId"]
    (one,) = hub_items(item)
    assert (one.resource_id, one.resource_type) == ("", "ComputeSavingsPlans")
    assert one.estimated_monthly_savings == Decimal(25)
    assert one.optimization_type == "Rate"


def test_an_action_that_nobody_here_knows_is_to_be_reviewed() -> None:
    assert hub_items(an_item(actionType="Teleport"))[0].action_type is ActionType.REVIEW


@pytest.mark.parametrize(("cost", "before"), [(75.0, Decimal(100)), (100.0, Decimal(100)), (500.0, None)])
def test_the_cost_before_is_the_reading_that_fits_the_percentage(cost: float, before: Decimal | None) -> None:
    assert hub_items(an_item(estimatedMonthlyCost=cost))[0].estimated_monthly_cost_before == before


def test_an_item_without_a_saving_is_unknown() -> None:
    item = an_item()
    del item["estimatedMonthlySavings"]
    assert hub_items(item)[0].estimated_monthly_savings is None


def test_the_default_target_is_taken_of_several() -> None:
    (one,) = rightsized(modified())
    assert (one.recommended_resource_summary, one.estimated_monthly_savings) == ("c5.xlarge", Decimal("20.00"))
    assert one.resource_key == f"{ACCOUNT}/us-east-2/Ec2Instance/i-1"
    assert one.savings_basis is SavingsBasis.LIST


@pytest.mark.parametrize("spelling", ["Terminate", "TERMINATE"])
def test_both_spellings_of_terminating_stop_the_instance(spelling: str) -> None:
    detail = {"EstimatedMonthlySavings": "70.08", "CurrencyCode": "USD"}
    (one,) = rightsized(modified(RightsizingType=spelling, TerminateRecommendationDetail=detail))
    assert (one.action_type, one.estimated_monthly_savings) == (ActionType.STOP, Decimal("70.08"))


@pytest.mark.parametrize("detail", [{}, {"TargetInstances": []}])
def test_a_row_without_a_target_has_an_unknown_saving(detail: Json) -> None:
    (one,) = rightsized(modified(ModifyRecommendationDetail=detail))
    assert one.estimated_monthly_savings is None


def a_slot_of_spend(world: Any, trend: str) -> Json:
    """What the state holds after the bill said how the sample account's web server went."""
    key = f"{ACCOUNT}/us-east-1/Ec2Instance/i-07c4e8b15da2f3962"
    amounts: Json = {name: Decimal(1) for name in ("effective_cost", "last_7_days", "previous_7_days")}
    spend = ResourceSpend(
        key, "i-07c4e8b15da2f3962", 14, trend_percent=Decimal(trend), billing_currency="USD", **amounts
    )
    found = Findings("cost-explorer-agent", ACCOUNT, (), resource_spend=(spend,))
    stored = store_context(
        world, agent=found.agent, context_type="findings", review_id="review-1", content=to_bytes(found)
    )
    run = StepRun(state="AnalyseCostExplorer", entered_at="", started_at="", duration_ms=0)
    return slot(Answer(agent=found.agent, review_id="review-1", kind="findings", reference=stored, run=run))


@pytest.mark.parametrize(("trend", "warned"), [("41.3", True), ("20.0", True), ("19.9", False), ("-50", False)])
def test_shrinking_what_is_becoming_dearer_carries_a_warning(trend: str, warned: bool) -> None:
    world = a_world().world
    found = findings_after(door, world, cost_explorer=a_slot_of_spend(world, trend))
    notes = {note for one in found.recommendations if one.resource_id == "i-07c4e8b15da2f3962" for note in one.notes}
    assert bool(notes) is warned
    assert all(trend in note for note in notes)
