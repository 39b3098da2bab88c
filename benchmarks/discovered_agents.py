"""What other teams' agents add to a review: none, 1, 10, and as many as a review asks, in turn and in one run.

Each count is measured in every round, so that a machine that changes its speed changes all of them; what a count adds
is taken from the same round's review without any. The agents answer at once: what is measured is the review's own
overhead (waking, asking through the proxy, reading and consolidating), on the embedded AWS.
"""

import argparse
import os
import platform
import statistics
import sys
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from boto3.dynamodb.types import TypeSerializer
from rich.console import Console
from rich.table import Table

from local.accounts import account_in_folder
from local.embedded_aws import REGISTRY_TABLE, EmbeddedAws, embedded_aws
from local.moto_seams import LambdaFunction, recorded_history
from tasks.agent_registry import MOST_REGISTERED
from workflows.discovery.card import CONTRACT_EXTENSION, LAMBDA_BINDING
from workflows.discovery.manifest import PARTITION

COUNTS = (1, 10, MOST_REGISTERED)
ROUNDS = 3
ACCOUNT = "123456789012"


@dataclass(frozen=True)
class Measured:
    """One review: wall seconds, its history's events, the largest state in bytes, and requests to DynamoDB and S3."""

    wall_s: float
    events: int
    largest_state: int
    dynamodb: int
    s3: int


def measure(count: int) -> Measured:
    """A review of the sample account with so many agents, none of whom ever checked itself."""
    read = account_in_folder(None)
    names = [f"agent-{number:03}" for number in range(count)]
    sent: Counter[str] = Counter()
    functions: Mapping[str, LambdaFunction] = dict.fromkeys(names, _answers)
    with embedded_aws(read.clients, read.settings, of_other_teams=functions) as aws:
        _write_cards(aws, names)
        for service in ("dynamodb", "s3"):
            events = aws.clients(service).meta.events
            events.register(f"before-send.{service}", lambda service=service, **_: sent.update([service]))
        started = time.perf_counter()
        arn = aws.start({"as_of": read.as_of.isoformat()}, "measured")
        states = aws.clients("stepfunctions")
        while (status := states.describe_execution(executionArn=arn)["status"]) == "RUNNING":
            time.sleep(0.01)
        wall = time.perf_counter() - started
        if status != "SUCCEEDED":
            raise SystemExit(f"A review with {count} agents {status}: nothing was measured.")
        history = recorded_history(arn)
    return Measured(wall, len(history), max(map(_size, history)), sent["dynamodb"], sent["s3"])


def _size(event: Mapping[str, Any]) -> int:
    held = {**event.get("stateEnteredEventDetails", {}), **event.get("stateExitedEventDetails", {})}
    return len(str(held.get("input", held.get("output", ""))).encode())


def _answers(question: Any) -> object:
    """Ready, and with one saving that nobody else sees."""
    signed = {"contract": question["contract"], "agent": question["agent"]}
    if question["action"] == "self_check":
        return {**signed, "status": "ready"}
    saving = {
        "source": "Benchmark",
        "action_type": "Delete",
        "account_id": ACCOUNT,
        "region_id": "us-east-1",
        "resource_type": "logs:log-group",
        "resource_id": question["agent"],
        "estimated_monthly_savings": "0.01",
        "billing_currency": "USD",
    }
    sources = [{"source": "Benchmark", "state": "AVAILABLE"}]
    return {
        **signed,
        "review_id": question["review"]["review_id"],
        "sources": sources,
        "recommendations": [saving],
    }


def _write_cards(aws: EmbeddedAws, names: Sequence[str]) -> None:
    # Straight into the table, because registering reads the whole registry each time, and that is not measured.
    for name in names:
        item = {"registry": PARTITION, "agent_name": name, "card": _card(name), "version": 1}
        typed = {key: TypeSerializer().serialize(value) for key, value in item.items()}
        aws.clients("dynamodb").put_item(TableName=REGISTRY_TABLE, Item=typed)


def _card(name: str) -> dict[str, Any]:
    arn = f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:{name}"
    terms = {"uri": CONTRACT_EXTENSION, "params": {"sources": ["Benchmark"]}}
    return {
        "name": name,
        "description": "Answers at once.",
        "version": "1",
        "supportedInterfaces": [{"url": arn, "protocolBinding": LAMBDA_BINDING}],
        "capabilities": {"extensions": [terms]},
        "defaultInputModes": ["application/json"],
        "defaultOutputModes": ["application/json"],
        "skills": [{"id": "answer", "name": "Answer", "description": "Answers.", "tags": []}],
    }


def main() -> int:
    """Measures and prints; never fails on a slow machine."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--rounds", type=int, default=ROUNDS)
    given = options.parse_args()
    measure(0)  # so that everything is imported
    rounds = [{count: measure(count) for count in (0, *COUNTS)} for _ in range(given.rounds)]
    table = Table(title=f"{given.rounds} rounds, {os.cpu_count()} cores, Python {platform.python_version()}")
    for header in ("agents", "wall s", "added s", "added ms an agent", "events", "largest state", "DynamoDB", "S3"):
        table.add_column(header, justify="right")
    for count in (0, *COUNTS):
        mine = [one[count] for one in rounds]
        added = statistics.median(one[count].wall_s - one[0].wall_s for one in rounds)
        table.add_row(
            str(count),
            f"{statistics.median(one.wall_s for one in mine):.2f}",
            f"{added:.2f}",
            f"{1000 * added / count:.0f}" if count else "",
            str(mine[0].events),
            f"{max(one.largest_state for one in mine)} B",
            str(mine[0].dynamodb),
            str(mine[0].s3),
        )
    Console().print(table, "target: added ms an agent does not grow with their number; largest state ≤ 16000 B")
    return 0


if __name__ == "__main__":
    sys.exit(main())
