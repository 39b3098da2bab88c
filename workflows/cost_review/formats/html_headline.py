"""The top of the page: what can be saved, how much of that the bill verifies, and what needs a look first."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from workflows.cost_review.formats.html_budgets import BudgetRow
from workflows.cost_review.formats.html_changes import ChangesView
from workflows.cost_review.formats.html_opportunity import is_at_list
from workflows.cost_review.formats.html_words import day_words
from workflows.cost_review.summary import amount
from workflows.money import in_cents, total

Json = Mapping[str, Any]


@dataclass(frozen=True)
class Split:
    """A counted amount by what stands behind it: verified_percent of it is verified by the bill; at_list may be ""."""

    verified: str
    unverified: str
    verified_percent: Decimal
    at_list: str

    @property
    def words(self) -> str:
        """One breath: what the bill verifies, what it does not, and what is at list prices."""
        if self.verified_percent >= 100:
            said = "All of it is verified by the bill"
        elif self.verified_percent <= 0:
            said = "None of it is verified by the bill"
        else:
            said = f"{self.verified} of it is verified by the bill, {self.unverified} is not"
        return f"{said}; {self.at_list} is at list prices, before the account's discounts." if self.at_list else f"{said}."


@dataclass(frozen=True)
class Headline:
    """What one currency's review comes to; an amount is None where nothing of its kind is counted."""

    billing_currency: str
    usage: str | None
    rate: str | None
    usage_split: Split | None
    rate_split: Split | None
    gross_usage: str | None
    totals: Json


@dataclass(frozen=True)
class Glance:
    """One thing to know before reading on, and where on the page it is told; tone is good, watch, bad or quiet."""

    label: str
    said: str
    place: str
    tone: str


def headlines(report: Json) -> tuple[Headline, ...]:
    """One a currency: amounts in different currencies are never added up."""
    return tuple(_headline(one, report["opportunities"]) for one in report["totals"])


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
        totals=totals,
    )


def _split(totals: Json, kind: str, counted: Sequence[Json]) -> Split | None:
    verified, whole, currency = totals.get(f"verified_{kind}"), Decimal(totals[f"counted_{kind}"]), totals["billing_currency"]
    if verified is None or whole <= 0:
        return None
    at_list = total(_exact(one) for one in counted if is_at_list(one))
    return Split(
        verified=amount(verified, currency),
        unverified=amount(in_cents(whole - Decimal(verified)), currency),
        verified_percent=(Decimal(verified) * 100 / whole).quantize(Decimal("0.01")),
        at_list=amount(in_cents(at_list), currency) if at_list else "",
    )


def _exact(one: Json) -> Decimal:
    return Decimal(one.get("counted_monthly_savings_exact") or one["counted_monthly_savings"])


def glances(report: Json, budgets: Sequence[BudgetRow], changes: ChangesView | None) -> tuple[Glance, ...]:
    """What to look at first: budgets, what changed, what could not be seen."""
    return tuple((*_budgets(budgets), *_changes(report, changes), *_gaps(report["coverage"])))


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
    yield Glance(f"Since {changes.since}", ", ".join(moved) or "Nothing changed", "changes", "watch" if moved else "good")


def _gaps(coverage: Sequence[Json]) -> Iterator[Glance]:
    gaps = sum(one["is_gap"] for one in coverage)
    if gaps:
        yield Glance("Could not be seen", f"{gaps} {'source' if gaps == 1 else 'sources'}", "gaps-title", "bad")
    elif coverage:
        yield Glance("Could not be seen", "Nothing: all that was asked about was read", "coverage", "good")
