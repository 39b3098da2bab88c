"""Events as AWS sends them: recorded ones where they lie beside the checkout, and our own in their form."""

import json
from pathlib import Path
from typing import Any

import pytest

RECORDED = Path(__file__).parents[4] / "shared" / "recordings" / "events"
Json = dict[str, Any]

BUDGET_PROSE = """AWS Budget Notification November 16, 2026
AWS Account 123456789012

Dear AWS Customer,

You requested that we alert you when the {kind} Cost associated with your {name} budget is greater than $80.00 for the \
current month. The {kind} Cost associated with this budget is $85.12. You can find additional details below and by \
accessing the AWS Budgets dashboard [1].

Budget Name: {name}
Budget Type: Cost
Budgeted Amount: $100.00
Alert Type: {kind}
Alert Threshold: > $80.00
{kind} Amount: $85.12

[1] https://console.aws.amazon.com/costmanagement/home#/budgets
"""


def recorded(name: str) -> Json:
    """A recorded event; the test is skipped where the recordings are not there."""
    path = RECORDED / f"{name}.json"
    if not path.exists():
        pytest.skip(f"{path} is not there")
    document: Json = json.loads(path.read_text(encoding="utf-8"))
    return document


def a_refresh(check: str = "Idle Load Balancers", *, status: str = "WARN", **changes: Any) -> Json:
    """Trusted Advisor looked at a resource anew."""
    return {
        "version": "0",
        "id": "refresh-1",
        "source": "aws.trustedadvisor",
        "detail-type": "Trusted Advisor Check Item Refresh Notification",
        "account": "123456789012",
        "time": "2026-11-16T09:05:00Z",
        "region": "us-east-1",
        "resources": [],
        "detail": {"check-name": check, "status": status, "check-item-detail": {}, "resource_id": "", "uuid": "u"},
        **changes,
    }


def an_anomaly(**changes: Any) -> Json:
    """Cost Anomaly Detection found something."""
    return {
        "version": "0",
        "id": "anomaly-1",
        "source": "aws.ce",
        "detail-type": "Anomaly Detected",
        "time": "2026-11-16T09:05:00Z",
        "detail": {"anomalyId": "a-1", "dimensionValue": "Amazon Redshift", "rootCauses": [{"service": "x"}]},
        **changes,
    }


def a_message(text: str, *, message_id: str = "message-1", subject: str | None = "None", **changes: Any) -> Json:
    """What a function gets that an SNS topic invokes."""
    sns = {"Type": "Notification", "MessageId": message_id, "TopicArn": "arn:aws:sns:us-east-1:123456789012:alerts"}
    told = {**sns, "Subject": subject, "Message": text, "Timestamp": "2026-11-16T09:05:00.123Z", **changes}
    return {"Records": [{"EventSource": "aws:sns", "EventVersion": "1.0", "Sns": told}]}


def a_budget_alert(name: str = "platform-monthly", kind: str = "ACTUAL", **message: Any) -> Json:
    """A budget's alert by SNS."""
    subject = f"AWS Budgets: {name} has exceeded your alert threshold"
    return a_message(BUDGET_PROSE.format(name=name, kind=kind), subject=subject, **message)
