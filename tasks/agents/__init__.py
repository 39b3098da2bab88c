"""The registration: an agent takes part when its folder stands in this list (and it has its branch in the definition).

docs/adding-an-agent.md shows how.
"""

from importlib import import_module

from tasks.agents.spec import AgentSpec

FOLDERS = (
    "trusted_advisor",
    "cost_explorer",
    "rightsizing",
    "budget",
)


def _spec_in(folder: str) -> AgentSpec:
    spec = import_module(f"tasks.agents.{folder}.spec").SPEC
    assert isinstance(spec, AgentSpec)  # noqa: S101 because mypy cannot see through the import
    return spec


AGENTS: tuple[AgentSpec, ...] = tuple(map(_spec_in, FOLDERS))
