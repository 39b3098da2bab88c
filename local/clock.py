"""The clock of this room: whoever needs the time or the day here asks it, so that a test can set it."""

from datetime import UTC, date, datetime


def now() -> datetime:
    """The time, in UTC."""
    return datetime.now(UTC)


def today() -> date:
    """The day in UTC, as bills count days."""
    return now().date()
