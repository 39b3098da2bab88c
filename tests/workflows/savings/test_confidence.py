"""How far an amount can be relied on: a sum of named points, and the spread of what its sources say."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.workflows.builders import ADVISOR, HUB, OPTIMIZER, RIGHTSIZING, a_commitment, a_recommendation
from tests.workflows.savings.bills import a_bill
from tests.workflows.strategies import RECOMMENDATIONS
from workflows.money import cents
from workflows.recommendation import ActionType, HoursBasis, Recommendation, SavingsBasis
from workflows.savings.bill import Bill
from workflows.savings.confidence import HIGHEST, START, Confidence, Level, confidence
from workflows.savings.consolidation import consolidated
from workflows.savings.spread import NOT_TOLD, Spread, spread

H720, H730, ACTUAL = HoursBasis.H720, HoursBasis.H730, HoursBasis.ACTUAL


def judged(*said: Recommendation, bill: Bill | None = None) -> Confidence:
    (one,) = consolidated(said, bill or Bill())
    return confidence(one)


def apart(*said: Recommendation) -> Spread:
    (one,) = consolidated(said, Bill())
    return spread(one.best)


def advised(savings: str | None, **changes: Any) -> Recommendation:
    """Trusted Advisor's own check."""
    return a_recommendation(savings, ADVISOR, **{"hours_basis": H720, **changes})


def hubs(savings: str | None, **changes: Any) -> Recommendation:
    return a_recommendation(savings, HUB, **{"hours_basis": H730, **changes})


def told(one: Confidence) -> str:
    return " ".join(each.reason for each in one.reasons)


def test_a_month_of_720_hours_beside_one_of_730_is_no_disagreement() -> None:
    found = apart(hubs("70.08"), advised("69.12"))

    assert (cents(found.least or Decimal(0)), found.percent) == (Decimal("70.08"), Decimal("0.0"))
    assert [cause.partition(":")[0] for cause in found.causes] == ["hours basis"]


def test_the_same_amount_twice_has_nothing_to_explain() -> None:
    assert apart(hubs("70.08"), a_recommendation("70.08", OPTIMIZER, hours_basis=ACTUAL)).causes == ()


def test_one_source_has_no_spread() -> None:
    assert apart(hubs("70.08")) == Spread(Decimal("70.08"), Decimal("70.08"), None)
    assert apart(hubs(None)) == Spread(None, None, None)
    assert apart(hubs("5"), advised(None)).percent is None


@pytest.mark.parametrize(
    ("cause", "one", "other"),
    [
        ("discounts", {"savings_basis": SavingsBasis.AFTER_DISCOUNTS}, {"savings_basis": SavingsBasis.LIST}),
        ("look-back", {"lookback_days": 14}, {"lookback_days": 32}),
        ("stopped hours", {"hours_basis": ACTUAL}, {"hours_basis": H730}),
        ("targets", {"recommended_resource_summary": "m5.large"}, {"recommended_resource_summary": "m5.xlarge"}),
    ],
)
def test_a_difference_is_explained_by_what_the_sources_do_not_share(
    cause: str, one: dict[str, Any], other: dict[str, Any]
) -> None:
    same: dict[str, Any] = {"action": ActionType.RIGHTSIZE, "hours_basis": H730}
    found = apart(
        a_recommendation("40", HUB, **{**same, **one}), a_recommendation("50", OPTIMIZER, **{**same, **other})
    )

    assert (found.least, found.most, found.percent) == (Decimal(40), Decimal(50), Decimal("20.0"))
    assert [words.partition(":")[0] for words in found.causes] == [cause]


def test_discounts_do_not_explain_that_the_amount_after_them_is_larger() -> None:
    found = apart(
        hubs("60", savings_basis=SavingsBasis.AFTER_DISCOUNTS),
        a_recommendation("50", OPTIMIZER, hours_basis=H730, savings_basis=SavingsBasis.LIST),
    )

    assert found.causes == (NOT_TOLD,)


def test_what_is_unknown_explains_nothing() -> None:
    found = apart(hubs("60", lookback_days=14), a_recommendation("50", OPTIMIZER, hours_basis=H730))

    assert found.causes == (NOT_TOLD,)


def test_a_source_that_does_not_tell_its_prices_may_agree_with_one_that_does() -> None:
    found = apart(
        hubs("60", savings_basis=SavingsBasis.AFTER_DISCOUNTS),
        a_recommendation("80", RIGHTSIZING, hours_basis=H730, savings_basis=SavingsBasis.LIST),
        a_recommendation("60", ADVISOR, hours_basis=H730),
    )

    assert [words.partition(":")[0] for words in found.causes] == ["discounts"]


def test_a_saving_below_nothing_is_not_beyond_the_bill() -> None:
    assert "beyond what the bill says" not in told(judged(hubs("-30")))


def test_a_target_told_more_fully_is_the_same_target() -> None:
    same: dict[str, Any] = {"action": ActionType.UPGRADE, "hours_basis": H730}
    found = apart(
        a_recommendation("10", HUB, recommended_resource_summary="gp3", **same),
        a_recommendation("14", OPTIMIZER, recommended_resource_summary="gp3 500 GiB", **same),
    )

    assert found.causes == (NOT_TOLD,)


def test_aws_repeating_itself_confirms_nothing() -> None:
    repeated = judged(
        hubs("70"), a_recommendation("70", OPTIMIZER, hours_basis=ACTUAL), a_recommendation("70", RIGHTSIZING)
    )

    assert "are one voice: AWS derives all of them from Compute Optimizer" in told(repeated)
    assert "independent" not in told(repeated)


def test_trusted_advisors_own_check_confirms_what_compute_optimizer_says() -> None:
    both = judged(hubs("70.08"), advised("69.12"))

    assert "2 independent sources report it: Compute Optimizer and Trusted Advisor." in told(both)
    assert both.score == judged(hubs("70.08")).score + 5 + 10 + 5


def test_a_check_that_trusted_advisor_takes_from_the_hub_is_not_independent() -> None:
    assert "are one voice" in told(judged(hubs("70"), a_recommendation("70", ADVISOR, hours_basis=H730)))


def test_what_the_bill_backs_is_more_certain_than_what_it_does_not() -> None:
    backed = judged(hubs("70"), bill=a_bill({"i-1": "200"}))
    alone = judged(hubs("70"))

    assert "verified by the bill" in told(backed)
    assert "Not verified by the bill: " in told(alone)
    assert backed.score > alone.score


def test_most_of_an_amount_beyond_the_bill_makes_it_doubtful() -> None:
    capped = judged(hubs("70"), bill=a_bill({"i-1": "10"}))

    assert "exceeds what the bill says" in told(capped)
    assert capped.score == judged(hubs("70"), bill=a_bill({"i-1": "200"})).score - 15


@pytest.mark.parametrize(
    ("better", "worse"),
    [
        ({"savings_basis": SavingsBasis.AFTER_DISCOUNTS}, {"savings_basis": SavingsBasis.LIST}),
        ({"lookback_days": 32}, {"lookback_days": 14}),
        ({"lookback_days": 14}, {"lookback_days": 3}),
        ({"lookback_days": 14}, {"lookback_days": None}),
        ({"performance_risk": Decimal(1)}, {"performance_risk": Decimal(2)}),
        ({"performance_risk": Decimal(2)}, {"performance_risk": Decimal("3.5")}),
        ({"performance_risk": Decimal(2)}, {"performance_risk": None}),
    ],
)
def test_each_fact_moves_the_score(better: dict[str, Any], worse: dict[str, Any]) -> None:
    of = ActionType.RIGHTSIZE

    assert judged(hubs("70", action=of, **better)).score > judged(hubs("70", action=of, **worse)).score


def test_a_spread_that_nobody_can_explain_costs_more_than_one_that_is_explained() -> None:
    same: dict[str, Any] = {"hours_basis": H730, "savings_basis": SavingsBasis.AFTER_DISCOUNTS}
    explained = judged(
        a_recommendation("40", HUB, lookback_days=14, **same),
        a_recommendation("80", OPTIMIZER, lookback_days=32, **same),
    )
    unexplained = judged(
        a_recommendation("40", HUB, lookback_days=14, **same),
        a_recommendation("80", OPTIMIZER, lookback_days=14, **same),
    )

    assert "differ by 50.0 % (no cause found)" in told(unexplained)
    assert explained.score == unexplained.score + 10


def test_a_saving_that_nobody_names_is_of_low_confidence() -> None:
    assert judged(hubs(None)).level is Level.LOW
    assert "No source states a saving." in told(judged(hubs(None)))


def test_levels_follow_the_score() -> None:
    best = judged(
        hubs("70.08", savings_basis=SavingsBasis.AFTER_DISCOUNTS, lookback_days=32),
        advised("69.12"),
        bill=a_bill({"i-1": "200"}),
    )

    assert (best.level, best.score) == (Level.HIGH, 95)
    assert judged(hubs("70", savings_basis=SavingsBasis.AFTER_DISCOUNTS, lookback_days=32)).level is Level.LOW


def test_proposals_to_commit_all_come_from_cost_explorer() -> None:
    both = judged(a_commitment("30", source=HUB), a_commitment("30", source=ADVISOR))

    assert "AWS derives all of them from Cost Explorer" in told(both)


@settings(deadline=None, max_examples=80)
@given(RECOMMENDATIONS, st.data())
def test_the_score_is_the_sum_of_its_reasons_whatever_the_order(
    said: list[Recommendation], data: st.DataObject
) -> None:
    found = [confidence(one) for one in consolidated(said, Bill())]
    shuffled = data.draw(st.permutations(said))

    assert found == [confidence(one) for one in consolidated(shuffled, Bill())]
    for one in found:
        assert one.score == min(HIGHEST, max(0, START + sum(each.points for each in one.reasons)))
        assert one.spread.percent is None or 0 <= one.spread.percent <= 200
