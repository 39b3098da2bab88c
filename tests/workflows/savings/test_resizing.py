"""Commitments share the usage that the counted savings leave, and none grows because evidence is missing."""

from dataclasses import replace
from decimal import Decimal

import pytest

from tests.workflows.builders import a_commitment, a_recommendation
from tests.workflows.savings.bills import EC2, RDS, a_bill, a_key
from workflows.money import total
from workflows.recommendation import ActionType, OptimizationType, Recommendation
from workflows.savings.bill import COMPUTE, DATABASES, EC2_INSTANCES, Bill
from workflows.savings.consolidation import consolidated
from workflows.savings.opportunity import Opportunity

LAMBDA, DYNAMODB = "AWS Lambda", "Amazon DynamoDB"


def rates(said: list[Recommendation], bill: Bill) -> list[Opportunity]:
    return [one for one in consolidated(said, bill) if one.optimization_type is OptimizationType.RATE]


def counted_rate(said: list[Recommendation], bill: Bill) -> Decimal:
    return total(one.counted_savings for one in rates(said, bill))


def test_the_lines_of_an_option_share_what_is_left() -> None:
    """Two lines cannot save more together than is paid for the usage that they discount."""
    said = [
        a_commitment("80", "RdsReservedInstances", recommended_resource_summary="2 db.m5.large"),
        a_commitment("70", "RdsReservedInstances", recommended_resource_summary="1 db.r5.large"),
    ]
    found = rates(said, a_bill(services={RDS: Decimal(100)}))

    assert sorted(one.counted_savings for one in found) == [Decimal(20), Decimal(80)]
    assert [each.reason.partition("leave ")[2] for one in found for each in one.deductions] == [
        "100.00, of which bigger lines take 80.00"
    ]


def test_the_options_of_two_accounts_exclude_each_other() -> None:
    """A payer's commitment is shared with its members: both would discount the same hours."""
    said = [a_commitment("80"), a_commitment("70", account_id="210987654321")]

    assert counted_rate(said, a_bill(services={EC2: Decimal(1000)})) == Decimal(80)


def test_a_commitment_does_not_grow_where_another_amount_takes_the_room_of_a_saving() -> None:
    """The storage, no longer bounded by its database's bill line, takes the room of the database's own saving."""
    storage = a_recommendation("90", resource="shop", resource_type="RdsDbInstanceStorage", action=ActionType.RIGHTSIZE)
    said = [
        storage,
        a_recommendation("60", resource="books", resource_type="RdsDbInstance"),
        a_commitment("50", "RdsReservedInstances"),
    ]
    known = a_bill({storage.resource_key.replace("Storage", ""): "10"}, services={RDS: Decimal(100)})
    lost = replace(known, resources={})

    assert counted_rate(said, lost) <= counted_rate(said, known) == Decimal(20)


def test_savings_in_databases_leave_commitments_for_compute_alone() -> None:
    said = [a_commitment("40"), a_recommendation("50", resource="shop", resource_type="RdsDbInstance")]

    assert counted_rate(said, a_bill(on_demand={COMPUTE: Decimal(100), DATABASES: Decimal(100)})) == Decimal(40)


@pytest.mark.parametrize("pool", ["SageMakerSavingsPlans", "DynamoDbReservedCapacity", "ElastiCacheReservedInstances"])
def test_a_commitment_whose_usage_has_no_line_on_the_bill_ends_at_what_is_left_of_the_whole_bill(pool: str) -> None:
    said = [a_recommendation("40", resource_type="SomethingNew"), a_commitment("100000", pool)]
    (line,) = rates(said, a_bill(usage=Decimal(300)))

    assert line.counted_savings == Decimal(260)
    assert "whole bill" in line.deductions[-1].reason
    assert line.verified_savings == 0


def test_all_commitments_together_end_at_what_is_left_of_the_whole_bill_the_biggest_first() -> None:
    said = [a_commitment("200", "SageMakerSavingsPlans"), a_commitment("150", "DynamoDbReservedCapacity")]

    assert sorted(one.counted_savings for one in rates(said, a_bill(usage=Decimal(300)))) == [
        Decimal(100),
        Decimal(200),
    ]


def test_where_the_whole_bill_is_not_told_no_commitment_is_verified() -> None:
    (line,) = rates([a_commitment("50")], a_bill(usage=None))

    assert (line.counted_savings, line.verified_savings) == (Decimal(50), Decimal(0))


def test_a_commitment_in_another_currency_than_the_bills_is_kept_and_unverified() -> None:
    (line,) = rates([a_commitment("900", billing_currency="EUR")], a_bill(usage=Decimal(300)))

    assert (line.counted_savings, line.verified_savings) == (Decimal(900), Decimal(0))


@pytest.mark.parametrize("kind", ["Ec2ReservedInstances", "Ec2InstanceSavingsPlans"])
@pytest.mark.parametrize("on_demand", [{}, {COMPUTE: Decimal(9500)}])
def test_what_discounts_instances_alone_saves_nothing_once_no_instance_is_left(
    kind: str, on_demand: dict[str, Decimal]
) -> None:
    """The 9,000 that functions cost are for a Compute Savings Plan."""
    bill = a_bill(services={EC2: Decimal(1000), LAMBDA: Decimal(9000)}, on_demand=on_demand)

    assert counted_rate([a_recommendation("1000"), a_commitment("400", kind)], bill) == 0
    assert counted_rate([a_recommendation("1000"), a_commitment("400")], bill) > 0


def test_functions_that_are_saved_leave_reservations_of_instances_alone() -> None:
    said = [
        a_recommendation("500", resource="resize", resource_type="LambdaFunction"),
        a_commitment("400", "Ec2ReservedInstances"),
    ]

    assert counted_rate(said, a_bill(services={EC2: Decimal(1000), LAMBDA: Decimal(1000)})) == Decimal(400)


def test_a_compute_savings_plan_discounts_functions_beside_instances_that_reservations_cover() -> None:
    """Reservations leave 100 of the instances on demand; the 900 of functions are on demand whatever is reserved."""
    bill = a_bill(services={EC2: Decimal(5000), LAMBDA: Decimal(900)}, on_demand={EC2_INSTANCES: Decimal(100)})
    said = [a_recommendation("250", resource="resize", resource_type="LambdaFunction"), a_commitment("300")]

    assert counted_rate(said, bill) == Decimal(225)
    assert counted_rate([a_commitment("300", "Ec2ReservedInstances")], bill) == Decimal(100)


def test_a_database_savings_plan_discounts_other_databases_than_those_of_rds() -> None:
    bill = a_bill(services={RDS: Decimal(100), DYNAMODB: Decimal(10_000)})

    assert counted_rate([a_commitment("1500", "DatabaseSavingsPlans")], bill) == Decimal(1500)
    assert counted_rate([a_commitment("1500", "RdsReservedInstances")], bill) == Decimal(100)


def test_what_discounts_instances_alone_is_unverified_where_the_bill_does_not_tell_their_cost() -> None:
    told = a_bill(on_demand={COMPUTE: Decimal(9500)})
    untold = replace(told, services={RDS: Decimal(1000)})
    said = [a_commitment("400", "Ec2ReservedInstances")]

    assert [one.verified_savings for bill in (told, untold) for one in rates(said, bill)] == [Decimal(400), Decimal(0)]


def test_a_commitment_that_keeps_all_its_usage_keeps_every_digit() -> None:
    (line,) = rates([a_commitment("41.300000000000004")], a_bill(services={EC2: Decimal(1000)}))

    assert (line.counted_savings, line.deductions) == (Decimal("41.300000000000004"), ())


def test_reservations_take_nothing_back_from_what_is_saved_on_functions() -> None:
    bill = a_bill({a_key("resize", "LambdaFunction"): "300"}, on_demand={EC2_INSTANCES: Decimal(0)})
    bill = replace(bill, services={**bill.services, LAMBDA: Decimal(300)})
    said = a_recommendation("200", resource="resize", resource_type="LambdaFunction")
    (one,) = consolidated([said], bill)
    (instance,) = consolidated([a_recommendation("200")], bill)

    assert (one.verified_savings, instance.counted_savings) == (Decimal(200), Decimal(0))


def test_storage_leaves_of_the_whole_bill_what_its_database_costs_and_no_more_is_taken_from_commitments() -> None:
    """It claims 400, and the line on the bill that it shares with its database is 50: 250 of 300 will still be paid."""
    storage = a_recommendation("400", resource="shop", resource_type="RdsDbInstanceStorage")
    bill = a_bill({a_key("shop", "RdsDbInstance"): "50"}, usage=Decimal(300))

    assert counted_rate([storage, a_commitment("1000", "SageMakerSavingsPlans")], bill) == Decimal(250)
