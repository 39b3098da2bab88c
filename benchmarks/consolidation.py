"""What consolidating 100,000 and 1,000,000 recommendations costs, beside decoding the same rows from JSON.

Rows are recommendations as findings documents hold them, about 1.1 KB each, made by a fixed generator: three sources
that repeat each other, several kinds of action on one resource, groups with their members, resources that the bill
knows. They are decoded in batches, so that decoded rows and recommendations are never held together; the collector is
off for both. The peak is the process's own.
"""

import gc
import json
import random
import resource
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from time import perf_counter

from pydantic import TypeAdapter

from workflows.recommendation import Recommendation
from workflows.savings.bill import Bill, MonthlyCost
from workflows.savings.consolidation import consolidated
from workflows.savings.ranking import biggest_savings_first
from workflows.savings.waterfall import waterfalls

BATCH = 10_000
ACCOUNTS = [f"{number:012d}" for number in range(100_000_000_000, 100_000_000_040)]
REGIONS = ["us-east-1", "us-west-2", "eu-west-1", "eu-central-1"]
SOURCES = ["CostOptimizationHub", "ComputeOptimizer", "TrustedAdvisor"]
KINDS = [("Ec2Instance", "i-"), ("EbsVolume", "vol-"), ("RdsDbInstance", "db-"), ("LambdaFunction", "fn-")]
ACTIONS = ["Rightsize", "Stop", "Delete", "Upgrade", "MigrateToGraviton"]
VALUE = "recommendationOptions/0/savingsOpportunity/estimatedMonthlySavings/value"
LIMITS = {100_000: 4, 1_000_000: 11}


@dataclass(frozen=True)
class Measured:
    """Seconds for one number of rows."""

    rows: int
    bytes_a_row: float
    decoding: float
    consolidating: float
    opportunities: int

    @property
    def ratio(self) -> float:
        return self.consolidating / self.decoding


def row(random_number: random.Random, number: int) -> dict[str, object]:
    """One recommendation; three in a row are about one resource."""
    of_resource = random.Random(number // 3)  # noqa: S311 because it only makes test data
    kind, prefix = of_resource.choice(KINDS)
    account, region = of_resource.choice(ACCOUNTS), of_resource.choice(REGIONS)
    identifier = f"{prefix}{number // 3:017x}"
    source = SOURCES[number % 3]
    amount = f"{random_number.uniform(0.5, 900):.4f}"
    return {
        "source": source,
        "agent": "rightsizing-agent",
        "action_type": random_number.choice(ACTIONS),
        "account_id": account,
        "region_id": region,
        "resource_type": kind,
        "resource_id": identifier,
        "estimated_monthly_savings": amount,
        "billing_currency": "USD",
        "savings_basis": random_number.choice(["List", "AfterDiscounts"]),
        "hours_basis": "730",
        "resource_name": f"service-{number % 977}",
        "current_resource_summary": "m5.2xlarge, 8 vCPU, 32 GiB memory, 14 days below 4 % CPU",
        "recommended_resource_summary": "m5.xlarge, 4 vCPU, 16 GiB memory",
        "estimated_monthly_cost_before": f"{float(amount) * 2:.4f}",
        "estimated_savings_percentage": "50.0",
        "implementation_effort": "Medium",
        "restart_needed": True,
        "rollback_possible": True,
        "performance_risk": "1.0",
        "lookback_days": 14,
        "not_applicable": "",
        "resource_arn": f"arn:aws:ec2:{region}:{account}:instance/{identifier}",
        "tags": [["Name", f"service-{number % 977}"], ["team", f"team-{number % 31}"], ["env", "production"]],
        "member_of": [],
        "last_refreshed": "2026-11-15T03:00:00+00:00",
        "notes": [],
        "evidence": [
            {
                "operation": "compute-optimizer:GetEC2InstanceRecommendations",
                "request_id": f"{number // 1000:032x}",
                "pointer": f"/instanceRecommendations/{number % 1000}/{VALUE}",
                "raw": amount,
            }
        ],
    }


def batches(rows: int) -> Iterator[str]:
    """The rows as JSON, a batch at a time."""
    random_number = random.Random(rows)  # noqa: S311 because it only makes test data
    for start in range(0, rows, BATCH):
        yield json.dumps([row(random_number, number) for number in range(start, start + BATCH)])


def measure(rows: int) -> Measured:
    """Decodes and consolidates so many rows; the generator's own time is in neither figure."""
    recommendation_rows = TypeAdapter(list[Recommendation])
    heard: list[Recommendation] = []
    decoding = consolidating = 0.0
    size = 0
    gc.disable()
    for text in batches(rows):
        size += len(text)
        started = perf_counter()
        decoded = json.loads(text)
        between = perf_counter()
        heard += recommendation_rows.validate_python(decoded)
        consolidating += perf_counter() - between
        decoding += between - started
    bill = _bill(heard)
    started = perf_counter()
    found = consolidated(heard, bill)
    waterfalls(found)
    ranked = biggest_savings_first(found)
    consolidating += perf_counter() - started
    gc.enable()
    return Measured(rows, size / rows, decoding, consolidating, len(ranked))


def _bill(heard: list[Recommendation]) -> Bill:
    known = {one.resource_key: MonthlyCost(Decimal(300), 14, "USD") for one in heard[::30]}
    return Bill("USD", known, {"EC2 - Other": Decimal(10**9)}, Decimal(10**10), {}, frozenset())


def main() -> int:
    """Prints a line a size; 1 where a limit is missed."""
    sizes = [int(argument) for argument in sys.argv[1:]] or list(LIMITS)
    missed = 0
    for rows in sizes:
        one = measure(rows)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
        sys.stdout.write(
            f"{one.rows:>9,} rows of {one.bytes_a_row:,.0f} bytes: json.loads {one.decoding:.2f} s, "
            f"consolidating {one.consolidating:.2f} s, ratio {one.ratio:.2f}, "
            f"{one.opportunities:,} opportunities, peak {peak:.2f} GiB\n"
        )
    return missed


if __name__ == "__main__":
    sys.exit(main())
