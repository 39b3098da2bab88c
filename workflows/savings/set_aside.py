"""What people set aside is not counted: exempted, dismissed, snoozed, or carried out so lately that sources miss it.

What people decided is an input like any other: the same decisions and recommendations give the same opportunities.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from workflows.savings.action_kinds import STOPS_PAYING, action_kind
from workflows.savings.decisions import CARRIED_OUT, Decided, DecisionState, as_it_stood, grace_ends, standing
from workflows.savings.exemptions import Exemption, Matcher
from workflows.savings.opportunity import NotCounted, Opportunity, Step


@dataclass(frozen=True)
class Unusable:
    """Something that people decided and that cannot be read: where it lies, what is wrong with it, what helps."""

    source: str
    detail: str
    remedy: str


@dataclass(frozen=True)
class Decisions:
    """What people decided until a review: entries of the exemptions' file, and the ledger's items by opportunity id.

    unusable says what was there and could not be followed: such an exemption or decision holds nothing.
    """

    as_of: date = date.min
    exemptions: tuple[Exemption, ...] = ()
    ledger: Mapping[str, Decided] = field(default_factory=dict)
    unusable: tuple[Unusable, ...] = ()


NOTHING_DECIDED = Decisions()


def without_set_aside(opportunities: Sequence[Opportunity], decisions: Decisions) -> tuple[Opportunity, ...]:
    """The opportunities; of those set aside the whole amount is taken away, with who said so, why and until when."""
    if not decisions.exemptions and not decisions.ledger:
        return tuple(opportunities)
    holding = Matcher([one for one in decisions.exemptions if one.holds_on(decisions.as_of)])
    return tuple(_unless_set_aside(one, holding, decisions) for one in opportunities)


def _unless_set_aside(one: Opportunity, holding: Matcher, decisions: Decisions) -> Opportunity:
    if one.not_counted is not None:
        return one
    reason = decided_against(one, decisions) or _exempted(one, holding)
    return one.left_out(NotCounted.SET_ASIDE, Step.SET_ASIDE, reason) if reason else one


def carried_out_lately(opportunities: Sequence[Opportunity], decisions: Decisions) -> frozenset[str]:
    """The ids of what is set aside because it was done: sources look back at its members, too."""
    return frozenset(
        one.opportunity_id
        for one in opportunities
        if one.not_counted is NotCounted.SET_ASIDE and _grace(one, decisions) is not None
    )


def _grace(one: Opportunity, decisions: Decisions) -> date | None:
    """The last day on which sources may still recommend what was carried out, None where none is to come."""
    item = as_it_stood(decisions.ledger.get(one.opportunity_id), decisions.as_of)
    decision = standing(item, decisions.as_of, action_kind(one.best.chosen.action_type))
    if item is None or decision is None or not (decision.state in CARRIED_OUT or _stopped_paying(item)):
        return None
    ends = grace_of(item, one)
    return ends if decisions.as_of <= ends else None


def _exempted(one: Opportunity, holding: Matcher) -> str:
    found = holding.fitting(one)
    return f"exempted until {found[0].expires} ({found[0].pattern}): {found[0].reason}" if found else ""


def decided_against(one: Opportunity, decisions: Decisions) -> str:
    """Why somebody's decision sets it aside; "" where none does."""
    item = as_it_stood(decisions.ledger.get(one.opportunity_id), decisions.as_of)
    decision = standing(item, decisions.as_of, action_kind(one.best.chosen.action_type))
    if item is None or decision is None:
        return ""
    because = f": {decision.why}" if decision.why else ""
    if decision.state is DecisionState.DISMISSED:
        return f"dismissed by {decision.by} on {decision.day}{because}"
    if decision.state is DecisionState.SNOOZED:
        return f"snoozed by {decision.by} on {decision.day} until {decision.until}{because}"
    if (ends := _grace(one, decisions)) is not None:
        on = item.carried_out.on if item.carried_out else item.latest.day
        return f"carried out on {on}; sources look back, and may recommend it until {ends}"
    return ""


def _stopped_paying(item: Decided) -> bool:
    """Whether it was stopped or deleted: what sources still propose to change of it saves nothing any more."""
    return item.latest.state in CARRIED_OUT and item.latest.action_kind == STOPS_PAYING


def grace_of(item: Decided, one: Opportunity) -> date:
    """The last day on which its sources may still recommend what was carried out."""
    return grace_ends(item, max((member.lookback_days or 0 for member in one.members), default=None))
