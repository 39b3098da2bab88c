"""What somebody asks to be decided about an opportunity: which one is meant, what it is held against, and the writing.

An opportunity is looked for in the published reviews, the newest first, and then in the ledger itself.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from difflib import get_close_matches
from itertools import chain

from tasks.decisions import decide, ledger
from tasks.published_reviews import published_reports
from tasks.wiring import World
from workflows.cost_review.carried_out import Json, carried_out, resource_key_of
from workflows.errors import BadInput, InvalidContent
from workflows.savings.action_kinds import action_kind
from workflows.savings.decisions import CarriedOut, Decided, Decision, DecisionState, decided

NEAREST = 5


@dataclass(frozen=True)
class Wish:
    """A decision as somebody asked for it, about an opportunity named by its id or the beginning of it.

    at is when it was asked for (UTC), until the day on which a snooze ends, on the day of a deed (None: that of `at`).
    """

    state: DecisionState
    named: str
    by: str
    at: datetime
    why: str = ""
    until: date | None = None
    on: date | None = None


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


def decide_about(world: World, wish: Wish) -> Decided:
    """The ledger's item after the decision.

    BadInput where no opportunity, or more than one, is meant, and where the decision is not legal: then nothing is
    written. DecisionOvertaken where others keep deciding about it.
    """
    if wish.on is not None and wish.state is not DecisionState.IMPLEMENTED:
        raise BadInput(["only what is done has a day on which it was done; drop --on"])
    told = _told(world, wish.named)
    said = Decision(wish.state, wish.by.strip(), wish.at, wish.why.strip(), wish.until, told.action_kind)
    decision = replace(said, holds_from=_holds_from(said, told, wish.on))
    done = wish.state is DecisionState.IMPLEMENTED

    def change(before: Decided | None) -> Decided:
        item = decided(before, decision, opportunity_id=told.opportunity_id, resource_key=told.resource_key)
        return replace(item, carried_out=_carried_out(world, told, decision.since)) if done else item

    try:
        return decide(world, told.opportunity_id, change)
    except InvalidContent as error:
        remedy = f"Delete the item from the table {world.settings.opportunities_table}, and decide again."
        raise BadInput([f"{error} {remedy}"]) from error


def _holds_from(said: Decision, told: _Told, on: date | None) -> date:
    """The day from which reviews follow the decision: that of the deed, or of the review that somebody looked at.

    An account folder has a date of its own: what is decided about its review holds on that date too.
    """
    if said.state is DecisionState.IMPLEMENTED or told.report is None:
        return on or said.day
    return min(said.day, date.fromisoformat(told.report["review"]["as_of"]))


def _told(world: World, named: str) -> _Told:
    """The opportunity of that id, or the only one whose id begins so: of the newest review that has it, or decided."""
    nearest: list[str] = []
    for report in published_reports(world):
        by_id = {str(one["opportunity_id"]): one for one in report["opportunities"]}
        nearest = nearest or _nearest(named, by_id)
        if match := _only(named, by_id):
            return _Told(match, resource_key_of(by_id[match]), report, by_id[match])
    known, _ = ledger(world)
    if match := _only(named, known):
        return _Told(match, known[match].resource_key)
    if not nearest and not known:
        raise BadInput(["no published review has opportunities; start one with: finops review"])
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


def _carried_out(world: World, told: _Told, on: date) -> CarriedOut:
    """What was promised and what it cost before, by the last review until that day, or else by the newest."""
    if told.report is None or told.opportunity is None:
        problem = f"{told.opportunity_id} is in no review that is kept, so what it costs before is not known"
        raise BadInput([f"{problem}; run a review that sees it, or reopen it"])
    for report in chain([told.report], published_reports(world)):
        if date.fromisoformat(report["review"]["as_of"]) <= on:
            named = (one for one in report["opportunities"] if one["opportunity_id"] == told.opportunity_id)
            if (one := next(named, None)) is not None and action_kind(one["action_type"]) == told.action_kind:
                return carried_out(report, one, on)
    return carried_out(told.report, told.opportunity, on)
