"""AWS's events are read leniently, and what is none of them is refused in words."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from tests.workflows.events.heard import a_budget_alert, a_message, a_refresh, an_anomaly, recorded
from workflows.errors import InvalidEvent
from workflows.events.received import Received, received_from
from workflows.events.started_reviews import BUDGET_ALERT, COST_ANOMALY, TRUSTED_ADVISOR_REFRESHED


def the_one(event: object) -> Received:
    (received,) = received_from(event)
    return received


@pytest.mark.parametrize(
    ("name", "check"),
    [
        ("trusted_advisor__unassociated_eip", "Unassociated Elastic IP Addresses"),
        ("trusted_advisor__underutilized_ebs_1", "Underutilized Amazon EBS Volumes"),
    ],
)
def test_a_recorded_refresh_names_its_check(name: str, check: str) -> None:
    received = the_one(recorded(name))
    assert (received.kind, received.check_name, received.status) == (TRUSTED_ADVISOR_REFRESHED, check, "WARN")
    assert check in received.about


def test_a_recorded_anomaly_is_named_by_its_id_and_what_it_is_of() -> None:
    received = the_one(recorded("ce_anomaly_eventbridge_docs"))
    assert received.kind is COST_ANOMALY
    assert "12345678-abcd-ef12-3456-987654321a12 of Amazon Elastic Compute Cloud - Compute" in received.about
    assert received.at == datetime(2021, 5, 26, 3, tzinfo=UTC)


def test_two_recorded_events_with_one_id_about_different_resources_are_two() -> None:
    """As AWS's own samples have them."""
    first, second = (the_one(recorded(f"trusted_advisor__underutilized_ebs_{number}")) for number in (1, 2))
    assert first.event_id == second.event_id
    assert first.identity != second.identity


def test_an_anomaly_by_sns_is_one_although_its_names_differ() -> None:
    said = {"anomalyId": "a-9", "dimensionalValue": "AWS CloudTrail", "monitorType": "DIMENSIONAL", "rootCauses": [{}]}
    received = the_one(a_message(json.dumps(said)))
    assert (received.kind, received.about) == (COST_ANOMALY, "The cost anomaly a-9 of AWS CloudTrail")


@pytest.mark.parametrize("kind", ["ACTUAL", "FORECASTED", "Actual"])
def test_a_budgets_alert_is_read_from_its_prose(kind: str) -> None:
    received = the_one(a_budget_alert("team: platform", kind))
    assert received.kind is BUDGET_ALERT
    assert received.about == f"The budget 'team: platform' passed its threshold ({kind} > $80.00)"


def test_a_budgets_alert_needs_no_more_than_the_budgets_name() -> None:
    assert the_one(a_message("Budget Name: b\nSomething: else")).about == "The budget 'b' passed its threshold"


def test_a_member_that_is_new_or_null_does_no_harm() -> None:
    detail = {"check-name": "Idle Load Balancers", "status": "error", "resource_id": None, "brand-new": [1]}
    assert the_one(a_refresh(detail=detail, more=1)).status == "ERROR"
    assert the_one(an_anomaly(detail={"anomalyId": "a", "dimensionValue": None})).about == "The cost anomaly a"


def test_the_same_event_delivered_again_has_the_same_identity() -> None:
    assert the_one(an_anomaly()).identity == the_one(an_anomaly(region="eu-west-1")).identity
    assert the_one(a_budget_alert()).identity == the_one(a_budget_alert()).identity
    assert the_one(a_budget_alert()).identity != the_one(a_budget_alert(message_id="message-2")).identity


@pytest.mark.parametrize(
    ("event", "why"),
    [
        (None, "not a JSON object"),
        ([], "not a JSON object"),
        ({}, "id: Field required"),
        ({"Records": []}, "Records"),
        ({"Records": "x"}, "Records"),
        ({"Records": [{"EventSource": "aws:s3", "s3": {}}]}, "not a message of an SNS topic"),
        ({"Records": [{"EventSource": "aws:sns"}]}, "valid dictionary"),
        (a_message("Hello"), "Budget Name"),
        (a_message('{"AlarmName": "x"}'), "anomalyId"),
        (a_message("[1]"), "Budget Name"),
        (a_refresh(detail={}), "check-name"),
        (a_refresh(detail=None), "detail"),
        (a_refresh(time="yesterday"), "time"),
        (a_refresh(time="2026-11-16T09:05:00"), "time"),
        (a_refresh(source="aws.ec2"), "'aws.ec2' is no event that a review follows from"),
        (an_anomaly(detail={"anomalyId": ""}), "anomalyId"),
        (an_anomaly(**{"detail-type": "Cost Optimization Findings"}), "no event that a review follows from"),
        (an_anomaly(time="0001-01-01T00:00:00+14:00"), "time: 0001-01-01T00:00:00"),
        (a_message("Budget Name: x", Timestamp="9999-12-31T23:59:59-14:00"), "time: 9999-12-31T23:59:59"),
    ],
)
def test_what_is_malformed_or_foreign_is_refused_with_what_is_wrong(event: Any, why: str) -> None:
    with pytest.raises(InvalidEvent, match=why):
        received_from(event)
