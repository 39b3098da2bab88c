"""The report as one self-contained page: no script, nothing fetched, every name escaped."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template

from workflows.cost_review.formats import html_codes, html_words, spend_drawing, spend_words
from workflows.cost_review.formats.html_view import view
from workflows.cost_review.summary import amount

TEMPLATE = "report.html.j2"
FILTERS = {
    "amount": amount,
    "quantity": spend_words.quantity,
    "type": html_codes.type_words,
    "told": html_codes.told,
    "source": html_words.source_words,
    "action": html_words.action_words,
    "step_name": html_words.step_name,
    "moment": html_words.moment,
    "day": html_words.day_words,
    "last_day": html_words.last_day,
    "duration": html_words.duration,
    "direction": html_words.direction,
    "how": html_words.how,
    "elapsed": html_words.elapsed,
    "bar_width": spend_drawing.bar_width,
    "why_empty": spend_words.why_empty,
    "budget_kind": spend_words.budget_kind,
    "budget_notes": spend_words.budget_notes,
}


def html_report(report: Mapping[str, Any]) -> str:
    """A page that needs nothing but itself; the same report gives the same page."""
    return _template().render(report=report, view=view(report), words=html_words)


@cache
def _template() -> Template:
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=StrictUndefined,
        optimized=False,  # because the templates have next to no constants to fold, and looking for them takes time
        finalize=html_words.printable,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(FILTERS)
    return environment.get_template(TEMPLATE)
