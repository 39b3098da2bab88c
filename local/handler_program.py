"""Runs one function of another team, once, as a process of its own: `python -IB handler_program.py FILE FUNCTION`.

The question is on standard input. Standard output gets the answer as JSON and ends with 0, or the error as Lambda words
it and ends with FAILED. Whatever the function itself prints goes nowhere. Nothing of ours is imported here.
"""

import importlib.util
import json
import os
import resource
import sys
import time
from contextlib import suppress
from pathlib import Path
from types import SimpleNamespace

FAILED = 3
MOST_MEMORY_BYTES = 1 << 30
MOST_CPU_S = 150
"""More than a card may ask for; it ends what nobody is there any more to end."""
LARGEST_FILE_BYTES = 64 << 20
LARGEST_RESPONSE_BYTES = 6 * 1024 * 1024
"""What Lambda hands on of a function's answer at most."""
LONGEST_MESSAGE = 1_000


def main(path: Path, function: str) -> int:
    """The function's answer, or its error, is on what standard output was; returns the exit code."""
    asked = json.loads(sys.stdin.buffer.read())
    answer = os.dup(1)
    _closed_to_what_it_prints()
    _limited()
    try:
        said, code = _answered(path, function, asked), 0
    except BaseException as error:
        told = {"errorType": type(error).__name__, "errorMessage": str(error)[:LONGEST_MESSAGE]}
        said, code = json.dumps(told).encode(), FAILED
    os.write(answer, said)
    return code


def _answered(path: Path, function: str, asked: object) -> bytes:
    # Its neighbours are found as in its own package in Lambda.
    sys.path.insert(0, str(path.parent))
    spec = importlib.util.spec_from_file_location(path.stem, path)
    if spec is None or spec.loader is None:
        raise ImportError(f"{path.name} is no Python file")
    module = importlib.util.module_from_spec(spec)
    sys.modules[path.stem] = module
    spec.loader.exec_module(module)
    said = json.dumps(getattr(module, function)(asked, _context(function))).encode()
    if len(said) > LARGEST_RESPONSE_BYTES:
        raise ValueError(f"the response has {len(said)} bytes; Lambda hands on {LARGEST_RESPONSE_BYTES}")
    return said


def _context(function: str) -> SimpleNamespace:
    """What Lambda hands over beside the event, as far as it makes sense here."""
    ends = time.monotonic() + float(os.environ["FINOPS_TIMEOUT_S"])
    return SimpleNamespace(
        function_name=function,
        aws_request_id="local",
        get_remaining_time_in_millis=lambda: max(0, int((ends - time.monotonic()) * 1000)),
    )


def _closed_to_what_it_prints() -> None:
    nowhere = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(nowhere, stream)


def _limited() -> None:
    for kind, most in (
        (resource.RLIMIT_AS, MOST_MEMORY_BYTES),
        (resource.RLIMIT_FSIZE, LARGEST_FILE_BYTES),
        (resource.RLIMIT_CPU, MOST_CPU_S),
        (resource.RLIMIT_CORE, 0),
    ):
        with suppress(ValueError, OSError):  # because not every system has every limit
            resource.setrlimit(kind, (most, most))


if __name__ == "__main__":
    # Not by sys.exit: the answer is given, and what the function left running is nobody's concern.
    os._exit(main(Path(sys.argv[1]), sys.argv[2]))
