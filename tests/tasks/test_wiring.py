"""The clients are metered, call by call, and retried as Cost Explorer needs it."""

from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from threading import Barrier
from typing import Any

import botocore.exceptions
import pytest

from tasks import wiring
from tasks.settings import REQUIRED
from tasks.wiring import RequestMeter, metered, world_of_lambda
from tests.tasks.worlds import a_scripted_world, a_world
from workflows.errors import MissingSettings, PaidRequestsExhausted

FORECAST = {
    "TimePeriod": {"Start": "2026-11-16", "End": "2026-12-01"},
    "Metric": "UNBLENDED_COST",
    "Granularity": "DAILY",
}
LIMIT = (400, {"__type": "LimitExceededException", "message": "Rate exceeded"})
ENROLLED = {"status": "Active"}


def test_a_client_is_made_once_for_a_service_and_region() -> None:
    account = a_world().world.account
    assert account("ce", "us-east-1") is account("ce", "us-east-1")
    assert account("compute-optimizer", "us-east-1") is not account("compute-optimizer", "eu-west-1")


def test_each_request_counts_on_the_meter_and_those_of_cost_explorer_separately() -> None:
    account = a_scripted_world({"ce:GetCostForecast": [{}], "compute-optimizer:GetEnrollmentStatus": [ENROLLED]})
    with metered(RequestMeter()) as meter:
        account.world.account("ce").get_cost_forecast(**FORECAST)
        account.world.account("compute-optimizer").get_enrollment_status()
    assert (meter.requests, meter.cost_explorer_requests) == (2, 1)


@pytest.mark.parametrize("code", ["LimitExceededException", "ThrottlingException", "TooManyRequestsException"])
def test_a_throttled_request_is_tried_once_more_and_each_attempt_counts(code: str) -> None:
    throttled = (400, {"__type": code, "message": "Rate exceeded"})
    account = a_scripted_world({"ce:GetCostForecast": [throttled]})
    with metered(RequestMeter()) as meter, pytest.raises(botocore.exceptions.ClientError):
        account.world.account("ce").get_cost_forecast(**FORECAST)
    assert meter.cost_explorer_requests == len(account.sent) == 2


def test_a_second_attempt_that_succeeds_is_the_answer() -> None:
    account = a_scripted_world({"ce:GetCostForecast": [LIMIT, {"Total": {"Amount": "1", "Unit": "USD"}}]})
    assert account.world.account("ce").get_cost_forecast(**FORECAST)["Total"]["Amount"] == "1"


def test_a_refusal_is_not_tried_again() -> None:
    denied = (400, {"__type": "AccessDeniedException", "message": "No."})
    account = a_scripted_world({"ce:GetCostForecast": [denied]})
    with pytest.raises(botocore.exceptions.ClientError):
        account.world.account("ce").get_cost_forecast(**FORECAST)
    assert len(account.sent) == 1


def test_what_the_meter_refuses_is_neither_sent_nor_counted_nor_tried_again() -> None:
    asked = []

    def refuse() -> None:
        asked.append(1)
        raise PaidRequestsExhausted("The cap is reached.")

    account = a_scripted_world({"ce:GetCostForecast": [{}]})
    with metered(RequestMeter(before_paid=refuse)) as meter, pytest.raises(PaidRequestsExhausted):
        account.world.account("ce").get_cost_forecast(**FORECAST)
    assert (meter.requests, meter.cost_explorer_requests, account.sent, asked) == (0, 0, [], [1])


def test_free_requests_are_not_asked_to_be_paid_for() -> None:
    def refuse() -> None:
        raise PaidRequestsExhausted("The cap is reached.")

    account = a_scripted_world({"compute-optimizer:GetEnrollmentStatus": [ENROLLED]})
    with metered(RequestMeter(before_paid=refuse)) as meter:
        account.world.account("compute-optimizer").get_enrollment_status()
    assert meter.requests == 1


def test_two_calls_in_parallel_do_not_count_on_each_others_meter() -> None:
    account = a_scripted_world({"ce:GetCostForecast": [{}], "compute-optimizer:GetEnrollmentStatus": [ENROLLED]})
    both_began = Barrier(2)

    def call(operation: Any, times: int, **parameters: Any) -> RequestMeter:
        meter = RequestMeter()
        with metered(meter):
            both_began.wait(timeout=10)
            for _ in range(times):
                operation(**parameters)
        return meter

    paid = account.world.account("ce").get_cost_forecast
    free = account.world.account("compute-optimizer").get_enrollment_status
    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(call, paid, 7, **FORECAST)
        second = pool.submit(call, free, 11)
        meters = [first.result(), second.result()]
    assert [(meter.requests, meter.cost_explorer_requests) for meter in meters] == [(7, 7), (11, 0)]


def test_threads_of_one_call_count_on_its_one_meter() -> None:
    account = a_scripted_world({"compute-optimizer:GetEnrollmentStatus": [ENROLLED]})
    ask = account.world.account("compute-optimizer").get_enrollment_status
    with metered(RequestMeter()) as meter, ThreadPoolExecutor(8) as pool:
        for running in [pool.submit(copy_context().run, ask) for _ in range(40)]:
            running.result()
    assert meter.requests == 40


def test_a_request_outside_any_call_is_not_counted() -> None:
    account = a_scripted_world({"compute-optimizer:GetEnrollmentStatus": [ENROLLED]})
    with metered(RequestMeter()) as meter:
        pass
    account.world.account("compute-optimizer").get_enrollment_status()
    assert meter.requests == 0


def test_the_world_of_a_function_names_what_its_environment_lacks(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in REQUIRED:
        monkeypatch.delenv(name, raising=False)
    wiring.world_of_lambda.cache_clear()
    with pytest.raises(MissingSettings, match=", ".join(REQUIRED)):
        world_of_lambda()


def test_the_world_of_a_function_is_made_once_with_one_set_of_clients(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in REQUIRED:
        monkeypatch.setenv(name, "us-east-1")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    wiring.world_of_lambda.cache_clear()
    try:
        world = world_of_lambda()
        assert world is world_of_lambda()
        assert world.account is world.own
        assert world.now().utcoffset() is not None
    finally:
        wiring.world_of_lambda.cache_clear()
