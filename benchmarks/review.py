"""What `finops review` takes as a whole process, beside its floor, in one run.

Each is run in turn (review, floor, review, floor …), so that a machine that changes its speed changes both; the
ratio is taken pair by pair. Prints a table and, with --json FILE, saves it; then what a review pays for.
"""

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict, dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table

from benchmarks import paid_requests

PAIRS = 5


@dataclass(frozen=True)
class Measured:
    """One process: wall and processor seconds, and the most memory that it held."""

    wall_s: float
    cpu_s: float
    peak_mb: float


def measure(module: str, *arguments: str) -> Measured:
    """Runs the module as a process of its own, in an empty folder."""
    with tempfile.TemporaryDirectory() as folder:
        started = time.perf_counter()
        process = subprocess.Popen(  # noqa: S603 because both are ours
            [sys.executable, "-m", module, *arguments], cwd=folder, stdout=subprocess.DEVNULL, env=_environment()
        )
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - started
    if status != 0:
        raise SystemExit(f"{module} ended with {os.waitstatus_to_exitcode(status)}: nothing was measured.")
    scale = 1024 if sys.platform.startswith("linux") else 1024 * 1024
    return Measured(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / scale)


def _environment() -> dict[str, str]:
    root = Path(__file__).resolve().parent.parent
    return {**os.environ, "PYTHONPATH": str(root), "POWERTOOLS_LOG_LEVEL": "CRITICAL"}


def main() -> int:
    """Measures and prints; never fails on a slow machine."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--pairs", type=int, default=PAIRS)
    options.add_argument("--json", type=Path)
    given = options.parse_args()
    measure("local.command_line", "review"), measure("benchmarks.floor")  # so that both find their files in memory
    pairs = [(measure("local.command_line", "review"), measure("benchmarks.floor")) for _ in range(given.pairs)]
    reviews, floors = [one for one, _ in pairs], [one for _, one in pairs]
    ratios = [review.wall_s / floor.wall_s for review, floor in pairs]

    table = Table(
        title=f"{given.pairs} pairs on {platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}"
    )
    for header in ("", "wall s (median)", "min – max", "cpu s", "peak MB"):
        table.add_column(header, justify="left" if not header else "right")
    for name, runs in (("finops review", reviews), ("empty handlers", floors)):
        walls = [one.wall_s for one in runs]
        table.add_row(
            name,
            f"{statistics.median(walls):.2f}",
            f"{min(walls):.2f} – {max(walls):.2f}",
            f"{statistics.median(one.cpu_s for one in runs):.2f}",
            f"{max(one.peak_mb for one in runs):.0f}",
        )
    table.add_row("ratio", f"{statistics.median(ratios):.2f}", f"{min(ratios):.2f} – {max(ratios):.2f}", "", "")
    Console().print(table, "target: ratio ≤ 1.5, ≤ 400 MB, ≤ 5 s on two idle cores\n")
    paid_requests.main()
    if given.json:
        rows = {"review": [asdict(one) for one in reviews], "floor": [asdict(one) for one in floors], "ratios": ratios}
        given.json.write_text(json.dumps(rows, indent=1) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
