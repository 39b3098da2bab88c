"""finops accept, dismiss, snooze, done, reopen and decisions: what people decide about savings."""

import argparse
from typing import Any

from local import clock
from local.options.common import add_state

DECISIONS = {
    "accept": "say that a saving is to be carried out",
    "dismiss": "set a saving aside for good; needs --why",
    "snooze": "set a saving aside for a while; needs --until",
    "done": "say that a saving was carried out; later reviews look for it on the bill",
    "reopen": "take back what was decided",
}


def add(commands: Any) -> None:
    """Adds the commands."""
    for verb, told in DECISIONS.items():
        deciding = commands.add_parser(verb, help=told)
        deciding.set_defaults(run=_decide, verb=verb)
        deciding.add_argument("opportunity", metavar="ID", help="the opportunity's id in the report, or its beginning")
        deciding.add_argument("--why", default="", metavar="TEXT", help="the reason, for who reads it later")
        deciding.add_argument("--until", metavar="DATE", help="the day on which a snooze ends, YYYY-MM-DD")
        deciding.add_argument("--on", metavar="DATE", help="the day on which it was done (default: today), YYYY-MM-DD")
        deciding.add_argument("--by", metavar="NAME", help="who decides (default: you, as this machine knows you)")
        add_state(deciding)
    decided = commands.add_parser("decisions", help="what was decided about savings, the latest first")
    decided.set_defaults(run=_decisions)
    decided.add_argument("--json", action="store_true", help="print them as JSON")
    add_state(decided)


def _decide(options: argparse.Namespace) -> int:
    from local.commands.decisions import asked_for, decide_command

    wish = asked_for(
        options.verb, options.opportunity, why=options.why, until=options.until, by=options.by, on=options.on
    )
    return decide_command(options.state, wish)


def _decisions(options: argparse.Namespace) -> int:
    from local.commands.decisions import decisions_command

    return decisions_command(options.state, as_json=options.json, now=clock.now())
