"""Where the Hub proposes no commitment, Cost Explorer's options do, one a pool."""

from decimal import Decimal
from typing import Any

import pytest

from tests.workflows.builders import ACCOUNT, a_commitment, a_document
from workflows.commitments import CommitmentKind, CommitmentOption
from workflows.recommendation import ActionType, EvidencePointer
from workflows.savings.options import recommendations_of
from workflows.savings.purchases import purchases

PLANS, RESERVATIONS = CommitmentKind.SAVINGS_PLANS, CommitmentKind.RESERVATIONS


def an_option(savings: str = "41.30", kind: CommitmentKind = PLANS, **changes: Any) -> CommitmentOption:
    fields: dict[str, Any] = {
        "service_name": "" if kind is PLANS else "Amazon Elastic Compute Cloud - Compute",
        "term": "ONE_YEAR",
        "payment_option": "NO_UPFRONT",
        "lookback": "THIRTY_DAYS",
        "account_id": "",
        "region_id": "",
        "description": "COMPUTE_SP" if kind is PLANS else "m5.large",
        "estimated_savings_percentage": Decimal("6.88"),
        "estimated_savings_in_lookback": Decimal("40.73"),
        "hourly_commitment": Decimal("0.210") if kind is PLANS else None,
        "count": None if kind is PLANS else Decimal(2),
        "upfront_cost": Decimal(0),
        "monthly_cost": None,
        "billing_currency": "USD",
        "evidence": (EvidencePointer("ce:Get", "request-1", "/0", savings),),
    }
    return CommitmentOption(kind=kind, estimated_monthly_savings=Decimal(savings), **{**fields, **changes})


@pytest.mark.parametrize(
    ("option", "action", "resource_type", "summary"),
    [
        (
            an_option(),
            ActionType.PURCHASE_SAVINGS_PLANS,
            "ComputeSavingsPlans",
            "0.210 USD/hour ComputeSavingsPlans, ONE_YEAR, NO_UPFRONT",
        ),
        (
            an_option(kind=RESERVATIONS),
            ActionType.PURCHASE_RESERVED_INSTANCES,
            "Ec2ReservedInstances",
            "2 m5.large Ec2ReservedInstances, ONE_YEAR, NO_UPFRONT",
        ),
        (
            an_option(description="NEW_SP"),
            ActionType.PURCHASE_SAVINGS_PLANS,
            "NEW_SP",
            "0.210 USD/hour, ONE_YEAR, NO_UPFRONT",
        ),
    ],
)
def test_an_option_speaks_the_hubs_words(
    option: CommitmentOption, action: ActionType, resource_type: str, summary: str
) -> None:
    (one,) = recommendations_of([option], agent="cost-explorer-agent", account_id=ACCOUNT)

    assert (one.action_type, one.resource_type, one.account_id) == (action, resource_type, ACCOUNT)
    assert one.recommended_resource_summary == summary
    assert one.evidence == option.evidence


def test_plans_and_reservations_for_the_same_hours_are_one_option() -> None:
    options = [an_option("41.30"), an_option("50", RESERVATIONS, region_id="us-east-1")]
    (line,) = purchases(recommendations_of(options, agent="a", account_id=ACCOUNT))

    assert line.counted_savings == Decimal(50)
    assert [one.amount for one in line.alternatives] == [Decimal("41.30")]


def test_the_hubs_commitment_stands_before_cost_explorers() -> None:
    options = recommendations_of([an_option("90")], agent="a", account_id=ACCOUNT)
    (line,) = purchases([*options, a_commitment("41.30")])

    assert line.counted_savings == Decimal("41.30")


def test_the_report_counts_what_only_cost_explorer_proposes() -> None:
    totals = a_document(commitment_options=(an_option(),))["totals"]

    assert totals[0]["counted_rate"] == "41.30"
