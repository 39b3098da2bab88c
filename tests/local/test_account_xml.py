"""An account folder's JSON reaches boto3 through the XML of EC2 and of the query protocol, and comes out the same."""

from typing import Any

import pytest
from botocore.model import ServiceModel
from botocore.parsers import create_parser

from local.account_folder import description
from local.account_xml import is_xml, protocol_of, response_in, xml_body

VOLUME = {
    "VolumeId": "vol-1",
    "Size": 50,
    "Encrypted": False,
    "Attachments": [{"InstanceId": "i-1"}, {"InstanceId": "i-2"}],
    "Tags": [{"Key": "owner", "Value": "data & <more>"}],
}
DATABASE = {
    "DBInstanceIdentifier": "orders",
    "MultiAZ": True,
    "DBSecurityGroups": [],
    "TagList": [{"Key": "a", "Value": "b"}],
}


def parsed(service: str, operation: str, response: dict[str, Any], status: int = 200) -> dict[str, Any]:
    body = xml_body(service, operation, response, status, "request-1")
    shape = ServiceModel(description(service), service).operation_model(operation).output_shape
    told: dict[str, Any] = create_parser(protocol_of(service)).parse(
        {"body": body, "headers": {}, "status_code": status}, shape
    )
    return told


@pytest.mark.parametrize(
    ("service", "operation", "response"),
    [
        ("ec2", "DescribeVolumes", {"Volumes": [VOLUME, {"VolumeId": "vol-2"}], "NextToken": "2"}),
        ("ec2", "DescribeVolumes", {"Volumes": []}),
        ("rds", "DescribeDBInstances", {"DBInstances": [DATABASE], "Marker": "2"}),
        ("sns", "GetTopicAttributes", {"Attributes": {"Owner": "1", "Policy": "{}"}}),
    ],
)
def test_what_is_answered_is_what_boto3_reads(service: str, operation: str, response: dict[str, Any]) -> None:
    told = parsed(service, operation, response)
    assert told.pop("ResponseMetadata")["RequestId"] == "request-1"
    assert told == response


@pytest.mark.parametrize(("service", "operation"), [("ec2", "DescribeVolumes"), ("rds", "DescribeDBInstances")])
def test_a_refusal_is_read_as_the_same_refusal(service: str, operation: str) -> None:
    told = parsed(service, operation, {"__type": "UnauthorizedOperation", "message": "Not <you>."}, 403)
    assert (told["Error"]["Code"], told["Error"]["Message"]) == ("UnauthorizedOperation", "Not <you>.")


def test_what_was_recorded_is_what_an_account_folder_answers_with() -> None:
    for status, response in (
        (200, {"Volumes": [VOLUME]}),
        (403, {"__type": "UnauthorizedOperation", "message": "No."}),
    ):
        body = xml_body("ec2", "DescribeVolumes", response, status, "request-1")
        answer = {"body": body, "headers": {}, "status_code": status}
        assert response_in("ec2", "DescribeVolumes", answer) == response


def test_services_that_speak_json_are_left_to_it() -> None:
    assert [is_xml(service) for service in ("ec2", "rds", "ce", "trustedadvisor")] == [True, True, False, False]
