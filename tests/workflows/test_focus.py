"""A scope lets through what it names, in any spelling that people copy, and nothing else."""

from typing import Any

import pytest

from tests.workflows.builders import a_commitment, a_hearing, a_recommendation, a_review, findings
from workflows.cost_review.consolidation import consolidate
from workflows.cost_review.focus import in_focus
from workflows.recommendation import ActionType

RECOMMENDATION = a_recommendation(resource="i-1")


def is_in(scope: dict[str, Any], recommendation: Any = RECOMMENDATION) -> bool:
    return bool(in_focus([recommendation], a_review(scope=scope, analysis_type="targeted")))


@pytest.mark.parametrize(
    ("scope", "looked_at"),
    [
        ({}, True),
        ({"accounts": ["123456789012"]}, True),
        ({"accounts": ["999999999999"]}, False),
        ({"regions": ["us-east-1", "eu-west-1"]}, True),
        ({"regions": ["eu-west-1"]}, False),
        ({"services": ["ec2"]}, True),
        ({"services": ["rds"]}, False),
        ({"resource_ids": ["i-1"]}, True),
        ({"resource_ids": ["i-11"]}, False),
        ({"resource_ids": ["arn:aws:ec2:us-east-1:123456789012:instance/i-1"]}, True),
        ({"resource_ids": ["arn:aws:ec2:eu-west-1:123456789012:instance/i-1"]}, False),
        ({"resource_ids": ["arn:aws:ec2:us-east-1:999999999999:instance/i-1"]}, False),
        ({"agents": ["budget-agent"]}, True),
        ({"regions": ["us-east-1"], "services": ["rds"]}, False),
    ],
)
def test_a_recommendation_has_to_be_within_every_part_of_the_scope(scope: dict[str, Any], looked_at: bool) -> None:
    assert is_in(scope) is looked_at


def test_a_functions_arn_with_a_version_names_the_function() -> None:
    function = a_recommendation(resource="resize", resource_type="LambdaFunction")

    assert is_in({"resource_ids": ["arn:aws:lambda:us-east-1:123456789012:function:resize:$LATEST"]}, function)


@pytest.mark.parametrize("spelled", ["us-east-1a", "US East (N. Virginia)", "US-EAST-1"])
def test_a_region_that_a_source_spells_its_own_way_is_within_the_scope_of_the_region(spelled: str) -> None:
    review = a_review(scope={"regions": ["us-east-1"]}, analysis_type="targeted")
    heard = a_hearing(findings(a_recommendation(region_id=spelled), a_recommendation(region_id="eu-west-1")))
    concluded = consolidate(review, [heard])

    assert [one.best.chosen.region_id for one in concluded.ranked] == ["us-east-1"]
    assert concluded.outside_focus == 1


@pytest.mark.parametrize(
    ("kind", "resource", "copied"),
    [
        ("RdsDbInstance", "orders", "Orders"),
        ("RdsDbInstance", "orders", "arn:aws:rds:us-east-1:123456789012:db:Orders"),
        ("LoadBalancer", "app/web/50dc6c", "web"),
        ("EcsService", "shop/web", "arn:aws:ecs:us-east-1:123456789012:service/web"),
        ("LambdaFunction", "resize", "resize:$LATEST"),
        ("Ec2Instance", "i-1", " i-1 "),
    ],
)
def test_a_resource_is_meant_in_every_spelling_that_means_it(kind: str, resource: str, copied: str) -> None:
    assert is_in({"resource_ids": [copied]}, a_recommendation(resource=resource, resource_type=kind))


def test_what_no_service_is_known_of_is_outside_a_scope_of_services() -> None:
    assert not is_in({"services": ["ec2"]}, a_recommendation(resource_type="Gadget"))
    assert not is_in({"services": ["ec2"]}, a_commitment())


@pytest.mark.parametrize("action", list(ActionType))
def test_an_emergency_looks_only_at_what_stops_costing_today(action: ActionType) -> None:
    looked_at = in_focus([a_recommendation(action=action)], a_review(analysis_type="emergency"))

    assert bool(looked_at) is (action in {ActionType.STOP, ActionType.DELETE, ActionType.SCALE_IN})


def test_an_emergency_has_a_scope_too() -> None:
    review = a_review(analysis_type="emergency", scope={"regions": ["eu-west-1"]})

    assert in_focus([RECOMMENDATION], review) == ()
