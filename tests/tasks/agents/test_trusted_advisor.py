"""Trusted Advisor is read through either of its APIs, and says the same through both."""

from decimal import Decimal
from typing import Any

import pytest

from tasks.agents.trusted_advisor.handler import work as door
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
from workflows.money import total
from workflows.recommendation import ActionType
from workflows.sources import Source

pytestmark = pytest.mark.usefixtures("own_aws")
API_DENIED = an_error("trustedadvisor", "ListRecommendations", "AccessDeniedException", http_status=403)
NO_PLAN = an_error("support", "DescribeTrustedAdvisorChecks", "SubscriptionRequiredException", "Premium Support…")
LEGACY: Json = {"trusted_advisor_api": "support"}
CHECK = "a1b2c3d4e5"
ARN = "arn:aws:trustedadvisor::123456789012:recommendation/of-a-check"
API, SUPPORT = "TrustedAdvisor us-east-1", "TrustedAdvisorLegacy us-east-1"


def findings(*instead: Any, **settings: Any) -> Findings:
    return findings_after(door, a_world(an_account(*instead), **settings).world)


def a_legacy_check(*rows: Json, check: str = CHECK, headers: tuple[str, ...] = ("Region", "Volume ID")) -> list[Any]:
    """The account's only check, as the Support API tells it."""
    described = {"id": check, "name": "A check", "description": "", "category": "cost_optimizing"}
    summary = {
        "checkId": check,
        "timestamp": "2026-11-16T00:00:00Z",
        "status": "warning",
        "hasFlaggedResources": True,
        "resourcesSummary": {"resourcesFlagged": len(rows)},
        "categorySpecificSummary": {"costOptimizing": {"estimatedMonthlySavings": 5.0}},
    }
    result = {"checkId": check, "status": "warning", "flaggedResources": list(rows)}
    return [
        a_response("support", "DescribeTrustedAdvisorChecks", {"checks": [{**described, "metadata": list(headers)}]}),
        a_response("support", "DescribeTrustedAdvisorCheckSummaries", {"summaries": [summary]}),
        a_response("support", "DescribeTrustedAdvisorCheckResult", {"result": result}),
    ]


def a_legacy_row(*cells: str | None, resource_id: str = "hash", **more: Any) -> Json:
    row = {"status": "warning", "region": "us-east-1", "resourceId": resource_id, "isSuppressed": False}
    return {**row, "metadata": list(cells), **more}


def a_check(*rows: Json, check: str = CHECK, headers: Json | None = None, **recommendation: Any) -> list[Any]:
    """The account's only recommendation, as Trusted Advisor's own API tells it."""
    summary = {
        "id": "of-a-check",
        "arn": ARN,
        "name": "A check",
        "type": "standard",
        "status": "warning",
        "checkArn": f"arn:aws:trustedadvisor:::check/{check}",
        "pillars": ["cost_optimizing"],
        "source": "ta_check",
        "resourcesAggregates": {"okCount": 0, "warningCount": len(rows), "errorCount": 0},
        "pillarSpecificAggregates": {"costOptimizing": {"estimatedMonthlySavings": 5.0}},
        **recommendation,
    }
    metadata = headers or {"0": "Region", "1": "Volume ID", "2": "Estimated Monthly Savings"}
    ta = "trustedadvisor"
    return [
        a_response(ta, "ListChecks", {"checkSummaries": [{"id": check, "metadata": metadata}]}),
        a_response(ta, "ListRecommendations", {"recommendationSummaries": [summary]}),
        a_response(ta, "ListRecommendationResources", {"recommendationResourceSummaries": list(rows)}),
    ]


def a_resource(*cells: str | None, resource: str = "vol-1", **more: Any) -> Json:
    return {
        "id": resource,
        "arn": f"{ARN}/{resource}",
        "awsResourceId": resource,
        "regionCode": "us-east-1",
        "status": "warning",
        "recommendationArn": ARN,
        "metadata": {str(place): cell for place, cell in enumerate(cells)},
        **more,
    }


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


def test_suppressed_rows_and_rows_that_are_in_order_are_left_out() -> None:
    rows = [
        a_legacy_row("us-east-1", "vol-1"),
        a_legacy_row("us-east-1", "vol-2", isSuppressed=True),
        a_legacy_row("us-east-1", "vol-3", status="ok"),
    ]
    found = findings(*a_legacy_check(*rows, check="DAvU99Dc4C"), **LEGACY)
    assert [one.resource_id for one in found.recommendations] == ["vol-1"]


def test_excluded_resources_and_resources_that_are_in_order_are_left_out() -> None:
    rows = [
        a_resource("us-east-1", "vol-1", "4.00"),
        a_resource("us-east-1", "vol-2", "4.00", exclusionStatus="excluded"),
        a_resource("us-east-1", "vol-3", "4.00", status="ok"),
        a_resource("us-east-1", "vol-4", "4.00", exclusionStatus="included"),
    ]
    found = findings(*a_check(*rows, check="DAvU99Dc4C"))
    assert [one.resource_id for one in found.recommendations] == ["vol-1", "vol-4"]


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
    assert len(found.recommendations) == 5
    assert "old-shop-lb" not in {one.resource_id for one in found.recommendations}


def test_another_failure_of_one_check_is_not_passed_over() -> None:
    broken = an_error("support", "DescribeTrustedAdvisorCheckResult", "InternalServerError", http_status=500)
    assert states(findings(broken, API_DENIED)) == {API: "DENIED", SUPPORT: "ERROR"}


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
    assert ["$10.00" in found.recommendations[0].notes[0], "$20.00" in found.recommendations[1].notes[0]] == [True] * 2
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
