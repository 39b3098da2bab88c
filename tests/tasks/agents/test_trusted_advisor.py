"""Trusted Advisor is read through either of its APIs, and says the same through both."""

from decimal import Decimal
from typing import Any

import pytest

from tasks.agents.trusted_advisor.handler import work as door
from tests.tasks.agents.advice import (
    API_SOURCE as API,
)
from tests.tasks.agents.advice import (
    CHECK,
    LEGACY,
    a_check,
    a_legacy_check,
    a_legacy_row,
    a_resource,
)
from tests.tasks.agents.advice import (
    SUPPORT_SOURCE as SUPPORT,
)
from tests.tasks.worlds import (
    Json,
    a_response,
    a_world,
    an_account,
    an_error,
    evidence_of,
    findings_after,
    states,
    the_sample_says,
    work,
)
from workflows.cost_review.documents import Findings
from workflows.errors import ServiceUnavailable
from workflows.money import total
from workflows.recommendation import ActionType
from workflows.savings.opportunity import Step
from workflows.savings.overlaps import opportunities
from workflows.savings.waterfall import waterfalls
from workflows.sources import Source

pytestmark = pytest.mark.usefixtures("own_aws")
API_DENIED = an_error("trustedadvisor", "ListRecommendations", "AccessDeniedException", http_status=403)
NO_PLAN = an_error("support", "DescribeTrustedAdvisorChecks", "SubscriptionRequiredException", "Premium Support…")


def findings(*instead: Any, **settings: Any) -> Findings:
    return findings_after(door, a_world(an_account(*instead), **settings).world)


def test_the_five_recommendations_of_the_sample_account_are_worth_what_trusted_advisor_states() -> None:
    found = findings()
    assert len(found.stated) == 5
    assert total(one.estimated_monthly_savings for one in found.stated) == Decimal("247.97")
    assert total(one.estimated_monthly_savings for one in found.recommendations) == Decimal("231.97")
    assert states(found) == {API: "AVAILABLE", SUPPORT: "NOT_NEEDED"}


def test_the_other_api_is_not_asked_where_the_first_answers() -> None:
    account = a_world()
    work(door, account.world, "collect")
    assert {one.partition(":")[0] for one in account.sent} == {"sts", "trustedadvisor"}


def test_support_is_asked_where_trusted_advisors_own_api_is_denied() -> None:
    found = findings(API_DENIED)
    assert total(one.estimated_monthly_savings for one in found.stated) == Decimal("247.97")
    assert states(found) == {API: "NOT_NEEDED", SUPPORT: "AVAILABLE"}
    assert "AccessDeniedException" in next(one.detail for one in found.sources if one.source == Source.TRUSTED_ADVISOR)


def test_what_the_failed_api_had_said_is_not_told_a_second_time() -> None:
    broken = an_error("trustedadvisor", "ListRecommendationResources", "InternalServerException", http_status=500)
    found = findings(broken)
    assert {one.source for one in found.stated} == {Source.TRUSTED_ADVISOR_LEGACY}
    assert len(found.stated) == 5


def test_the_setting_has_support_asked_first_and_the_new_api_where_support_fails() -> None:
    assert states(findings(**LEGACY)) == {API: "NOT_NEEDED", SUPPORT: "AVAILABLE"}
    assert states(findings(NO_PLAN, **LEGACY)) == {API: "AVAILABLE", SUPPORT: "NOT_NEEDED"}


def test_two_gaps_with_their_remedies_are_left_where_neither_can_be_read() -> None:
    found = findings(API_DENIED, NO_PLAN)
    assert states(found) == {API: "DENIED", SUPPORT: "NO_SUPPORT_PLAN"}
    assert all(one.is_gap and one.remedy for one in found.sources)
    assert found.recommendations == ()


def test_both_apis_give_the_same_recommendations() -> None:
    def said(found: Findings) -> list[tuple[Any, ...]]:
        return sorted(
            (one.resource_key, one.action_type, str(one.estimated_monthly_savings), one.resource_name)
            for one in found.recommendations
        )

    new, legacy = findings(), findings(**LEGACY)
    assert said(new) == said(legacy)
    assert len(new.recommendations) == 6
    assert [(one.name, one.reference, one.estimated_monthly_savings, one.resources) for one in new.stated] == [
        (one.name, one.reference, one.estimated_monthly_savings, one.resources) for one in legacy.stated
    ]


def test_a_resource_is_named_as_the_other_services_name_it_whatever_its_availability_zone() -> None:
    keys = {one.resource_key for one in findings().recommendations}
    assert "123456789012/us-east-1/Ec2Instance/i-0f3a9c1d27b84e605" in keys
    assert "123456789012/us-east-1/RdsDbInstance/reports-dev" in keys


def test_suppressed_rows_are_shown_as_not_applicable_and_rows_that_are_in_order_are_left_out() -> None:
    rows = [
        a_legacy_row("us-east-1", "vol-1"),
        a_legacy_row("us-east-1", "vol-2", isSuppressed=True),
        a_legacy_row("us-east-1", "vol-3", status="ok"),
    ]
    found = findings(*a_legacy_check(*rows, check="DAvU99Dc4C"), **LEGACY)
    assert [(one.resource_id, one.not_applicable) for one in found.recommendations] == [
        ("vol-1", ""),
        ("vol-2", "Excluded in Trusted Advisor."),
    ]


def test_excluded_resources_are_shown_as_not_applicable_and_resources_in_order_are_left_out() -> None:
    rows = [
        a_resource("us-east-1", "vol-1", "4.00"),
        a_resource("us-east-1", "vol-2", "4.00", exclusionStatus="excluded"),
        a_resource("us-east-1", "vol-3", "4.00", status="ok"),
        a_resource("us-east-1", "vol-4", "4.00", exclusionStatus="included"),
    ]
    found = findings(*a_check(*rows, check="DAvU99Dc4C"))
    assert [(one.resource_id, one.not_applicable) for one in found.recommendations] == [
        ("vol-1", ""),
        ("vol-2", "Excluded in Trusted Advisor."),
        ("vol-4", ""),
    ]


def test_what_is_excluded_is_in_the_gross_amount_and_never_in_the_counted_one() -> None:
    rows = [
        a_resource("us-east-1", "vol-1", "4.00"),
        a_resource("us-east-1", "vol-2", "3.00", exclusionStatus="excluded"),
    ]
    found = findings(*a_check(*rows, check="COr6dfpM03"))
    (usage,) = waterfalls(opportunities(found.recommendations))
    assert (usage.gross, usage.counted) == (Decimal(7), Decimal(4))
    assert [item.reason for item in usage.steps[Step.NOT_APPLICABLE]] == ["Excluded in Trusted Advisor."]


@pytest.mark.parametrize("api", ["trustedadvisor", "support"])
def test_a_check_of_which_everything_is_excluded_is_read_and_claims_nothing(api: str) -> None:
    counts = {"okCount": 4, "warningCount": 0, "errorCount": 0, "excludedCount": 1}
    excluded = a_resource("us-east-1", "vol-1", "4.00", exclusionStatus="excluded")
    suppressed = a_legacy_row("us-east-1", "vol-1", "$4.00", isSuppressed=True)
    columns = ("Region", "Volume ID", "Estimated Monthly Savings")
    found = findings(
        *a_check(excluded, check="COr6dfpM03", status="ok", resourcesAggregates=counts),
        *a_legacy_check(
            suppressed,
            check="COr6dfpM03",
            headers=columns,
            status="ok",
            hasFlaggedResources=False,
            resourcesSummary={"resourcesFlagged": 0, "resourcesSuppressed": 1},
        ),
        trusted_advisor_api=api,
    )
    assert [one.not_applicable for one in found.recommendations] == ["Excluded in Trusted Advisor."]
    assert (found.stated, found.remarks) == ((), ())


def test_a_retired_check_is_passed_over_and_the_others_are_read() -> None:
    retired = an_error(
        "support",
        "DescribeTrustedAdvisorCheckResult",
        "InvalidParameterValueException",
        "Unknown ID: hjLMh88uM8",
        request={"checkId": "hjLMh88uM8"},
    )
    results = [
        a_response(
            "support",
            "DescribeTrustedAdvisorCheckResult",
            the_sample_says("support", "DescribeTrustedAdvisorCheckResult", check),
            request={"checkId": check},
        )
        for check in ("Qch7DwouX1", "Ti39halfu8", "DAvU99Dc4C", "c1z7kmr00n")
    ]
    found = findings(retired, *results, **LEGACY)
    assert states(found)[SUPPORT] == "AVAILABLE"
    assert found.remarks == ("The resources of 'Idle Load Balancers' could not be read; it claims USD 18.00 a month.",)
    assert found.remarks[0] in next(one.detail for one in found.sources if one.source == Source.TRUSTED_ADVISOR_LEGACY)
    assert len(found.recommendations) == 5
    assert "old-shop-lb" not in {one.resource_id for one in found.recommendations}


def test_another_failure_of_one_check_is_not_passed_over() -> None:
    broken = an_error("support", "DescribeTrustedAdvisorCheckResult", "InternalServerError", http_status=500)
    world = a_world(an_account(broken, API_DENIED)).world
    with pytest.raises(ServiceUnavailable, match="TrustedAdvisorLegacy"):
        work(door, world, "collect")
    at_last = work(door, world, "collect", retry=3)
    assert states(evidence_of(world, at_last)) == {API: "DENIED", SUPPORT: "ERROR"}


def test_where_no_check_answers_the_refusal_stands() -> None:
    message = "Unknown ID: Account requires a Premium Support Plan for access to Trusted Advisor check: x"
    no = an_error("support", "DescribeTrustedAdvisorCheckResult", "InvalidParameterValueException", message)
    assert states(findings(no, API_DENIED)) == {API: "DENIED", SUPPORT: "NO_SUPPORT_PLAN"}


def test_a_recommendation_that_is_resolved_meanwhile_is_passed_over_and_named() -> None:
    gone = an_error("trustedadvisor", "ListRecommendationResources", "ResourceNotFoundException", http_status=404)
    found = findings(gone)
    assert states(found)[API] == "AVAILABLE"
    assert (found.recommendations, len(found.stated), len(found.remarks)) == ((), 5, 5)


def test_an_unknown_check_is_kept_for_review_with_unknown_savings() -> None:
    row = a_resource("us-east-1", "vol-1")
    (one,) = findings(*a_check(row, headers={"0": "Region", "1": "Volume ID"})).recommendations
    assert (one.action_type, one.estimated_monthly_savings) == (ActionType.REVIEW, None)
    assert one.notes
    assert one.resource_type.endswith(CHECK)


def test_a_commitment_that_trusted_advisor_proposes_names_no_resource_and_is_no_usage() -> None:
    row = a_resource("us-east-1", "", "41.30", resource="opaque")
    headers = {"0": "Region", "1": "Resource ID", "2": "Estimated Monthly Savings"}
    (one,) = findings(*a_check(row, check="c1z7kmr09n", headers=headers)).recommendations
    assert (one.optimization_type, one.resource_id, one.resource_type) == ("Rate", "", "ComputeSavingsPlans")
    assert one.estimated_monthly_savings == Decimal("41.30")


def test_rows_of_an_unknown_check_whose_resource_has_no_known_header_stay_apart() -> None:
    headers = ("Status", "Zone", "Reserved Instance ID", "Estimated Monthly Savings")
    rows = [
        a_legacy_row("Yellow", "us-east-1a", "ri-1", "$10.00", resource_id="hash-1"),
        a_legacy_row("Yellow", "us-east-1a", "ri-2", "$20.00", resource_id="hash-2"),
    ]
    found = findings(*a_legacy_check(*rows, headers=headers), **LEGACY)
    assert [one.estimated_monthly_savings for one in found.recommendations] == [None, None]
    stated = [note for one in found.recommendations for note in one.notes if "states" in note]
    assert "states 10.00" in stated[0]
    assert "states 20.00" in stated[1]
    assert len({one.resource_key for one in found.recommendations}) == 2


def test_cells_are_found_by_their_header_in_whatever_order_they_come() -> None:
    headers = {"10": "Region", "2": "Estimated Monthly Savings", "0": "Volume ID"}
    row = a_resource(metadata={"2": "1,234.56", "0": "vol-9", "10": "eu-west-1"})
    (one,) = findings(*a_check(row, check="DAvU99Dc4C", headers=headers)).recommendations
    assert (one.resource_id, one.region_id) == ("vol-9", "eu-west-1")
    assert one.estimated_monthly_savings == Decimal("1234.56")


def test_cells_that_hold_nothing_are_unknown_and_the_rest_of_the_row_stands() -> None:
    headers = ("Region", "Volume ID", "Volume Name", "Estimated Monthly Savings")
    rows = a_legacy_check(a_legacy_row(None, "vol-1", None, None), check="DAvU99Dc4C", headers=headers)
    (one,) = findings(*rows, **LEGACY).recommendations
    assert (one.resource_id, one.region_id, one.resource_name) == ("vol-1", "us-east-1", "")
    assert one.estimated_monthly_savings is None


def test_a_row_without_cells_is_kept_without_a_figure() -> None:
    row = {"status": "warning", "region": "us-east-1", "resourceId": "hash-1"}
    (one,) = findings(*a_legacy_check(row, check="DAvU99Dc4C"), **LEGACY).recommendations
    assert one.estimated_monthly_savings is None
    assert one.resource_id == "hash-1"


def test_a_saving_that_is_no_amount_is_unknown_and_said_so() -> None:
    (one,) = findings(*a_check(a_resource("us-east-1", "vol-1", "about ten"), check="DAvU99Dc4C")).recommendations
    assert one.estimated_monthly_savings is None
    assert "about ten" in one.notes[0]


def test_a_recommendation_without_a_check_is_kept_under_its_own_name() -> None:
    answers = a_check(a_resource("us-east-1", "vol-1", "4.00"))
    summaries = answers[1].response["recommendationSummaries"]
    del summaries[0]["checkArn"]
    found = findings(*answers)
    assert [one.action_type for one in found.recommendations] == [ActionType.REVIEW]
    assert found.stated[0].estimated_monthly_savings == Decimal(5)


def test_a_check_that_flags_nothing_claims_nothing() -> None:
    found = findings(*a_check(status="ok"))
    assert (found.recommendations, found.stated) == ((), ())
    assert states(found)[API] == "AVAILABLE"


def test_an_account_without_recommendations_has_no_data_and_no_gap() -> None:
    found = findings(a_response("trustedadvisor", "ListRecommendations", {"recommendationSummaries": []}))
    assert states(found)[API] == "NO_DATA"


def test_each_amount_can_be_traced_to_the_response_it_stands_in() -> None:
    for settings in (Json(), LEGACY):
        world = a_world(**settings).world
        evidence = evidence_of(world, work(door, world, "collect"))
        for one in findings_after(door, world).recommendations:
            for pointer in one.evidence:
                assert resolves(evidence, pointer) == pointer.raw


def resolves(evidence: Any, pointer: Any) -> str:
    (response,) = [one.response for one in evidence.responses if one.request_id == pointer.request_id]
    for part in pointer.pointer.split("/")[1:]:
        response = response[int(part)] if isinstance(response, list) else response[part]
    return str(response)


def test_a_malformed_answer_of_one_api_has_the_other_asked() -> None:
    found = findings(a_response("support", "DescribeTrustedAdvisorCheckSummaries", {}), **LEGACY)
    assert states(found) == {API: "AVAILABLE", SUPPORT: "NOT_NEEDED"}
