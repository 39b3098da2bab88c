"""The report as Markdown, for a ticket or a pull request: the most important first."""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from workflows.cost_review.audit import FAILED
from workflows.cost_review.formats.markdown_opportunity import counted_table, not_counted_table, opened
from workflows.cost_review.formats.markdown_spend import (
    budgets_section,
    commitments_section,
    spend_section,
    titled,
    written,
)
from workflows.cost_review.formats.markdown_text import escaped, paragraph, table
from workflows.cost_review.formats.views.bridge import bridge_view
from workflows.cost_review.formats.views.changes import changes_view, decided_parts, last_good, realised_totals
from workflows.cost_review.formats.views.codes import told
from workflows.cost_review.formats.views.spend_words import remarks_by_agent
from workflows.cost_review.formats.views.words import STATES, step_name
from workflows.cost_review.summary import backing
from workflows.cost_review.words import amount, source_words

Json = Mapping[str, Any]
MOST_OPENED = 20
"""Opportunities with all their details: what a ticket has room for. report.json and report.html hold all."""
KINDS = {"usage": "using less", "rate": "commitments"}


def markdown_report(report: Json) -> str:
    """The whole report, readable as plain text too; one that failed its audit says why and states no figure."""
    sections = _failed(report) if report["status"] == FAILED else _sections(report)
    parts = [f"# Cost review of {report['review']['as_of']}: {report['status']}", *sections]
    parts += ["## What was looked at", _coverage(report["coverage"]), _run(report)]
    return "\n\n".join(part for part in parts if part) + "\n"


def _failed(report: Json) -> Iterator[str]:
    yield "**This report failed its audit, so it states no figure.** What was found:"
    yield "\n".join(f"- {paragraph(reason)}" for reason in report["audit"]["failures"])


def _sections(report: Json) -> Iterator[str]:
    opportunities = report["opportunities"]
    yield paragraph(report["summary"]["text"])
    yield "## Savings a month"
    yield _totals(report)
    yield "## What to do"
    yield counted_table(opportunities)
    yield from not_counted_table(opportunities)
    yield from budgets_section(report)
    yield from _changes(report)
    yield from _decided(report)
    yield "## How the figure came about"
    in_order = sorted(
        report["waterfalls"], key=lambda one: (one["billing_currency"], one["optimization_type"] != "Usage")
    )
    yield from map(_waterfall, in_order)
    yield from _bridge(report)
    yield "## What the sources themselves state"
    yield from (_stated(one) for one in report["stated_by_sources"])
    yield from spend_section(report)
    yield from commitments_section(report)
    yield from _opened(opportunities)
    yield from _remarks(report)


def _totals(report: Json) -> str:
    rows = [
        (
            words,
            amount(one[f"counted_{kind}"], one["billing_currency"]),
            amount(one.get(f"verified_{kind}"), one["billing_currency"]),
            backing(one, report["opportunities"], kind),
            amount(one[f"gross_{kind}"], one["billing_currency"]),
        )
        for one in report["totals"]
        for kind, words in KINDS.items()
    ]
    heads = ("by", "counted", "verified by the bill", "what stands behind it", "sources claim")
    return table(heads, rows, right=("counted", "verified by the bill", "sources claim"))


def _changes(report: Json) -> Iterator[str]:
    view = changes_view(report)
    if view is not None:
        yield f"## Since the {f'review of {view.since}' if view.since else 'last review'}"
        yield escaped(view.said)
        yield from (written(one) for one in (view.totals, view.rows) if one)
    remembered = last_good(report)
    if remembered:
        yield "## Last good findings of sources that were silent: NOT counted"
        yield f"{remembered.caption}:"
        yield written(remembered)


def _decided(report: Json) -> Iterator[str]:
    parts, sentences = decided_parts(report), realised_totals(report)
    if parts or sentences:
        yield "## What was decided"
        yield from map(escaped, sentences)
        yield from map(titled, parts)


def _waterfall(waterfall: Json) -> str:
    """The steps that take something, and what is left."""
    currency = waterfall["billing_currency"]
    rows = [
        (step_name("gross"), amount(waterfall["gross"], currency), "everything that the sources claim"),
        *(
            (step_name(one["step"]), amount(one["amount"], currency), one["reason"])
            for one in waterfall["steps"]
            if Decimal(one["amount"])
        ),
        (step_name("counted"), amount(waterfall["counted"], currency), _proven(waterfall)),
    ]
    kind = {"Usage": "Using less", "Rate": "Commitments"}.get(waterfall["optimization_type"], "")
    return f"**{kind}, {currency} a month**\n\n" + table(("step", "amount", "why"), rows, right=("amount",))


def _proven(waterfall: Json) -> str:
    verified = waterfall.get("verified")
    return "" if verified is None else f"{amount(verified, waterfall['billing_currency'])} of it verified by the bill"


def _bridge(report: Json) -> Iterator[str]:
    view = bridge_view(report)
    if view is None:
        return
    yield "## From Cost Optimization Hub's own total to ours"
    if view.why_none:
        yield escaped(view.why_none)
    yield from (f"{one.caption}:\n\n{written(one)}" for one in (view.summed, view.lines) if one)


def _stated(stated: Json) -> str:
    currency = stated["billing_currency"]
    rows = [
        (one["name"], amount(one["estimated_monthly_savings"], currency), one["resources"])
        for one in stated["recommendations"]
    ]
    stated_total = amount(stated["estimated_monthly_savings"], currency)
    headline = f"**{escaped(source_words(stated['source']))}: {stated_total}**"
    return f"{headline}\n\n" + table(("recommendation", "states", "resources"), rows, right=("states", "resources"))


def _opened(opportunities: Sequence[Json]) -> Iterator[str]:
    counted = [one for one in opportunities if one["not_counted"] is None]
    if not counted:
        return
    yield "## Each saving in detail"
    yield from map(opened, counted[:MOST_OPENED])
    if len(counted) > MOST_OPENED:
        yield f"And {len(counted) - MOST_OPENED:,} more: report.json and report.html hold all."


def _remarks(report: Json) -> list[str]:
    said = [
        f"**{escaped(agent)}**\n\n" + "\n".join(f"- {paragraph(one)}" for one in remarks)
        for agent, remarks in remarks_by_agent(report)
    ]
    return ["## What the agents remark", *said] if said else []


def _coverage(rows: Sequence[Json]) -> str:
    cells = [
        (
            one["agent"],
            source_words(one["source"]),
            one["region"],
            ("gap: " if one["is_gap"] else "") + _state(one["state"]),
            told(one["detail"]),
            one["remedy"],
        )
        for one in rows
    ]
    return table(("agent", "source", "region", "state", "detail", "remedy"), cells)


def _state(state: str) -> str:
    return STATES[state][1] if state in STATES else state.replace("_", " ").lower()


def _run(report: Json) -> str:
    cost, audit = report["run"]["self_cost"], report.get("audit") or {}
    agrees = " Its figures were worked out a second time, and agree." if audit.get("passed") else ""
    return (
        f"Review `{report['run']['review_id']}`, {cost['aws_requests']} AWS requests, of which "
        f"{cost['cost_explorer_requests']} to Cost Explorer (${cost['cost_explorer_usd']}).{agrees}"
    )
