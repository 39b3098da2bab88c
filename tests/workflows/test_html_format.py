"""The page: what it shows, what it never shows, and that it needs nothing but itself."""

import json
import re
from decimal import Decimal
from typing import Any

import pytest

from tests.workflows.html_pages import Page, page
from tests.workflows.reports import (
    a_coverage_row,
    a_gap_step,
    a_proposal,
    a_report,
    a_run,
    a_step_not_asked,
    a_waterfall,
    an_answered_step,
    an_empty_report,
    an_opportunity,
    an_unknown_opportunity,
    said,
    some_stated_savings,
    some_totals,
)
from tests.workflows.spend_reports import (
    a_budget,
    a_commitment_held,
    a_commitment_option,
    a_day,
    a_forecast,
    a_pointer,
    a_root_cause,
    a_service,
    a_service_basis,
    an_account,
    an_anomaly,
    some_resource_spend,
    some_spend,
)
from workflows.cost_review.formats.html_format import html_report
from workflows.cost_review.formats.html_view import MOST_OPPORTUNITIES
from workflows.cost_review.formats.run_drawing import NODE_HEIGHT, NODE_WIDTH, run_drawing
from workflows.cost_review.formats.spend_drawing import budget_bar, daily_drawing
from workflows.cost_review.formats.waterfall_drawing import waterfall_drawings

EVIL = "<script>alert('&\"')</script>"


def a_hostile_report() -> dict[str, Any]:
    """Every text that somebody outside can choose is a script."""
    proposal = {**a_proposal(source=EVIL), "current_resource_summary": EVIL, "implementation_effort": EVIL}
    opportunity = an_opportunity(
        resource_id=EVIL, resource_name=EVIL, notes=[EVIL], alternatives=[proposal], said_by=[said(source=EVIL)]
    )
    steps = [
        an_answered_step(f"Collect{EVIL}", EVIL),
        a_gap_step("AnalyseBudget", "budget-agent", EVIL),
    ]
    return a_report(
        status="PARTIAL",
        summary={"text": EVIL, "written_by": EVIL},
        opportunities=[opportunity],
        budgets=[a_budget(name=EVIL, filters=[EVIL], notes=[EVIL], metric=EVIL, ends=EVIL)],
        spend=some_spend(
            a_day(), services=[a_service(service_name=EVIL)], accounts=[an_account(account_id=EVIL, account_name=EVIL)]
        ),
        anomalies=[
            an_anomaly(
                service_name=EVIL, usage_type=EVIL, root_causes=[a_root_cause(service_name=EVIL, account_name=EVIL)]
            )
        ],
        resource_spend=[some_resource_spend(resource_id=EVIL, resource_key=EVIL)],
        service_basis=[a_service_basis(service_name=EVIL, resource_keys=[EVIL])],
        commitments=[a_commitment_held(kind=EVIL, evidence=[a_pointer(raw=EVIL, operation=EVIL, pointer=EVIL)])],
        commitment_options=[
            a_commitment_option(
                kind=EVIL,
                service_name=EVIL,
                description=EVIL,
                term=EVIL,
                payment_option=EVIL,
                lookback=EVIL,
                region_id=EVIL,
                account_id=EVIL,
            )
        ],
        remarks=[{"agent": EVIL, "remarks": [EVIL]}],
        coverage=[a_coverage_row(agent=EVIL, detail=EVIL, remedy=EVIL, state="ERROR", is_gap=True)],
        run=a_run(steps=steps, requested_by=EVIL),
    )


def test_the_counted_figure_stands_alone_and_commitments_beside_it() -> None:
    bought = an_opportunity(savings="41.30", optimization_type="Rate", action_type="PurchaseSavingsPlans")
    totals = some_totals(counted_rate="41.30", gross_rate="41.30")
    text = page(a_report(totals=[totals], opportunities=[an_opportunity(), bought])).text
    assert "$70.08 a month can be saved by using less" in text
    assert "$41.30 a month by commitments" in text
    assert "111.38" not in text


def test_each_currency_has_its_own_headline() -> None:
    euros = an_opportunity(savings="1204.00", billing_currency="EUR")
    totals = [some_totals(billing_currency="EUR", counted_usage="1204.00"), some_totals()]
    text = page(a_report(totals=totals, opportunities=[an_opportunity(), euros])).text
    assert "1,204.00 EUR a month can be saved" in text
    assert "$70.08 a month can be saved" in text


def test_every_opportunity_is_on_the_page_with_what_each_source_says() -> None:
    some = [
        an_opportunity(rank=1, resource_id="i-1", said_by=[said(), said(savings="69.12", source="TrustedAdvisor")]),
        an_opportunity(rank=2, resource_id="i-2", savings="-30.37", not_counted="negative"),
    ]
    text = page(a_report(opportunities=some)).text
    for shown in ("i-1", "i-2", "Trusted Advisor $69.12", "costs more (-$30.37)", "/idleRecommendations/0/"):
        assert shown in text


def test_opportunities_beyond_what_a_browser_copes_with_are_counted_not_dropped_silently() -> None:
    many = [an_opportunity(rank=rank) for rank in range(1, MOST_OPPORTUNITIES + 4)]
    assert "3 more are in report.csv" in html_report(a_report(opportunities=many))


@pytest.mark.parametrize("report", [a_report(), a_hostile_report(), an_empty_report()])
def test_the_page_makes_no_request(report: dict[str, Any]) -> None:
    html = html_report(report)
    assert not re.search(r"(?:src|href|action)\s*=\s*[\"']?\s*(?:https?:)?//", html, re.IGNORECASE)
    assert not re.search(r"@import|url\((?!#)", html)
    fetching = {"script", "img", "iframe", "object", "embed", "audio", "video", "base", "form"}
    assert fetching.isdisjoint(tag for tag, _ in Page(html).elements)


def test_the_page_forbids_itself_to_fetch_or_run_anything() -> None:
    policies = [meta["content"] for meta in page(a_report()).named("meta") if "http-equiv" in meta]
    assert policies == ["default-src 'none'; style-src 'unsafe-inline'; img-src data:"]


def test_a_hostile_name_is_escaped_wherever_it_appears() -> None:
    html = html_report(a_hostile_report())
    assert "<script" not in html
    assert html.count("&lt;script&gt;alert(") > 35
    assert EVIL in Page(html).text


def test_characters_that_turn_the_text_around_are_shown_not_obeyed() -> None:
    html = html_report(a_report(opportunities=[an_opportunity(resource_name="invoice\u202egnp.exe\ud800")]))
    assert "invoice\ufffdgnp.exe\ufffd" in html
    assert html.encode()


def test_a_very_long_name_is_kept_whole() -> None:
    long = "x" * 300
    assert long in page(a_report(opportunities=[an_opportunity(resource_name=long)])).text


@pytest.mark.parametrize("report", [a_report(), a_hostile_report(), an_empty_report()])
def test_the_page_is_well_formed_and_its_ids_are_its_own(report: dict[str, Any]) -> None:
    read = page(report)
    ids = [attributes["id"] for _, attributes in read.elements if "id" in attributes]
    assert len(ids) == len(set(ids))
    referred = [str(one["aria-labelledby"]).split() for _, one in read.elements if "aria-labelledby" in one]
    assert {name for names in referred for name in names} <= set(ids)


def test_every_table_says_what_it_is() -> None:
    read = page(a_hostile_report())
    assert len(read.named("table")) == len(read.named("caption"))
    assert all("scope" in header for header in read.named("th"))


def test_the_bars_are_as_long_as_their_amounts_and_end_at_the_counted_one() -> None:
    taken = {"duplicates": "500.00", "alternatives": "200.00", "not_applicable": "100.00"}
    (drawing,) = waterfall_drawings([a_waterfall(taken=taken, counted="200.00")])
    assert [bar.width for bar in drawing.bars] == [100, 50, 20, 10, 20]
    assert [bar.right for bar in drawing.bars] == [100, 100, 50, 30, 20]
    assert drawing.bars[-2].left == drawing.bars[-1].right


def test_the_waterfalls_of_a_currency_share_a_scale_with_usage_first() -> None:
    bought = a_waterfall(taken={}, counted="10.00", optimization_type="Rate")
    usage, rate = waterfall_drawings([bought, a_waterfall(taken={}, counted="100.00")])
    assert (usage.optimization_type, rate.optimization_type) == ("Usage", "Rate")
    assert (usage.bars[0].width, rate.bars[0].width) == (Decimal(100), Decimal(10))


def test_an_amount_too_small_to_draw_is_still_written() -> None:
    taken = {"duplicates": "0.01", "alternatives": "90000000.00"}
    text = page(a_report(waterfalls=[a_waterfall(taken=taken)])).text
    assert "-$0.01" in text


def test_what_a_step_takes_away_is_named_with_its_reason() -> None:
    text = page(a_report()).text
    assert "Duplicates: 1 taken away, -$69.12" in text
    assert "taken as duplicates" in text


def test_a_step_of_the_waterfall_that_the_page_has_no_word_for_keeps_its_own() -> None:
    steps = [{"step": "set_aside", "reason": "somebody decided so", "amount": "-5.00", "items": []}]
    text = page(a_report(waterfalls=[a_waterfall(steps=steps)])).text
    assert "Set aside somebody decided so -$5.00" in text


def test_a_gap_is_named_with_its_remedy() -> None:
    gap = a_coverage_row(
        source="CostOptimizationHub", state="NOT_ENROLLED", detail="Not enrolled.", remedy="Enrol it.", is_gap=True
    )
    text = page(a_report(status="PARTIAL", coverage=[gap])).text
    assert "▲ Partial: 1 gap" in text
    assert "rightsizing-agent: Cost Optimization Hub in us-east-1 not enrolled Not enrolled. Remedy: Enrol it." in text
    assert "✗ not enrolled, gap" in text


def test_a_complete_review_shows_no_gaps() -> None:
    text = page(a_report()).text
    assert "✓ Complete" in text
    assert "What could not be seen" not in text


def test_an_unknown_saving_is_never_shown_as_zero() -> None:
    totals = some_totals(counted_usage="0.00", gross_usage="0.00", counted_opportunities=0, unknown_savings=1)
    unknown = a_report(
        totals=[totals],
        opportunities=[an_unknown_opportunity()],
        waterfalls=[a_waterfall(taken={}, counted="0.00")],
        stated_by_sources=[some_stated_savings(None, total="0.00")],
    )
    text = page(unknown).text
    assert "$0.00" not in text
    assert "for 1 the saving is unknown" in text
    assert "Trusted Advisor states unknown" in text


def test_a_stated_total_that_leaves_something_unknown_is_a_minimum() -> None:
    stated = some_stated_savings("16.00", None, total="16.00")
    assert "Trusted Advisor states at least $16.00 a month" in page(a_report(stated_by_sources=[stated])).text


def test_unknown_figures_of_budgets_and_spend_are_called_unknown() -> None:
    budget = a_budget(actual=None, forecast=None, verdict="UNKNOWN")
    read = page(
        a_report(
            budgets=[budget],
            spend=some_spend(),
            forecast=a_forecast(remaining_lower=None, remaining_upper=None, month_total=None),
            anomalies=[an_anomaly(start=None, end=None)],
            resource_spend=[some_resource_spend(trend_percent=None)],
        )
    )
    for shown in ("between unknown and unknown", "? not judged", "still running", "$60.56 unknown"):
        assert shown in read.text
    assert "$0.00" not in read.text


def test_budgets_in_danger_come_first_and_percentages_are_no_money() -> None:
    percentage = a_budget(
        name="utilization", budget_type="RI_UTILIZATION", unit="PERCENTAGE", actual="96.4", limit="90.0"
    )
    broken = a_budget(name="broken", verdict="EXCEEDED", actual="4100.00", overrun="100.00")
    text = page(a_report(budgets=[percentage, a_budget(), broken])).text
    assert text.index("broken") < text.index("monthly-total")
    assert "96.4 %" in text
    assert "$96.4" not in text


def test_a_budgets_bar_holds_actual_forecast_and_limit_on_one_scale() -> None:
    bar = budget_bar(a_budget(limit="100.00", actual="50.00", forecast="200.00"))
    assert bar is not None
    assert bar.forecast is not None
    assert bar.actual * 4 == pytest.approx(bar.forecast, abs=Decimal("0.01"))
    assert bar.limit * 2 == pytest.approx(bar.forecast, abs=Decimal("0.01"))
    assert budget_bar(a_budget(actual=None)) is None


def test_the_days_bars_are_proportional_and_credits_hang_below_the_line() -> None:
    days = [a_day("2026-11-08", "300.00"), a_day("2026-11-09", "150.00"), a_day("2026-11-10", "-100.00")]
    drawing = daily_drawing(some_spend(*days), [an_anomaly(start="2026-11-09", end=None)])
    assert drawing is not None
    assert [bar.height for bar in drawing.days] == [75, Decimal("37.5"), 25]
    assert [bar.top + bar.height for bar in drawing.days] == [75, 75, 100]
    assert [bar.is_anomalous for bar in drawing.days] == [False, True, True]
    assert drawing.zero == 75


def test_estimated_days_say_so() -> None:
    text = page(a_report(spend=some_spend(a_day("2026-11-15", estimated=True)))).text
    assert "15 Nov 2026: $100.00, estimated" in text


def test_the_same_report_gives_the_same_bytes() -> None:
    report = a_hostile_report()
    assert html_report(report) == html_report(json.loads(json.dumps(report, sort_keys=True)))


def test_an_empty_report_renders_and_claims_nothing() -> None:
    text = page(an_empty_report()).text
    assert "No source proposes a saving" in text
    assert "$0.00" not in text


def test_every_state_of_the_run_is_in_the_graph_with_its_outcome() -> None:
    steps = [
        an_answered_step("CollectTrustedAdvisor", "trusted-advisor-agent", duration_ms=1234, retry=2),
        a_gap_step("CollectBudget", "budget-agent"),
        a_step_not_asked("AnalyseBudget", "budget-agent"),
        an_answered_step("CollectWaste", "waste-agent"),
        a_gap_step("AnalyseWaste", "waste-agent", "InvalidAnswer: no JSON"),
        an_answered_step("CollectWaste", "other-agent"),
    ]
    text = page(a_report(run=a_run(steps=steps))).text
    assert "CollectTrustedAdvisor (trusted-advisor-agent): answered, 1.2 s, 2 retries" in text
    assert "✓ 1.2 s ↻ 2" in text
    assert "CollectBudget (budget-agent): gap: Throttled: too many requests" in text
    assert "AnalyseBudget (budget-agent): not asked" in text
    assert "AnalyseWaste (waste-agent): gap: InvalidAnswer: no JSON" in text
    assert "CollectWaste (other-agent): answered" in text


def test_the_supervisors_own_states_frame_the_graph_and_waking_shows_only_when_it_happened() -> None:
    def names(woken: int) -> list[str]:
        return [node.state.name for node in run_drawing(a_report(run=a_run(woken=woken))).nodes]

    assert names(0)[:2] == ["PrepareReview", "CheckReadiness"]
    assert names(4)[:4] == ["PrepareReview", "CheckReadiness", "WakeAgents", "RecheckReadiness"]
    assert names(0)[-3:] == ["ConsolidateFindings", "WriteSummary", "PublishReport"]
    assert "WakeAgents" not in names(0)


def test_a_summary_that_could_not_be_written_is_a_gap_in_the_graph() -> None:
    report = a_report(summary={"text": "", "written_by": "nobody: the summary could not be written"})
    assert "WriteSummary (supervisor): gap" in page(report).text


def test_no_two_states_lie_on_each_other() -> None:
    lanes = [an_answered_step(f"{stage}Waste", f"waste-{n}") for n in range(9) for stage in ("Collect", "Analyse")]
    drawing = run_drawing(a_report(run=a_run(steps=[*a_run()["steps"], *lanes], woken=4)))
    corners = [(node.x, node.y) for node in drawing.nodes]
    assert len(corners) == len(set(corners))
    assert all(x + NODE_WIDTH <= drawing.width and y + NODE_HEIGHT <= drawing.height for x, y in corners)


def test_every_link_within_the_page_leads_somewhere() -> None:
    for report in (a_report(), a_hostile_report(), an_empty_report()):
        read = page(report)
        ids = {attributes.get("id") for _, attributes in read.elements}
        assert {str(link["href"])[1:] for link in read.named("a")} <= ids
