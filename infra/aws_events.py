"""AWS's own events: they reach only the default bus, and are forwarded to ours."""

from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from infra.event_rules import event_rule
from tasks.consumers import RULES


class AwsEvents(Construct):
    """Rules on the default bus of this region that send AWS's events to our bus, here or in another region.

    Each has a role of its own that may put events on our bus. Where AWS announces nothing, they match nothing.
    """

    def __init__(
        self, scope: Construct, construct_id: str, *, prefix: str, bus: events.IEventBus, dead_letters: sqs.IQueue
    ) -> None:
        super().__init__(scope, construct_id)
        for rule in RULES:
            if rule.forwarded_from:
                to_our_bus = targets.EventBus(bus, dead_letter_queue=dead_letters)
                event_rule(self, rule, prefix=f"{prefix}forwards-", target=to_our_bus)
