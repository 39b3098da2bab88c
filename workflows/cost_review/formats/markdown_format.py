"""The report as Markdown, for a ticket or a pull request."""

from collections.abc import Mapping, Sequence
from typing import Any

from workflows.cost_review.formats.markdown_spend import budgets_section, commitments_section, spend_section
from workflows.cost_review.formats.markdown_text import escaped, paragraph, table
from workflows.cost_review.formats.spend_words import remarks_by_agent
from workflows.cost_review.summary import amount

Json = Mapping[str, Any]
NOT_COUNTED = {
    "unknown_savings": "unknown",
    "negative": "costs more",
}


def markdown_report(report: Json) -> str:
    """The whole report, readable as plain text too."""
    review = report["review"]
    parts = [
        f"# Cost review of {review['as_of']}: {report['status']}",
        paragraph(report["summary"]["text"]),
        "## Savings a month",
        _totals(report),
        "## What to do",
        _opportunities(report["opportunities"]),
        "## How the figure came about",
        *(_waterfall(one) for one in report["waterfalls"]),
        "## What the sources themselves state",
        *(_stated(one) for one in report["stated_by_sources"]),
        *budgets_section(report),
        *spend_section(report),
        *commitments_section(report),
        *_remarks(report),
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
    return table(("currency", "counted usage", "counted commitments", "gross usage", "unknown"), rows)


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
    return table(("#", "action", "resource", "region", "saves", "said by", "note"), rows)


def saving(opportunity: Json) -> str:
    """The counted saving, or what is known of one that does not count."""
    currency = opportunity["billing_currency"]
    if opportunity["not_counted"] is None:
        return amount(opportunity["counted_monthly_savings"], currency)
    reason = str(opportunity["not_counted"])
    said = NOT_COUNTED.get(reason) or reason.replace("_", " ")
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
    return f"**{waterfall['optimization_type']}**\n\n" + table(("step", "amount", "why"), rows)


def _stated(stated: Json) -> str:
    currency = stated["billing_currency"]
    rows = [
        (one["name"], amount(one["estimated_monthly_savings"], currency), one["resources"])
        for one in stated["recommendations"]
    ]
    stated_total = amount(stated["estimated_monthly_savings"], currency)
    headline = f"**{escaped(stated['source'])}: {stated_total}**"
    return f"{headline}\n\n" + table(("recommendation", "states", "resources"), rows)


def _remarks(report: Json) -> list[str]:
    said = [
        f"**{escaped(agent)}**\n\n" + "\n".join(f"- {paragraph(one)}" for one in remarks)
        for agent, remarks in remarks_by_agent(report)
    ]
    return ["## What the agents remark", *said] if said else []


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
    return table(("agent", "source", "region", "state", "detail", "remedy"), cells)


def _run(run: Json) -> str:
    cost = run["self_cost"]
    return (
        f"Review `{run['review_id']}`, {cost['aws_requests']} AWS requests, of which {cost['cost_explorer_requests']} "
        f"to Cost Explorer (${cost['cost_explorer_usd']})."
    )


def _usd(totals: Json, field: str) -> str:
    return amount(totals[field], totals["billing_currency"])
