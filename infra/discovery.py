"""What a deployment says about agents of other teams."""

from dataclasses import dataclass

from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_


@dataclass(frozen=True)
class Discovery:
    """Who may register agents, and what bounds the function that asks them.

    registrars      ARNs of users and roles of this account that may register agents; with none, nobody can
    proxy_boundary  ARN of a managed policy that bounds what the proxy may do at most, whatever it is granted
    """

    registrars: tuple[str, ...] = ()
    proxy_boundary: str | None = None


def bound_by(policy_arn: str, function: lambda_.Function) -> None:
    """The function's role may do no more than this policy allows."""
    assert function.role is not None  # noqa: S101 because only a function that was imported has none
    boundary = iam.ManagedPolicy.from_managed_policy_arn(function, "Boundary", policy_arn)
    iam.PermissionsBoundary.of(function.role).apply(boundary)
