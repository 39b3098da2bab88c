"""The journal of events: what arrived on the bus and what became of it, as JSON lines in the state folder.

A line is written at once, so that it can be followed, and as a whole: a run that is killed leaves a torn last line at
most, which nobody reads. The file is bounded: when it is full, its older half goes.
"""

import os
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, Literal, Protocol

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

EVENTS = "events.jsonl"
MOST_BYTES = 4_000_000
POLL_S = 0.25


class Arrived(BaseModel):
    """An event arrived: on our bus, or as the message of a topic."""

    model_config = ConfigDict(frozen=True)

    kind: Literal["event"] = "event"
    at: datetime
    event: dict[str, Any]

    @property
    def event_id(self) -> str:
        """The event's id, as whoever put it gave it."""
        return str(self.event.get("id", ""))


class Outcome(BaseModel):
    """What became of one delivery of an event to a function.

    answer  what the function answered, where it was delivered
    error   why it was given up, where it is a dead letter; attempts 0 is a function that does not exist
    """

    model_config = ConfigDict(frozen=True)

    kind: Literal["outcome"] = "outcome"
    at: datetime
    event_id: str
    consumer: str
    rule: str
    result: Literal["delivered", "dead_letter"]
    attempts: int
    answer: dict[str, Any] = {}
    error: str = ""


Entry = Arrived | Outcome
_ENTRY: TypeAdapter[Entry] = TypeAdapter(Annotated[Entry, Field(discriminator="kind")])


class Journal(Protocol):
    """Takes note of events and of what becomes of them; from several threads."""

    def note(self, entry: Entry) -> None: ...


@dataclass
class EventJournal:
    """The journal in a state folder. trouble says why it could not be written, where it could not."""

    path: Path
    most_bytes: int = MOST_BYTES
    trouble: str = ""
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @classmethod
    def of(cls, state_folder: Path) -> "EventJournal":
        """The journal of that folder, which is there from the first event on."""
        return cls(state_folder / EVENTS)

    def note(self, entry: Entry) -> None:
        """Afterwards the entry is the file's last line. A file that cannot be written stops no event."""
        line = entry.model_dump_json().encode() + b"\n"
        with self._lock:
            try:
                self._append(line)
            except OSError as error:
                self.trouble = f"{self.path} cannot be written: {error.strerror or error}"

    def entries(self) -> list[Entry]:
        """Everything that is noted, the oldest first; lines that are none are passed over."""
        return [entry for entry in map(_entry_of, _lines(self.path)) if entry is not None]

    def follow(self, pause: Callable[[], None] = lambda: time.sleep(POLL_S)) -> Iterator[Entry]:
        """What is noted from now on, as it comes, without end; pause is called whenever there is nothing new."""
        place = _Place.at_the_end_of(self.path)
        while True:
            pause()
            lines, place = place.read_on(self.path)
            yield from (entry for entry in map(_entry_of, lines) if entry is not None)

    def _append(self, line: bytes) -> None:
        if self.path.exists() and self.path.stat().st_size + len(line) > self.most_bytes:
            self._drop_the_older_half()
        with self.path.open("a+b") as file:
            # A torn line is ended first, so that it does not take this one with it.
            size = file.seek(0, os.SEEK_END)
            file.seek(max(size - 1, 0))
            is_torn = size > 0 and file.read(1) != b"\n"
            file.write(b"\n" + line if is_torn else line)

    def _drop_the_older_half(self) -> None:
        kept: list[bytes] = []
        room = self.most_bytes // 2
        for line in reversed(_lines(self.path)):
            room -= len(line)
            if room < 0:
                break
            kept.append(line)
        handle, temporary = tempfile.mkstemp(dir=self.path.parent, prefix=f".{EVENTS}.")
        with os.fdopen(handle, "wb") as file:
            file.writelines(line for line in reversed(kept) if line.endswith(b"\n"))
        Path(temporary).replace(self.path)


@dataclass(frozen=True)
class _Place:
    """Up to where a journal was read: in which file, how far, and the line before, by which a shortened one is told."""

    file: int
    offset: int
    line_before: bytes

    @classmethod
    def at_the_end_of(cls, path: Path) -> "_Place":
        return cls(-1, 0, b"").read_on(path)[1]

    def read_on(self, path: Path) -> tuple[list[bytes], "_Place"]:
        """The whole lines that are new, and the place after them."""
        try:
            with path.open("rb") as opened:
                file = os.fstat(opened.fileno()).st_ino
                offset = self.offset
                if file != self.file:
                    content = opened.read()
                    known = content.rfind(self.line_before) if self.line_before else -1
                    offset = known + len(self.line_before) if known >= 0 else 0
                opened.seek(offset)
                new = opened.read()
        except FileNotFoundError:
            return [], _Place(-1, 0, self.line_before)
        whole = new[: new.rfind(b"\n") + 1]
        lines = whole.splitlines(keepends=True)
        return lines, _Place(file, offset + len(whole), lines[-1] if lines else self.line_before)


def _lines(path: Path) -> list[bytes]:
    try:
        return path.read_bytes().splitlines(keepends=True)
    except FileNotFoundError:
        return []


def _entry_of(line: bytes) -> Entry | None:
    if not line.endswith(b"\n"):
        return None
    try:
        return _ENTRY.validate_json(line)
    except ValidationError:
        return None
