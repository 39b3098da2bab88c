"""Each place where we reach into moto still is what it was; a new moto breaks here first."""

import json
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime
from importlib.metadata import version
from typing import Any

import pytest
from moto.stepfunctions.parser.asl.component.common.retry import retrier_decl

from local import moto_seams
from local.embedded_aws import BUCKET, embedded_resources, embedded_session
from local.moto_seams import (
    Event,
    LambdaFunction,
    MotoChanged,
    Pace,
    _replaced,
    embedded_moto,
    put_as_it_is,
    recorded_history,
    restore_object,
)
from tests.local.machines import a_machine, ended, start, task
from workflows.errors import RunIsOver

REAL_TIME = Pace()


@contextmanager
def _moto(function: LambdaFunction, pace: Pace = REAL_TIME) -> Iterator[Any]:
    with embedded_moto({"the-function": function}, pace):
        yield embedded_session().client("stepfunctions", region_name="us-east-1")


def test_moto_is_the_version_that_the_seams_were_made_for() -> None:
    assert version("moto") == "5.2.5"


def test_starting_does_not_import_what_no_definition_of_ours_names() -> None:
    """moto's EC2 takes most of a second to import, and comes with one enumeration of AWS Batch."""
    loaded = (
        "import sys, local.moto_seams; sys.exit('moto.ec2' in sys.modules or 'moto.batch.utils' not in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", loaded], check=False).returncode == 0  # noqa: S603 because it is ours


def test_a_task_gets_what_the_function_returns() -> None:
    """Without the seam moto would echo the request, and every test would pass for nothing."""
    with _moto(lambda event: {"heard": event}) as states:
        description = ended(states, start(states, a_machine(task())))
    assert json.loads(description["output"])["Payload"] == {"heard": {"asked": 1}}


def test_an_exception_becomes_the_error_document_that_lambda_gives() -> None:
    def fails(_: object) -> object:
        raise LookupError("nobody there")

    with _moto(fails) as states:
        description = ended(states, start(states, a_machine(task())))
    assert description["error"] == "LookupError"
    assert json.loads(description["cause"])["errorMessage"] == "nobody there"


def test_a_result_that_is_no_json_is_an_error_and_no_answer() -> None:
    with _moto(lambda _: object()) as states:
        assert ended(states, start(states, a_machine(task())))["error"] == "TypeError"


def test_a_function_that_does_not_exist_is_an_error() -> None:
    unknown = task(Parameters={"FunctionName": "another", "Payload": {}})
    with _moto(lambda _: None) as states:
        description = ended(states, start(states, a_machine(unknown)))
    assert description["error"] == "Lambda.ResourceNotFoundException"


@pytest.mark.parametrize("qualifier", ["", ":live"])
def test_an_arn_reaches_the_function_of_that_name(qualifier: str) -> None:
    arn = f"arn:aws:lambda:us-east-1:123456789012:function:the-function{qualifier}"
    with _moto(lambda event: {"heard": event}):
        answer = embedded_session().client("lambda", region_name="us-east-1").invoke(FunctionName=arn, Payload=b"[1]")
        assert json.loads(answer["Payload"].read()) == {"heard": [1]}


def test_pauses_between_tries_take_the_scaled_time(monkeypatch: pytest.MonkeyPatch) -> None:
    slept: list[float] = []
    tries: list[object] = []
    monkeypatch.setattr("local.moto_seams.time", type("Time", (), {"sleep": staticmethod(slept.append)}))

    def fails_once(event: object) -> object:
        tries.append(event)
        if len(tries) == 1:
            raise LookupError
        return "done"

    retried = task(Retry=[{"ErrorEquals": ["LookupError"], "IntervalSeconds": 50, "MaxAttempts": 2}])
    with _moto(fails_once, Pace(wait_scale=0.01)) as states:
        description = ended(states, start(states, a_machine(retried)))
    assert description["status"] == "SUCCEEDED"
    assert slept == [0.5]


def test_timeouts_take_the_scaled_time() -> None:
    def waits(_: object) -> object:
        time.sleep(1)
        return "too late"

    with _moto(waits, Pace(timeout_scale=0.001)) as states:
        description = ended(states, start(states, a_machine(task(TimeoutSeconds=100))))
    assert description["error"] == "States.Timeout"


def test_a_definition_is_parsed_once_and_executions_do_not_share_it(monkeypatch: pytest.MonkeyPatch) -> None:
    moto_seams._parsed.cache_clear()
    parsed: list[str] = []
    parse = moto_seams._parse

    def counted(text: str) -> Any:
        parsed.append(text)
        return parse(text)

    monkeypatch.setattr(moto_seams, "_parse", counted)
    with _moto(lambda _: "done") as states:
        machine = a_machine(task())
        first = start(states, machine, name="one")
        second = states.start_execution(stateMachineArn=first.state_machine, name="two")["executionArn"]
        assert ended(states, first)["status"] == ended(states, second)["status"] == "SUCCEEDED"
    assert len(parsed) == 1


def test_the_history_read_directly_is_the_one_that_step_functions_tells() -> None:
    with _moto(lambda _: "done") as states:
        execution = start(states, a_machine(task()))
        ended(states, execution)
        told = states.get_execution_history(executionArn=execution.arn)["events"]
        read = recorded_history(execution.arn)
    assert [(event["id"], event["type"]) for event in read] == [(event["id"], event["type"]) for event in told]
    assert all(event["timestamp"].tzinfo is not None for event in read)


def test_a_restored_object_keeps_its_version_its_time_and_its_metadata() -> None:
    modified = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
    with _moto(lambda _: None):
        s3 = embedded_session().client("s3", region_name="us-east-1")
        s3.create_bucket(Bucket="kept")
        s3.put_bucket_versioning(Bucket="kept", VersioningConfiguration={"Status": "Enabled"})
        stored = restore_object("kept", "a/b.json", b"{}", version_id="version-7", modified=modified)
        stored.set_metadata({"Content-Type": "application/json", "x-amz-meta-status": "COMPLETE"})
        read = s3.get_object(Bucket="kept", Key="a/b.json", VersionId="version-7")
        listed = s3.list_object_versions(Bucket="kept")["Versions"]
    assert (read["Body"].read(), read["LastModified"], read["Metadata"]) == (b"{}", modified, {"status": "COMPLETE"})
    assert read["ContentType"] == "application/json"
    assert [version["VersionId"] for version in listed] == ["version-7"]


def test_moto_leaves_the_account_under_review_alone() -> None:
    """Its stubber runs beside every other answer, and fails for operations that it does not know."""
    answers: list[str] = []

    def answer(request: Any, **_: Any) -> None:
        answers.append(request.url)
        raise ConnectionError("asked for real")

    with _moto(lambda _: None):
        client = embedded_session().client("ce", region_name="us-east-1")
        client.meta.events.register_first("before-send.cost-explorer", answer)
        with pytest.raises(ConnectionError):
            client.get_cost_forecast(
                TimePeriod={"Start": "2026-11-16", "End": "2026-12-01"}, Metric="UNBLENDED_COST", Granularity="DAILY"
            )
    assert answers == ["https://ce.us-east-1.amazonaws.com/"]


OF_AWS: dict[str, Any] = {
    "version": "0",
    "id": "event-7",
    "detail-type": "Anomaly Detected",
    "source": "aws.ce",
    "account": "210987654321",
    "time": "2026-11-15T04:05:06Z",
    "region": "us-east-1",
    "resources": ["arn:aws:ce::210987654321:anomalymonitor/m"],
    "detail": {"anomalyId": "a"},
}
LAMBDA_TARGET = "arn:aws:lambda:us-east-1:123456789012:function:the-function"


class _Taken:
    """Takes events, and remembers them."""

    def __init__(self) -> None:
        self.archived: list[Event] = []
        self.delivered: list[tuple[str, str, str, Event]] = []

    def archive(self, event: Event) -> None:
        self.archived.append(event)

    def deliver(self, function: str, rule: str, event_id: str, payload: Event) -> None:
        self.delivered.append((function, rule, event_id, payload))


@contextmanager
def _bus(taken: _Taken) -> Iterator[Any]:
    with embedded_moto({}, REAL_TIME, events=taken):
        events = embedded_session().client("events", region_name="us-east-1")
        events.create_event_bus(Name="ours")
        yield events


def _rule(events: Any, bus: str, target: str, pattern: object) -> None:
    events.put_rule(Name="the-rule", EventBusName=bus, EventPattern=json.dumps(pattern))
    events.put_targets(Rule="the-rule", EventBusName=bus, Targets=[{"Id": "one", "Arn": target}])


def _put(events: Any, **changes: Any) -> dict[str, Any]:
    entry = {"Source": "finops.an-agent", "DetailType": "Found", "Detail": '{"n": 1}', "EventBusName": "ours"}
    answer: dict[str, Any] = events.put_events(Entries=[{**entry, **changes}])
    return answer


def test_a_rule_sends_the_event_to_its_function_as_event_bridge_does() -> None:
    """moto would raise NotImplementedError, counts time in seconds and adds a note of its own."""
    taken = _Taken()
    with _bus(taken) as events:
        _rule(events, "ours", LAMBDA_TARGET, {"source": ["finops.an-agent"]})
        put = _put(events, Time=datetime(2026, 11, 15, 1, 2, 3, tzinfo=UTC))
        _put(events, Source="finops.another")
    event_id = put["Entries"][0]["EventId"]
    ((function, rule, of, event),) = taken.delivered
    assert (function, rule, of) == ("the-function", "the-rule", event_id)
    assert event == {
        "version": "0",
        "id": event_id,
        "detail-type": "Found",
        "source": "finops.an-agent",
        "account": "123456789012",
        "time": "2026-11-15T01:02:03Z",
        "region": "us-east-1",
        "resources": [],
        "detail": {"n": 1},
    }


def test_a_rule_that_is_turned_off_sends_nothing() -> None:
    taken = _Taken()
    with _bus(taken) as events:
        _rule(events, "ours", LAMBDA_TARGET, {"source": ["finops.an-agent"]})
        events.disable_rule(Name="the-rule", EventBusName="ours")
        _put(events)
    assert taken.delivered == []


def test_an_event_of_aws_is_forwarded_as_it_is() -> None:
    """moto would put it anew, with another id, account and time."""
    taken = _Taken()
    with _bus(taken) as events:
        _rule(events, "default", "arn:aws:events:us-east-1:123456789012:event-bus/ours", {"source": ["aws.ce"]})
        _rule(events, "ours", LAMBDA_TARGET, {"source": ["aws.ce"]})
        put_as_it_is("default", OF_AWS, "us-east-1")
    assert [event for _, _, _, event in taken.delivered] == [OF_AWS]


def test_an_archive_takes_every_event_of_its_bus() -> None:
    taken = _Taken()
    with _bus(taken) as events:
        events.create_archive(ArchiveName="all", EventSourceArn="arn:aws:events:us-east-1:123456789012:event-bus/ours")
        _put(events)
        put_as_it_is("ours", OF_AWS, "us-east-1")
        _put(events, EventBusName="default")
    assert [event["source"] for event in taken.archived] == ["finops.an-agent", "aws.ce"]


def test_nobody_puts_events_with_the_sources_of_aws() -> None:
    """EventBridge refuses them and takes the others; moto would take all."""
    taken = _Taken()
    with _bus(taken) as events:
        _rule(events, "ours", LAMBDA_TARGET, {"detail": {"n": [1, 2]}})
        entry = {"DetailType": "Found", "EventBusName": "ours"}
        answer = events.put_events(
            Entries=[
                {**entry, "Source": "aws.ce", "Detail": '{"n": 1}'},
                {**entry, "Source": "finops.an-agent", "Detail": '{"n": 2}'},
            ]
        )
    assert answer["FailedEntryCount"] == 1
    assert answer["Entries"][0]["ErrorCode"] == "NotAuthorizedForSourceException"
    assert [event["detail"]["n"] for _, _, _, event in taken.delivered] == [2]


def test_a_target_that_nobody_here_delivers_to_is_no_silent_loss() -> None:
    with _bus(_Taken()) as events:
        _rule(events, "ours", "arn:aws:kinesis:us-east-1:123456789012:stream/s", {"source": ["finops.an-agent"]})
        with pytest.raises(NotImplementedError, match="stream/s, a target of the-rule"):
            _put(events)


def test_the_name_of_an_execution_of_an_earlier_run_stays_taken() -> None:
    """For 90 days; moto remembers this run only."""
    with embedded_moto({"the-function": lambda _: None}, REAL_TIME, ran_before=lambda name: name == "of-yesterday"):
        states = embedded_session().client("stepfunctions", region_name="us-east-1")
        made = ended(states, started := start(states, a_machine(task()), name="of-today"))
        assert made["status"] == "SUCCEEDED"
        with pytest.raises(states.exceptions.ExecutionAlreadyExists):
            states.start_execution(stateMachineArn=started.state_machine, name="of-yesterday", input="{}")


def test_of_executions_with_one_name_that_are_started_together_one_runs() -> None:
    """moto would run several: it looks whether the name is taken, and takes it later."""
    together = threading.Barrier(8, timeout=10)

    def starts(number: int) -> str:
        together.wait()
        try:
            states.start_execution(stateMachineArn=machine, name="the-name", input=json.dumps({"n": number}))
        except states.exceptions.ExecutionAlreadyExists:
            return "taken"
        return "started"

    with _moto(lambda _: None) as states:
        machine = start(states, a_machine(task())).state_machine
        with ThreadPoolExecutor(8) as pool:
            came_of_it = sorted(pool.map(starts, range(8)))
    assert came_of_it == ["started"] + ["taken"] * 7


@pytest.mark.parametrize("end", [SystemExit(1), KeyboardInterrupt()])
def test_a_function_whose_process_ends_is_an_error_as_lambda_tells_it(end: BaseException) -> None:
    """Without the seam the interpreter's thread would end with it, and the execution would run for ever."""

    def dies(_: object) -> object:
        raise end

    with _moto(dies) as states:
        assert ended(states, start(states, a_machine(task())))["error"] == "Runtime.ExitError"


def test_a_bus_that_moto_keeps_elsewhere_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    class Moved:
        """A backend of another moto."""

    monkeypatch.setattr(moto_seams, "events_backends", {"123456789012": {"us-east-1": Moved()}})
    with pytest.raises(MotoChanged, match="event_buses"):
        put_as_it_is("default", OF_AWS, "us-east-1")


def test_a_place_that_moto_no_longer_has_is_named() -> None:
    with pytest.raises(MotoChanged, match="retrier_decl has no clock any more"), _replaced(retrier_decl, "clock", None):
        pass


def test_everything_is_as_it_was_afterwards() -> None:
    before = vars(retrier_decl)["time"]
    with _moto(lambda _: None):
        assert vars(retrier_decl)["time"] is not before
    assert vars(retrier_decl)["time"] is before


def test_what_a_run_left_behind_changes_nothing_in_the_next() -> None:
    """A handler that was timed out keeps its clients; the next run has a bucket of the same name."""
    with embedded_resources() as late:
        late("s3")
    with embedded_resources() as own:
        with pytest.raises(RunIsOver):
            late("s3").put_object(Bucket=BUCKET, Key="reviews/review-1/report.json", Body=b"{}")
        assert own("s3").list_objects_v2(Bucket=BUCKET)["KeyCount"] == 0
