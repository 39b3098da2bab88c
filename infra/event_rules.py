"""Rules of EventBridge, from what tasks/consumers says of them."""

from aws_cdk import aws_events as events
from constructs import Construct

from tasks.consumers import EventRule


def construct_id_of(rule: EventRule) -> str:
    """CostAnomalyDetected for cost-anomaly-detected."""
    return "".join(word.capitalize() for word in rule.name.split("-"))


def event_rule(
    scope: Construct, rule: EventRule, *, prefix: str, target: events.IRuleTarget, bus: events.IEventBus | None = None
) -> events.Rule:
    """A rule on the bus, without one on the default bus, that sends what matches to the target."""
    return events.Rule(
        scope,
        construct_id_of(rule),
        rule_name=f"{prefix}finops-{rule.name}",
        event_bus=bus,
        event_pattern=events.EventPattern(
            source=list(rule.pattern["source"]),
            detail_type=list(rule.pattern["detail-type"]),
            detail=rule.pattern.get("detail"),
        ),
        targets=[target],
    )
