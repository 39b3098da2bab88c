"""Following an execution by its history, here as in AWS: which state is where."""

import json
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

ENDS = frozenset({"ExecutionSucceeded", "ExecutionFailed", "ExecutionTimedOut", "ExecutionAborted"})
POLL_S = 0.15
Status = Literal["running", "done", "gap"]


@dataclass
class StateProgress:
    """One state of the run; agent says for whom, where a Map runs the state for several."""

    name: str
    agent: str
    entered: datetime
    status: Status = "running"
    seconds: float = 0.0
    failures: int = 0


@dataclass
class Progress:
    """What the events so far say; states keep the order in which they were entered."""

    states: list[StateProgress] = field(default_factory=list)
    _of_event: dict[int, StateProgress] = field(default_factory=dict)

    def take(self, events: Iterable[Mapping[str, Any]]) -> list[StateProgress]:
        """Takes in new events and returns the states that they ended."""
        ended = []
        for event in events:
            state = self._state_of(event)
            if state is None:
                continue
            self._of_event[event["id"]] = state
            if event["type"] in {"TaskFailed", "TaskTimedOut", "LambdaFunctionFailed"}:
                state.failures += 1
            elif event["type"].endswith("StateExited"):
                ended.append(self._end(state, event))
        return ended

    def named(self, name: str) -> StateProgress | None:
        """The state of that name which was entered last; one that still runs comes first."""
        mine = [state for state in self.states if state.name == name]
        return next((state for state in mine if state.status == "running"), mine[-1] if mine else None)

    def _state_of(self, event: Mapping[str, Any]) -> StateProgress | None:
        entered = event.get("stateEnteredEventDetails")
        if entered is not None:
            state = StateProgress(entered["name"], _agent(entered.get("input", "")), event["timestamp"])
            self.states.append(state)
            return state
        exited = event.get("stateExitedEventDetails")
        earlier = self._of_event.get(event.get("previousEventId", 0))
        if exited is None or (earlier is not None and earlier.name == exited["name"]):
            return earlier
        # What ends a Map or a Parallel follows on the last event of a state inside.
        return self.named(exited["name"])

    @staticmethod
    def _end(state: StateProgress, event: Mapping[str, Any]) -> StateProgress:
        state.seconds = (event["timestamp"] - state.entered).total_seconds()
        output = (event.get("stateExitedEventDetails") or {}).get("output", "")
        # A caught failure leaves the state by its catcher, whose output holds the failure.
        state.status = "gap" if state.failures and '"failure"' in output else "done"
        return state


def _agent(entered_with: str) -> str:
    try:
        document = json.loads(entered_with)
    except ValueError:
        return ""
    item = document.get("item", document) if isinstance(document, dict) else None
    agent = item.get("agent") if isinstance(item, dict) else None
    return agent if isinstance(agent, str) else ""


def follow(
    states: Any,
    execution_arn: str,
    on_events: Callable[[list[Mapping[str, Any]]], None],
    *,
    read_history: Callable[[str, int], Sequence[Mapping[str, Any]]] | None = None,
    poll_s: float = POLL_S,
) -> dict[str, Any]:
    """Hands over new events as they come, until the execution has ended; returns its description.

    read_history gives the events after the first so many, where there is a cheaper way than asking Step Functions.
    """
    history = read_history or (lambda arn, seen: _history(states, arn)[seen:])
    seen = 0
    while True:
        events = list(history(execution_arn, seen))
        if events:
            on_events(events)
            seen += len(events)
        if events and events[-1]["type"] in ENDS:
            return _ended(states, execution_arn)
        time.sleep(poll_s)


def _ended(states: Any, execution_arn: str) -> dict[str, Any]:
    # The last event can be there a moment before the status is.
    while (description := states.describe_execution(executionArn=execution_arn))["status"] == "RUNNING":
        time.sleep(POLL_S / 10)
    return dict(description)


def _history(states: Any, execution_arn: str) -> list[Mapping[str, Any]]:
    pages = states.get_paginator("get_execution_history").paginate(executionArn=execution_arn)
    return [event for page in pages for event in page["events"]]
