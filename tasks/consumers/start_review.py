"""Starts the review that follows from an event of AWS: Trusted Advisor's refresh, a cost anomaly, a budget's alert.

An answer says for each event what came of it: {"outcome", "review_id", "event", "why"}, where the outcome is
  started      a review runs, under this id
  folded       this review answers the event: it was started by another one of the same window
  not_started  a review was due and may not run, and why
  ignored      nothing follows from the event, and why
"""

import json
from collections.abc import Mapping
from functools import partial
from typing import Any

from botocore.exceptions import ClientError

from tasks.agents.trusted_advisor.check_names import is_cost_check
from tasks.consumers import START_REVIEW
from tasks.consumers.once import handled_once
from tasks.door import Door
from tasks.paid_requests import paid_requests_left_today
from tasks.settings import STATE_MACHINE_ARN
from tasks.telemetry import logger
from tasks.wiring import World
from workflows.errors import MissingSettings
from workflows.events.received import Received, received_from
from workflows.events.started_reviews import review_name, review_request

IN_ORDER = "OK"


def start_review(event: Mapping[str, Any], world: World) -> Mapping[str, Any]:
    """{"answers": …}, one for each event in what came; InvalidEvent where one is none of those that are known."""
    if not world.settings.state_machine_arn:
        raise MissingSettings(f"The function's environment lacks {STATE_MACHINE_ARN}.")
    answers = [
        handled_once(
            world, consumer=START_REVIEW.name, identity=received.identity, handle=partial(_answer, received, world)
        )
        for received in received_from(event)
    ]
    return {"answers": answers}


def _answer(received: Received, world: World) -> Mapping[str, Any]:
    answer = _decided(received, world)
    told = {"event": received.about, **answer}
    logger().info(f"{received.about}: {answer['outcome']}. {answer['why']}".strip(), extra=told)
    return told


def _decided(received: Received, world: World) -> Mapping[str, Any]:
    if received.check_name and not is_cost_check(received.check_name):
        return _nothing("ignored", "It is no check of costs that the Trusted Advisor agent knows.")
    if received.status == IN_ORDER:
        return _nothing("ignored", "Trusted Advisor finds nothing to do there.")
    if received.kind.pays and not paid_requests_left_today(world):
        cap = world.settings.max_cost_explorer_requests_a_day
        return _nothing("not_started", f"The day's cap of {cap} paid requests, over all reviews, is reached.")
    return _started(received, world)


def _started(received: Received, world: World) -> Mapping[str, Any]:
    name = review_name(received.kind, received.at)
    request = review_request(received.kind, about=received.about, event_id=received.event_id)
    try:
        world.own("stepfunctions").start_execution(
            stateMachineArn=world.settings.state_machine_arn, name=name, input=json.dumps(request, sort_keys=True)
        )
    except ClientError as error:
        if error.response["Error"]["Code"] != "ExecutionAlreadyExists":
            raise
        return {"outcome": "folded", "review_id": name, "why": "An event of the same window started this review."}
    return {"outcome": "started", "review_id": name, "why": ""}


def _nothing(outcome: str, why: str) -> Mapping[str, Any]:
    return {"outcome": outcome, "review_id": None, "why": why}


handler = Door(start_review)
