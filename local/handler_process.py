"""Another team's function in a process of its own: no credentials of the user, a folder of its own, an end in time.

It is no prison: the process runs as the user who started it, so that a file of a stranger is read before it is
registered here. What it keeps from the review is everything that goes wrong: it cannot stop it, fill its memory or its
terminal, nor find the user's AWS credentials where AWS's SDKs look for them.
"""

import atexit
import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO, Any

from local import clock, handler_program
from workflows.discovery.card import LONGEST_TIMEOUT_S
from workflows.errors import BadInput, FinOpsError

DEFAULT_FUNCTION = "handler"
MOST_READ_BYTES = handler_program.LARGEST_RESPONSE_BYTES + 1
LONGEST_TOLD = 300
GRACE_S = 1.0
"""Who asks gives up at the deadline and says so; the process is ended a moment later, so that the two do not race."""
_running: set[subprocess.Popen[bytes]] = set()


class HandlerFailed(FinOpsError):
    """Another team's function raised an error, died, or left no answer."""


class HandlerStopped(FinOpsError):
    """Another team's function was still running when its time was over; its process was killed."""


@dataclass(frozen=True)
class Handler:
    """A function in a Python file, which takes (event, context) as Lambda's do."""

    path: Path
    function: str = DEFAULT_FUNCTION

    @classmethod
    def named(cls, text: str) -> "Handler":
        """The handler of FILE.py[:FUNCTION]; BadInput where there is no such file."""
        name, colon, function = text.rpartition(":")
        path, function = (Path(name), function) if colon and function.isidentifier() else (Path(text), DEFAULT_FUNCTION)
        if path.suffix != ".py" or not path.is_file():
            raise BadInput([f"{text}: there is no such Python file; write it as FILE.py or FILE.py:FUNCTION"])
        return cls(path.resolve(), function)

    def __str__(self) -> str:
        return f"{self.path}:{self.function}"

    def __call__(self, question: Mapping[str, Any]) -> object:
        """The answer; HandlerFailed or HandlerStopped where there is none by the question's deadline."""
        remaining = (datetime.fromisoformat(question["deadline"]) - clock.now()).total_seconds()
        return json.loads(self.answered(question, timeout_s=min(max(remaining, 0.0), LONGEST_TIMEOUT_S)))

    def answered(self, question: Mapping[str, Any], *, timeout_s: float) -> bytes:
        """The answer as JSON, of a process that has ended."""
        with tempfile.TemporaryDirectory(prefix="finops-agent-") as folder, tempfile.TemporaryFile() as said:
            code = _run(self, question, Path(folder), said, timeout_s)
            said.seek(0)
            content = said.read(MOST_READ_BYTES)
        if code != 0:
            raise HandlerFailed(_error_in(content) or f"its process ended with {code} and left no answer")
        try:
            json.loads(content)
        except (ValueError, RecursionError):
            raise HandlerFailed("its process left an answer that is not JSON") from None
        return content


def _run(handler: Handler, question: Mapping[str, Any], folder: Path, said: IO[bytes], timeout_s: float) -> int:
    program = [sys.executable, "-I", "-B", handler_program.__file__, str(handler.path), handler.function]
    with tempfile.TemporaryFile() as asked:
        asked.write(json.dumps(question).encode())
        asked.seek(0)
        process = subprocess.Popen(  # noqa: S603 because the user registered this file to be run
            program,
            cwd=folder,
            env=_environment(folder, timeout_s),
            stdin=asked,
            stdout=said,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
    _running.add(process)
    try:
        return process.wait(timeout=timeout_s + GRACE_S)
    except subprocess.TimeoutExpired:
        raise HandlerStopped(f"it was still running after {timeout_s:.3g} s, and was stopped") from None
    finally:
        _stop(process)
        _running.discard(process)


@atexit.register
def stop_all() -> None:
    """No function outlives this process, though nobody may wait any more for the thread that would have ended it."""
    for process in tuple(_running):
        _stop(process)


def _stop(process: subprocess.Popen[bytes]) -> None:
    with suppress(ProcessLookupError, PermissionError):  # because it may be gone, and macOS says so in this way
        os.killpg(process.pid, signal.SIGKILL)  # its children too
    process.wait()


def _environment(folder: Path, timeout_s: float) -> dict[str, str]:
    """Nothing of the user's own; AWS's SDKs find no credentials from here."""
    nowhere = str(folder / "none")
    return {
        "PATH": os.defpath,
        "LANG": "C.UTF-8",
        "HOME": str(folder),
        "TMPDIR": str(folder),
        "AWS_CONFIG_FILE": nowhere,
        "AWS_SHARED_CREDENTIALS_FILE": nowhere,
        "AWS_EC2_METADATA_DISABLED": "true",
        "FINOPS_TIMEOUT_S": str(timeout_s),
    }


def _error_in(content: bytes) -> str:
    try:
        document = json.loads(content)
        told = f"{document['errorType']}: {document['errorMessage']}"
    except (ValueError, RecursionError, KeyError, TypeError):
        return ""
    return " ".join("".join(each if each.isprintable() else " " for each in told).split())[:LONGEST_TOLD]
