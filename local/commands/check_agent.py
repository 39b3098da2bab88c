"""finops agents check: the contract test, on a Python file or on a function that is deployed."""

import json
import sys
import time
from dataclasses import asdict
from pathlib import Path

from rich.console import Console

from local import clock
from local.commands.register_agent import asking, card_in
from local.console import console_for
from local.embedded_aws import embedded_settings
from local.handler_process import Handler
from local.profiles import check_environment, session_of_profile
from local.terminal_tables import plain, say
from tasks.agents.discovered.contract_check import NOTHING_TO_CHECK, Ask, Clocks, ContractCheck, check_contract
from tasks.agents.discovered.invoking import asked
from tasks.wiring import SessionClients, World
from workflows.discovery.card import FUNCTION_ARN, AgentCard
from workflows.discovery.contract import Question
from workflows.errors import BadInput, together

KEPT, BROKEN = 0, 1
CARD = "card.json"
INVOKE = "lambda:Invoke"
MARKS = {"kept": ("✓", "green"), "broken": ("✗", "red"), "not_checked": ("–", "dim")}


def check_command(function: str, *, card: Path | None, profile: str | None, as_json: bool) -> int:
    """Prints each rule with what became of it; 0 where none is broken, else 1."""
    with together() as problems:
        ask = problems.of(lambda: asking(Handler.named(function)) if profile is None else _of_lambda(function, profile))
        read = problems.of(lambda: _card(function, card, profile))
    name = _name(function, profile)
    check = check_contract(ask, card=read, name=name, clocks=Clocks(clock.now, time.perf_counter))
    if as_json:
        sys.stdout.write(json.dumps({"function": function, "kept": check.is_kept, **asdict(check)}, indent=1) + "\n")
    else:
        print_check(console_for(sys.stdout), check, function)
    return KEPT if check.is_kept else BROKEN


def _of_lambda(function: str, profile: str) -> Ask:
    """Invokes the function for real; the guard lets this one operation through, and nothing else that is no read."""
    if function.startswith("arn:") and not FUNCTION_ARN.fullmatch(function):
        raise BadInput([f"{function} is not the ARN of a Lambda function"])
    check_environment()
    clients = SessionClients(session_of_profile(profile, besides=(INVOKE,)))
    world = World(embedded_settings(()), clients, clients, clock.now)

    def ask(question: Question, timeout_s: float) -> bytes:
        return asked(world, function, question, timeout_s).content

    return ask


def _card(function: str, card: Path | None, profile: str | None) -> AgentCard | None:
    """The card that was named, or the one beside the file."""
    if card is not None:
        return card_in(card)
    beside = Path(function.rpartition(":")[0] or function).parent / CARD if profile is None else None
    return card_in(beside) if beside is not None and beside.is_file() else None


def _name(function: str, profile: str | None) -> str:
    """How the agent is addressed without a card: as its function is called."""
    if profile is None:
        return "agent-under-test"
    arn = FUNCTION_ARN.fullmatch(function)
    return arn["name"] if arn else function


def print_check(console: Console, check: ContractCheck, function: str) -> None:
    """A line a rule; below it what is wrong and what helps."""
    console.print(plain(f"{check.agent}  {function}", "bold"), overflow="fold", highlight=False)
    for one in check.rules:
        mark, colour = MARKS[one.outcome]
        say(console, one.rule, colour if one.outcome != "kept" else "", indent=3, mark=f"{mark} ")
        for more in (one.detail, one.remedy):
            if more and more != NOTHING_TO_CHECK:  # because the broken rule above says it already
                say(console, more, indent=5)
    for answer in check.answers:
        told = f"{answer.action} took {answer.seconds:.2f} s and answered {answer.bytes:,} bytes."
        say(console, told, "dim", indent=3)
    say(console, _in_one_sentence(check), "bold")


def _in_one_sentence(check: ContractCheck) -> str:
    broken = sum(one.outcome == "broken" for one in check.rules)
    left = sum(one.outcome == "not_checked" for one in check.rules)
    unchecked = f" {left} could not be checked." if left else ""
    if broken:
        return f"{broken} of {len(check.rules)} rules are broken.{unchecked}"
    return f"It keeps to the contract, with {check.recommendations} recommendations.{unchecked}"
