"""What helps where a step of the review left a gap, by the error that the state machine or the check of it names."""

from collections.abc import Mapping

from workflows.cost_review.answers import Gap
from workflows.cost_review.readiness import Candidate

AGAIN = "Run the review again; if it stays,"
REPORT_IT = f"{AGAIN} report it to those who maintain the agent."

BY_ERROR: Mapping[str, str] = {
    "States.Timeout": f"{AGAIN} narrow the scope: fewer regions or accounts.",
    "States.DataLimitExceeded": "Report it to those who maintain the agent: it answers more than a state can hold.",
    "NothingToWorkWith": "Mend what is said of the agent's earlier step, or of its sources.",
    "InvalidAgentCard": "Have its team register a valid card, or remove it from the registry.",
    "InvalidAgentAnswer": "Have its team follow the contract of agents, and check its function against it.",
    "AgentUnreachable": "Have its team mend its function, or remove it from the registry.",
    "AgentTooSlow": "Have its team make it faster, or name a longer time in its card.",
    "ImplausibleClaim": "Have its team look into what it claims; until then remove it from the registry.",
    "TooManyClaims": "Have its team propose fewer savings, the biggest; or remove agents that are not needed.",
    "RegistryUnreadable": "Allow the role of CheckReadiness to query the registry's table, and see that it exists.",
    "InvalidAnswer": REPORT_IT,
    "InvalidContent": REPORT_IT,
    "MalformedResponse": REPORT_IT,
    "AccessDenied": "Allow the role of the agent's function what the error names.",
    "MissingSettings": "Set what the error names in the environment of the agent's function.",
    "Throttled": "Run the review again later; AWS throttled it.",
    "ServiceUnavailable": "Run the review again later; AWS failed to answer.",
    "Lambda.TooManyRequestsException": "Run the review again later, or raise the limit of concurrent functions.",
}
"""By the last part of the name where the whole is not here: Lambda may put the module before it."""


def after_gap(gap: Gap, candidate: Candidate) -> str:
    """What to do about a step that left a gap; never empty, because somebody has to be able to go on."""
    named = BY_ERROR.get(gap.error) or BY_ERROR.get(gap.error.rpartition(".")[2])
    return named or f"{AGAIN} read the log of {candidate.work_function}."


def after_silence(candidate: Candidate) -> str:
    """What to do where an agent does not say what it saw, or what would help."""
    return f"{AGAIN} ask those who maintain {candidate.name}."
