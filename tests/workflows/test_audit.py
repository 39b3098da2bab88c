"""A report whose figures contradict each other, the bill or their evidence fails, whatever it is that is wrong."""

import json
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.workflows.audited_reports import (
    EC2,
    PACES,
    a_budget,
    a_failed_report,
    a_good_report,
    a_resource_spend,
    a_service,
    a_spend,
    place,
)
from tests.workflows.builders import ADVISOR, HUB, OPTIMIZER, a_commitment, a_document, a_recommendation
from workflows.cost_review.audit import CHECKS, audited, failure_text, failures
from workflows.cost_review.audit.amounts import holds
from workflows.recommendation import ActionType, EvidencePointer, Recommendation
from workflows.spend import ServiceSpend

Json = dict[str, Any]
Path = tuple[str | int, ...]
USAGE, RATE = 1, 0
"""The waterfalls' places: sorted by kind."""


def of(resource: str, *path: str | int) -> Callable[[Json], Path]:
    """A place in the opportunity of a resource ("" is the commitment)."""
    return lambda report: ("opportunities", place(report, resource), *path)


def step(kind: int, name: str, *path: str | int) -> Callable[[Json], Path]:
    """A place in a step of a waterfall."""

    def found(report: Json) -> Path:
        names = [one["step"] for one in report["waterfalls"][kind]["steps"]]
        return ("waterfalls", kind, "steps", names.index(name), *path)

    return found


def said_by(number: int, name: str) -> Callable[[Json], Path]:
    """What one source said of i-1, which two speak of."""
    return of("i-1", "said_by", number, name)


def action(name: str) -> Path:
    return ("budgets", 0, "impact", "actions", 0, name)


def changed(where: Path | Callable[[Json], Path], value: Any) -> Json:
    """The good report with another value in one place."""
    report = a_good_report()
    *way, last = where(report) if callable(where) else where
    holder: Any = report
    for part in way:
        holder = holder[part]
    assert holder[last] != value
    holder[last] = value
    return report


def test_a_good_report_passes_and_says_what_was_checked() -> None:
    report = a_good_report()
    assert failures(report) == ()
    assert audited(report) == {**report, "audit": {"passed": True, "checks": list(CHECKS), "failures": []}}


def test_the_good_report_has_something_for_each_check() -> None:
    """Else a mutation below could pass because nothing is looked at."""
    report = a_good_report()
    assert {one["not_counted"] for one in report["opportunities"]} == {
        None,
        "not_applicable",
        "unknown_savings",
        "negative",
    }
    taken = {step["step"] for one in report["waterfalls"] for step in one["steps"] if step["items"]}
    assert taken == {"duplicates", "alternatives", "not_applicable", "capped", "resized"}
    assert {one["impact"]["outlook"] for one in report["budgets"]} == {
        "CAN_BE_BROUGHT_BACK",
        "CANNOT_BE_BROUGHT_BACK",
        "HOLDS",
    }
    assert {line["kind"] for line in report["bridge"]["lines"]} >= {"not_in_hub", "capped", "not_applicable"}
    assert any(one["verified"] for one in report["opportunities"])


MUTATIONS: list[tuple[str, Path | Callable[[Json], Path], Any, str]] = [
    ("a number is not finite", ("coverage", 0, "detail"), float("nan"), "not finite"),
    ("an amount is infinite", ("waterfalls", USAGE, "gross_exact"), "Infinity", "waterfalls"),
    ("an amount is NaN", of("i-2", "counted_monthly_savings_exact"), "NaN", "opportunities"),
    ("an amount is a float", of("i-2", "counted_monthly_savings_exact"), 20.004, "opportunities"),
    ("an amount is missing", of("i-2", "counted_monthly_savings_exact"), None, "opportunities"),
    ("an opportunity counts more than its figure", of("i-2", "counted_monthly_savings_exact"), "20.005", "without its"),
    ("what was dismissed counts", of("i-2", "decision"), {"state": "dismissed"}, "people decided against it"),
    ("what was snoozed counts", of("i-2", "decision"), {"state": "snoozed"}, "people decided against it"),
    ("a counted amount is written otherwise", of("i-2", "counted_monthly_savings"), "20.01", "another amount"),
    ("an opportunity counts less than nothing", of("i-2", "counted_monthly_savings_exact"), "-1", "less than nothing"),
    ("what does not count is counted", of("i-3", "counted_monthly_savings_exact"), "43.07", "nothing of it counts"),
    ("what cannot be followed is not left out", of("i-3", "not_counted"), None, "without its deductions"),
    ("an unknown amount counts", of("i-4", "not_counted"), None, "without a known amount"),
    ("a deduction is forgotten", of("i-1", "deductions"), [], "without its deductions"),
    ("a deduction gives something back", of("i-1", "deductions", 0, "amount_exact"), "-10", "below zero"),
    ("counted savings have no currency", of("i-2", "billing_currency"), "", "no currency"),
    ("a counted amount has no evidence", of("i-2", "said_by", 0, "evidence"), [], "no evidence"),
    ("the evidence holds another amount", of("i-2", "said_by", 0, "evidence", 0, "raw"), "20.00", "no evidence"),
    ("the evidence names no response", of("i-2", "said_by", 0, "evidence", 0, "request_id"), "", "no evidence"),
    ("the evidence points nowhere", of("i-2", "said_by", 0, "evidence", 0, "pointer"), "", "no evidence"),
    ("what the bill does not back is verified", of("i-2", "verified"), True, "verified and not verified"),
    ("a resource counts under two opportunities", of("i-2", "resource_id"), "i-1", "counted 2 times"),
    ("gross is less than claimed", ("waterfalls", USAGE, "gross_exact"), "100", "does not add up"),
    ("a step forgets an item", step(USAGE, "duplicates", "items"), [], "does not add up"),
    ("a step is a cent off as it is written", step(USAGE, "duplicates", "amount"), "-69.11", "as it is written"),
    ("a step adds something", step(USAGE, "duplicates", "items", 0, "amount_exact"), "-69.12", "less than nothing"),
    ("a step is not that of its opportunities", step(USAGE, "capped", "items", 0, "amount_exact"), "1", "capped"),
    ("more is verified than counted", ("waterfalls", USAGE, "verified_exact"), "9999", "verified <= counted"),
    ("more is counted than claimed", ("waterfalls", RATE, "counted_exact"), "9999", "counted <= gross"),
    ("counted is written otherwise", ("waterfalls", USAGE, "counted"), "69.98", "another amount than it has"),
    ("a waterfall has no currency", ("waterfalls", USAGE, "billing_currency"), "usd", "no currency"),
    ("a waterfall is missing", ("waterfalls",), [], "no waterfall"),
    ("a total is not the sum", ("totals", 0, "counted_usage"), "69.98", "counted_usage in USD"),
    ("the gross total is not the sum", ("totals", 0, "gross_rate"), "71.31", "gross_rate in USD"),
    ("more is verified in total than is", ("totals", 0, "verified_usage"), "69.97", "verified_usage in USD"),
    ("a total is on another basis", ("totals", 0, "counted_by_basis", "usage"), {"List": "69.97"}, "bases of prices"),
    ("a total is on no basis", ("totals", 0, "counted_by_basis", "rate"), {}, "bases of prices"),
    ("a total is missing", ("totals",), [], "not in the currencies"),
    ("an opportunity is not in the totals", ("totals", 0, "opportunities"), 5, "numbers of opportunities"),
    ("a resource costs less than it saves", ("bill", "resources", 0, "effective_cost_exact"), "22.98", "than it costs"),
    ("the bridge does not add up", ("bridge", "unexplained_exact"), "99", "does not add up"),
    ("the bridge is written otherwise", ("bridge", "lines", 0, "amount"), "99.99", "as it is written"),
    ("the bridge begins elsewhere", ("bridge", "evidence", 0, "raw"), "150.4", "no evidence holds"),
    ("the bridge names nobody", ("bridge", "lines", 0, "opportunity_id"), "nobody", "not listed"),
    ("the bridge has no currency", ("bridge", "billing_currency"), None, "no currency"),
    ("a bridge that is none states amounts", ("bridge", "reason"), "The Hub was not read.", "states amounts"),
    ("a budget has another limit", ("budgets", 0, "limit"), "101.00", "another limit"),
    ("a budget needs another amount", ("budgets", 0, "impact", "needed_exact"), "19", "needs another"),
    ("a budget misses another amount", ("budgets", 1, "impact", "missing_exact"), "1", "misses another"),
    ("a budget breaks on another day", ("budgets", 0, "impact", "breaks_on"), "2026-11-17", "another day"),
    ("a budget that breaks does not", ("budgets", 0, "impact", "breaks_on"), None, "another day"),
    ("a budget has more time", ("budgets", 0, "impact", "days_left"), 16, "number of days"),
    ("a budget's outlook is too good", ("budgets", 1, "impact", "outlook"), "CAN_BE_BROUGHT_BACK", "figures say"),
    ("a budget's outlook is too bad", ("budgets", 0, "impact", "outlook"), "DEPENDS", "figures say"),
    ("a budget needs no action", ("budgets", 0, "impact", "actions"), [], "names actions that it has no use"),
    (
        "a budget's action saves more",
        ("budgets", 0, "impact", "actions", 0, "in_period_exact"),
        "60",
        "share of the days left",
    ),
    ("a stated figure is shown otherwise", of("i-1", "estimated_monthly_savings"), "99.00", "its source states"),
    ("a source's figure is written otherwise", said_by(0, "estimated_monthly_savings"), "99.00", "than it has"),
    ("an alternative's figure is", of("i-2", "alternatives", 0, "estimated_monthly_savings"), "9.00", "source states"),
    ("a deduction is written otherwise", of("i-1", "deductions", 0, "amount"), "77.00", "than it has"),
    ("an item is written otherwise", step(USAGE, "duplicates", "items", 0, "amount"), "77.00", "than it has"),
    ("an item is another opportunity's", step(USAGE, "duplicates", "items", 0, "opportunity_id"), "x", "in duplicates"),
    ("a duplicate has no evidence", said_by(1, "evidence"), [], "claim that no evidence holds"),
    ("a claim has no currency", said_by(1, "billing_currency"), "", "claim in no currency"),
    ("a rank is another place", of("i-2", "rank"), 7, "another rank"),
    ("more savings are unknown than are listed", ("totals", 0, "unknown_savings"), 500, "numbers of opportunities"),
    ("a verified resource is not on the bill", ("bill", "resources"), [], "does not tell a week of its resource"),
    ("a verified resource has six days", ("bill", "resources", 0, "days"), 6, "does not tell a week"),
    ("a verified resource is billed otherwise", ("bill", "resources", 0, "billing_currency"), "EUR", "not tell a week"),
    ("what is verified has no bill", ("bill", "services"), [], "no bill is there in its currency"),
    (
        "a cap takes more than the bill asks for",
        ("bill", "resources", 0, "effective_cost_exact"),
        "24",
        "capped by more",
    ),
    ("spend is not the bill's", ("spend", "services", 0, "previous_month"), "999.00", "than the bill's"),
    ("spend is of other services", ("spend", "services", 0, "service_name"), "x", "other services"),
    ("spend is in another currency", ("spend", "billing_currency"), "EUR", "another currency"),
    ("the bill is not shown", ("spend",), None, "no spend is shown"),
    (
        "savings in a period are written otherwise",
        ("budgets", 0, "impact", "savings_in_period"),
        "99.00",
        "than it has",
    ),
    ("savings in a period are more", ("budgets", 0, "impact", "savings_in_period_exact"), "99", "as savings_in_period"),
    ("more is verified in a period", ("budgets", 0, "impact", "verified_in_period_exact"), "9", "verified_in_period"),
    ("what is needed is written otherwise", ("budgets", 0, "impact", "needed"), "0.01", "than it has"),
    ("a budget has another number of savings", ("budgets", 0, "impact", "matching"), 9, "another number of savings"),
    ("a budget lists what is not counted", ("budgets", 0, "impact", "matching_ids", 0), "x", "not counted in it"),
    ("a budget lists less than it acts on", ("budgets", 0, "impact", "matching_ids"), [], "not among its savings"),
    ("an action is written otherwise", action("in_period"), "77.00", "than it has"),
    ("an action is verified otherwise", action("verified"), "no", "whether it is verified"),
    (
        "a source states more than its recommendations",
        ("stated_by_sources", 0, "estimated_monthly_savings_exact"),
        "99",
        "another total",
    ),
    (
        "a budget's action is nobody's",
        ("budgets", 0, "impact", "actions", 0, "opportunity_id"),
        "nobody",
        "another amount than is counted",
    ),
]


@pytest.mark.parametrize(("where", "value", "said"), [one[1:] for one in MUTATIONS], ids=[one[0] for one in MUTATIONS])
def test_a_report_that_is_wrong_in_one_place_fails(where: Any, value: Any, said: str) -> None:
    found = failures(changed(where, value))
    assert any(said in one for one in found), found


def test_a_resource_whose_cost_is_below_zero_saves_nothing_and_no_rule_is_broken_by_that() -> None:
    report = a_good_report()
    (resource,) = report["bill"]["resources"]
    other = {**resource, "resource_key": "123456789012/us-east-1/Ec2Instance/i-3", "effective_cost_exact": "-4"}
    report["bill"]["resources"].append(other)
    assert failures(report) == ()


@pytest.mark.parametrize(
    ("raw", "stated", "held"),
    [
        ("$1,234.56", "1234.56", True),
        ("95.89", "95.890", True),
        ("1.2e-05", "0.000012", True),
        ("USD 12", "12", True),
        ("12.5 €", "12.5", True),
        ("123.12000000000002", "123.12", True),
        ("123.12000000000002", "123.1", False),
        ("95.89", "95.88", False),
        ("-95.89", "95.89", False),
        ("(12.00)", "-12", True),
        ("($1,012.00)", "-1012", True),
        ("$-12.00", "-12", True),
        ("-$12.00", "-12", True),
        ("(12.00)", "12", False),
        ("(-12.00)", "12", False),
        ("-$-12.00", "12", False),
        ("14+", "14", False),
        ("-", "0", False),
        ("", "0", False),
    ],
)
def test_evidence_holds_an_amount_as_aws_writes_it(raw: str, stated: str, held: bool) -> None:
    assert holds(raw, Decimal(stated)) is held


def test_an_opportunity_that_is_listed_twice_fails() -> None:
    report = a_good_report()
    report["opportunities"].append(report["opportunities"][0])
    assert any("is there 2 times" in one for one in failures(report))


def test_two_commitments_for_the_same_usage_fail() -> None:
    report = a_good_report()
    bought = next(one for one in report["opportunities"] if one["optimization_type"] == "Rate")
    report["opportunities"].append(
        {**bought, "opportunity_id": "another", "resource_type": "Ec2ReservedInstances", "resource_id": ""}
    )
    assert any("are counted for the same usage" in one for one in failures(report))


@pytest.mark.parametrize("beside", ["ElastiCacheReservedInstances", "DynamoDbReservedCapacity"])
def test_a_database_savings_plan_beside_what_it_may_discount_too_fails(beside: str) -> None:
    report = a_good_report()
    bought = next(one for one in report["opportunities"] if one["optimization_type"] == "Rate")
    for kind in ("DatabaseSavingsPlans", beside):
        report["opportunities"].append({**bought, "opportunity_id": kind, "resource_type": kind, "resource_id": ""})

    assert any(f"DatabaseSavingsPlans and {beside} are counted" in one for one in failures(report))


@pytest.mark.parametrize("bound", PACES)
def test_what_saves_more_than_its_service_costs_fails(bound: str) -> None:
    report = a_good_report()
    (service,) = report["bill"]["services"]
    for name in PACES:
        service[name] = "1" if name == bound else "0.00"
    assert any(one.startswith("bill: Amazon Elastic") for one in failures(report))


@pytest.mark.parametrize(
    "section", ["opportunities", "waterfalls", "totals", "bill", "bridge", "budgets", "stated_by_sources", "spend"]
)
def test_a_report_without_one_of_its_sections_fails(section: str) -> None:
    report = a_good_report()
    del report[section]
    assert any("cannot be read" in one for one in failures(report))


@pytest.mark.parametrize(("where", "value"), [one[1:3] for one in MUTATIONS], ids=[one[0] for one in MUTATIONS])
def test_no_reason_states_an_amount(where: Any, value: Any) -> None:
    """Else the figure that is wrong would be quoted from there."""
    spoilt = changed(where, value)
    amounts = {one["counted_monthly_savings"] for one in a_good_report()["opportunities"]} - {"0.00"}
    told = " ".join(audited(spoilt)["audit"]["failures"])
    assert not [one for one in (*amounts, str(value)) if "." in one and one in told]


def test_a_failed_report_states_no_figure_and_says_why() -> None:
    failed = a_failed_report()
    assert failed["status"] == "FAILED"
    assert (failed["totals"], failed["opportunities"], failed["waterfalls"], failed["budgets"]) == ([], [], [], [])
    assert (failed["bridge"], failed["spend"], failed["bill"]) == (None, None, None)
    assert failed["audit"]["failures"] == ["totals: counted_usage in USD is not the sum of the opportunities."]
    assert failed["coverage"]
    assert "1000000" not in json.dumps(failed)
    assert failure_text(failed).startswith("The report failed its audit, so that it states no figure. totals:")


def test_of_a_thousand_failures_as_many_are_told_as_can_be_read() -> None:
    report = a_good_report()
    report["opportunities"] = report["opportunities"] * 10
    told = audited(report)["audit"]["failures"]
    assert len(told) == 21
    assert told[-1].startswith("And ")


def test_what_aws_writes_in_parentheses_is_below_zero_and_fails_no_report() -> None:
    pointer = EvidencePointer("support:DescribeTrustedAdvisorCheckResult", "r", "/result", "($12.00)")
    report = a_document(replace(a_recommendation("-12.00", ADVISOR), evidence=(pointer,)))
    assert failures(report) == ()


AMOUNTS = st.none() | st.decimals(-50, 900, places=4)


@given(
    st.lists(
        st.builds(
            lambda amount, source, action, number, why_not, currency: a_recommendation(
                None if amount is None else str(amount),
                source,
                action,
                f"i-{number}",
                not_applicable=why_not,
                billing_currency=currency,
            ),
            AMOUNTS,
            st.sampled_from([HUB, OPTIMIZER, ADVISOR]),
            st.sampled_from([ActionType.RIGHTSIZE, ActionType.DELETE, ActionType.UPGRADE]),
            st.integers(1, 5),
            st.sampled_from(["", "", "It is stopped."]),
            st.sampled_from(["USD", "USD", "EUR"]),
        )
        | st.builds(
            lambda amount, kind, family: a_commitment(
                None if amount is None else str(amount), kind, recommended_resource_summary=f"{family}.large"
            ),
            AMOUNTS,
            st.sampled_from(["ComputeSavingsPlans", "Ec2ReservedInstances", "RdsReservedInstances"]),
            st.sampled_from(["m5", "c5"]),
        ),
        max_size=12,
    ),
    st.integers(0, 60),
    st.integers(1, 400),
    st.integers(1, 130),
)
def test_what_the_rules_conclude_passes_whatever_the_sources_say(
    said: list[Recommendation], cost: int, month: int, limit: int
) -> None:
    report = a_document(
        *said,
        spend=replace(a_spend(), services=(a_service(month=str(month)),)),
        resource_spend=(a_resource_spend(cost=str(cost)),),
        budgets=(a_budget(limit=Decimal(limit)),),
    )
    assert failures(report) == ()


def test_a_bill_that_is_nothing_at_all_leaves_nothing_to_save_and_passes() -> None:
    """An account in its free tier: its services are on the bill, and cost nothing."""
    zero = Decimal(0)
    free = ServiceSpend(EC2, zero, zero, zero, zero, zero)
    report = a_document(a_recommendation("9"), a_commitment("5"), spend=replace(a_spend(), services=(free,)))

    assert failures(report) == ()
    assert [one["counted_monthly_savings"] for one in report["opportunities"]] == ["0.00", "0.00"]
    report["opportunities"][0]["counted_monthly_savings_exact"] = "1"
    assert any("the whole bill saves more" in one for one in failures(report))
