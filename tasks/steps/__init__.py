"""The supervisor's own steps: each is a state of the definition, a file here and a function, under one name."""

import re

STEPS: tuple[str, ...] = (
    "PrepareReview",
    "CheckReadiness",
    "ConsolidateFindings",
    "WriteSummary",
    "PublishReport",
    "RecordFailure",
)


def _words(state: str) -> list[str]:
    return [word.lower() for word in re.findall(r"[A-Z][a-z]*", state)]


def module_name(state: str) -> str:
    """ConsolidateFindings lies in tasks.steps.consolidate_findings."""
    return f"tasks.steps.{'_'.join(_words(state))}"


def function_name(state: str) -> str:
    """ConsolidateFindings runs as finops-consolidate-findings (a deployment may put its prefix before it)."""
    return f"finops-{'-'.join(_words(state))}"
