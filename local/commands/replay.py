"""finops replay: a stored review, made again of its stored evidence, and whether every byte is the same."""

import json
import sys
from dataclasses import asdict
from pathlib import Path

from local.commands.history import find_review, reviews
from local.console import console_for
from local.replaying import Replay, replay
from local.state_folder import StateFolder
from local.terminal_tables import plain
from tasks.steps.consolidate_findings import CONSOLIDATED
from workflows.cost_review.formats import REPORT_JSON
from workflows.errors import BadInput

SAME, DIFFERS = 0, 1


def replay_command(state: Path, named: str, *, as_json: bool) -> int:
    """Prints what is the same and where what is not first differs; 1 where anything differs or was changed since."""
    folder = StateFolder(state)
    review_id, files = find_review(reviews(folder), named, state)
    if not {CONSOLIDATED, REPORT_JSON} <= files.keys():
        raise BadInput([f"review {review_id} failed before it came to a report; there is nothing to make again"])
    found = replay(folder, review_id, files)
    if as_json:
        sys.stdout.write(json.dumps(_document(found), indent=1) + "\n")
    else:
        _print(found)
    return SAME if found.same else DIFFERS


def _document(found: Replay) -> dict[str, object]:
    return {
        "review_id": found.review_id,
        "same": found.same,
        "documents": [{**asdict(one), "same": one.same} for one in found.compared],
        "damaged": dict(found.damaged),
        "copied": list(found.copied),
    }


def _print(found: Replay) -> None:
    console = console_for(sys.stdout)

    def say(word: str, text: str, style: str = "") -> None:
        said = plain(f"{word:<9}{text}")
        said.stylize(style, 0, len(word))
        said.overflow = "fold"
        console.print(said, highlight=False)

    say("Replay", f"of review {found.review_id}", "bold")
    for key, why in found.damaged.items():
        say("CHANGED", f"{key}: {why}", "bold red")
    for one in found.compared:
        if one.same:
            say("same", f"{one.what} ({one.size} bytes)")
            continue
        say("DIFFERS", f"{one.what} at {one.where}", "bold red")
        say("", f"was {one.was}")
        say("", f"is  {one.now}")
    for what in found.copied:
        say("copied", f"{what}: not made again, so that it is not proven")
    console.print()
    if found.same:
        say("Same", "in every byte. Of what was copied that proves nothing.", "bold")
    else:
        say("Not same:", " the review cannot be made again as it was.", "bold red")
