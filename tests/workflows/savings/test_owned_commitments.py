"""What commitments on the bill may cover without telling how far is never called verified at list prices."""

from datetime import date
from decimal import Decimal

import pytest

from tests.workflows.builders import ACCOUNT, a_commitment, a_recommendation
from tests.workflows.savings.bills import EC2, RDS
from workflows.commitments import Commitment, CommitmentKind
from workflows.recommendation import OptimizationType, Recommendation, SavingsBasis
from workflows.savings.bill import Bill, bill
from workflows.savings.consolidation import consolidated
from workflows.savings.opportunity import Opportunity
from workflows.spend import ResourceSpend, ServiceSpend, Spend

PLANS, RESERVATIONS = CommitmentKind.SAVINGS_PLANS, CommitmentKind.RESERVATIONS
ECS, LAMBDA = "Amazon Elastic Container Service", "AWS Lambda"
NODE_SERVICES = (
    "Amazon DynamoDB",
    "Amazon ElastiCache",
    "Amazon MemoryDB",
    "Amazon OpenSearch Service",
    "Amazon Redshift",
    "Amazon SageMaker",
)
SERVICES = (EC2, RDS, ECS, LAMBDA, *NODE_SERVICES)
NODES = {
    "ElastiCacheReservedInstances": {PLANS, RESERVATIONS},
    "MemoryDbReservedInstances": {RESERVATIONS},
    "OpenSearchReservedInstances": {RESERVATIONS},
    "RedshiftReservedInstances": {RESERVATIONS},
    "RdsReservedInstances": {PLANS, RESERVATIONS},
}
RESOURCES = {
    "RedshiftCluster": {RESERVATIONS},
    "MemoryDBCluster": {RESERVATIONS},
    "ElastiCacheCluster": {PLANS, RESERVATIONS},
    "DynamoDBTable": {PLANS, RESERVATIONS},
    "RdsDbInstance": {PLANS, RESERVATIONS},
    "SageMakerEndpoint": {PLANS},
    "EbsVolume": set(),
}


def a_bill_with(*owned: CommitmentKind, resource_type: str = "Ec2Instance") -> Bill:
    """Each service costs 1,000 a month and the resource 400 in fourteen days; these kinds of commitments are on it."""
    cost, key = Decimal(400), f"{ACCOUNT}/us-east-1/{resource_type}/one"
    week = cost / 2
    of_one = ResourceSpend(key, "one", 14, cost, week, week, None, "USD", whole_days=14, whole_days_cost=cost)
    return bill(a_spend(*owned), [of_one], [])


def a_spend(*owned: CommitmentKind) -> Spend:
    zero, month = Decimal(0), Decimal(1000)
    services = tuple(
        ServiceSpend(name, month, month, Decimal(230), Decimal(230), month, previous_month_effective=month)
        for name in (*SERVICES, "EC2 - Other")
    )
    days = date(2026, 10, 1), date(2026, 11, 16)
    return Spend("USD", *days, zero, zero, zero, services, (), commitments_on_bill=owned)


def the_only(said: Recommendation, of: Bill) -> Opportunity:
    (one,) = consolidated([said], of)
    return one


@pytest.mark.parametrize("kind", CommitmentKind)
@pytest.mark.parametrize("resource_type", RESOURCES)
def test_a_saving_at_list_prices_is_verified_only_where_no_commitment_may_cover_it(
    resource_type: str, kind: CommitmentKind
) -> None:
    said = a_recommendation("300", resource="one", resource_type=resource_type, savings_basis=SavingsBasis.LIST)
    found = the_only(said, a_bill_with(kind, resource_type=resource_type))

    assert bool(found.unverified) is (kind in RESOURCES[resource_type])
    assert not the_only(said, a_bill_with(resource_type=resource_type)).unverified


@pytest.mark.parametrize("kind", CommitmentKind)
@pytest.mark.parametrize("purchase", NODES)
def test_a_purchase_is_verified_only_where_no_owned_commitment_may_cover_its_usage(
    purchase: str, kind: CommitmentKind
) -> None:
    found = the_only(a_commitment("300", purchase), a_bill_with(kind))

    assert found.optimization_type is OptimizationType.RATE
    assert bool(found.unverified) is (kind in NODES[purchase])
    assert not the_only(a_commitment("300", purchase), a_bill_with()).unverified


def test_a_saving_after_discounts_is_verified_whatever_is_owned() -> None:
    said = a_recommendation(
        "300", resource="one", resource_type="RedshiftCluster", savings_basis=SavingsBasis.AFTER_DISCOUNTS
    )

    assert not the_only(said, a_bill_with(PLANS, RESERVATIONS, resource_type="RedshiftCluster")).unverified


@pytest.mark.parametrize("owned", [(RESERVATIONS,), (PLANS,), (PLANS, RESERVATIONS)])
@pytest.mark.parametrize("resource_type", ["LambdaFunction", "EcsService", "Ec2Instance"])
def test_reservations_leave_it_open_of_instances_alone_and_plans_of_all_compute(
    resource_type: str, owned: tuple[CommitmentKind, ...]
) -> None:
    said = a_recommendation("300", resource="one", resource_type=resource_type, savings_basis=SavingsBasis.LIST)
    found = the_only(said, a_bill_with(*owned, resource_type=resource_type))

    assert bool(found.unverified) is (PLANS in owned or resource_type == "Ec2Instance")


def test_what_reservations_leave_over_bounds_instances_and_not_functions() -> None:
    left = Commitment(RESERVATIONS, date(2026, 10, 1), date(2026, 11, 1), None, None, Decimal(0), None, None, "USD")
    spend = a_spend(RESERVATIONS)
    instance, function = (a_recommendation("300", resource_type=kind) for kind in ("Ec2Instance", "LambdaFunction"))

    assert the_only(instance, bill(spend, [], [left])).counted_savings == 0
    assert the_only(function, bill(spend, [], [left])).counted_savings == Decimal(300)
