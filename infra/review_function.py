"""A Lambda function of the supervisor: what all of them have in common."""

from collections.abc import Mapping
from dataclasses import dataclass

from aws_cdk import Duration
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from infra.log_group import log_group


@dataclass(frozen=True)
class FunctionSettings:
    """What all functions of a stack share: their code, their environment and the prefix of their names."""

    code: lambda_.Code
    environment: Mapping[str, str]
    prefix: str


def review_function(
    scope: Construct,
    construct_id: str,
    *,
    shared: FunctionSettings,
    name: str,
    handler: str,
    timeout_s: int,
    memory_mb: int,
) -> lambda_.Function:
    """A function with a role of its own, which may write its logs and its traces and nothing else."""
    logs = log_group(scope, f"{construct_id}Logs", f"/aws/lambda/{shared.prefix}{name}")
    # Not the role that CDK would make, because that one may write to every log group of the account.
    role = iam.Role(scope, f"{construct_id}Role", assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"))
    logs.grant_write(role)
    return lambda_.Function(
        scope,
        construct_id,
        function_name=f"{shared.prefix}{name}",
        handler=handler,
        code=shared.code,
        role=role,
        runtime=lambda_.Runtime.PYTHON_3_13,
        architecture=lambda_.Architecture.ARM_64,
        memory_size=memory_mb,
        timeout=Duration.seconds(timeout_s),
        environment=dict(shared.environment),
        log_group=logs,
        tracing=lambda_.Tracing.ACTIVE,
    )
