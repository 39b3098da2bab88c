"""State folders with reviews in them, and hands that change what lies there."""

import json
from collections import deque
from collections.abc import Callable
from pathlib import Path
from typing import Any

from local.accounts import account_in_folder
from local.moto_seams import Pace
from local.review import ReviewResult, run_review
from local.state_folder import StateFolder, StoredObject

Json = dict[str, Any]


def review_into(state: Path, as_of: str = "2026-11-16", **request: Any) -> ReviewResult:
    """One review of the sample account, kept in the folder."""
    result = run_review(
        {"as_of": as_of, "requested_by": "tests", **request},
        account_in_folder(None),
        StateFolder(state),
        on_events=lambda events: deque(events, maxlen=0).clear(),
        say=_nobody_waits,
        pace=Pace(wait_scale=0.001),
    )
    assert result.error == "", result.cause
    return result


def _nobody_waits(said: str) -> None:
    raise AssertionError(said)


def kept_in(state: Path, part: str) -> StoredObject:
    """The one object whose key holds the part."""
    (found,) = [one for one in StateFolder(state).read().objects if part in one.key]
    return found


def changed_on_disk(state: Path, part: str, change: Callable[[str], str]) -> str:
    """Changes the stored content where it lies, as no program would; returns its key."""
    kept = kept_in(state, part)
    place = state / "objects" / kept.sha256[:2] / kept.sha256
    before = place.read_text()
    after = change(before)
    assert after != before
    place.write_text(after)
    return kept.key


def report_in(result: ReviewResult) -> Json:
    document: Json = json.loads(result.files["report.json"])
    return document
