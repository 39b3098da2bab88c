"""finops events: what agents, reviews and AWS announced, what became of it, and putting an event oneself."""

import argparse
from pathlib import Path
from typing import Any

from local.options.common import account_of, add_account, add_state
from workflows.errors import together

LATEST = 20


def add(commands: Any) -> None:
    """Adds the commands."""
    events = commands.add_parser("events", help="the latest events, and what became of each; or put one: events send")
    events.set_defaults(run=_events)
    events.add_argument("--follow", action="store_true", help="go on, and tell of each event as it comes")
    events.add_argument("--last", type=_count, default=LATEST, metavar="N", help=f"how many (default: {LATEST})")
    events.add_argument("--json", action="store_true", help="print them as JSON; with --follow, one a line")
    add_state(events)
    _add_send(events.add_subparsers(metavar="send", parser_class=type(events)))


def _add_send(below: Any) -> None:
    told = "put an event here, as AWS or a topic would, and run what it starts"
    send = below.add_parser("send", help=told, description=f"{told[0].upper()}{told[1:]}.")
    send.set_defaults(run=_send)
    what = "an event as EventBridge delivers it, or a topic's message as Lambda gets it, as JSON"
    send.add_argument("file", type=Path, metavar="FILE", help=what)
    send.add_argument("--json", action="store_true", help="print as JSON what became of it")
    add_account(send)
    add_state(send, below_another=True)


def _events(options: argparse.Namespace) -> int:
    from local.commands.events import events_command, follow_command

    if options.follow:
        return follow_command(options.state, as_json=options.json)
    return events_command(options.state, last=options.last, as_json=options.json)


def _send(options: argparse.Namespace) -> int:
    from local.commands.send_event import send_command
    from local.sent_event import read_event

    with together() as problems:
        event = problems.of(lambda: read_event(options.file))
        account = problems.of(lambda: account_of(options))
    return send_command(account, event, state=options.state, as_json=options.json)


def _count(text: str) -> int:
    if not (text.isascii() and text.isdigit() and int(text) > 0):
        raise argparse.ArgumentTypeError(f"{text[:20]!r} is not a whole number above 0")
    return int(text)
