"""Reads one source in many regions at once, each by its own deadline: a region that hangs holds up no other."""

import re
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import wait
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial

import botocore.session
from botocore.exceptions import ConnectionError as NoConnection
from botocore.exceptions import HTTPClientError

from tasks.aws.reading import Reader, Reading, read_with
from tasks.deadline import TICK_S, started
from tasks.wiring import Clients
from workflows.errors import SourceError
from workflows.sources import NO_GAP, SourceState, SourceStatus

ALL = "all"
"""Stands in settings in the place of regions' names: wherever AWS has the service, as far as boto3 knows."""
FIRST = "us-east-1"
BLOCKED = re.compile(r"^(UnrecognizedClient|InvalidClientTokenId|AuthFailure|InvalidEndpoint|NoAnswer\b)")
"""How a region answers that is not enabled for the account, is closed by its network, or lacks the service."""
CLOSED_BY_POLICY = re.compile(r"with an explicit deny in a service control policy")
KNOWS_US = NO_GAP | {SourceState.NOT_ENROLLED, SourceState.NO_SUPPORT_PLAN, SourceState.DENIED, SourceState.THROTTLED}
"""States in which AWS has taken the credentials, whatever it then answered."""


@dataclass(frozen=True)
class Deadline:
    """Until when a region may answer: allowed from the moment at which all of them are asked, by this clock."""

    allowed: timedelta
    now: Callable[[], datetime]


def named_regions(names: Sequence[str], service: str) -> tuple[str, ...]:
    """The regions that are named; all of AWS's commercial ones that have the service where ALL is."""
    if ALL not in names:
        return tuple(dict.fromkeys(names))
    known = botocore.session.Session().get_available_regions(service)
    return tuple(sorted({*known, *names} - {ALL}, key=lambda region: (region != FIRST, region)))


def read_in_each_region(
    clients: Clients,
    source: str,
    regions: Sequence[str],
    reads: Callable[[Reader], int],
    deadline: Deadline,
    elsewhere: Sequence[SourceStatus] = (),
) -> tuple[Reading, ...]:
    """One Reading a region, in their order. A region that is late or blocked is an ERROR with its remedy, not fatal.

    elsewhere is how other sources answered the same credentials.
    """
    until = deadline.now() + deadline.allowed
    readers = {region: Reader(clients, source, region) for region in regions}
    running = {region: started(partial(read_with, reader, _reachable(reads))) for region, reader in readers.items()}
    while (left := [one for one in running.values() if not one.done()]) and deadline.now() < until:
        wait(left, timeout=TICK_S)
    readings = {
        region: one.result() if one.done() else _late(readers[region], deadline) for region, one in running.items()
    }
    return _with_remedies(readings, credentials_work=any(one.state in KNOWS_US for one in elsewhere))


def where_the_account_is(readings: Sequence[Reading]) -> tuple[Reading, ...]:
    """The readings of all regions, asked because nobody named any: where the account cannot be is no gap.

    Nothing runs in a region that is not enabled for the account, and a policy of the organization that closes a region
    was meant. Enrolment is the account's, so that it is missed once. Each such region keeps a line that says so.
    """
    if all(_cannot_be_there(one.status) for one in readings):
        return tuple(readings)
    unenrolled = [one for one in readings if one.status.state is SourceState.NOT_ENROLLED]
    return tuple(_needless(one) if _cannot_be_there(one.status) or one in unenrolled[1:] else one for one in readings)


def _cannot_be_there(status: SourceStatus) -> bool:
    not_enabled = BLOCKED.match(status.detail) and not status.detail.startswith("NoAnswer")
    return status.is_gap and bool(not_enabled or CLOSED_BY_POLICY.search(status.detail))


def _why_needless(status: SourceStatus) -> str:
    if status.state is SourceState.NOT_ENROLLED:
        return "The account is not enrolled, as another region says already."
    if CLOSED_BY_POLICY.search(status.detail):
        return f"A service control policy closes {status.region}; name the region where it is to be looked at."
    return f"{status.region} is not enabled for the account, so nothing of it runs there."


def _needless(reading: Reading) -> Reading:
    why = _why_needless(reading.status)
    status = replace(reading.status, state=SourceState.NOT_NEEDED, detail=why, remedy="")
    return replace(reading, responses=(), status=status)


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


def _with_remedies(readings: Mapping[str, Reading], *, credentials_work: bool) -> tuple[Reading, ...]:
    """Where anything else answers, the credentials are good: a region that refuses them is not enabled."""
    good = credentials_work or any(not BLOCKED.match(one.status.detail) for one in readings.values())
    return tuple(
        _blocked(one) if BLOCKED.match(one.status.detail) and (good or _silent(one)) else one
        for one in readings.values()
    )


def _silent(reading: Reading) -> bool:
    return reading.status.detail.startswith("NoAnswer")


def _blocked(reading: Reading) -> Reading:
    region = reading.status.region
    remedy = f"Enable {region} for the account and let its endpoint be reached, or leave {region} out of the regions."
    return replace(reading, status=replace(reading.status, remedy=remedy))
