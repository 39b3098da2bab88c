"""The definition as it runs here: the same file, with its functions' names filled in as a deployment does."""

import re

from asl import COST_REVIEW
from tasks.agents import AGENTS
from tasks.agents.discovered import WORK_FUNCTION, WORK_PLACEHOLDER
from tasks.steps import STEPS, function_name

_PLACEHOLDER = re.compile(r"\$\{(\w+)\}")


def substitutions() -> dict[str, str]:
    """Each placeholder of the definition, and the function that stands for it."""
    work = {spec.work_placeholder: spec.work_function for spec in AGENTS}
    return work | {WORK_PLACEHOLDER: WORK_FUNCTION} | {state: function_name(state) for state in STEPS}


def state_machine_definition() -> str:
    """The definition's text with every placeholder replaced; KeyError names one that nothing stands for."""
    names = substitutions()
    return _PLACEHOLDER.sub(lambda match: names[match.group(1)], COST_REVIEW.read_text())
