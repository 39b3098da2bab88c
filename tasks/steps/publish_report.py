"""PublishReport: the report in all its formats, stored and announced."""

import json
from collections.abc import Mapping
from typing import Any

from tasks.baselines import store_baseline
from tasks.door import Door
from tasks.event_bus import publish
from tasks.shared_context import read_content, store_review_file
from tasks.wiring import World
from workflows.cost_review.answers import consolidated_reference
from workflows.cost_review.audit import FAILED
from workflows.cost_review.formats import FORMATS, REPORT_JSON
from workflows.cost_review.request import Review
from workflows.errors import AuditFailed
from workflows.events.published import (
    COMPLETED_SCHEMA,
    REVIEW_COMPLETED,
    SUPERVISOR,
    ReviewCompletedDetail,
    as_json,
    event_id,
)


def publish_report(event: Mapping[str, Any], world: World) -> Mapping[str, Any]:
    """Stores report.json and its renderings below reviews/{review_id}/, announces the review, says where it lies.

    AuditFailed once a failed report is stored: the execution fails with its reasons, and that is what is announced.
    """
    review = Review.model_validate(event["review"])
    reference = consolidated_reference(event)
    stored = json.loads(read_content(world, reference))
    report = {**stored["report"], "summary": _summary(event), "run": _run(stored["run"], world)}
    metadata = {"status": report["status"], "as_of": str(review.as_of), "started-at": review.started_at}
    # Everything is rendered before anything is stored, and report.json, by which a review counts as published, is last.
    rendered = {name: one.render(report).encode() for name, one in FORMATS.items()}
    references = {
        name: store_review_file(
            world,
            review_id=review.review_id,
            name=name,
            content=rendered[name],
            content_type=FORMATS[name].content_type,
            metadata=metadata,
        )
        for name in sorted(FORMATS, key=lambda name: name == REPORT_JSON)
    }
    if report["status"] == FAILED:
        raise AuditFailed("; ".join(report["audit"]["failures"]))
    store_baseline(world, review, report)
    outcome = {
        "review_id": review.review_id,
        "status": report["status"],
        "totals": report["totals"],
        "gaps": sum(row["is_gap"] for row in report["coverage"]),
        "report": references[REPORT_JSON].model_dump(),
    }
    publish(world, source=SUPERVISOR, detail_type=REVIEW_COMPLETED, detail=_detail(outcome))
    return outcome


def _detail(outcome: Mapping[str, Any]) -> Mapping[str, Any]:
    named = {"schema": COMPLETED_SCHEMA, "event_id": event_id(COMPLETED_SCHEMA, SUPERVISOR, outcome["review_id"])}
    return as_json(ReviewCompletedDetail.model_validate({**outcome, **named}))


def _summary(event: Mapping[str, Any]) -> Mapping[str, Any]:
    slot = event.get("summary")
    answer = slot.get("answer") if isinstance(slot, Mapping) else None
    if isinstance(answer, Mapping) and isinstance(answer.get("text"), str):
        return {"text": answer["text"], "written_by": str(answer.get("written_by", ""))}
    return {"text": "", "written_by": "nobody: the summary could not be written"}


def _run(run: Mapping[str, Any], world: World) -> Mapping[str, Any]:
    return {**run, "published_at": world.now().isoformat()}


handler = Door(publish_report)
