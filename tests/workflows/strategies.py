"""Arbitrary recommendations, few enough resources, sources and texts that they overlap, tie and repeat."""

from decimal import Decimal

from hypothesis import strategies as st

from tests.workflows.builders import ADVISOR, HUB, OPTIMIZER, RIGHTSIZING, a_commitment, a_recommendation
from workflows.recommendation import ActionType, EvidencePointer, Recommendation

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
