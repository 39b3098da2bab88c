"""How many paid requests a comprehensive review sends: few, and the same for any number of resources."""

from datetime import date, timedelta
from typing import Any

import pytest

from tasks.agents.cost_explorer.handler import work as cost_explorer
from tasks.agents.rightsizing.handler import work as rightsizing
from tasks.agents.trusted_advisor.handler import work as trusted_advisor
from tests.tasks.agents.bills import a_day
from tests.tasks.agents.test_named_resource_spend import a_named, a_slot_of_findings
from tests.tasks.worlds import AWorld, a_response, a_review, a_world, an_account, slot, the_sample_says, work

pytestmark = pytest.mark.usefixtures("own_aws")
NOT_ENROLLED = a_response("cost-optimization-hub", "ListEnrollmentStatuses", {"items": []})
MOST_WITH_THE_HUB, MOST_WITHOUT_IT = 12, 25
COMMITTED = ("SavingsPlanCoveredUsage", "DiscountedUsage")
SERVICES = (
    "Amazon Elastic Compute Cloud - Compute",
    "Amazon Relational Database Service",
    "Amazon ElastiCache",
    "Amazon OpenSearch Service",
    "Amazon Redshift",
    "Amazon MemoryDB",
)


def a_committed_bill() -> list[Any]:
    """The bill in two pages, as the sample account has it, of an account with commitments in every service."""
    groups: dict[tuple[str, ...], str] = {
        (service, kind): "1" for service in SERVICES for kind in (*COMMITTED, "Usage")
    }
    by_day = [a_day(date(2026, 10, 1) + timedelta(days=place), groups) for place in range(46)]
    first = {"ResultsByTime": by_day[:31], "NextPageToken": "second"}
    monthly = the_sample_says("ce", "GetCostAndUsage", "monthly_by_account")
    return [
        a_response("ce", "GetCostAndUsage", first, request={"Granularity": "DAILY"}),
        a_response(
            "ce",
            "GetCostAndUsage",
            {"ResultsByTime": by_day[31:]},
            request={"Granularity": "DAILY", "NextPageToken": "second"},
        ),
        a_response("ce", "GetCostAndUsage", monthly, request={"Granularity": "MONTHLY"}),
    ]


def paid_by_a_review(account: AWorld, resources: int | None = None) -> int:
    """The paid requests of a whole review; resources are what Trusted Advisor named, or what the account says."""
    world, review = account.world, a_review(max_cost_explorer_requests=1000)
    collected = slot(work(cost_explorer, world, "collect", review))
    work(rightsizing, world, "collect", review)
    advised = slot(work(trusted_advisor, world, "collect", review))
    named = slot(work(trusted_advisor, world, "analyse", review, collected=advised))
    if resources is not None:
        named = a_slot_of_findings(world, [a_named(f"i-{number:05}") for number in range(resources)])
    builds_on = {"trusted_advisor": named}
    work(cost_explorer, world, "collect_named_resource_spend", review, collected=collected, builds_on=builds_on)
    return sum(one.startswith("ce:") for one in account.sent)


def test_the_sample_account_costs_eight_cents() -> None:
    assert paid_by_a_review(a_world()) == 8


@pytest.mark.parametrize("resources", [1, 1000])
def test_an_account_with_commitments_and_the_hub_costs_at_most_twelve_requests(resources: int) -> None:
    assert paid_by_a_review(a_world(an_account(*a_committed_bill())), resources) == MOST_WITH_THE_HUB


@pytest.mark.parametrize("resources", [1, 1000])
def test_without_the_hub_it_costs_at_most_twenty_five_requests(resources: int) -> None:
    account = a_world(an_account(*a_committed_bill(), NOT_ENROLLED))
    assert paid_by_a_review(account, resources) == 19 <= MOST_WITHOUT_IT


def test_trap_31_no_resource_is_asked_about_on_its_own() -> None:
    account = a_world()
    paid_by_a_review(account, 1000)
    assert account.asked("GetCostAndUsageWithResources") == 1


def test_an_emergency_pays_only_for_what_moves_money_today() -> None:
    account = a_world(an_account(*a_committed_bill(), NOT_ENROLLED))
    work(cost_explorer, account.world, "collect", a_review(analysis_type="emergency"))
    operations = {one for one in account.sent if one.startswith("ce:")}
    assert operations == {"ce:GetCostAndUsage", "ce:GetCostForecast", "ce:GetAnomalies"}


def test_checking_oneself_pays_nothing() -> None:
    account = a_world()
    for door in (cost_explorer, rightsizing):
        work(door, account.world, "self_check")
    assert not [one for one in account.sent if one.startswith("ce:")]
