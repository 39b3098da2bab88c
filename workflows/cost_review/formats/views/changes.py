"""What changed since the last review, what is only remembered, and what people decided, as tables.

They hold every row: what a format leaves out of them, it says.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from workflows.cost_review.formats.views.budgets import named
from workflows.cost_review.formats.views.codes import (
    CHANGES,
    DECISIONS,
    EXEMPTIONS,
    GONE_BECAUSE,
    plain,
    told,
)
from workflows.cost_review.formats.views.spend import Cell, Part, Row, Table
from workflows.cost_review.formats.views.words import action_words
from workflows.cost_review.words import amount, day_words
from workflows.resource_words import type_words

Json = Mapping[str, Any]
MOVES = ("new", "grown", "shrunk", "gone", "unknown", "within_a_cent")
MOVE_HEADS = {"unknown": "cannot be told", "within_a_cent": "within a cent"}


@dataclass(frozen=True)
class ChangesView:
    """since is "" where there is no review to compare with; then said tells why. No tables where nothing moved."""

    since: str
    said: str
    totals: Table | None = None
    rows: Table | None = None


def changes_view(report: Json) -> ChangesView | None:
    """What changed; None for a report that does not speak of changes at all."""
    changes = report.get("changes")
    if not changes:
        because = report.get("no_changes_because")
        return ChangesView("", told(because)) if because else None
    since, before = changes["since"], changes["since"].get("status", "COMPLETE")
    partial = "" if before == "COMPLETE" else f" That review was {plain(before)}: not all sources could be read."
    moved = [kind for kind in CHANGES if changes[kind]]
    stand = changes["unchanged"]
    same = (
        f"{stand:,} {'stands' if stand == 1 else 'stand'} as before."
        if moved
        else f"Nothing: all {stand:,} stand as before."
    )
    return ChangesView(
        since=day_words(since["as_of"]),
        said=f"{same}{partial}",
        totals=_totals(changes["totals"]) if moved else None,
        rows=_changed(changes) if moved else None,
    )


def _totals(totals: Sequence[Json]) -> Table:
    moves = [move for move in MOVES if any(Decimal(one.get(move) or 0) for one in totals)]
    rows = (
        Row(
            f"{'Usage' if one['optimization_type'] == 'Usage' else 'Commitments'}, {one['billing_currency']}",
            tuple(
                Cell(move(one.get(field), one["billing_currency"]))
                for field, move in (
                    ("counted_before", amount),
                    *((each, _moved) for each in moves),
                    ("counted_now", amount),
                )
            ),
        )
        for one in totals
    )
    heads = ("counted a month", "then", *(MOVE_HEADS.get(move, move) for move in moves), "now")
    return Table("From the last counted total to this one, to the cent", heads, tuple(rows))


def _changed(changes: Json) -> Table:
    heads = ("what", "change", "why", "then", "now", "difference")
    rows = [(kind, row) for kind in CHANGES for row in changes[kind]]
    return Table("What counts of each a month, then and now", heads, tuple(map(_change, rows)), texts=2)


def _change(change: tuple[str, Json]) -> Row:
    kind, one = change
    currency, because = one["billing_currency"], GONE_BECAUSE.get(one.get("because", ""), "")
    reason = told(one["reason"])
    return Row(
        named(one),
        (
            Cell(CHANGES[kind]),
            Cell(f"{because}: {reason}" if because and because not in reason else reason),
            Cell(_known(one["before"], currency, "–" if kind == "new" else "unknown")),
            Cell(_known(one["after"], currency, "–" if kind in ("gone", "unknown") else "unknown")),
            Cell(_moved(one["difference"], currency)),
        ),
        below=_where(one),
    )


def last_good(report: Json) -> Table | None:
    """What nobody could be heard about this time; None where there is nothing of it."""
    remembered = report.get("last_good") or ()
    if not remembered:
        return None
    reasons = tuple(dict.fromkeys(told(one["sources_missing"]) for one in remembered))
    apart = len(reasons) > 1
    caption = "None of this is in any figure of this page." + ("" if apart else f" {reasons[0]}")
    heads = ("what", *(("why nobody says it now",) if apart else ()), "last seen", "was stated, a month")
    rows = tuple(_remembered(one, apart=apart) for one in remembered)
    return Table(caption, heads, rows, texts=2 if apart else 1)


def _remembered(one: Json, *, apart: bool) -> Row:
    why = (Cell(told(one["sources_missing"])),) if apart else ()
    stated = Cell(amount(one["estimated_monthly_savings"], one["billing_currency"]))
    return Row(named(one), (*why, Cell(day_words(one["last_seen"])), stated), below=_where(one))


def decided_parts(report: Json) -> tuple[Part, ...]:
    """What was carried out and what the bill shows of it; what the reviewed file of exemptions sets aside."""
    done, exempt = report.get("realised_savings") or {}, report.get("exemptions") or ()
    found = {one["opportunity_id"]: one for one in report["opportunities"]}
    parts = (
        Part("Carried out, and what the bill shows of it", _realised(done.get("rows", ()), found)),
        Part("Exempted by the reviewed file", _exempted(exempt)),
    )
    return tuple(part for part in parts if part.table and part.table.rows)


def realised_totals(report: Json) -> tuple[str, ...]:
    """A sentence a currency; () where nothing was carried out."""
    return tuple(map(_realised_total, (report.get("realised_savings") or {}).get("totals", ())))


def _realised_total(one: Json) -> str:
    currency, judged, waiting = one["billing_currency"], one["judged"], one["waiting"]
    waits = f"{waiting} {'waits' if waiting == 1 else 'wait'} for days that are settled on the bill" if waiting else ""
    if one["realised_monthly_savings"] is None:
        return f"In {currency} the bill shows nothing of what was carried out yet{f': {waits}' if waits else ''}."
    realised, counted = (amount(one[f"{kind}_monthly_savings"], currency) for kind in ("realised", "counted"))
    also = f"; {waits}" if waits else ""
    return f"{realised} a month is realised by the bill, where {counted} was counted, of {judged} carried out{also}."


def _realised(rows: Sequence[Json], found: Mapping[str, Json]) -> Table:
    heads = ("what", "stands", "done on", "counted", "before, a day", "after, a day", "realised a month")
    caption = "None of this is in what can be saved"
    return Table(caption, heads, tuple(_carried_out(row, found=found) for row in rows), texts=2)


def _carried_out(one: Json, *, found: Mapping[str, Json]) -> Row:
    currency, known = one["billing_currency"], found.get(one["opportunity_id"])
    return Row(
        named(known) if known else one["resource_key"].rpartition("/")[2] or one["opportunity_id"],
        (
            Cell(DECISIONS.get(one["state"]) or plain(one["state"])),
            Cell(day_words(one["done_on"])),
            Cell(amount(one["counted_monthly_savings"], currency)),
            *(_pace(one[when], currency) for when in ("before", "after")),
            Cell(amount(one["realised_monthly_savings"], currency)),
        ),
        note=told(one["basis"]),
    )


def _pace(pace: Json | None, currency: str) -> Cell:
    if pace is None:
        return Cell("unknown")
    return Cell(amount(pace["a_day"], currency), f"{pace['days']} days to {day_words(pace['until'])}")


def _exempted(exemptions: Sequence[Json]) -> Table:
    heads = ("pattern", "why", "until", "stands", "matches", "sets aside, a month")
    return Table("Set aside by a rule that people reviewed", heads, tuple(map(_exemption, exemptions)), texts=3)


def _exemption(one: Json) -> Row:
    state = EXEMPTIONS.get(one["state"]) or plain(one["state"])
    aside = ", ".join(amount(each["monthly_savings"], each["billing_currency"]) for each in one["set_aside"])
    only = [action_words(one["action"]) if one["action"] else "", f"account {one['account']}" if one["account"] else ""]
    return Row(
        one["pattern"],
        (
            Cell(one["reason"]),
            Cell(day_words(one["expires"]), "expires soon" if one["expires_soon"] else ""),
            Cell(state),
            Cell(str(one["matched"])),
            Cell(aside or "nothing"),
        ),
        below=", ".join(each for each in only if each),
    )


def _where(one: Json) -> str:
    return ", ".join(each for each in (type_words(one["resource_type"]), one["region_id"]) if each)


def _known(value: str | None, currency: str, none: str) -> str:
    return none if value is None else amount(value, currency)


def _moved(value: str | None, currency: str) -> str:
    """The difference with its sign; "–" where there is none."""
    if value is None:
        return "unknown"
    moved = Decimal(value)
    return f"{'+' if moved > 0 else ''}{amount(value, currency)}" if moved else "–"
