"""The way from Cost Optimization Hub's own total to ours, as a table of the page."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from workflows.cost_review.formats.views.budgets import named
from workflows.cost_review.formats.views.codes import BRIDGE_KINDS, told
from workflows.cost_review.formats.views.spend import Cell, Row, Table
from workflows.cost_review.formats.views.words import step_name
from workflows.cost_review.words import amount

Json = Mapping[str, Any]


@dataclass(frozen=True)
class BridgeView:
    """summed leads from theirs to ours by kinds, lines hold each difference; both are None where why_none says why."""

    why_none: str = ""
    summed: Table | None = None
    lines: Table | None = None
    request_ids: tuple[str, ...] = ()


def bridge_view(report: Json) -> BridgeView | None:
    """The bridge in words; None for a report that holds none."""
    bridge = report.get("bridge")
    if not bridge:
        return None
    if bridge["theirs"] is None:
        return BridgeView(told(bridge["reason"]))
    found = {one["opportunity_id"]: one for one in report["opportunities"]}
    return BridgeView(
        summed=_summed(bridge),
        lines=_lines(bridge["lines"], found, bridge["billing_currency"]) if bridge["lines"] else None,
        request_ids=tuple(
            f"{one['operation']} answered {one['raw']} at {one['pointer']}, request {one['request_id']}"
            for one in bridge["evidence"]
        ),
    )


def _summed(bridge: Json) -> Table:
    currency = bridge["billing_currency"]
    kinds: dict[str, list[Decimal]] = {}
    for line in bridge["lines"]:
        kinds.setdefault(line["kind"], []).append(Decimal(line["amount"]))
    rows = [
        Row("Cost Optimization Hub's own total", (Cell(""), Cell(amount(bridge["theirs"], currency)))),
        *(
            Row(_kind(kind), (Cell(f"{len(moves):,}"), Cell(_signed(sum(moves, Decimal(0)), currency))))
            for kind, moves in kinds.items()
        ),
    ]
    unexplained = Decimal(bridge["unexplained"])
    if unexplained:
        rows.append(Row("Not explained by what the Hub names", (Cell(""), Cell(_signed(unexplained, currency)))))
    rows.append(
        Row("What this review counts, usage and commitments", (Cell(""), Cell(amount(bridge["ours"], currency))))
    )
    caption = f"{currency} a month; only here are usage and commitments one sum, because the Hub's total is"
    return Table(caption, ("from the Hub's total to ours", "items", "amount"), tuple(rows))


def _lines(lines: Sequence[Json], found: Mapping[str, Json], currency: str) -> Table:
    rows = tuple(_line(one, found=found, currency=currency) for one in lines)
    heads = ("what", "why", "amount")
    return Table("Above zero where this review counts more than the Hub", heads, rows, texts=1)


def _line(one: Json, *, found: Mapping[str, Json], currency: str) -> Row:
    known = found.get(one["opportunity_id"])
    why = Cell(_kind(one["kind"]), told(one["reason"]))
    return Row(named(known) if known else one["opportunity_id"], (why, Cell(_signed(Decimal(one["amount"]), currency))))


def _kind(kind: str) -> str:
    return BRIDGE_KINDS.get(kind) or step_name(kind)


def _signed(value: Decimal, currency: str) -> str:
    return f"{'+' if value > 0 else ''}{amount(format(value, 'f'), currency)}"
