"""Members of AWS's answers, read without trusting their type: live answers contradict AWS's own descriptions.

A member that is missing, null or of another type than promised is unknown. Nothing here raises.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from workflows.errors import MalformedResponse
from workflows.money import amount

Json = Mapping[str, Any]
NOTHING: Json = {}
LONGEST_QUOTE = 40


@dataclass(frozen=True)
class Figure:
    """A number as AWS wrote it; value is None where it wrote none, and where it cannot be read, which note says."""

    value: Decimal | None
    note: str = ""


def figure(value: object, what: str) -> Figure:
    """The number, named what in the note that says it is there and cannot be read."""
    try:
        return Figure(amount(value))
    except MalformedResponse:
        return Figure(None, f"AWS wrote {str(value)[:LONGEST_QUOTE]!r} as {what}: it is taken as unknown.")


def members(value: object) -> Json:
    """The structure, or an empty one where there is none."""
    return value if isinstance(value, Mapping) else NOTHING


def listed(value: object) -> Sequence[Any]:
    """The list, or an empty one where there is none."""
    return value if isinstance(value, list | tuple) else ()


def text(value: object) -> str:
    """The text; a number is written out, anything else is no text."""
    return str(value).strip() if isinstance(value, str | int | float | Decimal) and not isinstance(value, bool) else ""


def folded(value: object) -> str:
    """An enum's value, comparable: live answers say OVER_PROVISIONED where the description says Overprovisioned."""
    return text(value).replace("_", "").replace("-", "").replace(" ", "").lower()


def flag(value: object) -> bool | None:
    """Yes, no, or not told."""
    if isinstance(value, bool):
        return value
    return {"true": True, "false": False}.get(folded(value))


def whole_days(value: object) -> int | None:
    """A number of days; AWS writes 14 in one service and 14.0 in another."""
    days = figure(value, "days").value
    return int(days) if days is not None and days >= 0 else None


def notes(*said: str) -> tuple[str, ...]:
    """What was said, without what was not, each once."""
    return tuple(dict.fromkeys(note for note in said if note))
