"""What the emulated S3 and DynamoDB hold between runs, in a folder.

FOLDER/lock                  held by the one run that uses the folder
FOLDER/state.json            which objects and items there are; replaced as a whole, so it is old or new, never half
FOLDER/objects/ab/abcd…      the objects' content by SHA-256, written before state.json names it

A run that is killed leaves state.json as it was; content that nothing names is removed by the next run.
"""

import gzip
import hashlib
import os
import tempfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout
from pydantic import BaseModel, ConfigDict, ValidationError

from tasks.shared_context import COMPRESSED
from workflows.errors import BadInput

FORMAT = 1
STATE = "state.json"
OBJECTS = "objects"
LOCK = "lock"
WAIT_S = 120.0


class InvalidStateFolder(BadInput):
    """A state folder that cannot be used as it is."""


class StoredObject(BaseModel):
    """One version of one object; its content lies as it was stored, compressed or not, under the SHA-256 of that."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    key: str
    version_id: str
    sha256: str
    modified: datetime
    content_type: str
    metadata: dict[str, str]
    content_encoding: str = ""


class State(BaseModel):
    """Everything that is kept."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    format: int = FORMAT
    objects: tuple[StoredObject, ...] = ()
    tables: dict[str, list[dict[str, Any]]] = {}


@dataclass(frozen=True)
class StateFolder:
    """A folder that one run at a time reads from and writes to."""

    path: Path

    @contextmanager
    def held(self, say: Callable[[str], None]) -> Iterator[None]:
        """Within it, no other run uses the folder; say is told when this one has to wait."""
        self._make()
        lock = FileLock(self.path / LOCK)
        try:
            with self._usable():
                lock.acquire(timeout=0)
        except Timeout:
            say(f"Another run is using {self.path}; waiting for it (at most {WAIT_S:.0f} s) …")
            try:
                lock.acquire(timeout=WAIT_S)
            except Timeout as error:
                remedy = f"wait for it, end it, or use another folder with --state (now {self.path})"
                raise InvalidStateFolder([f"another run holds the state folder: {remedy}"]) from error
        try:
            yield
        finally:
            lock.release()

    def read(self) -> State:
        """Everything that was kept; an empty state where there is no folder yet."""
        try:
            with self._usable():
                state = State.model_validate_json((self.path / STATE).read_bytes())
        except FileNotFoundError:
            return State()
        except ValidationError as error:
            raise self._broken(f"{STATE} is not of the format {FORMAT}") from error
        if state.format != FORMAT:
            raise self._broken(f"{STATE} has the format {state.format}; this version reads {FORMAT}")
        return state

    def content(self, kept: StoredObject) -> bytes:
        """The object's content; InvalidStateFolder where it is missing or not what was stored."""
        return self._unfolded(kept, self.stored_bytes(kept))

    def content_as_it_is(self, kept: StoredObject) -> bytes:
        """What lies there, changed or not; InvalidStateFolder where it is missing, or cannot be unfolded any more."""
        return self._unfolded(kept, self._bytes(kept))

    def is_as_stored(self, kept: StoredObject) -> bool:
        """Whether what lies there is what was stored."""
        return hashlib.sha256(self._bytes(kept)).hexdigest() == kept.sha256

    def stored_bytes(self, kept: StoredObject) -> bytes:
        """The object's bytes as S3 holds them; InvalidStateFolder where they are missing or others."""
        stored = self._bytes(kept)
        if hashlib.sha256(stored).hexdigest() != kept.sha256:
            raise self._broken(f"the content of {kept.key} was changed or truncated")
        return stored

    def _bytes(self, kept: StoredObject) -> bytes:
        try:
            return self._place(kept.sha256).read_bytes()
        except OSError as error:
            raise self._broken(f"the content of {kept.key} is missing") from error

    def _unfolded(self, kept: StoredObject, stored: bytes) -> bytes:
        if kept.content_encoding != COMPRESSED:
            return stored
        try:
            return gzip.decompress(stored)
        except (OSError, EOFError, zlib.error) as error:
            raise self._broken(f"the content of {kept.key} was changed or truncated") from error

    def add_content(self, content: bytes) -> str:
        """Stores the content and returns its SHA-256, by which a state can name it."""
        sha256 = hashlib.sha256(content).hexdigest()
        place = self._place(sha256)
        with self._usable():
            if not place.exists():
                place.parent.mkdir(exist_ok=True)
                replace_file(place, content)
        return sha256

    def replace(self, state: State) -> None:
        """Afterwards the folder holds this state, and no content that it does not name."""
        named = {kept.sha256 for kept in state.objects}
        with self._usable():
            replace_file(self.path / STATE, state.model_dump_json(indent=1).encode())
            for place in (self.path / OBJECTS).glob("*/*"):
                if place.name not in named:
                    place.unlink(missing_ok=True)

    def _make(self) -> None:
        with self._usable():
            (self.path / OBJECTS).mkdir(parents=True, exist_ok=True)
            # The folder holds account ids and costs, and is nothing to commit.
            ignore = self.path / ".gitignore"
            if not ignore.exists():
                replace_file(ignore, b"*\n")

    @contextmanager
    def _usable(self) -> Iterator[None]:
        """Within it, what the file system refuses is said in our words; a missing file or a held lock is no refusal."""
        try:
            yield
        except (FileNotFoundError, Timeout):
            raise
        except OSError as error:
            remedy = "make room, mend its permissions, or use another folder with --state"
            problem = f"the state folder {self.path} cannot be used: {error.strerror or error}; {remedy}"
            raise InvalidStateFolder([problem]) from error

    def _broken(self, what: str) -> InvalidStateFolder:
        return InvalidStateFolder([f"{what} in {self.path}; move that folder away and run again, or use --state"])

    def _place(self, sha256: str) -> Path:
        return self.path / OBJECTS / sha256[:2] / sha256


def replace_file(path: Path, content: bytes) -> None:
    """Writes the file as a whole: whoever is killed meanwhile leaves the old one, or none."""
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
