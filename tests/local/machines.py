"""Small state machines, for trying out the emulated Step Functions."""

import json
import time
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Started:
    """A running execution and the machine that it runs."""

    arn: str
    state_machine: str


def task(**changes: Any) -> dict[str, Any]:
    """A Task that invokes the-function."""
    return {
        "Type": "Task",
        "Resource": "arn:aws:states:::lambda:invoke",
        "Parameters": {"FunctionName": "the-function", "Payload": {"asked": 1}},
        "End": True,
        **changes,
    }


def a_machine(state: dict[str, Any]) -> str:
    """A definition of that one state."""
    return json.dumps({"StartAt": "OnlyState", "States": {"OnlyState": state}})


def start(states: Any, definition: str, name: str = "one") -> Started:
    """Creates the machine and starts it."""
    made = states.create_state_machine(
        name="machine", definition=definition, roleArn="arn:aws:iam::123456789012:role/embedded"
    )["stateMachineArn"]
    return Started(states.start_execution(stateMachineArn=made, name=name)["executionArn"], made)


def ended(states: Any, execution: Started | str) -> dict[str, Any]:
    """The execution's description once it has ended."""
    arn = execution.arn if isinstance(execution, Started) else execution
    while (description := states.describe_execution(executionArn=arn))["status"] == "RUNNING":
        time.sleep(0.005)
    return dict(description)
