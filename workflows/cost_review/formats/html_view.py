"""What the page shows, in the order in which it shows it; each figure stays as the report writes it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from itertools import groupby
from typing import Any

from workflows.cost_review.formats.html_headline import Glance, Headline, glances, headlines, narrowed
from workflows.cost_review.formats.html_tables import MOST_ROWS, excerpt
from workflows.cost_review.formats.run_drawing import RunDrawing, run_drawing
from workflows.cost_review.formats.spend_drawing import DailyDrawing, daily_drawing
from workflows.cost_review.formats.views.bridge import BridgeView, bridge_view
from workflows.cost_review.formats.views.budgets import BudgetRow, budget_rows
from workflows.cost_review.formats.views.changes import (
    ChangesView,
    changes_view,
    decided_parts,
    last_good,
    realised_totals,
)
from workflows.cost_review.formats.views.codes import told
from workflows.cost_review.formats.views.opportunity import OpportunityView, opportunity_view
from workflows.cost_review.formats.views.spend import (
    Cell,
    Part,
    Row,
    Table,
    commitment_parts,
    options_part,
    spend_parts,
)
from workflows.cost_review.formats.views.spend_words import remarks_by_agent
from workflows.cost_review.formats.views.words import OUTCOMES, duration, moment, step_name
from workflows.cost_review.formats.waterfall_drawing import WaterfallDrawing, waterfall_drawings
from workflows.cost_review.words import amount, day_words, source_words

Json = Mapping[str, Any]
MOST_OPPORTUNITIES = 500


@dataclass(frozen=True)
class Group:
    """Opportunities that belong together, in their rank's order."""

    title: str
    opportunities: tuple[OpportunityView, ...]


@dataclass(frozen=True)
class WaterfallView:
    """A drawing, and behind it what each of its steps takes away; steps that take nothing are left out of both."""

    drawing: WaterfallDrawing
    steps: tuple[Part, ...]


@dataclass(frozen=True)
class AgentRemarks:
    """What one agent says beside its figures: the first of it, and how much it is in all."""

    agent: str
    shown: tuple[str, ...]
    number: int


@dataclass(frozen=True)
class View:
    """Everything that the template needs beside the report itself; failures is () where the audit passed."""

    failures: tuple[str, ...]
    audited: tuple[str, ...]
    headlines: tuple[Headline, ...]
    narrowed: tuple[str, ...]
    glances: tuple[Glance, ...]
    gaps: tuple[tuple[str, tuple[Json, ...]], ...]
    groups: tuple[Group, ...]
    opportunities_left_out: int
    budgets: tuple[BudgetRow, ...]
    changes: ChangesView | None
    last_good: Table | None
    decided: tuple[Part, ...]
    realised: tuple[str, ...]
    waterfalls: tuple[WaterfallView, ...]
    bridge: BridgeView | None
    stated: tuple[Part, ...]
    daily: DailyDrawing | None
    days: Table | None
    spend: tuple[Part, ...]
    commitments: tuple[Part, ...]
    options: Part | None
    remarks: tuple[AgentRemarks, ...]
    run: RunDrawing
    states: Table
    most_rows: int = MOST_ROWS

    @property
    def sections(self) -> tuple[tuple[str, str], ...]:
        """The page's sections in their order: where each is, and its title in the contents."""
        told = not self.failures
        shown = {
            ("opportunities", "What to do"): told,
            ("budgets", "Budgets"): told,
            ("changes", "What changed"): self.changes or self.last_good,
            ("decided", "What was decided"): self.decided,
            ("waterfall", "How the figure comes about"): told,
            ("coverage", "What was looked at"): True,
            ("spend", "Spend"): told,
            ("commitments", "Commitments"): told and (self.commitments or self.options),
            ("stated", "What the sources state"): told,
            ("remarks", "Remarks"): self.remarks,
            ("run", "The run"): True,
        }
        return tuple(section for section, is_shown in shown.items() if is_shown)


def view(report: Json) -> View:
    """The page's view of the report."""
    daily = daily_drawing(report["spend"], report["anomalies"]) if report["spend"] else None
    spend, opportunities, audit = report["spend"], report["opportunities"], report.get("audit") or {}
    budgets, changes = budget_rows(report), changes_view(report)
    return View(
        failures=tuple(map(told, audit.get("failures", ()))),
        audited=tuple(audit.get("checks", ())),
        headlines=headlines(report),
        narrowed=narrowed(report),
        glances=glances(report, budgets, changes),
        gaps=_gaps(report["coverage"]),
        groups=_groups(opportunities[:MOST_OPPORTUNITIES]),
        opportunities_left_out=max(len(opportunities) - MOST_OPPORTUNITIES, 0),
        budgets=budgets,
        changes=changes,
        last_good=last_good(report),
        decided=decided_parts(report),
        realised=realised_totals(report),
        waterfalls=_waterfalls(report["waterfalls"]),
        bridge=bridge_view(report),
        stated=tuple(_stated(one) for one in report["stated_by_sources"]),
        daily=daily,
        days=_days(daily, spend["billing_currency"]) if daily else None,
        spend=spend_parts(report),
        commitments=commitment_parts(report),
        options=options_part(report),
        remarks=tuple(AgentRemarks(agent, said[:MOST_ROWS], len(said)) for agent, said in remarks_by_agent(report)),
        run=run_drawing(report),
        states=_states(report["run"]["steps"]),
    )


def _gaps(coverage: Iterable[Json]) -> tuple[tuple[str, tuple[Json, ...]], ...]:
    """The gaps by agent, in the coverage's order."""
    gaps = [row for row in coverage if row["is_gap"]]
    return tuple((agent, tuple(rows)) for agent, rows in groupby(gaps, key=lambda row: str(row["agent"])))


def _waterfalls(waterfalls: Sequence[Json]) -> tuple[WaterfallView, ...]:
    """Each drawing with what its steps take away; a waterfall of which no amount is known has nothing to draw."""
    steps = {(one["billing_currency"], one["optimization_type"]): one["steps"] for one in waterfalls}
    return tuple(
        WaterfallView(drawing, _steps(steps[drawing.billing_currency, drawing.optimization_type], drawing))
        for drawing in waterfall_drawings(waterfalls)
        if Decimal(drawing.bars[0].amount) > 0
    )


def _steps(steps: Iterable[Json], drawing: WaterfallDrawing) -> tuple[Part, ...]:
    return tuple(_taken(step, drawing.billing_currency) for step in steps if step["items"])


def _taken(step: Json, currency: str) -> Part:
    items = sorted(step["items"], key=_biggest_first)
    title = f"{step_name(step['step'])}: {len(items):,} taken away, {amount(step['amount'], currency)}"
    heads = ("resource", "source", "why", "amount")
    return Part(title, excerpt(step["reason"], heads, items, partial(_item, currency=currency), texts=2))


def _item(item: Json, *, currency: str) -> Row:
    taken = amount(item["amount"], currency)
    return Row(
        item["resource_id"] or "–", (Cell(source_words(item["source"])), Cell(told(item["reason"])), Cell(taken))
    )


def _groups(opportunities: Sequence[Json]) -> tuple[Group, ...]:
    groups = {
        "Use less": [one for one in opportunities if one["not_counted"] is None and not _is_rate(one)],
        "Pay a better rate": [one for one in opportunities if one["not_counted"] is None and _is_rate(one)],
        "Not counted": [one for one in opportunities if one["not_counted"] is not None],
    }
    return tuple(Group(title, tuple(map(opportunity_view, some))) for title, some in groups.items() if some)


def _is_rate(opportunity: Json) -> bool:
    return bool(opportunity["optimization_type"] == "Rate")


def _stated(stated: Json) -> Part:
    """What one source states; its total is unknown where it names no amount, and a minimum where it names some."""
    currency, claims = stated["billing_currency"], stated["recommendations"]
    amounts = [one["estimated_monthly_savings"] for one in claims]
    known = any(one is not None for one in amounts)
    total = amount(stated["estimated_monthly_savings"] if known else None, currency)
    least = "at least " if known and None in amounts else ""
    heads = ("recommendation", "check", "resources", "states")
    title = f"{source_words(stated['source'])} states {least}{total} a month"
    return Part(title, excerpt("Its own recommendations", heads, claims, partial(_claim, currency=currency), texts=1))


def _claim(one: Json, *, currency: str) -> Row:
    states = amount(one["estimated_monthly_savings"], currency)
    return Row(one["name"], (Cell(one["reference"]), Cell(str(one["resources"])), Cell(states)))


def _days(drawing: DailyDrawing, currency: str) -> Table:
    marked = (((day.estimated, "estimated"), (day.is_anomalous, "within an anomaly")) for day in drawing.days)
    rows = (
        Row(
            day_words(day.day),
            (Cell(", ".join(word for is_so, word in marks if is_so)), Cell(amount(day.billed_cost, currency))),
        )
        for day, marks in zip(drawing.days, marked, strict=True)
    )
    return Table("Billed cost by day", ("day", "remark", "billed"), tuple(rows), texts=1)


def _states(steps: Sequence[Json]) -> Table:
    heads = ("state", "agent", "outcome", "entered", "took", "retries", "requests", "paid")
    caption = "The states of the run, and what they asked of AWS"
    return Table(caption, heads, tuple(map(_state, steps)), texts=3)


def _state(step: Json) -> Row:
    outcome: str = OUTCOMES.get(step["outcome"]) or step["outcome"]
    counts = ("retry", "requests", "cost_explorer_requests")
    return Row(
        step["state"],
        (
            Cell(step["agent"]),
            Cell(f"{outcome}: {step['error']}" if step["error"] else outcome),
            Cell(moment(step["entered_at"]) if "entered_at" in step else ""),
            Cell(duration(step.get("duration_ms"))),
            *(Cell(str(step.get(count, ""))) for count in counts),
        ),
    )


def _biggest_first(item: Json) -> tuple[Decimal, str, str]:
    return -Decimal(item["amount"]), item["resource_id"], item["recommendation_id"]
