"""The review in a few sentences, worded from the report's own figures."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from workflows.cost_review.words import amount, day_words, listed, source_words
from workflows.money import in_cents, total

MOST_ACTIONS = 3
VERBS = {
    "Stop": "stop",
    "Delete": "delete",
    "ScaleIn": "scale in",
    "Rightsize": "rightsize",
    "Upgrade": "upgrade",
    "MigrateToGraviton": "move to Graviton",
    "PurchaseSavingsPlans": "buy Savings Plans for",
    "PurchaseReservedInstances": "buy Reserved Instances for",
    "Review": "review",
}
PRICES = {"List": "at list prices", "Unknown": "at unstated prices"}
"""The bases that take from a figure's worth; what is after discounts needs no word."""
Json = Mapping[str, Any]


def summary(report: Json) -> str:
    """What can be saved and how far that is proven, by which actions, which budgets are in danger, what changed, and
    what was not seen."""
    sentences = [
        _headline(report),
        _actions(report["opportunities"]),
        *(_budget(one) for one in report["budgets"] if one["verdict"] in IN_DANGER),
        _changes(report),
        _unseen(report),
    ]
    return " ".join(sentence for sentence in sentences if sentence)


def _headline(report: Json) -> str:
    if not report["totals"]:
        outside = report["outside_focus"]
        return f"No source proposes a saving{f' within the scope, {outside} outside it' if outside else ''}."
    return " ".join(_in_one_currency(totals, report["opportunities"]) for totals in report["totals"])


def _in_one_currency(totals: Json, opportunities: Sequence[Json]) -> str:
    currency = totals["billing_currency"]
    counted, rate, gross = (
        amount(totals[field], currency) for field in ("counted_usage", "counted_rate", "gross_usage")
    )
    claimed = f"; the sources together claim {gross} for usage, of which not all can be had" if gross != counted else ""
    unknown = totals["unknown_savings"]
    unnamed = f" Without an amount, and in no figure: {unknown} more." if unknown else ""
    if not totals["counted_opportunities"]:
        return f"No saving with an amount can be counted in {currency}{claimed}.{unnamed}"
    using, paying = (_in_brackets(backing(totals, opportunities, kind)) for kind in ("usage", "rate"))
    return f"{counted} a month can be saved by using less{using}, and {rate} by commitments{paying}{claimed}.{unnamed}"


def _in_brackets(text: str) -> str:
    return f" ({text})" if text else ""


def backing(totals: Json, opportunities: Sequence[Json], kind: str) -> str:
    """How much of a currency's counted "usage" or "rate" the bill verifies, and how much is not after discounts.

    "" where nothing counts, or where the report is of a version that did not tell.
    """
    counted, currency = Decimal(totals[f"counted_{kind}"]), totals["billing_currency"]
    verified = totals.get(f"verified_{kind}")
    if not counted or verified is None:
        return ""
    return "; ".join(
        (_verified(counted, Decimal(verified), currency), *_prices(opportunities, kind, currency, counted))
    )


def _verified(counted: Decimal, verified: Decimal, currency: str) -> str:
    if not verified:
        return "none of it verified by the bill"
    if verified == counted:
        return "all of it verified by the bill"
    proven, rest = (amount(in_cents(part), currency) for part in (verified, counted - verified))
    return f"{proven} verified by the bill, {rest} not"


def _prices(opportunities: Sequence[Json], kind: str, currency: str, counted: Decimal) -> list[str]:
    mine = [
        one
        for one in opportunities
        if one["not_counted"] is None
        and one["billing_currency"] == currency
        and one["optimization_type"].lower() == kind
    ]
    parts = []
    for basis, words in PRICES.items():
        of_basis = [one for one in mine if one["said_by"] and one["said_by"][0]["savings_basis"] == basis]
        exact = total(Decimal(one["counted_monthly_savings_exact"]) for one in of_basis)
        written = in_cents(exact)
        if exact and written is not None:
            parts.append(f"all {words}" if Decimal(written) == counted else f"{amount(written, currency)} {words}")
    return parts


def _actions(opportunities: Sequence[Json]) -> str:
    counted = [one for one in opportunities if one["not_counted"] is None][:MOST_ACTIONS]
    if not counted:
        return ""
    return f"First: {'; '.join(_action(one) for one in counted)}."


def _action(opportunity: Json) -> str:
    named = ("resource_name", "resource_id", "recommended_resource_summary")
    what = next((opportunity[field] for field in named if opportunity[field]), "it")
    saving = amount(opportunity["counted_monthly_savings"], opportunity["billing_currency"])
    return f"{VERBS[opportunity['action_type']]} {what} ({saving})"


IN_DANGER = {
    "EXCEEDED": "is exceeded, and expected to end over its limit",
    "FORECAST_TO_EXCEED": "is forecast to be exceeded",
}


def _budget(budget: Json) -> str:
    over = amount(budget["overrun"], budget["unit"])
    return f"Budget {budget['name']} {IN_DANGER[budget['verdict']]} by {over}.{_brought_back(budget)}"


def _brought_back(budget: Json) -> str:
    """What the counted savings can do about it; "" where that cannot be told."""
    impact = budget.get("impact") or {}
    breaks = f" It breaks on {day_words(impact['breaks_on'])}" if impact.get("breaks_on") else ""
    if impact.get("outlook") == "CAN_BE_BROUGHT_BACK":
        number = len(impact["actions"])
        enough = "one saving is" if number == 1 else f"{number} savings are"
        return f"{breaks + ';' if breaks else ' Now'} {enough} enough to bring it back."
    if impact.get("outlook") == "CANNOT_BE_BROUGHT_BACK" and impact["missing"] is not None:
        missing = amount(impact["missing"], budget["unit"])
        return f"{breaks + ';' if breaks else ' Even'} with every counted saving in it {missing} is still missing."
    return f"{breaks}." if breaks else ""


KINDS = {"new": "new", "grown": "grown", "shrunk": "shrunk", "gone": "gone"}


def _changes(report: Json) -> str:
    changes = report.get("changes")
    if not changes:
        return ""
    counts = {word: len(changes[kind]) for kind, word in KINDS.items()}
    # What a source names that is heard again is not new.
    again = sum(bool(row.get("named_again")) for row in changes["new"])
    counts = {"new": counts.pop("new") - again, "named again": again, **counts}
    moved = [f"{count} {word}" for word, count in counts.items() if count]
    silent = len(changes["unknown"])
    unknown = f"; of {silent} nothing can be told, because a source was missing" if silent else ""
    return f"Since the review of {day_words(changes['since']['as_of'])}: {listed(moved) or 'no change'}{unknown}."


def _unseen(report: Json) -> str:
    gaps = [row for row in report["coverage"] if row["is_gap"]]
    if not gaps:
        return "Everything that was asked about could be read."
    where = sorted({f"{source_words(row['source'])} {row['region']}".strip() for row in gaps})
    return f"Not seen: {', '.join(where)}; what they would have said is unknown."
