"""Budgets as the page tells them: when each breaks, and what the counted savings can still do about it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from workflows.cost_review.formats.spend_drawing import BudgetBar, budget_bar
from workflows.cost_review.formats.views.codes import told
from workflows.cost_review.formats.views.spend import Cell, Row, Table
from workflows.cost_review.formats.views.spend_words import quantity
from workflows.cost_review.formats.views.words import action_words, last_day
from workflows.cost_review.words import amount, day_words

Json = Mapping[str, Any]
DANGER_FIRST = ("EXCEEDED", "FORECAST_TO_EXCEED", "UNKNOWN", "WITHIN")
IN_DANGER = ("EXCEEDED", "FORECAST_TO_EXCEED")


@dataclass(frozen=True)
class BudgetRow:
    """A budget with its bar (None where there is nothing to draw), what becomes of it, and what brings it back.

    outlook is one sentence that stands for all; said and caveats are the rest.
    """

    budget: Json
    bar: BudgetBar | None
    outlook: str
    said: tuple[str, ...]
    caveats: tuple[str, ...]
    actions: Table | None

    @property
    def in_danger(self) -> bool:
        return self.budget["verdict"] in IN_DANGER


def budget_rows(report: Json) -> tuple[BudgetRow, ...]:
    """Every budget, those in danger first."""
    places = {verdict: place for place, verdict in enumerate(DANGER_FIRST)}
    budgets = sorted(report["budgets"], key=lambda one: (places.get(one["verdict"], len(places)), one["name"]))
    found = {one["opportunity_id"]: one for one in report["opportunities"]}
    return tuple(_row(one, found) for one in budgets)


def _row(budget: Json, found: Mapping[str, Json]) -> BudgetRow:
    impact = budget.get("impact")
    if not impact:
        return BudgetRow(budget, budget_bar(budget), "", (), (), None)
    return BudgetRow(
        budget=budget,
        bar=budget_bar(budget),
        outlook=_outlook(budget, impact),
        said=tuple(_said(budget, impact)),
        caveats=tuple(impact["caveats"]),
        actions=_actions(impact["actions"], found, budget["unit"], impact["period_end"]),
    )


def _outlook(budget: Json, impact: Json) -> str:
    outlook, unit = impact["outlook"], budget["unit"]
    if outlook == "CANNOT_BE_TOLD":
        return f"What becomes of it cannot be told. {told(impact['reason'])}".rstrip()
    if outlook == "HOLDS":
        return "It holds by its forecast."
    when = f"It breaks on {day_words(impact['breaks_on'])}." if impact["breaks_on"] else "Its limit is passed already."
    if outlook == "CAN_BE_BROUGHT_BACK":
        number = len(impact["actions"])
        these = "This one saving brings" if number == 1 else f"These {number} savings bring"
        return f"{when} {these} the forecast back under its limit, if carried out now:"
    if outlook == "DEPENDS":
        return f"{when} Whether the savings bring it back depends on some of which it cannot be told if they are in it."
    missing = quantity(impact["missing"], unit)
    return f"{when} No set of counted savings brings it back: with all of them, {missing} is still missing."


def _said(budget: Json, impact: Json) -> Iterator[str]:
    unit = budget["unit"]
    if impact["matching"]:
        until = last_day(impact["period_end"])
        each = "saving is" if impact["matching"] == 1 else "savings are"
        yield (
            f"{impact['matching']} counted {each} in it, worth {quantity(impact['savings_in_period'], unit)}"
            f" in the {_days(impact['days_left'])} left (to {until}),"
            f" {_verified(impact, unit)} of that verified by the bill."
        )
    elif impact["matching"] == 0:
        yield "No counted saving is in it."
    if impact["untold"]:
        which = told("; ".join(impact["open_conditions"]))
        yield (
            f"Of {impact['untold']} more, worth {quantity(impact['untold_in_period'], unit)} in that time, it cannot"
            f" be told whether they are in it{f' ({which})' if which else ''}."
        )


def _verified(impact: Json, unit: str) -> str:
    verified = impact["verified_in_period"]
    if verified == impact["savings_in_period"]:
        return "all"
    return quantity(verified, unit) if Decimal(verified) else "none"


def _actions(actions: Sequence[Json], found: Mapping[str, Json], unit: str, end: str | None) -> Table | None:
    if not actions:
        return None
    heads = ("action", "owner", "saves a month", f"until {last_day(end)}" if end else "in its period")
    rows = tuple(_action(one, found=found, unit=unit) for one in actions)
    return Table("The fewest that are enough, the biggest first", heads, rows, texts=1)


def _action(one: Json, *, found: Mapping[str, Json], unit: str) -> Row:
    known = found.get(one["opportunity_id"])
    owner = ((known or {}).get("owner") or {}).get("name") or "no owner"
    monthly = amount(known["counted_monthly_savings"], known["billing_currency"]) if known else "unknown"
    in_period = Cell(quantity(one["in_period"], unit), "on the bill" if one["verified"] else "not verified")
    return Row(
        named(known) if known else one["opportunity_id"],
        (Cell(owner), Cell(monthly), in_period),
        below=f"number {known['rank']} of what to do" if known else "",
    )


def named(one: Json) -> str:
    """What is done to what: Rightsize web-2 (i-07c4e8b15da2f3962)."""
    what = one["resource_name"] or one["resource_id"] or one.get("recommended_resource_summary") or ""
    also = f" ({one['resource_id']})" if one["resource_name"] and one["resource_id"] not in ("", what) else ""
    return f"{action_words(one['action_type'])} {what}{also}".rstrip()


def _days(number: int) -> str:
    return f"{number} day{'' if number == 1 else 's'}"
