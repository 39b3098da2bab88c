"""One resource has many spellings, one key and one id."""

from dataclasses import replace
from itertools import permutations
from typing import Any

import pytest

from tests.workflows.builders import ACCOUNT, ADVISOR, HUB, RIGHTSIZING, a_commitment, a_recommendation
from workflows.recommendation import ActionType, Recommendation
from workflows.savings.identity import settled
from workflows.savings.opportunity import Opportunity
from workflows.savings.overlaps import opportunities


def the_only(*said: Recommendation) -> Opportunity:
    (opportunity,) = opportunities(said)
    return opportunity


SPELLINGS = [
    ("Ec2Instance", "i-1", "us-east-1", "arn:aws:ec2:us-east-1:123456789012:instance/i-1", ""),
    ("Ec2Instance", "i-1", "us-east-1", "i-1", "us-east-1c"),
    ("Ec2Instance", "i-1", "us-east-1", "i-1", "US East (N. Virginia)"),
    ("LambdaFunction", "resize", "us-east-1", "resize:$LATEST", "us-east-1"),
    ("LambdaFunction", "resize", "us-east-1", "arn:aws:lambda:us-east-1:123456789012:function:resize:$LATEST", ""),
    ("Ec2Instance", "i-1", "us-east-1", "i-1 ", "US-EAST-1"),
    ("LambdaFunction", "resize", "us-east-1", "123456789012:resize", "us-east-1"),
    ("RdsDbInstance", "shop", "us-east-1", "Shop", "us-east-1"),
    ("DocumentDBCluster", "orders", "us-east-1", "Orders", "us-east-1"),
    ("DynamoDBTable", "carts", "us-east-1", "arn:aws:dynamodb:us-east-1:123456789012:table/carts", ""),
    ("Ec2Instance", "i-1", "sa-east-1", "i-1", "South America (São Paulo)"),
    ("Ec2Instance", "i-1", "ap-northeast-3", "i-1", "Asia Pacific (Osaka-Local)"),
    ("EcsService", "shop/web", "us-east-1", "arn:aws:ecs:us-east-1:123456789012:service/web", ""),
    ("LoadBalancer", "app/web/50dc6c", "us-east-1", "web", "us-east-1"),
    ("LoadBalancer", "app/web/50dc6c", "us-east-1", "web", ""),
    ("RdsDbInstance", "shop", "us-east-1", "arn:aws:rds:us-east-1:123456789012:db:shop", "us-east-1"),
    (
        "Ec2AutoScalingGroup",
        "web",
        "us-east-1",
        "arn:aws:autoscaling:us-east-1:123456789012:autoScalingGroup:1-2:autoScalingGroupName/web",
        "us-east-1",
    ),
]


@pytest.mark.parametrize(("resource_type", "plain", "region", "spelled", "spelled_region"), SPELLINGS)
def test_two_spellings_of_one_resource_are_one_opportunity(
    resource_type: str, plain: str, region: str, spelled: str, spelled_region: str
) -> None:
    known = a_recommendation(resource=plain, region_id=region, resource_type=resource_type)
    other = a_recommendation("99", ADVISOR, resource=spelled, region_id=spelled_region, resource_type=resource_type)

    for order in permutations((known, other)):
        assert the_only(*order).best.chosen == known


@pytest.mark.parametrize("written", ["RDSDBInstance", "rdsdbinstance", " RdsDbInstance "])
def test_a_type_is_one_type_in_any_case_and_without_an_arn_too(written: str) -> None:
    said = [
        a_recommendation(resource="db", resource_type="RdsDbInstance"),
        a_recommendation("9", ADVISOR, resource="db"),
    ]

    assert the_only(said[0], replace(said[1], resource_type=written)).best.chosen == said[0]


@pytest.mark.parametrize(
    ("kind", "short", "longer"),
    [
        ("EcsService", "web", ("shop/web", "test/web")),
        ("LoadBalancer", "web", ("app/web/50dc6c", "net/web/60ff1a")),
        ("EcsService", "web", ("shop/web-2", "shop/api")),
        ("Ec2Instance", "web", ("app/web/50dc6c",)),
    ],
)
def test_a_short_name_that_fits_none_or_several_stays_a_resource_of_its_own(
    kind: str, short: str, longer: tuple[str, ...]
) -> None:
    said = [a_recommendation(resource=name, resource_type=kind) for name in (short, *longer)]

    assert {one.best.chosen.resource_id for one in opportunities(said)} == {short, *longer}


def test_a_short_name_in_another_region_or_account_is_another_resource() -> None:
    known = a_recommendation(resource="shop/web", resource_type="EcsService")
    short = replace(known, resource_id="web")
    elsewhere = (replace(short, region_id="eu-west-1"), replace(short, account_id="2"))

    assert len(opportunities((known, *elsewhere))) == 3


def test_settling_twice_changes_nothing_more() -> None:
    said = [
        a_recommendation(resource=spelled, region_id=region, resource_type=kind)
        for kind, plain, _, written, region in SPELLINGS
        for spelled in (plain, written)
    ]

    assert settled(settled(said)) == settled(said)


def test_what_is_spelled_well_is_passed_on_as_it_is() -> None:
    said = [
        a_recommendation(),
        a_commitment(),
        a_recommendation(resource="web", member_of=("Ec2AutoScalingGroup/web",)),
    ]

    assert all(one is same for one, same in zip(settled(said), said, strict=True))


GROUP_ARN = "arn:aws:autoscaling:{region}:123456789012:autoScalingGroup:u:autoScalingGroupName/web"


@pytest.mark.parametrize(
    ("written", "parent"),
    [
        (f"Ec2AutoScalingGroup/{GROUP_ARN.format(region='us-east-1')}", "Ec2AutoScalingGroup/web"),
        ("AutoScalingGroup/web ", "Ec2AutoScalingGroup/web"),
        ("RdsDbCluster/Orders", "RdsDbCluster/orders"),
        (*[f"Ec2AutoScalingGroup/{GROUP_ARN.format(region='eu-west-1')}"] * 2,),
    ],
)
def test_what_a_resource_is_a_part_of_is_spelled_in_one_way_too(written: str, parent: str) -> None:
    assert settled([a_recommendation(member_of=(written,))])[0].member_of == (parent,)


@pytest.mark.parametrize("lacking", [{"region_id": ""}, {"account_id": ""}, {"region_id": "", "account_id": ""}])
def test_a_source_that_does_not_say_where_means_the_resource_that_another_names(lacking: dict[str, Any]) -> None:
    opportunity = the_only(a_recommendation(), a_recommendation("99", ADVISOR, **lacking))

    assert {one.region_id for one in opportunity.members} == {"us-east-1"}
    assert {one.account_id for one in opportunity.members} == {ACCOUNT}


@pytest.mark.parametrize("unknown", ["Asia Pacific (Atlantis)", "-", "use1-az1"])
def test_a_region_that_is_no_code_is_the_one_that_another_source_names(unknown: str) -> None:
    said = [a_recommendation("10"), a_recommendation("9", RIGHTSIZING, region_id=unknown)]

    assert {one.region_id for one in the_only(*said).members} == {"us-east-1"}


def test_a_region_that_is_no_code_stays_where_two_would_fit_or_nobody_names_another() -> None:
    unknown = a_recommendation("9", RIGHTSIZING, region_id="Asia Pacific (Atlantis)")
    said = [a_recommendation(), a_recommendation(region_id="eu-west-1")]

    assert settled([unknown]) == [unknown]
    assert len(opportunities([*said, unknown])) == 3


def test_where_two_resources_would_fit_nothing_is_guessed() -> None:
    said = [a_recommendation(), a_recommendation(region_id="eu-west-1"), a_recommendation("9", ADVISOR, region_id="")]

    assert len(opportunities(said)) == 3


def test_a_region_that_contradicts_is_not_overruled() -> None:
    said = [a_recommendation(region_id="eu-west-1"), a_recommendation("9", ADVISOR, region_id="us-east-1")]

    assert len(opportunities(said)) == 2


def test_a_commitment_without_a_region_stays_without() -> None:
    assert settled([a_commitment(region_id="")])[0].region_id == ""


def test_an_opportunity_keeps_its_id_when_amount_action_and_source_change() -> None:
    tonight = the_only(a_recommendation("12", HUB, ActionType.STOP))
    tomorrow = the_only(a_recommendation("70", ADVISOR, ActionType.RIGHTSIZE, resource_name="web"))

    assert tonight.opportunity_id == tomorrow.opportunity_id


def test_another_resource_has_another_id() -> None:
    changes: tuple[dict[str, Any], ...] = ({}, {"region_id": "eu-west-1"}, {"account_id": "2"}, {"resource": "i-2"})
    others = [a_recommendation(**where) for where in changes]

    assert len({the_only(one).opportunity_id for one in (*others, a_commitment())}) == 5


def test_a_commitment_keeps_its_id_when_its_price_changes() -> None:
    tonight = the_only(a_commitment(recommended_resource_summary="$0.132/hour Compute Savings Plans"))
    tomorrow = the_only(a_commitment("50", recommended_resource_summary="$0.150/hour Compute Savings Plans"))

    assert tonight.opportunity_id == tomorrow.opportunity_id


def test_lines_of_one_option_have_ids_of_their_own() -> None:
    said = [
        a_commitment("10", "RdsReservedInstances", recommended_resource_summary=summary, region_id=region)
        for summary in ("2 db.r5.large", "1 db.m5.large")
        for region in ("us-east-1", "eu-west-1")
    ]

    assert len({one.opportunity_id for one in opportunities(said)}) == 4
