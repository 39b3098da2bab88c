"""One saving is counted once: what is the same finding, what excludes what, and whose figure stands."""

from decimal import Decimal
from itertools import permutations
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.workflows.builders import ADVISOR, HUB, OPTIMIZER, RIGHTSIZING, a_commitment, a_recommendation
from tests.workflows.strategies import RECOMMENDATIONS, USAGE_RECOMMENDATIONS
from workflows.money import total
from workflows.recommendation import COMMITMENTS, ActionType, Recommendation
from workflows.savings.opportunity import NotCounted, Opportunity
from workflows.savings.overlaps import opportunities
from workflows.sources import Source

RIGHTSIZE = ActionType.RIGHTSIZE


def the_only(*said: Recommendation) -> Opportunity:
    (opportunity,) = opportunities(said)
    return opportunity


def counted(said: list[Recommendation]) -> Decimal:
    return total(one.counted_savings for one in opportunities(said))


def test_nothing_said_is_nothing_to_do() -> None:
    assert opportunities([]) == ()


def test_two_resources_are_two_opportunities() -> None:
    assert len(opportunities([a_recommendation(resource="i-1"), a_recommendation(resource="i-2")])) == 2


@pytest.mark.parametrize("elsewhere", [{"region_id": "eu-west-1"}, {"account_id": "9"}, {"resource_type": "EbsVolume"}])
def test_the_same_id_elsewhere_is_another_resource(elsewhere: dict[str, Any]) -> None:
    assert len(opportunities([a_recommendation(), a_recommendation(**elsewhere)])) == 2


def test_the_same_finding_of_four_sources_counts_once_at_the_figure_of_the_one_that_knows_most() -> None:
    amounts = {HUB: "70.08", OPTIMIZER: "71.00", RIGHTSIZING: "72.00", ADVISOR: "69.12"}
    said = [a_recommendation(amount, source) for source, amount in amounts.items()]

    for order in permutations(said):
        opportunity = the_only(*order)
        assert opportunity.counted_savings == Decimal("70.08")
        assert [one.source for one in opportunity.members] == [HUB, OPTIMIZER, RIGHTSIZING, ADVISOR]


@pytest.mark.parametrize(
    ("sources", "stands"),
    [
        ((OPTIMIZER, RIGHTSIZING), OPTIMIZER),
        ((RIGHTSIZING, ADVISOR), RIGHTSIZING),
        ((ADVISOR, Source.TRUSTED_ADVISOR_LEGACY), ADVISOR),
        ((Source.TRUSTED_ADVISOR_LEGACY, "ThirdParty"), Source.TRUSTED_ADVISOR_LEGACY),
        (("AnotherParty", "ThirdParty"), "AnotherParty"),
    ],
)
def test_whose_figure_stands(sources: tuple[str, str], stands: str) -> None:
    first, second = (a_recommendation("10", source) for source in sources)

    assert the_only(second, first).best.chosen.source == stands


def test_a_known_amount_beats_an_unknown_one_of_a_better_source() -> None:
    opportunity = the_only(a_recommendation(None, HUB), a_recommendation("12.00", ADVISOR))

    assert opportunity.counted_savings == Decimal("12.00")
    assert [one.source for one in opportunity.best.duplicates] == [HUB]


def test_of_one_sources_two_figures_the_smaller_stands_and_not_whichever_came_first() -> None:
    said = [
        a_recommendation("100.00", recommended_resource_summary="a"),
        a_recommendation("20.00", recommended_resource_summary="b"),
        a_recommendation("9.00", recommended_resource_summary="c"),
    ]

    assert {the_only(*order).counted_savings for order in permutations(said)} == {Decimal("9.00")}


@pytest.mark.parametrize("action", [ActionType.STOP, ActionType.DELETE, ActionType.SCALE_IN])
def test_stop_delete_and_scale_in_are_one_kind(action: ActionType) -> None:
    opportunity = the_only(a_recommendation(action=action), a_recommendation("99", ADVISOR, ActionType.DELETE))

    assert opportunity.alternatives == ()
    assert opportunity.counted_savings == Decimal("12.00")


def test_different_kinds_exclude_each_other_and_the_biggest_counts() -> None:
    said = [
        a_recommendation("24.82", HUB, RIGHTSIZE),
        a_recommendation("49.64", OPTIMIZER, ActionType.DELETE),
        a_recommendation("30.00", HUB, ActionType.UPGRADE),
        a_recommendation("29.00", HUB, ActionType.MIGRATE_TO_GRAVITON),
    ]

    for order in permutations(said):
        opportunity = the_only(*order)
        assert opportunity.counted_savings == Decimal("49.64")
        assert [str(one.amount) for one in opportunity.alternatives] == ["30.00", "29.00", "24.82"]


def test_an_alternative_with_an_amount_counts_rather_than_one_without() -> None:
    opportunity = the_only(a_recommendation(None, action=ActionType.DELETE), a_recommendation("1", action=RIGHTSIZE))

    assert opportunity.counted_savings == Decimal(1)
    assert opportunity.best.chosen.action_type is RIGHTSIZE


def test_unknown_is_counted_nowhere_and_not_as_zero() -> None:
    opportunity = the_only(a_recommendation(None))

    assert opportunity.not_counted is NotCounted.UNKNOWN_SAVINGS
    assert opportunity.best.amount is None


def test_what_costs_more_is_shown_and_never_counted() -> None:
    opportunity = the_only(a_recommendation("-30.37", action=RIGHTSIZE))

    assert opportunity.not_counted is NotCounted.NEGATIVE
    assert opportunity.counted_savings == 0
    assert opportunity.best.amount == Decimal("-30.37")


def test_the_better_sources_negative_figure_is_not_replaced_by_a_promise() -> None:
    assert the_only(a_recommendation("-5", HUB), a_recommendation("50", ADVISOR)).not_counted is NotCounted.NEGATIVE


def test_a_saving_of_nothing_is_known() -> None:
    assert the_only(a_recommendation("0.00")).not_counted is None


def test_a_stopped_instance_is_not_rightsized() -> None:
    opportunity = the_only(a_recommendation("43.07", OPTIMIZER, RIGHTSIZE, not_applicable="It is stopped."))

    assert opportunity.not_counted is NotCounted.NOT_APPLICABLE
    assert opportunity.counted_savings == 0


@pytest.mark.parametrize("unaware", [HUB, RIGHTSIZING, ADVISOR])
def test_a_stopped_instance_is_stopped_for_the_sources_that_do_not_know_it(unaware: str) -> None:
    stopped = a_recommendation("43.07", OPTIMIZER, RIGHTSIZE, not_applicable="It is stopped.")
    opportunity = the_only(a_recommendation("45.00", unaware, RIGHTSIZE), stopped)

    assert opportunity.counted_savings == 0
    assert opportunity.best.not_applicable == "It is stopped."
    assert opportunity.alternatives == ()


def test_what_can_be_done_with_a_stopped_instance_still_counts() -> None:
    stopped = a_recommendation("43.07", OPTIMIZER, RIGHTSIZE, not_applicable="It is stopped.")
    opportunity = the_only(stopped, a_recommendation("8.00", HUB, ActionType.DELETE))

    assert opportunity.counted_savings == Decimal("8.00")


def test_a_commitment_and_an_instance_are_two_lines() -> None:
    assert len(opportunities([a_commitment(), a_recommendation()])) == 2


def test_commitments_for_the_same_usage_exclude_each_other() -> None:
    """A Compute Savings Plan and Reserved Instances would discount the same hours twice."""
    opportunity = the_only(
        a_commitment("41.30", "ComputeSavingsPlans"),
        a_commitment("50.00", "Ec2InstanceSavingsPlans"),
        a_commitment("45.00", "Ec2ReservedInstances"),
    )

    assert opportunity.counted_savings == Decimal("50.00")
    assert len(opportunity.alternatives) == 2


def test_the_lines_of_one_option_are_for_different_usage_and_count_together() -> None:
    said = [
        a_commitment("10", "RdsReservedInstances", recommended_resource_summary="1 db.r5.large"),
        a_commitment("30", "RdsReservedInstances", recommended_resource_summary="2 db.m5.large"),
    ]

    for order in permutations(said):
        assert [str(one.counted_savings) for one in opportunities(order)] == ["30", "10"]


def test_the_same_commitment_said_twice_is_a_duplicate() -> None:
    opportunity = the_only(a_commitment("41.30", source=HUB), a_commitment("44.00", source=ADVISOR))

    assert opportunity.counted_savings == Decimal("41.30")
    assert len(opportunity.best.duplicates) == 1


@pytest.mark.parametrize(
    "other",
    [
        a_commitment(resource_type="SageMakerSavingsPlans"),
        a_commitment(resource_type="RdsReservedInstances"),
    ],
)
def test_commitments_for_other_usage_count_besides(other: Recommendation) -> None:
    assert counted([a_commitment(), other]) == Decimal("82.60")


def test_a_resource_with_amounts_in_two_currencies_counts_in_the_one_of_its_most_trusted_source() -> None:
    said = [a_recommendation("10"), a_recommendation("900", OPTIMIZER, billing_currency="JPY")]

    for order in permutations(said):
        opportunity = the_only(*order)
        assert (opportunity.currency, opportunity.counted_savings) == ("USD", Decimal(10))
        assert [one.chosen.billing_currency for one in opportunity.alternatives] == ["JPY"]


@pytest.mark.parametrize("useless", [{"savings": "-5"}, {"not_applicable": "The instance is stopped."}])
def test_what_cannot_count_does_not_choose_the_currency(useless: dict[str, Any]) -> None:
    trusted = a_recommendation(**{"action": ActionType.RIGHTSIZE, "billing_currency": "JPY", **useless})
    opportunity = the_only(trusted, a_recommendation("9", ADVISOR))

    assert (opportunity.currency, opportunity.counted_savings) == ("USD", Decimal(9))


def test_the_better_sources_negative_figure_is_not_replaced_by_a_promise_in_another_currency() -> None:
    trusted, promise = a_recommendation("-5", billing_currency="JPY"), a_recommendation("9", ADVISOR)
    another = a_recommendation("7", ADVISOR, RIGHTSIZE)

    assert the_only(trusted, promise).not_counted is NotCounted.NEGATIVE
    assert the_only(trusted, promise, another).counted_savings == Decimal(7)


def test_what_people_excluded_is_excluded_in_the_other_currency_too() -> None:
    said = [a_recommendation("900", billing_currency="JPY"), a_recommendation("9", ADVISOR, not_applicable="Excluded.")]
    opportunity = the_only(*said)

    assert opportunity.counted_savings == 0
    assert [one.not_applicable for one in opportunity.findings] == ["Excluded."] * 2


def test_an_id_depends_on_who_proposes_what_and_not_on_the_amount() -> None:
    identity = a_recommendation("1").recommendation_id

    assert a_recommendation("2", notes=("new",)).recommendation_id == identity
    assert a_recommendation(source=ADVISOR).recommendation_id != identity
    assert a_recommendation(action=RIGHTSIZE).recommendation_id != identity
    assert a_recommendation(resource="i-2").recommendation_id != identity
    assert a_recommendation(region_id="eu-west-1").recommendation_id != identity


@settings(deadline=None, max_examples=100)
@given(RECOMMENDATIONS, st.data())
def test_the_order_of_arrival_does_not_matter(said: list[Recommendation], data: st.DataObject) -> None:
    assert opportunities(data.draw(st.permutations(said))) == opportunities(said)


@settings(deadline=None, max_examples=100)
@given(RECOMMENDATIONS)
def test_each_recommendation_is_in_exactly_one_opportunity(said: list[Recommendation]) -> None:
    members = [member for one in opportunities(said) for member in one.members]

    assert len(members) == len(set(said))
    assert set(members) == set(said)


@settings(deadline=None, max_examples=100)
@given(RECOMMENDATIONS.filter(bool), st.data())
def test_an_exact_duplicate_changes_no_total(said: list[Recommendation], data: st.DataObject) -> None:
    again = data.draw(st.sampled_from(said))

    assert counted([*said, again]) == counted(said)


@settings(deadline=None, max_examples=100)
@given(RECOMMENDATIONS)
def test_nothing_counted_is_unknown_negative_or_not_applicable(said: list[Recommendation]) -> None:
    for one in opportunities(said):
        if one.not_counted is not None:
            assert one.counted_savings == 0
            continue
        assert one.best.amount is not None
        assert one.counted_savings == one.best.amount >= 0
        assert not any(member.not_applicable for member in one.best.members if _is_about(member, one.best.chosen))


def _is_about(member: Recommendation, chosen: Recommendation) -> bool:
    """Whether it is told of the very same; another line of a purchase is only shown with the one that stands."""
    if chosen.action_type not in COMMITMENTS:
        return True
    told, stands = ((one.region_id, one.recommended_resource_summary) for one in (member, chosen))
    return told == stands


@settings(deadline=None, max_examples=100)
@given(RECOMMENDATIONS, st.lists(USAGE_RECOMMENDATIONS, max_size=5))
def test_another_source_never_makes_a_group_count_twice(said: list[Recommendation], more: list[Recommendation]) -> None:
    """A resource gives at most one amount in a currency, and that is one of those that its sources named."""
    groups = [(one.best.chosen.resource_key, one.currency) for one in opportunities([*said, *more])]
    usage = [group for group in groups if "/Ec2Instance/" in group[0]]

    assert len(set(usage)) == len(usage)


@settings(deadline=None, max_examples=100)
@given(RECOMMENDATIONS)
def test_an_opportunity_counts_what_one_of_its_own_sources_said(said: list[Recommendation]) -> None:
    for one in opportunities(said):
        if one.not_counted is None:
            assert one.counted_savings in {member.estimated_monthly_savings for member in one.members}
