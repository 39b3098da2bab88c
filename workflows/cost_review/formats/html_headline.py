"""The top of the page: what can be saved, how much of that the bill verifies, and what needs a look first."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from workflows.cost_review.formats.views.budgets import BudgetRow
from workflows.cost_review.formats.views.changes import ChangesView
from workflows.cost_review.formats.views.codes import plain
from workflows.cost_review.summary import backing
from workflows.cost_review.words import amount, day_words

Json = Mapping[str, Any]


@dataclass(frozen=True)
class Split:
    """What stands behind a counted amount: how much of it the bill verifies, in percent, and all of it in a breath."""

    verified_percent: Decimal
    words: str


@dataclass(frozen=True)
class Headline:
    """What one currency's review comes to; an amount is None where nothing of its kind is counted."""

    billing_currency: str
    usage: str | None
    rate: str | None
    usage_split: Split | None
    rate_split: Split | None
    gross_usage: str | None
    note: str


@dataclass(frozen=True)
class Glance:
    """One thing to know before reading on, and where on the page it is told; tone is good, watch, bad or quiet."""

    label: str
    said: str
    place: str
    tone: str


def headlines(report: Json) -> tuple[Headline, ...]:
    """One a currency, the one with the most to do first: amounts in different currencies are never added up."""
    totals = sorted(report["totals"], key=lambda one: (-one["counted_opportunities"], one["billing_currency"]))
    return tuple(_headline(one, report["opportunities"]) for one in totals)


def _headline(totals: Json, opportunities: Iterable[Json]) -> Headline:
    currency = totals["billing_currency"]
    mine = [one for one in opportunities if one["billing_currency"] == currency and one["not_counted"] is None]
    usage, rate = ([one for one in mine if one["optimization_type"] == kind] for kind in ("Usage", "Rate"))
    return Headline(
        billing_currency=currency,
        usage=amount(totals["counted_usage"], currency) if usage else None,
        rate=amount(totals["counted_rate"], currency) if rate else None,
        usage_split=_split(totals, "usage", usage),
        rate_split=_split(totals, "rate", rate),
        gross_usage=amount(totals["gross_usage"], currency) if Decimal(totals["gross_usage"]) else None,
        note=_note(totals),
    )


def _note(totals: Json) -> str:
    """How many opportunities stand behind it."""
    counted, unknown = totals["counted_opportunities"], totals["unknown_savings"]
    untold = f"; for {unknown} the saving is unknown" if unknown else ""
    return f"{counted} of {totals['opportunities']} opportunities {'counts' if counted == 1 else 'count'}{untold}."


def narrowed(report: Json) -> tuple[str, ...]:
    """What the review left out because it was asked to; () where it looked at everything."""
    outside = report["outside_focus"]
    lie, are = ("recommendation lies", "is") if outside == 1 else ("recommendations lie", "are")
    left = (f"{outside:,} {lie} outside this review's scope and {are} in no figure.",) if outside else ()
    scope = sorted(report["review"]["scope"].items())
    return (*left, *(f"Only {plain(field)}: {', '.join(names)}" for field, names in scope if names))


def _split(totals: Json, kind: str, counted: Sequence[Json]) -> Split | None:
    words, whole = backing(totals, counted, kind), Decimal(totals[f"counted_{kind}"])
    if not words or whole <= 0:
        return None
    percent = Decimal(totals[f"verified_{kind}"]) * 100 / whole
    return Split(percent.quantize(Decimal("0.01")), f"{words[0].upper()}{words[1:]}.")


def glances(report: Json, budgets: Sequence[BudgetRow], changes: ChangesView | None) -> tuple[Glance, ...]:
    """What to look at first: budgets, what changed, what could not be seen."""
    return (*_budgets(budgets), *_changes(report, changes), *_gaps(report["coverage"]))


def _budgets(rows: Sequence[BudgetRow]) -> Iterator[Glance]:
    danger = [row.budget for row in rows if row.in_danger]
    if not rows:
        return
    if not danger:
        yield Glance("Budgets", f"None of {len(rows)} is in danger", "budgets", "good")
        return
    first, more = danger[0], len(danger) - 1
    breaks = (first.get("impact") or {}).get("breaks_on")
    stands = "is exceeded" if first["verdict"] == "EXCEEDED" else "is forecast to be exceeded"
    said = f"{first['name']} {f'breaks on {day_words(breaks)}' if breaks else stands}"
    yield Glance("Budgets", f"{said}{f', {more} more in danger' if more else ''}", "budgets", "bad")


def _changes(report: Json, changes: ChangesView | None) -> Iterator[Glance]:
    if changes is None:
        return
    if not changes.since:
        yield Glance("Since the last review", "Nothing to compare with yet", "changes", "quiet")
        return
    kinds = {"new": "new", "grown": "grown", "shrunk": "shrunk", "gone": "gone", "unknown": "cannot be told"}
    moved = [f"{len(report['changes'][kind])} {word}" for kind, word in kinds.items() if report["changes"][kind]]
    yield Glance(
        f"Since {changes.since}", ", ".join(moved) or "Nothing changed", "changes", "watch" if moved else "good"
    )


def _gaps(coverage: Sequence[Json]) -> Iterator[Glance]:
    gaps = sum(one["is_gap"] for one in coverage)
    if gaps:
        yield Glance("Could not be seen", f"{gaps} {'source' if gaps == 1 else 'sources'}", "gaps-title", "bad")
    elif coverage:
        yield Glance("Could not be seen", "Nothing: all that was asked about was read", "coverage", "good")
