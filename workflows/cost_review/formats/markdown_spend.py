"""The Markdown report's parts about budgets, spend, and commitments; a part that is empty says why."""

from collections.abc import Iterator, Mapping
from typing import Any

from workflows.cost_review.formats.markdown_text import escaped, table
from workflows.cost_review.formats.views.budgets import BudgetRow, budget_rows
from workflows.cost_review.formats.views.spend import (
    Cell,
    Part,
    Row,
    Table,
    commitment_parts,
    options_part,
    spend_parts,
)
from workflows.cost_review.formats.views.spend_words import budget_kind, budget_notes, quantity, why_empty
from workflows.cost_review.formats.views.words import VERDICTS, last_day
from workflows.cost_review.words import amount

Json = Mapping[str, Any]


def budgets_section(report: Json) -> list[str]:
    """Each budget with its figures, those in danger first, and what the counted savings can do about them."""
    rows = budget_rows(report)
    if not rows:
        return ["## Budgets", _why(report, "Budgets") or "Not asked about."]
    figures = ("limit", "actual", "forecast", "over by")
    heads = ("budget", "kind", "verdict", *figures, "note")
    said = [part for row in rows if row.in_danger for part in _danger(row)]
    return ["## Budgets", *said, table(heads, [_budget(row.budget) for row in rows], right=figures)]


def _budget(one: Json) -> tuple[str, ...]:
    return (
        one["name"],
        budget_kind(one),
        VERDICTS[one["verdict"]][1] if one["verdict"] in VERDICTS else one["verdict"].replace("_", " ").lower(),
        *(quantity(one[field], one["unit"]) for field in ("limit", "actual", "forecast")),
        amount(one["overrun"], one["unit"]) if one["overrun"] else "",
        " ".join([*budget_notes(one), *one["filters"]]),
    )


def _danger(row: BudgetRow) -> Iterator[str]:
    said = " ".join(part for part in (row.outlook, *row.said, *row.caveats) if part)
    if said:
        yield f"**{escaped(row.budget['name'])}**: {escaped(said)}"
    if row.actions:
        yield written(row.actions)


def spend_section(report: Json) -> list[str]:
    """Where spend is and is heading: by month, account and service, anomalies, and the resources that were named."""
    said = [part for part in (_forecast(report), _month_to_date(report)) if part]
    said += [titled(part) for part in spend_parts(report)]
    return ["## Where spend is heading", *said] if said else []


def commitments_section(report: Json) -> list[str]:
    """What is committed to, and what could be; none of it is in a total."""
    said = [titled(part) for part in commitment_parts(report)]
    options = options_part(report)
    if options and options.table:
        said += [
            "### Options that Cost Explorer proposes to buy",
            "Terms and ways to pay exclude one another: do not add them up.",
            written(options.table),
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


def titled(part: Part) -> str:
    """The part under its title, or why it is empty."""
    if part.table is None:
        return f"{part.title}: {escaped(part.why)}"
    return f"### {part.title}\n\n{part.table.caption}:\n\n{written(part.table)}"


def written(one: Table) -> str:
    """The table, figures to the right, with a column of notes where there is one."""
    notes = [_note(row) for row in one.rows]
    rows = [(row.name, *map(_cell, row.cells), note) for row, note in zip(one.rows, notes, strict=True)]
    right = one.heads[1 + one.texts :]
    if any(notes):
        return table((*one.heads, "note"), rows, right=right)
    return table(one.heads, [row[:-1] for row in rows], right=right)


def _cell(cell: Cell) -> str:
    return f"{cell.text} ({cell.small})" if cell.small else cell.text


def _note(row: Row) -> str:
    return "; ".join(part for part in (row.below, row.note, row.folded.in_short if row.folded else "") if part)


def _why(report: Json, source: str) -> str:
    return escaped(why_empty(report["coverage"], source))
