"""finops agents: who can do their work, and why not; and how there come to be more of them."""

import argparse
from pathlib import Path
from typing import Any

from local import clock
from local.options.common import add_state


def add(commands: Any) -> None:
    """Adds the commands."""
    told = "who is ready for a review, why not, since when, and the remedy; or add an agent: agents register"
    agents = commands.add_parser("agents", help=told)
    agents.set_defaults(run=_agents)
    agents.add_argument("--json", action="store_true", help="print them as JSON, with the last changes")
    add_state(agents)
    deeds = agents.add_subparsers(metavar="DEED", parser_class=type(agents))
    add_new(deeds)
    add_register(deeds)
    add_remove(deeds)
    add_check(deeds)


def add_new(deeds: Any) -> None:
    """Adds `finops agents new`."""
    new = deeds.add_parser("new", help="the folder of a new built-in agent, its test and its sample answers")
    new.set_defaults(run=_new)
    new.add_argument("name", metavar="NAME", help="its folder's name, such as unattached_volumes")
    reads = "what it asks AWS, with boto3's name of the service (default: %(default)s)"
    new.add_argument("--reads", default="ec2:DescribeVolumes", metavar="SERVICE:OPERATION", help=reads)


def add_register(deeds: Any) -> None:
    """Adds `finops agents register`."""
    told = "have another team's agent take part in the reviews that run here"
    register = deeds.add_parser("register", help=told, description=f"{told[0].upper()}{told[1:]}.")
    register.set_defaults(run=_register)
    register.add_argument("card", type=Path, metavar="CARD", help="the agent's card, a JSON file")
    file = "the Python file that stands for its function here; it is run as you, in a process of its own: read it first"
    register.add_argument("--handler", metavar="FILE.py[:FUNCTION]", help=file)
    replacing = "take the place of the function or the file that is registered under this name"
    register.add_argument("--replace", action="store_true", help=replacing)
    item = "print it as the item that an AWS deployment's registry takes, and register nothing here"
    register.add_argument("--print-item", action="store_true", help=item)
    register.add_argument("--by", metavar="NAME", help="who registers it (default: you)")
    add_state(register, below_another=True)


def add_remove(deeds: Any) -> None:
    """Adds `finops agents remove`."""
    remove = deeds.add_parser("remove", help="have another team's agent take part no more")
    remove.set_defaults(run=_remove)
    remove.add_argument("name", metavar="NAME", help="the agent's name, as its card says it")
    add_state(remove, below_another=True)


def add_check(deeds: Any) -> None:
    """Adds `finops agents check`."""
    told = "ask an agent's function as a review would, and say which rules of the contract it keeps"
    check = deeds.add_parser("check", help=told, description=f"{told[0].upper()}{told[1:]}.")
    check.set_defaults(run=_check)
    what = "FILE.py[:FUNCTION], which is run in a process of its own; or with --profile the name or ARN of a function"
    check.add_argument("function", metavar="FUNCTION", help=what)
    card = "its card (default: card.json beside the file); without one, what a card would declare is not checked"
    check.add_argument("--card", type=Path, metavar="CARD", help=card)
    real = "invoke the deployed function with this profile, for real: twice, and nothing else is asked of the account"
    check.add_argument("--profile", metavar="NAME", help=real)
    check.add_argument("--json", action="store_true", help="print the rules as JSON")


def _agents(options: argparse.Namespace) -> int:
    from local.commands.agents import agents_command

    return agents_command(options.state, as_json=options.json, now=clock.now())


def _new(options: argparse.Namespace) -> int:
    from local.commands.new_agent import new_agent_command

    return new_agent_command(options.name, reads=options.reads)


def _register(options: argparse.Namespace) -> int:
    from local.commands.register_agent import print_item_command, register_command

    if options.print_item:
        return print_item_command(options.card, by=options.by)
    return register_command(options.card, options.handler, state=options.state, replace=options.replace, by=options.by)


def _remove(options: argparse.Namespace) -> int:
    from local.commands.register_agent import remove_command

    return remove_command(options.name, state=options.state)


def _check(options: argparse.Namespace) -> int:
    from local.commands.check_agent import check_command

    return check_command(options.function, card=options.card, profile=options.profile, as_json=options.json)
