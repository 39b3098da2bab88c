"""Opportunities in Markdown: the ranked list, what does not count, and each one opened."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from workflows.cost_review.formats.markdown_text import escaped, paragraph, table
from workflows.cost_review.formats.views.budgets import named
from workflows.cost_review.formats.views.codes import told
from workflows.cost_review.formats.views.opportunity import Line, OpportunityView, opportunity_view, saves
from workflows.cost_review.formats.views.words import action_words, how
from workflows.cost_review.words import amount, source_words
from workflows.resource_words import type_words

Json = Mapping[str, Any]
MOST_ROWS = 500
"""Rows of one list: report.json and report.csv hold all."""


def counted_table(opportunities: Sequence[Json]) -> str:
    """What to do in its order; "Nothing" where nothing counts."""
    counted = [one for one in opportunities if one["not_counted"] is None]
    if not counted:
        return "Nothing that can be counted."
    heads = ("#", "action", "resource", "region", "saves", "bill", "confidence", "owner", "said by", "note")
    return _limited(
        table(heads, map(_counted, map(opportunity_view, counted[:MOST_ROWS])), right=("#", "saves")), len(counted)
    )


def _counted(view: OpportunityView) -> tuple[object, ...]:
    one = view.one
    return (
        one["rank"],
        action_words(one["action_type"]),
        _resource(one),
        one["region_id"],
        amount(one["counted_monthly_savings"], one["billing_currency"]),
        view.standing,
        view.level,
        view.owner or "nobody named",
        _sources(one),
        " ".join([*map(told, one["notes"]), *(["At list prices."] if view.at_list else []), view.decided]).strip(),
    )


def not_counted_table(opportunities: Sequence[Json]) -> Iterator[str]:
    """What does not count, and why; nothing where all of it does."""
    others = [one for one in opportunities if one["not_counted"] is not None]
    if not others:
        return
    heads = ("#", "action", "resource", "region", "not counted", "said by", "why")
    rows = (
        (
            one["rank"],
            action_words(one["action_type"]),
            _resource(one),
            one["region_id"],
            saves(one),
            _sources(one),
            " ".join(
                [
                    one["not_applicable"],
                    *(told(taken["reason"]) for taken in one.get("deductions", ())),
                    *map(told, one["notes"]),
                    opportunity_view(one).decided,
                ]
            ).strip(),
        )
        for one in others[:MOST_ROWS]
    )
    yield "### Not counted"
    yield _limited(table(heads, rows, right=("#", "not counted")), len(others))


def _limited(written: str, number: int) -> str:
    more = number - MOST_ROWS
    return f"{written}\n\nAnd {more:,} more: report.json and report.csv hold all." if more > 0 else written


def _resource(one: Json) -> str:
    return str(one["resource_name"] or one["resource_id"] or one["recommended_resource_summary"])


def _sources(one: Json) -> str:
    return ", ".join(map(source_words, one["sources"]))


def opened(one: Json) -> str:
    """One opportunity with all that is known of it."""
    view, saved = opportunity_view(one), amount(one["counted_monthly_savings"], one["billing_currency"])
    parts = [
        f"### {one['rank']}. {escaped(named(one))}: {saved} a month",
        paragraph(_place(one)),
        _figures(("what counts", "a month", "why"), view.sums),
        escaped(_verified(one)),
        _figures(("who says it", "states", "how"), view.says),
        escaped(view.apart),
        _figures((f"confidence: {view.level}, {view.score}", "points", ""), view.sure) if view.level else "",
        *_way(view.how_to),
        _bullets("Whose it is, and what was decided", (_owner(view), view.decided or "Nothing is decided yet.")),
    ]
    return "\n\n".join(part for part in parts if part)


def _place(one: Json) -> str:
    now, then = one["current_resource_summary"], one["recommended_resource_summary"]
    changed = f"{now} to {then}" if now and then else now
    account = f"account {one['account_id']}" if one["account_id"] else ""
    known = (type_words(one["resource_type"]), changed, one["region_id"], account, how(one))
    return f"{', '.join(part for part in known if part)}. Opportunity {one['opportunity_id']}."


def _figures(heads: tuple[str, str, str], lines: Sequence[Line]) -> str:
    """A line each, its figure to the right; the last column is left out where nothing is in it."""
    width = 3 if any(line.below for line in lines) else 2
    rows = [(line.text, line.figure, line.below)[:width] for line in lines]
    return table(heads[:width], rows, right=heads[1:2])


def _verified(one: Json) -> str:
    if one["not_counted"] is not None or "verified" not in one:
        return ""
    return (
        "The bill verifies it." if one["verified"] else f"Not verified by the bill: {told(one['unverified_because'])}"
    )


def _owner(view: OpportunityView) -> str:
    return f"Owner: {view.owner or 'nobody is named'}" + (f" ({view.owner_from})" if view.owner_from else "")


def _bullets(head: str, sentences: Iterable[str]) -> str:
    lines = "\n".join(f"- {paragraph(one)}" for one in sentences if one)
    return f"**{head}**\n\n{lines}"


def _way(way: Json) -> Iterator[str]:
    if not way:
        return
    yield _bullets("How to carry it out: check first", map(told, way["checks"]))
    if way["commands"]:
        yield _fenced("\n".join(way["commands"]))
    yield "\n".join(
        f"- {paragraph(told(one))}" for one in (f"Restart: {way['restart']}", f"Way back: {way['rollback']}")
    )


def _fenced(commands: str) -> str:
    """A block that can be copied; its fence is longer than any run of backticks in it, so that none of them ends it."""
    longest = max((len(run) for run in re.findall("`+", commands)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}sh\n{commands}\n{fence}"
