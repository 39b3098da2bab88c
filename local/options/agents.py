"""finops agents: who can do their work, and why not."""

import argparse
from typing import Any

from local import clock
from local.options.common import add_state


def add(commands: Any) -> None:
    """Adds the commands."""
    agents = commands.add_parser("agents", help="who is ready for a review, why not, since when, and the remedy")
    agents.set_defaults(run=_agents)
    agents.add_argument("--json", action="store_true", help="print them as JSON, with the last changes")
    add_state(agents)


def _agents(options: argparse.Namespace) -> int:
    from local.commands.agents import agents_command

    return agents_command(options.state, as_json=options.json, now=clock.now())
