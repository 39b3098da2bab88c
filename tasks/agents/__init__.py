"""The registration: an agent takes part when it stands in this list (and has its branch in the definition)."""

from tasks.agents.budget.spec import SPEC as BUDGET
from tasks.agents.cost_explorer.spec import SPEC as COST_EXPLORER
from tasks.agents.rightsizing.spec import SPEC as RIGHTSIZING
from tasks.agents.spec import AgentSpec
from tasks.agents.trusted_advisor.spec import SPEC as TRUSTED_ADVISOR

AGENTS: tuple[AgentSpec, ...] = (TRUSTED_ADVISOR, COST_EXPLORER, RIGHTSIZING, BUDGET)
