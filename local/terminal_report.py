"""A report in the terminal, the most important first; one that failed its audit shows its reasons and no figure."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from local.terminal_opportunities import print_opportunities
from local.terminal_tables import WIDE, a_table, plain, print_table, say, title
from workflows.cost_review.audit import FAILED
from workflows.cost_review.formats.views.bridge import bridge_view
from workflows.cost_review.formats.views.budgets import BudgetRow, budget_rows
from workflows.cost_review.formats.views.changes import changes_view, decided_parts, last_good, realised_totals
from workflows.cost_review.formats.views.codes import told as in_words
from workflows.cost_review.formats.views.spend_words import quantity
from workflows.cost_review.formats.views.words import STATES, step_name
from workflows.cost_review.summary import backing
from workflows.cost_review.words import amount, day_words, listed, source_words

Json = Mapping[str, Any]
COLOURS = {"COMPLETE": "green", "PARTIAL": "yellow", FAILED: "red"}
KINDS = {"usage": "by using less", "rate": "by commitments"}
BAR = 30
"""Characters of a waterfall's longest bar."""


def print_report(console: Console, report: Json) -> None:
    """Prints the whole report; nothing in a name or a tag is taken for markup or a terminal command."""
    _status(console, report)
    if report["status"] == FAILED:
        _failed(console, report)
    else:
        _headline(console, report)
        print_opportunities(console, report["opportunities"])
        _budgets(console, budget_rows(report))
        _changes(console, report)
        _decided(console, report)
        for currency in dict.fromkeys(one["billing_currency"] for one in report["waterfalls"]):
            _waterfall(console, currency, report["waterfalls"])
        _bridge(console, report)
        _stated(console, report["stated_by_sources"])
        _movements(console, report)
    _coverage(console, report["coverage"])
    if report["status"] != FAILED:
        # Last, because that is what is on the screen when the command ends.
        title(console, "In short")
        say(console, report["summary"]["text"] or "No summary could be written.")
    _closing(console, report)


def _status(console: Console, report: Json) -> None:
    status, review = report["status"], report["review"]
    accounts = report["accounts"]
    of = f", account {accounts[0]}" if len(accounts) == 1 else f", {len(accounts)} accounts" if accounts else ""
    console.print()
    console.print(
        Text(f" {status} ", style=f"bold reverse {COLOURS.get(status, 'yellow')}"),
        plain(f"as of {review['as_of']}{of}"),
        highlight=False,
    )
    console.print()


def _failed(console: Console, report: Json) -> None:
    say(console, "This report failed its audit, so it states no figure. What was found:", "bold red")
    for reason in report["audit"]["failures"]:
        say(console, reason, "red", 2)


def _headline(console: Console, report: Json) -> None:
    """A line a kind of saving and currency: the amount, and in the same breath how far it is proven."""
    if not report["totals"]:
        say(console, "No source proposes a saving.", "bold")
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(justify="right", no_wrap=True)
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for one in report["totals"]:
        for kind, words in KINDS.items():
            if not Decimal(one[f"gross_{kind}"]):
                continue
            proven = backing(one, report["opportunities"], kind)
            counted = plain(amount(one[f"counted_{kind}"], one["billing_currency"]), "bold")
            table.add_row(counted, f"a month {words}", plain(proven, "green" if proven.startswith("all") else "yellow"))
    console.print(table)
    claims = [amount(one["gross_usage"], one["billing_currency"]) for one in report["totals"]]
    unknown = sum(one["unknown_savings"] for one in report["totals"])
    unnamed = f" {unknown} more {'has' if unknown == 1 else 'have'} no amount." if unknown else ""
    if claims:
        say(console, f"The sources claim {listed(claims)} for usage; below is what becomes of it.{unnamed}", "dim")


def _budgets(console: Console, rows: Sequence[BudgetRow]) -> None:
    danger = [row for row in rows if row.in_danger]
    others = len(rows) - len(danger)
    if not danger:
        title(console, f"No budget in danger ({others} looked at)" if rows else "No budget was read")
        return
    title(console, "Budgets in danger", f"{others} more {'is' if others == 1 else 'are'} not" if others else "")
    table = a_table(
        "budget", "limit", "so far", "forecast", "over by", right=("limit", "so far", "forecast", "over by")
    )
    for row in danger:
        one = row.budget
        figures = (quantity(one[field], one["unit"]) for field in ("limit", "actual", "forecast"))
        table.add_row(plain(one["name"]), *figures, Text(amount(one["overrun"], one["unit"]), style="bold red"))
    console.print(table)
    for row in danger:
        if len(danger) > 1:
            console.print(plain(row.budget["name"], "bold"), highlight=False)
        for sentence in filter(None, (row.outlook, *row.said)):
            say(console, sentence, indent=2)
        if row.actions:
            print_table(console, row.actions)


def _changes(console: Console, report: Json) -> None:
    view = changes_view(report)
    if view is not None and not view.since:
        title(console, "Since the last review")
        say(console, view.said, "dim", 2)
    elif view is not None:
        title(console, f"Since the review of {view.since}", view.said)
        if view.totals:
            print_table(console, view.totals)
        if view.rows:
            console.print()
            print_table(console, view.rows)
    remembered = last_good(report)
    if remembered:
        title(console, "Last good findings of sources that were silent: NOT counted", style="bold yellow")
        print_table(console, remembered)


def _decided(console: Console, report: Json) -> None:
    for part in decided_parts(report):
        if part.table:
            title(console, part.title, part.table.caption)
            print_table(console, part.table)
    for sentence in realised_totals(report):
        say(console, sentence, indent=2)


def _waterfall(console: Console, currency: str, waterfalls: Sequence[Json]) -> None:
    """The steps of one currency that take something, a column a kind; usage as bars too where there is room."""
    mine = {one["optimization_type"]: one for one in waterfalls if one["billing_currency"] == currency}
    kinds = [kind for kind in ("Usage", "Rate") if kind in mine and Decimal(mine[kind]["gross"])]
    if not kinds:
        return
    heads = [{"Usage": "usage", "Rate": "commitments"}[kind] for kind in kinds]
    bars = ("",) if console.width >= WIDE and "Usage" in kinds else ()
    table = a_table("", *heads, *bars, right=heads)
    lines = {kind: _lines(mine[kind]) for kind in kinds}
    taken = [name for name in lines[kinds[0]] if any(Decimal(lines[kind][name][0]) for kind in kinds)]
    full = Decimal(mine[kinds[0]]["gross"])
    for name in taken:
        style = "bold" if name in ("gross", "counted") else "dim" if name == "verified" else ""
        figures = (_taken(lines[kind][name][0], currency, style) for kind in kinds)
        bar = (_bar(*lines["Usage"][name], full),) if bars else ()
        table.add_row(plain(_step(name), style), *figures, *bar, end_section=name == "gross")
    title(console, "How the figure came about", f"{currency} a month")
    console.print(table)


def _taken(value: str, currency: str, style: str) -> Text:
    return plain(amount(value, currency), style) if Decimal(value) else plain("–", "dim")


def _step(name: str) -> str:
    return "  of that verified by the bill" if name == "verified" else step_name(name)


def _lines(waterfall: Json) -> dict[str, tuple[str, Decimal]]:
    """Each line's amount as written, and where its bar begins."""
    left = Decimal(waterfall["gross"])
    lines = {"gross": (waterfall["gross"], Decimal(0))}
    for step in waterfall["steps"]:
        left += Decimal(step["amount"])
        lines[step["step"]] = step["amount"], left
    lines["counted"] = waterfall["counted"], Decimal(0)
    if waterfall.get("verified") is not None:
        lines["verified"] = waterfall["verified"], Decimal(0)
    return lines


def _bar(value: str, begins: Decimal, full: Decimal) -> Text:
    left, right = (int(end * BAR / full) for end in (begins, begins + abs(Decimal(value))))
    width = max(right - left, 1 if Decimal(value) else 0)
    return Text(" " * left + "█" * width, style="red" if value.startswith("-") else "green")


def _bridge(console: Console, report: Json) -> None:
    view = bridge_view(report)
    if view is None:
        return
    title(console, "From Cost Optimization Hub's own total to ours")
    if view.why_none:
        say(console, view.why_none, "dim", 2)
    if view.summed:
        print_table(console, view.summed)
    if view.lines and console.width >= WIDE:
        console.print()
        print_table(console, view.lines)


def _stated(console: Console, stated: Sequence[Json]) -> None:
    for one in stated:
        currency = one["billing_currency"]
        total = amount(one["estimated_monthly_savings"], currency)
        title(console, f"{source_words(one['source'])} itself states {total} a month")
        table = a_table("recommendation", "states", "resources", right=("states", "resources"))
        for row in one["recommendations"]:
            said = amount(row["estimated_monthly_savings"], currency)
            table.add_row(plain(row["name"]), said, str(row["resources"]))
        console.print(table)


def _movements(console: Console, report: Json) -> None:
    lines = [_anomaly(one) for one in report["anomalies"]]
    forecast = report["forecast"]
    if forecast is not None and forecast["month_total"] is not None:
        expected = amount(forecast["month_total"], forecast["billing_currency"])
        lines.insert(0, f"Forecast for the month: {expected}")
    if lines:
        title(console, "Where spend is heading")
    for line in lines:
        say(console, line, indent=2)


def _anomaly(anomaly: Json) -> str:
    impact = amount(anomaly["total_impact"], anomaly["billing_currency"])
    where = f"{anomaly['service_name'] or 'an unnamed service'} {anomaly['region_id']}".strip()
    start, end = (day_words(anomaly[field] or "") for field in ("start", "end"))
    return f"Anomaly: {impact} in {where} from {start or 'an unknown day'} to {end or 'now'}"


def _coverage(console: Console, rows: Sequence[Json]) -> None:
    wide = console.width >= WIDE
    headers = (*(("agent",) if wide else ()), "source", "region", "state", "detail and remedy")
    gaps = sum(bool(one["is_gap"]) for one in rows)
    title(console, "What was looked at", f"{gaps} could not be read" if gaps else "nothing is missing")
    told = [one for one in rows if one["is_gap"] or one["detail"] or one["remedy"]]
    read = [f"{source_words(one['source'])} {one['region']}".strip() for one in rows if one not in told]
    table = a_table(*headers, whole=("state", "region"))
    for one in told:
        mark, words = STATES.get(one["state"], ("", one["state"].replace("_", " ").lower()))
        colour = "red" if one["is_gap"] else "dim" if mark == "–" else "green"
        table.add_row(
            *((plain(one["agent"]),) if wide else ()),
            plain(source_words(one["source"])),
            plain(one["region"]),
            plain(f"{'✗' if one['is_gap'] else mark} {words}", colour),
            plain(f"{in_words(one['detail'])} {one['remedy']}".strip()),
        )
    if told:
        console.print(table)
    if read:
        say(console, f"✓ read, without remarks: {', '.join(read)}", "dim")


def _closing(console: Console, report: Json) -> None:
    cost, audit = report["run"]["self_cost"], report.get("audit") or {}
    checks = len(audit.get("checks", ()))
    passed = f" Its figures were worked out a second time, and agree ({checks} checks)."
    console.print()
    say(
        console,
        f"Review {report['run']['review_id']} sent {cost['aws_requests']} AWS requests, "
        f"{cost['cost_explorer_requests']} of them to Cost Explorer: ${cost['cost_explorer_usd']} on a real account."
        + (passed if audit.get("passed") else ""),
        "dim",
    )
