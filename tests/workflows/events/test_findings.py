"""What an agent tells of its findings: their sum as it proposes it, the biggest of them, and where they lie."""

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from tests.tasks.worlds import a_review
from tests.workflows.events.schemas import assert_of_its_schema
from workflows.cost_review.answers import Reference
from workflows.cost_review.documents import Findings
from workflows.cost_review.request import Scope
from workflows.events.findings import findings_detail
from workflows.events.published import FindingsDetail, as_json
from workflows.recommendation import ActionType, Recommendation

NOW = datetime(2026, 11, 16, 9, 30, tzinfo=UTC)
WHERE = Reference(bucket="b", key="agent-context/x/findings/1.json", version_id="v", sha256="0" * 64, size=1)


def a_recommendation(resource_id: str, savings: str | None, **changes: Any) -> Recommendation:
    made = Recommendation(
        source="TrustedAdvisor",
        agent="trusted-advisor-agent",
        action_type=ActionType.STOP,
        account_id="123456789012",
        region_id="us-east-1",
        resource_type="Ec2Instance",
        resource_id=resource_id,
        estimated_monthly_savings=None if savings is None else Decimal(savings),
        billing_currency="USD",
    )
    return replace(made, **changes)


def told_of(*recommendations: Recommendation, **review: Any) -> FindingsDetail:
    findings = Findings("trusted-advisor-agent", "123456789012", (), tuple(recommendations))
    return findings_detail(findings, a_review(**review), WHERE, NOW)


def test_the_sum_is_what_the_agent_proposes_by_currency_and_unknown_is_no_part_of_it() -> None:
    told = told_of(
        a_recommendation("i-1", "10.005"),
        a_recommendation("i-1", "5", action_type=ActionType.RIGHTSIZE),
        a_recommendation("i-2", None),
        a_recommendation("i-3", "-3"),
        a_recommendation("i-4", "99", not_applicable="it is stopped"),
        a_recommendation("i-5", "7", billing_currency="EUR"),
    )
    assert told.total_savings.stage == "proposed_before_consolidation"
    assert told.total_savings.monthly == {"EUR": "7.00", "USD": "15.01"}
    assert told.recommendation_count == 6


def test_the_biggest_resources_come_first_each_once_and_no_more_than_ten_of_them() -> None:
    many = [a_recommendation(f"i-{number:02}", str(number)) for number in range(1, 15)]
    told = told_of(*many, a_recommendation("i-14", "1"), a_recommendation("", "500"))
    assert [one.resource_id for one in told.high_impact_resources] == [f"i-{number:02}" for number in range(14, 4, -1)]
    assert told.high_impact_resources[0].proposed_monthly_savings == "14.00"


def test_the_order_in_which_things_were_found_does_not_show() -> None:
    many = [a_recommendation(f"i-{number:02}", str(number // 3)) for number in range(30)]
    mixed = [*many[20:], *many[10:20], *many[:10]][::-1]
    assert as_json(told_of(*many)) == as_json(told_of(*mixed))


@pytest.mark.parametrize(
    ("agents", "asks"),
    [((), True), (("trusted-advisor-agent",), False), (("trusted-advisor-agent", "cost-explorer-agent"), True)],
)
def test_it_says_whether_the_review_itself_asks_the_bill(agents: tuple[str, ...], asks: bool) -> None:
    told = told_of(analysis_type="targeted" if agents else "comprehensive", scope=Scope(agents=agents))
    assert told.context.deep_dive_in_review is asks


def test_findings_of_nothing_are_told_as_nothing() -> None:
    told = as_json(told_of())
    assert told["total_savings"]["monthly"] == {}
    assert (told["recommendation_count"], told["high_impact_resources"]) == (0, [])
    assert_of_its_schema(told, "cost-optimization-findings-1")


def test_the_context_leads_to_the_findings() -> None:
    context = told_of(a_recommendation("i-1", "1")).context
    assert (context.findings, context.as_of, context.account_id) == (WHERE, "2026-11-16", "123456789012")


def test_the_event_says_how_much_the_review_might_pay_for() -> None:
    told = told_of(a_recommendation("i-1", "1"), max_cost_explorer_requests=3)
    assert told.context.max_cost_explorer_requests == 3
