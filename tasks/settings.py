"""What a function has to know about where it runs, read once from its environment."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from workflows.errors import MissingSettings

CONTEXT_BUCKET = "FINOPS_CONTEXT_BUCKET"
AGENT_STATES_TABLE = "FINOPS_AGENT_STATES_TABLE"
EVENT_BUS = "FINOPS_EVENT_BUS"
REGIONS = "FINOPS_REGIONS"
FUNCTION_PREFIX = "FINOPS_FUNCTION_PREFIX"
PAID_REQUESTS_TABLE = "FINOPS_PAID_REQUESTS_TABLE"
OPPORTUNITIES_TABLE = "FINOPS_OPPORTUNITIES_TABLE"
AGENT_REGISTRY_TABLE = "FINOPS_AGENT_REGISTRY_TABLE"
IDEMPOTENCY_TABLE = "FINOPS_IDEMPOTENCY_TABLE"
STATE_MACHINE_ARN = "FINOPS_STATE_MACHINE_ARN"
TRUSTED_ADVISOR_API = "FINOPS_TRUSTED_ADVISOR_API"
TRUSTED_ADVISOR_REFRESH = "FINOPS_TRUSTED_ADVISOR_REFRESH"
MAX_COST_EXPLORER_REQUESTS_A_DAY = "FINOPS_MAX_COST_EXPLORER_REQUESTS_A_DAY"
LEGACY_API = "support"
TURNED_ON = "on"
REQUIRED = (
    CONTEXT_BUCKET,
    AGENT_STATES_TABLE,
    AGENT_REGISTRY_TABLE,
    PAID_REQUESTS_TABLE,
    OPPORTUNITIES_TABLE,
    IDEMPOTENCY_TABLE,
    EVENT_BUS,
    REGIONS,
)


@dataclass(frozen=True)
class Settings:
    """Names of our own resources, and the regions that a review looks at unless its scope says otherwise.

    regions ("all",) are all that have the service; where the account cannot be is then no gap.
    function_prefix goes before the names of the agents' work functions ("" where they carry their plain name).
    trusted_advisor_api says which of the two is asked first: "trustedadvisor" or "support".
    trusted_advisor_refresh has Trusted Advisor look anew before it is read; "on" is the only word that turns it on.
    state_machine_arn is the machine whose executions are reviews, for the functions that start one ("" for others).
    max_cost_explorer_requests_a_day caps what all reviews of a day (UTC) may pay for together.
    responses_from tells accounts apart that share an id but not their answers; "" is AWS itself.
    answered_on is the day on which what answers there was said, where that is not the day that a review looks from.
    """

    context_bucket: str
    agent_states_table: str
    paid_requests_table: str
    opportunities_table: str
    agent_registry_table: str
    idempotency_table: str
    event_bus: str
    regions: tuple[str, ...]
    function_prefix: str = ""
    trusted_advisor_api: str = "trustedadvisor"
    trusted_advisor_refresh: bool = False
    max_cost_explorer_requests_a_day: int = 100
    state_machine_arn: str = ""
    responses_from: str = ""
    answered_on: date | None = None

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> "Settings":
        """The settings; MissingSettings names every variable that is absent, empty, or no number where one belongs."""
        # Commas alone name no region: nothing would be looked at, and nothing would say so.
        missing = [name for name in REQUIRED if not environment.get(name, "").strip(" ,")]
        if missing:
            raise MissingSettings(f"The function's environment lacks {', '.join(missing)}.")
        most_a_day = environment.get(MAX_COST_EXPLORER_REQUESTS_A_DAY, "100").strip()
        if not (most_a_day.isascii() and most_a_day.isdigit()):
            raise MissingSettings(f"{MAX_COST_EXPLORER_REQUESTS_A_DAY} is {most_a_day[:40]!r}, not a whole number.")
        return cls(
            context_bucket=environment[CONTEXT_BUCKET],
            agent_states_table=environment[AGENT_STATES_TABLE],
            paid_requests_table=environment[PAID_REQUESTS_TABLE],
            opportunities_table=environment[OPPORTUNITIES_TABLE],
            agent_registry_table=environment[AGENT_REGISTRY_TABLE],
            idempotency_table=environment[IDEMPOTENCY_TABLE],
            event_bus=environment[EVENT_BUS],
            regions=tuple(region.strip() for region in environment[REGIONS].split(",") if region.strip()),
            function_prefix=environment.get(FUNCTION_PREFIX, ""),
            trusted_advisor_api=environment.get(TRUSTED_ADVISOR_API, "trustedadvisor"),
            trusted_advisor_refresh=environment.get(TRUSTED_ADVISOR_REFRESH, "") == TURNED_ON,
            max_cost_explorer_requests_a_day=int(most_a_day),
            state_machine_arn=environment.get(STATE_MACHINE_ARN, ""),
        )
