"""The report as Markdown: the most important first, each saving opened, and no figure where the audit failed."""

import re
from decimal import Decimal
from typing import Any

from tests.workflows.audited_reports import a_failed_report
from tests.workflows.builders import OPTIMIZER, a_recommendation, a_status, a_whole_report
from tests.workflows.reports import a_report, a_run, an_opportunity
from workflows.budgets import Budget
from workflows.cost_review.formats.markdown_format import markdown_report
from workflows.recommendation import ActionType, Recommendation
from workflows.sources import SourceState


def written(*said: Recommendation, **changes: Any) -> str:
    return markdown_report(a_whole_report(*said, **changes))


def test_a_budget_in_danger_names_the_fewest_actions_that_bring_it_back() -> None:
    near = Budget("near", "COST", "MONTHLY", "USD", Decimal(100), Decimal(50), Decimal(101), metric="UnblendedCost")
    text = written(a_recommendation("600", resource_name="web-1"), budgets=(near,))

    budgets = text.split("## Budgets")[1].split("\n## ")[0]
    assert "**near**: It breaks on 30 Nov 2026." in budgets
    assert re.search(r"\| Stop web-1 \(i-1\) \|.*\| \$600\.00 \|", budgets)
    assert budgets.index("**near**") < budgets.index("| near |"), "what to do stands before the figures"


def test_the_most_important_stands_first() -> None:
    text = written(a_recommendation("600"), a_recommendation(None, resource="i-2"))

    heads = [line for line in text.splitlines() if line.startswith("## ")]
    assert heads[:4] == ["## Savings a month", "## What to do", "## Budgets", "## How the figure came about"]
    assert heads[-2:] == ["## Each saving in detail", "## What was looked at"]
    assert text.index("### Not counted") < text.index("## Budgets")


def test_an_opportunity_opens_to_its_sum_its_sources_its_confidence_and_the_way_to_do_it() -> None:
    text = written(a_recommendation("600", resource_name="web-1", resource="i-0f3a9c1d27b84e605"))

    one = text.split("### 1. Stop web-1 (i-0f3a9c1d27b84e605): $600.00 a month")[1].split("\n## ")[0]
    assert "| Cost Optimization Hub states | $600.00 |" in one
    assert "| Counts, a month | $600.00 |" in one
    assert "Not verified by the bill: " in one
    assert re.search(r"\| confidence: \w+, \d+ of 100 \| points \|", one)
    assert "```sh\naws ec2 stop-instances --instance-ids i-0f3a9c1d27b84e605 --region us-east-1\n```" in one
    assert "- Restart: " in one
    assert "- Way back: " in one
    assert "- Owner: nobody is named" in one
    assert "- Nothing is decided yet." in one


def test_a_command_with_backticks_does_not_leave_its_block() -> None:
    way = {"checks": [], "commands": ["echo '```'", "rm -rf /"], "restart": "", "rollback": ""}
    text = markdown_report(a_report(opportunities=[an_opportunity(how_to=way)]))

    assert "````sh\necho '```'\nrm -rf /\n````" in text


def test_no_code_of_ours_is_shown_to_people() -> None:
    text = written(
        a_recommendation("600"),
        a_recommendation(None, resource="i-2"),
        a_recommendation("4", OPTIMIZER, ActionType.RIGHTSIZE),
        a_recommendation("43", resource="i-3", not_applicable="It is stopped."),
        sources=(a_status(), a_status(OPTIMIZER, SourceState.NOT_ENROLLED)),
    )

    assert not re.findall(r"\b[a-z]+_[a-z_]+\b|\b[A-Z]{2,}_[A-Z_]+\b|CostOptimizationHub|ComputeOptimizer", text)


def test_a_report_that_failed_its_audit_shows_its_reasons_first_and_no_figure() -> None:
    text = markdown_report({**a_failed_report(), "summary": {"text": "", "written_by": "template"}, "run": a_run()})

    lines = text.splitlines()
    assert lines[0] == "# Cost review of 2026-11-16: FAILED"
    assert lines[2].startswith("**This report failed its audit")
    assert lines[4].startswith("- totals: ")
    assert not re.search(r"\$\d", text.replace("($0.07)", "")), "what the run itself cost is no figure of the report"


def test_last_good_findings_are_apart_and_not_counted() -> None:
    known = {
        "opportunity_id": "a" * 16,
        "optimization_type": "Usage",
        "action_type": "Stop",
        "account_id": "123456789012",
        "region_id": "us-east-1",
        "resource_type": "Ec2Instance",
        "resource_id": "i-77",
        "resource_name": "gone-quiet",
        "billing_currency": "USD",
        "estimated_monthly_savings": "77.00",
        "counted_monthly_savings_exact": "77",
        "not_counted": None,
        "sources": ["ComputeOptimizer"],
        "last_seen": "2026-11-12",
        "sources_missing": "ComputeOptimizer us-east-1 could not be read.",
        "counts": False,
    }
    text = markdown_report(a_report(last_good=[known]))

    apart = text.split("NOT counted\n")[1].split("\n## ")[0]
    assert "gone-quiet" in apart
    assert "12 Nov 2026" in apart
    assert "Compute Optimizer us-east-1 could not be read." in apart
    assert text.count("77.00") == 1
