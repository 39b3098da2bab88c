"""Arbitrary recommendations and bills, few enough resources, sources and texts that they overlap, tie and repeat."""

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any, TypeVar

from hypothesis import strategies as st

from tests.workflows.builders import ACCOUNT, ADVISOR, HUB, OPTIMIZER, RIGHTSIZING, a_commitment, a_recommendation
from workflows.money import total
from workflows.recommendation import ActionType, EvidencePointer, HoursBasis, Recommendation, SavingsBasis
from workflows.resource_keys import BILLED_AS
from workflows.savings.bill import POOLS, Bill, MonthlyCost

Told = TypeVar("Told")
USAGE = [
    ActionType.STOP,
    ActionType.DELETE,
    ActionType.SCALE_IN,
    ActionType.RIGHTSIZE,
    ActionType.UPGRADE,
    ActionType.REVIEW,
]
SAVINGS = st.one_of(
    st.none(),
    st.sampled_from(["0", "0.00", "0.005", "10", "10.00", "-3.5", "604.4560000000000172803993336856365203857421875"]),
    st.decimals(Decimal(-100), Decimal(100_000), places=4, allow_nan=False).map(str),
    st.floats(-10, 1e12, allow_nan=False, allow_subnormal=False)
    .filter(lambda amount: not 0 < abs(amount) < 1e-20)
    .map(repr),
)
CHANGES = {
    "billing_currency": st.sampled_from(["USD", "USD", "USD", "EUR"]),
    "not_applicable": st.sampled_from(["", "", "", "The instance is stopped."]),
    "resource_name": st.sampled_from(["", "web-1", "web-2"]),
    "region_id": st.sampled_from(["us-east-1", "eu-west-1"]),
    "recommended_resource_summary": st.sampled_from(["", "m5.large"]),
    "notes": st.sampled_from([(), ("Its cost rises.",)]),
    "evidence": st.sampled_from([(EvidencePointer("s:O", f"request-{n}", f"/{n}", "raw"),) for n in range(3)]),
    "estimated_savings_percentage": st.sampled_from([None, Decimal(50), Decimal("50.0")]),
}
SOURCES = st.sampled_from([HUB, OPTIMIZER, RIGHTSIZING, ADVISOR, "SomebodyElse"])

USAGE_RECOMMENDATIONS: st.SearchStrategy[Recommendation] = st.builds(
    a_recommendation,
    savings=SAVINGS,
    source=SOURCES,
    action=st.sampled_from(USAGE),
    resource=st.sampled_from(["i-1", "i-2", "i-3"]),
    **CHANGES,
)
COMMITMENTS: st.SearchStrategy[Recommendation] = st.builds(
    a_commitment,
    savings=SAVINGS,
    source=SOURCES,
    resource_type=st.sampled_from(["ComputeSavingsPlans", "Ec2ReservedInstances", "RdsReservedInstances"]),
    **CHANGES,
)
RECOMMENDATIONS = st.lists(st.one_of(USAGE_RECOMMENDATIONS, USAGE_RECOMMENDATIONS, COMMITMENTS), max_size=14)

# ---- a whole estate: groups and their members, levers of one database, other spellings, bills that bind

OTHER_ACCOUNT = "210987654321"
LAMBDA_ARN = f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:resize"
GROUP = {"member_of": ("Ec2AutoScalingGroup/web",)}
NODE = {"tags": (("aws:eks:cluster-name", "shop"),)}
THINGS: list[dict[str, Any]] = [
    {"resource": "i-1"},
    {"resource": "i-1", **GROUP},
    {"resource": "i-2", **GROUP},
    {"resource": "i-2", "tags": (("aws:autoscaling:groupName", "web"),)},
    {"resource": "i-3", **NODE},
    {"resource": "web", "resource_type": "Ec2AutoScalingGroup"},
    {"resource": "web", "resource_type": "Ec2AutoScalingGroup", **NODE},
    {"resource": "shop", "resource_type": "EksCluster"},
    {"resource": "shop", "resource_type": "RdsDbInstance"},
    {"resource": "shop", "resource_type": "RdsDbInstance", "member_of": ("RdsDbCluster/all",)},
    {"resource": "shop", "resource_type": "RdsDbInstanceStorage"},
    {"resource": "all", "resource_type": "RdsDbCluster"},
    {"resource": "all", "resource_type": "AuroraDbClusterStorage"},
    {"resource": "vol-1", "resource_type": "EbsVolume"},
    {"resource": "resize", "resource_type": "LambdaFunction"},
    {"resource": f"{LAMBDA_ARN}:$LATEST", "resource_type": "LambdaFunction"},
    {"resource": "shop/api", "resource_type": "EcsService"},
    {"resource": "shop", "resource_type": "EcsCluster"},
    {"resource": "ws-1", "resource_type": "WorkSpaces"},
]
FEW_SAVINGS = st.one_of(
    st.sampled_from([None, "0", "-5", "0.005", "7.125", "10", "25.50", "60", "60", "100", "400"]),
    st.decimals(Decimal(0), Decimal(500), places=3, allow_nan=False).map(str),
)
ESTATE_CHANGES = {
    **CHANGES,
    "not_applicable": st.sampled_from(["", "", "", "", "The instance is stopped."]),
    "savings_basis": st.sampled_from(SavingsBasis),
    "hours_basis": st.sampled_from(HoursBasis),
}
PLACES = st.sampled_from(
    [
        {"account_id": ACCOUNT, "region_id": "us-east-1"},
        {"account_id": ACCOUNT, "region_id": "us-east-1"},
        {"account_id": ACCOUNT, "region_id": "us-east-1c"},
        {"account_id": ACCOUNT, "region_id": "US East (N. Virginia)"},
        {"account_id": ACCOUNT, "region_id": ""},
        {"account_id": "", "region_id": "us-east-1"},
        {"account_id": OTHER_ACCOUNT, "region_id": "us-east-1"},
    ]
)
LINES = st.sampled_from(["", "2 db.r5.large", "1 db.r5.large", "1 db.m5.large", "$0.10 an hour, m5 family"])
COMMITMENT_TYPES = [
    "ComputeSavingsPlans",
    "Ec2InstanceSavingsPlans",
    "Ec2ReservedInstances",
    "DatabaseSavingsPlans",
    "RdsReservedInstances",
    "ElastiCacheReservedInstances",
    "RedshiftReservedInstances",
    "SageMakerSavingsPlans",
]


@st.composite
def _usage_of_an_estate(draw: st.DrawFn) -> Recommendation:
    changes = {name: draw(values) for name, values in ESTATE_CHANGES.items()}
    thing, place = draw(st.sampled_from(THINGS)), draw(PLACES)
    action = draw(st.sampled_from([*USAGE, ActionType.MIGRATE_TO_GRAVITON]))
    return a_recommendation(draw(FEW_SAVINGS), draw(SOURCES), action, **{**changes, **thing, **place})


@st.composite
def _commitments_of_an_estate(draw: st.DrawFn) -> Recommendation:
    changes = {name: draw(values) for name, values in ESTATE_CHANGES.items()}
    changes |= {"recommended_resource_summary": draw(LINES), "source": draw(SOURCES)}
    changes |= {"account_id": draw(st.sampled_from([ACCOUNT, ACCOUNT, OTHER_ACCOUNT]))}
    return a_commitment(draw(FEW_SAVINGS), draw(st.sampled_from(COMMITMENT_TYPES)), **changes)


ESTATE_USAGE = _usage_of_an_estate()
ESTATE = st.lists(st.one_of(ESTATE_USAGE, ESTATE_USAGE, ESTATE_USAGE, _commitments_of_an_estate()), max_size=12)

BILLED_KEYS = sorted(
    f"{account}/us-east-1/{kind}/{name}"
    for account in (ACCOUNT, OTHER_ACCOUNT)
    for kind, name in (
        *(("Ec2Instance", f"i-{number}") for number in (1, 2, 3)),
        ("Ec2AutoScalingGroup", "web"),
        ("EbsVolume", "vol-1"),
        ("EcsService", "shop/api"),
        ("EksCluster", "shop"),
        ("LambdaFunction", "resize"),
        ("RdsDbInstance", "shop"),
        ("WorkSpaces", "ws-1"),
    )
)
COSTS = st.one_of(
    st.sampled_from([Decimal(0), Decimal("0.005"), Decimal(50), Decimal(90), Decimal(1000)]),
    st.decimals(Decimal(0), Decimal(500), places=3, allow_nan=False),
)
MONTHLY_COSTS = st.builds(
    MonthlyCost, COSTS, st.sampled_from([3, 7, 14, 14]), st.sampled_from(["USD", "USD", "USD", "EUR"])
)


@st.composite
def bills(draw: st.DrawFn) -> Bill:
    """A bill that knows some of the estate's costs; its usage is at least what its services add up to."""
    services = draw(st.dictionaries(st.sampled_from(sorted(set(BILLED_AS.values()))), COSTS.filter(bool), max_size=6))
    elsewhere = draw(st.sampled_from([Decimal(0), Decimal(0), Decimal(100), Decimal(10_000)]))
    on_demand = draw(st.dictionaries(st.sampled_from(POOLS), COSTS, max_size=2))
    return Bill(
        billing_currency=draw(st.sampled_from(["USD", "USD", "USD", "EUR", ""])),
        resources=draw(st.dictionaries(st.sampled_from(BILLED_KEYS), MONTHLY_COSTS, max_size=10)),
        services=services,
        usage=total((*services.values(), elsewhere)) if services else None,
        on_demand=on_demand,
        unknown_pools=frozenset(draw(st.sets(st.sampled_from(POOLS)))) - on_demand.keys(),
    )


@st.composite
def less_evidence(draw: st.DrawFn, bill: Bill) -> Bill:
    """The same bill with some of what it tells not told any more."""
    untold = frozenset(draw(st.sets(st.sampled_from(POOLS))))
    on_demand = {pool: left for pool, left in bill.on_demand.items() if pool not in untold}
    return replace(
        bill,
        resources=_some_of(draw, bill.resources),
        services=_some_of(draw, bill.services),
        usage=draw(st.sampled_from([bill.usage, bill.usage, None])),
        on_demand=on_demand,
        unknown_pools=bill.unknown_pools | untold,
    )


def _some_of(draw: st.DrawFn, told: Mapping[str, Told]) -> dict[str, Told]:
    lost = draw(st.sets(st.sampled_from(sorted(told)))) if told else set()
    return {name: value for name, value in told.items() if name not in lost}
