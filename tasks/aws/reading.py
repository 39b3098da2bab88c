"""Asking AWS and keeping every answer: parameters, request id and response, page by page."""

import math
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import partial
from typing import Any

from botocore import xform_name
from botocore.exceptions import BotoCoreError, ClientError
from botocore.parsers import ResponseParserError

from tasks.aws.failures import STATES, in_our_words, remedy
from tasks.aws.page_tokens import page_tokens
from tasks.deadline import in_time
from tasks.wiring import Clients
from workflows.cost_review.documents import RecordedResponse
from workflows.errors import DataUnavailable, MalformedResponse, ServiceUnavailable, SourceError, Throttled
from workflows.members import members, text
from workflows.sources import SourceState, SourceStatus

MOST_PAGES = 500
LONGEST_DETAIL = 300
DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
UNPARSABLE = (ResponseParserError, AttributeError, KeyError, TypeError, ValueError, ArithmeticError, RuntimeError)
"""What boto3's parsers raise at a response that contradicts the service's description."""


@dataclass
class Reader:
    """Asks one source in one region; responses holds what it answered so far.

    notes are what its status says besides: what could not be seen although the source answered. Nothing is asked any
    more once given_up is set, because nobody waits for the answer.
    """

    clients: Clients
    source: str
    region: str
    responses: list[RecordedResponse] = field(default_factory=list)
    last_operation: str = ""
    notes: list[str] = field(default_factory=list)
    given_up: bool = False

    def ask(self, service: str, operation: str, **parameters: Any) -> dict[str, Any]:
        """One request; the response is kept. A failure is one of our SourceErrors, and so is the step's deadline."""
        if self.given_up:
            raise SourceError(f"Nobody waits for {self.region} any more: {service}:{operation} was not asked.")
        self.last_operation = f"{service}:{operation}"
        try:
            call = getattr(self.clients(service, self.region), xform_name(operation))
            request_id, response = in_time(partial(_parsed, call, self.last_operation, parameters), self.last_operation)
        except (ClientError, BotoCoreError) as error:
            raise in_our_words(error) from error
        kept = RecordedResponse(
            self.source, service, operation, self.region, jsonable(parameters), request_id, response
        )
        self.responses.append(kept)
        return dict(response)

    def pages(self, service: str, operation: str, **parameters: Any) -> Iterator[dict[str, Any]]:
        """Every page. boto3 has no paginator for half of these operations, so the tokens are followed here.

        A token that comes twice, or pages without end, is MalformedResponse: each Cost Explorer page costs money.
        """
        told, taken = page_tokens(service, operation, self._described) or ("", "")
        seen: set[str] = set()
        page = self.ask(service, operation, **parameters)
        yield page
        while token := page.get(told):
            if not isinstance(token, str):
                raise MalformedResponse(f"{service}:{operation} gave a page token that is no text.")
            if token in seen or len(seen) >= MOST_PAGES:
                raise MalformedResponse(f"{service}:{operation} goes round in circles: its page token came back.")
            seen.add(token)
            page = self.ask(service, operation, **parameters, **{taken: token})
            yield page

    def _described(self, service: str, operation: str) -> Any:
        return self.clients(service, self.region).meta.service_model.operation_model(operation)


def _parsed(call: Callable[..., Any], asked: str, parameters: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    try:
        answer = call(**parameters)
        request_id = str(answer.pop("ResponseMetadata", {}).get("RequestId", ""))
        return request_id, jsonable(answer)
    except (ClientError, BotoCoreError):
        raise
    except UNPARSABLE as error:
        raise MalformedResponse(f"{asked} gave an answer that cannot be parsed: {error}") from error


@dataclass(frozen=True)
class Reading:
    """What one source in one region gave, with what became of the attempt.

    throttled says that another try of the whole step is likely to help (AWS throttled it, or failed on its own side).
    """

    responses: tuple[RecordedResponse, ...]
    status: SourceStatus
    throttled: bool = False

    @property
    def succeeded(self) -> bool:
        return not self.status.is_gap


def read(
    clients: Clients, source: str, region: str, reads: Callable[[Reader], int], *, may_lack_data: bool = False
) -> Reading:
    """Reads a source and says how it went; what was answered before a failure is kept.

    reads returns how many rows it saw, so that "nothing there" and "could not look" never look alike. Data that AWS
    says it does not have is a gap too, unless the source may lack it: a young account has no forecast yet.
    """
    return read_with(Reader(clients, source, region), reads, may_lack_data=may_lack_data)


def read_with(reader: Reader, reads: Callable[[Reader], int], *, may_lack_data: bool = False) -> Reading:
    """The same, by a reader that somebody else can look at meanwhile."""
    source, region = reader.source, reader.region
    try:
        rows = _rows_seen(reader, reads)
    except SourceError as error:
        state = next(STATES[kind] for kind in type(error).__mro__ if kind in STATES)
        if isinstance(error, DataUnavailable) and may_lack_data:
            state = SourceState.NO_DATA
        detail = str(error)[:LONGEST_DETAIL]
        status = SourceStatus(source, region, state, detail, remedy(error, source, reader.last_operation))
        return Reading(tuple(reader.responses), status, isinstance(error, Throttled | ServiceUnavailable))
    state = SourceState.AVAILABLE if rows else SourceState.NO_DATA
    return Reading(
        tuple(reader.responses), SourceStatus(source, region, state, " ".join(reader.notes)[:LONGEST_DETAIL])
    )


def _rows_seen(reader: Reader, reads: Callable[[Reader], int]) -> int:
    try:
        return reads(reader)
    except KeyError as error:
        raise MalformedResponse(f"{reader.last_operation} answered without {error}.") from error


def rows_in(page: dict[str, Any], member: str) -> list[Any]:
    """The rows of a page, none where AWS left them out; MalformedResponse where something else stands there."""
    rows = page.get(member)
    if rows is not None and not isinstance(rows, list):
        raise MalformedResponse(f"{member} is no list.")
    return rows or []


def note_refreshed(reader: Reader, rows: Iterable[object], member: str) -> None:
    """Afterwards the reader's notes say on which days AWS last made these rows anew, where they tell."""
    days = sorted(day for row in rows if DAY.fullmatch(day := text(members(row).get(member))[:10]))
    if days:
        last = f" to {days[-1]}" if days[-1] != days[0] else ""
        reader.notes.append(f"AWS's data is of {days[0]}{last}.")


def jsonable(value: Any) -> Any:
    """The value as JSON has it: times in UTC whatever the host's zone, nulls kept.

    MalformedResponse for a number that is not finite: JSON has none, and writing null would make it look unknown.
    """
    match value:
        case float() if not math.isfinite(value):
            raise MalformedResponse(f"AWS answered {value}, which is no number to count with.")
        case datetime():
            return value.astimezone(UTC).isoformat()
        case date():
            return value.isoformat()
        case Decimal():
            return str(value)
        case dict():
            return {str(key): jsonable(member) for key, member in value.items()}
        case list() | tuple():
            return [jsonable(member) for member in value]
        case _:
            return value
