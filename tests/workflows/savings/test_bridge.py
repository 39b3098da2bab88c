"""The way from the Hub's own total to ours adds up exactly, and what cannot be explained is shown."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.workflows.builders import ADVISOR, HUB, OPTIMIZER, a_commitment, a_recommendation
from tests.workflows.savings.bills import NO_BILL, a_bill
from workflows.deduped_total import DedupedTotal
from workflows.recommendation import ActionType, Recommendation
from workflows.savings.bill import Bill
from workflows.savings.bridge import Bridge, NoBridge, bridge
from workflows.savings.consolidation import consolidated

RIGHTSIZE, DELETE, UPGRADE = ActionType.RIGHTSIZE, ActionType.DELETE, ActionType.UPGRADE


def a_total(amount: str | None = "12.00", currency: str = "USD", why: str = "") -> DedupedTotal:
    return DedupedTotal(None if amount is None else Decimal(amount), currency, why)


def the_bridge(*said: Recommendation, theirs: str = "12.00", bill: Bill = NO_BILL) -> Bridge:
    built = bridge(consolidated(said, bill), a_total(theirs), of_everything=True)
    assert isinstance(built, Bridge)
    assert built.theirs + sum(line.amount for line in built.lines) + built.unexplained == built.ours
    return built


def lines(built: Bridge) -> list[tuple[str, str]]:
    return [(line.kind, str(line.amount)) for line in built.lines]


def test_where_both_count_the_same_there_is_nothing_to_tell() -> None:
    built = the_bridge(a_recommendation("12.00"), a_recommendation("11.00", OPTIMIZER))
    assert (lines(built), built.unexplained, built.ours) == ([], Decimal(0), Decimal("12.00"))


def test_what_the_hub_does_not_name_is_added() -> None:
    built = the_bridge(a_recommendation("12.00"), a_recommendation("18.00", ADVISOR, DELETE, "old-lb"))
    assert lines(built) == [("not_in_hub", "18.00")]
    assert built.lines[0].reason == "TrustedAdvisor proposes Delete; the Hub does not name it"


def test_a_bigger_action_of_another_source_adds_the_difference() -> None:
    built = the_bridge(
        a_recommendation("24.82", HUB, RIGHTSIZE), a_recommendation("49.64", OPTIMIZER, DELETE), theirs="24.82"
    )
    assert lines(built) == [("other_figure", "24.82")]
    assert built.lines[0].reason == "ComputeOptimizer's Delete stands"


def test_of_several_actions_of_the_hub_on_one_resource_its_best_is_theirs() -> None:
    built = the_bridge(
        a_recommendation("12.00", HUB, RIGHTSIZE), a_recommendation("7.00", HUB, UPGRADE), theirs="12.00"
    )
    assert (lines(built), built.unexplained) == ([], Decimal(0))


def test_what_cannot_be_followed_is_removed_with_its_reason() -> None:
    built = the_bridge(a_recommendation("12.00", not_applicable="The instance is stopped."))
    assert lines(built) == [("not_applicable", "-12.00")]
    assert built.lines[0].reason == "The instance is stopped."


def test_what_goes_beyond_the_bill_is_removed_by_its_step() -> None:
    built = the_bridge(a_recommendation("12.00"), bill=a_bill({"i-1": "10.00"}))
    assert lines(built) == [("capped", "-2.00")]


def test_a_commitment_that_is_sized_again_is_less_than_theirs() -> None:
    said = (a_recommendation("5000"), a_commitment("100"))
    built = the_bridge(*said, theirs="5100", bill=a_bill())
    assert [(kind, amount[:3]) for kind, amount in lines(built)] == [("resized", "-50")]


def test_of_two_options_of_a_pool_the_hub_counts_the_bigger() -> None:
    said = (a_commitment("41.30"), a_commitment("30.00", "Ec2ReservedInstances"))
    assert lines(the_bridge(*said, theirs="41.30")) == []


def test_an_option_of_several_lines_is_theirs_with_all_its_lines() -> None:
    said = [
        a_commitment(amount, "Ec2ReservedInstances", recommended_resource_summary=f"1 {family}.large")
        for amount, family in (("20.00", "m5"), ("15.00", "c5"))
    ]
    built = the_bridge(*said, a_commitment("30.00"), theirs="35.00")
    assert (lines(built), built.unexplained) == ([], Decimal(0))


def test_a_figure_in_another_currency_is_no_part_of_ours() -> None:
    said = (
        a_recommendation("12.00"),
        a_recommendation("9.00", OPTIMIZER, RIGHTSIZE, resource="i-2", billing_currency="EUR"),
    )
    assert (lines(the_bridge(*said)), the_bridge(*said).ours) == ([], Decimal("12.00"))


def test_what_the_hubs_own_items_do_not_explain_is_shown() -> None:
    built = the_bridge(a_recommendation("12.00"), theirs="10.00")
    assert (lines(built), built.unexplained) == ([], Decimal("2.00"))


@pytest.mark.parametrize(
    ("total", "everything", "said"),
    [
        (None, True, "was not read"),
        (a_total(None, why="Its pages give different totals."), True, "different totals"),
        (a_total(), False, "a part of it"),
    ],
)
def test_where_there_is_no_bridge_the_reason_is_told(total: DedupedTotal | None, everything: bool, said: str) -> None:
    built = bridge(consolidated([a_recommendation()], NO_BILL), total, of_everything=everything)
    assert isinstance(built, NoBridge)
    assert said in built.reason


AMOUNTS = st.decimals(-50, 500, places=3)


@given(
    st.lists(
        st.builds(
            lambda amount, source, action, number, why_not, currency: a_recommendation(
                None if amount is None else str(amount),
                source,
                action,
                f"i-{number}",
                not_applicable=why_not,
                billing_currency=currency,
            ),
            st.none() | AMOUNTS,
            st.sampled_from([HUB, OPTIMIZER, ADVISOR]),
            st.sampled_from([RIGHTSIZE, DELETE, UPGRADE]),
            st.integers(1, 4),
            st.sampled_from(["", "", "It is stopped."]),
            st.sampled_from(["USD", "USD", "EUR"]),
        )
        | st.builds(
            lambda amount, kind, family, source: a_commitment(
                str(amount), kind, source=source, recommended_resource_summary=f"{family}.large"
            ),
            AMOUNTS,
            st.sampled_from(["ComputeSavingsPlans", "Ec2ReservedInstances", "RdsReservedInstances"]),
            st.sampled_from(["m5", "c5"]),
            st.sampled_from([HUB, ADVISOR]),
        ),
        max_size=12,
    ),
    st.decimals(0, 5000, places=2),
)
def test_whatever_is_said_the_lines_and_the_remainder_lead_from_theirs_to_ours(
    said: list[Recommendation], theirs: Decimal
) -> None:
    for bill in (NO_BILL, a_bill({"i-1": "10.00", "i-2": "200.00"})):
        built = the_bridge(*said, theirs=str(theirs), bill=bill)
        assert all(line.amount and line.reason for line in built.lines)
