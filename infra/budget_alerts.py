"""The topic to which budgets send their alerts: they know no events."""

from aws_cdk import ArnFormat, RemovalPolicy, Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sns_subscriptions as subscriptions
from aws_cdk import aws_sqs as sqs
from constructs import Construct

BUDGETS = "budgets.amazonaws.com"


class BudgetAlerts(Construct):
    """An encrypted topic that this account's budgets may publish to, and whose messages reach one function."""

    def __init__(
        self, scope: Construct, construct_id: str, *, name: str, consumer: lambda_.IFunction, dead_letters: sqs.IQueue
    ) -> None:
        super().__init__(scope, construct_id)
        # A key of our own, because AWS's key for topics lets no other service of AWS publish.
        key = kms.Key(
            self,
            "Key",
            description="Encrypts the messages of budgets to the FinOps supervisor.",
            enable_key_rotation=True,
            removal_policy=RemovalPolicy.DESTROY,  # because messages pass through, and none is kept
        )
        self.topic = sns.Topic(self, "Topic", topic_name=name, master_key=key, enforce_ssl=True)
        self.topic.add_to_resource_policy(self._budgets_may("sns:Publish", resource=self.topic.topic_arn))
        key.add_to_resource_policy(self._budgets_may("kms:Decrypt", "kms:GenerateDataKey*", resource="*"))
        self.topic.add_subscription(subscriptions.LambdaSubscription(consumer, dead_letter_queue=dead_letters))

    def _budgets_may(self, *actions: str, resource: str) -> iam.PolicyStatement:
        """Those of this account: a budget elsewhere could otherwise start reviews here."""
        stack = Stack.of(self)
        any_budget = stack.format_arn(service="budgets", region="", resource="*", arn_format=ArnFormat.NO_RESOURCE_NAME)
        return iam.PolicyStatement(
            principals=[iam.ServicePrincipal(BUDGETS)],
            actions=list(actions),
            resources=[resource],
            conditions={"StringEquals": {"aws:SourceAccount": stack.account}, "ArnLike": {"aws:SourceArn": any_budget}},
        )
