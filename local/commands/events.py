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
from local.terminal_tables import WIDE, a_table, plain


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
    """A table; a wide terminal holds the account and the beginning of the id too."""
    is_wide = console.width >= WIDE
    more = ("account", "id") if is_wide else ()
    table = a_table("arrived (UTC)", "from", "what", "what became of it", *more, whole=("arrived (UTC)", *more))
    for row in rows:
        times = f" ({row.times} times)" if row.times > 1 else ""
        table.add_row(
            plain(f"{row.at:%m-%d %H:%M:%S}"),
            plain(row.told("source").removeprefix("finops.")),
            plain(row.told("detail-type") + times),
            lines(row.became()),
            *((plain(row.told("account")), plain(row.event_id[:8])) if is_wide else ()),
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


def _print_entry(console: Console, entry: Entry) -> None:
    if isinstance(entry, Arrived):
        said = [f"{entry.event.get('source', '')}  {entry.event.get('detail-type', '')}"]
    else:
        said = [f"  {sentence}" for sentence in in_words(entry)]
    for sentence in said:
        line = plain(f"{entry.at:%H:%M:%S}  {entry.event_id[:8]:8}  {sentence}")
        console.print(line, overflow="fold", highlight=False)
