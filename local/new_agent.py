"""The files of a new built-in agent, from a template: planned as a whole first, and then written or not at all."""

import json
import keyword
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from local.agent_reads import EXAMPLE, Read, example, read_named
from workflows.errors import BadInput

TEMPLATES = Path(__file__).parent / "agent_template"
HARDER_RESPONSES = "tests/accounts/harder/responses"
SAMPLE_RESPONSES = "local/sample_account/responses"
DEFINITION = "asl/cost_review.asl.json"
REGISTRATION = "tasks/agents/__init__.py"
NAME = re.compile(r"[a-z][a-z0-9]*(_[a-z][a-z0-9]*)*")
LONGEST_NAME = 40
"""Its function's name holds it, with "-agent-work" behind it and perhaps a prefix before it: Lambda allows 64."""
VOLUMES = "ec2:DescribeVolumes"
"""The one question of which the template knows what to make; of any other it lists what is there."""
RESERVED = frozenset({"discovered", "in_order", "named_resource_spend", "supervisor"})


@dataclass(frozen=True)
class NewAgent:
    """Everything that is to be written, by path below the checkout, and the steps that are left to a person."""

    key: str
    files: Mapping[str, str]
    steps: str


def checkout() -> Path:
    """The folder of the project; BadInput where the product is installed without one."""
    root = Path(__file__).resolve().parents[1]
    missing = [name for name in (DEFINITION, REGISTRATION, "tests/tasks/agents") if not (root / name).exists()]
    if missing:
        raise BadInput(
            [f"{root} is no checkout of the project ({', '.join(missing)} is missing); clone it, and run this there"]
        )
    return root


def new_agent(name: str, reads: str, root: Path) -> NewAgent:
    """The agent's files and the steps left; BadInput names everything that is wrong, and nothing is written."""
    problems = [*_wrong_with(name, root)]
    read = None
    try:
        read = read_named(reads)
    except BadInput as error:
        problems += error.problems
    if problems or read is None:
        raise BadInput(problems)
    words = _words(name, read)
    render = _templates()
    files = {
        f"tasks/agents/{name}/__init__.py": "",
        **{
            f"tasks/agents/{name}/{one}.py": render(f"{one}.py.j2", words)
            for one in ("spec", "collect", "rules", "handler")
        },
        f"tests/tasks/agents/test_{name}.py": render("test_agent.py.j2", words),
        **_responses(name, read),
    }
    taken = sorted(path for path in files if (root / path).exists())
    if taken:
        raise BadInput([f"{path} exists; name the agent otherwise, or remove it" for path in taken])
    return NewAgent(name, files, _steps(render, words, root))


def write(agent: NewAgent, root: Path) -> None:
    """Afterwards all of its files are there; BadInput where they cannot be, and then none is."""
    made: list[Path] = []
    try:
        for path, content in agent.files.items():
            _make_folder((root / path).parent, made)
            made.append(root / path)
            (root / path).write_text(content, encoding="utf-8")
    except OSError as error:
        for one in reversed(made):
            _remove(one)
        told = error.strerror or str(error)
        raise BadInput([f"{error.filename or root} cannot be written ({told}); nothing was"]) from error


def _make_folder(folder: Path, made: list[Path]) -> None:
    if folder.is_dir():
        return
    _make_folder(folder.parent, made)
    folder.mkdir()
    made.append(folder)


def _remove(path: Path) -> None:
    if path.is_dir():
        path.rmdir()
    else:
        path.unlink(missing_ok=True)


def _wrong_with(name: str, root: Path) -> Iterator[str]:
    if not NAME.fullmatch(name) or keyword.iskeyword(name):
        yield f"{name[:60]!r} is no name for an agent; use lower case and single underscores, as in unattached_volumes"
        return
    if len(name) > LONGEST_NAME:
        yield f"{name!r} has {len(name)} characters; {LONGEST_NAME} at most, its functions are named after it"
    if name in RESERVED:
        yield f"{name!r} means something else in a review's state; name the agent otherwise"
    elif any((root / "tasks" / "agents" / taken).exists() for taken in (name, f"{name}.py")):
        yield f"{name!r} is taken: tasks/agents/{name} exists; name the agent otherwise"


def _words(key: str, read: Read) -> dict[str, Any]:
    camel = "".join(word.capitalize() for word in key.split("_"))
    words = {
        "key": key,
        "name": f"{key.replace('_', '-')}-agent",
        "title": key.replace("_", " ").capitalize(),
        "camel": camel,
        "source": camel,
        "service": read.service,
        "operation": read.operation,
        "rows": read.rows,
        "row_id": read.row_id,
        "action": read.action,
        "description": f"Reads {read.rows} of {read.service} in every region.",
    }
    if str(read) == VOLUMES:
        return words | {
            "resource_type": "EbsVolume",
            "action_type": "DELETE",
            "condition_in_words": "A volume that no instance uses is paid for all the same.",
            "condition": 'text(row.get("State")) == "available"',
            "found": UNATTACHED,
        }
    return words | {
        "resource_type": read.row.name,
        "action_type": "REVIEW",
        "condition_in_words": "Every row does, until somebody says here which of them cost money for nothing.",
        "condition": "bool(row)",
        "found": [EXAMPLE],
    }


UNATTACHED = ["vol-0a7e42b9d6c13f858", "vol-09b6f3d28e51ca47e"]
"""The volumes of the sample account that no instance uses; others speak of them too (LEDGER.md)."""


def _responses(key: str, read: Read) -> dict[str, str]:
    """What the sample account answers: rows in us-east-1, and in every other region none."""
    folder = f"{SAMPLE_RESPONSES}/{read.service}"
    return {
        f"{folder}/{read.operation}__{key}_us-east-1.json": _envelope(read, _example_rows(read), "us-east-1"),
        f"{folder}/{read.operation}__{key}.json": _envelope(read, []),
        # The account that proves consolidation has its own ledger: nothing new is found there.
        f"{HARDER_RESPONSES}/{read.service}/{read.operation}__{key}.json": _envelope(read, []),
    }


def _envelope(read: Read, rows: list[Any], region: str | None = None) -> str:
    envelope = {
        "service": read.service,
        "operation": read.operation,
        "http_status": 200,
        **({"region": region} if region else {}),
        "provenance": {"kind": "authored", "note": "What a new agent begins with."},
        "response": {read.rows: rows},
    }
    return json.dumps(envelope, indent=1) + "\n"


def _example_rows(read: Read) -> list[Any]:
    if str(read) == VOLUMES:
        attached = {"VolumeId": "vol-0c5d81e4fa9236b70", "State": "in-use", "Size": 500, "VolumeType": "gp2"}
        sizes = zip(UNATTACHED, (150, 50), strict=True)
        return [
            *({"VolumeId": one, "State": "available", "Size": size, "VolumeType": "gp3"} for one, size in sizes),
            attached,
        ]
    return [example(read.row) | {read.row_id: EXAMPLE}]


def _templates() -> Any:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        undefined=StrictUndefined,
        keep_trailing_newline=True,
        autoescape=False,  # noqa: S701 because what is rendered is Python and JSON, and no page
    )
    return lambda template, words: _with_sorted_imports(environment.get_template(template).render(words))


def _with_sorted_imports(text: str) -> str:
    """The text with each block of imports in order: where the agent's own stand depends on its name."""
    blocks = groupby(text.splitlines(keepends=True), key=lambda line: line.startswith("from "))
    return "".join(line for are, lines in blocks for line in (sorted(lines, key=_module) if are else lines))


def _module(line: str) -> str:
    return line.split()[1]


def _steps(render: Any, words: Mapping[str, Any], root: Path) -> str:
    """What is left to do by hand, fitted to the definition and the list as they stand now."""
    definition = (root / DEFINITION).read_text(encoding="utf-8")
    places = [int(place) for place in re.findall(r'"discovered\.\$": "\$\[(\d+)\]"', definition)]
    listed = re.findall(r'^    "(\w+)",\n\)$', (root / REGISTRATION).read_text(encoding="utf-8"), re.MULTILINE)
    if len(places) != 2 or len(listed) != 1:
        raise BadInput([f"{DEFINITION} or {REGISTRATION} is not as this expects; see docs/adding-an-agent.md"])
    branches = {f"{one}_branch": render(f"{one}_branch.json.j2", words) for one in ("collect", "analyse")}
    numbers = {"collected": places[0], "analysed": places[1], "last": listed[0]}
    return str(render("steps.md.j2", {**words, **branches, **numbers}))
