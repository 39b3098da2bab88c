"""By when a step has to answer: no request to the account under review is waited for longer."""

from collections.abc import Callable, Iterator
from concurrent.futures import Future, wait
from contextlib import contextmanager
from contextvars import ContextVar, copy_context
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Thread
from typing import TypeVar

from workflows.errors import OutOfTime

Result = TypeVar("Result")
TICK_S = 0.05
"""How often the clock is looked at while an answer is waited for."""


@dataclass(frozen=True)
class StepDeadline:
    """The moment, by this clock, after which nobody waits, and how long the step was allowed to take."""

    until: datetime
    allowed: timedelta
    now: Callable[[], datetime]

    @property
    def has_passed(self) -> bool:
        return self.now() >= self.until


_DEADLINE: ContextVar[StepDeadline | None] = ContextVar("step_deadline", default=None)


@contextmanager
def due_within(allowed_s: int, now: Callable[[], datetime]) -> Iterator[StepDeadline]:
    """Within it, in_time waits no longer than this many seconds from now on, in this thread and those it starts."""
    allowed = timedelta(seconds=allowed_s)
    deadline = StepDeadline(now() + allowed, allowed, now)
    token = _DEADLINE.set(deadline)
    try:
        yield deadline
    finally:
        _DEADLINE.reset(token)


def in_time(ask: Callable[[], Result], what: str) -> Result:
    """What it answers; OutOfTime where the step's deadline has passed, or passes before the answer is there."""
    deadline = _DEADLINE.get()
    if deadline is None:
        return ask()
    seconds = int(deadline.allowed.total_seconds())
    if deadline.has_passed:
        raise OutOfTime(f"The step's {seconds} s were over before {what} was asked.")
    running = started(ask)
    while not running.done() and not deadline.has_passed:
        wait([running], timeout=TICK_S)
    if not running.done():
        raise OutOfTime(f"{what} did not answer within the step's {seconds} s.")
    return running.result()


def started(work: Callable[[], Result]) -> "Future[Result]":
    """Work in a thread that ends with the process, so that one that hangs keeps nobody from leaving."""
    future: Future[Result] = Future()

    def run() -> None:
        try:
            future.set_result(work())
        except BaseException as error:  # it is raised again where the result is asked for
            future.set_exception(error)

    # The thread gets this call's context, so that its requests count on this call's meter and keep its deadline.
    Thread(target=copy_context().run, args=(run,), daemon=True).start()
    return future
