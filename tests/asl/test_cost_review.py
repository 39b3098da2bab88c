"""The definition itself: by the public linters, and by checks of ours for what those let pass."""

import copy
import json
import re
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest

from asl import COST_REVIEW
from local.definition import state_machine_definition, substitutions
from tasks.agents import AGENTS
from tasks.steps import STEPS
from tests.asl.rules import named_states, problems

DEFINITION: dict[str, Any] = json.loads(COST_REVIEW.read_text(encoding="utf-8"))


def test_statelint_has_nothing_to_say() -> None:
    statelint = [sys.executable, "-c", "from statelint.cli import main; main()", str(COST_REVIEW)]
    ran = subprocess.run(statelint, capture_output=True, text=True, check=False)  # noqa: S603 because both are ours
    assert (ran.returncode, ran.stdout + ran.stderr) == (0, "")


def test_our_own_checks_have_nothing_to_say() -> None:
    assert problems(DEFINITION) == []


def _break(change: Callable[[dict[str, Any]], object]) -> list[str]:
    broken = copy.deepcopy(DEFINITION)
    change(broken["States"])
    return problems(broken)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda states: states["CheckReadiness"].update(Next="Nowhere"), "leads to Nowhere"),
        (lambda states: states.update(Stray={**states["ReviewPrepared"]}), "Stray cannot be reached"),
        (lambda states: states["WriteSummary"].pop("TimeoutSeconds"), "no static timeout"),
        (lambda states: states["WriteSummary"].update(HeartbeatSeconds=120), "a heartbeat as long as the timeout"),
        (lambda states: states["WriteSummary"]["Retry"][0].pop("JitterStrategy"), "without full jitter"),
        (lambda states: states["WriteSummary"]["Retry"].pop(1), "does not retry"),
        (lambda states: states["WriteSummary"]["Catch"].reverse(), "each alone"),
        (lambda states: states["WriteSummary"]["Catch"][1].pop("ResultPath"), "throws the state's input away"),
        (lambda states: states["WriteSummary"].pop("Comment"), "no sentence"),
        (lambda states: states["WriteSummary"].update(Resource="arn:aws:states:::lambda:call"), "nobody here knows"),
        (lambda states: states["WriteSummary"]["Parameters"].update(FunctionName="arn:aws:lambda:x"), "an ARN"),
        (lambda states: states["AreAllAgentsReady"].pop("Default"), "without a default"),
        (lambda states: states["WriteSummary"].update(Assign={}), "which JSONPath does not"),
        (lambda states: states["WriteSummary"].update(End=True), "both or neither"),
        (
            lambda states: states["CollectEvidence"]["Branches"][0]["States"].update(
                PrepareReview=states["CollectEvidence"]["Branches"][0]["States"]["TrustedAdvisorNotAsked"]
            ),
            "stands twice",
        ),
    ],
)
def test_our_checks_catch_what_they_are_for(change: Callable[[dict[str, Any]], object], said: str) -> None:
    """A check that cannot fail would let the definition rot."""
    assert any(said in problem for problem in _break(change)), _break(change)


def test_every_placeholder_has_a_function_and_every_function_its_placeholder() -> None:
    used = set(re.findall(r"\$\{(\w+)\}", COST_REVIEW.read_text(encoding="utf-8")))
    assert used == set(substitutions())
    assert set(STEPS) <= {name for name, _ in named_states(DEFINITION)}


def test_every_agent_has_a_branch_that_collects_and_a_state_that_analyses() -> None:
    names = {name for name, _ in named_states(DEFINITION)}
    for spec in AGENTS:
        name = spec.work_placeholder.removesuffix("Work")
        assert {f"Collect{name}", f"Analyse{name}", f"{name}NotCollected", f"{name}NotAnalysed"} <= names


def test_what_runs_here_is_the_file_with_its_functions_named() -> None:
    """Nothing but the placeholders is replaced: the same definition runs here and in AWS."""
    text = COST_REVIEW.read_text(encoding="utf-8")
    for placeholder, name in substitutions().items():
        text = text.replace(f"${{{placeholder}}}", name)
    assert state_machine_definition() == text


def test_no_prompt_threshold_or_sum_stands_in_the_definition() -> None:
    """It names and passes; Python decides. Numbers stand only in timeouts, retries and concurrency."""
    compared = json.dumps([state.get("Choices", []) for _, state in named_states(DEFINITION)])
    assert not re.search(r"Numeric|Timestamp|StringMatches", compared)
    assert "States.Math" not in json.dumps(DEFINITION)
