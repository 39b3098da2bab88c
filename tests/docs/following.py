"""Follows a page of docs/ to the letter: its shell commands are run, and what it says to replace is replaced."""

import os
import re
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
NOT_COPIED = (".git", ".venv", ".finops", ".*_cache", ".hypothesis", "__pycache__", "*.egg-info", "cdk.out", "build")
COMMANDS = re.compile(r"^```sh\n(.*?)^```$", re.MULTILINE | re.DOTALL)
REPLACEMENT = re.compile(
    r"[Ii]n (?:`(?P<path>[^`]+)`|the same file), replace\n\n"
    r"```\w+\n(?P<old>.*?)\n```\n\nby\n\n```\w+\n(?P<new>.*?)\n```",
    re.DOTALL,
)


@dataclass(frozen=True)
class Checkout:
    """A copy of the project in which commands are run as the page has them."""

    root: Path

    def run(self, commands: str) -> str:
        """What the commands print; AssertionError with what they said where one of them fails."""
        environment = {**os.environ, "PYTHONPATH": str(self.root)}  # before the installed project, which is another
        shell = ["bash", "-euo", "pipefail", "-c", commands]
        ran = subprocess.run(  # noqa: S603 because the commands are our own page's
            shell, cwd=self.root, env=environment, capture_output=True, text=True, check=False
        )
        assert ran.returncode == 0, f"{commands}\n{ran.stdout}\n{ran.stderr}"
        return ran.stdout

    def run_side_by_side(self, blocks: list[str]) -> None:
        """Blocks of commands that need nothing of each other."""
        with ThreadPoolExecutor() as pool:
            list(pool.map(self.run, blocks))

    def replace(self, text: str) -> int:
        """How many replacements the text names; each is made, in the one place where what is to go stands."""
        path, made = "", 0
        for found in REPLACEMENT.finditer(text):
            path = found["path"] or path
            file = self.root / path
            content = file.read_text(encoding="utf-8")
            assert content.count(found["old"]) == 1, (
                f"{path} has this {content.count(found['old'])} times: {found['old']}"
            )
            file.write_text(content.replace(found["old"], found["new"]), encoding="utf-8")
            made += 1
        return made


def a_checkout(root: Path) -> Checkout:
    """A fresh copy of the project, with the environment of this run as its .venv."""
    shutil.copytree(REPOSITORY, root, ignore=shutil.ignore_patterns(*NOT_COPIED))
    (root / ".venv").symlink_to(sys.prefix)
    return Checkout(root)
