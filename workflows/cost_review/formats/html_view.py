"""What the page shows, in the order in which it shows it; each figure stays as the report writes it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby
from typing import Any

from workflows.cost_review.formats.run_drawing import RunDrawing, run_drawing
from workflows.cost_review.formats.spend_drawing import BudgetBar, DailyDrawing, budget_bar, daily_drawing
from workflows.cost_review.formats.spend_parts import Part, commitment_parts, options_part, spend_parts
from workflows.cost_review.formats.spend_words import remarks_by_agent
from workflows.cost_review.formats.waterfall_drawing import WaterfallDrawing, waterfall_drawings
from workflows.cost_review.summary import amount

Json = Mapping[str, Any]
MOST_OPPORTUNITIES = 500
MOST_ROWS = 200
"""Rows of one list on the page: a browser copes with them, report.json and report.csv hold all."""
DANGER_FIRST = ("EXCEEDED", "FORECAST_TO_EXCEED", "UNKNOWN", "WITHIN")


@dataclass(frozen=True)
class Shown:
    """The first rows of a list, and how many more there are."""

    rows: tuple[Json, ...]
    left_out: int


@dataclass(frozen=True)
class Headline:
    """What one currency's review comes to; an amount is None where nothing of its kind is counted."""

    billing_currency: str
    usage: str | None
    rate: str | None
    gross_usage: str | None
    totals: Json


@dataclass(frozen=True)
class Group:
    """Opportunities that belong together, in their rank's order."""

    title: str
    opportunities: tuple[Json, ...]


@dataclass(frozen=True)
class BudgetRow:
    """A budget with its bar; bar is None where it has no figure to draw."""

    budget: Json
    bar: BudgetBar | None


@dataclass(frozen=True)
class StatedRow:
    """What one source states; its total is unknown where it names no amount, and a minimum where it names some."""

    stated: Json
    total: str
    is_minimum: bool
    recommendations: Shown


@dataclass(frozen=True)
class AgentRemarks:
    """What one agent says beside its figures: the first of it, and how much it is in all."""

    agent: str
    shown: tuple[str, ...]
    number: int


@dataclass(frozen=True)
class View:
    """Everything that the template needs beside the report itself."""

    headlines: tuple[Headline, ...]
    gaps: tuple[tuple[str, tuple[Json, ...]], ...]
    waterfalls: tuple[tuple[WaterfallDrawing, tuple[tuple[Json, Shown], ...]], ...]
    groups: tuple[Group, ...]
    opportunities_left_out: int
    stated: tuple[StatedRow, ...]
    budgets: tuple[BudgetRow, ...]
    daily: DailyDrawing | None
    spend: tuple[Part, ...]
    commitments: tuple[Part, ...]
    options: Part | None
    remarks: tuple[AgentRemarks, ...]
    run: RunDrawing
    most_rows: int = MOST_ROWS


def view(report: Json) -> View:
    """The page's view of the report."""
    spend, opportunities = report["spend"], report["opportunities"]
    return View(
        headlines=tuple(_headline(one, opportunities) for one in report["totals"]),
        gaps=_gaps(report["coverage"]),
        waterfalls=_waterfalls(report["waterfalls"]),
        groups=_groups(opportunities[:MOST_OPPORTUNITIES]),
        opportunities_left_out=max(len(opportunities) - MOST_OPPORTUNITIES, 0),
        stated=tuple(_stated(one) for one in report["stated_by_sources"]),
        budgets=tuple(BudgetRow(one, budget_bar(one)) for one in _danger_first(report["budgets"])),
        daily=daily_drawing(spend, report["anomalies"]) if spend else None,
        spend=spend_parts(report),
        commitments=commitment_parts(report),
        options=options_part(report),
        remarks=tuple(AgentRemarks(agent, said[:MOST_ROWS], len(said)) for agent, said in remarks_by_agent(report)),
        run=run_drawing(report),
    )


def _headline(totals: Json, opportunities: Iterable[Json]) -> Headline:
    currency = totals["billing_currency"]
    mine = [one for one in opportunities if one["billing_currency"] == currency]
    counted = {one["optimization_type"] for one in mine if one["not_counted"] is None}
    return Headline(
        billing_currency=currency,
        usage=amount(totals["counted_usage"], currency) if "Usage" in counted else None,
        rate=amount(totals["counted_rate"], currency) if "Rate" in counted else None,
        gross_usage=amount(totals["gross_usage"], currency) if Decimal(totals["gross_usage"]) else None,
        totals=totals,
    )


def _gaps(coverage: Iterable[Json]) -> tuple[tuple[str, tuple[Json, ...]], ...]:
    """The gaps by agent, in the coverage's order."""
    gaps = [row for row in coverage if row["is_gap"]]
    return tuple((agent, tuple(rows)) for agent, rows in groupby(gaps, key=lambda row: str(row["agent"])))


def _waterfalls(
    waterfalls: Sequence[Json],
) -> tuple[tuple[WaterfallDrawing, tuple[tuple[Json, Shown], ...]], ...]:
    """Each drawing with what its steps take away; a waterfall of which no amount is known has nothing to draw."""
    steps = {(one["billing_currency"], one["optimization_type"]): one["steps"] for one in waterfalls}
    return tuple(
        (
            drawing,
            tuple(
                (step, _first_rows(sorted(step["items"], key=_biggest_first)))
                for step in steps[drawing.billing_currency, drawing.optimization_type]
                if step["items"]
            ),
        )
        for drawing in waterfall_drawings(waterfalls)
        if Decimal(drawing.bars[0].amount) > 0
    )


def _groups(opportunities: Sequence[Json]) -> tuple[Group, ...]:
    groups = {
        "Use less": [one for one in opportunities if one["not_counted"] is None and not _is_rate(one)],
        "Pay a better rate": [one for one in opportunities if one["not_counted"] is None and _is_rate(one)],
        "Not counted": [one for one in opportunities if one["not_counted"] is not None],
    }
    return tuple(Group(title, tuple(members)) for title, members in groups.items() if members)


def _is_rate(opportunity: Json) -> bool:
    return bool(opportunity["optimization_type"] == "Rate")


def _stated(stated: Json) -> StatedRow:
    amounts = [one["estimated_monthly_savings"] for one in stated["recommendations"]]
    known = any(one is not None for one in amounts)
    return StatedRow(
        stated=stated,
        total=amount(stated["estimated_monthly_savings"] if known else None, stated["billing_currency"]),
        is_minimum=known and None in amounts,
        recommendations=_first_rows(stated["recommendations"]),
    )


def _danger_first(budgets: Iterable[Json]) -> list[Json]:
    places = {verdict: place for place, verdict in enumerate(DANGER_FIRST)}
    return sorted(budgets, key=lambda one: (places.get(one["verdict"], len(places)), one["name"]))


def _biggest_first(item: Json) -> tuple[Decimal, str, str]:
    return -Decimal(item["amount"]), item["resource_id"], item["recommendation_id"]


def _first_rows(rows: Sequence[Json]) -> Shown:
    return Shown(tuple(rows[:MOST_ROWS]), max(len(rows) - MOST_ROWS, 0))
