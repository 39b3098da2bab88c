"""finops agents register and remove: which agents of other teams take part in the reviews that run here."""

import getpass
import json
import sys
import time
from pathlib import Path

from local import clock
from local.agent_handlers import AgentHandlers
from local.console import console_for
from local.functions import handlers
from local.handler_process import Handler, HandlerFailed, HandlerStopped
from local.keeping import kept_world
from local.state_folder import StateFolder
from local.terminal_tables import plain
from tasks.agent_registry import functions_in, item_to_put, register, remove
from tasks.agents.discovered.contract_check import Ask, Clocks, check_contract
from workflows.discovery.card import LARGEST_CARD_BYTES, AgentCard, card_from, function_name
from workflows.discovery.contract import Question
from workflows.errors import (
    AgentTooSlow,
    AgentUnreachable,
    BadInput,
    CannotRegister,
    InvalidAgentCard,
    together,
)


def card_in(path: Path) -> AgentCard:
    """The card in the file; InvalidAgentCard names every wrong field, with the file."""
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST_CARD_BYTES + 1)
    except OSError as error:
        raise InvalidAgentCard([f"{path}: cannot be read ({error.strerror}); name an agent's card"]) from None
    try:
        return card_from(content)
    except InvalidAgentCard as error:
        raise InvalidAgentCard([f"{path}: {problem}" for problem in error.problems]) from None


def register_command(card: Path, handler: str | None, *, state: Path, replace: bool, by: str | None) -> int:
    """Registers the card, and the file that answers here for its function; both or, where one is wrong, neither."""
    with together() as problems:
        read = problems.of(lambda: card_in(card))
        answers = problems.of(lambda: None if handler is None else Handler.named(handler))
    name = function_name(read.function_arn)
    if name in handlers():
        raise CannotRegister([f"{name!r} is a function of this product; name the agent's own"])
    if answers is not None:
        _hold_to_the_contract(answers, read)
    folder, console = StateFolder(state), console_for(sys.stdout)
    with kept_world(folder, console.print) as world:
        known = AgentHandlers.of(folder)
        if answers is not None and known.by_function.get(name, answers) != answers and not replace:
            raise CannotRegister(
                [f"{known.by_function[name]} stands for {name!r} here; say --replace for another file"]
            )
        registered = register(world, read, by=by or _user(), replace=replace)
        if answers is not None:
            known.having(name, answers).keep(folder)
            known = AgentHandlers.of(folder)
    console.print(
        plain(
            f"{read.name} {read.version} takes part in reviews from now on (registration {registered.registration})."
        ),
        overflow="fold",
    )
    stands = known.by_function.get(name)
    told = f"Here {stands} stands for its function." if stands else _without_handler(card)
    console.print(plain(told), overflow="fold")
    return 0


def _hold_to_the_contract(answers: Handler, card: AgentCard) -> None:
    """CannotRegister names each rule of the contract that it breaks; one that is only not ready now keeps it."""
    check = check_contract(asking(answers), card=card, name=card.name, clocks=Clocks(clock.now, time.perf_counter))
    broken = [f"{one.rule}: no; {one.detail}. {one.remedy}".rstrip() for one in check.broken_whenever_asked]
    if broken:
        told = f"{answers} breaks the contract, and nothing was registered (see: finops agents check {answers})"
        raise CannotRegister([told, *broken])


def asking(handler: Handler) -> Ask:
    """Asks the file as the proxy asks a function."""

    def ask(question: Question, timeout_s: float) -> bytes:
        try:
            return handler.answered(question.model_dump(mode="json"), timeout_s=timeout_s)
        except HandlerStopped as error:
            raise AgentTooSlow(f"Its function did not answer: {error}.") from error
        except HandlerFailed as error:
            raise AgentUnreachable(f"Its function failed: {error}") from error

    return ask


def print_item_command(card: Path, *, by: str | None) -> int:
    """Prints the item as `aws dynamodb put-item --item` takes it."""
    sys.stdout.write(json.dumps(item_to_put(card_in(card), by=by or _user(), now=clock.now()), indent=1) + "\n")
    return 0


def remove_command(name: str, *, state: Path) -> int:
    """Removes the agent, and the file that stood for its function where nobody else's card names that."""
    folder, console = StateFolder(state), console_for(sys.stdout)
    nobody = BadInput([f"{name!r} is not registered here; finops agents lists who is"])
    if not folder.path.exists():
        raise nobody
    with kept_world(folder, console.print) as world:
        before = functions_in(world)
        if not remove(world, name):
            raise nobody
        function = before.get(name)
        if function is not None and function not in functions_in(world).values():
            known = AgentHandlers.of(folder)
            if function in known.by_function:
                known.without(function).keep(folder)
    console.print(plain(f"{name} takes part in no review any more."), overflow="fold")
    return 0


def _without_handler(card: Path) -> str:
    again = f"finops agents register {card} --handler FILE.py"
    return f"No file stands for its function on this machine, so reviews here will not reach it; name one: {again}"


def _user() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):  # because a container's user may have no name
        return "unknown"
