"""A report that is wrong in several places at once, so that its sums agree with each other, fails as well."""

import json
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from tests.workflows.audited_reports import PACES, a_good_report, a_resource_spend, a_spend, place
from tests.workflows.builders import OPTIMIZER, a_document, a_recommendation
from workflows.commitments import Commitment, CommitmentKind
from workflows.cost_review.audit import failures
from workflows.cost_review.baseline import known
from workflows.cost_review.report.changes import Before, with_changes
from workflows.recommendation import SavingsBasis
from workflows.savings.known import Baseline

Json = dict[str, Any]
Path = tuple[str | int, ...]
USAGE = 1
"""The waterfall's place: sorted by kind."""


def sum_moved(holder: Json, name: str, by: str) -> None:
    """Both spellings of an amount, so that only where it comes from tells that it is wrong."""
    holder[f"{name}_exact"] = str(Decimal(holder[f"{name}_exact"]) + Decimal(by))
    holder[name] = str(Decimal(holder[name]) + Decimal(by))


def steps_of(report: Json) -> dict[str, Json]:
    return {one["step"]: one for one in report["waterfalls"][USAGE]["steps"]}


def test_two_written_steps_that_are_wrong_by_the_same_amount_fail() -> None:
    report = a_good_report()
    for name, by in (("duplicates", -5000), ("alternatives", 5000)):
        steps_of(report)[name]["amount"] = str(Decimal(steps_of(report)[name]["amount"]) + by)
    assert any("does not add up as it is written" in one for one in failures(report))


def test_duplicates_that_are_told_as_alternatives_fail() -> None:
    report = a_good_report()
    duplicates, alternatives = steps_of(report)["duplicates"], steps_of(report)["alternatives"]
    alternatives["items"] += duplicates["items"]
    alternatives["amount"] = str(Decimal(alternatives["amount"]) + Decimal(duplicates["amount"]))
    duplicates["items"], duplicates["amount"] = [], "0.00"
    assert [one.rpartition(" takes ")[2] for one in failures(report)] == [
        "another amount in alternatives than its opportunities say.",
        "another amount in duplicates than its opportunities say.",
    ]


def test_a_duplicate_that_claims_more_than_its_evidence_holds_fails_even_where_all_of_gross_agrees() -> None:
    report = a_good_report()
    sum_moved(report["opportunities"][place(report, "i-1")]["said_by"][1], "estimated_monthly_savings", "5000")
    sum_moved(report["waterfalls"][USAGE], "gross", "5000")
    duplicates = steps_of(report)["duplicates"]
    sum_moved(duplicates["items"][0], "amount", "5000")
    duplicates["amount"] = str(Decimal(duplicates["amount"]) - 5000)
    report["totals"][0]["gross_usage"] = report["waterfalls"][USAGE]["gross"]
    (found,) = failures(report)
    assert found.endswith("(i-1) has a claim that no evidence holds.")


def test_what_is_verified_needs_its_own_line_of_the_bill() -> None:
    report = a_good_report()
    one = report["opportunities"][place(report, "i-2")]
    one["verified"], one["unverified_because"] = True, ""
    sum_moved(report["waterfalls"][USAGE], "verified", "20.004")
    report["waterfalls"][USAGE]["verified"] = report["totals"][0]["verified_usage"] = "69.97"
    found = [one for one in failures(report) if one.startswith(("bill", "opportunities", "waterfalls", "totals"))]
    assert [one.rpartition(", ")[2] for one in found] == ["and the bill does not tell a week of its resource."]


def test_what_has_ended_on_the_bill_backs_nothing() -> None:
    report = a_good_report()
    report["bill"]["resources"][0]["has_ended"] = True
    assert any("does not tell a week" in one for one in failures(report))


def test_a_line_of_the_bridge_that_the_remainder_makes_up_for_fails() -> None:
    report = a_good_report()
    sum_moved(report["bridge"]["lines"][0], "amount", "5000")
    sum_moved(report["bridge"], "unexplained", "-5000")
    (found,) = failures(report)
    assert "do not lead from what the Hub counts" in found


def test_commitments_beyond_the_bill_fail() -> None:
    report = a_good_report()
    (service,) = report["bill"]["services"]
    for name in PACES:
        service[name] = "80"
    for name in ("previous_month", "previous_month_effective", "last_7_days", "month_to_date_effective"):
        report["spend"]["services"][0][name] = "80.00"
    service["last_7_days_exact"], report["spend"]["services"][0]["last_7_days"] = "19", "19.00"
    service["month_to_date_effective_exact"] = "40"
    report["spend"]["services"][0]["month_to_date_effective"] = "40.00"
    assert failures(report) == ("bill: the whole bill saves more than it costs.",)


HELD = Commitment(
    CommitmentKind.SAVINGS_PLANS, date(2026, 10, 1), date(2026, 11, 1), None, None, Decimal(31), None, None, "USD"
)
"""Leaves one a day at on-demand rates: 30.42 a month."""


def a_report_under_a_plan(savings: str, *held: Commitment, kinds: tuple[CommitmentKind, ...] = ()) -> Json:
    spend = replace(a_spend(), commitments_on_bill=kinds)
    said = a_recommendation(savings, savings_basis=SavingsBasis.LIST)
    return a_document(said, spend=spend, resource_spend=(a_resource_spend(cost="50"),), commitments=held)


@pytest.mark.parametrize("savings", ["60", "20", "0"])
@pytest.mark.parametrize("held", [(HELD,), (replace(HELD, on_demand_cost=None),), ()])
def test_what_owned_commitments_leave_passes_as_the_rules_conclude_it(
    savings: str, held: tuple[Commitment, ...]
) -> None:
    assert failures(a_report_under_a_plan(savings, *held, kinds=(CommitmentKind.SAVINGS_PLANS,))) == ()


def test_what_owned_commitments_cover_fails_where_it_counts() -> None:
    """Whatever the sums say: the same report as one of an account that owns none."""
    report = a_report_under_a_plan("60")
    assert failures(report) == ()
    report["bill"]["commitments_on_bill"] = ["SavingsPlans"]
    told = "owned commitments: What commitments cover is not known, and savings at list prices are verified."
    assert failures(report) == (told,)
    report["commitments"] = a_report_under_a_plan("60", HELD)["commitments"]
    told = "owned commitments: Compute saves more than owned commitments leave at on-demand rates."
    assert failures(report) == (told,)


def test_owned_commitments_that_take_more_than_they_cover_fail() -> None:
    report = a_report_under_a_plan("60", HELD, kinds=(CommitmentKind.SAVINGS_PLANS,))
    report["commitments"][0]["on_demand_cost_exact"], report["commitments"][0]["on_demand_cost"] = "40", "40.00"
    assert failures(report) == ("owned commitments: Owned commitments take more than they cover.",)


@pytest.mark.parametrize(
    ("kind", "passes"), [(CommitmentKind.RESERVATIONS, True), (CommitmentKind.SAVINGS_PLANS, False)]
)
def test_reservations_leave_functions_alone_and_savings_plans_do_not(kind: CommitmentKind, passes: bool) -> None:
    """Both leave 30.42 a month on demand, and a function saves 60 of what it costs."""
    said = a_recommendation("60", resource="f", resource_type="LambdaFunction", savings_basis=SavingsBasis.LIST)
    spend = replace(a_spend(), commitments_on_bill=(CommitmentKind.RESERVATIONS,))
    held = (replace(HELD, kind=CommitmentKind.RESERVATIONS),)
    report = a_document(said, spend=spend, resource_spend=(a_resource_spend("f", "80"),), commitments=held)
    report["bill"]["commitments_on_bill"], report["commitments"][0]["kind"] = [kind.value], kind.value
    assert (failures(report) == ()) is (kind is CommitmentKind.RESERVATIONS)


def test_options_of_two_accounts_for_the_same_usage_fail() -> None:
    report = a_good_report()
    bought = next(one for one in report["opportunities"] if one["optimization_type"] == "Rate")
    report["opportunities"].append({**bought, "opportunity_id": "another", "account_id": "999999999999"})
    assert any("are counted for the same usage" in one for one in failures(report))


@pytest.mark.parametrize(
    ("kind", "of", "action_type", "is_part"),
    [
        ("Ec2Instance", "Ec2AutoScalingGroup", "Rightsize", True),
        ("EbsVolume", "Ec2AutoScalingGroup", "Rightsize", False),
        ("RdsDbInstance", "RdsDbCluster", "Upgrade", True),
        ("RdsDbInstanceStorage", "RdsDbInstance", "Delete", True),
        ("RdsDbInstanceStorage", "RdsDbInstance", "Stop", False),
    ],
)
def test_what_is_counted_beside_its_whole_fails(kind: str, of: str, action_type: str, is_part: bool) -> None:
    report = a_good_report()
    part, whole = (report["opportunities"][place(report, name)] for name in ("i-1", "i-2"))
    part["resource_type"], part["member_of"] = kind, [f"{of}/i-2"]
    whole["resource_type"], whole["action_type"] = of, action_type
    assert any("which it is a part of" in one for one in failures(report)) is is_part


def a_realised_row(**changes: Any) -> Json:
    """Half a day cheaper: 0.5 * 365 / 12."""
    row = {"opportunity_id": "o", "billing_currency": "USD", "shared_with": "", "enough_days": True}
    amounts = {"realised_monthly_savings_exact": "15.2083333333", "counted_monthly_savings_exact": "12"}
    return {
        **row,
        **amounts,
        "done_on": "2026-11-01",
        "before": a_pace(),
        "after": a_pace("2", 7, "2026-11-09"),
        **changes,
    }


def a_pace(a_day: str = "2.5", days: int = 7, until: str = "2026-11-01") -> Json:
    return {"a_day_exact": a_day, "days": days, "until": until}


NOT_JUDGED: Json = {"realised_monthly_savings_exact": None, "enough_days": False, "after": None}


@pytest.mark.parametrize(
    ("rows", "changed", "said"),
    [
        ([a_realised_row()], {}, ""),
        (
            [a_realised_row(), a_realised_row(**NOT_JUDGED, shared_with="x"), a_realised_row(**NOT_JUDGED)],
            {"waiting": 1},
            "",
        ),
        ([], {}, "in the currencies of its rows"),
        ([a_realised_row(counted_monthly_savings_exact="9")], {}, "not the sum of what was judged"),
        ([a_realised_row(), a_realised_row(**NOT_JUDGED)], {}, "not those that are listed"),
        ([a_realised_row(before=a_pace("2.6"))], {}, "is another amount than its paces tell"),
        ([a_realised_row(before=a_pace("2"), after=a_pace("2.5", 7, "2026-11-09"))], {}, "than its paces tell"),
        ([a_realised_row(before=None)], {}, "has no pace before it"),
        ([a_realised_row(after=a_pace("2", 6, "2026-11-09"))], {}, "by another number of days than a week"),
        ([a_realised_row(before=a_pace(until="2026-11-02"))], {}, "compares other days"),
        ([a_realised_row(after=a_pace("2", 7, "2026-11-08"))], {}, "compares other days"),
        ([a_realised_row(), a_realised_row(shared_with="x")], {}, "is counted in another row, too"),
        ([a_realised_row(realised_monthly_savings_exact=None)], {}, "is judged, and not known"),
        ([a_realised_row(billing_currency="")], {}, "has no currency"),
    ],
)
def test_what_was_realised_is_the_sum_of_its_rows(rows: list[Json], changed: Json, said: str) -> None:
    amounts = {"realised_monthly_savings": "15.21", "realised_monthly_savings_exact": "15.2083333333"}
    counted = {"counted_monthly_savings": "12.00", "counted_monthly_savings_exact": "12"}
    total = {"billing_currency": "USD", **amounts, **counted, "judged": 1, "waiting": 0, **changed}
    found = failures({**a_good_report(), "realised_savings": {"totals": [total], "rows": rows}})
    assert any(said in one for one in found) if said else found == ()


def with_what_changed() -> Json:
    """The good report beside one a day before, in which i-2 counted 15 and i-9 counted 3."""
    before = a_document(a_recommendation("15.00", OPTIMIZER, resource="i-2"), a_recommendation("3.00", resource="i-9"))
    yesterday = date(2026, 11, 15)
    baseline = Baseline(yesterday, "COMPLETE", known(before["opportunities"], yesterday))
    report: Json = json.loads(json.dumps(with_changes(a_good_report(), Before(baseline))))
    return report


def test_what_changed_passes_as_the_rules_conclude_it() -> None:
    report = with_what_changed()
    assert failures(report) == ()
    assert all(report["changes"][kind] for kind in ("new", "grown", "gone"))


@pytest.mark.parametrize(
    ("where", "value", "said"),
    [
        (("totals", USAGE, "counted_now"), "99999.00", "does not end at what counts"),
        (("totals", USAGE, "counted_before_exact"), "17", "is more than its rows tell"),
        (("totals", USAGE, "grown"), "99.00", "with other amounts than its rows"),
        (("grown", 0, "difference_exact"), "1", "is more than its rows tell"),
        (("grown", 0, "counted_monthly_savings_exact"), "1", "another amount than counts"),
        (("gone", 0, "opportunity_id"), "i-2", "is told as gone, and is listed"),
        (("totals",), [], "not told once in each currency"),
    ],
)
def test_what_changed_is_the_sum_of_its_rows(where: Path, value: Any, said: str) -> None:
    report = with_what_changed()
    if value == "i-2":
        value = report["opportunities"][place(report, "i-2")]["opportunity_id"]
    holder: Any = report["changes"]
    for part in where[:-1]:
        holder = holder[part]
    holder[where[-1]] = value
    assert any(said in one for one in failures(report)), failures(report)


def test_another_teams_word_alone_counts_nothing_where_no_bill_is() -> None:
    report = a_good_report()
    assert not failures(report)
    report["bill"]["services"], report["bill"]["resources"] = [], []
    name = report["opportunities"][place(report, "i-2")]["opportunity_id"]
    report["opportunities"][place(report, "i-2")]["said_by"][0]["source"] = "FleetTeam"
    found = [one for one in failures(report) if "nothing but another team's word" in one]
    assert [name in one for one in found] == [True]
