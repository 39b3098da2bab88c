"""The small stack for where AWS announces, if the supervisor is deployed elsewhere."""

from aws_cdk import ArnFormat, Environment, Stack
from aws_cdk import aws_events as events
from constructs import Construct

from infra.aws_events import AwsEvents
from infra.dead_letters import DeadLetters
from tasks.consumers import AWS_ANNOUNCES_IN


class AwsEventsStack(Stack):
    """Forwards AWS's events from the region that they are announced in to the supervisor's bus in its own region."""

    def __init__(self, scope: Construct, construct_id: str, *, prefix: str, supervisor_region: str) -> None:
        """prefix is the supervisor's; supervisor_region is where its stack and its bus are."""
        super().__init__(
            scope,
            construct_id,
            description="Forwards AWS's cost events to the supervisor of FinOps agents in another region.",
            env=Environment(region=AWS_ANNOUNCES_IN),
        )
        bus_arn = self.format_arn(
            service="events",
            region=supervisor_region,
            resource="event-bus",
            resource_name=f"{prefix}finops",
            arn_format=ArnFormat.SLASH_RESOURCE_NAME,
        )
        # A dead letter has to lie in the region of its rule.
        dead_letters = DeadLetters(self, "DeadLetters", name=f"{prefix}finops-forwarding-dead-letters").queue
        bus = events.EventBus.from_event_bus_arn(self, "Bus", bus_arn)
        AwsEvents(self, "AwsEvents", prefix=prefix, bus=bus, dead_letters=dead_letters)
