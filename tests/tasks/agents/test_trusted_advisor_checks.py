"""Each cost check of Trusted Advisor means what AWS documents: what is saved, what is not known, what is no usage."""

from decimal import Decimal
from typing import Any

import pytest

from tasks.agents.trusted_advisor.checks import CHECKS, DEPRECATED
from tasks.agents.trusted_advisor.handler import work as door
from tests.tasks.agents.advice import (
    API_SOURCE,
    CHECK,
    COLUMNS,
    LEGACY,
    SUPPORT_SOURCE,
    a_check,
    a_legacy_check,
    a_legacy_row,
    a_resource,
    documented,
)
from tests.tasks.worlds import a_response, a_world, an_account, findings_after, states
from workflows.cost_review.documents import Findings
from workflows.recommendation import ActionType, OptimizationType, Recommendation
from workflows.savings.overlaps import opportunities

pytestmark = pytest.mark.usefixtures("own_aws")
WITHOUT_SAVINGS = sorted(check for check, columns in COLUMNS.items() if not any("Savings" in name for name in columns))


def findings(*instead: Any, **settings: Any) -> Findings:
    return findings_after(door, a_world(an_account(*instead), **settings).world)


def the_one(*instead: Any, **settings: Any) -> Recommendation:
    (one,) = findings(*instead, **settings).recommendations
    return one


def test_every_cost_check_that_aws_documents_is_known() -> None:
    assert set(COLUMNS) == set(CHECKS)
    assert not DEPRECATED & set(CHECKS)


@pytest.mark.parametrize("check", sorted(COLUMNS))
def test_a_row_of_a_check_with_its_documented_columns_names_its_resource_its_region_and_its_worth(check: str) -> None:
    cells: dict[str, str | None] = {
        "Estimated_Monthly_Savings": "12.50",
        "Estimated_Monthly_Savings__On_Demand_": "12.50",
        "Estimated_Savings_with_Recommendations__Monthly_": "12.50",
        "Region": "eu-west-1",
        "Region_AZ": "eu-west-1b",
        "Zone": "eu-west-1b",
    }
    names = {"".join(letter if letter.isalnum() else "_" for letter in column) for column in COLUMNS[check]}
    one = the_one(*documented(check, **{name: cell for name, cell in cells.items() if name in names}))
    assert one.region_id == ("us-east-1" if check == "51fC20e7I2" else "eu-west-1")
    assert one.estimated_monthly_savings == (None if check in WITHOUT_SAVINGS else Decimal("12.50"))
    assert bool(one.notes) == (check in WITHOUT_SAVINGS)
    assert one.resource_type == CHECKS[check].resource_type


@pytest.mark.parametrize(
    ("check", "column", "cell", "resource", "of_type"),
    [
        ("Qch7DwouX1", "Instance_ID", "i-1", "i-1", "Ec2Instance"),
        ("Qsdfp3A4L1", "Instance_ID", "i-1", "i-1", "Ec2Instance"),
        ("COr6dfpM03", "Volume_ID", "vol-1", "vol-1", "EbsVolume"),
        ("COr6dfpM05", "Function_Name", "resize", "resize", "LambdaFunction"),
        (
            "L4dfs2Q3C3",
            "Function_ARN",
            "arn:aws:lambda:us-east-1:123456789012:function:f:$LATEST",
            "f",
            "LambdaFunction",
        ),
        ("Ti39halfu8", "DB_Instance_Name", "reports", "reports", "RdsDbInstance"),
        ("hjLMh88uM8", "Load_Balancer_Name", "old", "old", "LoadBalancer"),
        ("G31sQ1E9U", "Cluster", "dwh", "dwh", "RedshiftCluster"),
        ("Z4AUBRNSmz", "IP_Address", "203.0.113.7", "203.0.113.7", "ElasticIp"),
        ("c2vlfg022t", "NAT_Gateway_Id", "nat-1", "nat-1", "NatGateway"),
        ("c2vlfg0jp6", "VPC_Endpoint_Id", "vpce-1", "vpce-1", "VpcEndpoint"),
        (
            "c2vlfg0bfw",
            "Network_Firewall_Arn",
            "arn:aws:network-firewall:us-east-1:1:firewall/f",
            "f",
            "NetworkFirewall",
        ),
        ("c1cj39rr6v", "Bucket_Name", "logs", "logs", "S3Bucket"),
        ("c18d2gz150", "Resource", "i-1", "i-1", "Ec2Instance"),
        ("51fC20e7I2", "Resource_Record_Set_Name", "www.example.com.", "www.example.com.", "Route53RecordSet"),
    ],
)
def test_the_resource_is_found_by_the_header_of_its_column(
    check: str, column: str, cell: str, resource: str, of_type: str
) -> None:
    one = the_one(*documented(check, **{column: cell}))
    assert (one.resource_id, one.resource_type) == (resource, of_type)


@pytest.mark.parametrize(
    ("said", "action"),
    [
        ("Rightsize", ActionType.RIGHTSIZE),
        ("Migrate to Graviton", ActionType.MIGRATE_TO_GRAVITON),
        ("ScaleIn", ActionType.SCALE_IN),
        ("Delete", ActionType.DELETE),
        ("Something new", ActionType.REVIEW),
        (None, ActionType.REVIEW),
    ],
)
def test_a_check_of_the_hub_takes_its_action_from_its_own_column(said: str | None, action: ActionType) -> None:
    one = the_one(*documented("c1z7kmr01n", Recommended_Action=said, Resource_ID="web", Estimated_Monthly_Savings="1"))
    assert (one.action_type, one.resource_type) == (action, "Ec2AutoScalingGroup")


@pytest.mark.parametrize("check", ["1e93e4c0b5", "cX3c2R1chu", "c1z7kmr08n", "c1z7kmr11n", "c1z7kmr15n"])
def test_a_commitment_is_rate_and_never_usage_and_names_no_resource(check: str) -> None:
    one = the_one(*documented(check))
    assert one.optimization_type is OptimizationType.RATE
    assert one.resource_id == ""


def test_reservations_that_expire_are_told_apart() -> None:
    columns = COLUMNS["1e93e4c0b5"]

    def expiring(reservation: str, savings: str) -> Any:
        cells = {
            "Zone": "us-east-1a",
            "Instance Type": "m5.large",
            "Instance Count": "2",
            "Platform": "Linux/UNIX",
            "Reserved Instance ID": reservation,
            "Estimated Monthly Savings": savings,
        }
        return a_legacy_row(*(cells.get(column) for column in columns))

    rows = [expiring("ri-1", "$40.00"), expiring("ri-2", "$30.00")]
    found = findings(*a_legacy_check(*rows, check="1e93e4c0b5", headers=columns), **LEGACY).recommendations
    assert [one.recommended_resource_summary for one in found] == [
        "Renew 2 m5.large Linux/UNIX ri-1",
        "Renew 2 m5.large Linux/UNIX ri-2",
    ]
    assert len({one.recommendation_id for one in found}) == 2
    assert [one.counted_savings for one in opportunities(found)] == [Decimal(40), Decimal(30)]


def test_a_daily_loss_is_told_for_a_month_as_a_cost_and_is_no_saving() -> None:
    one = the_one(*documented("L4dfs2Q3C3", Lost_Daily_Compute_Cost="$2.40"))
    assert one.estimated_monthly_savings is None
    assert one.estimated_monthly_cost_before == Decimal("2.40") * 365 / 12 == Decimal(73)
    assert any("2.4 a day, 73.00 a month of 365/12 days" in note for note in one.notes)
    assert [pointer.raw for pointer in one.evidence] == ["$2.40"]


def test_a_daily_loss_that_cannot_be_read_is_unknown_and_said_so() -> None:
    one = the_one(*documented("L4dfs2Q3C2", Lost_Daily_Compute_Cost="some"))
    assert one.estimated_monthly_cost_before is None
    assert any("'some'" in note for note in one.notes)


def test_the_storage_cost_of_an_underutilized_volume_is_a_cost_and_no_saving() -> None:
    one = the_one(*documented("DAvU99Dc4C", Volume_ID="vol-1", Monthly_Storage_Cost="$12.00"))
    assert (one.estimated_monthly_savings, one.estimated_monthly_cost_before) == (None, Decimal(12))
    assert any("monthly storage cost: 12" in note for note in one.notes)


@pytest.mark.parametrize(
    ("stated", "cell", "currency", "savings"),
    [
        ("EUR", "12.50", "EUR", Decimal("12.50")),
        (None, "12.50", "USD", Decimal("12.50")),
        (None, "€12.50", "EUR", Decimal("12.50")),
        ("USD", "$12.50", "USD", Decimal("12.50")),
        ("USD", "€12.50", "USD", None),
        ("dollars", "12.50", "USD", None),
    ],
)
def test_the_currency_column_is_honoured_and_never_guessed(
    stated: str | None, cell: str, currency: str, savings: Decimal | None
) -> None:
    one = the_one(*documented("COr6dfpM05", Estimated_Monthly_Savings=cell, Estimated_Monthly_Savings_Currency=stated))
    assert (one.billing_currency, one.estimated_monthly_savings) == (currency, savings)
    assert bool(one.notes) == (savings is None)


def test_a_deprecated_check_is_left_out_with_a_remark_that_names_its_claim() -> None:
    found = findings(*a_check(a_resource("us-east-1", "x", "9.00"), check="1qazXsw23e", name="RDS reservations"))
    assert (found.recommendations, found.stated) == ((), ())
    assert found.remarks == (
        "'RDS reservations' does not count: AWS took the check out of service; it claims USD 5.00 a month.",
    )
    assert found.remarks[0] in {status.detail for status in found.sources}


def test_an_unknown_check_is_kept_with_its_text_and_is_never_counted() -> None:
    headers = {"0": "Region", "1": "Resource ID", "2": "Estimated Monthly Savings", "3": "Is new", "4": "Account"}
    row = a_resource("us-east-1", "x-1", "$90.00", "true", "012345678901")
    found = findings(*a_check(row, headers=headers))
    (one,) = found.recommendations
    assert (one.action_type, one.resource_type, one.estimated_monthly_savings) == (
        ActionType.REVIEW,
        f"TrustedAdvisorCheck:{CHECK}",
        None,
    )
    assert "it states 90.00 a month" in one.notes[0]
    assert one.notes[1] == "account: 012345678901; estimated monthly savings: 90; is new: Yes; resource id: x-1"
    assert [opportunity.counted_savings for opportunity in opportunities(found.recommendations)] == [0]


def test_a_known_check_whose_savings_column_is_gone_is_unknown_and_said_so() -> None:
    one = the_one(*a_check(a_resource("us-east-1", "lb"), check="hjLMh88uM8", headers={"0": "Region", "1": "Other"}))
    assert one.estimated_monthly_savings is None
    assert "lacks its savings column" in one.notes[0]


def test_a_cell_that_the_api_leaves_out_is_unknown_and_its_column_is_still_there() -> None:
    headers = {"0": "Region", "1": "Load Balancer Name", "2": "Estimated Monthly Savings"}
    one = the_one(*a_check(a_resource("us-east-1", "lb"), check="hjLMh88uM8", headers=headers))
    assert (one.estimated_monthly_savings, one.notes) == (None, ())


def test_checks_without_a_result_are_named_because_they_are_not_the_same_as_nothing_found() -> None:
    found = findings(*a_legacy_check(status="not_available", hasFlaggedResources=False), **LEGACY)
    assert found.remarks == ("Trusted Advisor has no result of A check.",)


def test_a_total_that_is_not_told_is_unknown_and_the_rows_still_stand() -> None:
    row = a_resource("us-east-1", "v", "4.00")
    found = findings(*a_check(row, check="COr6dfpM03", pillarSpecificAggregates={"costOptimizing": {}}))
    assert [one.estimated_monthly_savings for one in found.stated] == [None]
    assert [one.estimated_monthly_savings for one in found.recommendations] == [Decimal(4)]


def test_a_total_of_another_type_than_promised_has_the_other_api_asked() -> None:
    odd = {"costOptimizing": {"estimatedMonthlySavings": "much"}}
    found = findings(*a_check(a_resource("us-east-1", "v", "4.00"), check="COr6dfpM03", pillarSpecificAggregates=odd))
    assert states(found) == {API_SOURCE: "NOT_NEEDED", SUPPORT_SOURCE: "AVAILABLE"}


def test_a_recommendation_about_something_else_than_costs_is_left_out() -> None:
    found = findings(*a_check(a_resource("us-east-1", "v", "4.00"), check="COr6dfpM03", pillars=["security"]))
    assert (found.recommendations, found.stated) == ((), ())


def test_rows_of_a_page_that_answers_nothing_leave_no_recommendation() -> None:
    answers = a_check(check="COr6dfpM03")
    empty = a_response("trustedadvisor", "ListRecommendationResources", {})
    assert findings(*answers[:2], empty).recommendations == ()
