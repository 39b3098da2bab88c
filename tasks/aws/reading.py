"""Asking AWS and keeping every answer: parameters, request id and response, page by page."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from botocore import xform_name
from botocore.exceptions import BotoCoreError, ClientError

from tasks.aws.failures import STATES, in_our_words, remedy
from tasks.wiring import Clients
from workflows.cost_review.documents import RecordedResponse
from workflows.errors import DataUnavailable, MalformedResponse, SourceError, Throttled
from workflows.sources import SourceState, SourceStatus

TOKEN_MEMBER = {
    "ce": "NextPageToken",
    "budgets": "NextToken",
    "trustedadvisor": "nextToken",
    "cost-optimization-hub": "nextToken",
    "compute-optimizer": "nextToken",
}
MOST_PAGES = 500
LONGEST_DETAIL = 300


@dataclass
class Reader:
    """Asks one source in one region; responses holds what it answered so far."""

    clients: Clients
    source: str
    region: str
    responses: list[RecordedResponse] = field(default_factory=list)
    last_operation: str = ""

    def ask(self, service: str, operation: str, **parameters: Any) -> dict[str, Any]:
        """One request; the response is kept. A failure is one of our SourceErrors."""
        self.last_operation = f"{service}:{operation}"
        try:
            client = self.clients(service, self.region)
            answer = getattr(client, xform_name(operation))(**parameters)
        except (ClientError, BotoCoreError) as error:
            raise in_our_words(error) from error
        request_id = str(answer.pop("ResponseMetadata", {}).get("RequestId", ""))
        response = jsonable(answer)
        kept = RecordedResponse(
            self.source, service, operation, self.region, jsonable(parameters), request_id, response
        )
        self.responses.append(kept)
        return dict(response)

    def pages(self, service: str, operation: str, **parameters: Any) -> Iterator[dict[str, Any]]:
        """Every page. boto3 has no paginator for half of these operations, so the tokens are followed here.

        A token that comes twice, or pages without end, is MalformedResponse: each Cost Explorer page costs money.
        """
        member = TOKEN_MEMBER[service]
        seen: set[str] = set()
        page = self.ask(service, operation, **parameters)
        yield page
        while token := page.get(member):
            if token in seen or len(seen) >= MOST_PAGES:
                raise MalformedResponse(f"{service}:{operation} goes round in circles: its page token came back.")
            seen.add(token)
            page = self.ask(service, operation, **parameters, **{member: token})
            yield page


@dataclass(frozen=True)
class Reading:
    """What one source in one region gave, with what became of the attempt."""

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
    reader = Reader(clients, source, region)
    try:
        rows = _rows_seen(reader, reads)
    except SourceError as error:
        state = next(STATES[kind] for kind in type(error).__mro__ if kind in STATES)
        if isinstance(error, DataUnavailable) and may_lack_data:
            state = SourceState.NO_DATA
        detail = str(error)[:LONGEST_DETAIL]
        status = SourceStatus(source, region, state, detail, remedy(error, source, reader.last_operation))
        return Reading(tuple(reader.responses), status, isinstance(error, Throttled))
    state = SourceState.AVAILABLE if rows else SourceState.NO_DATA
    return Reading(tuple(reader.responses), SourceStatus(source, region, state))


def _rows_seen(reader: Reader, reads: Callable[[Reader], int]) -> int:
    try:
        return reads(reader)
    except KeyError as error:
        raise MalformedResponse(f"{reader.last_operation} answered without {error}.") from error


def jsonable(value: Any) -> Any:
    """The value as JSON has it: times in UTC whatever the host's zone, nulls kept."""
    match value:
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
