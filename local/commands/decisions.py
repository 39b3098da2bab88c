"""finops accept, dismiss, snooze, done, reopen and decisions: what people decide about savings, in the state folder."""

import getpass
import json
import sys
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from rich import box
from rich.table import Table

from local import clock
from local.console import console_for
from local.embedded_aws import OPPORTUNITIES_TABLE
from local.keeping import kept_world
from local.state_folder import StateFolder
from local.terminal_tables import plain
from tasks.deciding import Wish, decide_about
from tasks.decisions import decided_of
from workflows.cost_review.formats.views.codes import DECISIONS
from workflows.errors import BadInput, InvalidContent, together
from workflows.savings.decisions import VERBS, Decided, standing

STATES = {verb: state for state, verb in VERBS.items()}
"""The state that each command leads to."""


def decide_command(state: Path, wish: Wish) -> int:
    """Decides, and says what stands now; nothing is written where the decision is refused."""
    folder = StateFolder(state)
    if not folder.path.exists():
        raise BadInput([f"no review was run here yet ({state}); start one with: finops review"])
    with kept_world(folder, _wait) as world:
        changed = decide_about(world, wish)
    print(_sentence(changed))  # noqa: T201
    return 0


def asked_for(verb: str, named: str, *, why: str, until: str | None, by: str | None, on: str | None) -> Wish:
    """What somebody asks for with a command, now; BadInput names every option that is no date."""
    with together() as problems:
        last = problems.of(lambda: _day("--until", until))
        done = problems.of(lambda: _day("--on", on))
    return Wish(STATES[verb], named, _who(by), clock.now().astimezone(UTC), why, last, done)


def _wait(said: str) -> None:
    print(said, file=sys.stderr)  # noqa: T201 because somebody waits at a terminal


def decisions_command(state: Path, *, as_json: bool, now: datetime) -> int:
    """Prints a line an opportunity that somebody decided about, the latest decision first."""
    known = _ledger(StateFolder(state))
    day = now.astimezone(UTC).date()
    rows = [_row(one, day) for one in sorted(known.values(), key=_latest_first)]
    if as_json:
        sys.stdout.write(json.dumps(rows, indent=1) + "\n")
        return 0
    console = console_for(sys.stdout)
    if not rows:
        console.print(f"Nothing was decided here yet ({state}).", highlight=False)
        return 0
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for title in ("opportunity", "state", "resource", "by", "on", "until", "why"):
        table.add_column(title, overflow="fold")
    for row in rows:
        stands = DECISIONS[row["state"]]
        told = (row["opportunity_id"], stands, row["resource_key"], row["by"], row["at"][:10], row["until"] or "")
        table.add_row(*(plain(str(cell)) for cell in (*told, row["why"])))
    console.print(table)
    return 0


def _ledger(folder: StateFolder) -> dict[str, Decided]:
    try:
        items = (decided_of(item) for item in folder.read().tables.get(OPPORTUNITIES_TABLE, []))
        return {one.opportunity_id: one for one in items}
    except InvalidContent as error:
        raise BadInput([f"{error} Move {folder.path} away, or mend it."]) from error


def _who(by: str | None) -> str:
    if by is not None:
        return by.strip()
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):
        return ""


def _day(option: str, text: str | None) -> date | None:
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise BadInput([f"{option}: {text!r} is not a calendar date; write it as YYYY-MM-DD"]) from None


def _latest_first(one: Decided) -> tuple[float, str]:
    return -one.latest.at.timestamp(), one.opportunity_id


def _row(one: Decided, day: date) -> dict[str, Any]:
    stands = standing(one, day) or one.latest
    return {
        "opportunity_id": one.opportunity_id,
        "state": stands.state.value,
        "resource_key": one.resource_key,
        "by": stands.by,
        "at": stands.at.isoformat(),
        "until": stands.until.isoformat() if stands.until else None,
        "why": stands.why,
        "action_kind": stands.action_kind,
        "holds_from": stands.since.isoformat(),
        "decisions": len(one.decisions),
    }


def _sentence(changed: Decided) -> str:
    latest = changed.latest
    until = f" until {latest.until}" if latest.until else ""
    because = f": {latest.why}" if latest.why else ""
    stands = f"is {DECISIONS[latest.state]}{until}, by {latest.by}{because}"
    said = f"{changed.opportunity_id} ({changed.resource_key}) {stands}"
    done = changed.carried_out
    if done is None:
        return said
    before = f"{done.before.a_day:.2f} {done.billing_currency} a day" if done.before else "not known"
    compared = f"Reviews as of {done.on} and later compare it with what it costs after."
    return f"{said}\nIts cost on the bill before: {before}. {compared}"
