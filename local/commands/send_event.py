"""finops events send: puts an event as AWS or a topic would, runs what it starts, and says what became of it."""

import json
import sys
from pathlib import Path
from typing import Any

from rich.console import Console

from local import clock
from local.accounts import ReadAccount
from local.commands.events import document_of, lines, print_paid
from local.commands.history import reviews
from local.commands.review import EXIT_CODES, FAILED
from local.console import console_for
from local.definition import state_machine_definition
from local.embedded_aws import EmbeddedAws
from local.event_rows import EventRow, answers_of, paid_for, rows_of
from local.plan import planned_states
from local.review import ReviewResult, followed, running_on
from local.sent_event import SentEvent
from local.state_folder import StateFolder
from local.terminal_progress import progress_shown
from local.terminal_report import print_report
from local.terminal_tables import plain
from workflows.cost_review.formats import REPORT_JSON
from workflows.errors import BadInput


def send_command(account: ReadAccount, sent: SentEvent, *, state: Path, as_json: bool) -> int:
    """Puts the event and waits for all that it starts; exit codes are those of a review, and 1 for a dead letter.

    BadInput where the folder keeps a review of another account under the name of the one that would answer it.
    """
    _refuse_the_answer_of_another(account, sent, StateFolder(state))
    console = console_for(sys.stderr if as_json else sys.stdout)
    what = f"{sent.event['detail-type']} ({sent.event['source']})"
    console.print("[bold]Event[/bold] ", plain(what), " for ", plain(account.title), "\n", sep="", highlight=False)
    with running_on(account, StateFolder(state), say=console.print) as aws:
        sent.put(aws)
        reviews = _reviews(aws, console)
        rows = {row.event_id: row for row in rows_of(aws.deliveries.entries)}
    row = rows.get(sent.event_id) or EventRow(sent.event_id, clock.now(), sent.event)
    if as_json:
        document = {**document_of(row), "reviews": [_told(review) for review in reviews]}
        sys.stdout.write(json.dumps(document, indent=1, ensure_ascii=False) + "\n")
    else:
        console.print()
        console.print(lines(row.became()), overflow="fold", highlight=False)
        _name_those_of_before(console, row, reviews)
    codes = {_shown(console, review, as_json=as_json) for review in reviews}
    print_paid(console, paid_for(one for one in aws.deliveries.entries if one.event_id != sent.event_id))
    if any(outcome.result == "dead_letter" for outcome in row.outcomes):
        codes.add(FAILED)
    return FAILED if FAILED in codes else max(codes, default=0)


def _refuse_the_answer_of_another(account: ReadAccount, sent: SentEvent, folder: StateFolder) -> None:
    """A review's name is its event's kind and time: in AWS a stack has one account, and here a folder may have more."""
    kept = reviews(folder)
    for name in sent.answered_by:
        if REPORT_JSON not in kept.get(name, {}):
            continue
        accounts = json.loads(folder.content(kept[name][REPORT_JSON]))["accounts"]
        if accounts and account.account_id not in accounts:
            said = f"the review {name} in {folder.path} is of the account {', '.join(accounts)}"
            raise BadInput([f"{said}, and would be taken for the answer; name another folder with --state"])


def _reviews(aws: EmbeddedAws, console: Console) -> list[ReviewResult]:
    """The reviews that run because of the event, and because of what they announce, each followed to its end."""
    results: dict[str, ReviewResult] = {}
    while True:
        aws.deliveries.wait()
        started = [arn for arn in aws.executions() if arn not in results]
        if not started:
            return list(results.values())
        for arn in started:
            with progress_shown(console, planned_states(state_machine_definition())) as show:
                results[arn] = followed(aws, arn, show)


def _name_those_of_before(console: Console, row: EventRow, reviews: list[ReviewResult]) -> None:
    """An event that came before, or in the window of another one, runs nothing: its review is there already."""
    now = {review.review_id for review in reviews}
    answers = [answer for outcome in row.outcomes for answer in answers_of(outcome)]
    before = {str(answer["review_id"]) for answer in answers if answer.get("review_id")} - now
    for review_id in sorted(before):
        console.print(plain(f"It ran before; finops show {review_id} shows it."), overflow="fold", highlight=False)


def _told(review: ReviewResult) -> dict[str, Any]:
    status = "FAILED" if review.report is None else review.report["status"]
    return {"review_id": review.review_id, "status": status, "error": review.error, "cause": review.cause}


def _shown(console: Console, review: ReviewResult, *, as_json: bool) -> int:
    report = review.report
    if report is None:
        print(f"finops: review {review.review_id} failed: {review.error}: {review.cause}", file=sys.stderr)  # noqa: T201
        return FAILED
    if not as_json:
        print_report(console, report)
    return EXIT_CODES[report["status"]]
