"""The event bus on which agents and reviews announce what they found."""

from aws_cdk import aws_events as events
from constructs import Construct


class FinopsEventBus(Construct):
    """A bus of our own. AWS's own events reach only the default bus."""

    def __init__(self, scope: Construct, construct_id: str, *, bus_name: str) -> None:
        super().__init__(scope, construct_id)
        self.bus = events.EventBus(self, "Bus", event_bus_name=bus_name)
