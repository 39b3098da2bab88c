"""The report says what was concluded: exactly, without anything of the run, and unknown where it is unknown."""

import json
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.workflows.builders import (
    ADVISOR,
    HUB,
    OPTIMIZER,
    a_candidate,
    a_commitment,
    a_document,
    a_hearing,
    a_recommendation,
    a_review,
    a_status,
    an_answer,
    findings,
)
from tests.workflows.strategies import RECOMMENDATIONS
from workflows.budgets import Budget
from workflows.cost_review.answers import Answer, Gap, step_outcome
from workflows.cost_review.consolidation import consolidate
from workflows.cost_review.formats import json_report
from workflows.cost_review.report.document import report_document
from workflows.cost_review.report.run import run_document
from workflows.recommendation import ActionType, Recommendation, StatedSavings
from workflows.sources import SourceState
from workflows.spend import Anomaly, Forecast

RIGHTSIZE = ActionType.RIGHTSIZE


def the_only(document: dict[str, Any], section: str) -> Any:
    (one,) = document[section]
    return one


def test_two_reviews_of_the_same_evidence_give_the_same_bytes() -> None:
    said = (a_recommendation(), a_commitment())
    first, second = (a_document(*said, review=a_review(review_id=name)) for name in ("review-1", "review-2"))

    assert json_report(first) == json_report(second)
    assert "review-1" not in json_report(first)
    assert "2026-11-16T03:00" not in json_report(first)
    assert "tests" not in json_report(first)


def test_the_run_holds_what_differs() -> None:
    one, other = (run_document(a_review(review_id=name), (), {"woken": 2}, paid=0) for name in ("review-1", "review-2"))

    assert (one["review_id"], one["requested_by"], one["woken"]) == ("review-1", "tests", 2)
    assert one != other


@settings(deadline=None, max_examples=60)
@given(RECOMMENDATIONS, st.data())
def test_the_order_of_recommendations_does_not_change_a_byte(said: list[Recommendation], data: st.DataObject) -> None:
    shuffled = data.draw(st.permutations(said))

    assert json_report(a_document(*shuffled)) == json_report(a_document(*said))


@settings(deadline=None, max_examples=40)
@given(RECOMMENDATIONS)
def test_who_said_it_to_which_agent_does_not_change_a_figure(said: list[Recommendation]) -> None:
    half = len(said) // 2
    together = a_document(*said)
    apart = report_document(
        consolidate(
            a_review(),
            [a_hearing(findings(*said[half:])), a_hearing(findings(*said[:half]), candidate=a_candidate("other"))],
        )
    )

    for section in ("totals", "opportunities", "waterfalls"):
        assert apart[section] == together[section]


@settings(deadline=None, max_examples=100)
@given(RECOMMENDATIONS)
def test_the_written_waterfall_adds_up_to_the_cent_as_it_is_written(said: list[Recommendation]) -> None:
    for waterfall in a_document(*said)["waterfalls"]:
        steps = sum(Decimal(step["amount"]) for step in waterfall["steps"])

        assert Decimal(waterfall["gross"]) + steps == Decimal(waterfall["counted"])


@settings(deadline=None, max_examples=100)
@given(RECOMMENDATIONS)
def test_every_recommendation_is_written_exactly_once(said: list[Recommendation]) -> None:
    document = a_document(*said)
    written = [
        one["recommendation_id"]
        for opportunity in document["opportunities"]
        for proposal in (opportunity, *opportunity["alternatives"])
        for one in proposal["said_by"]
    ]

    assert sorted(written) == sorted(one.recommendation_id for one in set(said))
    assert [one["rank"] for one in document["opportunities"]] == list(range(1, len(document["opportunities"]) + 1))


def test_sub_cent_amounts_are_added_before_they_are_rounded() -> None:
    """Three of 0.004 are 0.01; rounded one by one they would vanish, and three of 0.005 would double."""
    small = [a_recommendation("0.004", resource=f"i-{number}") for number in range(3)]
    halves = [a_recommendation("0.005", resource=f"i-{number}") for number in range(3)]

    assert the_only(a_document(*small), "totals")["counted_usage"] == "0.01"
    assert the_only(a_document(*halves), "totals")["counted_usage"] == "0.02"


def test_no_amount_is_null_and_never_zero() -> None:
    opportunity = the_only(a_document(a_recommendation(None)), "opportunities")

    assert opportunity["estimated_monthly_savings"] is None
    assert opportunity["said_by"][0]["estimated_monthly_savings"] is None
    assert opportunity["estimated_monthly_cost_before"] is None
    assert opportunity["estimated_savings_percentage"] is None
    assert opportunity["performance_risk"] is None
    assert opportunity["not_counted"] == "unknown_savings"


def test_a_known_nothing_is_zero_and_not_null() -> None:
    opportunity = the_only(
        a_document(a_recommendation("0", estimated_savings_percentage=Decimal(0), performance_risk=Decimal(0))),
        "opportunities",
    )

    assert opportunity["estimated_monthly_savings"] == "0.00"
    assert opportunity["estimated_savings_percentage"] == "0"
    assert opportunity["performance_risk"] == "0"
    assert opportunity["not_counted"] is None


def test_zero_is_written_without_a_sign() -> None:
    assert '"-0.00"' not in json_report(a_document(a_recommendation("-0.001"), a_recommendation("0", ADVISOR)))


def test_totals_are_kept_apart_by_currency_the_one_of_most_savings_first() -> None:
    dollars, euros = a_document(
        a_recommendation("10"),
        a_recommendation("8", ADVISOR),
        a_commitment("5"),
        a_recommendation("7.50", resource="i-2", billing_currency="EUR"),
        a_recommendation(None, resource="i-3", billing_currency="EUR"),
    )["totals"]

    assert dollars == {
        "billing_currency": "USD",
        "gross_usage": "18.00",
        "counted_usage": "10.00",
        "verified_usage": "0.00",
        "gross_rate": "5.00",
        "counted_rate": "5.00",
        "verified_rate": "0.00",
        "counted_by_basis": {"usage": {"Unknown": "10.00"}, "rate": {"Unknown": "5.00"}},
        "opportunities": 2,
        "counted_opportunities": 2,
        "unknown_savings": 0,
    }
    assert (euros["billing_currency"], euros["counted_usage"], euros["counted_rate"]) == ("EUR", "7.50", "0.00")
    assert (euros["opportunities"], euros["counted_opportunities"], euros["unknown_savings"]) == (2, 1, 1)


def test_an_opportunity_says_who_said_it_and_where_aws_wrote_it() -> None:
    said = (a_recommendation("70.08", HUB), a_recommendation("69.12", ADVISOR, resource_name="batch-1"))
    opportunity = the_only(a_document(*said), "opportunities")

    assert opportunity["sources"] == ["CostOptimizationHub", "TrustedAdvisor"]
    assert opportunity["resource_name"] == "batch-1"
    assert [one["estimated_monthly_savings"] for one in opportunity["said_by"]] == ["70.08", "69.12"]
    assert opportunity["said_by"][1]["evidence"][0]["raw"] == "69.12"


def test_an_opportunity_that_another_source_knows_to_be_stopped_says_so() -> None:
    stopped = a_recommendation("43.07", OPTIMIZER, RIGHTSIZE, not_applicable="It is stopped.")
    opportunity = the_only(a_document(a_recommendation("45.00", HUB, RIGHTSIZE), stopped), "opportunities")

    assert opportunity["not_applicable"] == "It is stopped."
    assert opportunity["counted_monthly_savings"] == "0.00"
    assert opportunity["estimated_monthly_savings"] == "45.00"


def test_what_lies_outside_the_scope_is_counted_as_outside_and_in_no_total() -> None:
    review = a_review(scope={"regions": ["eu-west-1"]}, analysis_type="targeted")
    document = a_document(a_recommendation(), a_recommendation("1", region_id="eu-west-1"), review=review)

    assert document["outside_focus"] == 1
    assert the_only(document, "totals")["gross_usage"] == "1.00"


@pytest.mark.parametrize(("state", "status"), [(SourceState.NO_DATA, "COMPLETE"), (SourceState.DENIED, "PARTIAL")])
def test_the_status_follows_from_the_coverage(state: SourceState, status: str) -> None:
    assert a_document(sources=(a_status(state=state),))["status"] == status


def test_a_source_that_states_no_amount_states_nothing_rather_than_zero() -> None:
    unknown = StatedSavings(ADVISOR, "volumes", "DAv", None, "USD", 2)
    document = a_document(stated=(unknown,))

    assert the_only(document, "stated_by_sources")["estimated_monthly_savings"] is None
    assert the_only(document, "stated_by_sources")["recommendations"][0]["estimated_monthly_savings"] is None


def test_what_a_source_states_is_added_up_and_sorted_and_in_no_total() -> None:
    stated = (
        StatedSavings(ADVISOR, "b", "1", Decimal("9.00"), "USD", 1),
        StatedSavings(ADVISOR, "a", "3", Decimal("100.00"), "USD", 1),
        StatedSavings(ADVISOR, "c", "2", None, "USD", 1),
        StatedSavings(ADVISOR, "b", "0", Decimal("9.00"), "USD", 1),
    )
    document = a_document(stated=stated)
    one = the_only(document, "stated_by_sources")

    assert one["estimated_monthly_savings"] == "118.00"
    assert [said["reference"] for said in one["recommendations"]] == ["3", "0", "1", "2"]
    assert document == a_document(stated=stated[::-1])
    assert document["totals"] == []


def test_a_money_budget_is_written_in_cents_and_a_percentage_as_it_is() -> None:
    long = Decimal("604.4560000000000172803993336856365203857421875")
    money = Budget("total", "COST", "MONTHLY", "USD", Decimal(100), long, None)
    share = Budget("cover", "RI_COVERAGE", "MONTHLY", "PERCENTAGE", Decimal("90.125"), Decimal("96.4"), None)
    of_money, of_share = a_document(budgets=(money, share))["budgets"]

    assert (of_money["limit"], of_money["actual"], of_money["forecast"]) == ("100.00", "604.46", None)
    assert (of_money["overrun"], of_money["verdict"]) == ("504.46", "EXCEEDED")
    assert (of_share["limit"], of_share["actual"], of_share["overrun"]) == ("90.125", "96.4", None)
    assert of_share["verdict"] == "UNKNOWN"


def test_a_forecast_and_an_anomaly_keep_what_is_unknown_null() -> None:
    day = date(2026, 11, 16)
    document = a_document(
        forecast=Forecast("USD", day, day, Decimal("2134.67"), None, None, None),
        anomalies=(Anomaly("a", None, None, "EC2", "", "", Decimal("143.2"), "USD"),),
    )

    assert document["forecast"]["remaining"] == "2134.67"
    assert document["forecast"]["month_total"] is None
    assert document["forecast"]["remaining_lower"] is None
    assert (document["anomalies"][0]["start"], document["anomalies"][0]["total_impact"]) == (None, "143.20")


def test_a_review_in_which_nobody_said_anything_has_nulls_and_empty_lists() -> None:
    document = report_document(consolidate(a_review(), [a_hearing(outcome="not_asked")]))

    assert (document["spend"], document["forecast"]) == (None, None)
    assert document["totals"] == document["opportunities"] == document["waterfalls"] == document["accounts"] == []


def test_the_run_costs_what_was_counted_before_it_was_sent_and_says_which_step_failed() -> None:
    """Fifteen, although the steps that answered sent fourteen: the one that failed had paid too."""
    run = {**an_answer()["run"], "requests": 9, "cost_explorer_requests": 7}
    answered = step_outcome("AnalyseRightsizing", "a", Answer.model_validate(an_answer(run=run)))
    failed = step_outcome("CollectBudget", "b", Gap("b", "collect", "Boom", "late"))
    document = run_document(a_review(), (answered, failed, answered), {}, paid=15)

    assert document["self_cost"] == {
        "aws_requests": 18,
        "cost_explorer_requests": 15,
        "cost_explorer_usd": "0.15",
    }
    assert [(step["state"], step["outcome"], step["error"]) for step in document["steps"]] == [
        ("AnalyseRightsizing", "answered", ""),
        ("CollectBudget", "gap", "Boom: late"),
        ("AnalyseRightsizing", "answered", ""),
    ]
    assert document["steps"][1]["reference"] is None


def test_the_report_is_plain_json() -> None:
    document = a_document(a_recommendation(), a_commitment())

    assert json.loads(json_report(document)) == document


def test_amounts_with_more_digits_than_a_decimal_usually_keeps_are_taken_away_exactly() -> None:
    said = [
        a_recommendation("0.005", HUB),
        a_recommendation("604.4560000000000172803993336856365203857421875", ADVISOR),
    ]
    (waterfall,) = a_document(*said)["waterfalls"]

    assert waterfall["counted"] == "0.01"
    assert waterfall["steps"][0]["amount"] == "-604.45"
