"""What people decided about an opportunity, and what came of it: the states, and which may follow which.

open → accepted → implemented → verified; dismissed and snoozed set an opportunity aside; regressed is what was carried
out and is recommended again. What nobody decided about is open and stands in no ledger.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum

from workflows.errors import IllegalDecision
from workflows.savings.action_kinds import kind_words, same_kind

MOST_KEPT = 50
"""Decisions kept of one opportunity; the oldest go first."""
LOOK_BACK_DAYS = 14
"""How far sources look back that do not say: Trusted Advisor and Compute Optimizer judge the last 14 days."""
REFRESH_DAYS = 2
"""What sources and the bill need, after that, to notice."""
BY_REVIEW = "review"


class DecisionState(StrEnum):
    """Where an opportunity stands."""

    OPEN = "open"
    ACCEPTED = "accepted"
    IMPLEMENTED = "implemented"
    VERIFIED = "verified"
    DISMISSED = "dismissed"
    SNOOZED = "snoozed"
    REGRESSED = "regressed"


_S = DecisionState
LEGAL: Mapping[DecisionState, tuple[DecisionState, ...]] = {
    _S.OPEN: (_S.ACCEPTED, _S.IMPLEMENTED, _S.DISMISSED, _S.SNOOZED),
    _S.ACCEPTED: (_S.IMPLEMENTED, _S.DISMISSED, _S.SNOOZED, _S.OPEN),
    _S.IMPLEMENTED: (_S.OPEN,),
    _S.VERIFIED: (_S.OPEN,),
    _S.DISMISSED: (_S.OPEN,),
    _S.SNOOZED: (_S.ACCEPTED, _S.IMPLEMENTED, _S.DISMISSED, _S.SNOOZED, _S.OPEN),
    _S.REGRESSED: (_S.ACCEPTED, _S.IMPLEMENTED, _S.DISMISSED, _S.SNOOZED, _S.OPEN),
}
"""What people may decide, by where the opportunity stands."""
LEGAL_FOR_REVIEWS: Mapping[DecisionState, tuple[DecisionState, ...]] = {
    _S.IMPLEMENTED: (_S.VERIFIED, _S.REGRESSED),
    _S.VERIFIED: (_S.REGRESSED,),
}
"""What a review concludes by itself."""
CARRIED_OUT = frozenset({_S.IMPLEMENTED, _S.VERIFIED})
VERBS = {
    _S.OPEN: "reopen",
    _S.ACCEPTED: "accept",
    _S.IMPLEMENTED: "done",
    _S.DISMISSED: "dismiss",
    _S.SNOOZED: "snooze",
}
"""How people say it on the command line."""


@dataclass(frozen=True, slots=True)
class Decision:
    """Who put an opportunity into a state, when (UTC) and why; until is the first day after a snooze.

    action_kind is the kind of action that it was decided about (see action_kinds), "" where nobody knows any more: then
    it is about whatever is proposed. holds_from is the day from which reviews know of it, where that is not the day on
    which it was said: the day of the review that somebody looked at, or of the deed.
    """

    state: DecisionState
    by: str
    at: datetime
    why: str = ""
    until: date | None = None
    action_kind: str = ""
    holds_from: date | None = None

    @property
    def day(self) -> date:
        return self.at.astimezone(UTC).date()

    @property
    def since(self) -> date:
        """The first day as of which a review knows of it."""
        return self.holds_from or self.day


@dataclass(frozen=True, slots=True)
class DailyPace:
    """What a resource cost a day, on average over so many days that end before `until`."""

    a_day: Decimal
    days: int
    until: date


@dataclass(frozen=True, slots=True)
class CarriedOut:
    """What was promised when it was done, and what the bill said before; before is None where it said nothing.

    billing_ids are the bill's spellings of the resource, reviewed_accounts those as which the bill is to be asked.
    counted is the saving a month that counted then, None where it was unknown. realised is the saving a month that was
    verified, after the pace that it was verified with (None until then), is_gone whether the bill had no line any more.
    action_kind is what was done (see action_kinds), "" where nobody knows any more.
    """

    on: date
    counted: Decimal | None
    billing_currency: str
    billing_ids: tuple[str, ...]
    reviewed_accounts: tuple[str, ...] = ()
    before: DailyPace | None = None
    realised: Decimal | None = None
    after: DailyPace | None = None
    is_gone: bool = False
    action_kind: str = ""


@dataclass(frozen=True, slots=True)
class Decided:
    """An opportunity's item in the ledger: its decisions, oldest first (one at least), and how often it was written."""

    opportunity_id: str
    resource_key: str
    decisions: tuple[Decision, ...]
    version: int = 1
    carried_out: CarriedOut | None = None

    @property
    def latest(self) -> Decision:
        return self.decisions[-1]


def as_it_stood(item: Decided | None, day: date) -> Decided | None:
    """The item without what was decided after that day; None where nothing was decided by then.

    What a later review verified is not verified yet, and what was done later is not done.
    """
    if item is None or all(one.since <= day for one in item.decisions):
        return item
    decisions = tuple(one for one in item.decisions if one.since <= day)
    if not decisions:
        return None
    done = item.carried_out
    if done is not None and (done.on > day or decisions[-1].state not in CARRIED_OUT):
        done = None
    if done is not None and decisions[-1].state is not DecisionState.VERIFIED:
        done = replace(done, realised=None, after=None, is_gone=False)
    return replace(item, decisions=decisions, carried_out=done)


def standing(item: Decided | None, day: date, action_kind: str = "") -> Decision | None:
    """The decision that stands on that day, None where there is none. A snooze ends by itself on the day it names.

    What was decided about another kind of action than the one given is open again, and says so.
    """
    item = as_it_stood(item, day)
    if item is None:
        return None
    latest = item.latest
    because = f": {latest.why}" if latest.why else ""
    if latest.state is DecisionState.SNOOZED and latest.until is not None and latest.until <= day:
        why = f"The snooze until {latest.until} is over{because}"
        return replace(latest, state=DecisionState.OPEN, why=why, until=None)
    if latest.state is not DecisionState.OPEN and not same_kind(latest.action_kind, action_kind):
        kinds = f"{kind_words(latest.action_kind)}, and what is best now is {kind_words(action_kind)}"
        why = f"What was {latest.state} on {latest.day} was {kinds}{because}"
        return replace(latest, state=DecisionState.OPEN, why=why, until=None)
    return latest


def state_of(item: Decided | None, day: date, action_kind: str = "") -> DecisionState:
    """Where the opportunity stands on that day."""
    decision = standing(item, day, action_kind)
    return DecisionState.OPEN if decision is None else decision.state


def decided(item: Decided | None, decision: Decision, *, opportunity_id: str, resource_key: str) -> Decided:
    """The item with a person's decision on it; IllegalDecision names what is legal and what the decision lacks."""
    if item is not None and decision.at < item.latest.at:
        raise IllegalDecision([_newer_stands(item, decision)])
    _check_legal(_stands_for_people(item, decision), decision, LEGAL, opportunity_id)
    problems = [*_lacking(decision), *_impossible_day(item, decision)]
    if problems:
        raise IllegalDecision(problems)
    if item is None:
        return Decided(opportunity_id, resource_key, (decision,))
    return _with(item, decision)


def _stands_for_people(item: Decided | None, decision: Decision) -> DecisionState:
    state = state_of(item, decision.day)
    if state in CARRIED_OUT or decision.state is DecisionState.OPEN:
        return state  # because an item keeps one deed: another would take its amount out of what was realised
    return state_of(item, decision.day, decision.action_kind)


def _newer_stands(item: Decided, decision: Decision) -> str:
    newer = f"{item.latest.by} decided about {item.opportunity_id} on {item.latest.at:%Y-%m-%d %H:%M} UTC"
    now = f"which is after this machine's {decision.at:%Y-%m-%d %H:%M} UTC"
    return f"{newer}, {now}; set the clock right and decide again"


def _impossible_day(item: Decided | None, decision: Decision) -> list[str]:
    """What is wrong with the day of a deed: it is still to come, or before a review that still recommended it."""
    if decision.state is not DecisionState.IMPLEMENTED:
        return []
    on = decision.since
    if on > decision.day:
        return [f"--on {on} is after today, {decision.day}; name the day on which it was done"]
    if item is not None and item.latest.state is DecisionState.REGRESSED and on < item.latest.day:
        came_back = f"it came back on {item.latest.day}"
        return [f"--on {on} is before {came_back}; name the day on which it was done again, or reopen it first"]
    return []


def concluded(item: Decided, decision: Decision) -> Decided:
    """The item with what a review concluded; IllegalDecision where its state does not lead there."""
    _check_legal(item.latest.state, decision, LEGAL_FOR_REVIEWS, item.opportunity_id)
    return _with(item, decision)


def _check_legal(
    stands: DecisionState,
    decision: Decision,
    legal: Mapping[DecisionState, tuple[DecisionState, ...]],
    opportunity_id: str,
) -> None:
    may = legal.get(stands, ())
    if decision.state not in may:
        verbs = ", ".join(f"{one} (finops {VERBS[one]})" if one in VERBS else one for one in may) or "nothing"
        what = f"{opportunity_id} is {stands} and cannot become {decision.state}"
        raise IllegalDecision([f"{what}; from there it may become: {verbs}"])


def _lacking(decision: Decision) -> list[str]:
    problems = []
    if not decision.by.strip():
        problems.append("nobody is named who decided; say it with --by NAME")
    if decision.state is DecisionState.DISMISSED and not decision.why.strip():
        problems.append("a dismissal needs a reason; say it with --why TEXT")
    if decision.state is DecisionState.SNOOZED and decision.until is None:
        problems.append("a snooze needs its end; say it with --until YYYY-MM-DD")
    if decision.until is not None and decision.state is not DecisionState.SNOOZED:
        problems.append("only a snooze has an end; drop --until")
    if decision.until is not None and decision.until <= decision.day:
        problems.append(f"--until {decision.until} is not after {decision.day}; name a later day")
    return problems


def _with(item: Decided, decision: Decision) -> Decided:
    kept = (*item.decisions, decision)[-MOST_KEPT:]
    carried_out = item.carried_out if decision.state in CARRIED_OUT else None
    return replace(item, decisions=kept, version=item.version + 1, carried_out=carried_out)


def grace_ends(item: Decided, look_back_days: int | None) -> date:
    """The last day on which sources may still recommend what was done, because of the days before that they look at."""
    done = item.carried_out.on if item.carried_out else item.latest.day
    return done + timedelta(days=max(look_back_days or 0, LOOK_BACK_DAYS) + REFRESH_DAYS)


Change = Callable[[Decided | None], Decided]
"""What is made of an item as it stands when it is written; None where there is none yet."""
