"""The event bus on which agents and reviews announce what they found."""

from aws_cdk import aws_events as events
from aws_cdk import aws_iam as iam
from constructs import Construct


class FinopsEventBus(Construct):
    """A bus of our own. AWS's own events reach only the default bus."""

    def __init__(self, scope: Construct, construct_id: str, *, bus_name: str) -> None:
        super().__init__(scope, construct_id)
        self.bus = events.EventBus(self, "Bus", event_bus_name=bus_name)
        # Nobody outside of the account may put anything; within it, whoever has the right, from another region too.
        self.bus.add_to_resource_policy(
            iam.PolicyStatement(
                sid="OfThisAccount",
                principals=[iam.AccountRootPrincipal()],
                actions=["events:PutEvents"],
                resources=[self.bus.event_bus_arn],
            )
        )
