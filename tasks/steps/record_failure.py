"""RecordFailure: why a review ended without a report, kept and announced."""

import json
from collections.abc import Mapping
from typing import Any

from tasks.door import Door
from tasks.event_bus import publish
from tasks.shared_context import store_review_file
from tasks.wiring import World
from workflows.cost_review.answers import message_of
from workflows.events.published import (
    FAILED_SCHEMA,
    REVIEW_FAILED,
    SUPERVISOR,
    ReviewFailedDetail,
    as_json,
    event_id,
)

FAILURE = "failure.json"


def record_failure(event: Mapping[str, Any], world: World) -> Mapping[str, Any]:
    """{"error", "cause"} in our own words, as the execution will end with them."""
    execution = event["execution"]
    failure = event["state"].get("failure") or {}
    error = str(failure.get("Error") or "Unknown")
    record = {
        "review_id": execution["name"],
        "started_at": execution["started_at"],
        "failed_at": world.now().isoformat(),
        "error": _own_name(error),
        "cause": message_of(str(failure.get("Cause") or "")) or "No cause was given.",
    }
    store_review_file(
        world,
        review_id=execution["name"],
        name=FAILURE,
        content=json.dumps(record, indent=1).encode(),
        content_type="application/json",
        metadata={"status": "FAILED", "started-at": execution["started_at"]},
    )
    publish(world, source=SUPERVISOR, detail_type=REVIEW_FAILED, detail=_detail(record))
    return {"error": record["error"], "cause": record["cause"]}


def _detail(record: Mapping[str, Any]) -> Mapping[str, Any]:
    named = {"schema": FAILED_SCHEMA, "event_id": event_id(FAILED_SCHEMA, SUPERVISOR, record["review_id"])}
    return as_json(ReviewFailedDetail.model_validate({**record, **named}))


def _own_name(error: str) -> str:
    """States.Timeout becomes StepTimeout: only Step Functions itself ends an execution with a States. error."""
    return "Step" + error.removeprefix("States.") if error.startswith("States.") else error


handler = Door(record_failure)
