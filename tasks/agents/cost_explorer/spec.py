"""The Cost Explorer agent, as data."""

from tasks.agents.spec import AgentSpec
from workflows.sources import Source

SPEC = AgentSpec(
    key="cost_explorer",
    name="cost-explorer-agent",
    title="Cost Explorer",
    description="Reads what was spent, forecast and anomalous, what commitments cover, and what named resources cost.",
    version="1",
    sources=(
        Source.COST_EXPLORER,
        Source.COST_EXPLORER_ACCOUNTS,
        Source.COST_EXPLORER_FORECAST,
        Source.COST_ANOMALY_DETECTION,
        Source.SAVINGS_PLANS,
        Source.RESERVATIONS,
        Source.COMMITMENT_OPTIONS,
        Source.COST_EXPLORER_RESOURCES,
    ),
    may_read=(
        "ce:GetAnomalies",
        "ce:GetCostAndUsage",
        "ce:GetCostAndUsageWithResources",
        "ce:GetCostForecast",
        "ce:GetReservationCoverage",
        "ce:GetReservationPurchaseRecommendation",
        "ce:GetReservationUtilization",
        "ce:GetSavingsPlansCoverage",
        "ce:GetSavingsPlansPurchaseRecommendation",
        "ce:GetSavingsPlansUtilization",
        # Asked for nothing whether the Hub proposes commitments, so that nobody pays for the same proposals twice.
        "cost-optimization-hub:ListEnrollmentStatuses",
        "cost-optimization-hub:ListRecommendations",
    ),
    has_paid_reads=True,
)
