"""Who may do what."""

import json
from typing import Any

import pytest

from infra.shared_context import EVIDENCE_PREFIX, REPORTS_PREFIX
from tasks import shared_context
from tasks.agents import AGENTS
from tasks.agents.spec import AgentSpec
from tests.infra.template import Template

EVIDENCE = "AWS::S3::Bucket/agent-context/*"
REPORTS = "AWS::S3::Bucket/reviews/*"
BASELINES = "AWS::S3::Bucket/agent-context/supervisor/*"
IMPLEMENTED = "AWS::S3::Bucket/agent-context/supervisor/implemented/*"
READINESS = "AWS::S3::Bucket/agent-context/supervisor/readiness/*"
DISCOVERED = "AWS::S3::Bucket/reviews/*/discovered/*"
SETTINGS = "AWS::S3::Bucket/settings/*"


def reading(*keys: str) -> set[tuple[str, str]]:
    return {(action, key) for action in ("s3:GetObject", "s3:GetObjectVersion") for key in keys}


WRITES_REPORTS = ("s3:PutObject", REPORTS)
LISTS = ("s3:ListBucket", "AWS::S3::Bucket")
EVERY_FUNCTION_HERE = "arn:AWS::Partition:lambda:*:AWS::AccountId:function:*"
LARGEST_PARAMETER = 4096
"""Bytes, in the tier that costs nothing."""
LONGEST_ARN = 200
ANNOUNCES = ("events:PutEvents", "finops")
ASK = {*reading(EVIDENCE), ("s3:ListBucket", "AWS::S3::Bucket")}
STEPS = {
    "finops-prepare-review": {("dynamodb:Query", "finops-agent-registry")},
    "finops-check-readiness": {
        ("dynamodb:BatchGetItem", "finops-agent-states"),
        ("dynamodb:Query", "finops-agent-registry"),
        ("s3:PutObject", READINESS),
        ("s3:PutObject", DISCOVERED),
    },
    "finops-consolidate-findings": {
        *reading(EVIDENCE, SETTINGS, DISCOVERED),
        WRITES_REPORTS,
        ("s3:PutObject", IMPLEMENTED),
        LISTS,
        ("dynamodb:GetItem", "finops-paid-requests"),
        ("dynamodb:Scan", "finops-opportunities"),
        ("dynamodb:PutItem", "finops-opportunities"),
    },
    "finops-write-summary": {*reading(REPORTS)},
    "finops-publish-report": {*reading(REPORTS), WRITES_REPORTS, ("s3:PutObject", BASELINES), ANNOUNCES},
    "finops-record-failure": {WRITES_REPORTS, ANNOUNCES},
}


DEEP_DIVES = "AWS::S3::Bucket/agent-context/cost-explorer-agent/deep-dive/*"
RESPONSES = "AWS::S3::Bucket/agent-context/cost-explorer-agent/responses/*"
LEAVES_DEAD_LETTERS = {
    (f"sqs:{right}", "finops-dead-letters") for right in ("SendMessage", "GetQueueAttributes", "GetQueueUrl")
}
HANDLES_ONCE = {
    (f"dynamodb:{right}Item", "finops-idempotency") for right in ("Get", "Put", "Update", "Delete")
} | LEAVES_DEAD_LETTERS
CONSUMERS = {
    "finops-start-review-on-event": {
        *HANDLES_ONCE,
        ("states:StartExecution", "finops-cost-review"),
        ("dynamodb:GetItem", "finops-paid-requests"),
    },
    "finops-deep-dive": {
        *HANDLES_ONCE,
        *reading(EVIDENCE),
        ("s3:PutObject", DEEP_DIVES),
        ("s3:PutObject", RESPONSES),
        LISTS,
        ("dynamodb:GetItem", "finops-paid-requests"),
        ("dynamodb:UpdateItem", "finops-paid-requests"),
        ("ce:GetCostAndUsageWithResources", "*"),
    },
}


@pytest.mark.parametrize("name", sorted(CONSUMERS))
def test_who_reacts_to_events_may_do_what_it_does_and_no_more(template: Template, name: str) -> None:
    """The one starts reviews and asks AWS nothing; the other asks the bill one question and starts nothing."""
    assert template.rights_beyond_logs_and_traces(template.functions()[name]) == CONSUMERS[name]


@pytest.mark.parametrize("name", sorted(STEPS))
def test_a_step_may_do_what_it_does_and_no_more(template: Template, name: str) -> None:
    """None of them may ask AWS about the account."""
    assert template.rights_beyond_logs_and_traces(template.functions()[name]) == STEPS[name]


@pytest.mark.parametrize("spec", AGENTS, ids=lambda spec: spec.key)
def test_an_agent_at_work_reads_what_its_registration_says_and_no_more(template: Template, spec: AgentSpec) -> None:
    """Its AWS services by spec.may_read; of ours the evidence, its state, what it paid for and the bus."""
    rights = template.rights_beyond_logs_and_traces(template.functions()[spec.work_function])
    asked = {(action, on) for action, on in rights if on == "*"}
    assert asked == {(action, "*") for action in spec.may_read}
    listing = ("s3:ListBucket", "AWS::S3::Bucket")
    counting = {("dynamodb:UpdateItem", "finops-paid-requests"), listing} if spec.has_paid_reads else set()
    assert rights - asked == {
        *reading(EVIDENCE),
        ("s3:PutObject", EVIDENCE),
        ("dynamodb:GetItem", "finops-agent-states"),
        ("dynamodb:PutItem", "finops-agent-states"),
        ANNOUNCES,
        *counting,
    }


@pytest.mark.parametrize("spec", AGENTS, ids=lambda spec: spec.key)
def test_what_has_aws_look_anew_is_granted_only_where_that_is_turned_on(
    template: Template, staging: Template, spec: AgentSpec
) -> None:
    """The first stack has it off; the other has it on, and there only the agents that know of it may."""
    granted = {
        stage: {action for action, on in stack.rights_beyond_logs_and_traces(function) if on == "*"}
        for stage, stack, function in (
            ("off", template, template.functions()[spec.work_function]),
            ("on", staging, staging.functions()[f"staging-{spec.work_function}"]),
        )
    }
    assert granted["on"] - granted["off"] == set(spec.may_refresh)


@pytest.mark.parametrize("spec", AGENTS, ids=lambda spec: spec.key)
def test_an_agent_notes_its_own_state_and_nobody_elses(template: Template, spec: AgentSpec) -> None:
    """By the leading key of the states table."""
    role = template.functions()[spec.work_function]["Role"]
    (noting,) = (each for each in template.statements(role) if "dynamodb:PutItem" in each["Action"])
    assert noting["Condition"] == {"ForAllValues:StringEquals": {"dynamodb:LeadingKeys": [spec.name]}}


def test_the_proxy_keeps_what_other_teams_answer_and_nothing_else(template: Template) -> None:
    """It writes no report, and no state of an agent of ours."""
    proxy = template.functions()["finops-discovered-agent-work"]
    assert template.rights_beyond_logs_and_traces(proxy) == {
        ("lambda:InvokeFunction", EVERY_FUNCTION_HERE),
        *reading(EVIDENCE, DISCOVERED),
        ("s3:PutObject", EVIDENCE),
        ("s3:PutObject", DISCOVERED),
        ("dynamodb:GetItem", "finops-agent-states"),
        ("dynamodb:PutItem", "finops-agent-states"),
        ANNOUNCES,
    }
    assert ("s3:PutObject", REPORTS) not in template.rights_beyond_logs_and_traces(proxy)
    (noting,) = (each for each in template.statements(proxy["Role"]) if "dynamodb:PutItem" in each["Action"])
    names = [spec.name for spec in AGENTS]
    assert noting["Condition"] == {"ForAllValues:StringNotEquals": {"dynamodb:LeadingKeys": names}}


@pytest.mark.parametrize("spec", AGENTS, ids=lambda spec: spec.key)
def test_an_agent_that_is_asked_reads_what_was_stored_and_cannot_change_it(template: Template, spec: AgentSpec) -> None:
    """It lists the prefix that it reads, and no other."""
    function = template.functions()[spec.ask_function]
    assert template.rights_beyond_logs_and_traces(function) == ASK
    (listing,) = (each for each in template.statements(function["Role"]) if each["Action"] == "s3:ListBucket")
    assert listing["Condition"] == {"StringLike": {"s3:prefix": ["agent-context/*"]}}


def test_each_function_has_a_role_of_its_own(template: Template) -> None:
    """A right given to one is given to no other."""
    roles = [str(function["Role"]) for function in template.functions().values()]
    assert len(roles) == len(set(roles))


def test_no_policy_allows_a_wildcard_action_and_no_role_takes_a_managed_policy(template: Template) -> None:
    """Every right is spelled out here; denials may be as wide as they like."""
    for policy in template.all("AWS::IAM::Policy"):
        for statement in policy["PolicyDocument"]["Statement"]:
            actions = statement["Action"] if isinstance(statement["Action"], list) else [statement["Action"]]
            assert not [action for action in actions if "*" in action]
            assert statement["Effect"] == "Allow"
    assert not [role for role in template.all("AWS::IAM::Role") if {"ManagedPolicyArns", "Policies"} & role.keys()]


def test_the_prefixes_of_the_rights_are_those_of_the_code() -> None:
    """Said twice, because the code that stores imports boto3 and synthesis should not need it."""
    assert f"{shared_context.CONTEXT_PREFIX}/" == EVIDENCE_PREFIX
    assert f"{shared_context.REVIEWS_PREFIX}/" == REPORTS_PREFIX


def test_only_the_consolidation_touches_what_people_decided(template: Template) -> None:
    """Agents none, those of other teams neither: who decides about money is a person."""
    may = {
        name
        for name, function in template.functions().items()
        for action, on in template.rights_beyond_logs_and_traces(function)
        if on == "finops-opportunities"
    }
    assert may == {"finops-consolidate-findings"}


# ---- agents of other teams

WRITING = ("BatchWriteItem", "DeleteItem", "PutItem", "UpdateItem", "TransactWriteItems", "PartiQLInsert")


def writers_of_the_registry(stack: Template, table: str) -> list[tuple[str, frozenset[str], Any]]:
    """Every statement of any role that changes the table: the role's description, the actions and the condition."""
    found = []
    for role in stack.roles():
        for statement in stack.statements(role):
            actions = statement["Action"] if isinstance(statement["Action"], list) else [statement["Action"]]
            on = statement["Resource"] if isinstance(statement["Resource"], list) else [statement["Resource"]]
            changes = frozenset(one for one in actions if one.removeprefix("dynamodb:") in WRITING)
            if changes and {stack.said(one) for one in on} & {table, "*"}:
                found.append((stack.said(role), changes, statement.get("Condition")))
    return found


def test_nobody_may_write_the_registry_unless_registrars_are_named(template: Template) -> None:
    """Whoever writes there decides who is told of the account."""
    assert writers_of_the_registry(template, "finops-agent-registry") == []
    assert "AgentRegistrarRole" not in template.content["Outputs"]


def test_only_the_registrar_writes_the_registry_and_it_does_nothing_else(staging: Template) -> None:
    """The cards of other teams' agents, and no other partition."""
    (writer,) = writers_of_the_registry(staging, "staging-finops-agent-registry")
    condition = {"ForAllValues:StringEquals": {"dynamodb:LeadingKeys": ["agents"]}}
    assert writer[1:] == (frozenset({"dynamodb:PutItem", "dynamodb:DeleteItem"}), condition)
    role = staging.content["Outputs"]["AgentRegistrarRole"]["Value"]
    assert staging.rights(role) == {
        ("dynamodb:PutItem", "staging-finops-agent-registry"),
        ("dynamodb:DeleteItem", "staging-finops-agent-registry"),
    }


def test_who_takes_the_registrars_role_is_named_and_of_this_account(staging: Template) -> None:
    """Whatever else its principals' account may be."""
    logical_id = staging.content["Outputs"]["AgentRegistrarRole"]["Value"]["Fn::GetAtt"][0]
    trust = staging.content["Resources"][logical_id]["Properties"]["AssumeRolePolicyDocument"]["Statement"]
    assert [(each["Action"], each["Principal"]["AWS"].rpartition("/")[2]) for each in trust] == [
        ("sts:AssumeRole", "platform"),
        ("sts:AssumeRole", "finops"),
    ]
    account = {"StringEquals": {"aws:PrincipalAccount": {"Ref": "AWS::AccountId"}}}
    assert all(each["Condition"] == account for each in trust)


def test_only_the_proxy_invokes_functions_of_other_teams_and_only_tagged_ones(template: Template) -> None:
    """What is not tagged as an agent is not invoked, whatever a card says."""
    invoking = [
        (function["FunctionName"], statement)
        for function in template.functions().values()
        for statement in template.statements(function["Role"])
        if "lambda:InvokeFunction" in statement["Action"]
    ]
    ((name, statement),) = invoking
    assert name == "finops-discovered-agent-work"
    assert statement["Condition"] == {"StringEquals": {"aws:ResourceTag/finops-agent": "true"}}


def test_no_function_of_ours_is_tagged_as_an_agent(template: Template, staging: Template) -> None:
    """A card that names one of ours reaches nobody."""
    functions = [*template.functions().values(), *staging.functions().values()]
    assert functions
    assert not [tag for one in functions for tag in one.get("Tags", []) if tag["Key"] == "finops-agent"]


def test_a_boundary_bounds_the_proxy_and_nobody_else(template: Template, staging: Template) -> None:
    """Where a deployment names one."""
    bounded = {name for name, function in staging.functions().items() if boundary_of(staging, function["Role"])}
    assert bounded == {"staging-finops-discovered-agent-work"}
    assert not [one for one in template.functions().values() if boundary_of(template, one["Role"])]


def boundary_of(stack: Template, role: Any) -> object:
    return stack.content["Resources"][role["Fn::GetAtt"][0]]["Properties"].get("PermissionsBoundary")


@pytest.mark.parametrize("spec", AGENTS, ids=lambda spec: spec.key)
def test_a_deployment_registers_each_agent_of_ours_with_its_card(
    template: Template, staging: Template, spec: AgentSpec
) -> None:
    """As a parameter, which CloudFormation writes by itself."""
    for stack, prefix in ((template, ""), (staging, "staging-")):
        parameter = stack.the("AWS::SSM::Parameter", Name=f"/{prefix}finops/agents/{spec.name}")
        card = json.loads(stack.said(parameter["Value"]))
        assert (card["name"], card["version"]) == (spec.name, spec.version)
        assert card["supportedInterfaces"][0]["url"] == f"{prefix}{spec.ask_function}"
        assert len(stack.said(parameter["Value"])) < LARGEST_PARAMETER - LONGEST_ARN
