"""Tables and texts in the terminal, in which nothing that somebody named acts on anything."""

from collections.abc import Iterable

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from workflows.cost_review.formats.views import spend

WIDE = 100
"""Columns of a terminal from which on the less important columns fit too."""
MOST_ROWS = 40
"""Rows of one list: what a screen or two hold. The files hold all, and the list says so."""


def plain(text: str, style: str = "") -> Text:
    """The text as it is: no markup, and no control character that a terminal would act on."""
    printable = "".join(sign if sign.isprintable() else "\N{REPLACEMENT CHARACTER}" for sign in text)
    return Text(printable, style=style)


def a_table(*headers: str, right: Iterable[str] = (), whole: Iterable[str] = ()) -> Table:
    """An empty table; columns named in right hold figures, those in whole are never broken over lines."""
    table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, padding=(0, 1))
    figures, unbroken = set(right), set(whole)
    for header in headers:
        is_figure = header in figures
        table.add_column(
            header,
            overflow="fold",
            justify="right" if is_figure else "left",
            no_wrap=is_figure or header in unbroken,
        )
    return table


def title(console: Console, text: str, beside: str = "", style: str = "bold") -> None:
    """A heading, and in small what qualifies it."""
    console.print()
    console.print(plain(text, style), plain(f"  {beside}" if beside else "", "dim"), sep="", highlight=False)


def say(console: Console, text: str, style: str = "", indent: int = 0, mark: str = "") -> None:
    """A sentence, its further lines below its first; mark stands before it, within the indent."""
    table = Table.grid(padding=0)
    table.add_column(width=max(indent, len(mark)))
    table.add_column(overflow="fold")
    said = plain(text, style)
    if not indent and not mark:
        console.print(said, overflow="fold", highlight=False)
        return
    table.add_row(plain(mark.rjust(indent), style), said)
    console.print(table)


def print_table(console: Console, one: spend.Table) -> None:
    """A table of the report in the terminal: words to the left, figures to the right, notes below the names."""
    table = a_table(*one.heads, right=one.heads[1 + one.texts :])
    for row in one.rows[:MOST_ROWS]:
        name = plain(row.name)
        for more in (row.below, row.note):
            below(name, more)
        table.add_row(name, *(below(plain(cell.text), cell.small) for cell in row.cells))
    console.print(table)
    print_left_out(console, len(one.rows) - MOST_ROWS)


def below(text: Text, more: str, style: str = "dim") -> Text:
    """The text with a smaller line below it; as it is where there is nothing to add."""
    if more:
        text.append("\n")
        text.append_text(plain(more, style))
    return text


def print_left_out(console: Console, number: int) -> None:
    """Says how many rows are not shown, and where they are."""
    if number > 0:
        console.print(f"[dim]and {number:,} more: finops show latest --json holds all[/dim]", highlight=False)
