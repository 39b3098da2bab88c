"""Tables of which the page shows the first rows: a report may hold a hundred thousand."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from workflows.cost_review.formats.views.spend import Row, Table

MOST_ROWS = 200
"""Rows of one list on the page: a browser copes with them, report.json and report.csv hold all."""
Item = TypeVar("Item")


@dataclass(frozen=True)
class Excerpt(Table):
    """The first rows of a table; left_out is how many more the report holds."""

    left_out: int = 0


def excerpt(
    caption: str, heads: tuple[str, ...], items: Sequence[Item], row: Callable[[Item], Row], texts: int = 0
) -> Excerpt:
    """The items' table, with rows made of the first only."""
    rows = tuple(map(row, items[:MOST_ROWS]))
    return Excerpt(caption, heads, rows, texts, left_out=len(items) - len(rows))
