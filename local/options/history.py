"""finops list, show, explain and replay: the reviews that were run."""

import argparse
from pathlib import Path
from typing import Any

from local.options.common import add_state


def add(commands: Any) -> None:
    """Adds the commands."""
    listing = commands.add_parser("list", help="the reviews that were run here, newest first")
    listing.set_defaults(run=_list)
    listing.add_argument("--json", action="store_true", help="print them as JSON")
    add_state(listing)

    show = commands.add_parser("show", help="one review that was run here, or one of its savings opened")
    show.set_defaults(run=_show)
    show.add_argument("review", metavar="REVIEW", help="its id, the beginning of it, or 'latest'")
    show.add_argument("opportunity", metavar="OPPORTUNITY", nargs="?", help="open one: its id, or the beginning of it")
    show.add_argument("--json", action="store_true", help="print it as JSON")
    show.add_argument("--output", type=Path, metavar="DIR", help="write the report's files there")
    add_state(show)

    explain = commands.add_parser("explain", help="the way of one saving from AWS's responses to the counted amount")
    explain.set_defaults(run=_explain)
    explain.add_argument("opportunity", metavar="OPPORTUNITY", help="its id in the report, or the beginning of it")
    explain.add_argument("--review", default="latest", metavar="REVIEW", help="its id (default: the last published)")
    explain.add_argument("--json", action="store_true", help="print it as JSON")
    add_state(explain)

    replay = commands.add_parser("replay", help="make a stored review again of its evidence, and compare every byte")
    replay.set_defaults(run=_replay)
    replay.add_argument("review", metavar="REVIEW", help="its id, the beginning of it, or 'latest'")
    replay.add_argument("--json", action="store_true", help="print it as JSON")
    add_state(replay)


def _list(options: argparse.Namespace) -> int:
    from local.commands.history import list_command

    return list_command(options.state, as_json=options.json)


def _show(options: argparse.Namespace) -> int:
    from local.commands.history import show_command

    return show_command(
        options.state,
        options.review,
        opportunity=options.opportunity,
        output=options.output,
        as_json=options.json,
    )


def _explain(options: argparse.Namespace) -> int:
    from local.commands.explain import explain_command

    return explain_command(options.state, options.opportunity, review=options.review, as_json=options.json)


def _replay(options: argparse.Namespace) -> int:
    from local.commands.replay import replay_command

    return replay_command(options.state, options.review, as_json=options.json)
