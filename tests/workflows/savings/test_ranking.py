"""Biggest savings first, and the same order every time."""

from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.workflows.builders import a_commitment, a_recommendation
from tests.workflows.strategies import RECOMMENDATIONS
from workflows.recommendation import OptimizationType, Recommendation
from workflows.savings.opportunity import NotCounted
from workflows.savings.overlaps import opportunities
from workflows.savings.ranking import biggest_savings_first


def ranked_amounts(*said: Recommendation) -> list[str]:
    return [str(one.best.amount) for one in biggest_savings_first(opportunities(said))]


def test_amounts_are_ranked_as_numbers_and_not_as_text() -> None:
    said = [a_recommendation(amount, resource=f"i-{amount}") for amount in ("9.00", "100.00", "20.00")]

    assert ranked_amounts(*said) == ["100.00", "20.00", "9.00"]


def test_what_does_not_count_comes_last_however_big() -> None:
    said = [
        a_recommendation("9999", resource="i-1", not_applicable="It is stopped."),
        a_recommendation("-5", resource="i-2"),
        a_recommendation(None, resource="i-3"),
        a_commitment("500"),
        a_recommendation("1", resource="i-4"),
    ]

    assert ranked_amounts(*said) == ["1", "500", "None", "-5", "9999"]


def test_equal_amounts_are_ranked_by_resource() -> None:
    said = [a_recommendation("5", resource=resource) for resource in ("i-b", "i-c", "i-a")]
    ranked = biggest_savings_first(opportunities(said))

    assert [one.best.chosen.resource_id for one in ranked] == ["i-a", "i-b", "i-c"]


def test_amounts_in_two_currencies_are_not_ranked_against_each_other() -> None:
    """5000 yen are not more than 50 dollars."""
    said = [
        a_recommendation("5000", resource="i-1", billing_currency="JPY"),
        a_recommendation("50", resource="i-2", billing_currency="EUR"),
        a_recommendation("9000", resource="i-3", billing_currency="JPY"),
        a_recommendation("60", resource="i-4", billing_currency="EUR"),
    ]

    assert ranked_amounts(*said) == ["60", "50", "9000", "5000"]


@settings(deadline=None, max_examples=80)
@given(RECOMMENDATIONS, st.data())
def test_the_ranking_is_the_same_whatever_the_order(said: list[Recommendation], data: st.DataObject) -> None:
    shuffled = data.draw(st.permutations(said))

    assert biggest_savings_first(opportunities(shuffled)) == biggest_savings_first(opportunities(said))
    assert biggest_savings_first(reversed(opportunities(said))) == biggest_savings_first(opportunities(said))


@settings(deadline=None, max_examples=80)
@given(RECOMMENDATIONS)
def test_counted_amounts_fall_within_each_kind_and_currency(said: list[Recommendation]) -> None:
    ranked = biggest_savings_first(opportunities(said))
    reasons = [None, NotCounted.UNKNOWN_SAVINGS, NotCounted.NEGATIVE, NotCounted.NOT_APPLICABLE]
    sections = [reasons.index(one.not_counted) for one in ranked]

    assert sections == sorted(sections)
    for kind in OptimizationType:
        for currency in ("USD", "EUR"):
            counted: list[Decimal] = [
                one.counted_savings
                for one in ranked
                if one.not_counted is None and one.optimization_type is kind and one.currency == currency
            ]
            assert counted == sorted(counted, reverse=True)


def test_the_currency_of_most_savings_comes_first_whatever_its_name() -> None:
    said = [
        a_recommendation("900", resource="i-1", billing_currency="EUR"),
        a_recommendation("1", resource="i-2"),
        a_recommendation("2", resource="i-3"),
    ]

    assert [one.currency for one in biggest_savings_first(opportunities(said))] == ["USD", "USD", "EUR"]
