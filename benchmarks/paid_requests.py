"""What a comprehensive review pays for, the first and the second of a day, as its own run document says.

Runs over the sample account as it is and as other accounts are: without the Hub, and with commitments of its own.
"""

import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from local.accounts import account_in_folder
from local.moto_seams import Pace
from local.review import run_review
from local.state_folder import StateFolder
from tests.local.account_variants import HUB_NOT_ENROLLED, an_account_folder, owning_commitments

MOST_WITH_THE_HUB, MOST_WITHOUT_IT = 12, 25


@dataclass(frozen=True)
class Paid:
    """Paid requests of one review; waking are those of the self-checks before it, which should be none."""

    requests: int
    usd: Decimal
    waking: int
    woken: int


@dataclass(frozen=True)
class Day:
    """Two reviews of one account on one day, and how many requests the first may send at most."""

    account: str
    first: Paid
    second: Paid
    most: int


def paid_on_a_day(account: str, folder: Path, most: int, *, pace: Pace = Pace()) -> Day:  # noqa: B008 because it is frozen
    """Reviews the account in this folder twice, from an empty state."""
    with tempfile.TemporaryDirectory() as state:
        first, second = (paid(_run_of_a_review(folder, StateFolder(Path(state)), pace)) for _ in range(2))
    return Day(account, first, second, most)


def paid(run: Mapping[str, Any]) -> Paid:
    """What a report's run says that it paid; what no step answered for was paid by the self-checks."""
    cost = run["self_cost"]
    by_steps = sum(step.get("cost_explorer_requests", 0) for step in run["steps"])
    requests = int(cost["cost_explorer_requests"])
    return Paid(requests, Decimal(cost["cost_explorer_usd"]), requests - by_steps, run["woken"])


def days(folder: Path, *, pace: Pace = Pace()) -> list[Day]:  # noqa: B008 because it is frozen
    """All accounts, made below this folder; with the Hub and without it."""
    found = []
    for hub, instead, most in (("with", {}, MOST_WITH_THE_HUB), ("without", HUB_NOT_ENROLLED, MOST_WITHOUT_IT)):
        plain = an_account_folder(folder / hub, instead)
        owning = owning_commitments(an_account_folder(folder / f"{hub}-commitments", instead))
        found.append(paid_on_a_day(f"{hub} the Hub", plain, most, pace=pace))
        found.append(paid_on_a_day(f"{hub} the Hub, with commitments", owning, most, pace=pace))
    return found


def _run_of_a_review(folder: Path, state: StateFolder, pace: Pace) -> Mapping[str, Any]:
    account = account_in_folder(folder)
    request = {"as_of": account.as_of.isoformat(), "requested_by": "benchmark"}
    result = run_review(request, account, state, on_events=lambda _: None, say=lambda _: None, pace=pace)
    if result.report is None:
        raise SystemExit(f"The review failed: {result.error}: {result.cause}; nothing was measured.")
    run: Mapping[str, Any] = result.report["run"]
    return run


def table(found: list[Day]) -> Table:
    """A line an account."""
    shown = Table(title="Cost Explorer requests of a comprehensive review")
    for header in ("account", "first review", "at most", "second of the day", "waking the agents"):
        shown.add_column(header, justify="left" if header == "account" else "right")
    for day in found:
        first, second = (f"{one.requests} (${one.usd})" for one in (day.first, day.second))
        shown.add_row(day.account, first, str(day.most), second, f"{day.first.waking} for {day.first.woken}")
    return shown


def main() -> int:
    """Measures and prints."""
    with tempfile.TemporaryDirectory() as folder:
        Console().print(table(days(Path(folder))))
    return 0


if __name__ == "__main__":
    sys.exit(main())
