"""The example of another team's agent: its README is followed to the letter, as processes, in a copy of its folder."""

import ast
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import pytest

from tests.workflows.discovery.cards import Json
from workflows.discovery.card import card_from

REPOSITORY = Path(__file__).resolve().parents[2]
EXAMPLE = REPOSITORY / "docs" / "examples" / "ended-projects-agent"
AGENT = "ended-projects-agent"
SAMPLE = Decimal("293.86")
SHOWN = ("old-shop-lb", "/ecs/old-shop", "import/partner-password", "/import/staging")


def commands() -> list[list[str]]:
    """What the README has people type, word by word."""
    (block,) = re.findall(r"```sh\n(.*?)```", (EXAMPLE / "README.md").read_text(encoding="utf-8"), re.DOTALL)
    return [shlex.split(line, comments=True) for line in block.splitlines()]


def ran(folder: Path, command: list[str]) -> str:
    """What the command says; it has to succeed."""
    assert command[0] == "finops"
    done = subprocess.run(  # noqa: S603 because the words are those of our README
        [sys.executable, "-m", "local.command_line", *command[1:]],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(REPOSITORY)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def followed(tmp_path_factory: pytest.TempPathFactory) -> tuple[list[str], Json]:
    """What each command said, and the report of the review among them."""
    folder = tmp_path_factory.mktemp("copy") / AGENT
    shutil.copytree(EXAMPLE, folder)
    said = [ran(folder, command) for command in commands()]
    report = json.loads(ran(folder, ["finops", "show", "latest", "--json"]))
    assert sorted(one.name for one in folder.iterdir() if one.name != ".finops") == sorted(
        one.name for one in EXAMPLE.iterdir()
    )
    return said, report


def test_every_command_of_its_readme_works(followed: tuple[list[str], Json]) -> None:
    check, register, review, agents, remove = followed[0]
    assert "It keeps to the contract, with 4 recommendations." in check
    assert "takes part in reviews from now on" in register
    assert all(each in review for each in SHOWN)
    assert AGENT in agents
    assert "takes part in no review any more" in remove


def test_what_it_finds_is_consolidated_like_any_other_finding(followed: tuple[list[str], Json]) -> None:
    """By the README's table: a duplicate counts once and with AWS's figure, what is unknown is in no total."""
    report = followed[1]
    assert report["status"] == "COMPLETE"
    assert report["audit"]["passed"]
    found = {one["resource_id"]: one for one in report["opportunities"] if one["resource_id"] in SHOWN}
    counted = {name: one["counted_monthly_savings"] for name, one in found.items()}
    assert counted == {
        "old-shop-lb": "18.00",
        "/ecs/old-shop": "14.40",
        "import/partner-password": "0.40",
        "/import/staging": "0.00",
    }
    assert found["/import/staging"]["not_counted"] == "unknown_savings"
    assert Decimal(report["totals"][0]["counted_usage"]) == SAMPLE + Decimal("14.40") + Decimal("0.40")


def test_the_readme_says_the_figures_that_come_out(followed: tuple[list[str], Json]) -> None:
    text = (EXAMPLE / "README.md").read_text(encoding="utf-8")
    assert f"${followed[1]['totals'][0]['counted_usage']}" in text
    assert f"${SAMPLE}" in text
    assert all(each in text for each in SHOWN)


def test_it_imports_nothing_of_ours_and_nothing_that_has_to_be_installed() -> None:
    tree = ast.parse((EXAMPLE / "handler.py").read_text(encoding="utf-8"))
    imported = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    imported |= {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert imported
    assert {name.split(".")[0] for name in imported} <= sys.stdlib_module_names


def test_its_card_is_valid() -> None:
    assert card_from((EXAMPLE / "card.json").read_bytes()).name == AGENT
