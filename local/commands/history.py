"""finops list and finops show: the reviews that were run here, read straight from the state folder."""

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from local.console import console_for
from local.explaining import opportunity_named
from local.output_folder import check_writable, write_files
from local.state_folder import StateFolder, StoredObject
from local.terminal_opportunities import print_opened
from local.terminal_report import COLOURS, print_report
from local.terminal_tables import WIDE, a_table, plain
from tasks.shared_context import REVIEWS_PREFIX
from tasks.steps.record_failure import FAILURE
from workflows.cost_review.formats import FORMATS, REPORT_JSON
from workflows.cost_review.words import amount
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
    wide = console.width >= WIDE
    figures = ("by using less", "verified", "by commitments")
    more = ("as of", "gaps") if wide else ()
    table = a_table("review", "status", *figures, *more, right=(*figures, "gaps"), whole=("review", "status", "as of"))
    for row in rows:
        # A line a currency: what is in one cell is never a sum.
        counted = (row[name].replace(", ", "\n") for name in ("counted_usage", "verified_usage", "counted_rate"))
        table.add_row(
            plain(row["review_id"]),
            plain(row["status"], COLOURS.get(row["status"], "yellow")),
            *counted,
            *((row["as_of"], str(row["gaps"])) if wide else ()),
        )
    console.print(table)
    return 0


def show_command(state: Path, named: str, *, opportunity: str | None, output: Path | None, as_json: bool) -> int:
    """Prints one review as it was published, or one of its opportunities opened, or why the review failed."""
    folder = StateFolder(state)
    review_id, stored = find_review(reviews(folder), named, state)
    if output is not None:
        check_writable(output)
    if FAILURE in stored:
        failure = json.loads(folder.content(stored[FAILURE]))
        print(f"finops: review {review_id} failed: {failure['error']}: {failure['cause']}", file=sys.stderr)  # noqa: T201
        return _failed(folder, stored)
    files = {name: folder.content(stored[name]) for name in FORMATS if name in stored}
    report = json.loads(files[REPORT_JSON])
    if opportunity is not None:
        _show_one(opportunity_named(report, opportunity), as_json=as_json)
    elif as_json:
        sys.stdout.write(files[REPORT_JSON].decode())
    else:
        print_report(console_for(sys.stdout), report)
    if output is not None:
        write_files(output, files)
    return 0


def _failed(folder: StateFolder, stored: dict[str, StoredObject]) -> int:
    """A report that failed its audit is shown too: it states no figure, and what was found."""
    if REPORT_JSON in stored:
        print_report(console_for(sys.stdout), json.loads(folder.content(stored[REPORT_JSON])))
    return 1


def _show_one(opportunity: Mapping[str, Any], *, as_json: bool) -> None:
    if as_json:
        sys.stdout.write(json.dumps(opportunity, indent=1, ensure_ascii=False) + "\n")
    else:
        print_opened(console_for(sys.stdout), opportunity)


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
            "verified_usage": "",
            "counted_rate": "",
            "gaps": "",
        }
    report = json.loads(folder.content(files[REPORT_JSON]))

    def counted(field: str) -> str:
        amounts = [amount(one.get(field), one["billing_currency"]) for one in report["totals"]]
        return ", ".join(amounts) or "none"

    return {
        "review_id": review_id,
        "as_of": report["review"]["as_of"],
        "status": report["status"],
        "counted_usage": counted("counted_usage"),
        "verified_usage": counted("verified_usage"),
        "counted_rate": counted("counted_rate"),
        "gaps": sum(row["is_gap"] for row in report["coverage"]),
    }
