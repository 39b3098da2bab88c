"""Checks of a definition for what the public linters let pass."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

State = Mapping[str, Any]
LAMBDA_ERRORS = {
    "Lambda.ServiceException",
    "Lambda.AWSLambdaException",
    "Lambda.SdkClientException",
    "Lambda.TooManyRequestsException",
}
WORTH_ANOTHER_TRY = {"Throttled", "ServiceUnavailable"}
CATCHERS = [["States.DataLimitExceeded"], ["States.ALL"]]
INTEGRATIONS = {"arn:aws:states:::lambda:invoke"}
JSONATA_ONLY = {"QueryLanguage", "Arguments", "Output", "Assign", "Items", "Condition"}


def machines(definition: State) -> Iterator[State]:
    """The machine itself, and every one inside a branch or a map."""
    yield definition
    for state in definition["States"].values():
        for inner in [*state.get("Branches", []), *([state["ItemProcessor"]] if "ItemProcessor" in state else [])]:
            yield from machines(inner)


def named_states(definition: State) -> list[tuple[str, State]]:
    """Every state with its name, those inside included."""
    return [named for machine in machines(definition) for named in machine["States"].items()]


def problems(definition: State) -> list[str]:
    """What is wrong with the definition, a sentence each."""
    found = [problem for machine in machines(definition) for problem in _ways(machine)]
    names = [name for name, _ in named_states(definition)]
    found += [f"{name} stands twice" for name in sorted({name for name in names if names.count(name) > 1})]
    for name, state in named_states(definition):
        found += [f"{name}: {problem}" for problem in _of_state(state)]
    found += [f"an ARN: {arn}" for arn in re.findall(r"arn:[^\"]+", json.dumps(definition)) if arn not in INTEGRATIONS]
    return found


def _ways(machine: State) -> Iterator[str]:
    states = machine["States"]
    targets = {name: list(_targets(state)) for name, state in states.items()}
    for name, ways in targets.items():
        yield from (f"{name} leads to {way}, which is not there" for way in ways if way not in states)
    reached, waiting = set(), [machine["StartAt"]]
    while waiting:
        name = waiting.pop()
        if name in states and name not in reached:
            reached.add(name)
            waiting += targets[name]
    yield from (f"{name} cannot be reached" for name in states if name not in reached)
    if machine["StartAt"] not in states:
        yield f"it starts at {machine['StartAt']}, which is not there"


def _targets(state: State) -> Iterator[str]:
    yield from ([state["Next"]] if "Next" in state else [])
    yield from ([state["Default"]] if "Default" in state else [])
    yield from (choice["Next"] for choice in state.get("Choices", []))
    yield from (catcher["Next"] for catcher in state.get("Catch", []))


def _of_state(state: State) -> Iterator[str]:
    if not re.fullmatch(r"[A-Z].{19,}[.]", state.get("Comment", "")):
        yield "its comment is no sentence"
    if JSONATA_ONLY & state.keys():
        yield f"knows {', '.join(JSONATA_ONLY & state.keys())}, which JSONPath does not"
    if state["Type"] == "Choice" and "Default" not in state:
        yield "a choice without a default"
    if state["Type"] not in {"Choice", "Succeed", "Fail"} and ("Next" in state) == ("End" in state):
        yield "has both or neither of Next and End"
    if state["Type"] == "Task":
        yield from _of_task(state)
    if "Catch" in state:
        yield from _of_catch(state)


def _of_task(state: State) -> Iterator[str]:
    if state["Resource"] not in INTEGRATIONS:
        yield f"an integration that nobody here knows: {state['Resource']}"
    timeout = state.get("TimeoutSeconds")
    if not isinstance(timeout, int) or timeout > 900:
        yield "no static timeout within what a function may take"
    if state.get("HeartbeatSeconds", 0) >= (timeout or 1):
        yield "a heartbeat as long as the timeout"
    retried = {error for retrier in state.get("Retry", []) for error in retrier["ErrorEquals"]}
    if not retried >= LAMBDA_ERRORS | WORTH_ANOTHER_TRY:
        yield "does not retry Lambda's service errors, Throttled and ServiceUnavailable"
    if retried & {"States.ALL", "States.TaskFailed"}:
        yield "retries everything, also what can never succeed"
    for retrier in state.get("Retry", []):
        if retrier.get("JitterStrategy") != "FULL" or "MaxDelaySeconds" not in retrier:
            yield "a retry without full jitter and an upper bound"
    if "Catch" not in state:
        yield "does not catch"
    if set(state["Parameters"]["Payload"]["step"]) != {"state.$", "entered_at.$", "retry.$"}:
        yield "does not say which state calls"


def _of_catch(state: State) -> Iterator[str]:
    if [catcher["ErrorEquals"] for catcher in state["Catch"]] != CATCHERS:
        yield "does not catch States.DataLimitExceeded and then States.ALL, each alone"
    if any("ResultPath" not in catcher for catcher in state["Catch"]):
        yield "a catcher that throws the state's input away"
