"""The totals say how much of what counts is after discounts, and how much at list prices."""

from decimal import Decimal

from hypothesis import given, settings

from tests.workflows.builders import a_commitment, a_document, a_recommendation
from tests.workflows.strategies import ESTATE
from workflows.recommendation import Recommendation, SavingsBasis

AFTER, LIST = SavingsBasis.AFTER_DISCOUNTS, SavingsBasis.LIST


def test_what_counts_is_split_by_the_prices_it_was_worked_out_with() -> None:
    (totals,) = a_document(
        a_recommendation("60", savings_basis=AFTER),
        a_recommendation("20", resource="i-2", savings_basis=LIST),
        a_recommendation("3", resource="i-3", savings_basis=LIST),
        a_recommendation("2", resource="i-4"),
        a_commitment("40", savings_basis=LIST),
    )["totals"]

    assert totals["counted_by_basis"] == {
        "usage": {"List": "23.00", "AfterDiscounts": "60.00", "Unknown": "2.00"},
        "rate": {"List": "40.00"},
    }


@settings(deadline=None, max_examples=60)
@given(ESTATE)
def test_the_written_parts_come_to_the_written_whole(said: list[Recommendation]) -> None:
    for totals in a_document(*said)["totals"]:
        for kind, parts in totals["counted_by_basis"].items():
            assert sum(map(Decimal, parts.values()), Decimal(0)) == Decimal(totals[f"counted_{kind}"])
