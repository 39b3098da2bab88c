"""Reviews on the embedded AWS, for tests: the real definition, the real handlers, faults by name."""

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from local.accounts import ReadAccount, account_in_folder
from local.definition import state_machine_definition
from local.embedded_aws import Around, EmbeddedAws, embedded_aws
from local.functions import handlers
from local.moto_seams import LambdaFunction, Pace, recorded_history
from local.review import review_files

QUICK = Pace(wait_scale=0.001)
Event = Mapping[str, Any]
Fault = Callable[[Event], object]


@dataclass(frozen=True)
class Run:
    """An execution that has ended, with its history and, where it was published, its report."""

    description: Mapping[str, Any]
    history: list[dict[str, Any]]
    files: Mapping[str, bytes]

    @property
    def report(self) -> dict[str, Any]:
        document: dict[str, Any] = json.loads(self.files["report.json"])
        return document

    @property
    def entered(self) -> list[str]:
        return [
            event["stateEnteredEventDetails"]["name"] for event in self.history if "stateEnteredEventDetails" in event
        ]

    @property
    def counted_usage(self) -> str:
        return str(self.report["totals"][0]["counted_usage"])


def execute(aws: EmbeddedAws, request: object, name: str = "review-1") -> Run:
    """Starts the review and waits for its end."""
    arn = aws.start(request, name)
    states = aws.clients("stepfunctions")
    while (description := states.describe_execution(executionArn=arn))["status"] == "RUNNING":
        time.sleep(0.01)
    files = review_files(aws, name) if description["status"] == "SUCCEEDED" else {}
    return Run(description, recorded_history(arn), files)


def run(
    request: object = None,
    *,
    account: Path | None = None,
    read: ReadAccount | None = None,
    around: Around = lambda _name, function: function,
    definition: str | None = None,
    of_other_teams: Mapping[str, LambdaFunction] = MappingProxyType({}),
    prepare: Callable[[EmbeddedAws, ReadAccount], None] = lambda _aws, _read: None,
) -> Run:
    """One review from an empty state, or one that was prepared; around puts faults in the place of functions."""
    read = read or account_in_folder(account)
    served = embedded_aws(
        read.clients, read.settings, pace=QUICK, around=around, definition=definition, of_other_teams=of_other_teams
    )
    with served as aws:
        prepare(aws, read)
        asked = {"as_of": read.as_of.isoformat()} if request is None else request
        return execute(aws, asked)


@cache
def sample_review() -> Run:
    """The sample account's review from an empty state, made once for all tests that only read it."""
    return run()


def failing(failing_name: str, fault: Fault, *, action: str | None = None) -> Around:
    """That function answers with the fault (for that action, or always); all others are the real ones."""
    assert failing_name in handlers()

    def around(name: str, function: LambdaFunction) -> LambdaFunction:
        if name != failing_name:
            return function
        return lambda event: fault(event) if action in {None, event.get("action")} else function(event)

    return around


def with_timeouts(states: Mapping[str, int]) -> str:
    """The definition with these states' TimeoutSeconds made short."""
    definition = json.loads(state_machine_definition())
    for state, seconds in states.items():
        assert _set_timeout(definition, state, seconds) == 1
    return json.dumps(definition)


def _set_timeout(machine: dict[str, Any], name: str, seconds: int) -> int:
    changed = 0
    for key, state in machine["States"].items():
        if key == name:
            state["TimeoutSeconds"] = seconds
            changed += 1
        inner = [*state.get("Branches", []), *([state["ItemProcessor"]] if "ItemProcessor" in state else [])]
        changed += sum(_set_timeout(one, name, seconds) for one in inner)
    return changed
