"""What Trusted Advisor named last time is asked about too, so that the bill can tell what was deleted."""

from datetime import date, timedelta
from typing import Any

import pytest

from tasks.agents.cost_explorer.handler import work as door
from tasks.baselines import store_baseline
from tests.tasks.agents.bills import COLLECTED, a_bill, a_day
from tests.tasks.agents.test_named_resource_spend import a_named, a_slot_of_findings
from tests.tasks.worlds import AWorld, a_review, a_scripted_world, evidence_of, findings_of, slot, work
from tests.workflows.reports import an_opportunity
from workflows.cost_review.answers import Answer
from workflows.savings.changes import spend_has_ended

pytestmark = pytest.mark.usefixtures("own_aws")
GONE, THERE = "i-gone", "i-there"


def last_night(account: AWorld, *resources: str) -> None:
    """A review was published in which Trusted Advisor named these."""
    review = a_review(review_id="last-night", as_of=date(2026, 11, 15))
    named = [
        {
            **an_opportunity(opportunity_id=resource, resource_id=resource, sources=["TrustedAdvisor"]),
            "counted_monthly_savings_exact": "70.08",
        }
        for resource in resources
    ]
    report = {
        "status": "COMPLETE",
        "review": {"as_of": "2026-11-15"},
        "accounts": ["123456789012"],
        "opportunities": named,
        "coverage": [],
        "changes": None,
    }
    store_baseline(account.world, review, report)


def collect_named(account: AWorld, *resources: str) -> tuple[Answer, dict[str, Any]]:
    """The step's answer, and what it was asked with."""
    named = {"trusted_advisor": a_slot_of_findings(account.world, [a_named(one) for one in resources])}
    collected = slot(work(door, account.world, "collect"))
    answer = work(door, account.world, "collect_named_resource_spend", collected=collected, builds_on=named)
    return answer, {"collected": collected, "builds_on": {**named, "named_resource_spend": slot(answer)}}


def test_what_was_named_before_and_is_not_any_more_is_asked_about_in_the_same_question() -> None:
    account = a_scripted_world({"ce:GetCostAndUsageWithResources": [a_bill()], **COLLECTED})
    last_night(account, THERE, GONE)
    answer, _ = collect_named(account, THERE)
    (asked,) = evidence_of(account.world, answer).responses
    assert asked.parameters["Filter"]["Dimensions"]["Values"] == [GONE, THERE]


def test_what_was_named_before_makes_no_question_of_its_own() -> None:
    account = a_scripted_world({"ce:GetCostAndUsageWithResources": [a_bill()], **COLLECTED})
    last_night(account, GONE)
    answer, _ = collect_named(account)
    assert evidence_of(account.world, answer).responses == ()
    assert account.asked("GetCostAndUsageWithResources") == 0


def test_the_bill_tells_that_what_is_not_named_any_more_has_ended() -> None:
    days = [
        a_day(date(2026, 11, 2) + timedelta(days=number), {(GONE,): "1"} if number < 9 else {}) for number in range(14)
    ]
    account = a_scripted_world({"ce:GetCostAndUsageWithResources": [a_bill(*days)], **COLLECTED})
    last_night(account, THERE, GONE)
    _, slots = collect_named(account, THERE)
    found = findings_of(account.world, work(door, account.world, "analyse", **slots))
    assert {one.billing_id: spend_has_ended(one) for one in found.billed_days} == {GONE: True, THERE: False}
    assert [one.resource_id for one in found.resource_spend] == [], "only what is named tonight has a trend"
