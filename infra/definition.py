"""What a definition says of the functions that it calls, read from its JSON so that it is written once."""

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

from asl import COST_REVIEW

State = Mapping[str, Any]


def task_states(machine: State) -> Iterator[State]:
    """Every Task, those inside of branches and maps included."""
    for state in machine["States"].values():
        if state["Type"] == "Task":
            yield state
        for inner in (*state.get("Branches", ()), *filter(None, (state.get("ItemProcessor"),))):
            yield from task_states(inner)


def longest_timeouts_s(definition: str) -> dict[str, int]:
    """For each substitution, the longest TimeoutSeconds among the states that call it.

    A state whose function is named in its data (`FunctionName.$`) calls one that a branch calls too.
    """
    timeouts_s: dict[str, int] = defaultdict(int)
    for state in task_states(json.loads(definition)):
        called = state["Parameters"].get("FunctionName")
        if called is not None:
            substitution = called.removeprefix("${").removesuffix("}")
            timeouts_s[substitution] = max(timeouts_s[substitution], state["TimeoutSeconds"])
    return dict(timeouts_s)


def cost_review() -> str:
    """The review's definition as it stands in its file."""
    return COST_REVIEW.read_text(encoding="utf-8")
