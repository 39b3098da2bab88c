"""The Cost Explorer agent, as data."""

from tasks.agents.spec import AgentSpec
from workflows.sources import Source

SPEC = AgentSpec(
    key="cost_explorer",
    name="cost-explorer-agent",
    title="Cost Explorer",
    description="Reads what was spent, what is forecast, what is anomalous, and what the named resources cost.",
    version="1",
    sources=(
        Source.COST_EXPLORER,
        Source.COST_EXPLORER_FORECAST,
        Source.COST_ANOMALY_DETECTION,
        Source.COST_EXPLORER_RESOURCES,
    ),
    may_read=(
        "ce:GetAnomalies",
        "ce:GetCostAndUsage",
        "ce:GetCostAndUsageWithResources",
        "ce:GetCostForecast",
    ),
    has_paid_reads=True,
)
