"""What names somebody is taken out of responses: consistently, in its shape, and nothing else."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from local.scrubbing import scrubber_for

INSTANCE = "i-0f3a9c1d27b84e605"


def _scrubbed(document: Any, headers: tuple[str, ...] = ()) -> Any:
    known = {"check": headers}
    return scrubber_for([(document, "check")], known).scrubbed(document, "check")


def test_the_same_value_gets_the_same_replacement_wherever_it_stands() -> None:
    done = _scrubbed(
        {
            "accountId": "123456789012",
            "resourceArn": f"arn:aws:ec2:us-east-1:123456789012:instance/{INSTANCE}",
            "resourceId": INSTANCE,
            "message": f"{INSTANCE} of 123456789012",
            "instanceName": "orders",
            "functionArn": "arn:aws:lambda:us-east-1:123456789012:function:orders:$LATEST",
        }
    )
    assert done == {
        "accountId": "111122220001",
        "resourceArn": "arn:aws:ec2:us-east-1:111122220001:instance/i-00000001000000000",
        "resourceId": "i-00000001000000000",
        "message": "i-00000001000000000 of 111122220001",
        "instanceName": "name-0001",
        "functionArn": "arn:aws:lambda:us-east-1:111122220001:function:name-0001:$LATEST",
    }


@pytest.mark.parametrize(
    "kept",
    [
        {"Amount": "109951162777"},
        {"estimatedMonthlySavings": 95.89, "currencyCode": "USD", "actionType": "Rightsize"},
        {"region": "us-east-1", "currentResourceSummary": "db.t3.medium", "lastRefreshTimestamp": 1794746403.0},
        {"Keys": ["Amazon Elastic Compute Cloud - Compute", "Usage"], "Start": "2026-11-01"},
        {"checkArn": "arn:aws:trustedadvisor:::check/Qch7DwouX1"},
        {"AnomalyId": "c9a6b28d-a029-40ee-958b-dc5f474baa56", "resourceId": "571319801c871196ad2b151b8e65ce5f06171684"},
        {"resourceId": None, "instanceName": "", "tags": []},
    ],
)
def test_what_names_nobody_stays(kept: dict[str, Any]) -> None:
    assert _scrubbed(kept) == kept


@pytest.mark.parametrize(
    ("given_", "gone"),
    [
        ({"recommendationId": "MTIzNDU2Nzg5MDEyX2QzZjMwODlk"}, "MTIzNDU2Nzg5MDEy"),
        ({"Message": "User: arn:aws:sts::123456789012:assumed-role/Admin/jane@corp.example.org is not"}, "jane"),
        ({"createdBy": "jane@corp.example.org"}, "jane"),
        ({"tags": [{"key": "team", "value": "payments"}]}, "payments"),
        ({"CostFilters": {"TagKeyValue": ["user:team$payments"]}}, "payments"),
        ({"Filter": {"Tags": {"Key": "team", "Values": ["payments"]}}}, "payments"),
        ({"FilterExpression": {"Not": {"CostCategories": {"Key": "team", "Values": ["payments"]}}}}, "payments"),
        ({"Filter": {"Dimensions": {"Key": "RESOURCE_ID", "Values": ["payments-db"]}}}, "payments"),
        ({"Value": "123456789012", "Attributes": {"description": "payments"}}, "payments"),
        ({"NextPageToken": "payments"}, "payments"),
        (
            {
                "GroupDefinitions": [{"Type": "TAG", "Key": "team"}, {"Type": "DIMENSION", "Key": "RESOURCE_ID"}],
                "ResultsByTime": [{"Groups": [{"Keys": ["team$payments", "payments-db"]}]}],
            },
            "payments",
        ),
    ],
)
def test_names_emails_and_tag_values_are_gone_wherever_aws_puts_them(given_: dict[str, Any], gone: str) -> None:
    assert gone in str(given_)
    assert gone not in str(_scrubbed(given_))


def test_trusted_advisors_columns_are_judged_by_their_headers() -> None:
    headers = ("Region", "DB Instance Name", "Multi-AZ", "Instance Type", "Estimated Monthly Savings")
    cells = ["us-east-1", "orders", "No", "db.t3.medium", "$48.96"]
    expected = ["us-east-1", "name-0001", "No", "db.t3.medium", "$48.96"]
    assert _scrubbed({"metadata": cells}, headers) == {"metadata": expected}
    by_position = {str(number): cell for number, cell in enumerate(cells)}
    assert list(_scrubbed({"metadata": by_position}, headers)["metadata"].values()) == expected


@given(st.lists(st.from_regex(r"i-[0-9a-f]{17}", fullmatch=True), min_size=2, max_size=30, unique=True))
def test_replacements_keep_the_order_and_the_shape_of_resource_ids(ids: list[str]) -> None:
    """Requests are batched in the order of the ids, and a replay has to ask the same batches."""
    done = _scrubbed([{"resourceId": one} for one in sorted(ids)])
    replaced = [one["resourceId"] for one in done]
    assert replaced == sorted(replaced)
    assert len(set(replaced)) == len(ids)
    assert {len(one) for one in replaced} == {19}
