"""finops agents: the built-in agents."""

import argparse
from typing import Any


def add(commands: Any) -> None:
    """Adds the commands."""
    agents = commands.add_parser("agents", help="the agents of this checkout: new makes another one")
    deeds = agents.add_subparsers(required=True, metavar="DEED")
    add_new(deeds)


def add_new(deeds: Any) -> None:
    """Adds `finops agents new`."""
    new = deeds.add_parser("new", help="the folder of a new built-in agent, its test and its sample answers")
    new.set_defaults(run=_new)
    new.add_argument("name", metavar="NAME", help="its folder's name, such as unattached_volumes")
    reads = "what it asks AWS, with boto3's name of the service (default: %(default)s)"
    new.add_argument("--reads", default="ec2:DescribeVolumes", metavar="SERVICE:OPERATION", help=reads)


def _new(options: argparse.Namespace) -> int:
    from local.commands.new_agent import new_agent_command

    return new_agent_command(options.name, reads=options.reads)
