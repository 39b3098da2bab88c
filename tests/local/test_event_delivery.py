"""Events are delivered as by EventBridge and Lambda: each alone, again where a function fails, and then given up."""

import threading
from typing import Any

import pytest

from local.embedded_aws import embedded_aws, embedded_settings
from local.event_delivery import AT_ONCE, Deliveries
from local.event_journal import Outcome
from local.moto_seams import LambdaFunction, Pace
from tasks.consumers import START_REVIEW
from tests.local.machines import a_machine, task

AT_A_RUN = Pace(redelivery_scale=0)


def delivered(function: LambdaFunction, *events: dict[str, Any], pace: Pace = AT_A_RUN) -> list[Outcome]:
    """What became of the events, the one that ended first first."""
    deliveries = Deliveries({"the-function": function}, pace)
    for number, event in enumerate(events or ({"n": 1},)):
        deliveries.deliver("the-function", "the-rule", f"event-{number}", event)
    deliveries.wait()
    deliveries.close()
    return [entry for entry in deliveries.entries if isinstance(entry, Outcome)]


def test_a_function_gets_the_event_and_its_answer_is_noted() -> None:
    (outcome,) = delivered(lambda event: {"heard": event})
    assert (outcome.result, outcome.answer, outcome.attempts) == ("delivered", {"heard": {"n": 1}}, 1)
    assert (outcome.consumer, outcome.rule, outcome.event_id) == ("the-function", "the-rule", "event-0")


def test_a_function_that_fails_is_tried_twice_more() -> None:
    tries: list[object] = []

    def fails_twice(event: object) -> object:
        tries.append(event)
        if len(tries) < 3:
            raise LookupError("nobody there")
        return {}

    (outcome,) = delivered(fails_twice)
    assert (outcome.result, outcome.attempts, len(tries)) == ("delivered", 3, 3)


@pytest.mark.parametrize("error", [LookupError("nobody there"), SystemExit(1)])
def test_a_function_that_keeps_failing_leaves_a_dead_letter(error: BaseException) -> None:
    """Whether it raises or its process ends."""

    def fails(_: object) -> object:
        raise error

    (outcome,) = delivered(fails)
    assert (outcome.result, outcome.attempts) == ("dead_letter", 3)
    assert outcome.error in {"LookupError: nobody there", "Runtime.ExitError: Error: Runtime exited: SystemExit"}


def test_an_answer_that_is_no_json_is_a_failure() -> None:
    (outcome,) = delivered(lambda _: {"a set": {1}})
    assert outcome.result == "dead_letter"


def test_an_event_for_a_function_that_does_not_exist_is_a_dead_letter_at_once() -> None:
    deliveries = Deliveries({}, AT_A_RUN)
    deliveries.deliver("nobody", "the-rule", "event-1", {})
    deliveries.wait()
    deliveries.close()
    (outcome,) = deliveries.entries
    assert isinstance(outcome, Outcome)
    assert (outcome.result, outcome.attempts, outcome.error) == ("dead_letter", 0, "There is no function nobody.")


def test_what_a_function_does_to_its_event_no_later_try_sees() -> None:
    seen: list[object] = []

    def spoils(event: Any) -> object:
        seen.append(dict(event))
        event["n"] = 2
        raise LookupError

    delivered(spoils)
    assert seen == [{"n": 1}] * 3


def test_deliveries_run_beside_each_other() -> None:
    """The one waits for the other: in a row they would never end."""
    together = threading.Barrier(AT_ONCE, timeout=10)
    outcomes = delivered(lambda _: {"at": together.wait()}, *({"n": n} for n in range(AT_ONCE)))
    assert {outcome.result for outcome in outcomes} == {"delivered"}


def test_whoever_ends_everything_does_not_wait_for_the_next_try() -> None:
    """The pause would be an hour and more."""
    failed = threading.Event()

    def fails(_: object) -> object:
        failed.set()
        raise LookupError

    deliveries = Deliveries({"the-function": fails}, Pace(redelivery_scale=100))
    deliveries.deliver("the-function", "the-rule", "event-1", {})
    assert failed.wait(10)
    deliveries.close()
    (outcome,) = deliveries.entries
    assert isinstance(outcome, Outcome)
    assert (outcome.result, outcome.attempts) == ("dead_letter", 1)


def test_everything_has_ended_only_when_what_an_event_started_has_ended() -> None:
    """The function starts an execution, which puts an event, which reaches a function: all of it is waited for."""
    last: list[object] = []
    first = threading.Event()

    def around(name: str, function: LambdaFunction) -> LambdaFunction:
        return {START_REVIEW.name: starts, "finops-prepare-review": puts}.get(name, function)

    def starts(event: Any) -> object:
        if first.is_set():
            last.append(event["detail"])
            return {}
        first.set()
        return {"started": aws.start({}, "by-an-event")}

    def puts(_: object) -> object:
        aws.put_event(an_anomaly("second"))
        return {}

    prepare = task(Parameters={"FunctionName": "finops-prepare-review", "Payload": {}})
    with embedded_aws(lambda *_: None, embedded_settings(()), definition=a_machine(prepare), around=around) as aws:
        aws.put_event(an_anomaly("first"))
        aws.settle()
        assert last == [{"anomalyId": "second"}]
        assert aws.running() == []


def test_no_thread_outlives_the_run() -> None:
    before = set(threading.enumerate())
    with embedded_aws(lambda *_: None, embedded_settings(()), around=lambda _name, _function: lambda _: {}) as aws:
        for number in range(20):
            aws.put_event(an_anomaly(str(number)))
    left = set(threading.enumerate()) - before
    assert not [thread for thread in left if thread.name.startswith("event")]


def an_anomaly(name: str) -> dict[str, Any]:
    return {
        "version": "0",
        "id": name,
        "source": "aws.ce",
        "detail-type": "Anomaly Detected",
        "account": "123456789012",
        "time": "2026-11-15T04:05:06Z",
        "region": "us-east-1",
        "resources": [],
        "detail": {"anomalyId": name},
    }
