"""What commitments do to a bill: unblended cost has their fees on one day and nothing for what they cover."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from tasks.agents.cost_explorer.handler import work as door
from tests.tasks.agents.bills import COLLECTED, a_bill, a_day, usd
from tests.tasks.worlds import Json, a_review, a_scripted_world, findings_after
from workflows.cost_review.documents import Findings
from workflows.money import cents
from workflows.savings.bill import bill
from workflows.spend import ServiceSpend

pytestmark = pytest.mark.usefixtures("own_aws")
COMPUTE = "Amazon Elastic Compute Cloud - Compute"
Costs = dict[str, tuple[str, str]]
"""By record type, what is billed (unblended) and what it comes to (amortized)."""
UNDER_A_PLAN: Costs = {
    "Usage": ("10", "10"),
    "SavingsPlanCoveredUsage": ("90", "60"),
    "SavingsPlanNegation": ("-90", "0"),
}
RESERVED: Costs = {"DiscountedUsage": ("0", "20")}
THE_FEE: Costs = {"RIFee": ("600", "0")}


def a_billed_day(day: date, costs: Costs) -> Json:
    told = a_day(day, {})
    told["Groups"] = [
        {"Keys": [COMPUTE, kind], "Metrics": {"UnblendedCost": usd(billed), "AmortizedCost": usd(amortized)}}
        for kind, (billed, amortized) in costs.items()
    ]
    return told


def found_on(as_of: str, every_day: Costs, on_the_first: Costs | None = None) -> Findings:
    """What is found where EC2 costs the same each day, from the first of the month before that is judged."""
    end = date.fromisoformat(as_of)
    start = ((end - timedelta(days=1)).replace(day=1) - timedelta(days=1)).replace(day=1)
    days = [start + timedelta(days=place) for place in range((end - start).days)]
    told = [a_billed_day(day, {**every_day, **((on_the_first or {}) if day.day == 1 else {})}) for day in days]
    answers = {
        **COLLECTED,
        "ce:GetCostAndUsage": [a_bill(*told)],
        "ce:GetSavingsPlansCoverage": [{"SavingsPlansCoverages": []}],
        "ce:GetSavingsPlansUtilization": [{}],
        "ce:GetReservationCoverage": [{"CoveragesByTime": []}],
        "ce:GetReservationUtilization": [{"UtilizationsByTime": []}],
    }
    return findings_after(door, a_scripted_world(answers).world, a_review(as_of=as_of))


def the_service(found: Findings) -> ServiceSpend:
    assert found.spend is not None
    (service,) = found.spend.services
    return service


@pytest.mark.parametrize("as_of", ["2026-11-01", "2026-11-02", "2026-11-07", "2026-11-08", "2026-11-16"])
def test_a_service_under_a_savings_plan_costs_what_it_comes_to_on_every_day_of_the_month(as_of: str) -> None:
    """70 a day amortized, of which only 10 are billed under the service."""
    found = found_on(as_of, UNDER_A_PLAN)
    month = bill(found.spend, (), ()).services[COMPUTE]
    assert Decimal(70 * 30) <= month <= Decimal(70 * 31)


def test_on_the_first_of_a_month_the_month_before_is_judged_and_is_not_taken_for_a_day() -> None:
    spend = found_on("2026-11-01", UNDER_A_PLAN).spend
    assert spend is not None
    assert spend.month_to_date_effective == Decimal(70 * 31)
    assert cents(bill(spend, (), ()).services[COMPUTE]) == Decimal("2129.17")


@pytest.mark.parametrize("as_of", ["2026-11-02", "2026-11-03", "2026-11-08", "2026-11-09", "2026-11-15", "2026-11-16"])
def test_the_fee_of_a_reservation_on_the_first_of_a_month_is_no_rise_and_no_fall(as_of: str) -> None:
    service = the_service(found_on(as_of, RESERVED, THE_FEE))
    assert (service.last_7_days, service.previous_7_days) == (Decimal(140), Decimal(140))
    assert (service.trend_percent, service.step) == (Decimal("0.0"), None)


@pytest.mark.parametrize("kind", ["credit", "CREDIT", "Refund", "refund", "TAX"])
def test_credits_and_taxes_are_no_usage_in_whatever_case_they_are_written(kind: str) -> None:
    spend = found_on("2026-11-16", {"Usage": ("10", "10"), kind: ("-4", "-4")}).spend
    assert spend is not None
    assert the_service(found_on("2026-11-16", {"Usage": ("10", "10"), kind: ("-4", "-4")})).month_to_date == 150
    assert spend.month_to_date_credits + spend.month_to_date_taxes == -60
