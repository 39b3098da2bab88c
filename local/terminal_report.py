"""A report in the terminal: what to do, how the figure came about, and what could not be seen."""

from collections.abc import Mapping, Sequence
from typing import Any

from rich import box
from rich.console import Console
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from workflows.cost_review.formats.markdown_format import saving
from workflows.cost_review.formats.spend_words import quantity
from workflows.cost_review.summary import amount

Json = Mapping[str, Any]
SHORT = {
    "CostOptimizationHub": "Hub",
    "ComputeOptimizer": "CO",
    "CostExplorerRightsizing": "CE",
    "TrustedAdvisor": "TA",
    "TrustedAdvisorLegacy": "TA",
}
LEGEND = "Hub: Cost Optimization Hub, CO: Compute Optimizer, CE: Cost Explorer, TA: Trusted Advisor"
WIDE = 100
"""Columns of a terminal from which on every column of the list fits."""
STATING = {"TrustedAdvisor": "Trusted Advisor", "TrustedAdvisorLegacy": "Trusted Advisor"}


def print_report(console: Console, report: Json) -> None:
    """Prints the whole report; nothing in a name or a tag is taken for markup or a terminal command."""
    _headline(console, report)
    _opportunities(console, report["opportunities"])
    _waterfalls(console, report["waterfalls"])
    _stated(console, report["stated_by_sources"])
    _budgets(console, report["budgets"])
    _movements(console, report)
    _coverage(console, report["coverage"])
    cost = report["run"]["self_cost"]
    console.print(
        f"\n[dim]Review {report['run']['review_id']} sent {cost['aws_requests']} AWS requests, "
        f"{cost['cost_explorer_requests']} of them to Cost Explorer: "
        f"${cost['cost_explorer_usd']} on a real account.[/dim]",
        highlight=False,
    )


def _headline(console: Console, report: Json) -> None:
    colour = "green" if report["status"] == "COMPLETE" else "yellow"
    console.print(
        f"\n[bold reverse {colour}] {report['status']} [/] as of {report['review']['as_of']}\n", highlight=False
    )
    for one in report["totals"]:
        currency = one["billing_currency"]
        console.print(
            f"[bold]{amount(one['counted_usage'], currency)}[/bold] a month by using less, "
            f"[bold]{amount(one['counted_rate'], currency)}[/bold] by commitments "
            f"[dim](the sources claim {amount(one['gross_usage'], currency)} for usage)[/dim]",
            highlight=False,
        )
    console.print()
    console.print(plain(report["summary"]["text"] or "No summary could be written."), style="dim")


def _opportunities(console: Console, opportunities: Sequence[Json]) -> None:
    if not opportunities:
        return
    wide = console.width >= WIDE
    headers = ("#", "a month", "action", "resource", *(("region", "said by") if wide else ()))
    table = _table("What to do", *headers)
    table.columns[0].justify = table.columns[1].justify = "right"
    table.columns[3].min_width = 22  # an instance's or a volume's id
    for column in table.columns:
        column.no_wrap = column.header in {"#", "a month", "action", "region"}
    for one in opportunities:
        counted = one["not_counted"] is None
        sources = ", ".join(dict.fromkeys(SHORT.get(source, source) for source in one["sources"]))
        table.add_row(
            str(one["rank"]),
            Text(_short_saving(one), style="bold green" if counted else "dim"),
            one["action_type"],
            plain(_named(one)),
            *((plain(one["region_id"]), plain(sources)) if wide else ()),
            style="" if counted else "dim",
        )
    console.print(table)
    if wide:
        console.print(f"[dim]{LEGEND}[/dim]", highlight=False)
    for one in opportunities:
        for note in filter(None, [_why_not_counted(one), one["not_applicable"], *one["notes"]]):
            console.print(Text(f"{one['rank']:>3}  "), plain(f"{_named(one)}: {note}"), sep="")


def _short_saving(opportunity: Json) -> str:
    """The counted saving, or what a source names in brackets where it does not count."""
    if opportunity["not_counted"] is None:
        return saving(opportunity)
    named = opportunity["estimated_monthly_savings"]
    return "unknown" if named is None else f"({amount(named, opportunity['billing_currency'])})"


def _why_not_counted(opportunity: Json) -> str:
    return "Following it would cost more; it does not count." if opportunity["not_counted"] == "negative" else ""


def _named(opportunity: Json) -> str:
    known = (opportunity["resource_name"], opportunity["resource_id"], opportunity["recommended_resource_summary"])
    return str(next(filter(None, known), "?"))


def _waterfalls(console: Console, waterfalls: Sequence[Json]) -> None:
    table = _table("How the figure came about", "", "gross", "duplicates", "alternatives", "not applicable", "counted")
    for column in table.columns[1:]:
        column.justify = "right"
    for one in waterfalls:
        currency = one["billing_currency"]
        steps = (amount(step["amount"], currency) for step in one["steps"])
        table.add_row(
            f"{one['optimization_type']} ({currency})",
            amount(one["gross"], currency),
            *steps,
            Text(amount(one["counted"], currency), style="bold"),
        )
    if waterfalls:
        console.print(table)


def _stated(console: Console, stated: Sequence[Json]) -> None:
    for one in stated:
        currency = one["billing_currency"]
        total = amount(one["estimated_monthly_savings"], currency)
        title = f"{STATING.get(one['source'], one['source'])} itself states {total} a month"
        table = _table(title, "recommendation", "states", "resources")
        table.columns[1].justify = table.columns[2].justify = "right"
        for row in one["recommendations"]:
            said = amount(row["estimated_monthly_savings"], currency)
            table.add_row(plain(row["name"]), said, str(row["resources"]))
        console.print(table)


def _budgets(console: Console, budgets: Sequence[Json]) -> None:
    endangered = [one for one in budgets if one["verdict"] in {"EXCEEDED", "FORECAST_TO_EXCEED"}]
    others = len(budgets) - len(endangered)
    if not endangered:
        console.print(f"\nNo budget in danger ({others} looked at)." if budgets else "\nNo budget was read.")
        return
    table = _table(f"Budgets in danger ({others} others)", "budget", "limit", "actual", "forecast", "over by")
    for column in table.columns[1:]:
        column.justify = "right"
    for one in endangered:
        figures = (quantity(one[field], one["unit"]) for field in ("limit", "actual", "forecast"))
        table.add_row(plain(one["name"]), *figures, Text(amount(one["overrun"], one["unit"]), style="bold red"))
    console.print(table)


def _movements(console: Console, report: Json) -> None:
    lines = [_anomaly(one) for one in report["anomalies"]]
    forecast = report["forecast"]
    if forecast is not None and forecast["month_total"] is not None:
        expected = amount(forecast["month_total"], forecast["billing_currency"])
        lines.insert(0, f"Forecast for the month: {expected}")
    if lines:
        console.print("\n[bold]Where spend is heading[/bold]")
    for line in lines:
        console.print(plain(f"  {line}"))


def _anomaly(anomaly: Json) -> str:
    impact = amount(anomaly["total_impact"], anomaly["billing_currency"])
    where = f"{anomaly['service_name'] or 'an unnamed service'} {anomaly['region_id']}".strip()
    return f"Anomaly: {impact} in {where} from {anomaly['start'] or 'an unknown day'} to {anomaly['end'] or 'now'}"


def _coverage(console: Console, rows: Sequence[Json]) -> None:
    wide = console.width >= WIDE
    headers = (*(("agent",) if wide else ()), "source", "region", "state", "detail and remedy")
    table = _table("What was looked at", *headers)
    for one in rows:
        colour = "red" if one["is_gap"] else "dim" if one["state"] == "NOT_NEEDED" else "green"
        table.add_row(
            *((plain(one["agent"]),) if wide else ()),
            plain(one["source"]),
            plain(one["region"]),
            Text(("✗ " if one["is_gap"] else "✓ ") + one["state"], style=colour),
            plain(f"{one['detail']} {one['remedy']}".strip()),
        )
    console.print(table)


def _table(title: str, *headers: str) -> Table:
    title = f"\n{escape(title)}"
    table = Table(title=title, title_justify="left", title_style="bold", box=box.SIMPLE_HEAD, pad_edge=False)
    for header in headers:
        table.add_column(header, overflow="fold")
    return table


def plain(text: str) -> Text:
    """The text as it is: no markup, and no control character that a terminal would act on."""
    return Text("".join(character if character.isprintable() else "\N{REPLACEMENT CHARACTER}" for character in text))
