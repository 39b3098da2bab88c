"""What agents and reviews announce on the bus, in batches, and details that are too large for it by reference."""

import json
import random
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from tasks.shared_context import read_content, store_context
from tasks.wiring import World
from workflows.errors import FinOpsError, InvalidContent
from workflows.events.published import STORED_SCHEMA, StoredDetail, as_json, read_as

ENTRIES_A_REQUEST = 10
LARGEST_REQUEST_BYTES = 1_000_000
"""All entries of a request together stay below 1 MB (PutEvents' description in botocore; 256 KB before 2026)."""
LARGEST_ENTRY_BYTES = 240_000
"""Less than the bus takes: an event grows by what goes around it, and some targets take no more than 256 KB."""
MOST_TRIES = 4
LONGEST_PAUSE_S = 0.2
CONTEXT_TYPE = "events"
MATCHED_BY_RULES = ("event_id", "review_id", "context")
"""What of a detail goes with the event although the detail itself is stored: rules and people look for it."""


class EventNotPublished(FinOpsError):
    """EventBridge refused events; they are named, and are not on the bus. Those that are not named are."""


@dataclass(frozen=True)
class Event:
    """One event of ours, as it is put on the bus."""

    source: str
    detail_type: str
    detail: Mapping[str, Any]

    @property
    def entry(self) -> dict[str, str]:
        """The event as PutEvents takes it, without its bus."""
        return {
            "Source": self.source,
            "DetailType": self.detail_type,
            "Detail": json.dumps(self.detail, sort_keys=True),
        }

    @property
    def size(self) -> int:
        """Its bytes as EventBridge counts them: source, type and detail in UTF-8."""
        return sum(len(part.encode()) for part in self.entry.values())


def publish(world: World, *, source: str, detail_type: str, detail: Mapping[str, Any]) -> None:
    """Afterwards the event is on the bus; EventNotPublished where EventBridge refused it (it answers 200 then too)."""
    publish_all(world, [Event(source, detail_type, detail)])


def publish_all(world: World, events: Sequence[Event]) -> None:
    """Afterwards all the events are on the bus, each once as far as EventBridge says.

    What failed is sent again, a few times, without what went through. EventNotPublished names what never did.
    """
    left: list[tuple[Event, str]] = []
    for batch in _batches([_that_fits(world, event) for event in events]):
        left += _sent(world, batch)
    if left:
        named = "; ".join(f"{event.detail_type} of {event.source} was refused: {why}" for event, why in left)
        raise EventNotPublished(named)


def detail_of(world: World, detail: Mapping[str, Any]) -> Mapping[str, Any]:
    """The whole detail of an event of ours, read from where it was stored if it was too large for the bus.

    InvalidEvent where the reference is malformed, InvalidContent where what it leads to is not what was stored.
    """
    if detail.get("schema") != STORED_SCHEMA:
        return detail
    told = read_as(StoredDetail, detail)
    if told.stored.bucket != world.settings.context_bucket:
        raise InvalidContent(f"The detail lies in {told.stored.bucket[:80]!r}, which is not our shared context.")
    document = json.loads(read_content(world, told.stored))
    if not isinstance(document, dict) or document.get("schema") != told.stored_schema:
        raise InvalidContent(f"{told.stored.key} is no {told.stored_schema[:80]}.")
    return document


def _that_fits(world: World, event: Event) -> Event:
    """The event itself, or one that says where its detail lies."""
    if event.size <= LARGEST_ENTRY_BYTES:
        return event
    content = json.dumps(event.detail, sort_keys=True).encode()
    agent = event.source.removeprefix("finops.")
    review_id = str(event.detail.get("review_id", ""))
    stored = store_context(world, agent=agent, context_type=CONTEXT_TYPE, review_id=review_id, content=content)
    kept = {name: event.detail[name] for name in MATCHED_BY_RULES if name in event.detail}
    schema = str(event.detail.get("schema", ""))
    told = StoredDetail(contract=STORED_SCHEMA, stored_schema=schema, stored=stored, **kept)
    return replace(event, detail=as_json(told))


def _batches(events: Sequence[Event]) -> Iterator[list[Event]]:
    """In the order in which they came, as many together as one request takes."""
    batch: list[Event] = []
    for event in events:
        if len(batch) == ENTRIES_A_REQUEST or sum(one.size for one in (*batch, event)) > LARGEST_REQUEST_BYTES:
            yield batch
            batch = []
        batch.append(event)
    if batch:
        yield batch


def _sent(world: World, batch: Sequence[Event]) -> list[tuple[Event, str]]:
    """What is still not on the bus after a few tries, and why."""
    left = [(event, "") for event in batch]
    for attempt in range(MOST_TRIES):
        if attempt:
            time.sleep(random.uniform(0, LONGEST_PAUSE_S))  # noqa: S311 because nobody gains by guessing a pause
        left = _refused(world, [event for event, _ in left])
        if not left:
            break
    return left


def _refused(world: World, events: Sequence[Event]) -> list[tuple[Event, str]]:
    entries = [{**event.entry, "EventBusName": world.settings.event_bus} for event in events]
    try:
        answer = world.own("events").put_events(Entries=entries)
    except (ClientError, BotoCoreError) as error:
        return [(event, str(error)) for event in events]
    if not answer["FailedEntryCount"]:
        return []
    outcomes = zip(events, answer["Entries"], strict=True)
    return [
        (event, f"{one['ErrorCode']}: {one.get('ErrorMessage', '')}") for event, one in outcomes if one.get("ErrorCode")
    ]
