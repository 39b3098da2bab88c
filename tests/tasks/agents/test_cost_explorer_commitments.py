"""What commitments cover and are used to, and what could be bought."""

import json
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tasks.agents.cost_explorer.handler import work as door
from tasks.agents.cost_explorer.spend_rules import spend
from tests.tasks.agents.bills import COLLECTED, a_bill, a_day
from tests.tasks.worlds import (
    AS_OF,
    Json,
    a_response,
    a_scripted_world,
    a_world,
    an_account,
    an_error,
    evidence_of,
    findings_after,
    states,
    why_a_gap,
    work,
)
from workflows.commitments import CommitmentKind
from workflows.cost_review.documents import Findings
from workflows.sources import Source, SourceState

pytestmark = pytest.mark.usefixtures("own_aws")
RECORDINGS = Path(__file__).parents[3].parent / "shared" / "recordings" / "ce"
COMPUTE = "Amazon Elastic Compute Cloud - Compute"
NO_DATA = (400, {"__type": "DataUnavailableException", "message": "No data."})
NOTHING: Json = {
    "ce:GetSavingsPlansCoverage": [{"SavingsPlansCoverages": []}],
    "ce:GetSavingsPlansUtilization": [NO_DATA],
    "ce:GetReservationCoverage": [{"CoveragesByTime": []}],
    "ce:GetReservationUtilization": [{"UtilizationsByTime": []}],
    "ce:GetSavingsPlansPurchaseRecommendation": [{"SavingsPlansPurchaseRecommendation": {}}],
    "ce:GetReservationPurchaseRecommendation": [{"Recommendations": []}],
    "cost-optimization-hub:ListEnrollmentStatuses": [{"items": []}],
}


def findings(*record_types: str, **answers: Any) -> Findings:
    """What is found where the bill has these record types; answers are named by their operation."""
    bill = a_bill(a_day("2026-11-02", {(COMPUTE, kind): "1" for kind in (*record_types, "Usage")}))
    script = {**COLLECTED, **NOTHING, "ce:GetCostAndUsage": [bill]}
    told = {
        f"ce:{operation}": answer if isinstance(answer, list) else [answer] for operation, answer in answers.items()
    }
    return findings_after(door, a_scripted_world({**script, **told}).world)


def recorded(name: str) -> Json:
    path = RECORDINGS / name
    if not path.is_file():
        pytest.skip("the recordings are not beside this checkout")
    body: Json = json.loads(path.read_text())["response"]
    return body


def a_coverage(covered: str, on_demand: str, **more: Any) -> Json:
    told = {"SpendCoveredBySavingsPlans": covered, "OnDemandCost": on_demand, "CoveragePercentage": "99"}
    return {"SavingsPlansCoverages": [{"Attributes": {"REGION": None}, "Coverage": told}], **more}


def test_what_savings_plans_cover_is_added_up_over_all_pages() -> None:
    pages = [a_coverage("30", "10", NextToken="a"), a_coverage("30", "30")]
    used = {
        "Total": {
            "Utilization": {"UtilizationPercentage": "92.5", "UnusedCommitment": "4.50"},
            "Savings": {"NetSavings": "-1.25"},
        }
    }
    found = findings("SavingsPlanCoveredUsage", GetSavingsPlansCoverage=pages, GetSavingsPlansUtilization=used)
    (plans,) = found.commitments
    assert (plans.kind, plans.coverage_percent, plans.on_demand_cost) == ("SavingsPlans", Decimal(60), Decimal(40))
    assert (plans.utilization_percent, plans.unused_cost) == (Decimal("92.5"), Decimal("4.50"))
    assert plans.net_savings == Decimal("-1.25")
    assert (plans.start.isoformat(), plans.end.isoformat()) == ("2026-10-17", "2026-11-16")
    assert [one.raw for one in plans.evidence] == ["30", "10", "30", "30", "92.5"]
    assert found.recommendations == ()


def test_what_reservations_cover_is_told_in_hours() -> None:
    coverage = {
        "CoveragesByTime": [{}],
        "Total": {"CoverageHours": {"CoverageHoursPercentage": "41.5"}, "CoverageCost": {"OnDemandCost": "120.00"}},
    }
    used = {
        "UtilizationsByTime": [{}],
        "Total": {"UtilizationPercentage": "88", "RICostForUnusedHours": "7", "NetRISavings": "31"},
    }
    found = findings("DiscountedUsage", GetReservationCoverage=coverage, GetReservationUtilization=used)
    (reserved,) = found.commitments
    assert (reserved.kind, reserved.coverage_percent, reserved.utilization_percent) == (
        CommitmentKind.RESERVATIONS,
        Decimal("41.5"),
        Decimal(88),
    )
    assert (reserved.on_demand_cost, reserved.unused_cost) == (Decimal(120), Decimal(7))
    assert reserved.net_savings == Decimal(31)


def test_figures_that_aws_does_not_give_are_unknown() -> None:
    found = findings("SavingsPlanRecurringFee", GetSavingsPlansCoverage=a_coverage("0", "0"))
    (plans,) = found.commitments
    assert (plans.coverage_percent, plans.utilization_percent, plans.net_savings) == (None, None, None)


@pytest.mark.parametrize(
    ("record_types", "plans", "reservations"),
    [
        ((), "NOT_NEEDED", "NOT_NEEDED"),
        (("Credit", "Refund", "Tax", "Support"), "NOT_NEEDED", "NOT_NEEDED"),
        (("SavingsPlanNegation",), "NO_DATA", "NOT_NEEDED"),
        (("RIFee",), "NOT_NEEDED", "NO_DATA"),
        (("Recurring reservation fee",), "NOT_NEEDED", "NO_DATA"),
        (("Something new",), "NO_DATA", "NO_DATA"),
    ],
)
def test_commitments_are_asked_about_where_the_bill_may_have_them(
    record_types: tuple[str, ...], plans: str, reservations: str
) -> None:
    told = states(findings(*record_types))
    assert (told["SavingsPlans us-east-1"], told["Reservations us-east-1"]) == (plans, reservations)


def test_where_neither_question_has_data_nothing_is_told_and_nothing_is_missing() -> None:
    found = findings("RIFee", GetReservationCoverage=NO_DATA, GetReservationUtilization=NO_DATA)
    (status,) = [one for one in found.sources if one.source == "Reservations"]
    assert (status.state, status.is_gap, found.commitments) == ("NO_DATA", False, ())
    assert "No data." in status.detail


def test_trap_22_the_savings_of_the_look_back_are_not_taken_for_a_months() -> None:
    body = recorded("GetSavingsPlansPurchaseRecommendation__sp-autopilot__recommendation_compute_sp.json")
    found = findings(GetSavingsPlansPurchaseRecommendation=body)
    (option,) = found.commitment_options
    assert option.estimated_monthly_savings == Decimal(2500)
    assert option.estimated_savings_in_lookback == Decimal(600)
    assert (option.term, option.payment_option, option.lookback) == ("THREE_YEARS", "ALL_UPFRONT", "SEVEN_DAYS")
    assert option.evidence[0].raw == "2500.0000000000"
    assert found.recommendations == ()


def test_trap_22_one_term_and_payment_is_asked_for_because_the_others_are_alternatives() -> None:
    account = a_world(an_account(a_response("cost-optimization-hub", "ListEnrollmentStatuses", {"items": []})))
    found = findings_after(door, account.world)
    assert account.asked("GetSavingsPlansPurchaseRecommendation") == 1
    (option,) = found.commitment_options
    assert (option.estimated_monthly_savings, option.hourly_commitment) == (Decimal("41.30"), Decimal("0.210"))
    assert found.recommendations == ()


def test_where_the_hub_proposes_commitments_nobody_pays_for_the_same_proposals() -> None:
    account = a_world()
    found = findings_after(door, account.world)
    assert states(found)["CommitmentOptions us-east-1"] == "NOT_NEEDED"
    assert account.asked("GetSavingsPlansPurchaseRecommendation") == 0


def test_no_recommendation_is_an_empty_answer_and_no_gap() -> None:
    found = findings()
    assert states(found)["CommitmentOptions us-east-1"] == "NO_DATA"
    assert found.commitment_options == ()


def test_a_reservation_is_told_with_what_it_is_for() -> None:
    detail = {
        "AccountId": "123456789012",
        "InstanceDetails": {"EC2InstanceDetails": {"InstanceType": "m5.large", "Region": "us-east-1"}},
        "RecommendedNumberOfInstancesToPurchase": "3",
        "CurrencyCode": "USD",
        "EstimatedMonthlySavingsAmount": "55.5",
        "RecurringStandardMonthlyCost": "130",
        "UpfrontCost": "0",
    }
    other = {**detail, "EstimatedMonthlySavingsAmount": None}
    told = {"Recommendations": [{"TermInYears": "ONE_YEAR", "RecommendationDetails": [other, detail]}]}
    first, second = findings(GetReservationPurchaseRecommendation=told).commitment_options
    assert (first.service_name, first.description, first.count) == (COMPUTE, "m5.large", Decimal(3))
    assert (first.estimated_monthly_savings, first.monthly_cost) == (Decimal("55.5"), Decimal(130))
    assert first.payment_option == "NO_UPFRONT"
    assert second.estimated_monthly_savings is None


@pytest.mark.parametrize(
    ("operation", "name"),
    [
        ("GetSavingsPlansCoverage", "GetSavingsPlansCoverage__sp-autopilot__get_savings_plans_coverage_grouped.json"),
        ("GetSavingsPlansUtilization", "GetSavingsPlansUtilization__sp-autopilot__get_savings_plans_utilization.json"),
    ],
)
def test_recorded_answers_about_savings_plans_are_understood(operation: str, name: str) -> None:
    found = findings("SavingsPlanCoveredUsage", **{operation: recorded(name)})
    (plans,) = found.commitments
    figure = plans.coverage_percent if operation == "GetSavingsPlansCoverage" else plans.utilization_percent
    assert figure is not None
    assert 0 < figure <= 100


PLANS, RESERVATIONS = CommitmentKind.SAVINGS_PLANS, CommitmentKind.RESERVATIONS


@pytest.mark.parametrize(
    ("record_types", "kinds"),
    [
        (("Credit", "Refund", "Tax", "Support"), ()),
        (("SavingsPlanCoveredUsage",), (PLANS,)),
        (("DiscountedUsage",), (RESERVATIONS,)),
        (("SavingsPlanNegation", "RIFee"), (PLANS, RESERVATIONS)),
        (("Something new",), (PLANS, RESERVATIONS)),
    ],
)
def test_the_spend_says_which_commitments_may_be_on_the_bill(
    record_types: tuple[str, ...], kinds: tuple[CommitmentKind, ...]
) -> None:
    spent = findings(*record_types).spend
    assert spent is not None
    assert spent.commitments_on_bill == kinds


def test_a_bill_of_which_a_part_is_missing_does_not_tell_which_commitments_are_on_it() -> None:
    world = a_scripted_world({**COLLECTED, **NOTHING}).world
    evidence = evidence_of(world, work(door, world, "collect"))
    lost = SourceState.THROTTLED
    told = [one if one.source != Source.COST_EXPLORER else replace(one, state=lost) for one in evidence.sources]
    whole, part = spend(evidence, AS_OF), spend(replace(evidence, sources=tuple(told)), AS_OF)
    assert whole is not None
    assert part is not None
    assert (whole.commitments_on_bill, part.commitments_on_bill) == ((), None)


@pytest.mark.parametrize(
    "record_type",
    [
        *("Enterprise Discount Program Discount", "EdpDiscount", "Private Rate Discount", "PrivateRateDiscount"),
        *("Private Rate Card Discount", "SPP Discount", "SppDiscount", "Solution Provider Program Discount"),
        *("Bundled Discount", "Distributor Discount", "Support fee", "Enterprise Support"),
        *("Other out-of-cycle charges", "FlatRateSubscription"),
    ],
)
def test_discounts_and_fees_without_a_commitment_make_nobody_pay_for_questions_about_commitments(
    record_type: str,
) -> None:
    told = states(findings(record_type))
    assert (told["SavingsPlans us-east-1"], told["Reservations us-east-1"]) == ("NOT_NEEDED", "NOT_NEEDED")


REFUSED = (400, {"__type": "ValidationException", "message": "No recommendation for linked accounts."})


@pytest.mark.parametrize("refusal", [NO_DATA, REFUSED])
def test_a_service_for_which_aws_has_no_options_is_noted_and_the_others_are_asked(refusal: Any) -> None:
    services = (COMPUTE, "Amazon Relational Database Service", "Amazon Redshift")
    bill = a_bill(a_day("2026-11-02", {(service, "Usage"): "1" for service in services}))
    detail = {"EstimatedMonthlySavingsAmount": "55.5", "CurrencyCode": "USD"}
    option = {"Recommendations": [{"RecommendationDetails": [detail]}]}
    asked = {"ce:GetReservationPurchaseRecommendation": [refusal, option, refusal]}
    found = findings_after(
        door, a_scripted_world({**COLLECTED, **NOTHING, "ce:GetCostAndUsage": [bill], **asked}).world
    )
    (status,) = [one for one in found.sources if one.source == "CommitmentOptions"]
    assert [one.service_name for one in found.commitment_options] == ["Amazon Relational Database Service"]
    assert status.state == "AVAILABLE"
    assert (COMPUTE in status.detail, "Redshift" in status.detail) == (True, True)


def test_where_aws_has_no_options_for_anything_the_refusal_is_told() -> None:
    found = findings(GetSavingsPlansPurchaseRecommendation=REFUSED, GetReservationPurchaseRecommendation=REFUSED)
    assert why_a_gap(found, "CommitmentOptions").startswith("ERROR")


def test_where_the_hubs_list_may_not_be_read_cost_explorer_is_asked_although_the_account_is_enrolled() -> None:
    account = a_world(an_account(an_error("cost-optimization-hub", "ListRecommendations", "AccessDeniedException")))
    found = findings_after(door, account.world)
    assert states(found)["CommitmentOptions us-east-1"] == "AVAILABLE"
    assert account.asked("GetSavingsPlansPurchaseRecommendation") == 1
