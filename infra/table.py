"""A table of ours: one item a key, on demand."""

from aws_cdk import RemovalPolicy
from aws_cdk import aws_dynamodb as dynamodb
from constructs import Construct


class Table(Construct):
    """A table.

    keys       its partition key, and its sort key where it has one
    expires    the attribute that says after which second (epoch) an item may be deleted; "" where items stay
    kept       nobody could make its items again: it can be restored to any point in time, and outlives the stack
    restorable its items can be restored to any point in time
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        table_name: str,
        keys: tuple[str, ...],
        expires: str = "",
        restorable: bool = False,
        kept: bool = False,
    ) -> None:
        super().__init__(scope, construct_id)
        attributes = [dynamodb.Attribute(name=key, type=dynamodb.AttributeType.STRING) for key in keys]
        recovery = dynamodb.PointInTimeRecoverySpecification(point_in_time_recovery_enabled=True)
        self.table = dynamodb.Table(
            self,
            "Table",
            table_name=table_name,
            partition_key=attributes[0],
            sort_key=attributes[1] if len(attributes) > 1 else None,
            billing_mode=dynamodb.BillingMode.PAY_PER_REQUEST,
            point_in_time_recovery_specification=recovery if restorable or kept else None,
            time_to_live_attribute=expires or None,
            removal_policy=RemovalPolicy.RETAIN if kept else RemovalPolicy.DESTROY,
        )
