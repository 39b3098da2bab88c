"""The report as Markdown: what somebody wrote in a tag stays text, in one cell of one row."""

import re
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.workflows.builders import (
    ADVISOR,
    a_commitment,
    a_recommendation,
    a_status,
    a_whole_report,
)
from tests.workflows.reports import a_coverage_row, a_report, an_empty_report
from tests.workflows.spend_reports import (
    a_budget,
    a_commitment_held,
    a_commitment_option,
    a_forecast,
    a_month,
    a_root_cause,
    a_service,
    a_service_basis,
    a_step,
    an_account,
    an_anomaly,
    some_resource_spend,
    some_spend,
)
from workflows.budgets import Budget
from workflows.cost_review.formats.markdown_format import markdown_report
from workflows.recommendation import ActionType, Recommendation, StatedSavings
from workflows.sources import SourceState


def written(*said: Recommendation, **changes: Any) -> str:
    return markdown_report(a_whole_report(*said, **changes))


def opportunity_line(name: str) -> str:
    """The line of the one opportunity, whose resource has this name."""
    (line,) = [line for line in written(a_recommendation(resource_name=name)).splitlines() if line.startswith("| 1 |")]
    return line


def cells(line: str) -> list[str]:
    """The cells of a table's line, as a Markdown reader splits them."""
    return [cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]]


def test_the_report_has_its_sections_status_and_figures() -> None:
    text = written(a_recommendation("1234.50"), a_commitment("41.30"))

    assert text.startswith("# Cost review of 2026-11-16: COMPLETE\n")
    proven = "none of it verified by the bill; all at unstated prices"
    assert f"| using less | $1,234.50 | $0.00 | {proven} | $1,234.50 |" in text
    assert f"| commitments | $41.30 | $0.00 | {proven} | $41.30 |" in text
    line = "| 1 | Stop | i-1 | us-east-1 | $1,234.50 | not verified | low | nobody named | Cost Optimization Hub |  |"
    assert line in text
    assert "0 AWS requests, of which 0 to Cost Explorer ($0.00)" in text
    assert text.endswith("\n")


def test_every_line_of_a_table_has_as_many_cells_as_its_head() -> None:
    hostile = "a|b\nc|d\r\n| --- |\u2028e\\|"
    text = written(a_recommendation(resource_name=hostile, notes=(hostile,)), a_commitment())
    width = 0
    for line in text.splitlines():
        if line.startswith("|"):
            width = width or len(cells(line))
            assert len(cells(line)) == width
        else:
            width = 0


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("a|b", r"a\|b"),
        ("a\nb", "a b"),
        ("a\r\n\r\n# b", "a # b"),
        ("`rm -rf`", r"\`rm -rf\`"),
        ("<script>alert(1)</script>", "&lt;script&gt;alert(1)&lt;/script&gt;"),
        ("[pay](https://evil.example)", r"\[pay\](https\://evil.example)"),
        ("![x](//evil.example/x.png)", r"!\[x\](//evil.example/x.png)"),
        ("https://evil.example", r"https\://evil.example"),
        ("www.evil.example", r"www\.evil.example"),
        ("boss@evil.example", r"boss\@evil.example"),
        ("**bold**", r"\*\*bold\*\*"),
        ("_soft_ my_web_1", r"\_soft\_ my_web_1"),
        ("~~gone~~", r"\~\~gone\~\~"),
        ("back\\slash", r"back\\slash"),
        ("a\\|b", r"a\\\|b"),
        ("&lt;b&gt; & co", "&amp;lt;b&amp;gt; & co"),
    ],
)
def test_a_name_is_shown_as_it_is_and_acts_on_nothing(name: str, shown: str) -> None:
    assert cells(opportunity_line(name).replace(r"\\\|", "\\\\\\|"))[2] == shown


@settings(deadline=None, max_examples=60)
@given(st.text(alphabet="|`<>[]\\\n\r ab&;*_~!#", min_size=1))
def test_no_name_leaves_its_cell(name: str) -> None:
    line = opportunity_line(name)

    assert len(re.findall(r"(?<!\\)(?:\\\\)*\|", line)) == 11
    assert "<" not in line
    assert ">" not in line
    assert not re.search(r"(?<!\\)(?:\\\\)*[`\[]", line)


def test_causes_and_remedies_are_escaped_too() -> None:
    text = written(sources=(a_status(state=SourceState.DENIED, detail="<b>|", remedy="[x](y)"),))

    assert r"| gap: denied | &lt;b&gt;\| | \[x\](y) |" in text
    assert text.startswith("# Cost review of 2026-11-16: PARTIAL\n")


def test_the_name_of_a_source_is_escaped_where_it_is_a_headline() -> None:
    stated = StatedSavings("<img src=x>", "check", "id", None, "USD", 2)

    assert "**&lt;img src=x&gt;: unknown**" in written(stated=(stated,))


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        (a_recommendation(None), "unknown"),
        (a_recommendation("-30.37"), "costs more (-$30.37)"),
        (a_recommendation("43.07", not_applicable="It is stopped."), "does not apply ($43.07)"),
        (a_recommendation("0.00"), "$0.00"),
        (a_recommendation("7", billing_currency="EUR"), "7.00 EUR"),
    ],
)
def test_what_does_not_count_is_shown_as_such(said: Recommendation, shown: str) -> None:
    (line,) = [line for line in written(said).splitlines() if line.startswith("| 1 |")]

    assert cells(line)[4] == shown


def test_the_waterfall_is_shown_with_its_reasons() -> None:
    text = written(
        a_recommendation("10"), a_recommendation("9", ADVISOR), a_recommendation("4", action=ActionType.RIGHTSIZE)
    )

    assert "| All claims added up | $23.00 | everything that the sources claim |" in text
    assert "| Duplicates | -$9.00 | the same finding from another source |" in text
    assert "| Alternatives | -$4.00 |" in text
    assert "Not applicable" not in text, "a step that takes nothing is left out"
    assert "| Counted | $10.00 | $0.00 of it verified by the bill |" in text


def test_budgets_show_money_as_money_percentages_as_such_and_unknown_as_unknown() -> None:
    text = written(
        budgets=(
            Budget("total", "COST", "MONTHLY", "USD", Decimal(4000), Decimal("2210.45"), Decimal("4345.12")),
            Budget("cover", "RI_COVERAGE", "MONTHLY", "PERCENTAGE", Decimal("90.0"), Decimal("96.4"), None),
            Budget("new", "COST", "MONTHLY", "USD", None, Decimal(5), None),
        )
    )

    assert "| total | cost, monthly | forecast to exceed | $4,000.00 | $2,210.45 | $4,345.12 | $345.12 |  |" in text
    assert "| cover | ri coverage, monthly | not judged | 90.0 % | 96.4 % | unknown |  |  |" in text
    assert "| new | cost, monthly | not judged | unknown | $5.00 | unknown |  |" in text


def test_a_review_without_budgets_says_so() -> None:
    assert "## Budgets\n\nNot asked about." in written()


def rows_of(text: str, first: str) -> list[list[str]]:
    """The cells of the lines of a table that begin with this cell."""
    return [cells(line) for line in text.splitlines() if line.startswith(f"| {first} |")]


def test_a_budget_tells_what_it_measures_and_what_its_figures_lack() -> None:
    old = a_budget(limit_kind="PLANNED", metric="AmortizedCost", data_is_stale=True, filters=["Service: EC2"])
    explained = a_budget(name="told", data_is_stale=True, notes=["AWS cannot refresh its figures (MISSING)."])
    text = markdown_report(a_report(budgets=[old, explained]))

    ((_, kind, *_, note),) = rows_of(text, "monthly-total")
    assert kind == "cost, monthly, amortized cost, planned limit"
    assert note == "AWS cannot refresh its figures. Service: EC2"
    assert rows_of(text, "told")[0][-1] == "AWS cannot refresh its figures (MISSING)."


def test_spend_is_shown_by_month_account_and_service_with_its_new_level() -> None:
    spend = some_spend(
        months=[a_month(effective_cost="2300.10")], accounts=[an_account()], services=[a_service(step=a_step())]
    )
    text = markdown_report(a_report(spend=spend, forecast=a_forecast()))

    assert "Forecast for the month: $4,345.12." in text
    assert "This month, through 15 Nov 2026: $2,210.45." in text
    month = "$1,941.90 -$25.00 $293.55 $2,210.45 ($2,300.10 amortized) through 15 Nov 2026, estimated"
    assert " ".join(rows_of(text, "November 2026")[0][1:]) == month
    assert rows_of(text, "shop-production")[0][1:] == ["$3,573.85", "$1,941.90", "123456789012"]
    level = "▲ new level since 9 Nov 2026: $25.99 → $46.84 a day (+80.2 %)"
    assert rows_of(text, "EC2 - Other")[0][-2:] == ["+$145.97 (+80.2 %)", level]


def test_an_anomaly_has_what_was_expected_and_its_root_causes() -> None:
    text = markdown_report(a_report(anomalies=[an_anomaly(expected_spend=None, root_causes=[a_root_cause()])]))

    cause = "EC2 - Other, DataTransfer-Regional-Bytes, us-east-1, account shop-production: $143.20"
    assert rows_of(text, "EC2 - Other")[0][5:] == ["unknown", "$222.32", "$143.20", cause]


def test_named_resources_and_services_in_their_stead_stand_apart() -> None:
    resource = some_resource_spend(step=a_step(change_percent=None), trend_percent=None)
    text = markdown_report(a_report(resource_spend=[resource], service_basis=[a_service_basis()]))

    told = rows_of(text, "i-07c4e8b15da2f3962")[0]
    assert told[-2:] == ["unknown", "▲ new level since 9 Nov 2026: $25.99 → $46.84 a day (from nothing)"]
    basis = text.split("### Resources whose own cost the bill does not tell")[1]
    assert "The figures are those of the whole service, not of these resources" in basis
    line = "| Amazon Relational Database Service | $236.93 | $238.70 | ▲ 0.7 % | stands in for 1 resource |"
    assert line in basis


def test_commitments_and_options_are_shown_and_counted_nowhere() -> None:
    unknown = a_commitment_held(kind="Reservations", coverage_percent=None)
    option = a_commitment_option(
        kind="Reservations", service_name="Amazon RDS", description="db.r5.large", hourly_commitment=None, count="2"
    )
    report = a_report(commitments=[a_commitment_held(), unknown], commitment_options=[a_commitment_option(), option])
    text = markdown_report(report)

    assert rows_of(text, "Savings Plans")[0][1:-1] == ["62.45 %", "96.4 %", "$18.04", "$512.20", "$211.90"]
    assert rows_of(text, "Reservations")[0][1] == "unknown"
    assert "### Options that Cost Explorer proposes to buy" in text
    assert rows_of(text, "$0.132 an hour of Compute Savings Plans")[0][2:5] == ["$41.37 (23.1 %)", "$0.00", "unknown"]
    assert len(rows_of(text, "2 of Amazon RDS, db.r5.large")) == 1
    assert text.count("$41.37") == 2
    assert "$82.74" not in text


def test_what_is_empty_says_why_and_what_was_not_asked_about_is_left_out() -> None:
    rows = [
        a_coverage_row(source="SavingsPlans", state="NOT_NEEDED", detail="The bill shows none."),
        a_coverage_row(source="CommitmentOptions", state="DENIED", detail="<b>", is_gap=True),
        a_coverage_row(source="CostAnomalyDetection", state="NO_DATA"),
        a_coverage_row(source="CostExplorer", state="ERROR", is_gap=True),
    ]
    text = markdown_report(a_report(coverage=rows))

    assert "Savings Plans: Not asked for: The bill shows none." in text
    assert "Options to buy: Unknown: Commitment options could not be read. &lt;b&gt;" in text
    assert "Anomalies: None was seen." in text
    assert "Spend: Unknown: Cost Explorer could not be read." in text
    empty = markdown_report(an_empty_report())
    assert "## Commitments" not in empty
    assert "## Where spend is heading" not in empty


def test_what_an_agent_remarks_is_text_in_a_list_and_nothing_else() -> None:
    hostile = ["# one", "- two", "3. three", "<b>four</b>", "| five |", "===", "6) six"]
    text = markdown_report(a_report(remarks=[{"agent": "waste`agent", "remarks": hostile}]))

    shown = text.split("## What the agents remark\n\n")[1].split("\n\n## ")[0]
    assert shown.splitlines() == [
        r"**waste\`agent**",
        "",
        r"- \# one",
        r"- \- two",
        r"- 3\. three",
        "- &lt;b&gt;four&lt;/b&gt;",
        r"- \| five \|",
        r"- \===",
        r"- 6\) six",
    ]


def test_a_silent_agent_leaves_no_section() -> None:
    assert "remark" not in markdown_report(a_report(remarks=[{"agent": "quiet", "remarks": []}]))


def test_hostile_names_of_spend_and_commitments_stay_in_their_cells() -> None:
    hostile = "a|b\n<i>`c`"
    report = a_report(
        spend=some_spend(services=[a_service(service_name=hostile)], accounts=[an_account(account_name=hostile)]),
        anomalies=[an_anomaly(service_name=hostile, root_causes=[a_root_cause(account_name=hostile)])],
        service_basis=[a_service_basis(service_name=hostile)],
        commitments=[a_commitment_held(kind=hostile)],
        commitment_options=[a_commitment_option(description=hostile, term=hostile, account_id=hostile)],
        budgets=[a_budget(name=hostile, notes=[hostile], metric=hostile)],
    )
    text = markdown_report(report)

    assert "<i>" not in text
    assert "\n&lt;" not in text
    assert text.count(r"a\|b &lt;i&gt;\`c\`") == 12
