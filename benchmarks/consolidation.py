"""What consolidating 100,000 recommendations costs beside decoding the same rows from JSON; and, asked for, a million.

Rows are recommendations as findings documents hold them, about 1.1 KB each, made by a fixed generator: three sources
that repeat each other, several kinds of action on one resource, groups with their members, commitments, resources that
the bill knows. Consolidating is all between decoded rows and ranked opportunities: the checked recommendations, the
opportunities, the waterfalls, the order. Rows are decoded in batches, so that decoded rows and recommendations are
never held together; the collector is off for both. Seconds are the processor's, so that whatever else runs beside it
changes neither side. The peak is the process's own. Exit code 1: a limit is missed.
"""

import gc
import json
import random
import resource
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from time import process_time

from pydantic import TypeAdapter

from workflows.recommendation import Recommendation
from workflows.resource_keys import BILLED_AS
from workflows.savings.bill import Bill, MonthlyCost
from workflows.savings.consolidation import consolidated
from workflows.savings.ranking import biggest_savings_first
from workflows.savings.waterfall import waterfalls

MANY, MOST = 100_000, 1_000_000
TIMES = 3
MANY_MAY_TAKE = 4
"""Times the decoding of the same rows."""
MOST_MAY_TAKE = 11
"""Times what MANY took in the same run: ten times the rows, nearly in proportion."""
MOST_GIB = 3

BATCH = 10_000
SAID_OF_A_RESOURCE = 3
NEIGHBOURS = 40
MEMBERS_OF_A_GROUP = 3
ACCOUNTS = [f"{number:012d}" for number in range(100_000_000_000, 100_000_000_040)]
REGIONS = ["us-east-1", "us-west-2", "eu-west-1", "eu-central-1"]
SOURCES = ["CostOptimizationHub", "ComputeOptimizer", "TrustedAdvisor"]
KINDS = [("Ec2Instance", "i-"), ("EbsVolume", "vol-"), ("RdsDbInstance", "db-"), ("LambdaFunction", "fn-")]
GROUP = ("Ec2AutoScalingGroup", "asg-")
ACTIONS = ["Rightsize", "Stop", "Delete", "Upgrade", "MigrateToGraviton"]
VALUE = "recommendationOptions/0/savingsOpportunity/estimatedMonthlySavings/value"
EVERY_COMMITMENT = 10_000
EVERY_BILLED = 30


@dataclass(frozen=True)
class Measured:
    """Processor seconds for one number of rows, and the most memory that the process has held until then."""

    rows: int
    bytes_a_row: float
    decoding_s: float
    consolidating_s: float
    opportunities: int
    peak_gib: float

    @property
    def ratio(self) -> float:
        return self.consolidating_s / self.decoding_s


def row(random_number: random.Random, number: int) -> dict[str, object]:
    """One recommendation; three in a row are about one resource, and of forty resources one is a group of three."""
    which, said = divmod(number, SAID_OF_A_RESOURCE)
    first, place = which - which % NEIGHBOURS, which % NEIGHBOURS
    together = place <= MEMBERS_OF_A_GROUP
    of_resource = random.Random(first if together else which)  # noqa: S311 because it only makes test data
    account, region = of_resource.choice(ACCOUNTS), of_resource.choice(REGIONS)
    kind, prefix = (GROUP if not place else KINDS[0]) if together else of_resource.choice(KINDS)
    identifier = f"{prefix}{which:017x}"
    amount = f"{random_number.uniform(0.5, 900):.4f}"
    buys = number % EVERY_COMMITMENT == 0
    return {
        "source": SOURCES[said],
        "agent": "rightsizing-agent",
        "action_type": "PurchaseSavingsPlans" if buys else random_number.choice(ACTIONS),
        "account_id": account,
        "region_id": region,
        "resource_type": "ComputeSavingsPlans" if buys else kind,
        "resource_id": "" if buys else identifier,
        "estimated_monthly_savings": amount,
        "billing_currency": "USD",
        "savings_basis": random_number.choice(["List", "AfterDiscounts"]),
        "hours_basis": "720" if SOURCES[said] == "TrustedAdvisor" else "730",
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
        "member_of": [f"{GROUP[0]}/{GROUP[1]}{first:017x}"] if together and place else [],
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
        rows_of_it = [row(random_number, number) for number in range(start, min(start + BATCH, rows))]
        yield json.dumps(rows_of_it, separators=(",", ":"))


def measure(rows: int) -> Measured:
    """Decodes and consolidates so many rows; the generator's own time is in neither figure."""
    recommendation_rows = TypeAdapter(list[Recommendation])
    heard: list[Recommendation] = []
    decoding = consolidating = 0.0
    size = 0
    gc.collect()
    gc.disable()
    for text in batches(rows):
        size += len(text)
        started = process_time()
        decoded = json.loads(text)
        between = process_time()
        heard += recommendation_rows.validate_python(decoded)
        consolidating += process_time() - between
        decoding += between - started
    bill = bill_of(heard)
    started = process_time()
    found = consolidated(heard, bill)
    waterfalls(found)
    ranked = biggest_savings_first(found)
    consolidating += process_time() - started
    gc.enable()
    return Measured(rows, size / rows, decoding, consolidating, len(ranked), peak_gib())


def middle_of(measured: Iterable[Measured]) -> Measured:
    """The one whose time is the median: one lucky or unlucky run decides nothing."""
    in_order = sorted(measured, key=lambda one: one.consolidating_s)
    return in_order[len(in_order) // 2]


def bill_of(heard: Sequence[Recommendation]) -> Bill:
    """A bill of plenty that knows some of the resources; Savings Plans cover a part of the compute on it."""
    known = {one.resource_key: MonthlyCost(Decimal(300), 14, "USD") for one in heard[::EVERY_BILLED]}
    services = dict.fromkeys(BILLED_AS.values(), Decimal(10**9))
    return Bill(
        billing_currency="USD",
        resources=known,
        services=services,
        usage=Decimal(10**10),
        on_demand={"compute": Decimal(10**6)},
        unknown_pools=frozenset(),
    )


def peak_gib() -> float:
    """The most memory that this process has held."""
    unit = 2**20 if sys.platform.startswith("linux") else 2**30
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit


def verdicts(measured: Sequence[Measured]) -> list[tuple[str, bool]]:
    """What is to be reached and was measured, in words, and whether it holds."""
    many = next((one for one in measured if one.rows == MANY), None)
    most = next((one for one in measured if one.rows == MOST), None)
    found = []
    if many:
        limit = f"{MANY:,} rows in {many.ratio:.2f} x their json.loads, {MANY_MAY_TAKE} at most"
        found.append((limit, many.ratio <= MANY_MAY_TAKE))
    if many and most:
        ratio = most.consolidating_s / many.consolidating_s
        limit = f"{MOST:,} rows in {ratio:.2f} x the time of {MANY:,}, {MOST_MAY_TAKE} at most"
        found.append((limit, ratio <= MOST_MAY_TAKE))
        allowed, taken = MOST_MAY_TAKE * MANY_MAY_TAKE, most.consolidating_s / many.decoding_s
        limit = f"which is {taken:.1f} x the json.loads of {MANY:,}, {allowed} at most"
        found.append((limit, taken <= allowed))
    if most:
        found.append((f"peak {most.peak_gib:.2f} GiB, {MOST_GIB} at most", most.peak_gib <= MOST_GIB))
    return found


def main(arguments: Sequence[str] = ()) -> int:
    """Prints a line a size and a line a limit; 1 where a limit is missed."""
    measured = []
    for rows in [int(argument) for argument in arguments] or [MANY]:
        one = middle_of(measure(rows) for _ in range(1 if rows > MANY else TIMES))
        measured.append(one)
        sys.stdout.write(
            f"{one.rows:>9,} rows of {one.bytes_a_row:,.0f} bytes: json.loads {one.decoding_s:.2f} s, consolidating "
            f"{one.consolidating_s:.2f} s ({one.ratio:.2f} x), {one.opportunities:,} opportunities, "
            f"peak {one.peak_gib:.2f} GiB\n"
        )
    limits = verdicts(measured)
    for limit, holds in limits:
        sys.stdout.write(f"{'holds ' if holds else 'missed'}  {limit}\n")
    return 0 if all(holds for _, holds in limits) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
