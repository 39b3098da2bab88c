"""Where an opportunity stands, and what may follow."""

from datetime import UTC, date, datetime, timedelta
from itertools import product
from typing import Any

import pytest

from tests.workflows.savings.ledgers import DONE, a_decision, an_item
from workflows.errors import IllegalDecision
from workflows.savings.decisions import (
    LEGAL,
    LEGAL_FOR_REVIEWS,
    MOST_KEPT,
    VERBS,
    Decided,
    Decision,
    DecisionState,
    as_it_stood,
    concluded,
    decided,
    grace_ends,
    standing,
    state_of,
)

S = DecisionState
PEOPLE = [(before, after) for before, after in product(S, S) if after in VERBS]


def decide(item: Decided | None, decision: Decision) -> Decided:
    return decided(item, decision, opportunity_id="id-1", resource_key="key-1")


def standing_in(state: DecisionState) -> Decided | None:
    return None if state is S.OPEN else an_item(state)


@pytest.mark.parametrize(("before", "after"), PEOPLE)
def test_what_the_table_allows_happens_and_what_it_does_not_is_refused_with_what_is_legal(
    before: DecisionState, after: DecisionState
) -> None:
    item, decision = standing_in(before), a_decision(after, DONE + timedelta(days=1))
    if after in LEGAL[before]:
        assert decide(item, decision).latest == decision
        return
    with pytest.raises(IllegalDecision) as raised:
        decide(item, decision)
    assert f"is {before} and cannot become {after}" in str(raised.value)
    assert all(f"{legal} (finops {VERBS[legal]})" in str(raised.value) for legal in LEGAL[before])


@pytest.mark.parametrize("state", [S.VERIFIED, S.REGRESSED])
@pytest.mark.parametrize("before", S)
def test_nobody_can_say_by_hand_what_only_the_bill_and_the_sources_tell(
    before: DecisionState, state: DecisionState
) -> None:
    with pytest.raises(IllegalDecision):
        decide(standing_in(before), a_decision(state))


@pytest.mark.parametrize(("before", "after"), list(product(S, S)))
def test_a_review_concludes_only_about_what_was_carried_out(before: DecisionState, after: DecisionState) -> None:
    item, decision = an_item(before), a_decision(after)
    if after in LEGAL_FOR_REVIEWS.get(before, ()):
        assert concluded(item, decision).latest == decision
    else:
        with pytest.raises(IllegalDecision):
            concluded(item, decision)


LACKING: dict[str, tuple[DecisionState, dict[str, Any], str]] = {
    "a dismissal without a reason": (S.DISMISSED, {"why": "  "}, "--why"),
    "a snooze without an end": (S.SNOOZED, {"until": None}, "--until YYYY-MM-DD"),
    "a snooze that ends today": (S.SNOOZED, {"until": DONE}, "is not after 2026-11-01"),
    "a snooze that ended": (S.SNOOZED, {"until": date(2020, 1, 1)}, "is not after 2026-11-01"),
    "an end of what does not end": (S.ACCEPTED, {"until": date(2027, 1, 1)}, "only a snooze has an end"),
    "nobody": (S.ACCEPTED, {"by": " "}, "--by NAME"),
}


@pytest.mark.parametrize("name", LACKING)
def test_a_decision_that_lacks_something_is_refused_with_what_it_lacks(name: str) -> None:
    state, changes, said = LACKING[name]
    with pytest.raises(IllegalDecision) as raised:
        decide(None, a_decision(state, **changes))
    assert said in str(raised.value)


def test_everything_that_a_decision_lacks_is_said_at_once() -> None:
    with pytest.raises(IllegalDecision) as raised:
        decide(None, a_decision(S.DISMISSED, why="", by="", until=date(2020, 1, 1)))
    assert len(raised.value.problems) == 4


def test_each_decision_is_kept_with_who_when_and_why_and_raises_the_version() -> None:
    first, second = a_decision(S.ACCEPTED, why="cheap"), a_decision(S.DISMISSED, date(2026, 11, 5), by="ben")
    item = decide(decide(None, first), second)
    assert (item.decisions, item.version, item.opportunity_id, item.resource_key) == (
        (first, second),
        2,
        "id-1",
        "key-1",
    )


def test_of_endless_decisions_the_latest_are_kept_and_the_version_goes_on() -> None:
    item = decide(None, a_decision(S.ACCEPTED))
    for _ in range(MOST_KEPT):
        item = decide(decide(item, a_decision(S.OPEN)), a_decision(S.ACCEPTED, by="last"))
    assert (len(item.decisions), item.latest.by, item.version) == (MOST_KEPT, "last", 1 + 2 * MOST_KEPT)


@pytest.mark.parametrize(("day", "state"), [(date(2026, 11, 30), S.SNOOZED), (date(2026, 12, 1), S.OPEN)])
def test_a_snooze_ends_by_itself_on_the_day_that_it_names(day: date, state: DecisionState) -> None:
    item = an_item(S.SNOOZED, until=date(2026, 12, 1), why="after the release")
    decision = standing(item, day)
    assert decision is not None
    assert (state_of(item, day), decision.state, "after the release" in decision.why) == (state, state, True)


def test_after_a_snooze_one_decides_as_about_what_is_open() -> None:
    item = an_item(S.SNOOZED, until=date(2026, 12, 1))
    after = decide(item, a_decision(S.DISMISSED, date(2026, 12, 2)))
    assert [one.state for one in after.decisions] == [S.SNOOZED, S.DISMISSED]
    with pytest.raises(IllegalDecision, match="is open and cannot become open"):
        decide(item, a_decision(S.OPEN, date(2026, 12, 2)))


def test_nobody_decided_about_what_is_in_no_ledger() -> None:
    assert (standing(None, DONE), state_of(None, DONE)) == (None, S.OPEN)


def test_what_was_carried_out_is_forgotten_once_it_is_reopened() -> None:
    assert decide(an_item(S.IMPLEMENTED), a_decision(S.OPEN)).carried_out is None


def test_a_decision_is_of_its_day_in_utc() -> None:
    at = datetime.fromisoformat("2026-11-01T23:30:00-05:00")
    assert a_decision(at=at).day == at.astimezone(UTC).date() == date(2026, 11, 2)


@pytest.mark.parametrize(("look_back", "ends"), [(None, 16), (7, 16), (14, 16), (32, 34)])
def test_the_grace_is_the_longest_look_back_of_the_sources_and_two_days_in_which_they_notice(
    look_back: int | None, ends: int
) -> None:
    assert grace_ends(an_item(S.IMPLEMENTED), look_back) == DONE + timedelta(days=ends)


def test_an_older_clock_overwrites_no_newer_decision() -> None:
    item = an_item(S.ACCEPTED, DONE)
    early = a_decision(S.DISMISSED, DONE - timedelta(days=1))
    with pytest.raises(IllegalDecision, match="set the clock right"):
        decided(item, early, opportunity_id=item.opportunity_id, resource_key=item.resource_key)


def test_what_was_dismissed_for_one_kind_can_be_decided_for_another_without_reopening() -> None:
    item = an_item(S.DISMISSED, action_kind="Upgrade")
    delete = a_decision(S.ACCEPTED, action_kind="StopPaying")
    assert decided(item, delete, opportunity_id="", resource_key="").latest is delete
    with pytest.raises(IllegalDecision, match="is dismissed and cannot become accepted"):
        decided(item, a_decision(S.ACCEPTED, action_kind="Upgrade"), opportunity_id="", resource_key="")


def test_a_deed_stays_until_it_is_reopened_whatever_else_there_is_to_do() -> None:
    """An item keeps one deed: another would take the amount of the first out of what was realised."""
    item = an_item(S.VERIFIED, action_kind="Upgrade")
    with pytest.raises(IllegalDecision, match="is verified and cannot become implemented"):
        decided(item, a_decision(S.IMPLEMENTED, action_kind="StopPaying"), opportunity_id="", resource_key="")


def test_a_deed_lies_neither_in_the_future_nor_before_what_came_back() -> None:
    tomorrow = a_decision(S.IMPLEMENTED, holds_from=DONE + timedelta(days=1))
    with pytest.raises(IllegalDecision, match="is after today"):
        decided(None, tomorrow, opportunity_id="a", resource_key="k")
    early = a_decision(S.IMPLEMENTED, holds_from=DONE - timedelta(days=1))
    with pytest.raises(IllegalDecision, match="it came back on 2026-11-01"):
        decided(an_item(S.REGRESSED), early, opportunity_id="a", resource_key="k")


def test_an_item_as_it_stood_knows_nothing_of_later_days() -> None:
    item = an_item(S.IMPLEMENTED, DONE)
    later = decided(item, a_decision(S.OPEN, DONE + timedelta(days=9)), opportunity_id="", resource_key="")
    assert as_it_stood(item, DONE - timedelta(days=1)) is None
    assert as_it_stood(item, DONE) is item
    assert state_of(later, DONE + timedelta(days=8)) is S.IMPLEMENTED
    assert state_of(later, DONE + timedelta(days=9)) is S.OPEN
