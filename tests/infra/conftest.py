"""One synthesis for all tests of this folder: starting CDK takes seconds."""

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.infra.synthesize import REPOSITORY
from tests.infra.template import Template

KEPT_ENVIRONMENT = ("HOME", "TMPDIR", "USERPROFILE", "SYSTEMROOT")


@dataclass(frozen=True)
class Synthesis:
    """What a synthesis left behind.

    said          what it wrote to its terminal
    other_node    a file that exists if the node on the search path was started
    """

    folder: Path
    said: str
    other_node: Path


@pytest.fixture(scope="session")
def synthesis(tmp_path_factory: pytest.TempPathFactory) -> Synthesis:
    """Run without credentials, with warnings as errors, and with nothing on the search path but a node of no use."""
    folder = tmp_path_factory.mktemp("synthesis")
    other_node = folder / "the-other-node-was-started"
    decoy = folder / "bin" / "node"
    decoy.parent.mkdir()
    decoy.write_text(f"#!/bin/sh\n: > '{other_node}'\nexit 1\n", encoding="utf-8")
    decoy.chmod(0o755)
    environment = {name: os.environ[name] for name in KEPT_ENVIRONMENT if name in os.environ}
    run = subprocess.run(  # noqa: S603, because both the program and its arguments are ours
        [sys.executable, "-W", "error", "-m", "tests.infra.synthesize", str(folder)],
        cwd=REPOSITORY,
        env=environment | {"PATH": str(decoy.parent)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    return Synthesis(folder, run.stdout + run.stderr, other_node)


@pytest.fixture(scope="session")
def template(synthesis: Synthesis) -> Template:
    """What `python app.py` writes."""
    return Template.read(synthesis.folder / "main" / "FinOpsSupervisor.template.json")


@pytest.fixture(scope="session")
def staging(synthesis: Synthesis) -> Template:
    """The same stack with every keyword argument another."""
    return Template.read(synthesis.folder / "staging" / "Staging.template.json")


@pytest.fixture(scope="session")
def staging_aws_events(synthesis: Synthesis) -> Template:
    """What stands in us-east-1 where that stage is elsewhere."""
    return Template.read(synthesis.folder / "staging" / "StagingAwsEvents.template.json")
