"""finops agents: who can do their work, and why not; and how there come to be more of them."""

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
    deeds = agents.add_subparsers(metavar="DEED")
    _add_new(deeds)


def _add_new(deeds: Any) -> None:
    new = deeds.add_parser("new", help="the folder of a new built-in agent, its test and its sample answers")
    new.set_defaults(run=_new)
    new.add_argument("name", metavar="NAME", help="its folder's name, such as unattached_volumes")
    reads = "what it asks AWS, with boto3's name of the service (default: %(default)s)"
    new.add_argument("--reads", default="ec2:DescribeVolumes", metavar="SERVICE:OPERATION", help=reads)


def _agents(options: argparse.Namespace) -> int:
    from local.commands.agents import agents_command

    return agents_command(options.state, as_json=options.json, now=clock.now())


def _new(options: argparse.Namespace) -> int:
    from local.commands.new_agent import new_agent_command

    return new_agent_command(options.name, reads=options.reads)
