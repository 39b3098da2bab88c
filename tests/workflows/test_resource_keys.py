"""One resource has one spelling, however the services write it; two resources never share one."""

import pytest

from workflows.resource_keys import (
    billing_ids,
    name_from_arn,
    region,
    region_of_display_name,
    resource_name,
    resource_type,
    service_of,
)


def key(identifier: str, of_type: str, account: str = "123456789012", where: str = "us-east-1") -> str:
    return resource_name(identifier, account_id=account, region_id=where, of_type=of_type).key


@pytest.mark.parametrize(
    ("of_type", "bare", "arn"),
    [
        ("Ec2Instance", "i-1", "arn:aws:ec2:us-east-1:123456789012:instance/i-1"),
        ("EbsVolume", "vol-1", "arn:aws:ec2:us-east-1:123456789012:volume/vol-1"),
        ("NatGateway", "nat-1", "arn:aws:ec2:us-east-1:123456789012:natgateway/nat-1"),
        ("RdsDbInstance", "reports", "arn:aws:rds:us-east-1:123456789012:db:reports"),
        ("RdsDbInstanceStorage", "reports", "arn:aws:rds:us-east-1:123456789012:db:reports"),
        ("LambdaFunction", "resize", "arn:aws:lambda:us-east-1:123456789012:function:resize"),
        ("LambdaFunction", "resize", "arn:aws:lambda:us-east-1:123456789012:function:resize:$LATEST"),
        ("LambdaFunction", "resize:$LATEST", "arn:aws:lambda:us-east-1:123456789012:function:resize:7"),
        ("LambdaFunction", "123456789012:resize", "arn:aws:lambda:us-east-1:123456789012:function:resize"),
        ("LambdaFunction", "123456789012:function:resize:prod", "resize"),
        ("LambdaFunction", "us-east-1:123456789012:function:resize", "resize"),
        ("LambdaFunction", "resize-2:prod", "resize-2"),
        ("RdsDbInstance", "Reports", "arn:aws:rds:us-east-1:123456789012:db:reports"),
        ("RDSDBInstance ", "reports", "arn:aws:rds:us-east-1:123456789012:db:reports"),
        ("EcsService", "cluster/web", "arn:aws:ecs:us-east-1:123456789012:service/cluster/web"),
        ("RedshiftCluster", "dwh", "arn:aws:redshift:us-east-1:123456789012:cluster:dwh"),
        ("LoadBalancer", "old-lb", "arn:aws:elasticloadbalancing:us-east-1:123456789012:loadbalancer/old-lb"),
        (
            "LoadBalancer",
            "app/web/50dc6c",
            "arn:aws:elasticloadbalancing:us-east-1:123456789012:loadbalancer/app/web/50dc6c",
        ),
        (
            "Ec2AutoScalingGroup",
            "fleet",
            "arn:aws:autoscaling:us-east-1:123456789012:autoScalingGroup:8d-4e:autoScalingGroupName/fleet",
        ),
        ("Ec2Instance", "i-1", "arn:aws-us-gov:ec2:us-east-1:123456789012:instance/i-1"),
        ("Ec2Instance", " i-1 ", " arn:aws:ec2:us-east-1:123456789012:instance/i-1 "),
    ],
)
def test_a_bare_id_and_its_arn_are_one_resource(of_type: str, bare: str, arn: str) -> None:
    assert key(bare, of_type) == key(arn, of_type)


@pytest.mark.parametrize(
    ("arn", "of_type", "identifier"),
    [
        ("arn:aws:ec2:us-east-1:123456789012:instance/i-1", "Ec2Instance", "i-1"),
        ("arn:aws:lambda:us-east-1:123456789012:function:resize:$LATEST", "LambdaFunction", "resize"),
        ("arn:aws:rds:us-east-1:123456789012:db:reports", "RdsDbInstance", "reports"),
        ("arn:aws:rds:us-east-1:123456789012:cluster:aurora", "cluster", "aurora"),
        ("arn:aws:ecs:us-east-1:123456789012:task-definition/hello:1", "task-definition", "hello:1"),
        ("arn:aws:logs:us-east-1:123456789012:log-group:/aws/lambda/x:*", "log-group", "/aws/lambda/x:*"),
        ("arn:aws:newthing:us-east-1:123456789012:gadget/g-1", "gadget", "g-1"),
    ],
)
def test_an_arn_says_its_type_and_id(arn: str, of_type: str, identifier: str) -> None:
    named = name_from_arn(arn)

    assert named is not None
    assert (named.resource_type, named.resource_id) == (of_type, identifier)
    assert (named.account_id, named.region_id) == ("123456789012", "us-east-1")


@pytest.mark.parametrize("text", ["", "i-1", "arn:aws:ec2", "arn:aws:ec2:us-east-1:1", "urn:aws:ec2:r:1:instance/i"])
def test_what_is_no_arn_names_nothing(text: str) -> None:
    assert name_from_arn(text) is None


def test_an_arn_without_account_and_region_takes_those_that_are_known() -> None:
    named = resource_name("arn:aws:s3:::logs", account_id="123456789012", region_id="us-east-1a", of_type="S3Bucket")

    assert named.key == "123456789012/us-east-1/S3Bucket/logs"


def test_the_arns_own_account_and_region_win() -> None:
    named = resource_name(
        "arn:aws:ec2:eu-west-1:999999999999:instance/i-1", account_id="1", region_id="us-east-1", of_type="Ec2Instance"
    )

    assert named.key == "999999999999/eu-west-1/Ec2Instance/i-1"


def test_the_same_name_elsewhere_is_another_resource() -> None:
    keys = {
        key("resize", "LambdaFunction"),
        key("resize", "LambdaFunction", where="eu-west-1"),
        key("resize", "LambdaFunction", account="999999999999"),
        key("resize", "RdsDbInstance"),
        key("resize", "RdsDbInstanceStorage"),
        key("Resize", "LambdaFunction"),
    }

    assert len(keys) == 6


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("us-east-1", "us-east-1"),
        (" us-east-1 ", "us-east-1"),
        ("US-EAST-1", "us-east-1"),
        ("US-EAST-1A", "us-east-1"),
        ("Global", "global"),
        ("globals", "globals"),
        ("us-east-2c", "us-east-2"),
        ("us-gov-west-1", "us-gov-west-1"),
        ("us-gov-west-1b", "us-gov-west-1"),
        ("eusc-de-east-1a", "eusc-de-east-1"),
        ("ap-southeast-2", "ap-southeast-2"),
        ("us-west-2-lax-1a", "us-west-2"),
        ("us-west-2-lax-1", "us-west-2"),
        ("us-east-1-wl1-bos-wlz-1", "us-east-1"),
        ("global", "global"),
        ("use1-az1", "use1-az1"),
        ("-", "-"),
        ("", ""),
    ],
)
def test_a_zone_lies_in_its_region_and_what_is_neither_stays(written: str, code: str) -> None:
    assert region(written) == code


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("US East (Ohio)", "us-east-2"),
        ("EU (Ireland)", "eu-west-1"),
        ("Europe (Ireland)", "eu-west-1"),
        ("EU (Zurich)", "eu-central-2"),
        ("Asia Pacific (Taipei)", "ap-east-2"),
        ("Asia Pacific (New Zealand)", "ap-southeast-6"),
        ("AWS GovCloud (US-West)", "us-gov-west-1"),
        ("China (Ningxia)", "cn-northwest-1"),
        (" US East (N. Virginia) ", "us-east-1"),
        ("US EAST (N. VIRGINIA)", "us-east-1"),
        ("us-east-1", "us-east-1"),
        ("Moon (Tycho)", "Moon (Tycho)"),
    ],
)
def test_a_region_written_for_people_has_a_code(written: str, code: str) -> None:
    assert region_of_display_name(written) == code


def test_types_are_folded_onto_the_hubs_names_and_unknown_ones_kept() -> None:
    assert resource_type("ec2instance") == "Ec2Instance"
    assert resource_type("EC2Instance") == "Ec2Instance"
    assert resource_type("AutoScalingGroup") == "Ec2AutoScalingGroup"
    assert resource_type("RDSDBInstance") == "RdsDbInstance"
    assert resource_type("DynamoDbTable") == "DynamoDBTable"
    assert resource_type("Workspaces") == "WorkSpaces"
    assert resource_type("QuantumLedger") == "QuantumLedger"


def test_a_type_that_nobody_knows_belongs_to_no_service() -> None:
    assert service_of("EbsVolume") == "ec2"
    assert service_of("RdsDbInstanceStorage") == "rds"
    assert service_of("QuantumLedger") is None


def test_the_bill_names_ec2_by_id_and_others_by_arn() -> None:
    where = {"account_id": "123456789012", "region_id": "eu-west-1"}

    assert billing_ids(resource_name("i-1", of_type="Ec2Instance", **where)) == ("i-1",)
    assert billing_ids(resource_name("f:$LATEST", of_type="LambdaFunction", **where)) == (
        "arn:aws:lambda:eu-west-1:123456789012:function:f",
    )
    assert billing_ids(resource_name("g-1", of_type="Gadget", **where)) == ("g-1",)


@pytest.mark.parametrize(
    ("region_id", "part"),
    [("cn-north-1", "aws-cn"), ("us-gov-west-1", "aws-us-gov"), ("eusc-de-east-1", "aws-eusc"), ("us-east-1", "aws")],
)
def test_the_bill_of_china_govcloud_and_the_sovereign_cloud_has_arns_of_its_own(region_id: str, part: str) -> None:
    arn = f"arn:{part}:rds:{region_id}:123456789012:db:shop"
    name = resource_name(arn, account_id="", region_id="", of_type="RdsDbInstance")

    assert billing_ids(name) == (arn,)
