"""The cost category that a request names: one paid question, and only then; whose each account is."""

from decimal import Decimal
from typing import Any

import pytest

from tasks.agents.cost_explorer.handler import work as door
from tests.tasks.agents.bills import COLLECTED, a_bill, a_day, usage
from tests.tasks.worlds import Json, a_review, a_scripted_world, evidence_of, findings_after, states, why_a_gap, work
from workflows.savings.owners import AccountOwner

pytestmark = pytest.mark.usefixtures("own_aws")
OWNERS = "CostExplorerOwners us-east-1"
OTHERS: dict[tuple[str, ...], str] = {("Stage$prod", "111111111111"): "1"}
SPEND = a_bill(a_day("2026-11-02", {usage(): "1"}))
ACCOUNTS = a_bill(a_day("2026-11-01", {("123456789012", "Usage"): "1"}))


def owners(groups: dict[tuple[str, ...], str], category: str = "Team") -> tuple[AccountOwner, ...]:
    script = {**COLLECTED, "ce:GetCostAndUsage": [SPEND, ACCOUNTS, a_bill(a_day("2026-11-01", groups))]}
    return findings_after(door, a_scripted_world(script).world, a_review(owner_cost_category=category)).account_owners


def asked(**review: Any) -> tuple[Json | None, int]:
    """The question about owners, if there was one, and how many paid requests were sent."""
    script = {**COLLECTED, "ce:GetCostAndUsage": [SPEND, ACCOUNTS, a_bill()]}
    account = a_scripted_world(script)
    evidence = evidence_of(account.world, work(door, account.world, "collect", a_review(**review)))
    questions = [one.parameters for one in evidence.responses if one.source == "CostExplorerOwners"]
    return (questions[0] if questions else None), sum(one.startswith("ce:") for one in account.sent)


def test_nothing_is_asked_where_no_cost_category_is_named() -> None:
    assert asked()[0] is None


def test_one_paid_question_asks_by_value_and_account_for_usage_alone() -> None:
    asked()
    # What was asked before serves for its day: what is left is this question alone.
    question, paid = asked(owner_cost_category="Team")

    assert question is not None
    assert question["GroupBy"] == [
        {"Type": "COST_CATEGORY", "Key": "Team"},
        {"Type": "DIMENSION", "Key": "LINKED_ACCOUNT"},
    ]
    assert question["Filter"] == {"Not": {"Dimensions": {"Key": "RECORD_TYPE", "Values": ["Credit", "Refund", "Tax"]}}}
    assert paid == 1


def test_beyond_the_cap_it_is_not_asked_and_is_a_gap_with_a_remedy() -> None:
    account = a_scripted_world({**COLLECTED, "ce:GetCostAndUsage": [SPEND, ACCOUNTS]})
    review = a_review(owner_cost_category="Team", max_cost_explorer_requests=4)
    evidence = evidence_of(account.world, work(door, account.world, "collect", review))
    (status,) = [one for one in evidence.sources if one.source == "CostExplorerOwners"]

    assert (status.state, status.is_gap) == ("SKIPPED", True)
    assert status.remedy


def test_an_emergency_does_not_pay_for_it() -> None:
    account = a_scripted_world(COLLECTED)
    review = a_review(owner_cost_category="Team", analysis_type="emergency")
    evidence = evidence_of(account.world, work(door, account.world, "collect", review))

    assert states(evidence)[OWNERS] == "NOT_NEEDED"


def test_the_value_with_the_largest_part_of_an_accounts_spend_owns_it() -> None:
    found = owners(
        {
            ("Team$shop", "111111111111"): "75",
            ("Team$web", "111111111111"): "25",
            ("Team$web", "222222222222"): "10",
            ("Team$", "333333333333"): "2",
            ("Team$web", "333333333333"): "1",
        }
    )

    assert found == (
        AccountOwner("111111111111", "Team", "shop", Decimal("75.0")),
        AccountOwner("222222222222", "Team", "web", Decimal("100.0")),
        AccountOwner("333333333333", "Team", "", Decimal("66.6")),
    )


def test_negative_parts_take_no_part_and_an_account_without_cost_has_no_owner() -> None:
    found = owners(
        {
            ("Team$shop", "111111111111"): "5",
            ("Team$web", "111111111111"): "-50",
            ("Team$web", "222222222222"): "0",
        }
    )

    assert found == (AccountOwner("111111111111", "Team", "shop", Decimal("100.0")),)


def test_of_two_equal_parts_the_first_by_name_is_taken_whatever_comes_first() -> None:
    parts = [(("Team$web", "111111111111"), "5"), (("Team$shop", "111111111111"), "5")]

    assert owners(dict(parts)) == owners(dict(reversed(parts)))
    assert owners(dict(parts))[0].name == "shop"


@pytest.mark.parametrize("name", ["SERVICE", "LINKED_ACCOUNT"])
def test_a_cost_category_that_is_called_like_a_dimension_is_not_taken_for_the_bill(name: str) -> None:
    script = {
        **COLLECTED,
        "ce:GetCostAndUsage": [
            SPEND,
            ACCOUNTS,
            a_bill(a_day("2026-11-01", {(f"{name}$shop", "123456789012"): "9000"})),
        ],
    }
    found = findings_after(door, a_scripted_world(script).world, a_review(owner_cost_category=name))

    assert found.spend is not None
    assert found.spend.month_to_date == Decimal(1)
    assert [one.account_id for one in found.spend.accounts] == ["123456789012"]
    assert [one.name for one in found.account_owners] == ["shop"]


def test_values_of_another_category_are_refused() -> None:
    script = {**COLLECTED, "ce:GetCostAndUsage": [SPEND, ACCOUNTS, a_bill(a_day("2026-11-01", OTHERS))]}
    found = findings_after(door, a_scripted_world(script).world, a_review(owner_cost_category="Team"))
    assert found.account_owners == ()
    assert "for a value of 'Team'" in why_a_gap(found, "CostExplorerOwners")
