"""Rules, the way of AWS's own events to our bus, the topic of budgets, and what becomes of what fails."""

from typing import Any

import pytest

from tasks.consumers import CONSUMERS, RULES, EventRule
from tests.infra.template import Template

FORWARDED = [rule for rule in RULES if rule.forwarded_from]
OUR_BUS = "arn:AWS::Partition:events:{region}:AWS::AccountId:event-bus/staging-finops"


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_each_rule_matches_on_our_bus_what_its_consumer_is_for(template: Template, rule: EventRule) -> None:
    """By the very pattern that is tried on the embedded bus."""
    made = template.the("AWS::Events::Rule", Name=f"finops-{rule.name}")
    assert template.said(made["EventBusName"]) == "finops"
    assert made["EventPattern"] == rule.pattern
    assert made["State"] == "ENABLED"
    (target,) = made["Targets"]
    assert template.said(target["Arn"]) == rule.consumer.name


def test_only_the_rules_and_the_topic_of_budgets_may_invoke_a_consumer(template: Template) -> None:
    """Each function by its own rules."""
    consumers = {consumer.name for consumer in CONSUMERS}
    may = {
        (each["Principal"], template.said(each["SourceArn"]), template.said(each["FunctionName"]))
        for each in template.all("AWS::Lambda::Permission")
    }
    assert {one for one in may if one[2] in consumers} == {
        *(("events.amazonaws.com", f"finops-{rule.name}", rule.consumer.name) for rule in RULES),
        ("sns.amazonaws.com", "finops-budget-alerts", "finops-start-review-on-event"),
    }


@pytest.mark.parametrize("rule", FORWARDED, ids=lambda rule: rule.name)
def test_events_of_aws_are_forwarded_from_the_default_bus_of_the_stacks_own_region(
    template: Template, rule: EventRule
) -> None:
    """By a role that may put events on our bus, and nothing else."""
    made = template.the("AWS::Events::Rule", Name=f"forwards-finops-{rule.name}")
    assert "EventBusName" not in made
    assert made["EventPattern"] == rule.pattern
    (target,) = made["Targets"]
    assert template.said(target["Arn"]) == "finops"
    assert template.rights(target["RoleArn"]) == {("events:PutEvents", "finops")}
    assert template.said(target["DeadLetterConfig"]["Arn"]) == "finops-dead-letters"


@pytest.mark.parametrize("rule", FORWARDED, ids=lambda rule: rule.name)
def test_a_stack_elsewhere_has_them_forwarded_from_us_east_1(staging_aws_events: Template, rule: EventRule) -> None:
    """To its bus in its region, with a dead-letter queue beside the rules, because that cannot lie elsewhere."""
    made = staging_aws_events.the("AWS::Events::Rule", Name=f"staging-forwards-finops-{rule.name}")
    assert "EventBusName" not in made
    assert made["EventPattern"] == rule.pattern
    (target,) = made["Targets"]
    assert staging_aws_events.said(target["Arn"]) == OUR_BUS.format(region="eu-west-1")
    assert staging_aws_events.rights(target["RoleArn"]) == {("events:PutEvents", OUR_BUS.format(region="eu-west-1"))}
    queue = staging_aws_events.the("AWS::SQS::Queue")
    assert staging_aws_events.said(target["DeadLetterConfig"]["Arn"]) == queue["QueueName"]


def test_our_bus_takes_events_from_this_account_only(template: Template) -> None:
    """In the account whoever has the right to put them."""
    statement = template.the("AWS::Events::EventBusPolicy")["Statement"]
    assert statement["Action"] == "events:PutEvents"
    assert template.said(statement["Principal"]["AWS"]) == "arn:AWS::Partition:iam::AWS::AccountId:root"
    assert template.said(statement["Resource"]) == "finops"


def test_what_cannot_be_delivered_or_fails_three_times_is_kept(template: Template) -> None:
    """Of rules, of the topic and of the functions: in one queue."""
    rules = [each for each in template.all("AWS::Events::Rule") if "EventBusName" in each]
    kept = [target["DeadLetterConfig"]["Arn"] for rule in rules for target in rule["Targets"]]
    kept += [template.the("AWS::SNS::Subscription")["RedrivePolicy"]["deadLetterTargetArn"]]
    invoking = template.all("AWS::Lambda::EventInvokeConfig")
    kept += [each["DestinationConfig"]["OnFailure"]["Destination"] for each in invoking]
    assert {template.said(each["FunctionName"]) for each in invoking} == {consumer.name for consumer in CONSUMERS}
    assert {each["MaximumRetryAttempts"] for each in invoking} == {2}
    assert [template.said(each) for each in kept] == ["finops-dead-letters"] * (len(RULES) + 1 + len(CONSUMERS))


def test_the_queue_takes_letters_from_our_rules_and_our_topic_by_tls_and_keeps_them_for_a_fortnight(
    template: Template,
) -> None:
    """Encrypted."""
    queue = template.the("AWS::SQS::Queue")
    assert (queue["MessageRetentionPeriod"], queue["SqsManagedSseEnabled"]) == (14 * 24 * 3600, True)
    statements = template.the("AWS::SQS::QueuePolicy")["PolicyDocument"]["Statement"]
    (refused,) = (each for each in statements if each["Effect"] == "Deny")
    assert (refused["Action"], refused["Principal"]) == ("sqs:*", {"AWS": "*"})
    assert refused["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
    allowed = [each for each in statements if each["Effect"] == "Allow"]
    assert {each["Action"] for each in allowed} == {"sqs:SendMessage"}
    assert {_source(template, each) for each in allowed} == {
        *(("events.amazonaws.com", f"finops-{rule.name}") for rule in RULES),
        *(("events.amazonaws.com", f"forwards-finops-{rule.name}") for rule in FORWARDED),
        ("sns.amazonaws.com", "finops-budget-alerts"),
    }


def test_budgets_of_this_account_publish_to_the_topic_and_nobody_else(template: Template) -> None:
    """Encrypted with a key that they may use for it: with the key of AWS they could not publish."""
    topic = template.the("AWS::SNS::Topic")
    assert template.said(topic["KmsMasterKeyId"]) == "AWS::KMS::Key"
    (publishing,) = _allowed(template.the("AWS::SNS::TopicPolicy")["PolicyDocument"], action="sns:Publish")
    key_policy = template.the("AWS::KMS::Key")["KeyPolicy"]
    (encrypting,) = _allowed(key_policy, action=["kms:Decrypt", "kms:GenerateDataKey*"])
    for statement in (publishing, encrypting):
        assert statement["Principal"] == {"Service": "budgets.amazonaws.com"}
        condition = statement["Condition"]
        assert template.said(condition["StringEquals"]["aws:SourceAccount"]) == "AWS::AccountId"
        source = template.said(condition["ArnLike"]["aws:SourceArn"])
        assert source == "arn:AWS::Partition:budgets::AWS::AccountId:*"
    refused = [each for each in _statements(template, "AWS::SNS::TopicPolicy") if each["Effect"] == "Deny"]
    assert [each["Condition"] for each in refused] == [{"Bool": {"aws:SecureTransport": "false"}}]


def test_a_second_stage_in_the_account_has_its_own_rules_queue_and_topic(staging: Template) -> None:
    """No name of it meets a name of the first."""
    names = [each["Name"] for each in staging.all("AWS::Events::Rule")]
    names += [staging.the("AWS::SQS::Queue")["QueueName"], staging.the("AWS::SNS::Topic")["TopicName"]]
    assert all(name.startswith("staging-") for name in names)


def _statements(template: Template, resource_type: str) -> list[dict[str, Any]]:
    return list(template.the(resource_type)["PolicyDocument"]["Statement"])


def _allowed(policy: Any, *, action: object) -> list[Any]:
    return [each for each in policy["Statement"] if each["Effect"] == "Allow" and each["Action"] == action]


def _source(template: Template, statement: Any) -> tuple[str, str]:
    (source,) = (arn for condition in statement["Condition"].values() for arn in condition.values())
    return statement["Principal"]["Service"], template.said(source)
