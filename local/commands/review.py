"""finops review."""

import sys
from pathlib import Path
from typing import Any

from rich.console import Console

from local.accounts import ReadAccount
from local.commands.events import print_paid
from local.console import console_for
from local.definition import state_machine_definition
from local.output_folder import check_writable, write_files
from local.plan import planned_states
from local.review import ReviewResult, checked_request, run_review
from local.state_folder import StateFolder
from local.terminal_progress import progress_shown
from local.terminal_report import print_report
from local.terminal_tables import plain

EXIT_CODES = {"COMPLETE": 0, "PARTIAL": 3}
FAILED = 1


def review_command(
    account: ReadAccount,
    *,
    document: Any,
    output: Path | None,
    state: Path,
    as_json: bool,
    exemptions: bytes | None = None,
) -> int:
    """Runs a review and shows it; everything that was given is checked before anything is read or written."""
    request = checked_request(document, account, StateFolder(state))
    if output is not None:
        check_writable(output)
    # With --json, standard output holds the report alone; progress goes where people look.
    console = console_for(sys.stderr if as_json else sys.stdout)
    console.print("[bold]FinOps review[/bold] of ", plain(account.title), f", as of {request['as_of']}\n", sep="")
    with progress_shown(console, planned_states(state_machine_definition())) as show:
        result = run_review(
            request, account, StateFolder(state), on_events=show, say=console.print, exemptions=exemptions
        )
    return _show_result(console, result, output, as_json=as_json)


def _show_result(console: Console, result: ReviewResult, output: Path | None, *, as_json: bool) -> int:
    report = result.report
    if report is None:
        print(f"finops: the review failed: {result.error}: {result.cause}", file=sys.stderr)  # noqa: T201
        return FAILED
    if as_json:
        sys.stdout.write(result.files["report.json"].decode())
    else:
        print_report(console, report)
    print_paid(console, result.paid_afterwards)
    if output is not None:
        write_files(output, result.files)
        console.print(f"\nWritten to {output}: {', '.join(result.files)}", highlight=False)
    return EXIT_CODES[report["status"]]
