"""The report as one self-contained page."""

from collections.abc import Mapping
from typing import Any


def html_report(report: Mapping[str, Any]) -> str:
    """A page that needs nothing but itself."""
    return f"<!doctype html><title>Cost review {report['review']['as_of']}</title>"
