"""Every place where we reach into moto, so that a new moto breaks here, loudly, and nowhere else.

moto is pinned to the patch. Each seam has a test of its own; a seam whose target has moved raises MotoChanged.
"""
# ruff: noqa: E402 because one seam has to be in place before moto is imported

import copy
import json
import logging
import sys
import threading
import time
import traceback
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any, Protocol


def _without_models(package: str) -> None:
    """Puts the package in place without running its __init__: its small modules still load, its models do not."""
    parent, _, name = package.rpartition(".")
    spec = find_spec(parent)
    if package in sys.modules or spec is None or not spec.submodule_search_locations:
        return
    stand_in = ModuleType(package)
    stand_in.__path__ = [str(Path(place) / name) for place in spec.submodule_search_locations]
    sys.modules[package] = stand_in


# moto's Step Functions imports one enumeration of AWS Batch, and with it the whole of moto's EC2: most of a second at
# every start, for a service that no definition of ours names.
_without_models("moto.batch")

from moto import mock_aws
from moto.awslambda.exceptions import UnknownFunctionException
from moto.awslambda_simple.models import LambdaSimpleBackend
from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.events.models import EventsBackend, Rule, events_backends
from moto.s3.models import s3_backends
from moto.stepfunctions.exceptions import ExecutionAlreadyExists
from moto.stepfunctions.models import StateMachine
from moto.stepfunctions.parser.asl.component.common.retry import retrier_decl
from moto.stepfunctions.parser.asl.component.common.timeouts.timeout import TimeoutSeconds
from moto.stepfunctions.parser.asl.component.state.exec.state_task import lambda_eval_utils
from moto.stepfunctions.parser.asl.parse.asl_parser import AmazonStateLanguageParser
from moto.stepfunctions.parser.models import StepFunctionsParserBackend, stepfunctions_parser_backends
from moto.utilities.arns import parse_arn

LambdaFunction = Callable[[Any], object]
Event = Mapping[str, Any]
# moto answers for these hosts only. Everything else (the account that is read) passes it by: its stubber would
# otherwise run beside the account's own answers, and fail for operations that it does not know.
EMULATED = r"https?://([^/]+\.)?(s3|dynamodb|events|states|lambda)[.-][^/]*amazonaws\.com"
CONFIG: Any = {
    # No made-up credentials in the environment: a real account's are fetched again there when they run out.
    "core": {"mock_credentials": False, "passthrough": {"urls": [f"(?!{EMULATED})"], "services": []}},
    "lambda": {"use_docker": False},
    "stepfunctions": {"execute_state_machine": True},
}


class MotoChanged(Exception):
    """moto no longer has the place that a seam holds on to: adapt the seam to the new version."""


@dataclass(frozen=True)
class Pace:
    """How fast time passes for the state machine: 1 is real, 0.01 makes a wait of 100 s take one.

    wait_scale is for the pauses between retries, timeout_scale for TimeoutSeconds. redelivery_scale is for the minutes
    between the tries of an event: somebody waits here for the last of them, and in AWS nobody does.
    """

    wait_scale: float = 1.0
    timeout_scale: float = 1.0
    redelivery_scale: float = 0.01


class TakesEvents(Protocol):
    """Where events go that a rule lets through; both return at once, and whatever is done is done later."""

    def archive(self, event: Event) -> None:
        """An event has arrived on a bus that is archived."""

    def deliver(self, function: str, rule: str, event_id: str, payload: Event) -> None:
        """The rule sends the payload, an event, to the function of that name."""


@contextmanager
def embedded_moto(
    functions: Mapping[str, LambdaFunction],
    pace: Pace,
    *,
    events: TakesEvents | None = None,
    ran_before: Callable[[str], bool] = lambda _name: False,
) -> Iterator[None]:
    """Within it, botocore's requests to AWS are answered by moto, and Lambda invocations by these functions.

    events takes what the rules of a bus let through; without it there is nobody to deliver. ran_before says whether an
    execution of that name ran in an earlier run: names stay taken for 90 days, and moto remembers this run's only.
    """
    # What its interpreter thinks of a failure is in the execution's history, and would only clutter the terminal.
    logging.getLogger("moto").setLevel(logging.CRITICAL + 1)
    with ExitStack() as stack:
        stack.enter_context(mock_aws(config=CONFIG))
        stack.enter_context(_replaced(LambdaSimpleBackend, "invoke", _invoke_of(functions)))
        stack.enter_context(_replaced(lambda_eval_utils, "boto_client_for", _one_client_each()))
        stack.enter_context(_replaced(AmazonStateLanguageParser, "parse", staticmethod(_parsed_once)))
        stack.enter_context(_replaced(retrier_decl, "time", SimpleNamespace(sleep=_scaled_sleep(pace))))
        stack.enter_context(_replaced(TimeoutSeconds, "_eval_seconds", _scaled_timeout(pace)))
        stack.enter_context(_replaced(StateMachine, "_handle_name_input_idempotency", _taken_names(ran_before)))
        stack.enter_context(_replaced(StepFunctionsParserBackend, "start_execution", _started_one_by_one()))
        stack.enter_context(_replaced(EventsBackend, "put_events", _put_by_customers))
        if events is not None:
            stack.enter_context(_replaced(Rule, "send_to_targets", _sent_to(events)))
        yield


def _invoke_of(functions: Mapping[str, LambdaFunction]) -> Callable[..., bytes]:
    # moto's simple backend echoes the request as the result, which would be a silent false pass.
    def invoke(
        _backend: object, function_name: str, _qualifier: str | None, body: Any, _headers: Any, response_headers: Any
    ) -> bytes:
        function = functions.get(_bare(function_name))
        if function is None:
            raise UnknownFunctionException(function_name)
        try:
            return json.dumps(function(json.loads(body))).encode()
        except BaseException as error:  # because Lambda turns every exception into an error document
            response_headers["x-amz-function-error"] = "Unhandled"
            return json.dumps(error_document(error)).encode()

    return invoke


def _bare(function: str) -> str:
    """The name in a function's ARN, without its version or alias; a bare name is one already."""
    return function.split(":")[6] if function.startswith("arn:") else function


def error_document(error: BaseException) -> dict[str, object]:
    """The document that Lambda answers for an exception; one that ends the process is told of by Lambda itself."""
    if not isinstance(error, Exception):
        return {"errorType": "Runtime.ExitError", "errorMessage": f"Error: Runtime exited: {type(error).__name__}"}
    return {
        "errorMessage": str(error),
        "errorType": type(error).__name__,
        "requestId": "",
        "stackTrace": traceback.format_tb(error.__traceback__)[-3:],
    }


def _one_client_each() -> Callable[..., Any]:
    # moto makes a new client for each task, and sessions are not safe to make clients from in parallel branches.
    make: Any = vars(lambda_eval_utils)["boto_client_for"]
    made: dict[tuple[str, str], Any] = {}
    lock = threading.Lock()

    def client_for(region: str, service: str, state_credentials: Any = None) -> Any:
        with lock:
            if (region, service) not in made:
                made[region, service] = make(region=region, service=service, state_credentials=state_credentials)
            return made[region, service]

    return client_for


_parse = AmazonStateLanguageParser.parse


@lru_cache(maxsize=8)
def _parsed(definition: str) -> tuple[Any, Any]:
    return _parse(definition)


def _parsed_once(definition: str) -> tuple[Any, Any]:
    # moto parses a definition when it is created and again for each execution, half a second each time. The parsed
    # program is copied, because an execution may keep notes on it.
    program, tree = _parsed(definition)
    return copy.deepcopy(program), tree


def _scaled_sleep(pace: Pace) -> Callable[[float], None]:
    return lambda seconds: time.sleep(seconds * pace.wait_scale)


def _scaled_timeout(pace: Pace) -> Callable[[TimeoutSeconds, Any], float]:
    return lambda timeout, env: timeout.timeout_seconds * pace.timeout_scale  # noqa: ARG005 because moto passes env by name


_named_execution = StateMachine._handle_name_input_idempotency


def _taken_names(ran_before: Callable[[str], bool]) -> Callable[..., Any]:
    def named(machine: Any, name: str, execution_input: str) -> Any:
        running = _named_execution(machine, name, execution_input)
        if running is None and ran_before(name):
            raise ExecutionAlreadyExists(f"Execution Already Exists: '{name}'")
        return running

    return named


_start_execution = StepFunctionsParserBackend.start_execution


def _started_one_by_one() -> Callable[..., Any]:
    # moto looks for the name and adds the execution in two steps: of two that come together, both would start.
    lock = threading.Lock()

    def start_execution(backend: Any, *arguments: Any, **named: Any) -> Any:
        with lock:
            return _start_execution(backend, *arguments, **named)

    return start_execution


_put_events = EventsBackend.put_events
_NOT_YOURS = {"ErrorCode": "NotAuthorizedForSourceException", "ErrorMessage": "Not authorized for the source."}


def _put_by_customers(backend: EventsBackend, events: list[dict[str, Any]]) -> list[dict[str, Any]]:
    # moto takes events with the sources of AWS from anybody; EventBridge refuses them, one by one.
    refused = [str(event.get("Source", "")).startswith("aws.") for event in events]
    answers = iter(_put_events(backend, [event for event, no in zip(events, refused, strict=True) if not no]))
    return [dict(_NOT_YOURS) if no else next(answers) for no in refused]


def _sent_to(taking: TakesEvents) -> Callable[..., None]:
    # moto knows no Lambda targets, and forwards events to another bus with a new id, time and account.
    def send_to_targets(rule: Rule, original_event: Event, transform_input: bool = True) -> None:  # noqa: ARG001 because moto calls it so
        if rule.state != "ENABLED" or not rule.event_pattern.matches_event(original_event):  # type: ignore[arg-type]
            return
        event = _as_delivered(original_event)
        for target in rule.targets:
            arn = parse_arn(target["Arn"])
            match arn.service, arn.resource_type:
                case "lambda", "function":
                    taking.deliver(arn.resource_id, rule.name, event["id"], event)
                case "events", "event-bus":
                    put_as_it_is(arn.resource_id, event, arn.region)
                case "events", "":
                    taking.archive(event)
                case _:
                    raise NotImplementedError(f"Nobody here delivers to {target['Arn']}, a target of {rule.name}.")

    return send_to_targets


def _as_delivered(event: Event) -> dict[str, Any]:
    """The event as EventBridge delivers it: moto counts seconds, and notes of its own do not travel."""
    time_put = event["time"]
    if isinstance(time_put, int | float):
        time_put = f"{datetime.fromtimestamp(time_put, UTC):%Y-%m-%dT%H:%M:%SZ}"
    return {key: value for key, value in event.items() if key != "ingestion-time"} | {"time": time_put}


def put_as_it_is(bus: str, event: Event, region: str) -> None:
    """The event is on the bus with the id, time and account that it has, as AWS's own services put theirs."""
    buses = getattr(events_backends[DEFAULT_ACCOUNT_ID][region], "event_buses", None)
    if buses is None:
        raise MotoChanged("moto's EventsBackend no longer keeps event_buses.")
    for rule in buses[bus].rules.values():
        rule.send_to_targets(copy.deepcopy(dict(event)))


@contextmanager
def _replaced(owner: Any, name: str, replacement: object) -> Iterator[None]:
    original = vars(owner).get(name)
    if original is None:
        raise MotoChanged(f"{getattr(owner, '__name__', owner)} has no {name} any more.")
    setattr(owner, name, replacement)
    try:
        yield
    finally:
        setattr(owner, name, original)


def recorded_history(execution_arn: str, seen: int = 0) -> list[dict[str, Any]]:
    """The execution's events after the first so many, without serializing and parsing all of them each time."""
    region = execution_arn.split(":")[3]
    execution: Any = stepfunctions_parser_backends[DEFAULT_ACCOUNT_ID][region].describe_execution(execution_arn)
    worker = execution.exec_worker
    if worker is None or worker.env is None:  # it has not begun yet
        return []
    manager = worker.env.event_manager
    if not hasattr(manager, "_history_event_list"):
        raise MotoChanged("moto's event manager no longer keeps _history_event_list.")
    return [{**event, "timestamp": _moment(event["timestamp"])} for event in manager._history_event_list[seen:]]


def _moment(timestamp: str | datetime) -> datetime:
    return timestamp if isinstance(timestamp, datetime) else datetime.fromisoformat(timestamp)


def restore_object(bucket: str, key: str, content: bytes, *, version_id: str | None, modified: datetime) -> Any:
    """Puts an object back as it was, with its version and its time, which S3's own API would give anew."""
    backend = s3_backends[DEFAULT_ACCOUNT_ID]["aws"]
    stored = backend.put_object(bucket, key, content, disable_notification=True)
    if not (hasattr(stored, "_version_id") and hasattr(stored, "last_modified") and hasattr(stored, "set_metadata")):
        raise MotoChanged("moto's S3 object no longer keeps _version_id, last_modified and set_metadata.")
    if version_id is not None:
        stored._version_id = version_id  # because there is no other way to keep a version's id
    stored.last_modified = modified.astimezone(UTC).replace(tzinfo=None)  # moto counts in UTC and names no zone
    return stored
