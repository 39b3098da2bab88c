"""finops doctor: what the agents can read right now, why not, and what to do about it. Pays nothing, writes nothing."""

import json
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from importlib import import_module
from typing import Any, NoReturn

from rich import box
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from local import clock
from local.accounts import ReadAccount
from local.console import console_for
from tasks.agents import AGENTS
from tasks.agents.spec import AgentSpec
from tasks.wiring import RequestMeter, World, metered
from workflows.errors import NotARead, PaidRequestsExhausted
from workflows.sources import SourceState, SourceStatus

ALL_READABLE, SOME_NOT = 0, 3
NOT_PROBED = "NOT_PROBED"
PAID = "Not probed: each request is paid."


@dataclass(frozen=True)
class Diagnosis:
    """One source in one region; readable is None where nobody may find out without paying, or another one serves."""

    agent: str
    source: str
    region: str
    state: str
    readable: bool | None
    detail: str = ""
    remedy: str = ""


def doctor_command(account: ReadAccount, *, as_json: bool) -> int:
    """Prints a line for each source and region; the exit code is 3 where one cannot be read."""
    rows = diagnoses(account)
    if as_json:
        sys.stdout.write(json.dumps([asdict(row) for row in rows], indent=1) + "\n")
    else:
        _show(console_for(sys.stdout), account, rows)
    return SOME_NOT if any(row.readable is False for row in rows) else ALL_READABLE


def diagnoses(account: ReadAccount) -> list[Diagnosis]:
    """What each agent's own check says, in the order of the agents, their sources and the regions."""
    world = World(account.settings, account.clients, _nothing_of_ours, clock.now)
    with metered(RequestMeter(before_paid=_nothing_paid)):
        return [row for spec in AGENTS for row in _of_agent(spec, world)]


def _of_agent(spec: AgentSpec, world: World) -> Iterator[Diagnosis]:
    check: Any = import_module(f"tasks.agents.{spec.key}.collect").check
    statuses: tuple[SourceStatus, ...] = check(world)
    for status in statuses:
        is_open = status.detail == PAID or status.state is SourceState.NOT_NEEDED
        readable = None if is_open else not status.is_gap
        state = NOT_PROBED if status.detail == PAID else status.state.value
        yield Diagnosis(spec.name, status.source, status.region, state, readable, status.detail, status.remedy)
    told = {status.source for status in statuses}
    for source in spec.sources:
        if source not in told:
            yield Diagnosis(spec.name, source, "us-east-1", NOT_PROBED, None, PAID)


def _show(console: Console, account: ReadAccount, rows: list[Diagnosis]) -> None:
    console.print(f"[bold]What can be read[/bold] of {escape(account.title)}\n", highlight=False)
    table = Table("source", "region", "", "why, and what to do", box=box.SIMPLE_HEAD, pad_edge=False)
    for row in rows:
        words = "readable" if row.readable else row.state.lower().replace("_", " ")
        told = " ".join(part for part in (row.detail, row.remedy) if part)
        table.add_row(row.source, row.region, words, escape(told))
    console.print(table)
    console.print(_in_one_sentence(rows))


def _in_one_sentence(rows: list[Diagnosis]) -> str:
    unreadable, paid = (sum(row.readable is False for row in rows), sum(row.state == NOT_PROBED for row in rows))
    told = f"{unreadable} of {len(rows)} cannot be read now." if unreadable else "All that was asked can be read."
    return f"{told} {paid} are paid for and were not asked; a review tells." if paid else told


def _nothing_paid() -> NoReturn:
    raise PaidRequestsExhausted("A diagnosis pays for nothing.")


def _nothing_of_ours(service: str, region: str | None = None) -> NoReturn:  # noqa: ARG001 because Clients names it
    raise NotARead(f"A diagnosis keeps nothing, so it has no use for {service}.")
