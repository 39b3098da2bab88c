"""What goes wrong in a function leaves it under its own name, short enough for the state, and stands in the log."""

import io
import json
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from botocore.exceptions import ClientError
from pydantic import BaseModel, ConfigDict

from tasks.door import LONGEST_MESSAGE, Door
from tasks.telemetry import logger
from tasks.wiring import World
from tests.tasks.worlds import a_world
from workflows.errors import InvalidReviewRequest, Throttled

EVENT = {"review": {"review_id": "review-1"}}


@pytest.fixture
def log(monkeypatch: pytest.MonkeyPatch) -> Iterator[io.StringIO]:
    """What is logged, as much as a function in AWS logs, whatever the command line silenced before."""
    written = io.StringIO()
    monkeypatch.setattr(logger().registered_handler, "stream", written)
    before = logger().log_level
    logger().setLevel("INFO")
    yield written
    logger().setLevel(before)


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")


def failing(error: Exception) -> Door:
    def handle(_event: Mapping[str, Any], _world: World) -> Mapping[str, Any]:
        raise error

    return Door(handle)


def raised_by(error: Exception, event: Any = EVENT) -> BaseException:
    with pytest.raises(type(error)) as caught:
        failing(error).run(event, a_world().world)
    return caught.value


def test_the_answer_passes_through() -> None:
    assert Door(lambda event, world: {"seen": event["x"]}).run({"x": 1}, a_world().world) == {"seen": 1}


@pytest.mark.parametrize(
    "error",
    [
        Throttled("Slow down."),
        InvalidReviewRequest(["one", "two"]),
        KeyError("review"),
        ClientError({"Error": {"Code": "Oops", "Message": "No."}}, "PutItem"),
    ],
)
def test_an_error_keeps_its_class_and_its_sentence(error: Exception) -> None:
    said = str(error)
    raised = raised_by(error)
    assert raised is error
    assert str(raised) == said


@pytest.mark.parametrize("make", [Throttled, RuntimeError, lambda text: InvalidReviewRequest([text])])
def test_a_long_message_is_cut_because_it_travels_through_the_state(make: Any) -> None:
    assert len(str(raised_by(make("x" * 50_000)))) == LONGEST_MESSAGE + 1


def test_a_long_list_of_what_a_document_has_wrong_is_cut_too() -> None:
    def handle(event: Mapping[str, Any], _world: World) -> Mapping[str, Any]:
        return Strict.model_validate(event).model_dump()

    with pytest.raises(Exception, match="Extra inputs") as caught:
        Door(handle).run({f"field-{number}": number for number in range(500)}, a_world().world)
    assert type(caught.value).__name__ == "ValidationError"
    assert len(str(caught.value)) <= LONGEST_MESSAGE + 1


def test_the_trace_is_left_to_the_log() -> None:
    error = raised_by(Throttled("Slow down."))
    assert error.__cause__ is None
    assert error.__suppress_context__


@pytest.mark.parametrize(
    ("event", "review_id"),
    [
        (EVENT, "review-1"),
        ({"execution": {"name": "review-2", "started_at": "now"}, "request": {}}, "review-2"),
        ({"query": "how much?"}, ""),
        ({"review": None}, ""),
        (None, ""),
    ],
)
def test_the_log_names_the_review_and_holds_the_trace(event: Any, review_id: str, log: io.StringIO) -> None:
    raised_by(Throttled("Slow down."), event)
    line = json.loads(log.getvalue())
    assert line["review_id"] == review_id
    assert line["level"] == "ERROR"
    assert "Slow down." in line["exception"]
