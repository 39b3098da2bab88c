"""Events of one window are answered by one review."""

import json
from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.steps.prepare_review import accepted
from tests.tasks.worlds import a_review
from workflows.events.started_reviews import (
    COST_ANOMALY,
    REVIEWS_ON_EVENTS,
    ReviewOnEvent,
    review_name,
    review_request,
    window_start,
)

KINDS = st.sampled_from(REVIEWS_ON_EVENTS)
TIMES = st.datetimes(datetime(2026, 1, 1), datetime(2030, 1, 1), timezones=st.sampled_from([UTC]))  # noqa: DTZ001


@given(KINDS, TIMES)
def test_every_time_lies_in_one_window_that_starts_before_it_on_the_same_day(kind: ReviewOnEvent, at: datetime) -> None:
    start = window_start(kind, at)
    assert timedelta() <= at - start < kind.window
    assert start.date() == at.date()
    assert window_start(kind, start) == start


@given(KINDS, TIMES)
def test_every_name_is_one_that_a_review_may_have(kind: ReviewOnEvent, at: datetime) -> None:
    name = review_name(kind, at)
    assert a_review(review_id=name).review_id == name


def test_windows_are_counted_in_utc() -> None:
    at = datetime(2026, 11, 16, 3, 59, 59, tzinfo=timezone(timedelta(hours=-5)))
    assert review_name(COST_ANOMALY, at) == "cost-anomaly-20261116T0800Z"


def test_what_lies_in_another_window_or_is_of_another_kind_has_a_review_of_its_own() -> None:
    at = datetime(2026, 11, 16, 7, 59, tzinfo=UTC)
    names = {review_name(kind, at + hours * timedelta(hours=1)) for kind in REVIEWS_ON_EVENTS for hours in (0, 1)}
    assert len(names) == 2 * len(REVIEWS_ON_EVENTS)


@pytest.mark.parametrize("kind", REVIEWS_ON_EVENTS, ids=lambda kind: kind.name)
def test_a_window_divides_the_day(kind: ReviewOnEvent) -> None:
    assert timedelta(days=1) % kind.window == timedelta()


@pytest.mark.parametrize("kind", REVIEWS_ON_EVENTS, ids=lambda kind: kind.name)
@pytest.mark.parametrize("about", ["The cost anomaly a-1", "x" * 500])
def test_the_request_is_one_that_prepare_review_accepts_and_it_names_the_event(kind: ReviewOnEvent, about: str) -> None:
    request = review_request(kind, about=about, event_id="e" * 36)
    taken = accepted(json.loads(json.dumps(request)), date(2026, 11, 16), frozenset)
    assert taken.analysis_type == kind.request["analysis_type"]
    assert taken.requested_by.startswith(about[:100])
    assert "e" * 36 in taken.requested_by
    assert taken.as_of is None
