"""Nothing saves more than it costs, and what the bill does not back is called unverified."""

from decimal import Decimal
from typing import Any

import pytest

from tests.workflows.builders import OPTIMIZER, a_recommendation
from tests.workflows.savings.bills import EC2, NO_BILL, RDS, a_bill, a_key
from workflows.money import total
from workflows.recommendation import ActionType, Recommendation, SavingsBasis
from workflows.savings.bill import COMPUTE, DATABASES, Bill, MonthlyCost
from workflows.savings.consolidation import consolidated
from workflows.savings.opportunity import Opportunity, Step

AFTER = SavingsBasis.AFTER_DISCOUNTS


def the_only(*said: Recommendation, bill: Bill) -> Opportunity:
    (opportunity,) = consolidated(said, bill)
    return opportunity


def counted(said: list[Recommendation], bill: Bill) -> dict[str, str]:
    return {one.best.chosen.resource_id: str(one.counted_savings) for one in consolidated(said, bill)}


def test_what_the_bill_backs_is_verified() -> None:
    opportunity = the_only(a_recommendation("60"), bill=a_bill({"i-1": "70"}))

    assert (opportunity.verified_savings, opportunity.deductions) == (Decimal(60), ())


def test_a_saving_ends_at_what_the_resource_costs() -> None:
    opportunity = the_only(a_recommendation("60"), bill=a_bill({"i-1": "45.50"}))

    assert opportunity.verified_savings == Decimal("45.50")
    assert [(one.step, one.amount) for one in opportunity.deductions] == [(Step.CAPPED, Decimal("14.50"))]
    assert "45.50" in opportunity.deductions[0].reason


@pytest.mark.parametrize("cost", ["0", "-3.00"])
def test_a_resource_that_costs_nothing_saves_nothing(cost: str) -> None:
    assert the_only(a_recommendation("60"), bill=a_bill({"i-1": cost})).counted_savings == 0


def test_two_levers_of_one_database_share_what_it_costs() -> None:
    said = [
        a_recommendation("50", resource="shop", resource_type="RdsDbInstance", action=ActionType.RIGHTSIZE),
        a_recommendation("30", resource="shop", resource_type="RdsDbInstanceStorage", action=ActionType.RIGHTSIZE),
    ]
    found = consolidated(said, a_bill({a_key("shop", "RdsDbInstance"): "60"}))

    assert total(one.verified_savings for one in found) == Decimal(60)


def test_savings_end_at_what_their_service_costs_the_biggest_first() -> None:
    said = [a_recommendation("60", resource="i-1"), a_recommendation("50", resource="i-2")]

    assert counted(said, a_bill(services={EC2: Decimal(80)})) == {"i-1": "60", "i-2": "20"}


@pytest.mark.parametrize(
    ("kind", "service"),
    [
        ("DocumentDBCluster", "Amazon DocumentDB (with MongoDB compatibility)"),
        ("DynamoDBTable", "Amazon DynamoDB"),
        ("ElastiCacheCluster", "Amazon ElastiCache"),
        ("SageMakerEndpoint", "Amazon SageMaker"),
        ("WorkSpaces", "Amazon WorkSpaces"),
    ],
)
def test_the_newer_types_of_resources_end_at_what_their_service_costs_too(kind: str, service: str) -> None:
    said = [a_recommendation("60", resource="x", resource_type=kind, action=ActionType.DELETE)]

    assert counted(said, a_bill(services={service: Decimal(45)})) == {"x": "45"}


def test_savings_end_at_the_whole_bill() -> None:
    said = [a_recommendation("60"), a_recommendation("50", resource="x", resource_type="SomethingNew")]

    assert counted(said, a_bill(usage=Decimal(100))) == {"i-1": "60", "x": "40"}


def test_savings_at_list_prices_end_where_owned_commitments_begin() -> None:
    said = [
        a_recommendation("60", resource="i-1"),
        a_recommendation("50", resource="i-2", savings_basis=SavingsBasis.LIST),
    ]
    found = consolidated(said, a_bill(on_demand={COMPUTE: Decimal(70)}))

    assert total(one.counted_savings for one in found) == Decimal(70)
    assert {one.step for each in found for one in each.deductions} == {Step.OWNED_COMMITMENTS}


def test_a_figure_after_discounts_is_not_reduced_by_owned_commitments_again() -> None:
    said = a_recommendation("60", OPTIMIZER, savings_basis=AFTER)

    assert the_only(said, bill=a_bill({"i-1": "70"}, on_demand={COMPUTE: Decimal(0)})).verified_savings == Decimal(60)


def test_no_commitment_covers_a_volume() -> None:
    said = a_recommendation("9", resource="vol-1", resource_type="EbsVolume")
    bill = a_bill(
        {a_key("vol-1", "EbsVolume"): "9"}, services={"EC2 - Other": Decimal(50)}, on_demand={COMPUTE: Decimal(0)}
    )

    assert the_only(said, bill=bill).verified_savings == Decimal(9)


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"resources": {}}, "what the resource costs"),
        ({"resources": {a_key(): MonthlyCost(Decimal(70), 6, "USD")}}, "only 6 days"),
        ({"resources": {a_key(): MonthlyCost(Decimal(70), 14, "EUR")}}, "in EUR"),
        ({"services": {RDS: Decimal(100)}}, "what its service costs"),
        ({"usage": None}, "what its service costs"),
        ({"unknown_pools": frozenset({COMPUTE})}, "already owned"),
    ],
)
def test_what_the_bill_does_not_back_counts_as_unverified(changes: dict[str, Any], why: str) -> None:
    bill = a_bill(**{"resources": {"i-1": "70"}, **changes})
    opportunity = the_only(a_recommendation("60"), bill=bill)

    assert opportunity.counted_savings == Decimal(60)
    assert opportunity.verified_savings == 0
    assert why in opportunity.unverified


def test_a_figure_after_discounts_needs_no_word_on_commitments() -> None:
    bill = a_bill({"i-1": "70"}, unknown_pools=frozenset({COMPUTE, DATABASES}))

    assert the_only(a_recommendation("60", savings_basis=AFTER), bill=bill).verified_savings == Decimal(60)


def test_a_bill_in_another_currency_caps_nothing_and_verifies_nothing() -> None:
    opportunity = the_only(a_recommendation("60", billing_currency="EUR"), bill=a_bill({"i-1": "10"}, usage=Decimal(1)))

    assert (opportunity.counted_savings, opportunity.verified_savings) == (Decimal(60), Decimal(0))


@pytest.mark.parametrize(
    "bill",
    [
        {"resources": {"i-1": MonthlyCost(Decimal(5), 14, "EUR")}},
        {"services": {EC2: Decimal(5)}},
        {"usage": Decimal(5)},
        {"on_demand": {COMPUTE: Decimal(5)}},
    ],
)
def test_what_a_total_leaves_out_is_told_with_its_currency(bill: dict[str, Any]) -> None:
    said = a_recommendation("60", billing_currency="EUR")
    opportunity = the_only(said, bill=a_bill(**{"billing_currency": "EUR", **bill}))

    assert "5.00 EUR a month" in opportunity.deductions[0].reason


def test_what_only_another_team_claims_takes_no_room_from_what_aws_found() -> None:
    said = [a_recommendation("60", resource="i-1"), a_recommendation("90", "LogRetention", resource="i-2")]
    assert counted(said, a_bill(services={EC2: Decimal(100)})) == {"i-1": "60", "i-2": "40"}


@pytest.mark.parametrize("bill", [NO_BILL, a_bill(usage=None), a_bill(usage=Decimal(500), billing_currency="EUR")])
def test_what_only_another_team_claims_counts_for_nothing_where_no_bill_bounds_it(bill: Bill) -> None:
    said = [a_recommendation("60", resource="i-1"), a_recommendation("999999999", "LogRetention", resource="i-2")]
    assert counted(said, bill) == {"i-1": "60", "i-2": "0"}
