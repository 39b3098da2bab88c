"""The arrows between the rooms point one way."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
MAY_IMPORT = {
    "asl": set(),
    "workflows": {"workflows"},
    "tasks": {"tasks", "workflows"},
    "infra": {"infra", "tasks", "workflows", "asl"},
    "local": {"local", "tasks", "workflows", "asl"},
}
MAY_NOT_IMPORT = {
    "asl": {"boto3", "botocore", "strands", "moto", "aws_cdk", "pydantic"},
    "workflows": {"boto3", "botocore", "strands", "moto", "aws_cdk", "os", "aws_lambda_powertools"},
    "tasks": {"moto", "aws_cdk", "rich"},
    "infra": {"boto3", "botocore", "strands", "moto"},
    "local": {"aws_cdk"},
}
CLOCK = {"now", "utcnow", "today"}
MOTO_ROOM = "local/moto_seams.py"


def _sources(room: str) -> Iterator[tuple[str, ast.Module]]:
    for path in sorted((ROOT / room).rglob("*.py")):
        yield path.relative_to(ROOT).as_posix(), ast.parse(path.read_text(encoding="utf-8"))


def _imported(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module.split(".")[0]


@pytest.mark.parametrize("room", sorted(MAY_IMPORT))
def test_a_room_imports_only_the_rooms_below_it(room: str) -> None:
    sources = list(_sources(room))
    assert sources, f"{room} is empty: the test looks in the wrong place"
    for path, tree in sources:
        imported = set(_imported(tree))
        assert imported & set(MAY_IMPORT) <= MAY_IMPORT[room], path
        assert not imported & MAY_NOT_IMPORT[room], path


def test_the_pure_room_reads_no_clock() -> None:
    """Whoever needs the day or the time in workflows gets it as an argument."""
    for path, tree in _sources("workflows"):
        called = {
            node.func.attr
            for node in ast.walk(tree)
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
        }
        assert not called & CLOCK, path


def test_moto_is_touched_in_one_file_only() -> None:
    touching = [path for path, tree in _sources("local") if "moto" in _imported(tree)]
    assert touching == [MOTO_ROOM]


def test_an_agents_rules_import_nothing_that_touches_the_world() -> None:
    """rules.py keeps the promise of its name: evidence in, findings out."""
    touching = {"boto3", "botocore", "os", "socket", "tasks.aws", "tasks.wiring", "tasks.shared_context"}
    files = [*(ROOT / "tasks" / "agents").rglob("*rules.py")]
    assert files
    for path in files:
        tree = ast.parse(path.read_text(encoding="utf-8"))
        modules = {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)} | set(
            _imported(tree)
        )
        assert not [
            module for module in modules if any(module == one or module.startswith(f"{one}.") for one in touching)
        ]
