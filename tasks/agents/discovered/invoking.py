"""Asks another team's function one question: once, for so long and no longer, and so much of its answer and no more."""

import json
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from tasks.wiring import World
from workflows.discovery.contract import LARGEST_ANSWER_BYTES, Question
from workflows.errors import AgentTooSlow, AgentUnreachable, InvalidAgentAnswer, Throttled

THROTTLES = frozenset({"TooManyRequestsException", "ThrottlingException", "EC2ThrottledException"})
LONGEST_SAID = 200


@dataclass(frozen=True)
class Said:
    """The answer's bytes, at most one more than an answer may have, and the id of the invocation."""

    content: bytes
    request_id: str


def asked(world: World, function_arn: str, question: Question, timeout_s: float) -> Said:
    """What the function answered. AgentTooSlow, AgentUnreachable or InvalidAgentAnswer where it gave none.

    A bare name instead of the ARN means the function in the clients' own region.
    The client waits in a thread of its own, because it cannot be interrupted: after the deadline nobody listens to it
    any more. Throttled where Lambda itself was busy: then nobody was asked, and another try costs the agent nothing.
    """
    heard: SimpleQueue[Said | Exception] = SimpleQueue()

    def listen() -> None:
        try:
            heard.put(_invoked(world, function_arn, question))
        except Exception as error:  # because it is raised again where somebody waits for it
            heard.put(error)

    threading.Thread(target=listen, daemon=True, name=f"asking {question.agent}").start()
    try:
        said = heard.get(timeout=timeout_s)
    except Empty:
        raise AgentTooSlow(f"{question.agent} did not answer within {timeout_s:g} s.") from None
    if isinstance(said, Exception):
        raise said
    return said


def _invoked(world: World, function_arn: str, question: Question) -> Said:
    region = function_arn.split(":")[3] if function_arn.startswith("arn:") else None  # the session's own
    try:
        answer = world.own("lambda", region).invoke(
            FunctionName=function_arn, InvocationType="RequestResponse", Payload=question.model_dump_json().encode()
        )
        content: bytes = answer["Payload"].read(LARGEST_ANSWER_BYTES + 1)
    except ClientError as error:
        raise _refused(function_arn, error) from error
    except BotoCoreError as error:
        raise AgentUnreachable(f"{function_arn} cannot be reached: {str(error)[:LONGEST_SAID]}") from error
    if answer.get("FunctionError"):
        raise AgentUnreachable(f"Its function failed: {_said_of_failure(content)}")
    return Said(content, str(answer["ResponseMetadata"].get("RequestId") or ""))


def _refused(function_arn: str, error: ClientError) -> Exception:
    code, message = error.response["Error"]["Code"], str(error.response["Error"].get("Message", ""))[:LONGEST_SAID]
    if code in THROTTLES:
        return Throttled(f"Lambda was too busy to invoke {function_arn}.")
    if code == "RequestTooLargeException":
        return InvalidAgentAnswer(f"Lambda refused what was sent or answered as too large: {message}")
    return AgentUnreachable(f"{function_arn} cannot be invoked: {code}: {message}")


def _said_of_failure(content: bytes) -> str:
    """The error that Lambda's document names, of whatever the function left behind; bounded."""
    try:
        document: Any = json.loads(content)
    except (ValueError, RecursionError):
        document = None
    if not isinstance(document, Mapping):
        return "it left no error document"
    return f"{document.get('errorType', 'Error')}: {document.get('errorMessage', '')}"[:LONGEST_SAID]
