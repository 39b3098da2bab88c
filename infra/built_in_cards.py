"""The cards of our own agents, where everybody who may read parameters finds them."""

from collections.abc import Mapping, Sequence

from aws_cdk import Stack
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_ssm as ssm
from constructs import Construct

from tasks.agents.cards import built_in_card
from tasks.agents.spec import AgentSpec


class BuiltInCards(Construct):
    """A parameter an agent, below one path; deploying the stack registers the agents, deleting it removes them.

    They are no items of the registry's table, so that no function needs a right to write there.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        prefix: str,
        agents: Sequence[AgentSpec],
        ask: Mapping[str, lambda_.Function],
    ) -> None:
        super().__init__(scope, construct_id)
        for spec in agents:
            ssm.StringParameter(
                self,
                spec.work_placeholder.removesuffix("Work"),
                parameter_name=f"/{prefix}finops/agents/{spec.name}",
                description="An AgentCard of the A2A protocol.",
                string_value=Stack.of(self).to_json_string(built_in_card(spec, ask[spec.key].function_arn)),
            )
