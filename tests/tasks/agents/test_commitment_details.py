"""What a reservation fits beside its type is kept, so that two engines are two purchases."""

from decimal import Decimal

import pytest

from tasks.agents.cost_explorer.commitment_rules import commitment_options
from tests.tasks.worlds import Json
from tests.workflows.builders import ACCOUNT
from workflows.commitments import CommitmentOption
from workflows.cost_review.documents import Evidence, RecordedResponse
from workflows.savings.options import recommendations_of
from workflows.savings.purchases import purchases

RDS = "Amazon Relational Database Service"


def options(operation: str, response: Json, **asked: str) -> tuple[CommitmentOption, ...]:
    terms = {"TermInYears": "ONE_YEAR", "PaymentOption": "NO_UPFRONT", "LookbackPeriodInDays": "THIRTY_DAYS", **asked}
    page = RecordedResponse("CommitmentOptions", "ce", operation, "us-east-1", terms, "request-1", response)
    return commitment_options(Evidence("cost-explorer-agent", ACCOUNT, (page,), ()))


def reservations(service: str, *rows: tuple[str, Json]) -> tuple[CommitmentOption, ...]:
    details = [
        {"EstimatedMonthlySavingsAmount": saving, "CurrencyCode": "USD", "InstanceDetails": {"AnyInstanceDetails": of}}
        for saving, of in rows
    ]
    told = {"Recommendations": [{"RecommendationDetails": details}]}
    return options("GetReservationPurchaseRecommendation", told, Service=service)


def counted(found: tuple[CommitmentOption, ...]) -> list[Decimal]:
    said = recommendations_of(found, agent="cost-explorer-agent", account_id=ACCOUNT)
    return [one.counted_savings for one in purchases(said)]


@pytest.mark.parametrize(
    ("member", "one", "other"),
    [
        ("DatabaseEngine", "MySQL", "PostgreSQL"),
        ("DatabaseEdition", "Enterprise", "Standard Two"),
        ("DeploymentOption", "Multi-AZ", "Single-AZ"),
        ("LicenseModel", "License included", "Bring your own license"),
        ("Platform", "Linux/UNIX", "Windows"),
        ("Tenancy", "Shared", "Dedicated"),
        ("ProductDescription", "Redis", "Memcached"),
    ],
)
def test_reservations_that_fit_other_usage_are_two_purchases_that_both_count(member: str, one: str, other: str) -> None:
    base = {"InstanceType": "db.r5.large", "Region": "us-east-1"}
    found = reservations(RDS, ("100", {**base, member: one}), ("60", {**base, member: other}))

    assert [each.details for each in found] == [one, other]
    assert counted(found) == [Decimal(100), Decimal(60)]


def test_a_search_domains_type_is_put_together_of_its_class_and_size() -> None:
    (found,) = reservations("Amazon OpenSearch Service", ("10", {"InstanceClass": "m5", "InstanceSize": "large"}))

    assert found.description == "m5.large"


def test_plans_for_two_instance_families_are_two_purchases() -> None:
    rows = [
        {
            "EstimatedMonthlySavingsAmount": saving,
            "HourlyCommitmentToPurchase": "0.5",
            "SavingsPlansDetails": {"Region": "us-east-1", "InstanceFamily": family},
        }
        for saving, family in (("40", "m5"), ("30", "r5"))
    ]
    told = {
        "SavingsPlansPurchaseRecommendation": {
            "SavingsPlansType": "EC2_INSTANCE_SP",
            "SavingsPlansPurchaseRecommendationDetails": rows,
        }
    }
    found = options("GetSavingsPlansPurchaseRecommendation", told)

    assert [one.details for one in found] == ["m5", "r5"]
    assert counted(found) == [Decimal(40), Decimal(30)]
