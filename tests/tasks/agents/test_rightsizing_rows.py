"""What is kept of rows that are broken, of lists that are refused, and of what AWS says beside a saving."""

from decimal import Decimal
from typing import Any

import pytest

from tasks.agents.rightsizing.handler import work as door
from tests.tasks.agents.test_rightsizing import ACCOUNT, an_instance, an_item, findings, hub_items, instances, of
from tests.tasks.agents.test_rightsizing_traps import CO, LISTS, a_script, an_option, in_one_region, listed
from tests.tasks.worlds import Json, findings_after
from workflows.recommendation import ActionType
from workflows.sources import Source

pytestmark = pytest.mark.usefixtures("own_aws")


def test_an_answer_of_the_sample_account_names_the_prices_of_the_hub() -> None:
    bases = {one.savings_basis.value for one in of(findings(), Source.COST_OPTIMIZATION_HUB)}
    assert bases == {"AfterDiscounts"}


@pytest.mark.parametrize(
    ("preferences", "basis"),
    [
        ({"savingsEstimationMode": "BeforeDiscounts"}, "List"),
        ({"savingsEstimationMode": "AFTER_DISCOUNTS"}, "AfterDiscounts"),
        ({"savingsEstimationMode": "InBetween"}, "Unknown"),
        ({}, "Unknown"),
        ((400, {"__type": "AccessDeniedException", "message": "No."}), "Unknown"),
    ],
)
def test_the_hubs_savings_have_the_basis_that_its_preferences_name(preferences: Any, basis: str) -> None:
    script = {
        **a_script(),
        "cost-optimization-hub:ListRecommendations": [{"items": [an_item()]}],
        "cost-optimization-hub:GetPreferences": [preferences],
    }
    found = findings_after(door, in_one_region(script).world)
    assert [one.savings_basis.value for one in found.recommendations] == [basis]
    (hub,) = [one for one in found.sources if one.source == Source.COST_OPTIMIZATION_HUB]
    assert hub.state == "AVAILABLE"
    assert ("before or after discounts is unknown" in hub.detail) is isinstance(preferences, tuple)


def test_one_unreadable_amount_leaves_its_row_and_the_other_rows() -> None:
    broken = an_option(None, instanceType="m5.large")
    broken["savingsOpportunity"] = {"estimatedMonthlySavings": {"currency": "USD", "value": "12,50"}}
    other = an_instance(instanceArn=f"arn:aws:ec2:us-east-1:{ACCOUNT}:instance/i-2")
    first, second = instances(an_instance(recommendationOptions=[broken]), other)
    assert (first.estimated_monthly_savings, second.estimated_monthly_savings) == (None, Decimal("10.0"))
    assert "'12,50'" in first.notes[0]
    assert first.evidence[0].raw == "12,50"


@pytest.mark.parametrize("broken", [None, {"finding": "Overprovisioned", "recommendationOptions": [an_option()]}])
def test_a_row_that_names_nothing_is_counted_as_a_gap_of_its_source(broken: Json | None) -> None:
    script = {
        **a_script(),
        f"{CO}:GetEC2InstanceRecommendations": [{"instanceRecommendations": [broken, an_instance()]}],
    }
    found = findings_after(door, in_one_region(script).world)
    assert [one.resource_id for one in found.recommendations] == ["i-1"]
    (status,) = [one for one in found.sources if one.source == Source.COMPUTE_OPTIMIZER]
    assert (status.state, status.is_gap) == ("ERROR", True)
    assert status.detail.startswith("1 row of its answers could not be understood")


def test_what_compute_optimizer_could_not_tell_about_is_in_its_status() -> None:
    error = {"identifier": "i-9", "code": "ResourceNotFound", "message": "No recommendation for i-9."}
    script = {**a_script(), f"{CO}:GetEC2InstanceRecommendations": [{"instanceRecommendations": [], "errors": [error]}]}
    (status,) = [
        one
        for one in findings_after(door, in_one_region(script).world).sources
        if one.source == Source.COMPUTE_OPTIMIZER
    ]
    assert "i-9" in status.detail


def test_a_member_accounts_resource_keeps_its_account() -> None:
    bare = an_instance(accountId="210987654321", instanceArn="i-1")
    assert instances(bare)[0].account_id == "210987654321"
    assert hub_items(an_item(accountId="210987654321"))[0].account_id == "210987654321"


def test_effort_risk_and_lookback_are_carried_through_and_inferred_workloads_ignored() -> None:
    option = an_option(migrationEffort="MEDIUM", performanceRisk=3.0, instanceType="m5.large")
    row = an_instance(recommendationOptions=[option], lookBackPeriodInDays=32.0, inferredWorkloadTypes=["Redis"])
    (one,) = instances(row)
    assert (one.implementation_effort, one.performance_risk, one.lookback_days) == ("Medium", Decimal("3.0"), 32)
    assert (one.restart_needed, one.rollback_possible) == (True, None)
    assert "Redis" not in repr(one)


def test_another_architecture_is_a_migration_not_a_rightsizing() -> None:
    option = an_option(platformDifferences=["Architecture", "Hypervisor"], instanceType="m6g.large")
    (one,) = listed("GetEC2InstanceRecommendations", an_instance(recommendationOptions=[option]))
    assert one.action_type is ActionType.MIGRATE_TO_GRAVITON


@pytest.mark.parametrize("refused", LISTS)
def test_a_list_that_is_denied_is_named_and_the_other_lists_are_read(refused: str) -> None:
    denied = (400, {"__type": "AccessDeniedException", "message": "No."})
    account = in_one_region({**a_script(), f"{CO}:{refused}": [denied]})
    found = findings_after(door, account.world)
    assert [account.asked(operation) for operation in LISTS] == [1] * len(LISTS)
    (gap,) = [one for one in found.sources if one.is_gap]
    assert (gap.source, gap.state) == (Source.COMPUTE_OPTIMIZER, "DENIED")
    assert gap.remedy == f"Allow {CO}:{refused} for the role that runs this."
