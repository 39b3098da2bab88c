"""What a function has to know about where it runs, read once from its environment."""

from collections.abc import Mapping
from dataclasses import dataclass

from workflows.errors import MissingSettings

CONTEXT_BUCKET = "FINOPS_CONTEXT_BUCKET"
AGENT_STATES_TABLE = "FINOPS_AGENT_STATES_TABLE"
EVENT_BUS = "FINOPS_EVENT_BUS"
REGIONS = "FINOPS_REGIONS"
FUNCTION_PREFIX = "FINOPS_FUNCTION_PREFIX"
REQUIRED = (CONTEXT_BUCKET, AGENT_STATES_TABLE, EVENT_BUS, REGIONS)


@dataclass(frozen=True)
class Settings:
    """Names of our own resources, and the regions that a review looks at unless its scope says otherwise.

    function_prefix goes before the names of the agents' work functions ("" where they carry their plain name).
    """

    context_bucket: str
    agent_states_table: str
    event_bus: str
    regions: tuple[str, ...]
    function_prefix: str = ""

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> "Settings":
        """The settings; MissingSettings names every variable that is absent or empty."""
        missing = [name for name in REQUIRED if not environment.get(name, "").strip()]
        if missing:
            raise MissingSettings(f"The function's environment lacks {', '.join(missing)}.")
        return cls(
            context_bucket=environment[CONTEXT_BUCKET],
            agent_states_table=environment[AGENT_STATES_TABLE],
            event_bus=environment[EVENT_BUS],
            regions=tuple(region.strip() for region in environment[REGIONS].split(",") if region.strip()),
            function_prefix=environment.get(FUNCTION_PREFIX, ""),
        )
