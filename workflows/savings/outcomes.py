"""What a review makes of the decisions before it: what was realised, what came back, which exemptions still hold."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, time
from decimal import Decimal

from workflows.money import total
from workflows.savings.action_kinds import action_kind, same_kind
from workflows.savings.decisions import (
    BY_REVIEW,
    CARRIED_OUT,
    Decided,
    Decision,
    DecisionState,
    as_it_stood,
    concluded,
    standing,
)
from workflows.savings.exemptions import Exemption, Matcher
from workflows.savings.opportunity import NotCounted, Opportunity, Step
from workflows.savings.realised import Realised, deeds_by_line, line_of, realised, with_what_was_before
from workflows.savings.set_aside import NOTHING_DECIDED, Decisions, decided_against, grace_of
from workflows.spend import BilledDays


@dataclass(frozen=True)
class ExemptionUse:
    """What one exemption came to: how many opportunities it names, and what it took out of the count, by currency."""

    exemption: Exemption
    has_expired: bool
    expires_soon: bool
    matched: int
    set_aside: Mapping[str, Decimal] = field(default_factory=dict)


@dataclass(frozen=True)
class Outcome:
    """The decisions as the review leaves them; changed are the ledger's items that it writes, each one version on."""

    decisions: Decisions = NOTHING_DECIDED
    changed: tuple[Decided, ...] = ()
    realised: tuple[Realised, ...] = ()
    exemptions: tuple[ExemptionUse, ...] = ()

    def decision_on(self, one: Opportunity) -> Decision | None:
        """The decision that stands on the review's day about what is best now; None where nobody decided."""
        item = self.decisions.ledger.get(one.opportunity_id)
        return standing(item, self.decisions.as_of, _kind(one))


NO_OUTCOME = Outcome()


def outcome(
    decisions: Decisions,
    opportunities: Sequence[Opportunity],
    billed: Iterable[BilledDays],
    accounts: Collection[str] = (),
) -> Outcome:
    """What came of the decisions, given what is left after consolidation and what the bill says by day.

    accounts are those whose bill it is, where that is known: what was realised in others is none of this review's.
    """
    if not decisions.ledger and not decisions.exemptions:
        return Outcome(decisions)
    by_id, as_of, before = {one.billing_id: one for one in billed}, decisions.as_of, decisions.ledger
    stood = {key: item for key in sorted(before) if (item := as_it_stood(before[key], as_of)) is not None}
    # Of what was decided after the review's day nothing is concluded: what is newer would be lost.
    newest = {key: item for key, item in stood.items() if item == before[key]}
    deeds = deeds_by_line(stood.values())
    known = {
        key: with_what_was_before(item, by_id, as_of, deeds.get(line_of(item), ())) for key, item in newest.items()
    }
    rows = realised({**stood, **known}.values(), by_id, as_of)
    concluding = replace(decisions, ledger=known)
    written = {**known, **{item.opportunity_id: item for item in _conclusions(concluding, opportunities, rows)}}
    written = {
        key: item if item == before[key] else replace(item, version=before[key].version + 1)
        for key, item in written.items()
    }
    return Outcome(
        decisions=replace(decisions, ledger=dict(sorted({**before, **written}.items()))),
        changed=tuple(item for key, item in written.items() if item != before[key]),
        # Again, because what was verified just now is told as verified.
        realised=tuple(
            row
            for row in realised({**stood, **written}.values(), by_id, as_of)
            if not accounts or _is_in(written.get(row.opportunity_id) or stood[row.opportunity_id], accounts)
        ),
        exemptions=_uses(decisions, opportunities),
    )


def _is_in(item: Decided, accounts: Collection[str]) -> bool:
    """Whether its resource is in one of the accounts, or was seen as one of them."""
    seen_as = item.carried_out.reviewed_accounts if item.carried_out else ()
    return not {item.resource_key.partition("/")[0], *seen_as}.isdisjoint(accounts)


def _uses(decisions: Decisions, opportunities: Sequence[Opportunity]) -> tuple[ExemptionUse, ...]:
    exemptions, day = decisions.exemptions, decisions.as_of
    matcher, matched = Matcher(exemptions), dict.fromkeys(exemptions, 0)
    taken: dict[Exemption, dict[str, list[Decimal]]] = {one: {} for one in exemptions}
    for one in opportunities if exemptions else ():
        fits = matcher.fitting(one)
        for exemption in fits:
            matched[exemption] += 1
        holding = next((exemption for exemption in fits if exemption.holds_on(day)), None)
        if holding and one.not_counted is NotCounted.SET_ASIDE and not decided_against(one, decisions):
            taken[holding].setdefault(one.currency, []).extend(
                deduction.amount for deduction in one.deductions if deduction.step is Step.SET_ASIDE
            )
    return tuple(
        ExemptionUse(
            exemption=one,
            has_expired=not one.holds_on(day),
            expires_soon=one.expires_soon(day),
            matched=matched[one],
            set_aside={currency: total(amounts) for currency, amounts in sorted(taken[one].items())},
        )
        for one in exemptions
    )


def _conclusions(
    decisions: Decisions, opportunities: Sequence[Opportunity], realised: Sequence[Realised]
) -> tuple[Decided, ...]:
    """The items whose state this review changes, by id: recommended again, or verified on the bill."""
    again = _recommended_again(decisions, opportunities)
    shown = {row.opportunity_id: row for row in realised}
    found = []
    for key in sorted(decisions.ledger):
        item = decisions.ledger[key]
        row = shown.get(key)
        if key in again:
            found.append(concluded(item, _by_review(item, decisions, DecisionState.REGRESSED, again[key])))
        elif row is not None and (verified := _verified(item, row, shown, decisions)) is not None:
            found.append(verified)
    return tuple(found)


def _recommended_again(decisions: Decisions, opportunities: Sequence[Opportunity]) -> dict[str, str]:
    """Why each of those that were carried out has come back, by id."""
    again = {}
    for one in opportunities:
        item = decisions.ledger.get(one.opportunity_id)
        if item is None or item.latest.state not in CARRIED_OUT or one.counted_savings <= 0:
            continue  # because what the bill leaves nothing of is a source that looks at old days
        done = item.carried_out
        if done is not None and not same_kind(done.action_kind, _kind(one)):
            continue  # because that is something else to do, and what was done stays done
        if done is not None and done.is_gone and one.unverified:
            continue  # because the bill showed that it is gone, and does not say that it is there again
        ends = grace_of(item, one)
        if decisions.as_of > ends:
            sources = ", ".join(sorted({member.source for member in one.best.members}))
            again[one.opportunity_id] = f"{sources} recommends {one.best.chosen.action_type} again, after {ends}."
    return again


def _kind(one: Opportunity) -> str:
    return action_kind(one.best.chosen.action_type)


def _verified(item: Decided, row: Realised, shown: Mapping[str, Realised], decisions: Decisions) -> Decided | None:
    if item.latest.state is not DecisionState.IMPLEMENTED or item.carried_out is None:
        return None
    told = shown[row.shared_with] if row.shared_with else row
    if not told.is_verified or told.state is not DecisionState.IMPLEMENTED:
        return None
    changed = concluded(item, _by_review(item, decisions, DecisionState.VERIFIED, told.basis))
    if row.shared_with:
        return changed
    shown_now = replace(item.carried_out, realised=row.amount, after=row.after, is_gone=row.is_gone)
    return replace(changed, carried_out=shown_now)


def _by_review(item: Decided, decisions: Decisions, state: DecisionState, why: str) -> Decision:
    """A review's conclusion about what was done, and about no other kind of action."""
    # The review's day, not the clock's: the same inputs give the same ledger.
    at = datetime.combine(decisions.as_of, time.min, UTC)
    return Decision(state, BY_REVIEW, at, why, action_kind=item.latest.action_kind)
