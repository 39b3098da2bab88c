"""What owned commitments leave over is read again from the stored answers before anybody calls it proven."""

from typing import Any

import pytest

from local.billing_proofs import Added, billing_proofs
from workflows.cost_review.documents import Evidence, RecordedResponse

ON_DEMAND = "/SavingsPlansCoverages/0/Coverage/OnDemandCost"
PURCHASE: dict[str, Any] = {
    "optimization_type": "Rate",
    "resource_type": "ComputeSavingsPlans",
    "account_id": "123456789012",
    "region_id": "us-east-1",
    "resource_id": "",
    "deductions": [{"step": "resized", "amount": "5.04"}],
}


def proof_of(stated: str | None, told: object, opportunity: dict[str, Any] = PURCHASE) -> list[Added]:
    """The proofs of a purchase where the report states this, and AWS's stored answer holds that."""
    answer = RecordedResponse(
        source="SavingsPlans",
        service="ce",
        operation="GetSavingsPlansCoverage",
        region="us-east-1",
        parameters={},
        request_id="request-1",
        response={"SavingsPlansCoverages": [{"Coverage": {"OnDemandCost": told}}]},
    )
    held = {
        "kind": "SavingsPlans",
        "start": "2026-10-17",
        "on_demand_cost_exact": stated,
        "evidence": [
            {
                "operation": "ce:GetSavingsPlansCoverage",
                "request_id": "request-1",
                "pointer": ON_DEMAND,
                "raw": "174.00",
            }
        ],
    }
    report = {
        "review": {"as_of": "2026-11-16"},
        "bill": {"resources": [], "services": []},
        "commitments": [held],
    }
    return list(billing_proofs(report, opportunity, [Evidence("cost-explorer-agent", "123456789012", (answer,), ())]))


def test_what_commitments_leave_over_is_led_back_to_its_response() -> None:
    (proof,) = proof_of("174.00", "174.00")

    assert (proof.added, proof.problem) == ("174.00", "")
    assert [(one.request_id, one.pointer, one.raw) for one in proof.lines] == [("request-1", ON_DEMAND, "174.00")]


@pytest.mark.parametrize("told", ["175.00", None])
def test_another_amount_in_the_stored_answer_is_no_proof(told: object) -> None:
    (proof,) = proof_of("174.00", told)

    assert "SavingsPlans" in proof.problem


def test_an_amount_that_no_commitment_bounds_asks_for_none() -> None:
    assert proof_of("174.00", "174.00", {**PURCHASE, "deductions": []}) == []


def test_what_aws_did_not_tell_is_not_proven_and_no_problem() -> None:
    (proof,) = proof_of(None, None)

    assert (proof.stated, proof.problem) == (None, "")
