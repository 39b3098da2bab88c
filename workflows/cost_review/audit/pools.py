"""The usage that a commitment to buy is for, as the audit tells it."""

from collections.abc import Mapping
from typing import Any

SHARED_USAGE = {
    "ComputeSavingsPlans": "compute",
    "Ec2InstanceSavingsPlans": "compute",
    "Ec2ReservedInstances": "compute",
    "DatabaseSavingsPlans": "databases",
    "RdsReservedInstances": "databases",
}
"""Commitments for the same usage, of which one kind may count."""
PLAN_OVER_OTHERS = "DatabaseSavingsPlans"
UNDER_THE_PLAN = frozenset({"DynamoDbReservedCapacity", "ElastiCacheReservedInstances"})
"""What that plan may discount beside its own pool."""


def pool_of(one: Mapping[str, Any]) -> str:
    """The usage of which one option may count, over all accounts: what a payer buys is shared with its members."""
    kind = one["resource_type"]
    return str(SHARED_USAGE.get(kind, kind))
