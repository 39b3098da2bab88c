"""Other orders than by money: presets and weights, each place explained, sections and currencies kept apart."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.workflows.builders import HUB, OPTIMIZER, a_commitment, a_recommendation
from tests.workflows.strategies import RECOMMENDATIONS
from workflows.recommendation import ActionType, Recommendation
from workflows.savings.overlaps import opportunities
from workflows.savings.ranking import BIGGEST, PRESETS, RankBecause, Scale, Weights, because, ranked, reasons

WEIGHT = st.sampled_from([0.0, 0.5, 1.0, 3.0])
WEIGHTS = st.builds(
    Weights, money=WEIGHT, effort=WEIGHT, risk=WEIGHT, restart=WEIGHT, rollback=WEIGHT, confidence=WEIGHT
).filter(lambda weights: bool(weights.used()))


def order(weights: Weights, *said: Recommendation) -> list[str]:
    return [one.best.chosen.resource_id for one in ranked(opportunities(said), weights)]


def why(weights: Weights, *said: Recommendation) -> list[RankBecause]:
    return list(reasons(ranked(opportunities(said), weights), weights))


def value(factor: str, *said: Recommendation) -> tuple[float, str]:
    (contribution,) = why(Weights(**{factor: 1}), *said)[0].contributions
    return contribution.value, contribution.because


def a_change(savings: str, resource: str, **changes: Any) -> Recommendation:
    return a_recommendation(savings, resource=resource, action=ActionType.RIGHTSIZE, **changes)


EASY: dict[str, Any] = {
    "implementation_effort": "VeryLow",
    "restart_needed": False,
    "rollback_possible": True,
    "performance_risk": Decimal(0),
}
HARD: dict[str, Any] = {
    "implementation_effort": "VeryHigh",
    "restart_needed": True,
    "rollback_possible": False,
    "performance_risk": Decimal(4),
}


def test_a_quick_win_comes_before_a_bigger_one_that_takes_long() -> None:
    said = [a_change("100", "i-big", **HARD), a_change("60", "i-quick", **EASY)]

    assert order(PRESETS["biggest"], *said) == ["i-big", "i-quick"]
    assert order(PRESETS["quick_wins"], *said) == ["i-quick", "i-big"]


def test_the_safest_is_what_can_be_undone() -> None:
    said = [
        a_change("100", "i-gone", **{**EASY, "rollback_possible": False, "performance_risk": Decimal(3)}),
        a_change("10", "i-back", **{**EASY, "implementation_effort": "High"}),
    ]

    assert order(PRESETS["safest"], *said) == ["i-back", "i-gone"]


@pytest.mark.parametrize(
    ("factor", "changes", "expected"),
    [
        ("effort", {"implementation_effort": "VeryLow"}, (1.0, "effort VeryLow")),
        ("effort", {"implementation_effort": "High"}, (0.25, "effort High")),
        ("effort", {}, (0.5, "effort unknown, taken as average")),
        ("effort", {"implementation_effort": "Heroic"}, (0.5, "effort unknown, taken as average")),
        ("risk", {"performance_risk": Decimal(1)}, (0.75, "performance risk 1 of 4")),
        ("risk", {"performance_risk": Decimal(9)}, (0.0, "performance risk 9 of 4")),
        ("risk", {}, (0.5, "performance risk unknown, taken as average")),
        ("restart", {"restart_needed": True}, (0.0, "it needs a restart")),
        ("restart", {"restart_needed": False}, (1.0, "no restart")),
        ("restart", {}, (0.5, "restart unknown, taken as average")),
        ("rollback", {"rollback_possible": True}, (1.0, "it can be rolled back")),
        ("rollback", {"rollback_possible": False}, (0.0, "it cannot be rolled back")),
        ("rollback", {}, (0.5, "rollback unknown, taken as average")),
    ],
)
def test_each_factor_is_told_and_the_unknown_is_the_middle(
    factor: str, changes: dict[str, Any], expected: tuple[float, str]
) -> None:
    assert value(factor, a_change("10", "i-1", **changes)) == expected


def test_what_the_chosen_source_does_not_tell_another_one_may() -> None:
    said = [
        a_change("10", "i-1", source=HUB, restart_needed=True),
        a_change("10", "i-1", source=OPTIMIZER, performance_risk=Decimal(1)),
    ]

    assert value("risk", *said) == (0.75, "performance risk 1 of 4")
    assert value("restart", *said) == (0.0, "it needs a restart")


def test_a_quarter_of_the_largest_amount_is_worth_half_of_it() -> None:
    found = why(Weights(money=1), a_change("100", "i-1"), a_change("25", "i-2"))

    assert [one.score for one in found] == [1.0, 0.5]


def test_a_score_is_its_products_over_the_weights() -> None:
    (one,) = why(Weights(money=1, effort=3), a_change("10", "i-1", implementation_effort="Low"))

    assert [(part.factor, part.value, part.weight, part.product) for part in one.contributions] == [
        ("money", 1.0, 1.0, 1.0),
        ("effort", 0.75, 3.0, 2.25),
    ]
    assert one.score == 0.8125


def test_sections_stay_whatever_matters_most() -> None:
    said = [
        a_change("9999", "i-stopped", not_applicable="It is stopped.", **EASY),
        a_change("1", "i-hard", **HARD),
        a_commitment("500", **EASY),
    ]
    found = ranked(opportunities(said), PRESETS["quick_wins"])

    assert [one.best.chosen.resource_id for one in found] == ["i-hard", "", "i-stopped"]


def test_money_is_compared_within_its_currency() -> None:
    said = [a_change("5000", "i-yen", billing_currency="JPY"), a_change("50", "i-euro", billing_currency="EUR")]
    found = why(PRESETS["quick_wins"], *said)

    assert [one.contributions[0].value for one in found] == [1.0, 1.0]


def test_equal_scores_are_ranked_by_amount_and_then_by_resource() -> None:
    said = [a_change("1", "i-b", **EASY), a_change("1", "i-a", **EASY), a_change("2", "i-c", **EASY)]

    assert order(Weights(effort=1), *said) == ["i-c", "i-a", "i-b"]


@settings(deadline=None, max_examples=80)
@given(RECOMMENDATIONS)
def test_ranking_by_money_alone_is_the_order_of_its_scores(said: list[Recommendation]) -> None:
    """The shortcut gives what the scores would have given."""
    found = opportunities(said)
    scores = why(BIGGEST, *said)
    hardly_anything_else = Weights(money=1, effort=1e-12)

    assert ranked(found) == ranked(found, hardly_anything_else)
    assert all(one.contributions[0].product == one.score for one in scores)


@settings(deadline=None, max_examples=80)
@given(RECOMMENDATIONS, WEIGHTS, st.data())
def test_the_order_does_not_depend_on_the_order_of_arrival(
    said: list[Recommendation], weights: Weights, data: st.DataObject
) -> None:
    shuffled = data.draw(st.permutations(said))

    assert ranked(opportunities(shuffled), weights) == ranked(opportunities(said), weights)
    assert why(weights, *shuffled) == why(weights, *said)


@settings(deadline=None, max_examples=80)
@given(RECOMMENDATIONS, WEIGHTS)
def test_scores_fall_within_each_stretch_and_only_their_proportion_matters(
    said: list[Recommendation], weights: Weights
) -> None:
    found = ranked(opportunities(said), weights)
    scale = Scale.of(found)
    stretches: dict[tuple[object, ...], list[float]] = {}
    for one in found:
        score = because(one, weights, scale).score
        assert 0 <= score <= 1
        stretches.setdefault((one.not_counted, one.optimization_type, one.currency), []).append(score)
    doubled = replace(weights, **{name: weight * 2 for name, weight in weights.used()})

    assert all(scores == sorted(scores, reverse=True) for scores in stretches.values())
    assert ranked(found, doubled) == found
