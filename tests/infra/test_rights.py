"""Who may do what."""

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
    assert template.rights_beyond_logs_and_traces(proxy) >= {
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
