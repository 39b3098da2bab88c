"""Nobody waits for AWS beyond the step's deadline, and what is late is told."""

from collections.abc import Callable
from datetime import datetime, timedelta
from threading import Event, get_ident

import pytest

from tasks.deadline import due_within, in_time
from tests.tasks.worlds import NOW
from workflows.errors import OutOfTime


def a_clock_of(*seconds: int) -> Callable[[], datetime]:
    """A clock that shows these seconds, one each time it is read, and then stays at the last."""
    left = list(seconds)
    return lambda: NOW + timedelta(seconds=left.pop(0) if len(left) > 1 else left[0])


def test_without_a_deadline_it_is_asked_here_and_now() -> None:
    assert in_time(get_ident, "ce:GetAnomalies") == get_ident()


def test_what_answers_in_time_is_handed_on() -> None:
    with due_within(10, lambda: NOW):
        assert in_time(lambda: "told", "ce:GetAnomalies") == "told"


def test_an_error_of_the_answer_stays_that_error() -> None:
    def refuses() -> None:
        raise KeyError("Anomalies")

    with due_within(10, lambda: NOW), pytest.raises(KeyError, match="Anomalies"):
        in_time(refuses, "ce:GetAnomalies")


def test_what_hangs_is_left_when_the_time_is_over() -> None:
    let_go = Event()
    with (
        due_within(10, a_clock_of(0, 1, 9, 10)),
        pytest.raises(OutOfTime, match=r"GetAnomalies did not answer .* 10 s"),
    ):
        in_time(let_go.wait, "ce:GetAnomalies")
    let_go.set()


def test_once_the_time_is_over_nothing_is_asked() -> None:
    asked: list[str] = []
    with due_within(10, a_clock_of(0, 10)), pytest.raises(OutOfTime, match="over before ce:GetAnomalies was asked"):
        in_time(lambda: asked.append("anomalies"), "ce:GetAnomalies")
    assert asked == []


def test_a_deadline_within_another_ends_with_its_own_block() -> None:
    with due_within(10, a_clock_of(0, 0, 0)):
        with due_within(1, a_clock_of(0, 5)), pytest.raises(OutOfTime):
            in_time(lambda: "told", "ce:GetAnomalies")
        assert in_time(lambda: "told", "ce:GetAnomalies") == "told"
