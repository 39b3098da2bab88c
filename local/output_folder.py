"""A report's files in a folder of the user's: all of them, or none."""

import tempfile
from collections.abc import Mapping
from pathlib import Path

from workflows.cost_review.formats import FORMATS
from workflows.errors import BadInput


class UnwritableOutput(BadInput):
    """A folder that the report cannot be written to."""


def check_writable(folder: Path | None) -> Path | None:
    """The folder, or nothing where none is wanted; UnwritableOutput where files could not be put there."""
    if folder is None:
        return None
    existing = folder
    while not existing.exists() and existing != existing.parent:
        existing = existing.parent
    if not existing.is_dir():
        raise UnwritableOutput([f"--output {folder}: {existing} is not a folder; name another one"])
    in_the_way = [name for name in FORMATS if (folder / name).is_dir()]
    if in_the_way:
        raise UnwritableOutput([f"--output {folder}: {', '.join(in_the_way)} is a folder; name another one"])
    try:
        with tempfile.TemporaryFile(dir=existing):
            pass
    except OSError as error:
        raise UnwritableOutput(
            [f"--output {folder}: cannot be written ({error.strerror}); name another one"]
        ) from error
    return folder


def write_files(folder: Path, files: Mapping[str, bytes]) -> None:
    """Writes the files, each as a whole; they are prepared beside each other before the first one is put in place."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder, prefix=".report-") as prepared:
            for name, content in files.items():
                (Path(prepared) / name).write_bytes(content)
            for name in files:
                (Path(prepared) / name).replace(folder / name)
    except OSError as error:
        raise UnwritableOutput(
            [f"--output {folder}: cannot be written ({error.strerror}); name another one"]
        ) from error
