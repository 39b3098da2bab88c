"""Who may say which agents of other teams take part in reviews, and so who is told of the account."""

from collections.abc import Sequence

from aws_cdk import Aws
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_iam as iam
from constructs import Construct

from workflows.discovery.manifest import PARTITION


class AgentRegistrar(Construct):
    """A role that writes the cards in the registry, and may do nothing else.

    registrars are the ARNs of the users and roles of this account that may take it.
    """

    def __init__(
        self, scope: Construct, construct_id: str, *, registrars: Sequence[str], registry: dynamodb.Table
    ) -> None:
        super().__init__(scope, construct_id)
        of_this_account = {"StringEquals": {"aws:PrincipalAccount": Aws.ACCOUNT_ID}}
        self.role = iam.Role(
            self,
            "Role",
            description="Writes the registry of the agents that take part in cost reviews.",
            assumed_by=iam.CompositePrincipal(
                *(iam.PrincipalWithConditions(iam.ArnPrincipal(arn), of_this_account) for arn in registrars)
            ),
        )
        self.role.add_to_policy(
            iam.PolicyStatement(
                actions=["dynamodb:PutItem", "dynamodb:DeleteItem"],
                resources=[registry.table_arn],
                conditions={"ForAllValues:StringEquals": {"dynamodb:LeadingKeys": [PARTITION]}},
            )
        )
