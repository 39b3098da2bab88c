"""What savings that were carried out come to on the bill."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from tests.workflows.savings.ledgers import DONE, a_deed, an_id, an_item, billed
from workflows.savings.decisions import DailyPace, Decided, DecisionState
from workflows.savings.realised import Realised, realised, realised_totals, with_what_was_before
from workflows.spend import BilledDays

S = DecisionState
LATER = DONE + timedelta(days=17)
"""The day of a review that sees fourteen settled days after the one on which it was done."""


def one_row(item: Decided, bill: dict[str, BilledDays], as_of: date = LATER) -> Realised:
    (row,) = realised([item], bill, as_of)
    return row


def implemented(**changes: Any) -> Decided:
    return an_item(S.IMPLEMENTED, done=a_deed(**changes))


def test_what_is_realised_a_month_is_the_difference_of_the_two_paces() -> None:
    row = one_row(implemented(), billed("0.80", LATER))
    assert row.amount == Decimal("36.5")  # (2.00 - 0.80) * 365 / 12
    assert row.after == DailyPace(Decimal("0.8"), 12, date(2026, 11, 16))
    assert (row.enough, row.is_verified, row.is_gone) == (True, True, False)
    assert "2.00 a day in 14 days until 2026-11-01, then 0.80 a day in 12 days until 2026-11-16" in row.basis


def test_a_resource_that_is_gone_from_the_bill_costs_nothing_after() -> None:
    row = one_row(implemented(), billed(None, LATER))
    assert (row.amount, row.is_gone, row.is_verified) == (Decimal("60.8333333333"), True, True)
    assert "not on the bill any more" in row.basis


def test_the_day_of_the_deed_and_the_last_two_days_are_left_out() -> None:
    days = {
        DONE: Decimal(100),
        LATER - timedelta(days=2): Decimal(100),
        LATER - timedelta(days=1): Decimal(100),
    }
    bill = {"i-1": BilledDays("i-1", "USD", DONE, LATER, tuple(sorted(days.items())))}
    row = one_row(implemented(), bill)
    assert row.after == DailyPace(Decimal(0), 14, LATER - timedelta(days=2))


def test_half_a_day_without_a_line_is_no_half_of_the_pace() -> None:
    """A day that is asked about and not there cost nothing: it counts as a day."""
    some = tuple((DONE + timedelta(days=day), Decimal(2)) for day in range(1, 8))
    row = one_row(implemented(), {"i-1": BilledDays("i-1", "USD", DONE, LATER, some)})
    assert row.after is not None
    assert (row.after.a_day, row.after.days) == (Decimal(1), 14)


@pytest.mark.parametrize(("days", "enough"), [(6, False), (7, True)])
def test_less_than_a_week_is_shown_and_not_judged(days: int, enough: bool) -> None:
    as_of = DONE + timedelta(days=1 + days + 2)
    row = one_row(implemented(), billed("0", as_of), as_of)
    assert (row.enough, row.is_verified, row.amount) == (enough, enough, Decimal("60.8333333333"))
    assert ("Judged after 7 days" in row.basis) is not enough


def test_less_than_a_week_before_is_not_judged_either() -> None:
    row = one_row(implemented(before=DailyPace(Decimal(2), 6, DONE)), billed("0", LATER))
    assert (row.enough, row.is_verified) == (False, False)


@pytest.mark.parametrize(("a_day", "verified"), [("1.50", True), ("1.51", False), ("3", False)])
def test_it_is_verified_when_at_least_half_of_what_was_counted_shows(a_day: str, verified: bool) -> None:
    counted = Decimal("30.4166666666")  # half of it is half a dollar a day
    assert one_row(implemented(counted=counted), billed(a_day, LATER)).is_verified is verified


def test_what_became_dearer_is_shown_as_negative() -> None:
    assert one_row(implemented(), billed("3", LATER)).amount == Decimal("-30.4166666666")


@pytest.mark.parametrize("counted", [None, Decimal(0), Decimal(-5)])
def test_without_a_counted_saving_there_is_nothing_to_verify(counted: Decimal | None) -> None:
    row = one_row(implemented(counted=counted), billed("0", LATER))
    assert (row.amount is not None, row.is_verified) == (True, False)


UNKNOWN: dict[str, tuple[Decided, dict[str, BilledDays], date, str]] = {
    "nothing before": (implemented(before=None), billed("0", LATER), LATER, "says nothing of it before"),
    "not asked": (implemented(), {}, LATER, "not asked about it"),
    "done today": (implemented(), billed("0", DONE), DONE, "No day after 2026-11-01 is settled"),
    "done three days ago": (implemented(), billed("0", DONE), DONE + timedelta(days=3), "No day after 2026-11-01"),
    "a review of an earlier day": (implemented(), billed("0", DONE), date(2026, 10, 1), "No day after 2026-11-01"),
    "another currency": (implemented(), billed("1", LATER, currency="EUR"), LATER, "another currency"),
    "no line of its own": (implemented(billing_ids=()), billed("1", LATER), LATER, "not asked about it"),
}


@pytest.mark.parametrize("name", UNKNOWN)
def test_what_cannot_be_compared_is_unknown_and_says_why(name: str) -> None:
    item, bill, as_of, said = UNKNOWN[name]
    row = one_row(item, bill, as_of)
    assert (row.amount, row.enough, row.is_verified, said in row.basis) == (None, False, False, True)


def test_what_was_verified_keeps_its_amount_without_asking_again() -> None:
    item = an_item(S.VERIFIED, done=a_deed(realised=Decimal("12.34")), why="seen")
    row = one_row(item, {})
    assert (row.amount, row.enough, row.basis) == (Decimal("12.34"), True, "seen")


@pytest.mark.parametrize("state", [S.ACCEPTED, S.DISMISSED, S.SNOOZED, S.REGRESSED])
def test_only_what_was_carried_out_has_a_row(state: DecisionState) -> None:
    assert realised([an_item(state)], billed("0", LATER), LATER) == ()


def two_levers() -> tuple[Decided, Decided]:
    """An instance and its storage, which the bill has on one line."""
    first = an_item(S.IMPLEMENTED, done=a_deed())
    second = an_item(S.IMPLEMENTED, done=a_deed(counted=Decimal(10)), resource="i-1-storage")
    return first, second


def test_a_line_of_the_bill_that_two_share_counts_once_and_for_both() -> None:
    rows = realised(two_levers(), billed("1", LATER), LATER)
    (whole,) = (row for row in rows if not row.shared_with)
    (other,) = (row for row in rows if row.shared_with)
    assert (whole.amount, whole.counted) == (Decimal("30.4166666666"), Decimal(40))
    assert (other.amount, other.shared_with) == (None, whole.opportunity_id)
    (total,) = realised_totals(rows)
    assert (total.amount, total.counted, total.judged) == (Decimal("30.4166666666"), Decimal(40), 1)


BEFORE = DONE - timedelta(days=60)
KEPT = a_deed(BEFORE, counted=Decimal(150), realised=Decimal(152))


@pytest.mark.parametrize(("first", "second"), [("i-1", "i-2"), ("i-2", "i-1")])
def test_what_was_verified_keeps_its_amount_and_lends_it_to_no_later_deed(first: str, second: str) -> None:
    """Whichever of the two has the smaller id."""
    verified = an_item(S.VERIFIED, BEFORE, resource=first, done=KEPT)
    today = an_item(S.IMPLEMENTED, LATER, resource=second, done=a_deed(LATER, counted=Decimal(40)))
    rows = {row.opportunity_id: row for row in realised([verified, today], billed("2", LATER), LATER)}
    assert (rows[an_id(first)].amount, rows[an_id(first)].counted) == (Decimal(152), Decimal(150))
    assert (rows[an_id(second)].amount, rows[an_id(second)].shared_with) == (None, "")
    assert "No day after" in rows[an_id(second)].basis
    (total,) = realised_totals(list(rows.values()))
    assert (total.amount, total.counted, total.judged, total.waiting) == (Decimal(152), Decimal(150), 1, 1)


def test_what_is_said_to_be_done_too_after_its_line_was_verified_claims_nothing_of_it() -> None:
    verified = an_item(S.VERIFIED, done=a_deed(counted=Decimal(150), realised=Decimal(152)))
    too = an_item(S.IMPLEMENTED, done=a_deed(counted=Decimal(40)), resource="i-1-storage")
    rows = {row.opportunity_id: row for row in realised([too, verified], billed("1", LATER), LATER)}
    row = rows[an_id("i-1-storage")]
    assert (row.amount, row.shared_with, row.is_verified) == (None, an_id(), False)
    assert "verified before anybody said" in row.basis
    assert rows[an_id()].counted == Decimal(150)


def test_the_days_after_a_deed_end_with_the_next_one_on_the_same_line() -> None:
    next_day = DONE + timedelta(days=9)
    later = an_item(S.IMPLEMENTED, next_day, resource="i-1-storage", done=a_deed(next_day))
    rows = {row.opportunity_id: row for row in realised([implemented(), later], billed("1", LATER, days=17), LATER)}
    assert rows[an_id()].after == DailyPace(Decimal(1), 8, next_day)
    late = rows[an_id("i-1-storage")]
    assert (late.amount, "reach over 2026-11-01" in late.basis) == (None, True)


def test_a_pace_before_that_holds_what_another_deed_saved_is_taken_anew_from_the_days_between() -> None:
    next_day = DONE + timedelta(days=9)
    late = an_item(S.IMPLEMENTED, next_day, resource="i-1-storage", done=a_deed(next_day))
    learnt = with_what_was_before(late, billed("1", LATER, days=17), LATER, (DONE, next_day)).carried_out
    assert learnt is not None
    assert learnt.before == DailyPace(Decimal(1), 8, next_day)


def test_totals_are_a_currencys_own_and_leave_out_what_still_waits() -> None:
    waiting = an_item(S.IMPLEMENTED, done=a_deed(billing_ids=("i-2",)), resource="i-2")
    euro = an_item(S.IMPLEMENTED, done=a_deed(billing_ids=("i-3",), billing_currency="EUR"), resource="i-3")
    bill = billed("1", LATER) | billed("1.5", LATER, resource="i-3", currency="EUR")
    totals = realised_totals(realised([implemented(), waiting, euro], bill, LATER))
    assert [(one.billing_currency, one.amount, one.judged, one.waiting) for one in totals] == [
        ("EUR", Decimal("15.2083333333"), 1, 0),
        ("USD", Decimal("30.4166666666"), 1, 1),
    ]


def test_where_nothing_was_judged_the_total_is_unknown_and_not_nothing() -> None:
    (total,) = realised_totals([one_row(implemented(), {})])
    assert (total.amount, total.counted, total.judged, total.waiting) == (None, None, 0, 1)


def test_the_pace_before_is_taken_from_the_bill_where_the_ledger_lacks_it() -> None:
    as_of = DONE + timedelta(days=4)
    item = with_what_was_before(implemented(before=None), billed("2", as_of), as_of)
    assert item.carried_out is not None
    assert item.carried_out.before == DailyPace(Decimal(2), 10, DONE)
    assert item.version == 2


@pytest.mark.parametrize(
    ("a_day", "days_later", "before"),
    [("2", 8, None), (None, 4, None), ("2", 4, DailyPace(Decimal(9), 9, DONE))],
)
def test_it_is_not_taken_from_less_than_a_week_from_no_line_or_over_what_is_known(
    a_day: str | None, days_later: int, before: DailyPace | None
) -> None:
    as_of = DONE + timedelta(days=days_later)
    item = implemented(before=before)
    assert with_what_was_before(item, billed(a_day, as_of), as_of) == item


def test_days_before_the_first_line_make_no_pace_before_cheaper() -> None:
    """Eight days of ten and then five a day are a saving, though the bill was asked about six days more."""
    as_of = DONE + timedelta(days=11)
    daily = tuple((DONE + timedelta(days=day), Decimal(10 if day < 0 else 5)) for day in range(-8, 11))
    bill = {"i-1": BilledDays("i-1", "USD", DONE - timedelta(days=14), as_of, daily)}
    learnt = with_what_was_before(implemented(before=None), bill, as_of)
    assert learnt.carried_out is not None
    assert learnt.carried_out.before == DailyPace(Decimal(10), 8, DONE)
    assert one_row(learnt, bill, as_of).amount == Decimal("152.0833333333")  # (10 - 5) * 365 / 12


def test_what_began_less_than_a_week_before_has_no_pace_before() -> None:
    as_of = DONE + timedelta(days=11)
    daily = tuple((DONE + timedelta(days=day), Decimal(10 if day < 0 else 5)) for day in range(-4, 11))
    item = implemented(before=None)
    bill = {"i-1": BilledDays("i-1", "USD", DONE - timedelta(days=14), as_of, daily)}
    assert with_what_was_before(item, bill, as_of) == item


def test_less_than_a_week_before_is_replaced_where_the_bill_shows_a_week() -> None:
    as_of = DONE + timedelta(days=4)
    few = implemented(before=DailyPace(Decimal(9), 3, DONE - timedelta(days=7)))
    item = with_what_was_before(few, billed("2", as_of), as_of)
    assert item.carried_out is not None
    assert item.carried_out.before == DailyPace(Decimal(2), 10, DONE)


def test_rows_are_in_the_order_of_ids_whatever_the_order_of_the_ledger() -> None:
    items = [replace(implemented(billing_ids=(name,)), opportunity_id=an_id(name)) for name in ("i-1", "i-2", "i-3")]
    rows = realised(items, {}, LATER)
    assert rows == realised(reversed(items), {}, LATER)
    assert [row.opportunity_id for row in rows] == sorted(row.opportunity_id for row in rows)
