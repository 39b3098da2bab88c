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
    assert "| USD | $1,234.50 | $41.30 | $1,234.50 | 0 |" in text
    assert "| 1 | Stop | i-1 | us-east-1 | $1,234.50 | CostOptimizationHub |  |" in text
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

    assert len(re.findall(r"(?<!\\)(?:\\\\)*\|", line)) == 8
    assert "<" not in line
    assert ">" not in line
    assert not re.search(r"(?<!\\)(?:\\\\)*[`\[]", line)


def test_causes_and_remedies_are_escaped_too() -> None:
    text = written(sources=(a_status(state=SourceState.DENIED, detail="<b>|", remedy="[x](y)"),))

    assert r"| gap: DENIED | &lt;b&gt;\| | \[x\](y) |" in text
    assert text.startswith("# Cost review of 2026-11-16: PARTIAL\n")


def test_the_name_of_a_source_is_escaped_where_it_is_a_headline() -> None:
    stated = StatedSavings("<img src=x>", "check", "id", None, "USD", 2)

    assert "**&lt;img src=x&gt;: unknown**" in written(stated=(stated,))


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        (a_recommendation(None), "unknown"),
        (a_recommendation("-30.37"), "costs more (-$30.37)"),
        (a_recommendation("43.07", not_applicable="It is stopped."), "not applicable ($43.07)"),
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

    assert "| gross | $23.00 | everything that the sources claim |" in text
    assert "| duplicates | -$9.00 | the same finding from another source |" in text
    assert "| alternatives | -$4.00 |" in text
    assert "| not applicable | $0.00 |" in text
    assert "| counted | $10.00 |" in text


def test_budgets_show_money_as_money_percentages_as_such_and_unknown_as_unknown() -> None:
    text = written(
        budgets=(
            Budget("total", "COST", "MONTHLY", "USD", Decimal(4000), Decimal("2210.45"), Decimal("4345.12")),
            Budget("cover", "RI_COVERAGE", "MONTHLY", "PERCENTAGE", Decimal("90.0"), Decimal("96.4"), None),
            Budget("new", "COST", "MONTHLY", "USD", None, Decimal(5), None),
        )
    )

    assert "| total | forecast to exceed | $4,000.00 | $2,210.45 | $4,345.12 | $345.12 |" in text
    assert "| cover | unknown | 90.0 % | 96.4 % | unknown |  |" in text
    assert "| new | unknown | unknown | $5.00 | unknown |  |" in text


def test_a_review_without_budgets_says_so() -> None:
    assert "## Budgets\n\nNone." in written()
