"""Bills for tests: each builder has defaults, and a test names only what matters."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from tests.workflows.builders import ACCOUNT
from workflows.savings.bill import Bill, MonthlyCost

EC2, RDS = "Amazon Elastic Compute Cloud - Compute", "Amazon Relational Database Service"


def a_key(resource: str = "i-1", resource_type: str = "Ec2Instance") -> str:
    return f"{ACCOUNT}/us-east-1/{resource_type}/{resource}"


def a_bill(resources: Mapping[str, str | MonthlyCost] | None = None, **changes: Any) -> Bill:
    """A bill of plenty on which no commitment is, with these resources' cost a month by their bare ids."""
    services = {EC2: Decimal(10_000), RDS: Decimal(10_000)}
    fields: dict[str, Any] = {
        "billing_currency": "USD",
        "resources": {
            (name if "/" in name else a_key(name)): cost
            if isinstance(cost, MonthlyCost)
            else MonthlyCost(Decimal(cost), 14, "USD")
            for name, cost in (resources or {}).items()
        },
        "services": services,
        "usage": Decimal(50_000),
        "unknown_pools": frozenset(),
    }
    return Bill(**{**fields, **changes})


NO_BILL = Bill()
