"""The floor of a review: the same definition on the same embedded AWS, with handlers that do nothing."""

import sys
import time
from collections.abc import Mapping
from typing import Any

from local.accounts import account_in_folder
from local.embedded_aws import embedded_aws
from local.moto_seams import LambdaFunction, Pace
from tasks.agents import AGENTS


def _nothing(name: str, _function: LambdaFunction) -> LambdaFunction:
    if name == "finops-check-readiness":
        return lambda _: _everybody_is_ready()
    return lambda _: {}


def _everybody_is_ready() -> Mapping[str, Any]:
    # Nobody is ready at first, so that the floor goes through the same states as a first review.
    agents = {spec.key: {"takes_part": True} for spec in AGENTS}
    waiting = [{"agent": spec.name, "function": spec.work_function} for spec in AGENTS]
    return {"all_ready": False, "not_ready": waiting, "agents": agents, "discovered": [], "manifest": None}


def main() -> int:
    """Runs the definition once, with nothing behind its states."""
    account = account_in_folder(None)
    with embedded_aws(account.clients, account.settings, pace=Pace(), around=_nothing) as aws:
        arn = aws.start({}, "floor")
        states = aws.clients("stepfunctions")
        while (status := states.describe_execution(executionArn=arn)["status"]) == "RUNNING":
            time.sleep(0.05)
    return 0 if status == "SUCCEEDED" else 1


if __name__ == "__main__":
    sys.exit(main())
