"""The review in a few sentences, worded from the report's own figures."""

from collections.abc import Mapping, Sequence
from typing import Any

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


def summary(report: Mapping[str, Any]) -> str:
    """What can be saved, by which actions, which budgets are in danger and what was not seen."""
    sentences = [_headline(report), _actions(report["opportunities"]), _budgets(report["budgets"]), _unseen(report)]
    return " ".join(sentence for sentence in sentences if sentence)


def _headline(report: Mapping[str, Any]) -> str:
    if not report["totals"]:
        outside = report["outside_focus"]
        return f"No source proposes a saving{f' within the scope, {outside} outside it' if outside else ''}."
    return " ".join(_in_one_currency(totals) for totals in report["totals"])


def _in_one_currency(totals: Mapping[str, Any]) -> str:
    counted, rate, gross = (
        amount(totals[field], totals["billing_currency"]) for field in ("counted_usage", "counted_rate", "gross_usage")
    )
    claimed = f"; the sources together claim {gross} for usage, of which not all can be had" if gross != counted else ""
    unknown = totals["unknown_savings"]
    unnamed = f" Without an amount, and in no figure: {unknown} more." if unknown else ""
    if not totals["counted_opportunities"]:
        return f"No saving with an amount can be counted in {totals['billing_currency']}{claimed}.{unnamed}"
    return f"{counted} a month can be saved by using less, and {rate} by commitments{claimed}.{unnamed}"


def _actions(opportunities: Sequence[Mapping[str, Any]]) -> str:
    counted = [one for one in opportunities if one["not_counted"] is None][:MOST_ACTIONS]
    if not counted:
        return ""
    return f"First: {'; '.join(_action(one) for one in counted)}."


def _action(opportunity: Mapping[str, Any]) -> str:
    named = ("resource_name", "resource_id", "recommended_resource_summary")
    what = next((opportunity[field] for field in named if opportunity[field]), "it")
    saving = amount(opportunity["counted_monthly_savings"], opportunity["billing_currency"])
    return f"{VERBS[opportunity['action_type']]} {what} ({saving})"


def _budgets(budgets: Sequence[Mapping[str, Any]]) -> str:
    said = {
        "EXCEEDED": "is exceeded, and expected to end over its limit",
        "FORECAST_TO_EXCEED": "is forecast to be exceeded",
    }
    endangered = [
        f"Budget {one['name']} {said[one['verdict']]} by {amount(one['overrun'], one['unit'])}."
        for one in budgets
        if one["verdict"] in said
    ]
    return " ".join(endangered)


def _unseen(report: Mapping[str, Any]) -> str:
    gaps = [row for row in report["coverage"] if row["is_gap"]]
    if not gaps:
        return "Everything that was asked about could be read."
    where = sorted({f"{row['source']} {row['region']}".strip() for row in gaps})
    return f"Not seen: {', '.join(where)}; what they would have said is unknown."


def amount(value: str | None, currency: str) -> str:
    """The amount as a person writes it: $1,234.56, or 1,234.56 EUR; "unknown" where there is none."""
    if value is None:
        return "unknown"
    sign, digits = ("-", value[1:]) if value.startswith("-") else ("", value)
    whole, _, fraction = digits.partition(".")
    written = f"{int(whole):,}" + (f".{fraction}" if fraction else "")
    return f"{sign}${written}" if currency == "USD" else f"{sign}{written} {currency}"
