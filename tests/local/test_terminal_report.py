"""A report in the terminal: the most important first, words for every code, and nothing that a name can act on."""

import re
from typing import Any

import pytest
from rich.console import Console

from local.terminal_opportunities import print_opened
from local.terminal_report import print_report
from tests.workflows.audited_reports import a_failed_report, a_good_report
from tests.workflows.reports import a_report, a_run, a_waterfall, an_opportunity, some_totals

Json = dict[str, Any]
WAY: Json = {
    "checks": ["Nobody uses it."],
    "commands": ["aws ec2 stop-instances --instance-ids i-0f3a9c1d27b84e605 --region us-east-1 " + "x" * 100],
    "restart": "It stops.",
    "rollback": "Start it again.",
}


def shown(report: Json, width: int = 140) -> str:
    """What a terminal of this width shows."""
    console = Console(width=width, record=True, force_terminal=False)
    print_report(console, report)
    return console.export_text()


def whole(report: Json) -> Json:
    """The report with its summary and its run."""
    return {**report, "summary": {"text": "The summary.", "written_by": "template"}, "run": a_run()}


def opened(one: Json, width: int = 80) -> str:
    console = Console(width=width, record=True, force_terminal=False)
    print_opened(console, one)
    return console.export_text()


def flat(text: str) -> str:
    """The text without its line breaks."""
    return re.sub(r"\s+", " ", text)


def test_the_headline_says_in_one_breath_what_the_bill_verifies_and_what_is_at_list_prices() -> None:
    totals = some_totals(counted_usage="100.00", verified_usage="30.00", verified_rate="0.00")
    counted = an_opportunity(savings="100.00", counted_monthly_savings_exact="100")
    text = flat(shown(a_report(totals=[totals], opportunities=[counted])))

    assert "$100.00 a month by using less $30.00 verified by the bill, $70.00 not; all at list prices" in text


def test_the_most_important_stands_first_and_the_summary_where_the_reader_ends() -> None:
    text = shown(whole(a_good_report()))

    places = [
        text.index(title)
        for title in (
            "a month by using less",
            "What to do",
            "Not counted",
            "Budgets in danger",
            "How the figure came about",
            "From Cost Optimization Hub's own total to ours",
            "What was looked at",
            "The summary.",
        )
    ]
    assert places == sorted(places)


@pytest.mark.parametrize("width", [80, 140])
def test_no_line_is_wider_than_the_terminal_and_no_code_of_ours_is_shown(width: int) -> None:
    text = shown(whole(a_good_report()), width)

    assert max(len(line.rstrip()) for line in text.splitlines()) <= width
    assert not re.findall(r"\b[a-z]+_[a-z_]+\b|\b[A-Z]{2,}_[A-Z_]+\b|CostOptimizationHub|ComputeOptimizer", text)


def test_a_step_that_takes_nothing_is_left_out_of_the_waterfall() -> None:
    text = shown(a_report(waterfalls=[a_waterfall(taken={"alternatives": "5.00"})]))

    assert re.search(r"Alternatives +-\$5\.00", text)
    assert "Duplicates" not in text
    assert "Not applicable" not in text


def test_each_currency_has_a_waterfall_of_its_own() -> None:
    text = shown(a_report(waterfalls=[a_waterfall(), a_waterfall(billing_currency="EUR", counted="7.50")]))

    assert "How the figure came about  USD a month" in text
    assert "How the figure came about  EUR a month" in text
    assert "7.50 EUR" in text


def test_a_report_that_failed_its_audit_shows_its_reasons_first_and_no_figure() -> None:
    text = shown(whole(a_failed_report()))

    assert text.index("failed its audit") < text.index("totals: ") < text.index("What was looked at")
    assert re.findall(r"\$\d[\d.,]*", text) == ["$0.07"], "what the run itself cost is no figure of the report"
    assert "The summary." not in text


def test_a_long_list_says_how_many_it_leaves_out() -> None:
    many = [an_opportunity(rank=rank, opportunity_id=f"{rank:016}") for rank in range(1, 61)]
    text = shown(a_report(opportunities=many))

    assert "and 20 more" in text
    assert text.count("Stop batch-worker-1") == 40


def test_an_opportunity_opens_to_its_sum_its_sources_its_confidence_and_the_way_to_do_it() -> None:
    one = a_good_report()["opportunities"][0]
    text = flat(opened(one))

    for said in (
        "What counts, and why",
        "Who says it",
        "How sure it is",
        "Owner: nobody is named",
        "Nothing is decided",
    ):
        assert said in text
    assert re.search(r"\$60\.00 Cost Optimization Hub states", text)
    assert re.search(r"How sure it is: [●○]{3} (high|medium|low) \d+ of 100", text)


def test_a_command_is_one_line_however_narrow_the_terminal() -> None:
    text = opened(an_opportunity(how_to=WAY), width=60)

    assert WAY["commands"][0] in text.splitlines()
    assert "Way back: Start it again." in text


def test_what_was_decided_is_told_with_who_when_and_why() -> None:
    decision = {
        "state": "snoozed",
        "by": "ana",
        "at": "2026-11-15T10:00:00+00:00",
        "why": "a sale",
        "until": "2026-12-24",
    }
    one = an_opportunity(not_counted="set_aside", decision=decision)

    assert "Put off until 24 Dec 2026, by ana on 15 Nov 2026: a sale" in flat(opened(one))


def test_a_name_acts_on_nothing_where_one_is_opened() -> None:
    hostile = "[red]x[/] \x1b[2J\x07"
    way = {**WAY, "commands": [f"echo {hostile}"], "checks": [hostile]}
    one = an_opportunity(resource_name=hostile, notes=[hostile], how_to=way, owner={"name": hostile, "from": hostile})
    text = opened(one)

    assert text.count("[red]x[/]") >= 4
    assert "\x1b" not in text
    assert "\x07" not in text
