"""The report as one self-contained page: no script, nothing fetched, every name escaped."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template

from workflows.cost_review.formats import spend_drawing
from workflows.cost_review.formats.html_view import view
from workflows.cost_review.formats.views import codes, spend_words, words
from workflows.cost_review.words import amount, day_words, source_words
from workflows.resource_words import type_words

TEMPLATE = "report.html.j2"
FILTERS = {
    "amount": amount,
    "quantity": spend_words.quantity,
    "type": type_words,
    "told": codes.told,
    "source": source_words,
    "action": words.action_words,
    "step_name": words.step_name,
    "moment": words.moment,
    "day": day_words,
    "last_day": words.last_day,
    "duration": words.duration,
    "direction": words.direction,
    "how": words.how,
    "elapsed": words.elapsed,
    "bar_width": spend_drawing.bar_width,
    "why_empty": spend_words.why_empty,
    "budget_kind": spend_words.budget_kind,
    "budget_notes": spend_words.budget_notes,
}


def html_report(report: Mapping[str, Any]) -> str:
    """A page that needs nothing but itself; the same report gives the same page."""
    return _template().render(report=report, view=view(report), words=words)


@cache
def _template() -> Template:
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=StrictUndefined,
        optimized=False,  # because the templates have next to no constants to fold, and looking for them takes time
        finalize=words.printable,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(FILTERS)
    return environment.get_template(TEMPLATE)
