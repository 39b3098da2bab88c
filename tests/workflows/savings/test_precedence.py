"""Whose figure stands, and which of several actions that exclude each other."""

from decimal import Decimal
from itertools import permutations

import pytest

from tests.workflows.builders import ADVISOR, HUB, a_recommendation
from workflows.recommendation import ActionType, Recommendation, SavingsBasis
from workflows.savings.overlaps import opportunities

AFTER, LIST, UNKNOWN = SavingsBasis.AFTER_DISCOUNTS, SavingsBasis.LIST, SavingsBasis.UNKNOWN


def a_rightsizing(savings: str, basis: SavingsBasis) -> Recommendation:
    return a_recommendation(savings, HUB, ActionType.RIGHTSIZE, savings_basis=basis)


def a_stop(savings: str, basis: SavingsBasis) -> Recommendation:
    return a_recommendation(savings, ADVISOR, ActionType.STOP, savings_basis=basis)


@pytest.mark.parametrize(
    ("rightsizing", "stop", "stands"),
    [
        (("60", AFTER), ("61", LIST), ActionType.RIGHTSIZE),
        (("60", AFTER), ("61", UNKNOWN), ActionType.RIGHTSIZE),
        (("60", AFTER), ("61", AFTER), ActionType.STOP),
        (("60", LIST), ("61", LIST), ActionType.STOP),
        (("60", LIST), ("50", AFTER), ActionType.STOP),
        (("60", LIST), ("43", AFTER), ActionType.RIGHTSIZE),
        (("30", AFTER), ("61", LIST), ActionType.STOP),
        (("0", AFTER), ("61", LIST), ActionType.STOP),
        (("-3", AFTER), ("61", LIST), ActionType.STOP),
    ],
)
def test_list_prices_stand_before_an_amount_after_discounts_only_where_the_usual_discount_leaves_more(
    rightsizing: tuple[str, SavingsBasis], stop: tuple[str, SavingsBasis], stands: ActionType
) -> None:
    for order in permutations((a_rightsizing(*rightsizing), a_stop(*stop))):
        (found,) = opportunities(order)

        assert found.best.chosen.action_type is stands
        assert len(found.alternatives) == 1


@pytest.mark.parametrize("of_aws", ["60", "-3", None])
def test_what_another_team_states_of_the_same_finding_never_stands_before_what_aws_states(of_aws: str | None) -> None:
    """Whatever basis and amount it claims, even where AWS knows no amount."""
    said = a_recommendation(of_aws, ADVISOR, ActionType.STOP, savings_basis=LIST)
    claimed = a_recommendation("59", "LogRetention", ActionType.STOP, savings_basis=AFTER)
    for order in permutations((said, claimed)):
        (found,) = opportunities(order)
        assert (found.best.chosen, found.best.duplicates) == (said, (claimed,))


def test_another_kind_of_action_that_only_another_team_proposes_is_an_alternative_however_large() -> None:
    """It would win by its size, then find no room, and what AWS says of the resource would be lost with it."""
    said = a_rightsizing("50", AFTER)
    claimed = a_recommendation("190", "FleetTeam", ActionType.DELETE)
    for order in permutations((said, claimed)):
        (found,) = opportunities(order)
        assert [one.chosen for one in found.findings] == [said, claimed]


@pytest.mark.parametrize("of_aws", ["-3", None])
def test_another_teams_action_counts_where_aws_proposes_nothing_that_can(of_aws: str | None) -> None:
    said = a_recommendation(of_aws, HUB, ActionType.RIGHTSIZE)
    (found,) = opportunities([said, a_recommendation("190", "FleetTeam", ActionType.DELETE)])

    assert (found.best.chosen.source, found.counted_savings) == ("FleetTeam", Decimal(190))
