"""What a scope makes needless to ask: only what cannot hold anything within it."""

from typing import Any

import pytest

from workflows.cost_review.narrowing import (
    anomalies_within,
    narrows_savings,
    wanted_types,
    wants,
    wants_account,
    wants_commitments,
)
from workflows.cost_review.request import Scope
from workflows.spend import Anomaly, RootCause

EC2 = "Amazon Elastic Compute Cloud - Compute"


def a_cause(service: str = EC2, region: str = "us-east-1", account: str = "123456789012") -> RootCause:
    return RootCause(service, region, account, "", "", None)


def an_anomaly(*causes: RootCause, **changes: Any) -> Anomaly:
    fields = {"service_name": EC2, "region_id": "us-east-1", **changes}
    return Anomaly("a-1", None, None, fields["service_name"], fields["region_id"], "", None, "USD", root_causes=causes)


@pytest.mark.parametrize(
    ("scope", "types"),
    [
        ({}, None),
        ({"regions": ["eu-west-1"]}, None),
        ({"services": ["lambda"]}, {"LambdaFunction"}),
        ({"resource_ids": ["i-0abc"]}, {"Ec2Instance"}),
        (
            {"resource_ids": ["vol-0abc", "arn:aws:rds:us-east-1:123456789012:db:orders"]},
            {"EbsVolume", "RdsDbInstance"},
        ),
        ({"resource_ids": ["web"]}, None),
        ({"resource_ids": ["i-0abc", "web"]}, None),
        ({"services": ["rds"], "resource_ids": ["i-0abc"]}, set()),
        ({"services": ["ec2"], "resource_ids": ["i-0abc"]}, {"Ec2Instance"}),
    ],
)
def test_the_types_that_can_lie_within_a_scope(scope: dict[str, Any], types: set[str] | None) -> None:
    assert wanted_types(Scope(**scope)) == types


def test_a_name_that_may_be_anythings_leaves_nothing_out() -> None:
    assert wants(Scope(resource_ids=("web",)), "Ec2Instance")
    assert not wants(Scope(resource_ids=("vol-0abc",)), "Ec2Instance")


def test_no_commitment_lies_within_a_scope_of_services_or_resources() -> None:
    assert wants_commitments(Scope(regions=("eu-west-1",), accounts=("123456789012",)))
    assert not wants_commitments(Scope(services=("ec2",)))
    assert not wants_commitments(Scope(resource_ids=("i-1",)))


def test_an_account_is_wanted_where_none_is_named_or_it_is() -> None:
    assert wants_account(Scope(), "123456789012")
    assert wants_account(Scope(accounts=("123456789012",)), "123456789012")
    assert not wants_account(Scope(accounts=("999999999999",)), "123456789012")


def test_a_scope_of_agents_alone_leaves_no_saving_out() -> None:
    assert not narrows_savings(Scope(agents=("budget-agent",)))
    assert narrows_savings(Scope(regions=("eu-west-1",)))


@pytest.mark.parametrize(
    ("scope", "is_within"),
    [
        ({}, True),
        ({"services": ["ec2"]}, True),
        ({"services": ["rds"]}, False),
        ({"regions": ["us-east-1"]}, True),
        ({"regions": ["eu-west-1"]}, False),
        ({"accounts": ["123456789012"]}, True),
        ({"accounts": ["999999999999"]}, False),
        ({"resource_ids": ["i-1"]}, False),
        ({"services": ["ec2"], "regions": ["eu-west-1"]}, False),
    ],
)
def test_an_anomaly_is_within_what_one_of_its_causes_is_within(scope: dict[str, Any], is_within: bool) -> None:
    found = (an_anomaly(a_cause("AWS Support (Business)", "", ""), a_cause()),)
    assert anomalies_within(found, Scope(**scope)) == (found if is_within else ())


def test_an_anomaly_without_causes_is_where_it_says_itself() -> None:
    found = (an_anomaly(region_id="eu-west-1"),)
    assert anomalies_within(found, Scope(regions=("eu-west-1",))) == found
    assert anomalies_within(found, Scope(regions=("us-east-1",))) == ()


def test_two_causes_that_are_half_within_make_no_whole() -> None:
    found = (an_anomaly(a_cause(region="eu-west-1"), a_cause(service="Amazon Relational Database Service")),)
    assert anomalies_within(found, Scope(services=("rds",), regions=("eu-west-1",))) == ()
