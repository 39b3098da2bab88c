"""The whole review on the sample account: the real definition and handlers on the embedded AWS."""

import json
import re
from decimal import Decimal

import pytest

from local.account_folder import SAMPLE_ACCOUNT
from local.definition import state_machine_definition
from local.plan import planned_states
from tasks.agents import AGENTS
from tests.local.runs import Run, run, sample_review

LARGEST_STATE_BYTES = 16_000
LEDGER = SAMPLE_ACCOUNT / "LEDGER.md"


def _review() -> Run:
    return sample_review()


def _ledger_totals() -> dict[str, str]:
    rows = re.findall(r"^\| ([^|]+?) \| (\d+\.\d\d) \|$", LEDGER.read_text(encoding="utf-8"), re.MULTILINE)
    return dict(rows)


def _ledger_opportunities() -> dict[str, str]:
    """What the ledger counts for each resource id, or the word that it has instead of an amount."""
    lines = [line for line in LEDGER.read_text(encoding="utf-8").splitlines() if re.match(r"\| [RC]\d+ ", line)]
    cells = [[cell.strip(" `*") for cell in line.strip("|").split("|")] for line in lines]
    return {row[1].rpartition(":")[2] or "commitment": row[4] for row in cells}


def test_the_review_is_complete_and_counts_what_the_ledger_counts() -> None:
    review = _review()
    totals = review.report["totals"][0]
    ledger = _ledger_totals()
    assert review.report["status"] == "COMPLETE"
    assert totals["counted_usage"] == ledger["counted, usage"] == "293.86"
    assert totals["counted_rate"] == ledger["counted, rate"] == "36.26"
    assert totals["gross_usage"] == ledger["gross, usage"] == "996.12"


def test_each_opportunity_counts_what_the_ledger_counts_for_it() -> None:
    ledger = _ledger_opportunities()
    found = {one["resource_id"] or "commitment": one for one in _review().report["opportunities"]}
    assert len(ledger) == len(found) == 12
    words = {"unknown_savings": "unknown", "negative": "negative", "not_applicable": "stopped"}
    for resource_id, said in ledger.items():
        one = found[resource_id]
        assert words.get(one["not_counted"] or "", one["counted_monthly_savings"]) == said, resource_id


def test_the_waterfall_takes_away_what_the_ledger_takes_away() -> None:
    usage = next(one for one in _review().report["waterfalls"] if one["optimization_type"] == "Usage")
    taken = {step["step"]: step["amount"] for step in usage["steps"]}
    ledger = _ledger_totals()
    assert {step: amount for step, amount in taken.items() if amount != "0.00"} == {
        "duplicates": f"-{ledger['removed as duplicates']}",
        "alternatives": f"-{ledger['removed as alternatives']}",
        "not_applicable": f"-{ledger['not applicable, stopped']}",
    }
    assert Decimal(usage["gross"]) + sum(map(Decimal, taken.values())) == Decimal(usage["counted"])


def test_the_commitment_is_sized_again_on_the_usage_that_is_left() -> None:
    rate = next(one for one in _review().report["waterfalls"] if one["optimization_type"] == "Rate")
    ledger = _ledger_totals()
    assert rate["gross"] == ledger["gross, rate"]
    assert {step["step"]: step["amount"] for step in rate["steps"] if step["items"]} == {
        "resized": f"-{ledger['re-sized, rate']}"
    }


def test_trusted_advisor_is_shown_as_it_states_itself() -> None:
    (stated,) = _review().report["stated_by_sources"]
    assert stated["estimated_monthly_savings"] == _ledger_totals()["stated by Trusted Advisor"] == "247.97"
    assert len(stated["recommendations"]) == 5


def test_the_budget_that_will_break_is_named_and_budgets_are_not_added_up() -> None:
    verdicts = {one["name"]: (one["verdict"], one["overrun"]) for one in _review().report["budgets"]}
    assert verdicts["monthly-total"] == ("FORECAST_TO_EXCEED", "345.12")
    assert verdicts["ec2-compute"] == ("WITHIN", None)
    assert verdicts["savings-plans-utilization"] == ("UNKNOWN", None)


def test_spend_forecast_and_anomaly_are_those_of_the_account() -> None:
    report = _review().report
    assert report["spend"]["month_to_date"] == "2210.45"
    assert report["forecast"]["month_total"] == "4345.12"
    assert report["anomalies"][0]["total_impact"] == "143.20"


def test_the_trend_that_cost_explorer_sees_reaches_rightsizing() -> None:
    """Each agent builds on the one before: resource names from Trusted Advisor, their trend from the bill."""
    shrunk = next(one for one in _review().report["opportunities"] if one["resource_name"] == "web-2")
    assert any("rose by 40.5 %" in note for note in shrunk["notes"])


def test_every_counted_amount_leads_to_a_value_that_aws_gave() -> None:
    for one in _review().report["opportunities"]:
        if one["not_counted"] is None:
            pointer = one["said_by"][0]["evidence"][0]
            taken = sum(Decimal(deduction["amount"]) for deduction in one["deductions"])
            assert Decimal(pointer["raw"]) - taken == Decimal(one["counted_monthly_savings"])
            assert pointer["operation"]
            assert pointer["request_id"]


def test_two_runs_differ_only_in_the_run_object() -> None:
    first, second = _review().report, run().report
    assert first.pop("run") != second.pop("run")
    assert json.dumps(first, sort_keys=True) == json.dumps(second, sort_keys=True)


def test_the_run_says_what_it_cost_and_how_each_step_went() -> None:
    report_run = _review().report["run"]
    assert report_run["self_cost"]["cost_explorer_requests"] == 8
    assert report_run["self_cost"]["cost_explorer_usd"] == "0.08"
    assert {step["outcome"] for step in report_run["steps"]} == {"answered"}
    assert len(report_run["steps"]) == 2 * len(AGENTS) + 1, "each collects and analyses; one asks about named resources"


def test_no_state_carries_more_than_sixteen_kilobytes() -> None:
    for event in _review().history:
        for details in ("stateEnteredEventDetails", "stateExitedEventDetails"):
            held = event.get(details, {})
            assert len(held.get("input", held.get("output", "")).encode()) <= LARGEST_STATE_BYTES, held.get("name")


def test_every_planned_state_was_entered() -> None:
    """What the terminal shows as the plan is what a review without failures does."""
    planned = {state.name for state in planned_states(state_machine_definition())}
    assert planned <= set(_review().entered)


def test_agents_that_never_checked_themselves_are_woken_first() -> None:
    entered = _review().entered
    assert entered.count("WakeAgent") == len(AGENTS)
    assert entered.index("RecheckReadiness") < entered.index("CollectEvidence")


def test_self_checks_pay_for_nothing() -> None:
    """Every paid request is counted before it is sent; the collecting steps account for all of them."""
    report_run = _review().report["run"]
    collected = sum(step["cost_explorer_requests"] for step in report_run["steps"])
    assert report_run["woken"] == len(AGENTS)
    assert report_run["self_cost"]["cost_explorer_requests"] == collected


def test_a_targeted_review_asks_only_the_agents_in_its_scope() -> None:
    review = run({"as_of": "2026-11-16", "scope": {"agents": ["budget-agent"]}})
    assert review.report["status"] == "COMPLETE"
    assert review.report["review"]["analysis_type"] == "targeted"
    assert review.report["opportunities"] == []
    assert len(review.report["budgets"]) == 3
    assert "CollectTrustedAdvisor" not in review.entered


def test_a_targeted_review_of_a_region_counts_only_what_lies_there() -> None:
    review = run({"as_of": "2026-11-16", "scope": {"regions": ["eu-west-1"]}})
    assert review.counted_usage == "35.04"


def test_an_emergency_looks_only_at_what_can_be_switched_off() -> None:
    review = run({"as_of": "2026-11-16", "analysis_type": "emergency"})
    actions = {one["action_type"] for one in review.report["opportunities"]}
    assert actions == {"Stop", "Delete"}
    assert review.report["outside_focus"] > 0


@pytest.mark.parametrize("request_document", [[], "text", 5, {"nonsense": 1}, {"as_of": "2026-02-30"}])
def test_bad_input_fails_the_execution_before_anything_is_asked(request_document: object) -> None:
    review = run(request_document)
    assert review.description["status"] == "FAILED"
    assert review.description["error"] == "InvalidReviewRequest"
    assert "CheckReadiness" not in review.entered
    assert "RecordFailure" in review.entered


def test_bad_input_names_every_wrong_field() -> None:
    review = run({"as_of": "2026-02-30", "nonsense": 1, "scope": {"regions": ["eu-west-9"], "agents": ["nobody"]}})
    for field in ("as_of", "nonsense", "scope.regions", "scope.agents"):
        assert field in review.description["cause"]
