"""What agents and reviews announce on the bus."""

import json
from collections.abc import Mapping
from typing import Any

from tasks.wiring import World
from workflows.errors import FinOpsError


class EventNotPublished(FinOpsError):
    """EventBridge refused the event."""


def publish(world: World, *, source: str, detail_type: str, detail: Mapping[str, Any]) -> None:
    """Afterwards the event is on the bus; EventNotPublished where EventBridge refused it (it answers 200 then too)."""
    entry = {
        "Source": source,
        "DetailType": detail_type,
        "Detail": json.dumps(detail, sort_keys=True),
        "EventBusName": world.settings.event_bus,
    }
    answer = world.own("events").put_events(Entries=[entry])
    if answer["FailedEntryCount"]:
        failed = answer["Entries"][0]
        code, message = failed.get("ErrorCode"), failed.get("ErrorMessage")
        raise EventNotPublished(f"{detail_type} was refused: {code}: {message}")
