"""From gross to counted nothing gets lost, to the last digit."""

from dataclasses import replace
from decimal import Decimal

from hypothesis import given, settings

from tests.workflows.builders import ADVISOR, HUB, OPTIMIZER, a_commitment, a_recommendation
from tests.workflows.strategies import RECOMMENDATIONS
from workflows.money import total
from workflows.recommendation import ActionType, OptimizationType, Recommendation
from workflows.savings.opportunity import Step
from workflows.savings.overlaps import opportunities
from workflows.savings.waterfall import Waterfall, waterfalls

RIGHTSIZE = ActionType.RIGHTSIZE


def the_only(*said: Recommendation) -> Waterfall:
    (waterfall,) = waterfalls(opportunities(said))
    return waterfall


def amounts(items: tuple[object, ...]) -> list[str]:
    return [str(getattr(item, "amount", None)) for item in items]


def test_no_opportunity_makes_no_waterfall() -> None:
    assert waterfalls(()) == ()


def test_what_only_one_source_says_counts_as_it_is() -> None:
    waterfall = the_only(a_recommendation("18.00"))

    assert (waterfall.gross, waterfall.counted) == (Decimal("18.00"), Decimal("18.00"))
    assert not any(waterfall.steps.values())


def test_each_step_takes_what_its_name_says_and_names_the_source() -> None:
    waterfall = the_only(
        a_recommendation("24.82", HUB, RIGHTSIZE),
        a_recommendation("49.64", OPTIMIZER, ActionType.DELETE),
        a_recommendation("48.96", ADVISOR, ActionType.DELETE),
        a_recommendation("43.07", OPTIMIZER, RIGHTSIZE, resource="i-2", not_applicable="It is stopped."),
    )

    assert waterfall.gross == Decimal("166.49")
    assert amounts(waterfall.steps[Step.DUPLICATES]) == ["48.96"]
    assert amounts(waterfall.steps[Step.ALTERNATIVES]) == ["24.82"]
    assert amounts(waterfall.steps[Step.NOT_APPLICABLE]) == ["43.07"]
    assert waterfall.counted == Decimal("49.64")
    assert waterfall.adds_up
    assert waterfall.steps[Step.DUPLICATES][0].recommendation.source == ADVISOR
    assert OPTIMIZER in waterfall.steps[Step.DUPLICATES][0].reason
    assert waterfall.steps[Step.NOT_APPLICABLE][0].reason == "It is stopped."


def test_a_source_that_does_not_know_that_the_instance_is_stopped_claims_in_vain() -> None:
    waterfall = the_only(
        a_recommendation("50.00", HUB, RIGHTSIZE),
        a_recommendation("43.07", OPTIMIZER, RIGHTSIZE, not_applicable="It is stopped."),
    )

    assert waterfall.gross == Decimal("93.07")
    assert amounts(waterfall.steps[Step.DUPLICATES]) == ["43.07"]
    assert amounts(waterfall.steps[Step.NOT_APPLICABLE]) == ["50.00"]
    assert waterfall.steps[Step.NOT_APPLICABLE][0].reason == "It is stopped."
    assert waterfall.counted == 0


def test_unknown_and_negative_amounts_are_in_no_step() -> None:
    waterfall = the_only(
        a_recommendation(None),
        a_recommendation(None, ADVISOR),
        a_recommendation("-30.37", resource="i-2", action=RIGHTSIZE),
        a_recommendation("-1.00", ADVISOR, RIGHTSIZE, resource="i-2"),
        a_recommendation("-4", resource="i-3", not_applicable="It is stopped."),
    )

    assert waterfall.gross == waterfall.counted == 0
    assert not any(waterfall.steps.values())


def test_usage_and_rate_are_two_waterfalls_and_each_currency_has_its_own() -> None:
    said = [a_recommendation(), a_commitment(), a_recommendation("7", resource="i-2", billing_currency="EUR")]
    found = waterfalls(opportunities(said))

    assert [(one.billing_currency, one.optimization_type, str(one.counted)) for one in found] == [
        ("EUR", OptimizationType.USAGE, "7"),
        ("USD", OptimizationType.RATE, "41.30"),
        ("USD", OptimizationType.USAGE, "12.00"),
    ]


def test_a_waterfall_that_lost_a_cent_does_not_add_up() -> None:
    whole = the_only(a_recommendation("18.00"))
    short = replace(whole, unverified=Decimal("17.99"))

    assert whole.adds_up
    assert not short.adds_up


def test_amounts_with_more_digits_than_a_decimal_usually_keeps_add_up() -> None:
    said = [
        a_recommendation("604.4560000000000172803993336856365203857421875", HUB),
        a_recommendation("123456789012.000000000000000000000001", ADVISOR),
    ]

    assert the_only(*said).adds_up


@settings(deadline=None, max_examples=150)
@given(RECOMMENDATIONS)
def test_every_waterfall_adds_up_exactly_and_counts_no_more_than_was_claimed(said: list[Recommendation]) -> None:
    found = opportunities(said)
    for waterfall in waterfalls(found):
        assert waterfall.adds_up
        assert 0 <= waterfall.counted <= waterfall.gross
        assert all(item.amount >= 0 for items in waterfall.steps.values() for item in items)
    claimed = [one.estimated_monthly_savings for one in set(said)]
    assert total(one.gross for one in waterfalls(found)) == total(one for one in claimed if one is not None and one > 0)
    assert total(one.counted for one in waterfalls(found)) == total(one.counted_savings for one in found)
