"""Events of AWS start reviews: each kind its own, a storm one, a duplicate none."""

import itertools
import json
import logging
from datetime import timedelta
from typing import Any

import pytest

from tasks.consumers.start_review import handler
from tasks.paid_requests import reserve_paid_request
from tests.tasks.worlds import NOW, Json, a_review, a_world, own_clients
from tests.workflows.events.heard import a_budget_alert, a_message, a_refresh, an_anomaly, recorded
from workflows.errors import InvalidEvent, MissingSettings

pytestmark = pytest.mark.usefixtures("own_aws")
PASS = json.dumps({"StartAt": "Done", "States": {"Done": {"Type": "Pass", "End": True}}})


@pytest.fixture
def machine(own_aws: None) -> str:
    """A state machine whose executions can be looked at."""
    made = own_clients()("stepfunctions").create_state_machine(
        name="cost-review", definition=PASS, roleArn="arn:aws:iam::123456789012:role/x"
    )
    arn: str = made["stateMachineArn"]
    return arn


def heard(event: Any, machine: str, **world: Any) -> list[Json]:
    answers: list[Json] = handler.run(event, a_world(state_machine_arn=machine, **world).world)["answers"]
    return answers


def started(machine: str) -> dict[str, Json]:
    """The input of each execution, by its name."""
    states = own_clients()("stepfunctions")
    listed = states.list_executions(stateMachineArn=machine)["executions"]
    described = [states.describe_execution(executionArn=one["executionArn"]) for one in listed]
    return {one["name"]: json.loads(one["input"]) for one in described}


def test_a_refresh_of_a_cost_check_starts_a_targeted_review_of_trusted_advisor(machine: str) -> None:
    (answer,) = heard(a_refresh(), machine)
    assert (answer["outcome"], answer["review_id"]) == ("started", "trusted-advisor-refreshed-20261116T0800Z")
    assert started(machine)[answer["review_id"]] == {
        "analysis_type": "targeted",
        "scope": {"agents": ["trusted-advisor-agent"]},
        "requested_by": "Trusted Advisor refreshed the check 'Idle Load Balancers' (event refresh-1)",
    }


def test_an_anomaly_starts_an_emergency_review_that_names_it(machine: str) -> None:
    (answer,) = heard(an_anomaly(), machine)
    assert started(machine) == {
        "cost-anomaly-20261116T0800Z": {
            "analysis_type": "emergency",
            "requested_by": "The cost anomaly a-1 of Amazon Redshift (event anomaly-1)",
        }
    }
    assert answer["outcome"] == "started"


def test_a_budgets_alert_by_sns_starts_an_emergency_review_that_names_the_budget(machine: str) -> None:
    (answer,) = heard(a_budget_alert(), machine)
    (request,) = started(machine).values()
    assert answer["review_id"] == "budget-alert-20261116T0800Z"
    assert request["analysis_type"] == "emergency"
    assert "'platform-monthly' passed its threshold (ACTUAL > $80.00)" in request["requested_by"]


def test_an_anomaly_by_sns_and_by_eventbridge_is_answered_by_one_review(machine: str) -> None:
    by_sns = a_message(json.dumps({"anomalyId": "a-1", "dimensionalValue": "Amazon Redshift"}))
    answers = [*heard(an_anomaly(), machine), *heard(by_sns, machine)]
    assert [one["outcome"] for one in answers] == ["started", "folded"]
    assert len(started(machine)) == 1


@pytest.mark.parametrize(
    ("name", "review"),
    [
        ("trusted_advisor__unassociated_eip", "trusted-advisor-refreshed-20230828T1600Z"),
        ("trusted_advisor__underutilized_ebs_1", "trusted-advisor-refreshed-20190402T1600Z"),
        ("ce_anomaly_eventbridge_docs", "cost-anomaly-20210526T0000Z"),
    ],
)
def test_recorded_events_start_their_reviews(machine: str, name: str, review: str) -> None:
    (answer,) = heard(recorded(name), machine)
    assert (answer["outcome"], list(started(machine))) == ("started", [review])


def test_a_storm_is_folded_into_one_review_and_each_event_is_told_which(machine: str) -> None:
    storm = [a_refresh(id=f"refresh-{number}", time=f"2026-11-16T09:{number:02}:00Z") for number in range(40)]
    answers = [answer for event in storm for answer in heard(event, machine)]
    assert [one["outcome"] for one in answers] == ["started", *["folded"] * 39]
    assert {one["review_id"] for one in answers} == set(started(machine))
    assert len(started(machine)) == 1


def test_what_comes_in_the_next_window_has_a_review_of_its_own(machine: str) -> None:
    for number, at in enumerate(("11:59:59", "12:00:00")):
        heard(an_anomaly(id=f"anomaly-{number}", time=f"2026-11-16T{at}Z"), machine)
    assert sorted(started(machine)) == ["cost-anomaly-20261116T0800Z", "cost-anomaly-20261116T1200Z"]


def test_in_whatever_order_and_however_often_events_come_the_same_reviews_are_started(machine: str) -> None:
    events = [
        an_anomaly(),
        an_anomaly(id="anomaly-2", time="2026-11-16T13:00:00Z"),
        a_refresh(),
        a_budget_alert(),
    ]
    for order in itertools.permutations(events):
        for event in (*order, *order):
            heard(event, machine)
    assert sorted(started(machine)) == [
        "budget-alert-20261116T0800Z",
        "cost-anomaly-20261116T0800Z",
        "cost-anomaly-20261116T1200Z",
        "trusted-advisor-refreshed-20261116T0800Z",
    ]


def test_a_duplicate_is_answered_as_the_first_was(machine: str) -> None:
    assert heard(an_anomaly(), machine) == heard(an_anomaly(), machine)


def test_an_event_that_comes_late_is_folded_into_the_review_of_its_own_time(machine: str) -> None:
    heard(an_anomaly(), machine)
    (late,) = heard(an_anomaly(id="late"), machine, now=lambda: NOW + timedelta(hours=20))
    assert (late["outcome"], late["review_id"]) == ("folded", "cost-anomaly-20261116T0800Z")


@pytest.mark.parametrize(
    ("event", "why"),
    [
        (a_refresh("MFA on Root Account"), "no check of costs"),
        (a_refresh(status="OK"), "finds nothing to do"),
    ],
)
def test_what_needs_no_review_is_said_in_the_log_and_starts_none(
    machine: str, event: Json, why: str, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO):
        (answer,) = heard(event, machine)
    assert answer["outcome"] == "ignored"
    assert why in answer["why"]
    assert started(machine) == {}


def test_a_paid_emergency_does_not_start_once_the_days_cap_is_reached_and_that_is_said(machine: str) -> None:
    world = a_world(max_cost_explorer_requests_a_day=1).world
    reserve_paid_request(world, a_review())
    for event in (an_anomaly(), a_budget_alert()):
        (answer,) = heard(event, machine, max_cost_explorer_requests_a_day=1)
        assert (answer["outcome"], answer["review_id"]) == ("not_started", None)
        assert "The day's cap of 1 paid requests" in answer["why"]
    assert started(machine) == {}


def test_a_review_that_pays_for_nothing_starts_whatever_was_paid_today(machine: str) -> None:
    (answer,) = heard(a_refresh(), machine, max_cost_explorer_requests_a_day=0)
    assert answer["outcome"] == "started"


def test_a_cap_of_yesterday_holds_nothing_up(machine: str) -> None:
    reserve_paid_request(a_world(max_cost_explorer_requests_a_day=1).world, a_review())
    tomorrow = {"now": lambda: NOW + timedelta(days=1), "max_cost_explorer_requests_a_day": 1}
    (answer,) = heard(an_anomaly(), machine, **tomorrow)
    assert answer["outcome"] == "started"


@pytest.mark.parametrize("event", [{}, None, a_refresh(detail={}), a_refresh(source="aws.ec2"), a_message("Hello")])
def test_what_is_malformed_or_foreign_is_an_error_and_never_a_review(machine: str, event: Any) -> None:
    for _ in range(2):
        with pytest.raises(InvalidEvent):
            heard(event, machine)
    assert started(machine) == {}


def test_a_start_that_failed_is_tried_again_by_the_next_delivery(machine: str) -> None:
    states = own_clients()("stepfunctions")
    with pytest.raises(states.exceptions.StateMachineDoesNotExist):
        heard(an_anomaly(), machine.replace("cost-review", "not-there"))
    (answer,) = heard(an_anomaly(), machine)
    assert answer["outcome"] == "started"


def test_without_a_state_machine_the_setting_that_lacks_is_named() -> None:
    with pytest.raises(MissingSettings, match="FINOPS_STATE_MACHINE_ARN"):
        heard(an_anomaly(), "")
