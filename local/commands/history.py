"""finops list and finops show: the reviews that were run here, read straight from the state folder."""

import json
import sys
from pathlib import Path
from typing import Any

from rich import box
from rich.table import Table

from local.console import console_for
from local.output_folder import check_writable, write_files
from local.state_folder import StateFolder, StoredObject
from local.terminal_report import print_report
from tasks.shared_context import REVIEWS_PREFIX
from tasks.steps.record_failure import FAILURE
from workflows.cost_review.formats import FORMATS, REPORT_JSON
from workflows.cost_review.summary import amount
from workflows.errors import BadInput

LATEST = "latest"


def list_command(state: Path, *, as_json: bool) -> int:
    """Prints a line a review, newest first."""
    folder = StateFolder(state)
    rows = [_summary(folder, review, files) for review, files in reviews(folder).items()]
    if as_json:
        sys.stdout.write(json.dumps(rows, indent=1) + "\n")
        return 0
    console = console_for(sys.stdout)
    if not rows:
        console.print(f"No review was run here yet ({state}). Start one with: finops review", highlight=False)
        return 0
    table = Table("review", "as of", "status", "usage", "commitments", "gaps", box=box.SIMPLE_HEAD, pad_edge=False)
    for row in rows:
        counted = [row["counted_usage"], row["counted_rate"]]
        table.add_row(row["review_id"], row["as_of"], row["status"], *counted, str(row["gaps"]))
    console.print(table)
    return 0


def show_command(state: Path, named: str, *, output: Path | None, as_json: bool) -> int:
    """Prints one review as it was published, or why it failed."""
    folder = StateFolder(state)
    review_id, stored = find_review(reviews(folder), named, state)
    if output is not None:
        check_writable(output)
    if FAILURE in stored:
        failure = json.loads(folder.content(stored[FAILURE]))
        print(f"finops: review {review_id} failed: {failure['error']}: {failure['cause']}", file=sys.stderr)  # noqa: T201
        return 1
    files = {name: folder.content(stored[name]) for name in FORMATS if name in stored}
    if as_json:
        sys.stdout.write(files[REPORT_JSON].decode())
    else:
        print_report(console_for(sys.stdout), json.loads(files[REPORT_JSON]))
    if output is not None:
        write_files(output, files)
    return 0


def reviews(folder: StateFolder) -> dict[str, dict[str, StoredObject]]:
    """The newest version of each review's files by name; newest review first."""
    found: dict[str, dict[str, StoredObject]] = {}
    for kept in sorted(folder.read().objects, key=lambda kept: kept.modified):
        prefix, _, rest = kept.key.partition("/")
        review_id, _, name = rest.partition("/")
        if prefix == REVIEWS_PREFIX and name:
            found.setdefault(review_id, {})[name] = kept
    finished = {review: files for review, files in found.items() if REPORT_JSON in files or FAILURE in files}
    return dict(sorted(finished.items(), key=lambda item: _ended(item[1]), reverse=True))


def _ended(files: dict[str, StoredObject]) -> tuple[Any, str]:
    last = files.get(REPORT_JSON) or files[FAILURE]
    return last.modified, last.key


def find_review(
    known: dict[str, dict[str, StoredObject]], named: str, state: Path
) -> tuple[str, dict[str, StoredObject]]:
    """The one review that is meant: by its id, the beginning of it, or "latest"; BadInput says what else there is."""
    if not known:
        raise BadInput([f"no review was run here yet ({state}); start one with: finops review"])
    if named == LATEST:
        return next(iter(known.items()))
    matching = [(review, files) for review, files in known.items() if review.startswith(named)]
    if len(matching) == 1 or (matching and named in known):
        return next(((review, files) for review, files in matching if review == named), matching[0])
    if matching:
        raise BadInput([f"{named!r} fits {len(matching)} reviews; write more of the id (see: finops list)"])
    raise BadInput([f"no review is called {named!r}; known are {', '.join(list(known)[:5])} (see: finops list)"])


def _summary(folder: StateFolder, review_id: str, files: dict[str, StoredObject]) -> dict[str, Any]:
    if FAILURE in files:
        return {
            "review_id": review_id,
            "as_of": "",
            "status": "FAILED",
            "counted_usage": "",
            "counted_rate": "",
            "gaps": "",
        }
    report = json.loads(folder.content(files[REPORT_JSON]))

    def counted(field: str) -> str:
        return ", ".join(amount(one[field], one["billing_currency"]) for one in report["totals"]) or "none"

    return {
        "review_id": review_id,
        "as_of": report["review"]["as_of"],
        "status": report["status"],
        "counted_usage": counted("counted_usage"),
        "counted_rate": counted("counted_rate"),
        "gaps": sum(row["is_gap"] for row in report["coverage"]),
    }
