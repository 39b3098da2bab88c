"""What is stored comes back as it was, and what is not of the contract does not come back at all."""

import json
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.workflows.builders import ACCOUNT, a_commitment, a_recommendation, a_status, findings
from tests.workflows.strategies import RECOMMENDATIONS
from workflows.budgets import Budget, BudgetPeriod
from workflows.cost_review.documents import (
    Evidence,
    Findings,
    RecordedResponse,
    evidence_from,
    findings_from,
    to_bytes,
)
from workflows.errors import InvalidContent
from workflows.recommendation import Recommendation, StatedSavings
from workflows.sources import SourceState
from workflows.spend import Anomaly, DailySpend, Forecast, ResourceSpend, ServiceSpend, Spend

RESPONSE = RecordedResponse(
    "CostOptimizationHub",
    "cost-optimization-hub",
    "ListRecommendations",
    "us-east-1",
    {"maxResults": 100},
    "request-1",
    {"items": [{"estimatedMonthlySavings": 123.12000000000002, "tags": None, "text": "naïve 日本"}]},
)
EVIDENCE = Evidence("rightsizing-agent", ACCOUNT, (RESPONSE,), (a_status(),))
DAY = date(2026, 11, 1)
ONE = Decimal("1.10")


def full_findings() -> Findings:
    return findings(
        a_recommendation("604.4560000000000172803993336856365203857421875", performance_risk=Decimal("1.0")),
        a_recommendation(None),
        a_commitment(),
        sources=(a_status(), a_status(state=SourceState.DENIED, detail="no", remedy="allow it")),
        stated=(StatedSavings("TrustedAdvisor", "check", "id", None, "USD", 2),),
        spend=Spend(
            "USD",
            DAY,
            date(2026, 11, 16),
            ONE,
            ONE,
            ONE,
            (ServiceSpend("EC2", ONE, ONE, ONE, ONE),),
            (DailySpend(DAY, ONE, estimated=True),),
        ),
        forecast=Forecast("USD", DAY, DAY, ONE, None, None, None),
        anomalies=(Anomaly("a", None, None, "EC2", "", "", ONE, "USD"),),
        resource_spend=(ResourceSpend("key", "i-1", 14, ONE, ONE, Decimal("0.00"), None, "USD"),),
        budgets=(Budget("b", "COST", "MONTHLY", "USD", None, ONE, None, history=(BudgetPeriod("a", "b", None, ONE),)),),
        remarks=("as it was",),
    )


def test_findings_come_back_as_they_were() -> None:
    assert findings_from(to_bytes(full_findings())) == full_findings()


def test_evidence_comes_back_as_it_was() -> None:
    assert evidence_from(to_bytes(EVIDENCE)) == EVIDENCE


def test_decimals_keep_every_digit_and_unknown_stays_unknown() -> None:
    exact, unknown, _ = findings_from(to_bytes(full_findings())).recommendations

    assert str(exact.estimated_monthly_savings) == "604.4560000000000172803993336856365203857421875"
    assert str(exact.performance_risk) == "1.0"
    assert unknown.estimated_monthly_savings is None


@settings(deadline=None, max_examples=40)
@given(RECOMMENDATIONS)
def test_any_recommendations_come_back_with_the_same_ids_and_bytes(said: list[Recommendation]) -> None:
    stored = to_bytes(findings(*said))
    again = findings_from(stored)

    assert again.recommendations == tuple(said)
    assert [one.recommendation_id for one in again.recommendations] == [one.recommendation_id for one in said]
    assert to_bytes(again) == stored


def test_the_same_document_gives_the_same_bytes() -> None:
    assert to_bytes(full_findings()) == to_bytes(full_findings())
    assert to_bytes(EVIDENCE) == to_bytes(replace(EVIDENCE))


def stored_with(**changes: Any) -> bytes:
    """Stored findings with one recommendation, of which some members are something else."""
    document = json.loads(to_bytes(findings(a_recommendation())))
    document["recommendations"][0] |= changes
    return json.dumps(document).encode()


@pytest.mark.parametrize(
    "saving", ["NaN", "-NaN", "sNaN", "Infinity", "-Infinity", "12.00 USD", "", "-", float("nan"), float("inf"), True]
)
def test_a_saving_that_is_no_finite_number_is_refused(saving: object) -> None:
    with pytest.raises(InvalidContent, match="estimated_monthly_savings"):
        findings_from(stored_with(estimated_monthly_savings=saving))


def test_a_recommendation_without_a_saving_member_is_refused_rather_than_unknown() -> None:
    document = json.loads(to_bytes(findings(a_recommendation())))
    del document["recommendations"][0]["estimated_monthly_savings"]

    with pytest.raises(InvalidContent, match="estimated_monthly_savings"):
        findings_from(json.dumps(document).encode())


def test_an_action_that_nobody_knows_is_refused() -> None:
    with pytest.raises(InvalidContent, match="action_type"):
        findings_from(stored_with(action_type="DeleteEverything"))


@pytest.mark.parametrize("contract", ["finops.findings/2", "finops.evidence/1", "", "x" * 5000])
def test_another_contract_is_refused_in_few_words(contract: str) -> None:
    with pytest.raises(InvalidContent, match=r"finops\.findings/1") as refusal:
        findings_from(to_bytes(findings(contract=contract)))

    assert len(str(refusal.value)) < 200


def test_evidence_is_no_findings_and_findings_are_no_evidence() -> None:
    with pytest.raises(InvalidContent):
        findings_from(to_bytes(EVIDENCE))
    with pytest.raises(InvalidContent):
        evidence_from(to_bytes(full_findings()))


@pytest.mark.parametrize("content", [b"", b"null", b"[]", b"{}", b'"x"', b"\xff\xfe", to_bytes(full_findings())[:-1]])
def test_missing_or_truncated_content_is_refused(content: bytes) -> None:
    with pytest.raises(InvalidContent):
        findings_from(content)
    with pytest.raises(InvalidContent):
        evidence_from(content)


@settings(deadline=None, max_examples=60)
@given(st.one_of(st.binary(), st.text().map(str.encode)))
def test_no_bytes_break_anything_but_the_contract(content: bytes) -> None:
    with pytest.raises(InvalidContent):
        findings_from(content)


def test_pages_of_one_operation_keep_their_order() -> None:
    pages = tuple(replace(RESPONSE, request_id=f"request-{number}") for number in (3, 1, 2))
    evidence = replace(EVIDENCE, responses=(pages[0], replace(RESPONSE, operation="Other"), *pages[1:]))

    assert evidence.of("ListRecommendations") == pages
    assert evidence.of("Nothing") == ()


def test_a_pointer_says_where_in_which_answer_the_raw_value_stands() -> None:
    pointer = RESPONSE.pointer("/items/0/estimatedMonthlySavings", 123.12000000000002)

    assert pointer.operation == "cost-optimization-hub:ListRecommendations"
    assert (pointer.request_id, pointer.pointer) == ("request-1", "/items/0/estimatedMonthlySavings")
    assert pointer.raw == "123.12000000000002"


def test_a_saving_that_leads_to_no_evidence_is_not_of_the_contract() -> None:
    unfounded = findings(a_recommendation(), a_recommendation(resource="i-2", evidence=()))

    with pytest.raises(InvalidContent, match=r"recommendations\.1 \(i-2\): a saving without evidence"):
        findings_from(to_bytes(unfounded))


def test_an_unknown_saving_needs_no_evidence() -> None:
    said = findings(a_recommendation(None, evidence=()))

    assert findings_from(to_bytes(said)) == said
