"""The report's formats: one document, rendered; each renderer is a pure function of the report."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from workflows.cost_review.formats.csv_format import csv_report
from workflows.cost_review.formats.html_format import html_report
from workflows.cost_review.formats.markdown_format import markdown_report

Report = Mapping[str, Any]
REPORT_JSON = "report.json"


@dataclass(frozen=True)
class Format:
    """How a report is written, and as what it is served."""

    content_type: str
    render: Callable[[Report], str]


def json_report(report: Report) -> str:
    """The report itself; keys are sorted, so the same report has the same bytes."""
    return json.dumps(report, indent=1, sort_keys=True, ensure_ascii=False) + "\n"


FORMATS: Mapping[str, Format] = {
    REPORT_JSON: Format("application/json", json_report),
    "report.md": Format("text/markdown; charset=utf-8", markdown_report),
    "report.csv": Format("text/csv; charset=utf-8", csv_report),
    "report.html": Format("text/html; charset=utf-8", html_report),
}
