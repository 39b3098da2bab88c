"""The page's parts over time and beside AWS: budgets, what changed, what was decided, the bridge, a failed audit."""

from typing import Any

import pytest

from tests.workflows.advised_reports import (
    a_bridge,
    a_bridge_line,
    a_budget_action,
    a_budget_in_danger,
    a_change,
    a_changed_total,
    a_confidence,
    a_decision,
    a_deduction,
    a_last_good_finding,
    an_advised_opportunity,
    an_exemption_in_use,
    some_changes,
    some_realised_savings,
)
from tests.workflows.html_pages import Page, page
from tests.workflows.reports import a_coverage_row, a_report, a_waterfall
from tests.workflows.spend_reports import a_budget
from workflows.cost_review.audit import audited
from workflows.cost_review.formats.html_format import html_report
from workflows.cost_review.formats.html_tables import MOST_ROWS

EVIL = "<script>alert('&\"')</script>"


def a_told_report(**changes: Any) -> dict[str, Any]:
    """A report that holds every part of this file."""
    told: dict[str, Any] = {
        "opportunities": [an_advised_opportunity()],
        "budgets": [a_budget_in_danger()],
        "changes": some_changes(gone=[a_change()], totals=[a_changed_total(gone="-18.00")]),
        "last_good": [a_last_good_finding()],
        "exemptions": [an_exemption_in_use()],
        "realised_savings": some_realised_savings(),
        "bridge": a_bridge(a_bridge_line()),
        "audit": {"passed": True, "checks": ["totals", "bill"], "failures": []},
    }
    return a_report(**{**told, **changes})


def a_failed_report(*failures: str) -> dict[str, Any]:
    """What the audit makes of a report whose totals lie, as it is published."""
    lying = {name: value for name, value in a_told_report().items() if name not in ("run", "summary")}
    failed = audited(lying)
    if failures:
        failed["audit"]["failures"] = list(failures)
    return {**failed, **{name: a_report()[name] for name in ("run", "summary")}}


def test_a_budget_in_danger_says_when_it_breaks_and_that_nothing_brings_it_back() -> None:
    text = page(a_report(budgets=[a_budget_in_danger()])).text
    assert "It breaks on 28 Nov 2026. No set of counted savings brings it back: with all of them, $200.20" in text
    assert "8 counted savings are in it, worth $144.92 in the 15 days left (to 30 Nov 2026), $121.12 of that" in text
    assert "Taxes are part of the cost." in text


def test_a_budget_that_can_be_brought_back_names_the_fewest_actions_with_their_owners() -> None:
    saved = a_budget_in_danger(outlook="CAN_BE_BROUGHT_BACK", actions=[a_budget_action()], missing="0.00")
    text = page(a_report(opportunities=[an_advised_opportunity()], budgets=[saved])).text
    assert "This one saving brings the forecast back under its limit, if carried out now:" in text
    assert (
        "Stop batch-worker-1 (i-0f3a9c1d27b84e605) number 1 of what to do web $70.08 $34.56 on the bill"
        in text.partition("brings the forecast back")[2]
    )


@pytest.mark.parametrize(
    ("impact", "said"),
    [
        ({"outlook": "HOLDS", "breaks_on": None}, "It holds by its forecast."),
        ({"outlook": "CANNOT_BE_TOLD", "reason": "Its limit cannot be known."}, "told. Its limit cannot be known."),
        ({"breaks_on": None}, "Its limit is passed already."),
        (
            {"outlook": "DEPENDS", "untold": 2, "untold_in_period": "9.00", "open_conditions": ["tag team"]},
            "Of 2 more, worth $9.00 in that time, it cannot be told whether they are in it (tag team).",
        ),
        ({"matching": 0}, "No counted saving is in it."),
        ({"verified_in_period": "144.92"}, "all of that verified by the bill"),
        ({"verified_in_period": "0.00"}, "none of that verified by the bill"),
    ],
)
def test_every_outlook_of_a_budget_has_its_sentence(impact: dict[str, Any], said: str) -> None:
    assert said in page(a_report(budgets=[a_budget_in_danger(**impact)])).text


def test_a_budget_that_is_not_about_money_has_no_outlook() -> None:
    text = page(a_report(budgets=[a_budget(impact=None)])).text
    assert "It holds" not in text
    assert "It breaks" not in text


def test_the_top_of_the_page_names_the_budget_in_danger_what_changed_and_what_was_not_seen() -> None:
    gap = a_coverage_row(state="DENIED", is_gap=True)
    text = page(a_told_report(coverage=[gap, a_coverage_row()])).text
    top = text.partition("What to do The most")[0]
    assert "Budgets monthly-total breaks on 28 Nov 2026" in top
    assert "Since 9 Nov 2026 1 gone" in top
    assert "Could not be seen 1 source" in top


def test_sections_come_in_the_order_of_what_matters() -> None:
    html = html_report(a_told_report())
    order = (
        "opportunities",
        "budgets",
        "changes",
        "decided",
        "waterfall",
        "bridge",
        "coverage",
        "spend",
        "stated",
        "run",
    )
    places = [html.index(f'id="{one}"') for one in order]
    assert places == sorted(places)


def test_what_is_gone_is_shown_with_its_reason_and_both_totals() -> None:
    gone = a_change(because="no_longer_recommended", reason="everybody was heard")
    changes = some_changes(gone=[gone], totals=[a_changed_total(gone="-18.00")])
    text = page(a_report(changes=changes)).text
    assert "What changed since 9 Nov 2026 12 stand as before." in text
    assert "counted a month then gone now Usage, USD $88.08 -$18.00 $70.08" in text
    assert "✗ gone no longer recommended: everybody was heard $18.00 – -$18.00" in text


def test_where_nothing_changed_no_table_claims_that_something_did() -> None:
    text = page(a_report(changes=some_changes(totals=[a_changed_total()]))).text
    assert "Nothing: all 12 stand as before." in text
    assert "counted a month" not in text


def test_a_last_review_that_saw_less_says_so() -> None:
    changes = some_changes(since={"as_of": "2026-11-09", "status": "PARTIAL"})
    assert "That review was partial: not all sources could be read." in page(a_report(changes=changes)).text


def test_without_a_last_review_the_page_says_why_it_compares_nothing() -> None:
    text = page(a_report(changes=None, no_changes_because="No review was published before.")).text
    assert "Since the last review Nothing to compare with yet" in text
    assert "No review was published before." in text


def test_last_good_findings_stand_apart_with_their_day_and_are_not_counted() -> None:
    report = a_report(last_good=[a_last_good_finding(), a_last_good_finding(estimated_monthly_savings=None)])
    text = page(report).text
    assert "Not counted: what was said when its sources could last be heard" in text
    assert "None of this is in any figure of this page. Trusted Advisor: denied: no" in text
    assert "Delete old-shop-lb load balancer, us-east-1 9 Nov 2026 $18.00" in text
    assert "9 Nov 2026 unknown" in text


def test_several_reasons_for_last_good_findings_stand_with_each() -> None:
    other = a_last_good_finding(sources_missing="ComputeOptimizer: THROTTLED: too many")
    text = page(a_report(last_good=[a_last_good_finding(), other])).text
    assert "Trusted Advisor: denied: no 9 Nov 2026" in text
    assert "Compute Optimizer: throttled: too many 9 Nov 2026" in text


def test_what_was_carried_out_is_shown_with_what_the_bill_says_before_and_after() -> None:
    text = page(a_told_report()).text
    assert "$70.26 a month is realised by the bill, where $70.08 was counted, of 1 carried out." in text
    assert "carried out, and seen on the bill 2 Nov 2026 $70.08 $2.31 13 days to 2 Nov 2026 $0.00" in text


def test_what_the_bill_does_not_show_yet_is_not_called_nothing() -> None:
    waiting = some_realised_savings(realised_monthly_savings=None, counted_monthly_savings=None, judged=0, waiting=1)
    text = page(a_report(realised_savings=waiting)).text
    assert "the bill shows nothing of what was carried out yet: 1 waits for days that are settled" in text


def test_an_exemption_says_what_it_sets_aside_and_that_it_expires_soon() -> None:
    text = page(a_report(exemptions=[an_exemption_in_use(expires_soon=True, account="111122223333")])).text
    assert "vol-0a7e* account 111122223333 Kept for the auditors 1 Dec 2026 expires soon applies 1 $12.00" in text


def test_the_bridge_leads_from_the_hubs_total_to_ours_by_kinds_and_line_by_line() -> None:
    lines = [a_bridge_line(), a_bridge_line(amount="24.82"), a_bridge_line(kind="resized", amount="-5.04")]
    text = page(a_report(bridge=a_bridge(*lines))).text
    assert "Cost Optimization Hub's own total $292.34 Only other sources name it 2 +$42.82 Sized again 1 -$5.04" in text
    assert "What this review counts, usage and commitments $330.12" in text
    assert "Stop batch-worker-1 (i-0f3a9c1d27b84e605) Only other sources name it Trusted Advisor proposes Stop" in text
    assert "Not explained" not in text


def test_what_the_bridge_does_not_explain_is_shown() -> None:
    assert "Not explained by what the Hub names -$3.00" in page(a_report(bridge=a_bridge(unexplained="-3.00"))).text


def test_without_a_bridge_the_page_says_why() -> None:
    none: dict[str, Any] = {
        "reason": "This review looks at a part of it.",
        "billing_currency": None,
        "theirs": None,
        "lines": [],
    }
    assert "This review looks at a part of it." in page(a_report(bridge=none)).text


def test_an_audit_that_passed_names_its_checks() -> None:
    assert "2 checks hold (totals, bill)" in page(a_told_report()).text


def test_a_failed_audit_shows_its_reasons_first_and_no_amount_at_all() -> None:
    text = page(a_failed_report()).text
    assert "This review states no figure" in text
    assert text.index("✗ What does not hold") < text.index("What was looked at")
    assert "$" not in text
    for absent in ("What to do", "can be saved", "No source proposes"):
        assert absent not in text


def test_a_failed_audits_reasons_are_words_and_stay_text() -> None:
    read = page(a_failed_report("totals: counted_usage in USD is not the sum.", EVIL))
    assert "totals: counted usage in USD is not the sum." in read.text
    assert EVIL in read.text
    assert not read.named("script")


def test_every_link_of_a_whole_and_of_a_failed_page_leads_somewhere() -> None:
    for report in (a_told_report(), a_failed_report()):
        read = page(report)
        ids = {attributes.get("id") for _, attributes in read.elements}
        assert {str(link["href"])[1:] for link in read.named("a")} <= ids
        assert len(read.named("table")) == len(read.named("caption"))


def test_hostile_words_of_people_and_sources_stay_text() -> None:
    opportunity = an_advised_opportunity(
        unverified_because=EVIL,
        verified=False,
        deductions=[a_deduction(step=EVIL, reason=EVIL)],
        decision=a_decision(state=EVIL, by=EVIL, why=EVIL),
        owner={"name": EVIL, "from": EVIL},
        confidence=a_confidence(level=EVIL, reasons=[{"points": 1, "reason": EVIL}]),
        how_to={"checks": [EVIL], "commands": [EVIL], "restart": EVIL, "rollback": EVIL},
        rank_because={},
        resource_type=EVIL,
    )
    known = {"resource_id": EVIL, "resource_name": EVIL, "resource_type": EVIL, "sources": [EVIL]}
    report = a_told_report(
        opportunities=[opportunity],
        budgets=[a_budget_in_danger(outlook="CANNOT_BE_TOLD", reason=EVIL, caveats=[EVIL], open_conditions=[EVIL])],
        changes=some_changes(new=[a_change(**known, reason=EVIL, because=EVIL)], totals=[a_changed_total()]),
        last_good=[a_last_good_finding(**known, sources_missing=EVIL)],
        exemptions=[an_exemption_in_use(pattern=EVIL, reason=EVIL, state=EVIL, action=EVIL, account=EVIL)],
        bridge=a_bridge(a_bridge_line(kind=EVIL, reason=EVIL, opportunity_id=EVIL)),
    )
    html = html_report(report)
    assert "<script" not in html
    assert html.count("&lt;script&gt;alert(") > 35
    assert EVIL in Page(html).text


def test_what_a_step_takes_away_beyond_what_a_browser_copes_with_is_counted_not_dropped_silently() -> None:
    item = a_waterfall()["steps"][0]["items"][0]
    many = [{**item, "resource_id": f"i-{number}"} for number in range(MOST_ROWS + 3)]
    step = {"step": "duplicates", "reason": "said twice", "amount": "-9.00", "items": many}
    text = page(a_report(waterfalls=[a_waterfall(steps=[step])])).text
    assert f"Duplicates: {MOST_ROWS + 3} taken away" in text
    assert "3 more are in report.json; every total here includes them." in text
