"""Writes the JSON schemas of our events where the repository keeps them: `python -m tasks.event_schemas`."""

from pathlib import Path

from workflows.events.schemas import FOLDER, schema_files


def write_schemas(folder: Path) -> None:
    """Afterwards the folder holds the schema of each event, and of none that is not announced any more."""
    files = schema_files()
    for left in folder.glob("*.json"):
        if left.name not in files:
            left.unlink()
    for name, content in files.items():
        (folder / name).write_text(content, encoding="utf-8")


if __name__ == "__main__":
    write_schemas(FOLDER)
