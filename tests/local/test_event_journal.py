"""The journal of events is appended to at once, is bounded, and can be read whatever happened to it."""

from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest

from local.event_journal import Arrived, Entry, EventJournal, Outcome

NOW = datetime(2026, 11, 16, 8, tzinfo=UTC)


def arrived(event_id: str, filler: str = "") -> Arrived:
    return Arrived(at=NOW, event={"id": event_id, "detail": {"filler": filler}})


def ids(entries: list[Entry]) -> list[str]:
    return [entry.event_id for entry in entries]


@pytest.fixture
def journal(tmp_path: Path) -> EventJournal:
    return EventJournal.of(tmp_path)


def test_what_is_noted_is_there_at_once_in_the_order_in_which_it_came(journal: EventJournal) -> None:
    outcome = Outcome(
        at=NOW, event_id="1", consumer="c", rule="r", result="delivered", attempts=1, answer={"outcome": "started"}
    )
    journal.note(arrived("1"))
    journal.note(outcome)
    assert journal.entries() == [arrived("1"), outcome]


def test_a_journal_that_is_not_there_yet_is_empty(journal: EventJournal) -> None:
    assert journal.entries() == []


def test_a_torn_last_line_takes_nothing_else_with_it(journal: EventJournal) -> None:
    """Neither what was before it, nor what comes after."""
    journal.note(arrived("1"))
    journal.note(arrived("2"))
    journal.path.write_bytes(journal.path.read_bytes()[:-20])
    assert ids(journal.entries()) == ["1"]
    journal.note(arrived("3"))
    assert ids(journal.entries()) == ["1", "3"]


@pytest.mark.parametrize("line", ["", "null", "[]", '{"kind": "rumour"}', '{"kind": "event"}', "\x1b[2J", "{"])
def test_lines_that_are_none_of_ours_are_passed_over(journal: EventJournal, line: str) -> None:
    journal.note(arrived("1"))
    journal.path.write_text(journal.path.read_text() + line + "\n")
    journal.note(arrived("2"))
    assert ids(journal.entries()) == ["1", "2"]


def test_a_full_journal_drops_its_older_half(tmp_path: Path) -> None:
    journal = EventJournal(tmp_path / "events.jsonl", most_bytes=10_000)
    sizes = []
    for number in range(200):
        journal.note(arrived(str(number), "x" * 100))
        sizes.append(journal.path.stat().st_size)
    kept = ids(journal.entries())
    assert max(sizes) <= 10_000
    assert kept == [str(number) for number in range(200)][-len(kept) :]
    assert len(kept) >= 20
    assert [path.name for path in tmp_path.iterdir()] == ["events.jsonl"]


def test_a_journal_that_cannot_be_written_says_so_and_stops_no_event(tmp_path: Path) -> None:
    journal = EventJournal(tmp_path / "missing" / "events.jsonl")
    journal.note(arrived("1"))
    assert "cannot be written: No such file or directory" in journal.trouble


def after_each(*steps: Callable[[], object]) -> Callable[[], None]:
    """In the place of the pause: does the next step each time, and then is interrupted."""
    left = iter(steps)

    def pause() -> None:
        step = next(left, None)
        if step is None:
            raise KeyboardInterrupt
        step()

    return pause


def followed(journal: EventJournal, *steps: Callable[[], object]) -> list[str]:
    told: list[str] = []
    with suppress(KeyboardInterrupt):
        for entry in journal.follow(after_each(*steps)):
            told.append(entry.event_id)  # noqa: PERF401 because the loop ends with an exception
    return told


def test_what_comes_is_followed_and_what_was_there_is_not_told_again(journal: EventJournal) -> None:
    journal.note(arrived("before"))
    steps = [lambda: journal.note(arrived("1")), lambda: None, lambda: journal.note(arrived("2"))]
    assert followed(journal, *steps) == ["1", "2"]


def test_a_journal_that_begins_meanwhile_is_followed(journal: EventJournal) -> None:
    assert followed(journal, lambda: None, lambda: journal.note(arrived("1"))) == ["1"]


def test_a_line_that_is_still_being_written_is_told_once_it_is_whole(journal: EventJournal) -> None:
    line = arrived("1").model_dump_json() + "\n"

    def write(text: str) -> Callable[[], object]:
        def append() -> None:
            with journal.path.open("a") as file:
                file.write(text)

        return append

    assert followed(journal, write(line[:10]), write(line[10:])) == ["1"]


def test_dropping_the_older_half_neither_repeats_nor_loses_anything(tmp_path: Path) -> None:
    journal = EventJournal(tmp_path / "events.jsonl", most_bytes=2_000)
    numbers = [str(number) for number in range(60)]
    told = followed(journal, *(lambda n=number: journal.note(arrived(n, "x" * 50)) for number in numbers))
    assert told == numbers
