"""Commitments to buy: one option a pool, and no more of it than the usage that is left needs."""

from datetime import date
from decimal import Decimal
from itertools import permutations

import pytest

from tests.workflows.builders import ADVISOR, HUB, a_commitment, a_recommendation
from tests.workflows.savings.bills import EC2, RDS, a_bill
from workflows.money import total
from workflows.recommendation import ActionType, OptimizationType, Recommendation, SavingsBasis
from workflows.savings.bill import COMPUTE, Bill
from workflows.savings.consolidation import consolidated
from workflows.savings.exemptions import Exemption
from workflows.savings.opportunity import NotCounted, Opportunity, Step
from workflows.savings.purchases import purchases
from workflows.savings.set_aside import Decisions


def rate_of(*said: Recommendation, bill: Bill) -> Opportunity:
    (line,) = (one for one in consolidated(said, bill) if one.optimization_type is OptimizationType.RATE)
    return line


def test_the_option_with_the_highest_sum_counts_and_not_the_one_with_the_biggest_line() -> None:
    said = [
        a_commitment("50", "ComputeSavingsPlans"),
        a_commitment("30", "Ec2InstanceSavingsPlans", recommended_resource_summary="m5 in us-east-1"),
        a_commitment("25", "Ec2InstanceSavingsPlans", recommended_resource_summary="r5 in us-east-1"),
    ]

    for order in permutations(said):
        counted = purchases(order)
        assert sorted(str(one.counted_savings) for one in counted) == ["25", "30"]
        assert [str(one.chosen.resource_type) for one in counted[0].alternatives] == ["ComputeSavingsPlans"]


def test_lines_of_a_second_source_are_the_same_purchase_in_other_words() -> None:
    said = [
        a_commitment("30", "RdsReservedInstances", source=HUB, recommended_resource_summary="2 db.m5.large"),
        a_commitment("12", "RdsReservedInstances", source=HUB, recommended_resource_summary="1 db.r5.large"),
        a_commitment("11", "RdsReservedInstances", source=ADVISOR, recommended_resource_summary="Buy 1 db.r5.large RI"),
        a_commitment("29", "RdsReservedInstances", source=ADVISOR, recommended_resource_summary="Some RIs"),
    ]

    for order in permutations(said):
        counted = purchases(order)
        assert total(one.counted_savings for one in counted) == Decimal(42)
        assert [[str(one.estimated_monthly_savings) for one in each.best.duplicates] for each in counted] == [
            ["29"],
            ["11"],
        ]


def test_a_commitment_shrinks_with_the_usage_that_is_saved() -> None:
    """Of 1,000 that it could discount, 250 will not be used any more: a quarter of its saving goes."""
    bill = a_bill(services={EC2: Decimal(1000)})
    line = rate_of(a_recommendation("250"), a_commitment("40"), bill=bill)

    assert line.counted_savings == Decimal(30)
    assert [one.step for one in line.deductions] == [Step.RESIZED]
    assert not line.unverified


def test_usage_of_another_pool_leaves_a_commitment_as_it_is() -> None:
    said = a_recommendation("250", resource="shop", resource_type="RdsDbInstance")

    assert (
        rate_of(
            said, a_commitment("40"), bill=a_bill(services={EC2: Decimal(1000), RDS: Decimal(1000)})
        ).counted_savings
        == 40
    )


def test_a_commitment_never_saves_more_than_is_left_to_discount() -> None:
    assert rate_of(a_commitment("900"), bill=a_bill(services={EC2: Decimal(500)})).counted_savings == Decimal(500)


def test_a_commitment_for_which_no_usage_is_left_saves_nothing() -> None:
    bill = a_bill(services={EC2: Decimal(100)})
    stop = a_recommendation("100", action=ActionType.STOP)

    assert rate_of(stop, a_commitment("40"), bill=bill).counted_savings == 0


def test_what_owned_commitments_leave_is_what_another_can_discount() -> None:
    bill = a_bill(services={EC2: Decimal(1000)}, on_demand={COMPUTE: Decimal(200)})
    line = rate_of(a_recommendation("100"), a_commitment("40"), bill=bill)

    assert line.counted_savings == Decimal(20)


def test_a_commitment_of_which_the_bill_tells_nothing_is_kept_and_unverified() -> None:
    line = rate_of(a_recommendation("250"), a_commitment("40"), bill=Bill())

    assert line.counted_savings == Decimal(40)
    assert "not known" in line.unverified


def test_what_another_source_words_differently_lends_no_amount_to_a_line() -> None:
    """An amount after discounts stands before one at list prices, but only for the very same line."""
    said = [
        a_commitment("90", recommended_resource_summary="2 db.r5.large", savings_basis=SavingsBasis.LIST),
        a_commitment("10", recommended_resource_summary="1 db.m5.large", savings_basis=SavingsBasis.AFTER_DISCOUNTS),
        a_commitment(
            "700", source=ADVISOR, recommended_resource_summary="many", savings_basis=SavingsBasis.AFTER_DISCOUNTS
        ),
    ]

    for order in permutations(said):
        assert [str(one.counted_savings) for one in purchases(order)] == ["90", "10"]


def test_of_a_payers_plan_and_a_members_reservations_for_the_same_usage_one_counts() -> None:
    said = [
        a_commitment("100"),
        a_commitment("90", "Ec2ReservedInstances", account_id="210987654321"),
        a_commitment("30", "Ec2InstanceSavingsPlans", account_id="333344445555"),
    ]
    for order in permutations(said):
        (line,) = purchases(order)

        assert line.counted_savings == Decimal(100)
        assert [one.amount for one in line.alternatives] == [Decimal(90), Decimal(30)]


def test_purchases_for_other_usage_count_beside_each_other_whatever_the_account() -> None:
    said = [a_commitment("100"), a_commitment("90", "RdsReservedInstances", account_id="210987654321")]

    assert total(one.counted_savings for one in purchases(said)) == Decimal(190)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("2 db.r5.large MySQL", "1 db.r5.large PostgreSQL"),
        ("2 db.r5.large MySQL Multi-AZ", "2 db.r5.large MySQL Single-AZ"),
        ("1 m5.large Linux Shared", "1 m5.large Windows Shared"),
        ("1 m5.large Linux dedicated", "1 m5.large Linux shared"),
        ("$0.60/hour m5 family", "$0.60/hour r5 family"),
    ],
)
def test_reservations_for_other_usage_are_lines_of_their_own(one: str, other: str) -> None:
    said = [
        a_commitment("100", "RdsReservedInstances", recommended_resource_summary=one),
        a_commitment("60", "RdsReservedInstances", recommended_resource_summary=other),
    ]
    for order in permutations(said):
        assert [str(each.counted_savings) for each in purchases(order)] == ["100", "60"]


def test_terms_ways_of_paying_and_numbers_are_alternatives_for_one_line_of_which_the_smaller_stands() -> None:
    said = [
        a_commitment(
            "100", recommended_resource_summary="0.210 USD/hour ComputeSavingsPlans, THREE_YEARS, ALL_UPFRONT"
        ),
        a_commitment("60", recommended_resource_summary="0.35 USD/hour ComputeSavingsPlans, ONE_YEAR, NO_UPFRONT"),
    ]
    for order in permutations(said):
        assert [str(one.counted_savings) for one in purchases(order)] == ["60"]


def test_a_line_keeps_its_id_whichever_source_tells_it_and_whatever_it_saves() -> None:
    hub = a_commitment("100", "RdsReservedInstances", recommended_resource_summary="2 db.r5.large MySQL Single-AZ")
    advisor = a_commitment(
        "70", "RdsReservedInstances", source=ADVISOR, recommended_resource_summary="Buy 5 MySQL single-az db.r5.large"
    )

    assert purchases([hub])[0].opportunity_id == purchases([advisor])[0].opportunity_id


def test_a_source_that_tells_less_of_a_line_still_speaks_of_it() -> None:
    said = [
        a_commitment("100", "RdsReservedInstances", recommended_resource_summary="2 db.r5.large MySQL"),
        a_commitment("60", "RdsReservedInstances", recommended_resource_summary="2 db.m5.large MySQL"),
        a_commitment("59", "RdsReservedInstances", source=ADVISOR, recommended_resource_summary="db.m5.large"),
    ]
    for order in permutations(said):
        first, second = purchases(order)

        assert (first.best.duplicates, [one.source for one in second.best.duplicates]) == ((), [ADVISOR])
        assert [str(one.counted_savings) for one in (first, second)] == ["100", "60"]


def test_lines_that_are_alike_keep_their_ids_when_their_amounts_change_places() -> None:
    def ids(first: str, second: str) -> dict[str, str]:
        """Two lines of the same type, whose zones alone tell them apart."""
        told = {"1 m5.large Linux us-east-1a": first, "1 m5.large Linux us-east-1b": second}
        lines = (
            a_commitment(amount, "Ec2ReservedInstances", recommended_resource_summary=words)
            for words, amount in told.items()
        )
        return {one.best.chosen.recommended_resource_summary: one.opportunity_id for one in purchases(lines)}

    assert ids("100", "60") == ids("60", "100")
    assert len(set(ids("100", "60").values())) == 2


@pytest.mark.parametrize(("plan", "counts"), [("75", {"75", "9"}), ("60", {"40", "25", "9"})])
def test_a_database_savings_plan_never_counts_beside_reservations_of_tables_and_caches(
    plan: str, counts: set[str]
) -> None:
    """No row says for which databases a plan is sized, so that both could discount the same hours."""
    said = [
        a_commitment(plan, "DatabaseSavingsPlans"),
        a_commitment("40", "ElastiCacheReservedInstances", recommended_resource_summary="4 cache.r6g.large"),
        a_commitment("25", "DynamoDbReservedCapacity"),
        a_commitment("9", "RedshiftReservedInstances", recommended_resource_summary="1 ra3.xlplus"),
    ]
    for order in permutations(said):
        found = consolidated(order, Bill())
        left_out = [one for one in found if one.not_counted is NotCounted.ABSORBED]

        assert {str(one.counted_savings) for one in found if one.counted_savings} == counts
        assert all("same usage" in one.deductions[-1].reason for one in left_out)
        assert len(left_out) == 4 - len(counts)


def test_reservations_of_caches_count_beside_reservations_of_databases_that_exclude_a_plan() -> None:
    said = [
        a_commitment("75", "DatabaseSavingsPlans"),
        a_commitment("90", "RdsReservedInstances"),
        a_commitment("40", "ElastiCacheReservedInstances"),
    ]

    assert total(one.counted_savings for one in consolidated(said, Bill())) == Decimal(130)


def test_a_plan_that_people_dismissed_stands_in_no_reservations_way() -> None:
    said = [a_commitment("75", "DatabaseSavingsPlans"), a_commitment("40", "ElastiCacheReservedInstances")]
    exempt = Exemption(pattern="*/DatabaseSavingsPlans/*", reason="none wanted", expires=date(2027, 1, 1))
    found = consolidated(said, Bill(), Decisions(as_of=date(2026, 11, 16), exemptions=(exempt,)))

    assert total(one.counted_savings for one in found) == Decimal(40)


@pytest.mark.parametrize(("excluded", "counted"), [("Buy 5 db.r5.large", "30"), ("Buy 2 db.m5.large", "0")])
def test_what_somebody_excluded_takes_no_other_line_with_it(excluded: str, counted: str) -> None:
    said = [
        a_commitment("30", "RdsReservedInstances", recommended_resource_summary="1 db.m5.large MySQL"),
        a_commitment(
            "60", "RdsReservedInstances", source=ADVISOR, recommended_resource_summary=excluded, not_applicable="no"
        ),
    ]
    for order in permutations(said):
        (line,) = purchases(order)

        assert str(line.counted_savings) == counted
        assert [one.source for one in line.best.duplicates] == [ADVISOR]
