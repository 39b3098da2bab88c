"""One review, run here from start to end: the state folder, the emulated AWS, the real definition and handlers."""

import json
import secrets
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from local import clock
from local.accounts import ReadAccount
from local.agent_handlers import functions_of_other_teams
from local.embedded_aws import BUCKET, REGISTRY_TABLE, Around, EmbeddedAws, embedded_aws, outcome_of
from local.event_journal import EventJournal
from local.event_rows import paid_for
from local.following import follow
from local.keeping import forget_states_of_others, keep, note_states_as_of, restore
from local.moto_seams import LambdaFunction, Pace, recorded_history
from local.state_folder import InvalidStateFolder, StateFolder
from tasks.agent_registry import names_of
from tasks.exemptions import EXEMPTIONS_KEY
from tasks.shared_context import REVIEWS_PREFIX
from tasks.steps import function_name
from tasks.steps.prepare_review import accepted
from workflows.cost_review.formats import FORMATS, REPORT_JSON

Events = Iterable[Mapping[str, Any]]
Served = AbstractContextManager[EmbeddedAws]


@dataclass(frozen=True)
class ReviewResult:
    """What a review came to: its files where it was published, else why it failed.

    paid_afterwards counts the paid requests that its events led to; its report, being there before, knows of none.
    """

    review_id: str
    files: Mapping[str, bytes]
    error: str = ""
    cause: str = ""
    paid_afterwards: int = 0

    @property
    def report(self) -> Mapping[str, Any] | None:
        """The report, or None where the review failed."""
        content = self.files.get(REPORT_JSON)
        return None if content is None else json.loads(content)


def checked_request(document: object, account: ReadAccount, folder: StateFolder | None = None) -> dict[str, Any]:
    """The request that will be sent; it takes the account's own date where it names none.

    What PrepareReview would refuse is refused here already: InvalidReviewRequest names every wrong field. folder keeps
    the registry of other teams' agents.
    """
    document = _dated(document, account.as_of)
    registered = folder.read().tables.get(REGISTRY_TABLE, []) if folder else []
    accepted(document, clock.today(), lambda: names_of(registered))
    assert isinstance(document, dict)  # noqa: S101 because nothing else is accepted
    return document


def looking_from(day: date) -> Around:
    """Reviews that name no date look from this day; those that an event starts name none."""

    def around(name: str, function: LambdaFunction) -> LambdaFunction:
        if name != function_name("PrepareReview"):
            return function
        return lambda event: function({**event, "request": _dated(event["request"], day)})

    return around


def _dated(document: Any, day: date) -> Any:
    if isinstance(document, dict) and document.get("as_of") is None:
        return {**document, "as_of": day.isoformat()}
    return document


def run_review(
    request: Mapping[str, Any],
    account: ReadAccount,
    folder: StateFolder,
    *,
    on_events: Callable[[Events], None],
    say: Callable[[str], None],
    pace: Pace = Pace(),  # noqa: B008 because it is frozen
    exemptions: bytes | None = None,
) -> ReviewResult:
    """Runs one review; afterwards the state folder holds it, whether it was published or failed.

    exemptions take the place of those that are kept, from this review on.
    """
    review_id = new_review_id()
    with running_on(account, folder, say=say, pace=pace) as aws:
        if exemptions is not None:
            aws.clients("s3").put_object(Bucket=BUCKET, Key=EXEMPTIONS_KEY, Body=exemptions)
        result = followed(aws, aws.start(request, review_id), on_events)
    return replace(result, paid_afterwards=paid_for(aws.deliveries.entries))


@contextmanager
def running_on(
    account: ReadAccount,
    folder: StateFolder,
    *,
    say: Callable[[str], None],
    pace: Pace = Pace(),  # noqa: B008 because it is frozen
) -> Iterator[EmbeddedAws]:
    """The embedded AWS with what the folder keeps, reading the account.

    Afterwards the folder keeps what there is when everything has ended that was started, by events too.
    """
    journal = EventJournal.of(folder.path)
    with folder.held(say), _served(account, folder, pace, journal) as aws:
        restore(folder, aws.clients)
        forget_states_of_others(aws.clients, account.identity)
        yield aws
        aws.settle()
        note_states_as_of(aws.clients, account.identity)
        try:
            keep(folder, aws.clients)
        except InvalidStateFolder as error:
            # The review itself is done, and on a real account paid for: it is shown, and what was not kept is said.
            say(f"The review was not kept: {error}")
    if journal.trouble:
        say(f"Events were not noted: {journal.trouble}")


def _served(account: ReadAccount, folder: StateFolder, pace: Pace, journal: EventJournal) -> Served:
    return embedded_aws(
        account.clients,
        account.settings,
        pace=pace,
        around=looking_from(account.as_of),
        of_other_teams=functions_of_other_teams(folder),
        journal=journal,
    )


def followed(aws: EmbeddedAws, execution_arn: str, on_events: Callable[[Events], None]) -> ReviewResult:
    """What the review came to, once it has ended; on_events is handed its events meanwhile."""
    states = aws.clients("stepfunctions")
    outcome = outcome_of(follow(states, execution_arn, on_events, read_history=recorded_history, poll_s=0.03))
    review_id = execution_arn.rpartition(":")[2]
    files = review_files(aws, review_id) if "error" not in outcome else {}
    return ReviewResult(review_id, files, str(outcome.get("error", "")), str(outcome.get("cause", "")))


def new_review_id() -> str:
    """An execution's name: sorts by time, to the millisecond, and no two are the same."""
    now = clock.now()
    return f"{now:%Y%m%dT%H%M%S}{now.microsecond // 1000:03d}Z-{secrets.token_hex(3)}"


def review_files(aws: EmbeddedAws, review_id: str) -> dict[str, bytes]:
    """The published files of a review, in the formats that it was published in."""
    s3 = aws.clients("s3")
    return {
        name: s3.get_object(Bucket=BUCKET, Key=f"{REVIEWS_PREFIX}/{review_id}/{name}")["Body"].read()
        for name in FORMATS
    }
