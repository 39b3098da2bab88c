"""The supervisor itself: the state machine that runs the review's definition."""

from collections.abc import Mapping

from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_stepfunctions as sfn
from constructs import Construct

from infra.log_group import log_group


class CostReview(Construct):
    """A Standard state machine that may invoke the functions of its definition, and nothing else."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        name: str,
        definition: str,
        functions: Mapping[str, lambda_.Function],
    ) -> None:
        """functions: what stands for each `${…}` of the definition."""
        super().__init__(scope, construct_id)
        self.state_machine = sfn.StateMachine(
            self,
            "StateMachine",
            state_machine_name=name,
            state_machine_type=sfn.StateMachineType.STANDARD,
            # From a string, not from a file, because the template then shows the definition instead of a hash.
            definition_body=sfn.DefinitionBody.from_string(definition),
            definition_substitutions={name: function.function_arn for name, function in functions.items()},
            logs=sfn.LogOptions(
                # A name below vendedlogs, because other names fill up the account's one policy for log delivery.
                destination=log_group(self, "Logs", f"/aws/vendedlogs/states/{name}"),
                level=sfn.LogLevel.ALL,
                include_execution_data=True,
            ),
            tracing_enabled=True,
        )
        self.state_machine.add_to_role_policy(
            iam.PolicyStatement(
                actions=["lambda:InvokeFunction"],
                resources=[function.function_arn for function in functions.values()],
            )
        )
