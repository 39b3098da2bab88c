"""How the page words what the report holds: names, times, durations and changes, as people write them."""

import re
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from markupsafe import Markup

from workflows.cost_review.words import amount, day_words

ACTIONS = {
    "ScaleIn": "Scale in",
    "MigrateToGraviton": "Move to Graviton",
    "PurchaseSavingsPlans": "Buy Savings Plans",
    "PurchaseReservedInstances": "Buy Reserved Instances",
}
EFFORTS = {"VeryLow": "very low", "VeryHigh": "very high"}
BASES = {"List": "list prices", "AfterDiscounts": "after discounts", "Unknown": "prices not stated"}
HOURS = {"720": "720 h a month", "730": "730 h a month", "Actual": "hours it ran", "Unknown": "hours not stated"}
STEPS = {
    "gross": "All claims added up",
    "duplicates": "Duplicates",
    "alternatives": "Alternatives",
    "not_applicable": "Not applicable",
    "set_aside": "Set aside",
    "absorbed": "Part of a bigger saving",
    "capped": "More than it costs",
    "owned_commitments": "Covered by commitments",
    "resized": "Sized again",
    "counted": "Counted",
}
STATES = {
    "AVAILABLE": ("✓", "read"),
    "NO_DATA": ("○", "read, holds nothing"),
    "NOT_NEEDED": ("–", "not needed"),
    "NOT_ENROLLED": ("✗", "not enrolled"),
    "NO_SUPPORT_PLAN": ("✗", "no support plan"),
    "DENIED": ("✗", "denied"),
    "THROTTLED": ("✗", "throttled"),
    "ERROR": ("✗", "error"),
    "SKIPPED": ("✗", "skipped"),
}
VERDICTS = {
    "EXCEEDED": ("✗", "exceeded"),
    "FORECAST_TO_EXCEED": ("▲", "forecast to exceed"),
    "WITHIN": ("✓", "within"),
    "UNKNOWN": ("?", "not judged"),
}
OUTCOMES = {"answered": "✓ answered", "gap": "✗ gap", "not_asked": "– not asked"}
_NOT_PRINTABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]")


def printable(value: object) -> object:
    """The value without the characters that reorder the text around them or that no page can hold; they show as �."""
    if isinstance(value, str) and not isinstance(value, Markup):
        return _NOT_PRINTABLE.sub("\ufffd", value)
    return value


def action_words(action: str) -> str:
    """The action as a person says it."""
    return ACTIONS.get(action, action)


def step_name(step: str) -> str:
    """The step of a waterfall as a heading."""
    return STEPS.get(step) or step.replace("_", " ").capitalize()


def moment(timestamp: str | None) -> str:
    """The timestamp to the second with its zone; one that cannot be read stays as it is."""
    try:
        at = datetime.fromisoformat(timestamp or "")
    except ValueError:
        return timestamp or "unknown"
    zone = "UTC" if at.utcoffset() == timedelta(0) else at.strftime("%z")
    return f"{at:%Y-%m-%d %H:%M:%S} {zone}".rstrip()


def month_words(day: str) -> str:
    """November 2026 for a day of it; what is no date stays as it is."""
    try:
        return f"{date.fromisoformat(day):%B %Y}"
    except ValueError:
        return day


def last_day(end: str) -> str:
    """The last day of a period whose end is exclusive, as Cost Explorer gives it."""
    try:
        return day_words((date.fromisoformat(end) - timedelta(days=1)).isoformat())
    except ValueError:
        return end


def elapsed(started_at: str | None, ended_at: str | None) -> str:
    """How long the run took by its own clock; "unknown" where a time is missing."""
    try:
        took = datetime.fromisoformat(ended_at or "") - datetime.fromisoformat(started_at or "")
    except (ValueError, TypeError):
        return "unknown"
    return duration(int(took / timedelta(milliseconds=1)))


def duration(milliseconds: int | None) -> str:
    """161 ms, 1.2 s, 1 min 15 s."""
    if milliseconds is None:
        return ""
    if milliseconds < 1_000:
        return f"{milliseconds} ms"
    if milliseconds < 60_000:
        return f"{Decimal(milliseconds) / 1000:.1f} s"
    minutes, rest = divmod(milliseconds // 1000, 60)
    return f"{minutes} min {rest} s"


def change(now: str | None, before: str | None, currency: str) -> str:
    """The difference with its sign and, where there was something before, in percent."""
    if now is None or before is None:
        return "unknown"
    difference = Decimal(now) - Decimal(before)
    written = f"{'+' if difference > 0 else ''}{amount(format(difference, 'f'), currency)}"
    if Decimal(before) <= 0:
        return written
    return f"{written} ({difference / Decimal(before) * 100:+.1f} %)"


def direction(value: str | None) -> str:
    """▲ where it rises, ▼ where it falls, = where it does neither, nothing where that is unknown."""
    if value is None:
        return ""
    return "▲" if Decimal(value) > 0 else "▼" if Decimal(value) < 0 else "="


def how(proposal: Mapping[str, Any]) -> str:
    """What is known of the effort, the restart and the way back; what no source says is left out."""
    effort = proposal["implementation_effort"]
    known = [
        f"{EFFORTS.get(effort, str(effort).lower())} effort" if effort else "",
        {True: "needs a restart", False: "no restart"}.get(proposal["restart_needed"], ""),
        {True: "can be rolled back", False: "cannot be rolled back"}.get(proposal["rollback_possible"], ""),
    ]
    return ", ".join(one for one in known if one)
