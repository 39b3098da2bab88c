"""What is announced reaches the bus, or the failure is said."""

import json
from typing import Any

import pytest

from tasks.event_bus import EventNotPublished, publish
from tests.tasks.worlds import SETTINGS, a_world
from workflows.errors import FinOpsError


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
