"""The functions: one a step, two an agent, one a consumer of events."""

import importlib
import json
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from asl import COST_REVIEW
from tasks import settings
from tasks.agents import AGENTS, discovered
from tasks.consumers import CONSUMERS, START_REVIEW
from tasks.steps import STEPS, function_name, module_name
from tests.infra.template import Template

HANDLERS = {
    **{spec.work_function: f"{spec.handler_module}.work" for spec in AGENTS},
    **{spec.ask_function: f"{spec.handler_module}.ask" for spec in AGENTS},
    discovered.WORK_FUNCTION: f"{discovered.HANDLER_MODULE}.work",
    **{function_name(step): f"{module_name(step)}.handler" for step in STEPS},
    **{consumer.name: f"{consumer.module}.handler" for consumer in CONSUMERS},
}


def test_every_agent_every_step_and_every_consumer_has_its_functions(template: Template) -> None:
    """By the names and the handlers that follow from the registration, and there are no others."""
    assert {name: each["Handler"] for name, each in template.functions().items()} == HANDLERS


@pytest.mark.parametrize("handler", sorted(HANDLERS.values()))
def test_every_handler_exists(handler: str) -> None:
    """What a function is told to call can be imported and called."""
    module, _, name = handler.rpartition(".")
    assert callable(getattr(importlib.import_module(module), name))


def test_every_function_knows_what_it_needs_of_its_environment(template: Template) -> None:
    """All that the settings require, and it exists in the stack; who starts reviews knows the machine too."""
    for name, function in template.functions().items():
        variables = function["Environment"]["Variables"]
        said = {variable: template.said(value) for variable, value in variables.items()}
        assert said == {
            settings.CONTEXT_BUCKET: "AWS::S3::Bucket",
            settings.AGENT_STATES_TABLE: "finops-agent-states",
            settings.PAID_REQUESTS_TABLE: "finops-paid-requests",
            settings.OPPORTUNITIES_TABLE: "finops-opportunities",
            settings.AGENT_REGISTRY_TABLE: "finops-agent-registry",
            settings.IDEMPOTENCY_TABLE: "finops-idempotency",
            settings.EVENT_BUS: "finops",
            settings.REGIONS: "AWS::Region",
            settings.FUNCTION_PREFIX: "",
            **({settings.STATE_MACHINE_ARN: "finops-cost-review"} if name == START_REVIEW.name else {}),
        }, name
        assert all(said[required] for required in settings.REQUIRED)


def test_a_second_stage_in_the_account_carries_its_prefix_everywhere(staging: Template) -> None:
    """No name of it meets a name of the first, and its functions know the prefix."""
    functions = staging.functions()
    assert set(functions) == {f"staging-{name}" for name in HANDLERS}
    for function in functions.values():
        variables = function["Environment"]["Variables"]
        assert variables[settings.FUNCTION_PREFIX] == "staging-"
        assert variables[settings.REGIONS] == "eu-west-1,us-east-1"
    assert {each["TableName"] for each in staging.all("AWS::DynamoDB::Table")} == {
        "staging-finops-agent-states",
        "staging-finops-paid-requests",
        "staging-finops-opportunities",
        "staging-finops-agent-registry",
        "staging-finops-idempotency",
    }
    assert staging.the("AWS::Events::EventBus")["Name"] == "staging-finops"
    assert staging.the("AWS::StepFunctions::StateMachine")["StateMachineName"] == "staging-finops-cost-review"
    assert staging.the("AWS::ApiGateway::RestApi")["Name"] == "staging-finops-reviews"
    assert all("/staging-" in each["LogGroupName"] for each in staging.all("AWS::Logs::LogGroup"))


def test_only_who_can_have_aws_look_anew_is_told_to_and_only_where_that_is_turned_on(
    template: Template, staging: Template
) -> None:
    """The word in the environment is the one that the settings know."""
    told = {
        name: function["Environment"]["Variables"].get(settings.TRUSTED_ADVISOR_REFRESH)
        for name, function in (template.functions() | staging.functions()).items()
    }
    assert {name: word for name, word in told.items() if word is not None} == {
        f"staging-{spec.work_function}": "on" for spec in AGENTS if spec.may_refresh
    }


def test_no_function_runs_longer_than_its_states_wait(template: Template) -> None:
    """A function that outlives the longest of its states would be paid for in vain."""
    waits_s = _longest_waits_s()
    functions = template.functions()
    for spec in AGENTS:
        assert functions[spec.work_function]["Timeout"] <= waits_s[f"${{{spec.work_placeholder}}}"]
    for step in STEPS:
        assert functions[function_name(step)]["Timeout"] <= waits_s[f"${{{step}}}"]
    assert all(3 < each["Timeout"] <= 900 for each in functions.values())


def test_every_function_runs_on_arm_is_traced_and_keeps_its_logs_for_a_month(template: Template) -> None:
    """Memory is a choice, not the default of 128 MB."""
    for name, function in template.functions().items():
        assert (function["Runtime"], function["Architectures"]) == ("python3.13", ["arm64"])
        assert function["TracingConfig"] == {"Mode": "Active"}
        assert function["MemorySize"] >= 512
        logs = template.said(function["LoggingConfig"]["LogGroup"])
        assert logs == f"/aws/lambda/{name}"
        assert template.the("AWS::Logs::LogGroup", LogGroupName=logs)["RetentionInDays"] == 30


def _longest_waits_s() -> dict[str, int]:
    waits_s: dict[str, int] = {}
    for state in _objects(json.loads(COST_REVIEW.read_text(encoding="utf-8"))):
        if state.get("Type") == "Task":
            called = state["Parameters"].get("FunctionName", "")
            waits_s[called] = max(waits_s.get(called, 0), state["TimeoutSeconds"])
    return waits_s


def _objects(value: Any) -> Iterator[Mapping[str, Any]]:
    if isinstance(value, dict):
        yield value
        value = list(value.values())
    if isinstance(value, list):
        for item in value:
            yield from _objects(item)
