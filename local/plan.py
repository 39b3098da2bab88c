"""The states of the definition in the order in which a reader expects them, for showing a run's progress."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from tasks.agents.discovered import WORK_FUNCTION

SHOWN = frozenset({"Task", "Parallel", "Map"})


@dataclass(frozen=True)
class PlannedState:
    """One state worth showing; depth is how many Parallels and Maps it lies in."""

    name: str
    depth: int
    kind: str


def planned_states(definition: str) -> tuple[PlannedState, ...]:
    """The states that work or hold others, along the way that a review goes when nothing fails."""
    return tuple(_along(json.loads(definition), 0))


def _along(machine: Mapping[str, Any], depth: int) -> Iterator[PlannedState]:
    states, name, seen = machine["States"], machine["StartAt"], set()
    # A Choice's ways meet again, so each is followed to its end and a state is shown once.
    waiting = [name]
    while waiting:
        name = waiting.pop(0)
        if name in seen:
            continue
        seen.add(name)
        state = states[name]
        if state["Type"] in SHOWN and not _only_catches(name, states) and not _asks_other_teams(state):
            yield PlannedState(name, depth, state["Type"])
            for inner in [*state.get("Branches", []), *([state["ItemProcessor"]] if "ItemProcessor" in state else [])]:
                yield from _along(inner, depth + 1)
        waiting = [*_ways(state), *waiting]


def _ways(state: Mapping[str, Any]) -> list[str]:
    # The way that waits for agents comes before the way that goes straight on, which it joins.
    chosen = [choice["Next"] for choice in reversed(state.get("Choices", []))]
    return [*chosen, *([state["Next"]] if "Next" in state else [])]


def _asks_other_teams(state: Mapping[str, Any]) -> bool:
    """Such a state is entered once for each registered agent, often for none: its Map stands for all of them."""
    return bool(state.get("Parameters", {}).get("FunctionName") == WORK_FUNCTION)


def _only_catches(name: str, states: Mapping[str, Any]) -> bool:
    caught = {catcher["Next"] for state in states.values() for catcher in state.get("Catch", [])}
    return name in caught and not any(state.get("Next") == name for state in states.values() if state["Type"] != "Pass")
