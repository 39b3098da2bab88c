"""The traps of AWS's cost APIs that lie in rightsizing, by their number in the list of traps."""

from decimal import Decimal
from typing import Any

import pytest

from tasks.agents.rightsizing.handler import work as door
from tests.tasks.agents.test_rightsizing import (
    ACCOUNT,
    an_instance,
    an_item,
    hub_items,
    instances,
    modified,
    monthly,
    of,
)
from tests.tasks.worlds import (
    AWorld,
    Json,
    a_review,
    a_scripted_world,
    a_world,
    an_account,
    evidence_of,
    findings_after,
    states,
    work,
)
from workflows.cost_review.request import Scope
from workflows.recommendation import ActionType, HoursBasis, Recommendation
from workflows.sources import Source

pytestmark = pytest.mark.usefixtures("own_aws")
CO = "compute-optimizer"
LISTS = {
    "GetEC2InstanceRecommendations": "instanceRecommendations",
    "GetAutoScalingGroupRecommendations": "autoScalingGroupRecommendations",
    "GetEBSVolumeRecommendations": "volumeRecommendations",
    "GetLambdaFunctionRecommendations": "lambdaFunctionRecommendations",
    "GetECSServiceRecommendations": "ecsServiceRecommendations",
    "GetRDSDatabaseRecommendations": "rdsDBRecommendations",
    "GetIdleRecommendations": "idleRecommendations",
}


def a_script() -> dict[str, list[Any]]:
    """An account where everything is switched on and nothing is proposed."""
    return {
        "cost-optimization-hub:ListEnrollmentStatuses": [{"items": [{"status": "Active"}]}],
        "cost-optimization-hub:ListRecommendations": [{"items": []}],
        "cost-optimization-hub:GetPreferences": [{"savingsEstimationMode": "AfterDiscounts"}],
        f"{CO}:GetEnrollmentStatus": [{"status": "Active"}],
        "ce:GetRightsizingRecommendation": [{"RightsizingRecommendations": []}],
        **{f"{CO}:{operation}": [{member: []}] for operation, member in LISTS.items()},
    }


def in_one_region(script: dict[str, list[Any]]) -> AWorld:
    return a_scripted_world(script, regions=("us-east-1",))


def listed(operation: str, *rows: Any) -> list[Recommendation]:
    """What these rows of one of Compute Optimizer's lists become."""
    script = {**a_script(), f"{CO}:{operation}": [{LISTS[operation]: list(rows)}]}
    return of(findings_after(door, in_one_region(script).world), Source.COMPUTE_OPTIMIZER)


def an_option(savings: float | None = 10.0, **more: Any) -> Json:
    return {"rank": 1, "savingsOpportunity": monthly(savings), **more}


@pytest.mark.parametrize("finding", ["NOT_OPTIMIZED", "NotOptimized", "notoptimized", "OVER_PROVISIONED"])
def test_trap_06_a_finding_is_understood_in_every_case(finding: str) -> None:
    assert len(instances(an_instance(finding=finding, instanceState="RUNNING"))) == 1
    group = {"autoScalingGroupArn": GROUP, "finding": finding, "recommendationOptions": [an_option()]}
    assert len(listed("GetAutoScalingGroupRecommendations", group)) == 1


@pytest.mark.parametrize("status", ["ACTIVE", "Active", "active"])
def test_trap_06_an_enrolment_is_understood_in_every_case(status: str) -> None:
    script = {
        **a_script(),
        f"{CO}:GetEnrollmentStatus": [{"status": status}],
        "cost-optimization-hub:ListEnrollmentStatuses": [{"items": [{"status": status}]}],
    }
    assert set(states(findings_after(door, in_one_region(script).world)).values()) == {"NO_DATA"}


@pytest.mark.parametrize(
    ("action", "effort"), [("MIGRATE_TO_GRAVITON", "VERY_HIGH"), ("migratetograviton", "veryHigh")]
)
def test_trap_06_the_hubs_words_are_understood_in_every_case(action: str, effort: str) -> None:
    (one,) = hub_items(an_item(actionType=action, implementationEffort=effort))
    assert (one.action_type, one.implementation_effort) == (ActionType.MIGRATE_TO_GRAVITON, "VeryHigh")


@pytest.mark.parametrize("operation", LISTS)
def test_trap_07_every_page_is_read_where_boto3_has_no_paginator(operation: str) -> None:
    member = LISTS[operation]
    pages = [{member: [], "nextToken": "a"}, {member: [{}], "nextToken": "b"}, {member: [{}]}]
    account = in_one_region({**a_script(), f"{CO}:{operation}": pages})
    evidence = evidence_of(account.world, work(door, account.world, "collect"))
    assert [page.parameters.get("nextToken") for page in evidence.of(operation)] == [None, "a", "b"]
    rows_a_page = 100 if operation == "GetIdleRecommendations" else 1000
    assert {page.parameters["maxResults"] for page in evidence.of(operation)} == {rows_a_page}


def test_trap_07_a_token_that_comes_back_is_stopped_and_the_other_lists_are_read() -> None:
    again = {"instanceRecommendations": [], "nextToken": "a"}
    idle = {"idleRecommendations": [an_idle("NatGateway", "natgateway/nat-1")]}
    script = {**a_script(), f"{CO}:GetEC2InstanceRecommendations": [again], f"{CO}:GetIdleRecommendations": [idle]}
    account = in_one_region(script)
    found = findings_after(door, account.world)
    assert account.asked("GetEC2InstanceRecommendations") == 2
    assert states(found)["ComputeOptimizer us-east-1"] == "ERROR"
    assert [one.resource_id for one in found.recommendations] == ["nat-1"]


def test_trap_09_the_hub_is_asked_in_virginia_whatever_region_is_in_scope() -> None:
    account = a_world(an_account())
    asked: list[str] = []
    for service in ("cost-optimization-hub", CO, "ce"):
        for region in ("us-east-1", "eu-west-1"):

            def note(request: Any, **_: Any) -> None:
                asked.append(request.url.split("/")[2])

            heard: Any = note
            account.world.account(service, region).meta.events.register_first("before-send", heard)
    work(door, account.world, "collect", a_review(analysis_type="targeted", scope=Scope(regions=("eu-west-1",))))
    assert set(asked) == {
        "cost-optimization-hub.us-east-1.amazonaws.com",
        "compute-optimizer.eu-west-1.amazonaws.com",
        "ce.us-east-1.amazonaws.com",
    }


def test_trap_11_cost_explorers_throttling_is_tried_again() -> None:
    limit = (400, {"__type": "LimitExceededException", "message": "Rate exceeded"})
    script = {**a_script(), "ce:GetRightsizingRecommendation": [limit, {"RightsizingRecommendations": [modified()]}]}
    account = in_one_region(script)
    found = findings_after(door, account.world)
    assert account.asked("GetRightsizingRecommendation") == 2
    assert len(of(found, Source.COST_EXPLORER_RIGHTSIZING)) == 1


def test_trap_17_each_source_says_which_hours_its_month_has_and_no_amount_is_rescaled() -> None:
    script = {
        **a_script(),
        "cost-optimization-hub:ListRecommendations": [{"items": [an_item(estimatedMonthlySavings=73.0)]}],
        "ce:GetRightsizingRecommendation": [{"RightsizingRecommendations": [modified()]}],
        f"{CO}:GetEC2InstanceRecommendations": [{"instanceRecommendations": [an_instance()]}],
    }
    found = findings_after(door, in_one_region(script).world)
    assert {one.source: (one.hours_basis, one.estimated_monthly_savings) for one in found.recommendations} == {
        Source.COST_OPTIMIZATION_HUB: (HoursBasis.H730, Decimal("73.0")),
        Source.COST_EXPLORER_RIGHTSIZING: (HoursBasis.H730, Decimal("20.00")),
        Source.COMPUTE_OPTIMIZER: (HoursBasis.ACTUAL, Decimal("10.0")),
    }


@pytest.mark.parametrize(
    ("cost", "saving", "percentage", "before"),
    [
        (2.56, 0.64, 20.0, "3.20"),
        (82.49, 43.07, 35.0, "125.56"),
        (18.02, 18.02, 50.0, "36.04"),
        (0.0922, 0.0121, 12.0, "0.1043"),
        (100.0, 25.0, 25.0, "100.0"),
        (500.0, 25.0, 25.0, None),
    ],
)
def test_trap_18_the_hubs_cost_is_read_as_what_fits_its_percentage(
    cost: float, saving: float, percentage: float, before: str | None
) -> None:
    item = an_item(estimatedMonthlyCost=cost, estimatedMonthlySavings=saving, estimatedSavingsPercentage=percentage)
    (one,) = hub_items(item)
    assert one.estimated_monthly_cost_before == (None if before is None else Decimal(before))


def test_trap_19_the_first_rank_is_taken_though_another_option_saves_more() -> None:
    more, first = an_option(90.0, rank=2, instanceType="more"), an_option(10.0, rank="1", instanceType="first")
    unranked = an_option(99.0, instanceType="unranked", rank=None)
    (one,) = instances(an_instance(recommendationOptions=[unranked, more, None, first]))
    assert (one.recommended_resource_summary, one.estimated_monthly_savings) == ("first", Decimal("10.0"))


def test_trap_19_a_saving_below_zero_is_shown_with_its_sign() -> None:
    service = {"serviceArn": SERVICE, "finding": "Underprovisioned", "serviceRecommendationOptions": [an_option(-7.5)]}
    (one,) = listed("GetECSServiceRecommendations", service)
    assert one.estimated_monthly_savings == Decimal("-7.5")


@pytest.mark.parametrize("action", ["Rightsize", "Upgrade", "MigrateToGraviton", "Stop"])
def test_trap_20_a_stopped_instance_is_stopped_for_the_hub_too(action: str) -> None:
    (one,) = beside_a_stopped_instance(an_item(actionType=action))
    assert "stopped" in one.not_applicable


def test_trap_20_a_stopped_instance_may_still_be_deleted_and_its_volume_made_smaller() -> None:
    volume = f"arn:aws:ec2:us-east-1:{ACCOUNT}:volume/vol-1"
    still = [an_item(actionType="Delete"), an_item(currentResourceType="EbsVolume", resourceArn=volume)]
    assert [one.not_applicable for one in beside_a_stopped_instance(*still)] == ["", ""]


def test_trap_20_a_stopped_instance_is_stopped_for_cost_explorer_too() -> None:
    row = modified()
    row["CurrentInstance"]["ResourceDetails"]["EC2ResourceDetails"]["Region"] = "US East (N. Virginia)"
    script = {
        **a_script(),
        "ce:GetRightsizingRecommendation": [{"RightsizingRecommendations": [row]}],
        f"{CO}:GetEC2InstanceRecommendations": [{"instanceRecommendations": [an_instance(instanceState="STOPPED")]}],
    }
    found = findings_after(door, in_one_region(script).world)
    assert [bool(one.not_applicable) for one in found.recommendations] == [True, True]


def beside_a_stopped_instance(*items: Json) -> list[Recommendation]:
    """What these items of the Hub become where Compute Optimizer says that their instance is stopped."""
    script = {
        **a_script(),
        "cost-optimization-hub:ListRecommendations": [{"items": list(items)}],
        f"{CO}:GetEC2InstanceRecommendations": [{"instanceRecommendations": [an_instance(instanceState="stopped")]}],
    }
    return of(findings_after(door, in_one_region(script).world), Source.COST_OPTIMIZATION_HUB)


GROUP = f"arn:aws:autoscaling:us-east-1:{ACCOUNT}:autoScalingGroup:0-1:autoScalingGroupName/web"
SERVICE = f"arn:aws:ecs:us-east-1:{ACCOUNT}:service/shop/checkout"
DATABASE = f"arn:aws:rds:us-east-1:{ACCOUNT}:db:orders"


def test_trap_21_a_group_and_its_instance_are_two_resources_that_can_be_told_apart() -> None:
    group = {
        "autoScalingGroupArn": GROUP,
        "autoScalingGroupName": "web",
        "finding": "NotOptimized",
        "currentConfiguration": {"desiredCapacity": 4, "instanceType": "m5.xlarge"},
        "recommendationOptions": [
            an_option(40.0, configuration={"desiredCapacity": 4, "instanceType": "m5.large"}, migrationEffort="Low")
        ],
    }
    (one,) = listed("GetAutoScalingGroupRecommendations", group)
    assert one.resource_key == f"{ACCOUNT}/us-east-1/Ec2AutoScalingGroup/web"
    assert (one.current_resource_summary, one.recommended_resource_summary) == ("4 of m5.xlarge", "4 of m5.large")
    assert one.implementation_effort == "Low"


def test_trap_21_a_databases_instance_and_storage_are_two_savings() -> None:
    database = {
        "resourceArn": DATABASE,
        "instanceFinding": "OVER_PROVISIONED",
        "instanceRecommendationOptions": [an_option(30.0, dbInstanceClass="db.m6g.large", performanceRisk=1.0)],
        "storageFinding": "NotOptimized",
        "currentStorageConfiguration": {"storageType": "io1", "allocatedStorage": 200},
        "storageRecommendationOptions": [
            an_option(12.5, storageConfiguration={"storageType": "gp3", "allocatedStorage": 200})
        ],
        "lookbackPeriodInDays": 14.0,
    }
    instance, storage = listed("GetRDSDatabaseRecommendations", database)
    assert (instance.resource_type, instance.estimated_monthly_savings) == ("RdsDbInstance", Decimal("30.0"))
    assert (storage.resource_type, storage.estimated_monthly_savings) == ("RdsDbInstanceStorage", Decimal("12.5"))
    assert storage.action_type is ActionType.UPGRADE
    assert instance.resource_key != storage.resource_key
    assert (instance.lookback_days, instance.performance_risk) == (14, Decimal("1.0"))


def test_trap_26_a_double_is_kept_as_it_was_written() -> None:
    assert hub_items(an_item(estimatedMonthlySavings=123.12000000000002))[0].estimated_monthly_savings == Decimal(
        "123.12000000000002"
    )
    (one,) = instances(an_instance(recommendationOptions=[an_option(95.89)]))
    assert one.estimated_monthly_savings == Decimal("95.89")


def an_idle(kind: str, resource: str, **more: Any) -> Json:
    arn = f"arn:aws:ec2:us-east-1:{ACCOUNT}:{resource}"
    return {"resourceArn": arn, "resourceType": kind, "finding": "Idle", "savingsOpportunity": monthly(5.0), **more}


@pytest.mark.parametrize("kind", ["SageMakerEndpoint", "DynamoDBTable", "WorkSpaces", "SomethingOfNextYear"])
def test_trap_27_an_idle_resource_of_a_type_that_nobody_here_knows_is_kept(kind: str) -> None:
    (one,) = listed("GetIdleRecommendations", an_idle(kind, "thing/t-1", lookBackPeriodInDays=32.0))
    assert (one.resource_type, one.resource_id, one.action_type) == (kind, "t-1", ActionType.DELETE)
    assert (one.estimated_monthly_savings, one.lookback_days) == (Decimal("5.0"), 32)


def test_trap_27_the_hub_keeps_a_type_that_nobody_here_knows() -> None:
    (one,) = hub_items(an_item(currentResourceType="QuantumTask", resourceArn=None, resourceId="q-1"))
    assert (one.resource_type, one.resource_id) == ("QuantumTask", "q-1")
