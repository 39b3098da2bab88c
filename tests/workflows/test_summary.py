"""The summary says what the report says, and nothing that is not true of it."""

import re
from decimal import Decimal
from typing import Any

import pytest

from tests.workflows.builders import (
    ADVISOR,
    OPTIMIZER,
    a_commitment,
    a_document,
    a_recommendation,
    a_review,
    a_status,
)
from tests.workflows.reports import an_opportunity, some_totals
from workflows.budgets import Budget
from workflows.cost_review.summary import VERBS, backing, summary
from workflows.cost_review.words import amount
from workflows.recommendation import ActionType, Recommendation
from workflows.sources import SourceState


def said(*recommendations: Recommendation, **changes: Any) -> str:
    return summary(a_document(*recommendations, **changes))


def test_a_complete_review_of_one_saving() -> None:
    assert said(a_recommendation("1234.50"), a_commitment("41.30")) == (
        "$1,234.50 a month can be saved by using less (none of it verified by the bill; all at unstated prices), "
        "and $41.30 by commitments (none of it verified by the bill; all at unstated prices). "
        "First: stop i-1 ($1,234.50); buy Savings Plans for it ($41.30). "
        "Everything that was asked about could be read."
    )


def test_claims_beyond_what_counts_are_named() -> None:
    text = said(a_recommendation("10"), a_recommendation("9", ADVISOR))

    assert "$10.00 a month can be saved by using less" in text
    assert "the sources together claim $19.00 for usage" in text


def test_a_claim_that_only_cannot_be_followed_is_not_called_a_repetition() -> None:
    stopped = a_recommendation("43", OPTIMIZER, ActionType.RIGHTSIZE, resource="i-2", not_applicable="It is stopped.")
    text = said(a_recommendation("10"), stopped)

    assert "$53.00 for usage" in text
    assert "more than once" not in text


def test_nothing_proposed_and_nothing_missing() -> None:
    assert said() == "No source proposes a saving. Everything that was asked about could be read."


def test_nothing_proposed_because_nothing_could_be_read_says_both() -> None:
    denied = a_status(state=SourceState.DENIED, region="eu-west-1")

    assert said(sources=(denied,)) == (
        "No source proposes a saving. Not seen: Cost Optimization Hub eu-west-1; what they would have said is unknown."
    )


def test_a_partial_review_names_what_was_not_seen_and_does_not_claim_to_have_read_everything() -> None:
    text = said(a_recommendation(), sources=(a_status(), a_status(OPTIMIZER, SourceState.THROTTLED, region="")))

    assert "Not seen: Compute Optimizer; what they would have said is unknown." in text
    assert "Everything" not in text


def test_savings_outside_the_scope_are_not_denied() -> None:
    review = a_review(scope={"regions": ["eu-west-1"]}, analysis_type="targeted")

    assert said(a_recommendation(), review=review).startswith("No source proposes a saving within the scope, 1 outside")


def test_an_unknown_saving_is_not_told_as_zero() -> None:
    text = said(a_recommendation(None))

    assert "$0.00" not in text
    assert "No saving with an amount can be counted in USD." in text
    assert "Without an amount, and in no figure: 1 more." in text


def test_unknown_savings_beside_known_ones_are_mentioned() -> None:
    text = said(a_recommendation("10"), a_recommendation(None, resource="i-2"), a_recommendation(None, resource="i-3"))

    assert "$10.00 a month can be saved" in text
    assert "in no figure: 2 more." in text


def test_a_saving_that_costs_more_is_not_among_the_first_actions() -> None:
    text = said(a_recommendation("-30.37"))

    assert "First" not in text
    assert "30.37" not in text


def test_each_currency_has_its_own_sentence() -> None:
    text = said(a_recommendation("10"), a_recommendation("7.50", resource="i-2", billing_currency="EUR"))

    assert "7.50 EUR a month can be saved by using less (" in text
    assert "and 0.00 EUR by commitments." in text
    assert "$10.00 a month can be saved by using less (" in text
    assert "and $0.00 by commitments." in text
    assert "17.50" not in text


def test_the_three_biggest_actions_come_first_by_name() -> None:
    many = [a_recommendation(f"{number}", resource=f"i-{number}") for number in (5, 40, 300, 20)]

    assert "First: stop i-300 ($300.00); stop i-40 ($40.00); stop i-20 ($20.00)." in said(*many)


def test_an_action_is_named_by_the_resources_name_then_its_id_then_what_to_buy() -> None:
    assert "stop web-1 (" in said(a_recommendation(resource_name="web-1"))
    assert "stop i-1 (" in said(a_recommendation())
    bought = a_commitment(recommended_resource_summary="$0.132/hour")
    assert "buy Savings Plans for $0.132/hour (" in said(bought)


def test_every_action_has_a_verb() -> None:
    assert set(VERBS) == {action.value for action in ActionType}


def a_budget(actual: str, forecast: str | None) -> Budget:
    expected = None if forecast is None else Decimal(forecast)
    return Budget("total", "COST", "MONTHLY", "USD", Decimal(100), Decimal(actual), expected)


def test_a_budget_that_will_break_is_told_with_its_overrun() -> None:
    assert "Budget total is forecast to be exceeded by $45.50." in said(budgets=(a_budget("50", "145.50"),))


def test_an_exceeded_budget_does_not_pass_its_forecast_off_as_what_was_spent() -> None:
    """110 of 100 are spent, and 200 expected: it is not "exceeded by 100" today."""
    text = said(budgets=(a_budget("110", "200"),))

    assert "Budget total is exceeded, and expected to end over its limit by $100.00." in text
    assert "is exceeded by" not in text


@pytest.mark.parametrize("budget", [a_budget("50", "90"), a_budget("50", None)])
def test_a_budget_within_or_unknown_is_no_danger(budget: Budget) -> None:
    assert "Budget" not in said(budgets=(budget,))


@pytest.mark.parametrize(
    ("verified", "opportunities", "told"),
    [
        ("100.00", [("60", "AfterDiscounts"), ("40", "AfterDiscounts")], "all of it verified by the bill"),
        (
            "60.00",
            [("60", "AfterDiscounts"), ("40", "List")],
            "$60.00 verified by the bill, $40.00 not; $40.00 at list prices",
        ),
        ("0.00", [("100", "List")], "none of it verified by the bill; all at list prices"),
        (
            "0.00",
            [("60.004", "List"), ("39.996", "Unknown")],
            "none of it verified by the bill; $60.00 at list prices; $40.00 at unstated prices",
        ),
    ],
)
def test_one_breath_says_what_the_bill_verifies_and_what_is_at_list_prices(
    verified: str, opportunities: list[tuple[str, str]], told: str
) -> None:
    totals = some_totals(counted_usage="100.00", verified_usage=verified, verified_rate="0.00")
    counted = [_counted(*one) for one in opportunities]
    elsewhere = [
        _counted("7", "List", billing_currency="EUR"),
        _counted("7", "List", optimization_type="Rate"),
        _counted("7", "List", not_counted="set_aside"),
    ]
    assert backing(totals, [*counted, *elsewhere], "usage") == told


def _counted(exact: str, basis: str, **changes: Any) -> dict[str, Any]:
    one = an_opportunity(counted_monthly_savings_exact=exact, **changes)
    one["said_by"][0]["savings_basis"] = basis
    return one


def test_a_report_of_a_version_that_did_not_verify_claims_nothing_of_the_bill() -> None:
    assert backing(some_totals(), [an_opportunity()], "usage") == ""


def test_a_budget_says_what_the_savings_can_do_about_it() -> None:
    near = Budget("near", "COST", "MONTHLY", "USD", Decimal(100), Decimal(50), Decimal(101), metric="UnblendedCost")
    far = Budget("far", "COST", "MONTHLY", "USD", Decimal(100), Decimal(50), Decimal(900), metric="UnblendedCost")
    text = said(a_recommendation("600"), budgets=(near, far))

    assert "Budget near is forecast to be exceeded by $1.00. It breaks on 30 Nov 2026; one saving is enough" in text
    assert re.search(r"Budget far .* with every counted saving in it \$5\d\d\.\d\d is still missing\.", text)


def test_what_changed_is_told_with_the_day_that_it_is_compared_with() -> None:
    report = a_document(a_recommendation())
    rows: dict[str, list[Any]] = {kind: [] for kind in ("new", "grown", "shrunk", "gone", "unknown")}
    since = {"as_of": "2026-11-15", "status": "COMPLETE"}

    moved = {"since": since, **rows, "new": [{}, {}], "gone": [{}], "unknown": [{}]}
    told = "Since the review of 15 Nov 2026: 2 new and 1 gone; of 1 nothing can be told, because a source was missing."
    assert told in summary({**report, "changes": moved})
    again = {"since": since, **rows, "new": [{}, {"named_again": True}]}
    assert "Since the review of 15 Nov 2026: 1 new and 1 named again." in summary({**report, "changes": again})
    assert "Since the review of 15 Nov 2026: no change." in summary({**report, "changes": {"since": since, **rows}})
    assert "Since" not in summary({**report, "changes": None})


@pytest.mark.parametrize(
    ("value", "currency", "written"),
    [
        ("1234567.89", "USD", "$1,234,567.89"),
        ("-1234.50", "USD", "-$1,234.50"),
        ("0.00", "USD", "$0.00"),
        ("-0.50", "EUR", "-0.50 EUR"),
        ("9000", "JPY", "9,000 JPY"),
        (None, "USD", "unknown"),
    ],
)
def test_an_amount_is_written_for_people(value: str | None, currency: str, written: str) -> None:
    assert amount(value, currency) == written
