"""What is announced reaches the bus, or the failure is said."""

import json
from dataclasses import replace
from typing import Any

import pytest
from botocore.exceptions import EndpointConnectionError

from tasks.event_bus import (
    LARGEST_ENTRY_BYTES,
    LARGEST_REQUEST_BYTES,
    Event,
    EventNotPublished,
    detail_of,
    publish,
    publish_all,
)
from tasks.wiring import World
from tests.tasks.worlds import SETTINGS, Json, a_world, own_clients
from tests.workflows.events.schemas import assert_of_its_schema
from workflows.errors import FinOpsError, InvalidContent, InvalidEvent


class Bus:
    """EventBridge with one answer, and what was put on it."""

    def __init__(self, answer: dict[str, Any] | None = None) -> None:
        self.entries: list[Any] = []
        self._answer = answer or {"FailedEntryCount": 0, "Entries": [{"EventId": "1"}]}

    def __call__(self, service: str, region: str | None = None) -> Any:
        return self

    def put_events(self, **parameters: Any) -> Any:
        self.entries += parameters["Entries"]
        return self._answer


def announce(bus: Any) -> None:
    world = a_world().world
    placed = type(world)(SETTINGS, world.account, bus or world.own, world.now)
    publish(placed, source="finops.supervisor", detail_type="Cost Review Completed", detail={"b": 1, "a": "ü"})


def test_an_event_is_put_on_our_own_bus_with_its_detail_as_json() -> None:
    bus = Bus()
    announce(bus)
    (entry,) = bus.entries
    assert entry["EventBusName"] == "finops"
    assert (entry["Source"], entry["DetailType"]) == ("finops.supervisor", "Cost Review Completed")
    assert json.loads(entry["Detail"]) == {"a": "ü", "b": 1}


@pytest.mark.usefixtures("own_aws")
def test_eventbridge_itself_accepts_the_event() -> None:
    events = a_world().world.own("events")
    bus = events.describe_event_bus(Name=SETTINGS.event_bus)["Arn"]
    events.create_archive(ArchiveName="seen", EventSourceArn=bus)
    announce(None)
    assert events.describe_archive(ArchiveName="seen")["EventCount"] == 1


def test_an_event_that_eventbridge_refused_is_an_error_although_it_answered_200() -> None:
    refused = {"FailedEntryCount": 1, "Entries": [{"ErrorCode": "ThrottlingException", "ErrorMessage": "Too many"}]}
    with pytest.raises(EventNotPublished, match="ThrottlingException: Too many"):
        announce(Bus(refused))
    assert issubclass(EventNotPublished, FinOpsError)


class FailingBus:
    """EventBridge that refuses events by their number, each as often as is said; the rest reaches the bus."""

    def __init__(self, refusals: dict[int, int] | None = None, *, errors: int = 0) -> None:
        self.requests: list[list[int]] = []
        self.arrived: list[int] = []
        self._refusals, self._errors = dict(refusals or {}), errors

    def __call__(self, service: str, region: str | None = None) -> Any:
        return self if service == "events" else own_clients()(service, region)

    def put_events(self, Entries: list[Json]) -> Json:  # noqa: N803 because boto3 spells it so
        numbers = [json.loads(entry["Detail"])["number"] for entry in Entries]
        self.requests.append(numbers)
        if self._errors:
            self._errors -= 1
            raise EndpointConnectionError(endpoint_url="https://events")
        outcomes = [self._outcome(number) for number in numbers]
        return {"FailedEntryCount": sum("ErrorCode" in one for one in outcomes), "Entries": outcomes}

    def _outcome(self, number: int) -> Json:
        if self._refusals.get(number):
            self._refusals[number] -= 1
            return {"ErrorCode": "InternalFailure", "ErrorMessage": f"not {number}"}
        self.arrived.append(number)
        return {"EventId": str(number)}


def some_events(count: int, padding: str = "") -> list[Event]:
    return [Event("finops.tests", f"Event {number}", {"number": number, "padding": padding}) for number in range(count)]


def a_world_with(bus: Any) -> World:
    return replace(a_world().world, own=bus)


def test_more_than_ten_events_go_in_batches_of_ten() -> None:
    bus = FailingBus()
    publish_all(a_world_with(bus), some_events(23))
    assert [len(numbers) for numbers in bus.requests] == [10, 10, 3]
    assert bus.arrived == list(range(23))


def test_a_batch_is_no_larger_than_a_request_may_be() -> None:
    bus, padding = FailingBus(), "x" * 220_000
    publish_all(a_world_with(bus), some_events(9, padding))
    assert bus.arrived == list(range(9))
    assert [len(numbers) for numbers in bus.requests] == [4, 4, 1]
    assert 4 * len(padding) < LARGEST_REQUEST_BYTES < 5 * len(padding)


def test_what_was_refused_is_sent_again_without_what_went_through() -> None:
    bus = FailingBus({2: 1, 4: 2})
    publish_all(a_world_with(bus), some_events(6))
    assert bus.requests == [[0, 1, 2, 3, 4, 5], [2, 4], [4]]
    assert sorted(bus.arrived) == [0, 1, 2, 3, 4, 5]


def test_what_is_refused_again_and_again_is_named_and_the_rest_is_on_the_bus_once() -> None:
    bus = FailingBus({3: 99, 11: 99})
    with pytest.raises(EventNotPublished) as refused:
        publish_all(a_world_with(bus), some_events(15))
    assert "Event 3 of finops.tests was refused: InternalFailure: not 3" in str(refused.value)
    assert "Event 11 of" in str(refused.value)
    assert "Event 4 " not in str(refused.value)
    assert sorted(bus.arrived) == [number for number in range(15) if number not in {3, 11}]


def test_a_bus_that_cannot_be_reached_is_tried_again_and_then_named() -> None:
    once = FailingBus(errors=1)
    publish_all(a_world_with(once), some_events(2))
    assert once.requests == [[0, 1], [0, 1]]
    with pytest.raises(EventNotPublished, match=r"Event 1 of finops\.tests was refused: Could not connect"):
        publish_all(a_world_with(FailingBus(errors=99)), some_events(2))


def test_nothing_to_announce_is_no_request() -> None:
    bus = FailingBus()
    publish_all(a_world_with(bus), [])
    assert bus.requests == []


def a_large_detail(**changes: Any) -> Json:
    context = {"deep_dive_in_review": False}
    told = {"schema": "finops.events.findings/1", "event_id": "e", "review_id": "review-1", "context": context}
    return {**told, "more": "x" * LARGEST_ENTRY_BYTES, **changes}


def published(detail: Json) -> Json:
    bus = Bus()
    own = a_world().world.own
    world = a_world_with(lambda service, region=None: bus if service == "events" else own(service, region))
    publish(world, source="finops.budget-agent", detail_type="Cost Optimization Findings", detail=detail)
    (entry,) = bus.entries
    told: Json = json.loads(entry["Detail"])
    return told


@pytest.mark.usefixtures("own_aws")
def test_a_detail_that_is_too_large_goes_by_reference_and_is_read_back_whole() -> None:
    told = published(a_large_detail())
    assert len(json.dumps(told)) < 1_000
    assert told["stored"]["key"].startswith("agent-context/budget-agent/events/")
    assert_of_its_schema(told, "stored-detail-1")
    assert detail_of(a_world().world, told) == a_large_detail()


@pytest.mark.usefixtures("own_aws")
def test_what_rules_match_goes_with_the_event_although_its_detail_does_not() -> None:
    """Else a large event would reach nobody."""
    told = published(a_large_detail())
    assert told["context"] == {"deep_dive_in_review": False}
    assert (told["event_id"], told["review_id"]) == ("e", "review-1")


def test_a_detail_that_fits_is_its_own() -> None:
    detail = {"schema": "finops.events.findings/1", "review_id": "review-1"}
    assert published(detail) == detail
    assert detail_of(a_world().world, detail) == detail


@pytest.mark.usefixtures("own_aws")
def test_a_stored_detail_that_was_changed_is_not_taken_for_what_was_announced() -> None:
    told = published(a_large_detail())
    own_clients()("s3").put_object(
        Bucket=SETTINGS.context_bucket, Key=told["stored"]["key"], Body=b"y" * told["stored"]["size"]
    )
    told["stored"]["version_id"] = None
    with pytest.raises(InvalidContent, match="SHA-256"):
        detail_of(a_world().world, told)


@pytest.mark.usefixtures("own_aws")
@pytest.mark.parametrize(
    ("changes", "error", "why"),
    [
        ({"stored_schema": "finops.events.findings/2"}, InvalidContent, "is no finops.events.findings/2"),
        ({"stored": {}}, InvalidEvent, "stored.bucket"),
    ],
)
def test_a_reference_that_leads_elsewhere_is_refused(changes: Json, error: type[Exception], why: str) -> None:
    with pytest.raises(error, match=why):
        detail_of(a_world().world, {**published(a_large_detail()), **changes})


@pytest.mark.usefixtures("own_aws")
def test_a_detail_in_somebody_elses_bucket_is_not_read() -> None:
    told = published(a_large_detail())
    told["stored"]["bucket"] = "elsewhere"
    with pytest.raises(InvalidContent, match="not our shared context"):
        detail_of(a_world().world, told)
