"""finops events: the latest of what agents, reviews and AWS announced, and what became of it; or as it comes."""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from rich.console import Console

from local.console import console_for
from local.event_journal import Arrived, Entry, EventJournal
from local.event_rows import DEAD_LETTER, EventRow, in_words, rows_of
from local.terminal_tables import WIDE, a_table, below, plain

EVENT_WIDTH = 21
"""Columns: as long as trusted-advisor-agent."""
SHORT_ID = 8


def events_command(state: Path, *, last: int, as_json: bool) -> int:
    """Prints a row an event, the latest last, with what became of it."""
    rows = rows_of(EventJournal.of(state).entries())[-last:]
    if as_json:
        sys.stdout.write(json.dumps([document_of(row) for row in rows], indent=1, ensure_ascii=False) + "\n")
        return 0
    console = console_for(sys.stdout)
    if not rows:
        console.print(f"No event was put here yet ({state}). Reviews put some: finops review", highlight=False)
        return 0
    print_rows(console, rows)
    return 0


def follow_command(state: Path, *, as_json: bool, entries: Iterator[Entry] | None = None) -> int:
    """Prints what is noted from now on, a line each, until it is interrupted."""
    console = console_for(sys.stdout)
    try:
        for entry in entries or EventJournal.of(state).follow():
            if as_json:
                print(entry.model_dump_json(), flush=True)  # noqa: T201 because a line each is what is asked for
            else:
                _print_entry(console, entry)
    except KeyboardInterrupt:
        pass  # the way to end it
    return 0


def print_rows(console: Console, rows: list[EventRow]) -> None:
    """A table in which an id of a review fits a line; a wide terminal holds the beginning of the event's id too."""
    more = ("id",) if console.width >= WIDE else ()
    table = a_table("arrived (UTC)", "event", "what became of it", *more, whole=("arrived (UTC)", *more))
    table.columns[1].max_width = EVENT_WIDTH
    for row in rows:
        event = below(plain(row.told("source").removeprefix("finops.")), row.told("detail-type"))
        table.add_row(
            plain(f"{row.at:%m-%d %H:%M}"),
            below(event, f"{row.times} times" if row.times > 1 else ""),
            lines(row.became()),
            *(plain(row.event_id[:SHORT_ID]) for _ in more),
        )
    console.print(table)


def document_of(row: EventRow) -> dict[str, Any]:
    """The row for programs."""
    return {
        "event_id": row.event_id,
        "arrived_at": row.at.isoformat(),
        "times": row.times,
        "event": row.event,
        "outcomes": [one.model_dump(mode="json", exclude={"kind", "event_id"}) for one in row.outcomes],
    }


def lines(sentences: list[str]) -> Any:
    """The sentences below each other; dead letters stand out."""
    text = plain("")
    for number, sentence in enumerate(sentences):
        text.append("\n" if number else "")
        text.append_text(plain(sentence, "red" if DEAD_LETTER in sentence else ""))
    return text


def print_paid(console: Console, requests: int) -> None:
    """Says what a deep dive paid for, where it did: no report knows of it."""
    if requests:
        said = f"A deep dive into its findings sent {requests} more to Cost Explorer: ${requests / 100:.2f}"
        console.print(plain(f"{said} on a real account."), overflow="fold", highlight=False)


def _print_entry(console: Console, entry: Entry) -> None:
    if isinstance(entry, Arrived):
        said = [f"{entry.event.get('source', '')}  {entry.event.get('detail-type', '')}"]
    else:
        said = [f"  {sentence}" for sentence in in_words(entry)]
    for sentence in said:
        line = plain(f"{entry.at:%H:%M:%S}  {entry.event_id[:SHORT_ID]:{SHORT_ID}}  {sentence}")
        console.print(line, overflow="fold", highlight=False)
