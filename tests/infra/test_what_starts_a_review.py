"""The nightly schedule and the endpoint."""

import json
from typing import Any

from tests.infra.template import Template


def test_a_review_starts_every_night_in_local_time(template: Template) -> None:
    """Within a quarter of an hour, and it says who asked for it."""
    schedule = template.the("AWS::Scheduler::Schedule")
    assert (schedule["ScheduleExpression"], schedule["ScheduleExpressionTimezone"]) == ("cron(15 3 * * ? *)", "Etc/UTC")
    assert schedule["FlexibleTimeWindow"] == {"Mode": "FLEXIBLE", "MaximumWindowInMinutes": 15}
    target = schedule["Target"]
    assert template.said(target["Arn"]) == "finops-cost-review"
    assert json.loads(target["Input"]) == {"requested_by": "nightly-schedule"}
    assert template.rights(target["RoleArn"]) == {("states:StartExecution", "finops-cost-review")}


def test_the_schedule_can_be_off(staging: Template) -> None:
    """Then nothing of it is deployed, not even its role."""
    assert staging.all("AWS::Scheduler::Schedule") == []
    assert "scheduler.amazonaws.com" not in json.dumps(staging.content)


def test_no_method_of_the_endpoint_is_open(template: Template) -> None:
    """POST /reviews is all there is, and its callers sign."""
    method = template.the("AWS::ApiGateway::Method")
    assert (method["HttpMethod"], method["AuthorizationType"]) == ("POST", "AWS_IAM")
    assert template.the("AWS::ApiGateway::Resource")["PathPart"] == "reviews"


def test_the_endpoint_starts_reviews_and_can_do_nothing_else(template: Template) -> None:
    """By a role of its own, straight to Step Functions."""
    integration = _integration(template)
    assert integration["Type"] == "AWS"
    assert template.said(integration["Uri"]).endswith(":states:action/StartExecution")
    assert template.rights(integration["Credentials"]) == {("states:StartExecution", "finops-cost-review")}


def test_the_body_becomes_the_input_whatever_quotes_it_holds(template: Template) -> None:
    """Escaped for a JSON string, and the single quotes, which JSON must not escape, are as they were."""
    integration = _integration(template)
    (content_type,) = integration["RequestTemplates"]
    request = template.said(integration["RequestTemplates"][content_type])
    assert content_type == "application/json"
    assert integration["PassthroughBehavior"] == "NEVER"
    assert r"""$util.escapeJavaScript($input.json('$')).replaceAll("\\'", "'")""" in request
    assert json.loads(request.splitlines()[-1]) == {"stateMachineArn": "finops-cost-review", "input": "$body"}


def test_a_started_review_is_accepted_by_its_id(template: Template) -> None:
    """202, with the execution's name as the review's id."""
    accepted = _answers(template)["200"]
    assert accepted["StatusCode"] == "202"
    answer = json.loads(accepted["ResponseTemplates"]["application/json"].splitlines()[-1])
    assert answer == {"review_id": "$arn.replaceAll('^.*:', '')", "executionArn": "$arn"}


def test_what_did_not_start_is_never_answered_as_if_it_had(template: Template) -> None:
    """A refusal is 400, 429 or 500 by its reason; whatever else Step Functions answers is 500."""
    answers = _answers(template)
    assert {pattern: answer["StatusCode"] for pattern, answer in answers.items()} == {
        "200": "202",
        r"4\d{2}": "400",
        None: "500",
    }
    refused = answers[r"4\d{2}"]["ResponseTemplates"]["application/json"]
    assert [line for line in refused.splitlines() if "status" in line] == [
        "#set($context.responseOverride.status = 429)",
        "#set($context.responseOverride.status = 500)",
    ]


def test_the_endpoint_is_throttled(template: Template) -> None:
    """Each review costs, so even those who may start one cannot start thousands."""
    (settings,) = template.the("AWS::ApiGateway::Stage")["MethodSettings"]
    assert (settings["ThrottlingRateLimit"], settings["ThrottlingBurstLimit"]) == (2, 5)


def _integration(template: Template) -> dict[str, Any]:
    return dict(template.the("AWS::ApiGateway::Method")["Integration"])


def _answers(template: Template) -> dict[str | None, dict[str, Any]]:
    """Our answers by the pattern of Step Functions' status; None stands for whatever no other matches."""
    return {each.get("SelectionPattern"): each for each in _integration(template)["IntegrationResponses"]}
