"""Following an execution by its history, here as in AWS: which state is where."""

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

TERMINAL = frozenset({"SUCCEEDED", "FAILED", "TIMED_OUT", "ABORTED"})
POLL_S = 0.15
Status = Literal["running", "done", "gap", "failed"]


@dataclass
class StateProgress:
    """One state of the run."""

    name: str
    entered: datetime
    status: Status = "running"
    seconds: float = 0.0
    failures: int = 0


@dataclass
class Progress:
    """What the events so far say; states keep the order in which they were entered."""

    states: dict[str, StateProgress] = field(default_factory=dict)
    _names: dict[int, str] = field(default_factory=dict)

    def take(self, events: Iterable[Mapping[str, Any]]) -> list[StateProgress]:
        """Takes in new events and returns the states that they ended."""
        ended = []
        for event in events:
            name = self._name_of(event)
            kind = event["type"]
            if kind.endswith("StateEntered") and name:
                self.states[name] = StateProgress(name, event["timestamp"])
            elif kind in {"TaskFailed", "TaskTimedOut", "LambdaFunctionFailed"} and name in self.states:
                self.states[name].failures += 1
            elif kind.endswith("StateExited") and name in self.states:
                ended.append(self._end(self.states[name], event))
        return ended

    def _name_of(self, event: Mapping[str, Any]) -> str:
        details = event.get("stateEnteredEventDetails") or event.get("stateExitedEventDetails")
        name = details["name"] if details else self._names.get(event.get("previousEventId", 0), "")
        self._names[event["id"]] = name
        return name

    @staticmethod
    def _end(state: StateProgress, event: Mapping[str, Any]) -> StateProgress:
        state.seconds = (event["timestamp"] - state.entered).total_seconds()
        output = (event.get("stateExitedEventDetails") or {}).get("output", "")
        # A caught failure leaves the state by its catcher, whose output holds the failure.
        state.status = "gap" if state.failures and '"failure"' in output else "done"
        return state


def follow(
    states: Any,
    execution_arn: str,
    on_events: Callable[[list[Mapping[str, Any]]], None],
    *,
    read_history: Callable[[str], Sequence[Mapping[str, Any]]] | None = None,
) -> dict[str, Any]:
    """Hands over new events as they come, until the execution has ended; returns its description.

    read_history replaces asking Step Functions, where there is a cheaper way to the same events.
    """
    history = read_history or (lambda arn: _history(states, arn))
    seen = 0
    while True:
        description: dict[str, Any] = states.describe_execution(executionArn=execution_arn)
        events = history(execution_arn)
        if len(events) > seen:
            on_events(list(events[seen:]))
            seen = len(events)
        if description["status"] in TERMINAL:
            return description
        time.sleep(POLL_S)


def _history(states: Any, execution_arn: str) -> list[Mapping[str, Any]]:
    pages = states.get_paginator("get_execution_history").paginate(executionArn=execution_arn)
    return [event for page in pages for event in page["events"]]
