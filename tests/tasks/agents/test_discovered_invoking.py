"""One question to another team's function: asked once, waited for so long, and read so far."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from typing import Any

import pytest
from botocore.awsrequest import AWSResponse
from botocore.exceptions import ConnectTimeoutError, ReadTimeoutError

from tasks.agents.discovered.invoking import Said, asked
from tests.tasks.worlds import a_review, a_world, own_clients
from tests.workflows.discovery.cards import ARN
from workflows.discovery.contract import LARGEST_ANSWER_BYTES, question
from workflows.errors import AgentTooSlow, AgentUnreachable, InvalidAgentAnswer, Throttled

QUESTION = question("recommend", "log-retention-agent", a_review(), "123456789012", "2026-11-16T09:31:00+00:00")


class _Body(BytesIO):
    def stream(self, *_: Any, **__: Any) -> Iterator[bytes]:
        yield self.read()


@contextmanager
def lambda_answers(answer: Any) -> Iterator[list[Any]]:
    """What Lambda answers over the wire: (status, headers, body), an exception, or an event that is waited for."""
    sent: list[Any] = []

    def respond(request: Any, **_: Any) -> AWSResponse:
        sent.append(request)
        if isinstance(answer, Exception):
            raise answer
        if isinstance(answer, threading.Event):
            answer.wait(30)
            return AWSResponse(request.url, 200, {}, _Body(b"{}"))
        status, headers, body = answer
        return AWSResponse(request.url, status, headers, _Body(body))

    events = own_clients()("lambda", "us-east-1").meta.events
    events.register_first("before-send.lambda", respond)
    try:
        yield sent
    finally:
        events.unregister("before-send.lambda", respond)


def ask(timeout_s: float = 10) -> Said:
    return asked(a_world().world, ARN, QUESTION, timeout_s)


def an_error(code: str, status: int = 400) -> tuple[int, dict[str, str], bytes]:
    return status, {"x-amzn-errortype": code}, json.dumps({"message": "No."}).encode()


def test_the_function_is_invoked_by_its_arn_with_the_question_of_the_contract() -> None:
    with lambda_answers((200, {"x-amzn-RequestId": "request-1"}, b'{"said": 1}')) as sent:
        assert ask() == Said(b'{"said": 1}', "request-1")
    (request,) = sent
    assert "function%3Alog-retention-agent/invocations" in request.url
    assert json.loads(request.body) == json.loads(QUESTION.model_dump_json())


def test_who_does_not_answer_in_time_is_not_waited_for_and_not_asked_again() -> None:
    the_end = threading.Event()
    with lambda_answers(the_end) as sent:
        with pytest.raises(AgentTooSlow, match=r"did not answer within 0\.05 s"):
            ask(timeout_s=0.05)
        the_end.set()
    assert len(sent) == 1


@pytest.mark.parametrize(
    "failure",
    [ReadTimeoutError(endpoint_url="x"), ConnectTimeoutError(endpoint_url="x"), an_error("ServiceException", 500)],
)
def test_a_failed_request_is_never_sent_again(failure: Any) -> None:
    with lambda_answers(failure) as sent, pytest.raises(AgentUnreachable):
        ask()
    assert len(sent) == 1


def test_no_more_is_read_than_an_answer_may_have_and_one_byte() -> None:
    with lambda_answers((200, {}, b"x" * (2 * LARGEST_ANSWER_BYTES))):
        assert len(ask().content) == LARGEST_ANSWER_BYTES + 1


@pytest.mark.parametrize(
    ("answer", "raised", "said"),
    [
        (an_error("ResourceNotFoundException", 404), AgentUnreachable, "ResourceNotFoundException: No."),
        (an_error("AccessDeniedException", 403), AgentUnreachable, "AccessDeniedException"),
        (an_error("TooManyRequestsException", 429), Throttled, "too busy"),
        (an_error("RequestTooLargeException", 413), InvalidAgentAnswer, "too large"),
        (
            (200, {"x-amz-function-error": "Unhandled"}, b'{"errorType": "KeyError", "errorMessage": "x"}'),
            AgentUnreachable,
            "Its function failed: KeyError: x",
        ),
        ((200, {"x-amz-function-error": "Unhandled"}, b"<html>"), AgentUnreachable, "it left no error document"),
    ],
)
def test_what_is_no_answer_is_told_in_our_words(answer: Any, raised: type[Exception], said: str) -> None:
    with lambda_answers(answer), pytest.raises(raised, match=said):
        ask()
