"""Opportunities in the terminal: the ranked list of what to do, and one of them opened."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from local.terminal_tables import MOST_ROWS, WIDE, a_table, below, plain, print_left_out, say, title
from workflows.cost_review.formats.views.budgets import named
from workflows.cost_review.formats.views.codes import RANKINGS, told
from workflows.cost_review.formats.views.opportunity import Line, OpportunityView, opportunity_view
from workflows.cost_review.formats.views.words import action_words, how
from workflows.cost_review.words import amount
from workflows.resource_words import type_words

Json = Mapping[str, Any]
SHORT_ID = 8
"""As much of an id as people type: among 10,000 opportunities all of them differ, and what fits two is refused."""
SHORT = {
    "CostOptimizationHub": "Hub",
    "ComputeOptimizer": "CO",
    "CostExplorerRightsizing": "CE",
    "TrustedAdvisor": "TA",
    "TrustedAdvisorLegacy": "TA",
}
SOURCES_LEGEND = "Hub: Cost Optimization Hub, CO: Compute Optimizer, CE: Cost Explorer, TA: Trusted Advisor"
ON_BILL = {True: "✓", False: "–"}
COLOURS = {"high": "green", "medium": "yellow", "low": "red"}


def print_opportunities(console: Console, opportunities: Sequence[Json]) -> None:
    """What to do in its order, then what does not count and why, then how to go on with one."""
    if not opportunities:
        return
    counted = [one for one in opportunities if one["not_counted"] is None]
    others = [one for one in opportunities if one["not_counted"] is not None]
    if counted:
        _counted(console, counted)
    if others:
        _not_counted(console, others)
    first = opportunities[0]["opportunity_id"][:SHORT_ID]
    console.print()
    for command, what in (
        (f"finops show latest {first}", "opens one: why it counts, how to do it"),
        (f"finops accept {first}", "decides (or dismiss, snooze, done)"),
        (f"finops explain {first}", "proves its figures from AWS's answers"),
    ):
        console.print(plain(f"{command:<30}", "cyan"), plain(what, "dim"), sep="", highlight=False)


def _counted(console: Console, opportunities: Sequence[Json]) -> None:
    wide = console.width >= WIDE
    ranking = (opportunities[0].get("rank_because") or {}).get("ranking", "")
    title(console, "What to do", RANKINGS.get(ranking, ""))
    more = ("region", "said by") if wide else ()
    headers = ("#", "a month", "bill", "what", "owner", "sure", *more, "id")
    table = a_table(*headers, right=("#", "a month"), whole=("bill", "sure", "id", "region"))
    several = len({one["account_id"] for one in opportunities}) > 1
    for one, following in zip(opportunities[:MOST_ROWS], (*opportunities[1:], None), strict=False):
        last_of_kind = following is not None and _kind(following) != _kind(one)
        cells = _cells(opportunity_view(one), wide=wide, account=one["account_id"] if several else "")
        table.add_row(*cells, end_section=last_of_kind)
    console.print(table)
    print_left_out(console, len(opportunities) - MOST_ROWS)
    say(console, "bill ✓: verified by the bill.  sure: how reliable, from ●●● high to ●○○ low.", "dim")
    if wide:
        say(console, SOURCES_LEGEND, "dim")


def _kind(one: Json) -> tuple[str, str]:
    return one["optimization_type"], one["billing_currency"]


def _cells(view: OpportunityView, *, wide: bool, account: str) -> list[Text]:
    one = view.one
    sources = ", ".join(dict.fromkeys(SHORT.get(source, source) for source in one["sources"]))
    what = below(plain(_what(one)), ", ".join(filter(None, (_small(view), account and f"account {account}"))))
    for note in one["notes"]:
        below(what, f"! {told(note)}", "yellow")
    return [
        plain(str(one["rank"])),
        plain(amount(one["counted_monthly_savings"], one["billing_currency"]), "bold green"),
        plain(ON_BILL[view.standing == "on the bill"], "green" if view.standing == "on the bill" else "dim"),
        what,
        plain(view.owner) if view.owner else plain("–", "dim"),
        plain(view.dots, COLOURS.get(view.level, "")),
        *((plain(one["region_id"]), plain(sources)) if wide else ()),
        plain(one["opportunity_id"][:SHORT_ID], "dim"),
    ]


def _what(one: Json) -> str:
    name = one["resource_name"] or one["resource_id"] or one["recommended_resource_summary"] or "?"
    return f"{action_words(one['action_type'])} {name}"


def _small(view: OpportunityView) -> str:
    """What it is, into what it changes, and what people decided, in a line."""
    one = view.one
    now, then = one["current_resource_summary"], one["recommended_resource_summary"]
    changed = f"{now} → {then}" if now and then else now if one["resource_id"] else ""
    kind = "" if changed or not one["resource_id"] else type_words(one["resource_type"])
    left = view.saves if view.counts and view.saves.startswith("nothing left") else ""
    prices = "at list prices" if view.at_list else ""
    return ", ".join(part for part in (changed or kind, prices, left, view.decided) if part)


def _not_counted(console: Console, opportunities: Sequence[Json]) -> None:
    title(console, "Not counted", "what it would come to, and why it does not count")
    table = a_table("#", "would save", "what", "why", "id", right=("#", "would save"), whole=("id",))
    for one in opportunities[:MOST_ROWS]:
        table.add_row(
            plain(str(one["rank"])),
            plain(amount(one["estimated_monthly_savings"], one["billing_currency"])),
            plain(_what(one)),
            plain(_why_not(opportunity_view(one))),
            plain(one["opportunity_id"][:SHORT_ID]),
            style="dim",
        )
    console.print(table)
    print_left_out(console, len(opportunities) - MOST_ROWS)


def _why_not(view: OpportunityView) -> str:
    """Why one does not count, with what people or sources say of it."""
    one = view.one
    taken = [told(deduction["reason"]) for deduction in one.get("deductions", ())]
    unknown = one["notes"] if one["not_counted"] == "unknown_savings" else ()
    notes = [told(note) for note in unknown if note.endswith(".")]
    return one["not_applicable"] or " ".join(taken) or " ".join(notes) or view.saves.partition(" (")[0]


def print_opened(console: Console, one: Json) -> None:
    """One opportunity with all that is known of it; each command is a line of its own, so that it can be copied."""
    view = opportunity_view(one)
    _opened_head(console, view)
    title(console, "What counts, and why")
    _lines(console, view.sums)
    if view.counts:
        say(console, _verified(one), "green" if one.get("verified") else "yellow", 2)
    title(console, "Who says it")
    _lines(console, view.says)
    if view.apart:
        say(console, view.apart, indent=2)
    if view.level:
        title(console, f"How sure it is: {view.dots} {view.level}", view.score)
        _lines(console, view.sure)
    _way(console, view)
    title(console, "Whose it is, and what was decided")
    say(console, f"Owner: {view.owner or 'nobody is named'} ({view.owner_from or 'not looked for'})", indent=2)
    say(console, view.decided[:1].upper() + view.decided[1:] if view.decided else "Nothing is decided yet.", indent=2)
    for reason in view.rank:
        say(console, reason, "dim", 2)


def _opened_head(console: Console, view: OpportunityView) -> None:
    one = view.one
    console.print()
    saves = f"{view.saves} a month" if view.counts else f"not counted: {view.saves}"
    console.print(plain(f"{one['rank']}  {named(one)}", "bold"), plain(f"  {saves}", "bold green"), sep="")
    account = f"account {one['account_id']}" if one["account_id"] else ""
    small = _small(view).partition(", at list")[0]
    place = (type_words(one["resource_type"]), small, one["region_id"], account, how(one))
    say(console, ", ".join(dict.fromkeys(part for part in place if part)), "dim", 2)
    say(console, f"opportunity {one['opportunity_id']}", "dim", 2)
    for note in one["notes"]:
        say(console, f"! {told(note)}", "yellow", 2)


def _verified(one: Json) -> str:
    if one.get("verified"):
        return "The bill verifies this amount."
    return f"Not verified by the bill: {told(one.get('unverified_because') or 'no reason is told')}"


def _lines(console: Console, lines: Iterable[Line]) -> None:
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(width=0)
    table.add_column(justify="right", no_wrap=True)
    table.add_column(overflow="fold")
    for line in lines:
        table.add_row(
            "",
            plain(line.figure, "bold" if line.strong else ""),
            below(plain(line.text, "bold" if line.strong else ""), line.below),
        )
    console.print(table)


def _way(console: Console, view: OpportunityView) -> None:
    way = view.how_to
    if not way:
        return
    title(console, "How to carry it out", "text only: nothing is run for you")
    for number, check in enumerate(way["checks"], start=1):
        say(console, told(check), indent=5, mark=f"{number}. ")
    if way["commands"]:
        console.print()
        for command in way["commands"]:
            # Never broken: a command that is copied must be the command.
            console.print(plain(command, "cyan"), soft_wrap=True)
        console.print()
    say(console, f"Restart: {told(way['restart'])}", indent=2)
    say(console, f"Way back: {told(way['rollback'])}", indent=2)
