"""finops record: runs a review and keeps what AWS said, so that it can be replayed anywhere."""

import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from local.accounts import ReadAccount
from local.console import console_for
from local.embedded_aws import PAID_REQUESTS_TABLE
from local.recording import Recorder, check_free, write_recording
from local.review import Events, checked_request, run_review
from local.state_folder import State, StateFolder

RECORDED, FAILED = 0, 1


def record_command(account: ReadAccount, folder: Path, *, document: Any, state: Path) -> int:
    """Writes the folder, or nothing. The review starts from an empty state, so that it asks everything.

    Only the count of paid requests is taken from the state folder and put back: the day's cap holds here too.
    """
    check_free(folder)
    request = checked_request(document, account)
    console = console_for(sys.stdout)
    console.print(f"[bold]Recording[/bold] {account.title}, as of {request['as_of']}", highlight=False)
    recorder = Recorder()
    recorder.listen_to(account.session)
    with _counting_in(StateFolder(state), console.print) as empty:
        result = run_review(request, account, empty, on_events=_unwatched, say=console.print)
    if result.report is None:
        print(f"finops: the review failed: {result.error}: {result.cause}; nothing was written", file=sys.stderr)  # noqa: T201
        return FAILED
    write_recording(folder, account, request["as_of"], recorder.recorded)
    console.print(f"{len(recorder.recorded)} responses are kept in {folder}. Replay: finops review --account {folder}")
    if recorder.unanswered:
        console.print(f"{recorder.unanswered} requests got no answer at all; the replay answers them with an error.")
    return RECORDED


@contextmanager
def _counting_in(kept: StateFolder, say: Callable[[str], None]) -> Iterator[StateFolder]:
    """An empty state folder with the count of paid requests that is kept; afterwards that count is kept again."""
    with kept.held(say), tempfile.TemporaryDirectory() as temporary:
        before, empty = kept.read(), StateFolder(Path(temporary))
        empty.replace(State(tables={PAID_REQUESTS_TABLE: before.tables.get(PAID_REQUESTS_TABLE, [])}))
        yield empty
        counted = {PAID_REQUESTS_TABLE: empty.read().tables[PAID_REQUESTS_TABLE]}
        kept.replace(before.model_copy(update={"tables": {**before.tables, **counted}}))


def _unwatched(_events: Events) -> None:
    """A recording shows no progress."""
