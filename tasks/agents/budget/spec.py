"""The Budget agent, as data."""

from tasks.agents.spec import AgentSpec
from workflows.sources import Source

SPEC = AgentSpec(
    key="budget",
    name="budget-agent",
    title="Budget",
    description="Reads the budgets, how they went and where they are heading.",
    version="1",
    sources=(Source.BUDGETS,),
    may_read=("budgets:ViewBudget",),
)
