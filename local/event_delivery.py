"""What EventBridge, SNS and Lambda do with an event that a function reacts to: deliver it, try again, give it up."""

import json
import threading
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from local import clock
from local.event_journal import Arrived, Entry, Journal, Outcome
from local.moto_seams import Event, LambdaFunction, Pace, error_document

PAUSES_S = (60.0, 120.0)
"""Lambda tries a function that failed on an event twice more: after a minute, and after two."""
AT_ONCE = 8
"""Deliveries at the same time. What comes meanwhile waits, and nobody may rely on an order."""


class Deliveries:
    """Delivers events to functions, each as often as it takes, in threads that all end with `close`.

    entries tells of each event that arrived and of what became of each delivery: an answer, or a dead letter. The
    journal, where there is one, is told the same.
    """

    def __init__(self, functions: Mapping[str, LambdaFunction], pace: Pace, journal: Journal | None = None) -> None:
        self._functions, self._pace, self._journal = functions, pace, journal
        self.entries: list[Entry] = []
        self._pool: ThreadPoolExecutor | None = None
        self._changed = threading.Condition()
        self._closed = threading.Event()
        self._accepted = self._ended = 0

    @property
    def accepted(self) -> int:
        """How many deliveries there were so far, those that still run included."""
        return self._accepted

    def archive(self, event: Event) -> None:
        """The event is among the entries."""
        self._note(Arrived(at=clock.now(), event=dict(event)))

    def deliver(self, function: str, rule: str, event_id: str, payload: Event) -> None:
        """The function will be invoked with the payload, soon and in another thread."""
        with self._changed:
            if self._pool is None:  # made at the first event, because most reviews have none that anybody reacts to
                self._pool = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="event")
            self._accepted += 1
        # As it goes over the wire: what one function does to its event, no other one sees.
        body = json.dumps(payload)
        self._pool.submit(self._run, function, rule, event_id, body)

    def wait(self) -> None:
        """Returns when every delivery has ended, those included that others led to."""
        with self._changed:
            self._changed.wait_for(lambda: self._ended == self._accepted)

    def close(self) -> None:
        """Ends what runs, without further tries, and all threads."""
        self._closed.set()
        if self._pool is not None:
            self._pool.shutdown(wait=True, cancel_futures=True)

    def _note(self, entry: Entry) -> None:
        self.entries.append(entry)
        if self._journal is not None:
            self._journal.note(entry)

    def _run(self, function: str, rule: str, event_id: str, body: str) -> None:
        try:
            self._note(self._tried(function, rule, event_id, body))
        finally:
            with self._changed:
                self._ended += 1
                self._changed.notify_all()

    def _tried(self, function: str, rule: str, event_id: str, body: str) -> Outcome:
        def ended(**became: Any) -> Outcome:
            return Outcome(at=clock.now(), event_id=event_id, consumer=function, rule=rule, **became)

        if function not in self._functions:
            return ended(result="dead_letter", attempts=0, error=f"There is no function {function}.")
        attempts = 0
        while True:
            attempts += 1
            try:
                answer = self._functions[function](json.loads(body))
                json.dumps(answer)  # because Lambda fails an answer that is no JSON
            except BaseException as error:
                told = error_document(error)
                paused_in_vain = attempts > len(PAUSES_S) or self._paused(PAUSES_S[attempts - 1])
                if paused_in_vain:
                    said = f"{told['errorType']}: {told['errorMessage']}"
                    return ended(result="dead_letter", attempts=attempts, error=said)
            else:
                return ended(result="delivered", attempts=attempts, answer=answer if isinstance(answer, dict) else {})

    def _paused(self, seconds: float) -> bool:
        """Waits; true where everything was closed meanwhile."""
        return self._closed.wait(seconds * self._pace.redelivery_scale)
