"""What people set aside is not counted, and what a review makes of their decisions."""

import random
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from tests.workflows.builders import ACCOUNT, a_hearing, a_recommendation, a_review, findings
from tests.workflows.savings.bills import NO_BILL, a_key
from tests.workflows.savings.ledgers import DONE, a_deed, an_item, billed
from workflows.cost_review.consolidation import consolidate
from workflows.recommendation import ActionType, Recommendation
from workflows.savings.consolidation import consolidated
from workflows.savings.decisions import BY_REVIEW, Decided, DecisionState
from workflows.savings.exemptions import Exemption
from workflows.savings.identity import opportunity_id
from workflows.savings.opportunity import NotCounted, Opportunity, Step
from workflows.savings.outcomes import Outcome, outcome
from workflows.savings.set_aside import NOTHING_DECIDED, Decisions
from workflows.savings.waterfall import waterfalls

S = DecisionState
SOON, LATER = DONE + timedelta(days=3), DONE + timedelta(days=17)


def decisions(*items: Decided, as_of: date = SOON, exemptions: tuple[Exemption, ...] = ()) -> Decisions:
    return Decisions(as_of, exemptions, {item.opportunity_id: item for item in items})


def an_exemption(pattern: str = "i-1", expires: date = date(2027, 1, 1), **changes: Any) -> Exemption:
    return Exemption(pattern, "failover", expires, **changes)


def count(decided: Decisions, *said: Recommendation) -> tuple[Opportunity, ...]:
    return consolidated(said or (a_recommendation("12"),), NO_BILL, decided)


def the_only(decided: Decisions, *said: Recommendation) -> Opportunity:
    (one,) = count(decided, *said)
    return one


@pytest.mark.parametrize(
    ("item", "reason"),
    [
        (an_item(S.DISMISSED), "dismissed by ana on 2026-11-01: we need it"),
        (an_item(S.SNOOZED, why="release"), "snoozed by ana on 2026-11-01 until 2026-12-01: release"),
        (an_item(S.SNOOZED), "snoozed by ana on 2026-11-01 until 2026-12-01"),
        (
            an_item(S.IMPLEMENTED),
            "carried out on 2026-11-01; sources look back, and may recommend it until 2026-11-17",
        ),
    ],
)
def test_what_was_decided_against_is_set_aside_with_who_why_and_until(item: Decided, reason: str) -> None:
    one = the_only(decisions(item))
    assert (one.not_counted, one.counted_savings) == (NotCounted.SET_ASIDE, Decimal(0))
    (taken,) = one.deductions
    assert (taken.step, taken.amount, taken.reason) == (Step.SET_ASIDE, Decimal(12), reason)


@pytest.mark.parametrize("state", [S.ACCEPTED, S.REGRESSED, S.OPEN])
def test_what_is_still_to_be_done_counts(state: DecisionState) -> None:
    assert the_only(decisions(an_item(state))) == the_only(NOTHING_DECIDED)


def test_what_was_snoozed_counts_again_on_the_day_it_ends() -> None:
    snoozed = an_item(S.SNOOZED, until=SOON)
    assert the_only(decisions(snoozed, as_of=SOON - timedelta(days=1))).not_counted is NotCounted.SET_ASIDE
    assert the_only(decisions(snoozed, as_of=SOON)).counted_savings == Decimal(12)


def test_what_was_exempted_is_set_aside_until_its_last_day() -> None:
    exemptions = (an_exemption(expires=SOON),)
    one = the_only(decisions(exemptions=exemptions))
    assert one.not_counted is NotCounted.SET_ASIDE
    assert one.deductions[0].reason == "exempted until 2026-11-04 (i-1): failover"
    after = decisions(exemptions=exemptions, as_of=SOON + timedelta(days=1))
    assert the_only(after).counted_savings == Decimal(12)


def test_what_people_set_aside_stays_in_gross_and_the_waterfall_adds_up() -> None:
    (waterfall,) = waterfalls(
        count(decisions(an_item()), a_recommendation("12"), a_recommendation("5", resource="i-2"))
    )
    assert (waterfall.gross, waterfall.counted, waterfall.adds_up) == (Decimal(17), Decimal(5), True)
    assert [item.amount for item in waterfall.steps[Step.SET_ASIDE]] == [Decimal(12)]


def test_a_parent_that_is_set_aside_absorbs_nothing() -> None:
    group = a_recommendation("50", resource="web", resource_type="Ec2AutoScalingGroup")
    member = a_recommendation("12", member_of=("Ec2AutoScalingGroup/web",))
    absorbed = {one.best.chosen.resource_id: one for one in count(NOTHING_DECIDED, group, member)}
    assert absorbed["i-1"].not_counted is NotCounted.ABSORBED
    kept = {
        one.best.chosen.resource_id: one for one in count(decisions(exemptions=(an_exemption("web"),)), group, member)
    }
    assert (kept["web"].not_counted, kept["i-1"].counted_savings) == (NotCounted.SET_ASIDE, Decimal(12))


def a_database(state: DecisionState) -> Decided:
    key = a_key("shop", "RdsDbInstance")
    return replace(an_item(state), opportunity_id=opportunity_id("resource", key), resource_key=key)


@pytest.mark.parametrize(("state", "kept"), [(S.IMPLEMENTED, "0"), (S.VERIFIED, "0"), (S.DISMISSED, "5")])
def test_what_went_with_a_parent_that_is_carried_out_already_is_not_counted_again(
    state: DecisionState, kept: str
) -> None:
    shop = a_recommendation("50", resource="shop", resource_type="RdsDbInstance", action=ActionType.DELETE)
    storage = replace(
        shop,
        resource_type="RdsDbInstanceStorage",
        action_type=ActionType.RIGHTSIZE,
        estimated_monthly_savings=Decimal(5),
    )
    _, one = count(decisions(a_database(state)), shop, storage)
    assert (one.best.chosen.resource_type, one.counted_savings) == ("RdsDbInstanceStorage", Decimal(kept))
    if state is not S.DISMISSED:
        assert [taken.reason for taken in one.deductions] == [
            "part of shop, which was carried out; sources look back (Delete)"
        ]
    _, one = count(decisions(a_database(state), as_of=LATER), replace(shop, estimated_monthly_savings=None), storage)
    assert one.counted_savings == Decimal(5)


@pytest.mark.parametrize("savings", [None, "-3"])
def test_what_counts_nothing_anyway_keeps_its_own_reason(savings: str | None) -> None:
    said = a_recommendation(savings)
    assert the_only(decisions(an_item()), said) == the_only(NOTHING_DECIDED, said)


def test_a_decision_about_another_resource_changes_nothing() -> None:
    assert the_only(decisions(an_item(resource="i-2"))) == the_only(NOTHING_DECIDED)


@pytest.mark.parametrize("state", [S.DISMISSED, S.SNOOZED, S.IMPLEMENTED])
def test_a_decision_about_one_kind_of_action_does_not_hold_for_another(state: DecisionState) -> None:
    decided = decisions(an_item(state, action_kind="Upgrade"))
    assert the_only(decided, a_recommendation("300", action=ActionType.DELETE)).counted_savings == Decimal(300)
    upgrade = the_only(decided, a_recommendation("12", action=ActionType.UPGRADE))
    assert upgrade.not_counted is NotCounted.SET_ASIDE


def test_what_was_dismissed_for_another_kind_is_open_and_says_so() -> None:
    came = concluded(decisions(an_item(action_kind="Upgrade")), a_recommendation("300", action=ActionType.DELETE))
    decision = came.decision_on(the_only(NOTHING_DECIDED, a_recommendation("300", action=ActionType.DELETE)))
    assert decision is not None
    assert decision.state is S.OPEN
    assert decision.why == (
        "What was dismissed on 2026-11-01 was Upgrade, and what is best now is Stop, Delete or ScaleIn: we need it"
    )


def test_stopping_and_deleting_are_one_kind() -> None:
    dismissed = decisions(an_item(action_kind="StopPaying"))
    for action in (ActionType.STOP, ActionType.DELETE, ActionType.SCALE_IN):
        assert the_only(dismissed, a_recommendation("12", action=action)).not_counted is NotCounted.SET_ASIDE


def test_what_was_stopped_saves_nothing_by_another_kind_while_sources_look_back() -> None:
    """Compute Optimizer proposes a smaller type for a fortnight after the instance was deleted."""
    smaller = a_recommendation("40", action=ActionType.RIGHTSIZE)
    item = an_item(S.IMPLEMENTED, action_kind="StopPaying")
    one = the_only(decisions(item, as_of=DONE + timedelta(days=16)), smaller)
    assert (one.not_counted, one.counted_savings) == (NotCounted.SET_ASIDE, Decimal(0))
    assert one.deductions[-1].reason.startswith("carried out on 2026-11-01; sources look back")
    assert the_only(decisions(item, as_of=DONE + timedelta(days=17)), smaller).counted_savings == Decimal(40)


@pytest.mark.parametrize("said", [(), (a_recommendation("12", action=ActionType.UPGRADE),)], ids=["verified", "again"])
def test_what_a_review_concludes_is_about_the_kind_that_was_done(said: tuple[Recommendation, ...]) -> None:
    done = an_item(S.IMPLEMENTED, action_kind="Upgrade", done=a_deed(action_kind="Upgrade"))
    (changed,) = concluded(decisions(done, as_of=DONE + timedelta(days=17)), *said).changed
    assert changed.latest.state is (S.REGRESSED if said else S.VERIFIED)
    deletion = a_recommendation("300", action=ActionType.DELETE)
    next_day = decisions(changed, as_of=DONE + timedelta(days=18))
    decision = concluded(next_day, deletion).decision_on(the_only(NOTHING_DECIDED, deletion))
    assert decision is not None
    assert decision.state is S.OPEN


def test_another_kind_counts_from_the_day_on_which_the_deed_is_verified() -> None:
    done = an_item(S.IMPLEMENTED, action_kind="Upgrade", done=a_deed(action_kind="Upgrade"))
    as_of = DONE + timedelta(days=12)
    (verified,) = concluded(decisions(done, as_of=as_of)).changed
    assert verified.latest.state is S.VERIFIED
    deletion = a_recommendation("300", action=ActionType.DELETE)
    assert the_only(decisions(verified, as_of=as_of), deletion).counted_savings == Decimal(300)


def test_members_of_what_was_carried_out_do_not_count_in_its_place_while_sources_look_back() -> None:
    """The group runs a smaller type since yesterday; its instances of before are still recommended."""
    group = a_recommendation("100", action=ActionType.RIGHTSIZE, resource="web", resource_type="Ec2AutoScalingGroup")
    member = a_recommendation("60", member_of=("Ec2AutoScalingGroup/web",))
    key = a_key("web", "Ec2AutoScalingGroup")
    item = replace(
        an_item(S.IMPLEMENTED, action_kind="Rightsize"),
        opportunity_id=opportunity_id("resource", key),
        resource_key=key,
    )
    found = {
        as_of: {one.resource_key: one for one in count(decisions(item, as_of=as_of), group, member)}
        for as_of in (DONE + timedelta(days=16), DONE + timedelta(days=17))
    }
    within, after = (by_key[a_key()] for by_key in found.values())
    assert (within.not_counted, within.counted_savings) == (NotCounted.ABSORBED, Decimal(0))
    assert within.deductions[-1].reason == "part of web, which was carried out; sources look back (Rightsize)"
    assert after.deductions[-1].reason == "part of web, which counts (Rightsize)"


@pytest.mark.parametrize("state", [S.DISMISSED, S.SNOOZED, S.IMPLEMENTED, S.VERIFIED])
def test_what_was_decided_later_does_not_change_a_review_of_an_earlier_day(state: DecisionState) -> None:
    earlier = decisions(an_item(state, SOON), as_of=DONE)
    assert the_only(earlier) == the_only(NOTHING_DECIDED)
    came = concluded(earlier, a_recommendation("12"))
    assert (came.changed, came.realised) == ((), ())
    assert came.decisions.ledger == earlier.ledger


def test_a_review_of_a_day_before_a_verification_concludes_nothing_over_it() -> None:
    done = an_item(S.IMPLEMENTED)
    (verified,) = concluded(decisions(done, as_of=LATER)).changed
    came = concluded(decisions(verified, as_of=LATER - timedelta(days=1)))
    assert came.changed == ()
    assert [(row.state, row.amount is not None) for row in came.realised] == [(S.IMPLEMENTED, True)]


# ---- what a review concludes


def concluded(decided: Decisions, *said: Recommendation, a_day: str | None = "0", resource: str = "i-1") -> Outcome:
    found = consolidated(said, NO_BILL, decided)
    return outcome(decided, found, billed(a_day, decided.as_of, resource=resource).values())


@pytest.mark.parametrize("state", [S.IMPLEMENTED, S.VERIFIED])
def test_what_is_recommended_again_after_the_grace_has_regressed_and_counts(state: DecisionState) -> None:
    decided = decisions(an_item(state), as_of=DONE + timedelta(days=17))
    came = concluded(decided, a_recommendation("12"))
    (changed,) = came.changed
    assert (changed.latest.state, changed.latest.by, changed.version) == (S.REGRESSED, BY_REVIEW, 2)
    assert changed.latest.day == decided.as_of
    assert "CostOptimizationHub recommends Stop again, after 2026-11-17" in changed.latest.why
    assert changed.carried_out is None
    assert the_only(decided).counted_savings == Decimal(12)


def test_within_the_grace_nothing_has_regressed() -> None:
    came = concluded(decisions(an_item(S.IMPLEMENTED), as_of=DONE + timedelta(days=16)), a_recommendation("12"))
    assert [item.latest.state for item in came.changed] == [S.VERIFIED]


def test_a_source_that_looks_back_longer_gets_more_grace() -> None:
    said = a_recommendation("12", lookback_days=32)
    came = concluded(decisions(an_item(S.VERIFIED), as_of=DONE + timedelta(days=34)), said)
    assert came.changed == ()
    later = concluded(decisions(an_item(S.VERIFIED), as_of=DONE + timedelta(days=35)), said)
    assert [item.latest.state for item in later.changed] == [S.REGRESSED]


@pytest.mark.parametrize(
    "said",
    [
        a_recommendation(None),
        a_recommendation("-1"),
        a_recommendation("0"),
        a_recommendation("12", not_applicable="stopped"),
    ],
)
def test_what_claims_no_saving_is_no_recommendation_to_do_it_again(said: Recommendation) -> None:
    decided = decisions(an_item(S.VERIFIED), as_of=DONE + timedelta(days=60))
    assert concluded(decided, said).changed == ()


def test_another_kind_of_action_is_no_return_of_what_was_done() -> None:
    """The volume was moved to gp3 in June; in November somebody proposes to delete it."""
    item = an_item(S.VERIFIED, done=a_deed(realised=Decimal(12), action_kind="Upgrade"), action_kind="Upgrade")
    decided = decisions(item, as_of=DONE + timedelta(days=60))
    came = concluded(decided, a_recommendation("300", action=ActionType.DELETE))
    assert (came.changed, [row.amount for row in came.realised]) == ((), [Decimal(12)])
    again = concluded(decided, a_recommendation("12", action=ActionType.UPGRADE))
    assert [one.latest.state for one in again.changed] == [S.REGRESSED]


def test_what_the_bill_showed_as_gone_comes_back_only_by_the_bill() -> None:
    """A night without the bill takes nothing out of what is realised, though a source still names what was deleted."""
    decided = decisions(an_item(S.VERIFIED, done=a_deed(realised=Decimal(60), is_gone=True)), as_of=LATER)
    (claimed,) = consolidated([a_recommendation("12")], NO_BILL, decided)
    assert outcome(decided, [claimed], ()).changed == ()
    (back,) = outcome(decided, [replace(claimed, unverified="")], ()).changed
    assert back.latest.state is S.REGRESSED


def test_a_stale_source_of_whose_claim_the_bill_leaves_nothing_is_no_return() -> None:
    decided = decisions(an_item(S.VERIFIED), as_of=DONE + timedelta(days=60))
    (claimed,) = consolidated([a_recommendation("12")], NO_BILL, decided)
    gone = claimed.less(Step.CAPPED, Decimal(12), "the bill shows nothing of it")
    assert outcome(decided, [gone], ()).changed == ()


def test_what_the_bill_shows_is_verified_and_keeps_its_amount() -> None:
    came = concluded(decisions(an_item(S.IMPLEMENTED), as_of=LATER))
    (changed,) = came.changed
    assert (changed.latest.state, changed.latest.by) == (S.VERIFIED, BY_REVIEW)
    assert changed.carried_out is not None
    assert changed.carried_out.realised == Decimal("60.8333333333")
    assert [(row.state, row.amount, row.is_gone) for row in came.realised] == [
        (S.VERIFIED, Decimal("60.8333333333"), False)
    ]
    decision = came.decision_on(the_only(NOTHING_DECIDED))
    assert decision is not None
    assert decision.state is S.VERIFIED


@pytest.mark.parametrize(
    ("accounts", "told"),
    [((), True), ((ACCOUNT,), True), (("2" * 12, ACCOUNT), True), (("2" * 12,), False)],
)
def test_what_was_realised_in_another_account_is_none_of_this_reviews(accounts: tuple[str, ...], told: bool) -> None:
    verified = an_item(S.VERIFIED, done=a_deed(realised=Decimal(12)))
    decided = decisions(verified, as_of=LATER)
    came = outcome(decided, (), (), accounts)
    assert ([row.amount for row in came.realised] == [Decimal(12)]) is told
    assert came.decisions.ledger == decided.ledger


@pytest.mark.parametrize(("account", "rows"), [(ACCOUNT, 1), ("2" * 12, 0)])
def test_a_review_tells_what_was_realised_in_the_account_as_which_it_asked(account: str, rows: int) -> None:
    verified = decisions(an_item(S.VERIFIED, done=a_deed(realised=Decimal(12))), as_of=LATER)
    heard = a_hearing(findings(account_id=account))
    assert len(consolidate(a_review(), (heard,), verified).outcome.realised) == rows


def test_what_is_gone_from_the_bill_is_verified_and_stays_told_as_gone() -> None:
    came = concluded(decisions(an_item(S.IMPLEMENTED), as_of=LATER), a_day=None)
    (row,) = came.realised
    assert (row.state, row.is_gone, row.after is not None) == (S.VERIFIED, True, True)
    (row,) = concluded(came.decisions, a_day=None).realised
    assert (row.state, row.is_gone) == (S.VERIFIED, True)


def test_what_the_bill_does_not_show_stays_implemented_with_what_there_is() -> None:
    came = concluded(decisions(an_item(S.IMPLEMENTED), as_of=LATER), a_day="1.9")
    assert came.changed == ()
    assert [(row.state, row.amount) for row in came.realised] == [(S.IMPLEMENTED, Decimal("3.0416666666"))]


def test_two_that_share_a_line_of_the_bill_are_verified_together() -> None:
    pair = (
        an_item(S.IMPLEMENTED, done=a_deed()),
        an_item(S.IMPLEMENTED, done=a_deed(counted=Decimal(10)), resource="i-1-storage"),
    )
    came = concluded(decisions(*pair, as_of=LATER))
    assert [item.latest.state for item in came.changed] == [S.VERIFIED, S.VERIFIED]
    amounts = [item.carried_out.realised for item in came.changed if item.carried_out]
    assert sorted(amounts, key=str) == [Decimal("60.8333333333"), None]


def test_a_review_that_learns_the_pace_before_writes_it_once() -> None:
    as_of = DONE + timedelta(days=4)
    item = an_item(S.IMPLEMENTED, done=a_deed(before=None))
    came = concluded(decisions(item, as_of=as_of), a_day="2")
    (changed,) = came.changed
    assert (changed.version, changed.latest.state) == (2, S.IMPLEMENTED)
    again = concluded(Decisions(as_of, ledger={changed.opportunity_id: changed}), a_day="2")
    assert again.changed == ()


def test_a_review_that_is_repeated_concludes_nothing_more() -> None:
    first = concluded(decisions(an_item(S.IMPLEMENTED), as_of=LATER))
    second = concluded(first.decisions)
    assert (second.changed, second.realised) == ((), first.realised)


def test_the_same_decisions_give_the_same_outcome_in_any_order() -> None:
    items = [an_item(S.IMPLEMENTED, resource=f"i-{n}", done=a_deed(billing_ids=(f"i-{n}",))) for n in range(9)]
    shuffled = random.Random(7).sample(items, len(items))  # noqa: S311 because nothing depends on the draw
    said = [a_recommendation("12", resource=f"i-{n}") for n in range(9)]
    first = concluded(decisions(*items, as_of=LATER), *said)
    second = concluded(decisions(*shuffled, as_of=LATER), *reversed(said))
    assert (first.changed, first.realised) == (second.changed, second.realised)


# ---- exemptions, looked back on


def test_each_exemption_says_what_it_matched_and_what_it_took_out() -> None:
    exemptions = (
        an_exemption("i-*"),
        an_exemption("i-1"),
        an_exemption("i-9"),
        an_exemption("i-2", expires=SOON - timedelta(days=1)),
        an_exemption("i-3", expires=SOON + timedelta(days=14)),
    )
    said = (a_recommendation("12"), a_recommendation("5", resource="i-2"), a_recommendation(None, resource="i-3"))
    uses = concluded(decisions(exemptions=exemptions), *said).exemptions
    assert [(use.matched, use.has_expired, use.expires_soon) for use in uses] == [
        (3, False, False),
        (1, False, False),
        (0, False, False),
        (1, True, False),
        (1, False, True),
    ]
    assert [dict(use.set_aside) for use in uses] == [{"USD": Decimal(17)}, {}, {}, {}, {}]


def test_what_somebody_dismissed_is_not_credited_to_an_exemption() -> None:
    (use,) = concluded(decisions(an_item(), exemptions=(an_exemption(),)), a_recommendation("12")).exemptions
    assert (use.matched, dict(use.set_aside)) == (1, {})


def test_an_exemption_from_one_action_holds_where_that_is_what_is_proposed() -> None:
    exemptions = (an_exemption(action=ActionType.RIGHTSIZE),)
    assert the_only(decisions(exemptions=exemptions)).not_counted is None
    smaller = a_recommendation(action=ActionType.RIGHTSIZE)
    assert the_only(decisions(exemptions=exemptions), smaller).not_counted is NotCounted.SET_ASIDE
