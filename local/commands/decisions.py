"""finops accept, dismiss, snooze, done, reopen and decisions: what people decide about savings, in the state folder."""

import getpass
import json
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from rich import box
from rich.table import Table

from local.commands.history import reviews
from local.console import console_for
from local.embedded_aws import OPPORTUNITIES_TABLE
from local.state_folder import StateFolder
from local.terminal_tables import plain
from tasks.decisions import decided_of, item_of
from workflows.cost_review.carried_out import carried_out, resource_key_of
from workflows.cost_review.formats import REPORT_JSON
from workflows.cost_review.formats.views.codes import DECISIONS
from workflows.errors import BadInput, InvalidContent
from workflows.savings.action_kinds import action_kind
from workflows.savings.decisions import VERBS, CarriedOut, Decided, Decision, DecisionState, decided, standing

STATES = {verb: state for state, verb in VERBS.items()}
"""The state that each command leads to."""
NEAREST = 5
Json = Mapping[str, Any]


@dataclass(frozen=True)
class Wish:
    """A decision as somebody asked for it: the command, the opportunity's id or its beginning, and the options."""

    verb: str
    named: str
    why: str
    until: str | None
    by: str | None
    on: str | None = None


def decide_command(state: Path, wish: Wish, now: datetime) -> int:
    """Decides, and says what stands now; nothing is written where the decision is refused."""
    folder, deciding, on = StateFolder(state), STATES[wish.verb], _day("--on", wish.on)
    if on is not None and deciding is not DecisionState.IMPLEMENTED:
        raise BadInput(["only what is done has a day on which it was done; drop --on"])
    if not folder.path.exists():
        raise BadInput([f"no review was run here yet ({state}); start one with: finops review"])
    said = Decision(deciding, _who(wish.by), now.astimezone(UTC), wish.why.strip(), _day("--until", wish.until))
    with folder.held(lambda said: print(said, file=sys.stderr)):  # noqa: T201 because somebody waits at a terminal
        known = _ledger(folder)
        told = _found(folder, known, wish.named, state)
        before = known.get(told.opportunity_id)
        decision = replace(said, action_kind=told.action_kind, holds_from=_holds_from(said, told, on))
        changed = decided(before, decision, opportunity_id=told.opportunity_id, resource_key=told.resource_key)
        if deciding is DecisionState.IMPLEMENTED:
            changed = replace(changed, carried_out=_carried_out(folder, told, decision.since))
        _keep(folder, {**known, told.opportunity_id: changed})
    print(_sentence(changed, told))  # noqa: T201
    return 0


def _holds_from(said: Decision, told: "_Told", on: date | None) -> date:
    """The day from which reviews follow the decision: that of the deed, or of the review that somebody looked at.

    An account folder has a date of its own: what is decided about its review holds on that date too.
    """
    if said.state is DecisionState.IMPLEMENTED or told.report is None:
        return on or said.day
    return min(said.day, date.fromisoformat(told.report["review"]["as_of"]))


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


@dataclass(frozen=True)
class _Told:
    """The opportunity that is meant, with the newest report that has it; None where only the ledger knows it."""

    opportunity_id: str
    resource_key: str
    report: Json | None = None
    opportunity: Json | None = None

    @property
    def action_kind(self) -> str:
        return action_kind(self.opportunity["action_type"]) if self.opportunity else ""


def _found(folder: StateFolder, known: Mapping[str, Decided], named: str, state: Path) -> _Told:
    """The opportunity of that id, or the only one whose id begins so: of the newest review that has it, or decided."""
    nearest: list[str] = []
    for report in _reports(folder):
        by_id = {str(one["opportunity_id"]): one for one in report["opportunities"]}
        nearest = nearest or _nearest(named, by_id)
        if match := _only(named, by_id):
            return _Told(match, resource_key_of(by_id[match]), report, by_id[match])
    if match := _only(named, known):
        return _Told(match, known[match].resource_key)
    if not nearest and not known:
        raise BadInput([f"no published review here has opportunities ({state}); start one with: finops review"])
    hint = f"; nearest in the last review: {', '.join(nearest)}" if nearest else ""
    raise BadInput([f"no opportunity is called {named[:60]!r}{hint} (see: finops show latest --json)"])


def _only(named: str, ids: Mapping[str, object]) -> str | None:
    """The one id that is meant, None where there is none; BadInput where there are several."""
    if named in ids:
        return named
    matching = sorted(one for one in ids if named and one.startswith(named))
    if len(matching) > 1:
        some = ", ".join(matching[:NEAREST])
        raise BadInput([f"{named!r} fits {len(matching)} opportunities ({some}); write more of the id"])
    return matching[0] if matching else None


def _nearest(named: str, by_id: Mapping[str, Json]) -> list[str]:
    close = get_close_matches(named, list(by_id), n=NEAREST, cutoff=0.3) or list(by_id)[:NEAREST]
    return [f"{one} ({by_id[one]['resource_id'] or by_id[one]['resource_type']})" for one in close]


def _reports(folder: StateFolder) -> Iterator[Json]:
    """The published reports, newest first."""
    for files in reviews(folder).values():
        if REPORT_JSON in files:
            report: Json = json.loads(folder.content(files[REPORT_JSON]))
            # What failed its audit has no opportunities, and what an older version left has no exact bill.
            if report.get("opportunities") is not None and "bill" in report:
                yield report


def _carried_out(folder: StateFolder, told: _Told, on: date) -> CarriedOut:
    """What was promised and what it cost before, by the last review until that day, or else by the newest."""
    if told.report is None or told.opportunity is None:
        problem = f"{told.opportunity_id} is in no review that is kept here, so what it costs before is not known"
        raise BadInput([f"{problem}; run a review that sees it, or reopen it"])
    for report in _reports(folder):
        if date.fromisoformat(report["review"]["as_of"]) <= on:
            named = (one for one in report["opportunities"] if one["opportunity_id"] == told.opportunity_id)
            if (one := next(named, None)) is not None and action_kind(one["action_type"]) == told.action_kind:
                return carried_out(report, one, on)
    return carried_out(told.report, told.opportunity, on)


def _ledger(folder: StateFolder) -> dict[str, Decided]:
    try:
        items = (decided_of(item) for item in folder.read().tables.get(OPPORTUNITIES_TABLE, []))
        return {one.opportunity_id: one for one in items}
    except InvalidContent as error:
        raise BadInput([f"{error} Move {folder.path} away, or mend it."]) from error


def _keep(folder: StateFolder, ledger: Mapping[str, Decided]) -> None:
    kept = folder.read()
    items = [item_of(ledger[key]) for key in sorted(ledger)]
    folder.replace(kept.model_copy(update={"tables": {**kept.tables, OPPORTUNITIES_TABLE: items}}))


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


def _sentence(changed: Decided, told: _Told) -> str:
    latest = changed.latest
    until = f" until {latest.until}" if latest.until else ""
    because = f": {latest.why}" if latest.why else ""
    said = (
        f"{changed.opportunity_id} ({told.resource_key}) is {DECISIONS[latest.state]}{until}, by {latest.by}{because}"
    )
    done = changed.carried_out
    if done is None:
        return said
    before = f"{done.before.a_day:.2f} {done.billing_currency} a day" if done.before else "not known"
    compared = f"Reviews as of {done.on} and later compare it with what it costs after."
    return f"{said}\nIts cost on the bill before: {before}. {compared}"
