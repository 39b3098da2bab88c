"""Writes the JSON schemas of our events and of the contract with other teams' agents: `python -m tasks.schemas`."""

from collections.abc import Mapping
from pathlib import Path

from workflows.discovery import schemas as discovery
from workflows.events import schemas as events


def write_schemas(folder: Path, files: Mapping[str, str]) -> None:
    """Afterwards the folder holds these schemas, and none of what is not said any more."""
    for left in folder.glob("*.json"):
        if left.name not in files:
            left.unlink()
    for name, content in files.items():
        (folder / name).write_text(content, encoding="utf-8")


if __name__ == "__main__":
    write_schemas(events.FOLDER, events.schema_files())
    write_schemas(discovery.FOLDER, discovery.schema_files())
