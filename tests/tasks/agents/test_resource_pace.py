"""What a month of a resource is told from the lines of the bill, gaps and endings among them."""

from collections.abc import Collection
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.agents.cost_explorer.resource_rules import resource_spend
from tests.tasks.agents.bills import a_bill, a_day
from tests.workflows.builders import ACCOUNT, a_document, a_recommendation
from tests.workflows.savings.ledgers import an_item
from workflows.cost_review.carried_out import carried_out
from workflows.cost_review.documents import Evidence, RecordedResponse
from workflows.resource_keys import ResourceName
from workflows.savings.bill import bill
from workflows.savings.consolidation import consolidated
from workflows.savings.decisions import DailyPace, DecisionState
from workflows.savings.opportunity import Opportunity
from workflows.savings.realised import realised
from workflows.spend import BilledDays, ResourceSpend, ServiceSpend, Spend

AS_OF = date(2026, 11, 16)
FIRST = date(2026, 11, 2)
"""A Monday; the bill is asked about the fourteen days from it on, and the last of them is not whole yet."""
I_1 = ResourceName(ACCOUNT, "us-east-1", "Ec2Instance", "i-1")
EC2 = "Amazon Elastic Compute Cloud - Compute"
DAYS = range(14)


def a_spend() -> Spend:
    """EC2 costs 3,000 a month, and the bill shows no commitments."""
    zero, month = Decimal(0), Decimal(3000)
    service = ServiceSpend(EC2, month, month, Decimal(700), Decimal(700), month, previous_month_effective=month)
    return Spend("USD", date(2026, 10, 1), AS_OF, zero, zero, zero, (service,), (), commitments_on_bill=())


def billed(costs: dict[int, int]) -> ResourceSpend:
    """What an instance costs that has these lines on the bill, by days since the first Monday."""
    days = [a_day(FIRST + timedelta(days=place), {("i-1",): str(cost)}) for place, cost in sorted(costs.items())]
    asked = {
        "TimePeriod": {"Start": FIRST.isoformat(), "End": AS_OF.isoformat()},
        "GroupBy": [{"Type": "DIMENSION", "Key": "RESOURCE_ID"}],
        "Filter": {"Dimensions": {"Key": "RESOURCE_ID", "Values": ["i-1"]}},
    }
    page = RecordedResponse(
        "CostExplorer", "ce", "GetCostAndUsageWithResources", "us-east-1", asked, "request-1", a_bill(*days)
    )
    (spend,) = resource_spend(Evidence("cost-explorer-agent", ACCOUNT, (page,), ()), [I_1], AS_OF)
    return spend


def claimed(spend: ResourceSpend, saving: str = "600") -> Opportunity:
    """What counts of a saving at list prices that one source names for the instance."""
    (one,) = consolidated([a_recommendation(saving)], bill(a_spend(), [spend], []))
    return one


def ten_on(days: Collection[int]) -> dict[int, int]:
    return dict.fromkeys(days, 10)


@pytest.mark.parametrize(
    ("lines", "days", "month"),
    [
        (DAYS, 13, "304.17"),
        ([day for day in DAYS if day % 7 < 5], 13, "233.97"),
        (DAYS[::2], 13, "163.78"),
        (DAYS[5:], 8, "304.17"),
    ],
    ids=["every day", "weekdays", "every second day", "began on the sixth day"],
)
def test_a_day_without_a_line_costs_nothing_once_the_resource_is_there(
    lines: Collection[int], days: int, month: str
) -> None:
    """Ten a day: 13 whole days, so that weekdays are 10 of 13 and every second day is 7 of 13."""
    spend = billed(ten_on(lines))
    found = claimed(spend)

    assert spend.whole_days == days
    assert round(found.verified_savings, 2) == Decimal(month)


def test_what_is_not_billed_any_more_backs_no_saving() -> None:
    found = claimed(billed(ten_on(DAYS[:8])))

    assert round(found.counted_savings, 2) == Decimal("187.18"), "80 in 13 days"
    assert found.verified_savings == 0
    assert "ended" in found.unverified


def test_a_weekend_without_cost_is_no_end() -> None:
    assert not claimed(billed(ten_on([day for day in DAYS if day % 7 < 5]))).unverified


def test_what_was_before_is_told_by_the_same_days() -> None:
    report = a_document(
        a_recommendation("100"),
        spend=a_spend(),
        resource_spend=(billed(ten_on([day for day in DAYS if day % 7 < 5])),),
    )
    before = carried_out(report, report["opportunities"][0], AS_OF).before

    assert before == DailyPace(Decimal("7.6923076923"), 13, AS_OF - timedelta(days=1))


def test_where_nothing_was_done_the_same_weekdays_are_no_saving() -> None:
    """Ten a day on weekdays, before and for three weeks after."""
    report = a_document(
        a_recommendation("100"),
        spend=a_spend(),
        resource_spend=(billed(ten_on([day for day in DAYS if day % 7 < 5])),),
    )
    done = carried_out(report, report["opportunities"][0], AS_OF)
    later = AS_OF + timedelta(days=22)
    after = [AS_OF + timedelta(days=place) for place in range(22)]
    daily = tuple((day, Decimal(10)) for day in after if day.weekday() < 5)
    item = an_item(DecisionState.IMPLEMENTED, AS_OF, done=done)
    (row,) = realised([item], {"i-1": BilledDays("i-1", "USD", AS_OF, later, daily)}, later)

    assert row.enough
    assert not row.is_verified


@given(st.dictionaries(st.sampled_from(DAYS), st.integers(0, 90), min_size=1), st.data())
def test_a_lost_line_never_raises_what_is_verified(costs: dict[int, int], data: st.DataObject) -> None:
    """But for the first, which nobody can tell from a later beginning."""
    first, *others = sorted(costs)
    kept = {first, *data.draw(st.sets(st.sampled_from(others)) if others else st.just(set()))}
    less = {day: cost for day, cost in costs.items() if day in kept}

    before, after = claimed(billed(costs)), claimed(billed(less))

    assert after.counted_savings <= before.counted_savings
    assert after.verified_savings <= before.verified_savings
