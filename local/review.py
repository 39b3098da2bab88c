"""One review, run here from start to end: the state folder, the emulated AWS, the real definition and handlers."""

import json
import secrets
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from local import clock
from local.accounts import ReadAccount
from local.embedded_aws import BUCKET, REGISTRY_TABLE, EmbeddedAws, embedded_aws, outcome_of
from local.following import follow
from local.keeping import keep, restore
from local.moto_seams import Pace, recorded_history
from local.state_folder import InvalidStateFolder, StateFolder
from tasks.agent_registry import names_of
from tasks.exemptions import EXEMPTIONS_KEY
from tasks.shared_context import REVIEWS_PREFIX
from tasks.steps.prepare_review import accepted
from workflows.cost_review.formats import FORMATS, REPORT_JSON

Events = Iterable[Mapping[str, Any]]


@dataclass(frozen=True)
class ReviewResult:
    """What a review came to: its files where it was published, else why it failed."""

    review_id: str
    files: Mapping[str, bytes]
    error: str = ""
    cause: str = ""

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
    if isinstance(document, dict) and document.get("as_of") is None:
        document = {**document, "as_of": account.as_of.isoformat()}
    registered = folder.read().tables.get(REGISTRY_TABLE, []) if folder else []
    accepted(document, clock.today(), lambda: names_of(registered))
    assert isinstance(document, dict)  # noqa: S101 because nothing else is accepted
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
    served = embedded_aws(account.clients, account.settings, pace=pace)
    with folder.held(say), served as aws:
        restore(folder, aws.clients)
        if exemptions is not None:
            aws.clients("s3").put_object(Bucket=BUCKET, Key=EXEMPTIONS_KEY, Body=exemptions)
        arn = aws.start(request, review_id)
        description = follow(aws.clients("stepfunctions"), arn, on_events, read_history=recorded_history, poll_s=0.03)
        outcome = outcome_of(description)
        files = review_files(aws, review_id) if "error" not in outcome else {}
        try:
            keep(folder, aws.clients)
        except InvalidStateFolder as error:
            # The review itself is done, and on a real account paid for: it is shown, and what was not kept is said.
            say(f"The review was not kept: {error}")
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
