"""Which review follows from which kind of event, and how a storm of events is folded into one."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

LONGEST_REQUESTED_BY = 200
LONGEST_EVENT_ID = 64


@dataclass(frozen=True)
class ReviewOnEvent:
    """The review that one kind of event starts.

    window   events whose times (UTC) lie in the same window are answered by one review; it divides a day
    request  what the review is asked
    pays     whether the review sends paid requests
    """

    name: str
    window: timedelta
    request: Mapping[str, Any]
    pays: bool = True


# Windows of four hours. AWS brings Trusted Advisor's checks and the cost data behind anomalies and budgets up to date
# several times a day, about eight hours apart, and tells each resource, anomaly and threshold of one update by an event
# of its own, over minutes: a second review within four hours would look at the same figures. And so there are six a day
# of a kind at most, whatever happens.
TRUSTED_ADVISOR_REFRESHED = ReviewOnEvent(
    "trusted-advisor-refreshed",
    timedelta(hours=4),
    {"analysis_type": "targeted", "scope": {"agents": ["trusted-advisor-agent"]}},
    pays=False,
)
COST_ANOMALY = ReviewOnEvent("cost-anomaly", timedelta(hours=4), {"analysis_type": "emergency"})
BUDGET_ALERT = ReviewOnEvent("budget-alert", timedelta(hours=4), {"analysis_type": "emergency"})
REVIEWS_ON_EVENTS = (TRUSTED_ADVISOR_REFRESHED, COST_ANOMALY, BUDGET_ALERT)


def window_start(kind: ReviewOnEvent, at: datetime) -> datetime:
    """The start (UTC) of the window that the time lies in; windows are counted from midnight."""
    midnight = at.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    return midnight + (at - midnight) // kind.window * kind.window


def review_name(kind: ReviewOnEvent, at: datetime) -> str:
    """The name of the review, and of its execution, that answers the events of that time: cost-anomaly-20261116T0800Z.

    Taken from the event's own time: late, repeated and out of order, events are folded into the same review.
    """
    return f"{kind.name}-{window_start(kind, at):%Y%m%dT%H%MZ}"


def review_request(kind: ReviewOnEvent, *, about: str, event_id: str) -> dict[str, Any]:
    """What the state machine is sent; it names no date, so that the review looks from the day on which it runs."""
    id_told = f" (event {event_id[:LONGEST_EVENT_ID]})"
    requested_by = about[: LONGEST_REQUESTED_BY - len(id_told)] + id_told
    return {**kind.request, "requested_by": requested_by}
