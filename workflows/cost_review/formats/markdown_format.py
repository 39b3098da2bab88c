"""The report as Markdown, for a ticket or a pull request."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from workflows.cost_review.summary import amount

Json = Mapping[str, Any]
NOT_COUNTED = {
    "unknown_savings": "unknown",
    "negative": "costs more",
    "not_applicable": "not applicable",
}


def markdown_report(report: Json) -> str:
    """The whole report, readable as plain text too."""
    review = report["review"]
    parts = [
        f"# Cost review of {review['as_of']}: {report['status']}",
        _escaped(report["summary"]["text"]),
        "## Savings a month",
        _totals(report),
        "## What to do",
        _opportunities(report["opportunities"]),
        "## How the figure came about",
        *(_waterfall(one) for one in report["waterfalls"]),
        "## What the sources themselves state",
        *(_stated(one) for one in report["stated_by_sources"]),
        "## Budgets",
        _budgets(report["budgets"]),
        *_movements(report),
        "## What was looked at",
        _coverage(report["coverage"]),
        _run(report["run"]),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def _totals(report: Json) -> str:
    rows = [
        (
            one["billing_currency"],
            _usd(one, "counted_usage"),
            _usd(one, "counted_rate"),
            _usd(one, "gross_usage"),
            one["unknown_savings"],
        )
        for one in report["totals"]
    ]
    return _table(("currency", "counted usage", "counted commitments", "gross usage", "unknown"), rows)


def _opportunities(opportunities: Sequence[Json]) -> str:
    rows = [
        (
            one["rank"],
            one["action_type"],
            one["resource_name"] or one["resource_id"] or one["recommended_resource_summary"],
            one["region_id"],
            saving(one),
            ", ".join(one["sources"]),
            " ".join([one["not_applicable"], *one["notes"]]).strip(),
        )
        for one in opportunities
    ]
    return _table(("#", "action", "resource", "region", "saves", "said by", "note"), rows)


def saving(opportunity: Json) -> str:
    """The counted saving, or what is known of one that does not count."""
    currency = opportunity["billing_currency"]
    if opportunity["not_counted"] is None:
        return amount(opportunity["counted_monthly_savings"], currency)
    said = NOT_COUNTED[opportunity["not_counted"]]
    named = opportunity["estimated_monthly_savings"]
    return said if named is None else f"{said} ({amount(named, currency)})"


def _waterfall(waterfall: Json) -> str:
    currency = waterfall["billing_currency"]
    rows = [
        ("gross", amount(waterfall["gross"], currency), "everything that the sources claim"),
        *(
            (one["step"].replace("_", " "), amount(one["amount"], currency), one["reason"])
            for one in waterfall["steps"]
        ),
        ("counted", amount(waterfall["counted"], currency), ""),
    ]
    return f"**{waterfall['optimization_type']}**\n\n" + _table(("step", "amount", "why"), rows)


def _stated(stated: Json) -> str:
    currency = stated["billing_currency"]
    rows = [
        (one["name"], amount(one["estimated_monthly_savings"], currency), one["resources"])
        for one in stated["recommendations"]
    ]
    stated_total = amount(stated["estimated_monthly_savings"], currency)
    headline = f"**{_escaped(stated['source'])}: {stated_total}**"
    return f"{headline}\n\n" + _table(("recommendation", "states", "resources"), rows)


def _budgets(budgets: Sequence[Json]) -> str:
    rows = [
        (
            one["name"],
            one["verdict"].replace("_", " ").lower(),
            *(quantity(one[field], one["unit"]) for field in ("limit", "actual", "forecast")),
            amount(one["overrun"], one["unit"]) if one["overrun"] else "",
        )
        for one in budgets
    ]
    return _table(("budget", "verdict", "limit", "actual", "forecast", "over by"), rows) if rows else "None."


def quantity(value: str | None, unit: str) -> str:
    """A budget's figure with its unit; percentages and usage are not money."""
    if value is None:
        return "unknown"
    if unit == "PERCENTAGE":
        return f"{value} %"
    return amount(value, unit)


def _movements(report: Json) -> list[str]:
    forecast, anomalies = report["forecast"], report["anomalies"]
    said = []
    if forecast is not None and forecast["month_total"] is not None:
        said.append(f"Forecast for the month: {amount(forecast['month_total'], forecast['billing_currency'])}.")
    if anomalies:
        rows = [
            (
                one["service_name"],
                one["region_id"],
                one["start"] or "unknown",
                one["end"] or "running",
                amount(one["total_impact"], one["billing_currency"]),
            )
            for one in anomalies
        ]
        said.append(_table(("anomaly in", "region", "from", "to", "impact"), rows))
    return ["## Where spend is heading", *said] if said else []


def _coverage(rows: Sequence[Json]) -> str:
    cells = [
        (
            one["agent"],
            one["source"],
            one["region"],
            ("gap: " if one["is_gap"] else "") + one["state"],
            one["detail"],
            one["remedy"],
        )
        for one in rows
    ]
    return _table(("agent", "source", "region", "state", "detail", "remedy"), cells)


def _run(run: Json) -> str:
    cost = run["self_cost"]
    return (
        f"Review `{run['review_id']}`, {cost['aws_requests']} AWS requests, of which {cost['cost_explorer_requests']} "
        f"to Cost Explorer (${cost['cost_explorer_usd']})."
    )


def _usd(totals: Json, field: str) -> str:
    return amount(totals[field], totals["billing_currency"])


def _table(headers: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    lines = ["| " + " | ".join(headers) + " |", "|" + " --- |" * len(headers)]
    lines += ["| " + " | ".join(_escaped(str(cell)) for cell in row) + " |" for row in rows]
    return "\n".join(lines)


def _escaped(text: str) -> str:
    """The text in one line, with nothing in it that Markdown or HTML would act on."""
    flat = re.sub(r"&(?=#?\w+;)", "&amp;", re.sub(r"\s+", " ", text)).replace("<", "&lt;").replace(">", "&gt;")
    # A bare address becomes a link by its "://", its "www." or its "@"; "_" emphasises only at a word's edge.
    return re.sub(r"([|`\[\]\\*~@]|:(?=//)|(?<=www)\.|(?<!\w)_|_(?!\w))", r"\\\1", flat)
