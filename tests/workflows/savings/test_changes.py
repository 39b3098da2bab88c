"""What changed between two reviews: new, grown, shrunk, gone, and unknown where somebody could not be heard."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflows.savings.changes import (
    REMEMBERED_DAYS,
    Change,
    Changes,
    GoneBecause,
    Kind,
    changes,
    spend_has_ended,
)
from workflows.savings.known import Baseline, Facts, Known
from workflows.spend import BilledDays

MONDAY = date(2026, 11, 16)
TUESDAY = MONDAY + timedelta(days=1)
HUB, ADVISOR = "CostOptimizationHub", "TrustedAdvisor"


def a_known(name: str = "a", counted: str = "12.00", **changed: Any) -> Known:
    fields: dict[str, Any] = {
        "opportunity_id": name,
        "optimization_type": "Usage",
        "action_type": "Stop",
        "account_id": "123456789012",
        "region_id": "us-east-1",
        "resource_type": "Ec2Instance",
        "resource_id": f"i-{name}",
        "resource_name": "",
        "billing_currency": "USD",
        "estimated": Decimal(counted),
        "not_counted": None,
        "sources": (HUB,),
        "last_seen": MONDAY,
    }
    return Known(counted=Decimal(counted), **{**fields, **changed})


def an_unknown_saving(name: str = "a", **changed: Any) -> Known:
    return a_known(name, "0", estimated=None, not_counted="unknown_savings", **changed)


def since(*seen: Known, remembered: tuple[Known, ...] = (), **changed: Any) -> Baseline:
    return replace(Baseline(MONDAY, "COMPLETE", seen, remembered), **changed)


def facts(*unheard: str, as_of: date = TUESDAY, **more: Any) -> Facts:
    return Facts(as_of, lambda source, _region: "ERROR: no answer" if source in unheard else "", **more)


def the_only(found: Changes, kind: Kind) -> Change:
    """The one change that there is."""
    assert {one: len(rows) for one, rows in found.rows.items() if rows} == {kind: 1}
    return found.rows[kind][0]


def test_what_was_not_there_before_is_new() -> None:
    row = the_only(changes([a_known()], since(), facts()), Kind.NEW)
    assert (row.before, row.after, row.moved) == (None, Decimal("12.00"), Decimal("12.00"))


def test_what_is_new_because_its_source_was_missing_last_time_says_so() -> None:
    row = the_only(changes([a_known()], since(missing=(HUB,)), facts()), Kind.NEW)
    assert "CostOptimizationHub could not be heard in the last review" in row.reason


@pytest.mark.parametrize(("now", "kind"), [("12.02", Kind.GROWN), ("11.98", Kind.SHRUNK)])
def test_more_than_a_cent_is_a_change(now: str, kind: Kind) -> None:
    row = the_only(changes([a_known(counted=now)], since(a_known()), facts()), kind)
    assert (row.before, row.after) == (Decimal("12.00"), Decimal(now))
    assert row.reason == f"sources state {now} a month, before 12.00"


@pytest.mark.parametrize("now", ["12.01", "11.99", "12.00"])
def test_a_cent_is_no_change_and_still_in_the_totals(now: str) -> None:
    found = changes([a_known(counted=now)], since(a_known()), facts())
    assert (found.unchanged, sum(map(len, found.rows.values()))) == (1, 0)
    (total,) = found.totals
    assert total.within_a_cent == Decimal(now) - Decimal("12.00")
    assert total.adds_up


def test_what_later_steps_take_off_is_told_from_what_sources_state() -> None:
    capped = a_known(counted="5.00", estimated=Decimal("12.00"))
    row = the_only(changes([capped], since(a_known()), facts()), Kind.SHRUNK)
    assert row.reason == "sources state the same; what is taken off it changed"


def test_what_no_longer_counts_shrinks_to_nothing_and_says_why() -> None:
    dismissed = a_known(counted="0", estimated=Decimal("12.00"), not_counted="set_aside")
    row = the_only(changes([dismissed], since(a_known()), facts()), Kind.SHRUNK)
    assert row.reason == "it no longer counts (set aside)"


def test_an_unknown_saving_is_no_zero() -> None:
    row = the_only(changes([an_unknown_saving()], since(), facts()), Kind.NEW)
    assert (row.before, row.after) == (None, None)
    known = the_only(changes([a_known()], since(an_unknown_saving()), facts()), Kind.GROWN)
    assert (known.before, known.after) == (None, Decimal("12.00"))


def test_what_everybody_who_named_it_no_longer_names_is_gone() -> None:
    row = the_only(changes([], since(a_known()), facts()), Kind.GONE)
    assert row.because is GoneBecause.NO_LONGER_RECOMMENDED
    assert (row.before, row.after, row.moved) == (Decimal("12.00"), None, Decimal("-12.00"))


@pytest.mark.parametrize("state", ["implemented", "verified"])
def test_what_people_did_is_gone_because_it_was_implemented(state: str) -> None:
    row = the_only(changes([], since(a_known()), facts(decided={"a": state})), Kind.GONE)
    assert row.because is GoneBecause.IMPLEMENTED


@pytest.mark.parametrize("state", ["open", "accepted", "dismissed", "snoozed", "regressed"])
def test_what_people_only_meant_to_do_is_not_implemented(state: str) -> None:
    row = the_only(changes([], since(a_known()), facts(decided={"a": state})), Kind.GONE)
    assert row.because is GoneBecause.NO_LONGER_RECOMMENDED


def test_what_costs_nothing_any_more_is_gone_because_its_resource_is() -> None:
    row = the_only(changes([], since(a_known()), facts(ended=frozenset({"i-a"}))), Kind.GONE)
    assert row.because is GoneBecause.RESOURCE_DELETED


def test_the_bill_may_spell_a_resource_by_its_arn() -> None:
    database = a_known(resource_type="RdsDbInstance", resource_id="reports")
    told = facts(ended=frozenset({"arn:aws:rds:us-east-1:123456789012:db:reports"}))
    row = the_only(changes([], since(database), told), Kind.GONE)
    assert row.because is GoneBecause.RESOURCE_DELETED


@pytest.mark.parametrize(
    ("costs", "ended"),
    [
        ([], False),
        (["0"] * 14, False),
        (["1"] * 14, False),
        (["1"] * 10 + ["0"] * 4, True),
        (["1"] * 11 + ["0"] * 3, False),
        (["1"] * 10, True),
        (["1"] * 9 + ["0"] * 4 + ["-1"], True),
    ],
    ids=["never billed", "free", "still billed", "quiet for long enough", "not settled", "no line at all", "credited"],
)
def test_spend_has_ended_when_there_was_some_and_four_days_without(costs: list[str], ended: bool) -> None:
    start = MONDAY - timedelta(days=14)
    daily = tuple((start + timedelta(days=number), Decimal(cost)) for number, cost in enumerate(costs))
    assert spend_has_ended(BilledDays("i-a", "USD", start, MONDAY, daily)) is ended


def test_nothing_is_gone_while_a_source_that_named_it_is_missing() -> None:
    """Neither the ledger nor the bill makes up for a source that could not be heard."""
    one = a_known(sources=(ADVISOR, HUB))
    told = facts(HUB, decided={"a": "implemented"}, ended=frozenset(one.billing_ids))
    row = the_only(changes([], since(one), told), Kind.UNKNOWN)
    assert row.reason == "CostOptimizationHub: ERROR: no answer"
    assert not row.all_unheard


def test_last_good_is_what_nobody_could_be_heard_about() -> None:
    found = changes([], since(a_known(sources=(ADVISOR, HUB))), facts(HUB, ADVISOR))
    (row,) = found.remembered
    assert (row.of.opportunity_id, row.of.last_seen, row.after) == ("a", MONDAY, None)


def test_another_figure_while_the_source_is_missing_is_neither_growth_nor_shrinking() -> None:
    last, now = a_known(sources=(ADVISOR, HUB)), a_known(counted="9.00", sources=(ADVISOR,))
    row = the_only(changes([now], since(last), facts(HUB)), Kind.UNKNOWN)
    assert (row.before, row.after, row.all_unheard) == (Decimal("12.00"), Decimal("9.00"), False)
    heard = the_only(changes([now], since(last), facts()), Kind.SHRUNK)
    assert heard.after == Decimal("9.00")


def test_the_figure_of_a_source_that_is_heard_again_is_neither_growth_nor_shrinking() -> None:
    """Monday the advisor's nine stood in for the Hub's twelve; that the Hub is back on Tuesday saves nobody three."""
    last, now = a_known(counted="9.00", sources=(ADVISOR,)), a_known(sources=(ADVISOR, HUB))
    row = the_only(changes([now], since(last, missing=(HUB,)), facts()), Kind.UNKNOWN)
    assert (row.moved, row.reason.partition(";")[0]) == (
        Decimal("3.00"),
        "CostOptimizationHub names it and could not be heard in the last review",
    )
    assert the_only(changes([now], since(last), facts()), Kind.GROWN).moved == Decimal("3.00")


def test_what_counts_because_nobody_told_of_its_whole_is_neither_growth_nor_shrinking() -> None:
    """Compute Optimizer alone names the group; the night it is silent, the group's instance counts in its place."""
    optimizer, group = "ComputeOptimizer", {"resource_type": "Ec2AutoScalingGroup", "resource_id": "web"}
    whole = a_known("g", "100", sources=(optimizer,), **group)
    alone = a_known("m", "60", sources=(ADVISOR,))
    absorbed = replace(alone, counted=Decimal(0), not_counted="absorbed")
    silent = changes([alone], since(whole, absorbed), facts(optimizer)).rows
    assert [row.of.opportunity_id for row in silent[Kind.UNKNOWN]] == ["m", "g"]
    assert silent[Kind.UNKNOWN][0].reason.startswith("ComputeOptimizer could not be heard, which names web; it counts")
    came = replace(whole, last_seen=TUESDAY)
    back = changes([came, absorbed], since(alone, missing=(optimizer,)), facts()).rows
    assert [row.of.opportunity_id for row in back[Kind.UNKNOWN]] == ["m"]
    assert [row.of.opportunity_id for row in back[Kind.NEW]] == ["g"]
    gone = changes([alone], since(whole, absorbed), facts()).rows
    assert [row.of.opportunity_id for row in gone[Kind.GROWN]] == ["m"]


def test_what_was_only_remembered_stays_remembered_with_its_first_date() -> None:
    kept = a_known(last_seen=MONDAY)
    found = changes([], since(remembered=(kept,), as_of=MONDAY + timedelta(days=3)), facts(HUB))
    (row,) = found.remembered
    assert (row.of.last_seen, row.moved) == (MONDAY, Decimal(0))


def test_what_was_remembered_and_is_named_again_is_new_with_what_it_was_before() -> None:
    row = the_only(changes([a_known(counted="9.00")], since(remembered=(a_known(),)), facts()), Kind.NEW)
    assert (row.before, row.after, row.moved) == (Decimal("12.00"), Decimal("9.00"), Decimal("9.00"))
    assert "last seen on 2026-11-16" in row.reason


def test_what_was_remembered_and_heard_of_no_more_is_gone_without_moving_the_total() -> None:
    row = the_only(changes([], since(remembered=(a_known(),)), facts()), Kind.GONE)
    assert (row.before, row.moved) == (Decimal("12.00"), Decimal(0))


@pytest.mark.parametrize(("days", "forgotten"), [(REMEMBERED_DAYS, 0), (REMEMBERED_DAYS + 1, 1)])
def test_what_is_remembered_is_forgotten_after_a_month(days: int, forgotten: int) -> None:
    found = changes([], since(remembered=(a_known(),)), facts(HUB, as_of=MONDAY + timedelta(days=days)))
    assert (len(found.forgotten), len(found.remembered)) == (forgotten, 1 - forgotten)


def test_what_is_stated_in_another_currency_now_is_gone_in_the_one_and_new_in_the_other() -> None:
    found = changes([a_known(billing_currency="EUR")], since(a_known()), facts())
    (gone,), (new,) = found.rows[Kind.GONE], found.rows[Kind.NEW]
    assert (gone.reason, gone.moved, new.moved) == ("it is stated in EUR now", Decimal("-12.00"), Decimal("12.00"))
    assert [one.billing_currency for one in found.totals] == ["EUR", "USD"]
    assert all(one.adds_up for one in found.totals)


def test_usage_and_rate_are_never_added_up() -> None:
    found = changes([a_known(), a_known("b", optimization_type="Rate")], since(), facts())
    assert [(one.optimization_type, one.now) for one in found.totals] == [
        ("Rate", Decimal("12.00")),
        ("Usage", Decimal("12.00")),
    ]


SOME = st.lists(
    st.builds(
        a_known,
        name=st.sampled_from("abcdefgh"),
        counted=st.decimals(0, 1000, places=3).map(str),
        optimization_type=st.sampled_from(["Usage", "Rate"]),
        billing_currency=st.sampled_from(["USD", "EUR"]),
        sources=st.sets(st.sampled_from([HUB, ADVISOR]), min_size=1).map(lambda some: tuple(sorted(some))),
    ),
    unique_by=lambda one: one.opportunity_id,
)


@given(SOME, SOME, SOME, st.sets(st.sampled_from([HUB, ADVISOR])))
def test_every_opportunity_of_both_reviews_is_told_once_and_the_totals_add_up(
    now: list[Known], seen: list[Known], remembered: list[Known], unheard: set[str]
) -> None:
    found = changes(now, since(*seen, remembered=tuple(remembered)), facts(*unheard))
    told = sorted(row.of.key for rows in found.rows.values() for row in rows)
    everything = {one.key for one in (*now, *seen, *remembered)}
    assert len(set(told)) == len(told)
    assert len(told) + found.unchanged == len(everything)
    assert all(one.adds_up for one in found.totals)
    for total in found.totals:
        key = (total.billing_currency, total.optimization_type)
        mine = [one.counted for one in now if (one.billing_currency, one.optimization_type) == key]
        assert total.now == sum(mine, Decimal(0))


@given(SOME)
def test_nothing_changes_between_two_reviews_that_see_the_same(seen: list[Known]) -> None:
    found = changes(seen, since(*seen), facts())
    assert found.unchanged == len(seen)
    assert not any(found.rows.values())


@given(SOME, SOME)
def test_nothing_is_gone_while_nobody_can_be_heard(now: list[Known], seen: list[Known]) -> None:
    found = changes(now, since(*seen), facts(HUB, ADVISOR))
    present = {one.opportunity_id for one in now}
    assert all(one.of.opportunity_id in present for one in found.rows[Kind.GONE]), "only a change of currency"


# ---- what is the same thing in other words

BILL_MISSING: dict[str, tuple[dict[str, Any], dict[str, Any], str]] = {
    "now": ({}, {"without_bill": ("CostExplorer",)}, "CostExplorer could not be heard;"),
    "then": ({"without_bill": ("CostExplorerResources",)}, {}, "CostExplorerResources could not be heard in the last"),
    "then, by an older version": ({"without_bill": None, "missing": ("CostExplorer",)}, {}, "in the last review"),
}


@pytest.mark.parametrize("when", BILL_MISSING)
def test_what_the_bill_took_off_in_one_review_only_is_unknown_and_no_growth(when: str) -> None:
    then, now, said = BILL_MISSING[when]
    capped, whole = a_known("a", "49.97", estimated=Decimal(600)), a_known("a", "600")
    row = the_only(changes([whole], since(capped, **{"without_bill": (), **then}), facts(**now)), Kind.UNKNOWN)
    assert (row.moved, said in row.reason) == (Decimal("550.03"), True)
    assert "sources state the same" in row.reason


def test_what_the_bill_takes_off_is_growth_where_both_reviews_heard_as_much_of_it() -> None:
    capped, whole = a_known("a", "49.97", estimated=Decimal(600)), a_known("a", "600")
    for silent in ((), ("CostExplorerResources",)):
        found = changes([whole], since(capped, without_bill=silent), facts(without_bill=silent))
        assert the_only(found, Kind.GROWN).moved == Decimal("550.03")


def test_what_sources_state_otherwise_has_grown_though_the_bill_is_missing() -> None:
    found = changes(
        [a_known("a", "14")], since(a_known("a", "12"), without_bill=()), facts(without_bill=("CostExplorer",))
    )
    assert the_only(found, Kind.GROWN).moved == Decimal(2)


def an_option(kind: str, counted: str, *sources: str) -> Known:
    action = "PurchaseSavingsPlans" if kind.endswith("SavingsPlans") else "PurchaseReservedInstances"
    named = {"resource_type": kind, "resource_id": "", "action_type": action, "optimization_type": "Rate"}
    return a_known(kind, counted, sources=sources or (HUB,), **named)


PLAN, RESERVED = an_option("ComputeSavingsPlans", "41"), an_option("Ec2ReservedInstances", "40", "CommitmentOptions")


def test_an_option_that_another_of_its_pool_replaced_was_not_forgotten_by_its_sources() -> None:
    found = changes([RESERVED], since(PLAN), facts())
    (new,), (gone,) = found.rows[Kind.NEW], found.rows[Kind.GONE]
    assert new.reason == "another option of the same pool stood before: ComputeSavingsPlans of 123456789012"
    assert gone.reason == "another option of the same pool stands now: Ec2ReservedInstances of 123456789012"
    assert (gone.because, all(one.adds_up for one in found.totals)) == (GoneBecause.ANOTHER_STANDS, True)


def test_an_option_that_stands_in_for_one_whose_source_is_missing_is_not_new() -> None:
    found = changes([RESERVED], since(PLAN), facts(HUB))
    assert {kind: len(rows) for kind, rows in found.rows.items() if rows} == {Kind.UNKNOWN: 2}
    assert [one.of.resource_type for one in found.remembered] == ["ComputeSavingsPlans"]
    assert [(one.moved[Kind.UNKNOWN], one.adds_up) for one in found.totals] == [(Decimal(-1), True)]


def test_a_line_that_an_option_no_longer_has_is_gone_and_a_further_one_is_new() -> None:
    line, other = replace(PLAN, opportunity_id="m5"), replace(PLAN, opportunity_id="c5")
    found = changes([other], since(line), facts())
    assert found.rows[Kind.GONE][0].because is GoneBecause.NO_LONGER_RECOMMENDED
    assert found.rows[Kind.NEW][0].reason == "named for the first time"


def test_another_accounts_purchase_for_the_same_usage_is_another_option() -> None:
    found = changes([replace(PLAN, opportunity_id="b", account_id="2" * 12)], since(PLAN), facts())
    assert found.rows[Kind.GONE][0].because is GoneBecause.ANOTHER_STANDS
    assert found.rows[Kind.NEW][0].reason.endswith("ComputeSavingsPlans of 123456789012")


def test_commitments_for_other_usage_are_no_options_of_one_pool() -> None:
    database = an_option("RdsReservedInstances", "40")
    found = changes([database], since(PLAN), facts())
    assert found.rows[Kind.GONE][0].because is GoneBecause.NO_LONGER_RECOMMENDED


@pytest.mark.parametrize("blank", [{"account_id": ""}, {"region_id": ""}, {"account_id": "", "region_id": ""}])
def test_what_nobody_can_place_while_a_source_is_missing_is_the_same_still(blank: dict[str, str]) -> None:
    placed, unplaced = a_known("a", "60"), replace(a_known("a", "59", sources=(ADVISOR,), **blank), opportunity_id="b")
    row = the_only(changes([unplaced], since(placed), facts(HUB)), Kind.UNKNOWN)
    assert (row.before, row.after, row.all_unheard) == (Decimal(60), Decimal(59), False)
    assert the_only(changes([placed], since(unplaced), facts()), Kind.GROWN).moved == Decimal(1)


def test_what_may_be_one_of_two_is_neither() -> None:
    two = [a_known("a", "60"), replace(a_known("a", "50"), opportunity_id="other", account_id="2" * 12)]
    unplaced = replace(a_known("a", "59"), opportunity_id="b", account_id="")
    found = changes([unplaced], since(*two), facts())
    assert {kind: len(rows) for kind, rows in found.rows.items() if rows} == {Kind.NEW: 1, Kind.GONE: 2}


def test_only_what_a_source_names_that_is_heard_again_is_named_again() -> None:
    found = changes([a_known("a"), a_known("b")], since(remembered=(a_known("a"),)), facts())
    assert {one.of.opportunity_id: one.again for one in found.rows[Kind.NEW]} == {"a": True, "b": False}
