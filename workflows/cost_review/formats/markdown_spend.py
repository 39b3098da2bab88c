"""The Markdown report's parts about budgets, spend, and commitments; a part that is empty says why."""

from collections.abc import Mapping
from typing import Any

from workflows.cost_review.formats.html_words import last_day
from workflows.cost_review.formats.markdown_text import escaped, table
from workflows.cost_review.formats.spend_parts import (
    Cell,
    Part,
    Row,
    Table,
    commitment_parts,
    options_part,
    spend_parts,
)
from workflows.cost_review.formats.spend_words import budget_kind, budget_notes, quantity, why_empty
from workflows.cost_review.summary import amount

Json = Mapping[str, Any]


def budgets_section(report: Json) -> list[str]:
    """Each budget with its figures, and what keeps them from being believed as they stand."""
    rows = [
        (
            one["name"],
            budget_kind(one),
            one["verdict"].replace("_", " ").lower(),
            *(quantity(one[field], one["unit"]) for field in ("limit", "actual", "forecast")),
            amount(one["overrun"], one["unit"]) if one["overrun"] else "",
            " ".join([*budget_notes(one), *one["filters"]]),
        )
        for one in report["budgets"]
    ]
    heads = ("budget", "kind", "verdict", "limit", "actual", "forecast", "over by", "note")
    return ["## Budgets", table(heads, rows) if rows else _why(report, "Budgets") or "Not asked about."]


def spend_section(report: Json) -> list[str]:
    """Where spend is and is heading: by month, account and service, anomalies, and the resources that were named."""
    said = [part for part in (_forecast(report), _month_to_date(report)) if part]
    said += [_titled(part) for part in spend_parts(report)]
    return ["## Where spend is heading", *said] if said else []


def commitments_section(report: Json) -> list[str]:
    """What is committed to, and what could be; none of it is in a total."""
    said = [_titled(part) for part in commitment_parts(report)]
    options = options_part(report)
    if options and options.table:
        said += [
            "### Options that Cost Explorer proposes to buy",
            "Terms and ways to pay exclude one another: do not add them up.",
            _written(options.table),
        ]
    elif options:
        said.append(f"Options to buy: {escaped(options.why)}")
    return ["## Commitments", "Nothing here is part of a total.", *said] if said else []


def _forecast(report: Json) -> str:
    forecast = report["forecast"]
    if forecast is not None and forecast["month_total"] is not None:
        return f"Forecast for the month: {amount(forecast['month_total'], forecast['billing_currency'])}."
    why = _why(report, "CostExplorerForecast")
    return f"Forecast for the month: unknown. {why}" if why else ""


def _month_to_date(report: Json) -> str:
    spend = report["spend"]
    if not spend:
        why = _why(report, "CostExplorer")
        return f"Spend: {why}" if why else ""
    return f"This month, through {last_day(spend['end'])}: {amount(spend['month_to_date'], spend['billing_currency'])}."


def _titled(part: Part) -> str:
    if part.table is None:
        return f"{part.title}: {escaped(part.why)}"
    return f"### {part.title}\n\n{part.table.caption}:\n\n{_written(part.table)}"


def _written(one: Table) -> str:
    notes = [_note(row) for row in one.rows]
    rows = [(row.name, *map(_cell, row.cells), note) for row, note in zip(one.rows, notes, strict=True)]
    return table((*one.heads, "note"), rows) if any(notes) else table(one.heads, [row[:-1] for row in rows])


def _cell(cell: Cell) -> str:
    return f"{cell.text} ({cell.small})" if cell.small else cell.text


def _note(row: Row) -> str:
    return "; ".join(part for part in (row.below, row.note, row.folded.in_short if row.folded else "") if part)


def _why(report: Json, source: str) -> str:
    return escaped(why_empty(report["coverage"], source))
