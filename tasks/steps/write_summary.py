"""WriteSummary: the result in a few sentences, from the report's own figures."""

import json
from collections.abc import Mapping
from typing import Any

from tasks.door import Door
from tasks.shared_context import read_content
from tasks.wiring import World
from workflows.cost_review.answers import consolidated_reference
from workflows.cost_review.audit import FAILED, failure_text
from workflows.cost_review.summary import summary

LONGEST_SUMMARY = 4_000
TEMPLATE = "template"


def write_summary(event: Mapping[str, Any], world: World) -> Mapping[str, Any]:
    """{"text", "written_by"}; the text is short enough to travel through the state."""
    reference = consolidated_reference(event)
    report = json.loads(read_content(world, reference))["report"]
    return from_template(report)


def from_template(report: Mapping[str, Any]) -> Mapping[str, str]:
    """The summary that needs no model; the same report has the same one."""
    text = failure_text(report) if report["status"] == FAILED else summary(report)
    return {"text": text[:LONGEST_SUMMARY], "written_by": TEMPLATE}


handler = Door(write_summary)
