"""The traps of Trusted Advisor's APIs, one test each, by their number in the list of traps."""

from decimal import Decimal
from typing import Any

import pytest

from tasks.agents.trusted_advisor.handler import work as door
from tests.tasks.agents.advice import (
    API_SOURCE,
    COLUMNS,
    LEGACY,
    SUPPORT_SOURCE,
    a_check,
    a_legacy_check,
    a_legacy_row,
    a_resource,
    documented,
)
from tests.tasks.worlds import (
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
from workflows.recommendation import HoursBasis
from workflows.savings.overlaps import opportunities

pytestmark = pytest.mark.usefixtures("own_aws")


def findings(*instead: Any, **settings: Any) -> Findings:
    return findings_after(door, a_world(an_account(*instead), **settings).world)


def test_trap_1_a_saving_of_nothing_is_zero_and_a_saving_not_told_is_unknown() -> None:
    for cell, savings in (("0.00", Decimal(0)), ("", None), (None, None), ("-", None)):
        (one,) = findings(*documented("hjLMh88uM8", Estimated_Monthly_Savings=cell)).recommendations
        assert one.estimated_monthly_savings == savings


@pytest.mark.parametrize(
    ("check", "hours"),
    [("Qch7DwouX1", HoursBasis.H720), ("Ti39halfu8", HoursBasis.H720), ("c1z7kmr00n", HoursBasis.H730)],
)
def test_trap_17_the_month_of_trusted_advisors_own_checks_has_720_hours_and_of_the_hubs_730(
    check: str, hours: HoursBasis
) -> None:
    assert {one.hours_basis for one in findings(*documented(check)).recommendations} == {hours}


def test_trap_2_console_text_is_money_where_it_is_money_and_nothing_else_is_taken_for_a_number() -> None:
    cells = {
        "Instance ID": "i-1",
        "Estimated Monthly Savings": "$1,234.56",
        "14-Day Average Network I/O": "2.3%  0.23MB",
        "Number of Days Low Utilization": "14+",
    }
    columns = COLUMNS["Qch7DwouX1"]
    row = a_legacy_row(*(cells.get(column) for column in columns))
    (one,) = findings(*a_legacy_check(row, check="Qch7DwouX1", headers=columns), **LEGACY).recommendations
    assert (one.resource_id, one.estimated_monthly_savings) == ("i-1", Decimal("1234.56"))
    for text in ("14+", "2.3%  0.23MB", "4 days"):
        (one,) = findings(*documented("Qch7DwouX1", Estimated_Monthly_Savings=text)).recommendations
        assert one.estimated_monthly_savings is None
        assert text in one.notes[0]
    (one,) = findings(*documented("COr6dfpM05", Lookback_Period__days_="14+")).recommendations
    assert one.lookback_days is None
    (one,) = findings(*documented("COr6dfpM05", Lookback_Period__days_="14 days")).recommendations
    assert one.lookback_days == 14


def test_trap_3_a_fraction_is_never_read_as_a_percentage() -> None:
    half = {"costOptimizing": {"estimatedMonthlySavings": 5.0, "estimatedPercentMonthlySavings": 0.5}}
    rows = [a_resource("us-east-1", "vol-1", "5.00")]
    (one,) = findings(*a_check(*rows, check="COr6dfpM03", pillarSpecificAggregates=half)).recommendations
    assert one.estimated_savings_percentage is None
    for cell in ("43.5", "43.5%", "43.50 %"):
        (one,) = findings(*documented("COr6dfpM03", Savings_Opportunity____=cell)).recommendations
        assert one.estimated_savings_percentage == Decimal("43.5")


def test_trap_4_the_two_apis_order_their_columns_differently() -> None:
    keys = {"0": "14", "1": "123.12000000000002", "2": "dev-01", "3": "db.m6i.large", "4": "false", "5": "us-east-1"}
    names = {
        "0": "Days Since Last Connection",
        "1": "Estimated Monthly Savings (On Demand)",
        "2": "DB Instance Name",
        "3": "Instance Type",
        "4": "Multi-AZ",
        "5": "Region",
    }
    new = findings(*a_check(a_resource(metadata=keys), check="Ti39halfu8", headers=names))
    columns = COLUMNS["Ti39halfu8"]
    cells = {names[key]: cell for key, cell in keys.items()} | {
        "Estimated Monthly Savings (On Demand)": "$123.12",
        "Multi-AZ": "No",
    }
    row = a_legacy_row(*(cells.get(column) for column in columns))
    old = findings(*a_legacy_check(row, check="Ti39halfu8", headers=columns), **LEGACY)
    assert [
        (one.resource_id, one.region_id, one.estimated_monthly_savings, one.current_resource_summary)
        for one in new.recommendations
    ] == [
        (one.resource_id, one.region_id, one.estimated_monthly_savings, one.current_resource_summary)
        for one in old.recommendations
    ]
    assert new.recommendations[0].estimated_monthly_savings == Decimal("123.12")


def test_trap_5_positions_are_joined_by_key_so_that_ten_does_not_come_before_two() -> None:
    columns = {str(place): f"Day {place}" for place in range(12)} | {
        "2": "Volume ID",
        "10": "Estimated Monthly Savings",
    }
    cells = {key: ("vol-1" if key == "2" else "7.00" if key == "10" else "0.1%") for key in reversed(columns)}
    (one,) = findings(*a_check(a_resource(metadata=cells), check="COr6dfpM03", headers=columns)).recommendations
    assert (one.resource_id, one.estimated_monthly_savings) == ("vol-1", Decimal(7))


def test_trap_10_a_missing_plan_is_an_error_that_the_service_does_not_declare_and_is_still_understood() -> None:
    message = "Amazon Web Services Premium Support Subscription is required to use this service."
    no_plan = an_error("support", "DescribeTrustedAdvisorChecks", "SubscriptionRequiredException", message)
    denied = an_error("trustedadvisor", "ListRecommendations", "AccessDeniedException", http_status=403)
    found = findings(no_plan, denied)
    assert states(found) == {API_SOURCE: "DENIED", SUPPORT_SOURCE: "NO_SUPPORT_PLAN"}
    assert all("Business Support+" in status.remedy for status in found.sources)


def test_trap_23_trusted_advisors_total_counts_a_pair_twice_and_ours_does_not() -> None:
    first, second = "of-a-check", "of-the-hub"
    legacy = documented("COr6dfpM03", Volume_ID="vol-1", Region="us-east-1", Estimated_Monthly_Savings="10.00")
    hub = documented(
        "c1z7kmr02n",
        Resource_ID="vol-1",
        Region="us-east-1",
        Recommended_Action="Rightsize",
        Estimated_Monthly_Savings="9.00",
    )
    arns = [f"arn:aws:trustedadvisor::123456789012:recommendation/{name}" for name in (first, second)]
    checks = [row for answers in (legacy, hub) for row in answers[0].response["checkSummaries"]]
    told = [
        {**row, "arn": arn}
        for answers, arn in zip((legacy, hub), arns, strict=True)
        for row in answers[1].response["recommendationSummaries"]
    ]
    resources = [
        a_response(
            "trustedadvisor", answers[2].operation, answers[2].response, request={"recommendationIdentifier": arn}
        )
        for answers, arn in zip((legacy, hub), arns, strict=True)
    ]
    found = findings(
        a_response("trustedadvisor", "ListChecks", {"checkSummaries": checks}),
        a_response("trustedadvisor", "ListRecommendations", {"recommendationSummaries": told}),
        *resources,
    )
    assert total(one.estimated_monthly_savings for one in found.stated) == Decimal(10)
    (opportunity,) = opportunities(found.recommendations)
    assert opportunity.counted_savings == Decimal(9)
    assert len(opportunity.members) == 2


def test_trap_32_the_legacy_row_id_is_a_hash_and_never_stands_for_the_resource() -> None:
    row = a_legacy_row("us-east-2c", "i-1", resource_id="Nz0kAbCdEfGhIjKlMnOpQr", region="us-east-2")
    headers = ("Region/AZ", "Instance ID")
    (one,) = findings(*a_legacy_check(row, check="Qch7DwouX1", headers=headers), **LEGACY).recommendations
    assert one.resource_key == "123456789012/us-east-2/Ec2Instance/i-1"


def test_trap_33_prioritized_recommendations_are_neither_read_nor_counted() -> None:
    account = a_world(an_account(*a_check(a_resource("us-east-1", "v", "4.00"), check="COr6dfpM03", type="priority")))
    found = findings_after(door, account.world)
    assert account.asked("ListRecommendationResources") == 0
    assert not [operation for operation in account.sent if "Organization" in operation]
    assert (found.recommendations, found.stated) == ((), ())
    assert found.remarks == ("'A check' does not count: it is a priority recommendation.",)


@pytest.mark.parametrize("api", ["trustedadvisor", "support"])
def test_trap_34_headers_are_asked_for_in_english(api: str) -> None:
    world = a_world(trusted_advisor_api=api).world
    evidence = evidence_of(world, work(door, world, "collect"))
    without_headers = {"DescribeTrustedAdvisorCheckSummaries"}
    asked = [one for one in evidence.responses if one.operation not in without_headers]
    assert asked
    assert {one.parameters.get("language") for one in asked} == {"en"}


def test_trap_35_a_retired_check_is_passed_over_and_does_not_end_the_reading() -> None:
    operation = "DescribeTrustedAdvisorCheckResult"
    told = (
        "Unknown ID: x",
        "Unknown ID: Account requires a Premium Support Plan for access to Trusted Advisor check: x",
    )
    for message in told:
        retired = an_error(
            "support", operation, "InvalidParameterValueException", message, request={"checkId": "hjLMh88uM8"}
        )
        others = [
            a_response("support", operation, the_sample_says("support", operation, check), request={"checkId": check})
            for check in ("Qch7DwouX1", "Ti39halfu8", "DAvU99Dc4C", "c1z7kmr00n")
        ]
        found = findings(retired, *others, **LEGACY)
        assert states(found)[SUPPORT_SOURCE] == "AVAILABLE"
        assert len(found.recommendations) == 5
        assert "'Idle Load Balancers' could not be read" in found.remarks[0]


def test_resources_are_asked_for_in_the_largest_pages() -> None:
    world = a_world().world
    evidence = evidence_of(world, work(door, world, "collect"))
    sizes = {one.parameters["maxResults"] for one in evidence.of("ListRecommendationResources")}
    assert sizes == {5000}
