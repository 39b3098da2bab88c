"""Reads one source in many regions at once, each by its own deadline: a region that hangs holds up no other."""

import re
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, wait
from contextvars import copy_context
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from threading import Thread

from botocore.exceptions import ConnectionError as NoConnection
from botocore.exceptions import HTTPClientError

from tasks.aws.reading import Reader, Reading, read_with
from tasks.wiring import Clients
from workflows.errors import SourceError
from workflows.sources import SourceState, SourceStatus

TICK_S = 0.05
"""How often the clock is looked at while regions are waited for."""
BLOCKED = re.compile(r"^(UnrecognizedClient|InvalidClientTokenId|AuthFailure|InvalidEndpoint|NoAnswer\b)")
"""How a region answers that is not enabled for the account, is closed by its network, or lacks the service."""


@dataclass(frozen=True)
class Deadline:
    """Until when a region may answer: allowed from the moment at which all of them are asked, by this clock."""

    allowed: timedelta
    now: Callable[[], datetime]


def read_in_each_region(
    clients: Clients, source: str, regions: Sequence[str], reads: Callable[[Reader], int], deadline: Deadline
) -> tuple[Reading, ...]:
    """One Reading a region, in their order. A region that is late or blocked is an ERROR with its remedy, not fatal."""
    until = deadline.now() + deadline.allowed
    readers = {region: Reader(clients, source, region) for region in regions}
    running = {region: _started(partial(read_with, reader, _reachable(reads))) for region, reader in readers.items()}
    while (left := [one for one in running.values() if not one.done()]) and deadline.now() < until:
        wait(left, timeout=TICK_S)
    readings = {
        region: one.result() if one.done() else _late(readers[region], deadline) for region, one in running.items()
    }
    return _with_remedies(readings)


def _started(work: Callable[[], Reading]) -> Future[Reading]:
    """Work in a thread that ends with the process, so that one that hangs keeps nobody from leaving."""
    future: Future[Reading] = Future()

    def run() -> None:
        try:
            future.set_result(work())
        except BaseException as error:  # it is raised again where the result is asked for
            future.set_exception(error)

    # The thread gets this call's context, so that its requests count on this call's meter.
    Thread(target=copy_context().run, args=(run,), daemon=True).start()
    return future


def _reachable(reads: Callable[[Reader], int]) -> Callable[[Reader], int]:
    """A region without a connection is a gap at once: asking the whole step again would hold up all the others."""

    def attempt(reader: Reader) -> int:
        try:
            return reads(reader)
        except SourceError as error:
            if isinstance(error.__cause__, NoConnection | HTTPClientError):
                raise SourceError(f"NoAnswer from {reader.region}: {error.__cause__}") from error
            raise

    return attempt


def _late(reader: Reader, deadline: Deadline) -> Reading:
    reader.given_up = True
    seconds = int(deadline.allowed.total_seconds())
    detail = f"NoAnswer from {reader.region} within {seconds} s; {reader.last_operation or 'nothing'} was asked last."
    return Reading(tuple(reader.responses), SourceStatus(reader.source, reader.region, SourceState.ERROR, detail))


def _with_remedies(readings: Mapping[str, Reading]) -> tuple[Reading, ...]:
    """Where another region answers, the credentials are good: a region that refuses them is not enabled."""
    some_region_answers = any(not BLOCKED.match(one.status.detail) for one in readings.values())
    return tuple(
        _blocked(one) if BLOCKED.match(one.status.detail) and (some_region_answers or _silent(one)) else one
        for one in readings.values()
    )


def _silent(reading: Reading) -> bool:
    return reading.status.detail.startswith("NoAnswer")


def _blocked(reading: Reading) -> Reading:
    region = reading.status.region
    remedy = f"Enable {region} for the account and let its endpoint be reached, or leave {region} out of the regions."
    return replace(reading, status=replace(reading.status, remedy=remedy))
