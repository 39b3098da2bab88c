"""What is done to the whole is not counted again for its parts."""

from decimal import Decimal
from itertools import permutations
from typing import Any

import pytest

from tests.workflows.builders import a_recommendation
from tests.workflows.savings.bills import NO_BILL, a_bill
from workflows.money import total
from workflows.recommendation import ActionType, Recommendation
from workflows.savings.consolidation import consolidated
from workflows.savings.opportunity import NotCounted, Opportunity, Step

GROUP_TAG = (("aws:autoscaling:groupName", "web"),)


def a_group(savings: str | None = "100", **changes: Any) -> Recommendation:
    fields: dict[str, Any] = {"resource": "web", "resource_type": "Ec2AutoScalingGroup", "action": ActionType.RIGHTSIZE}
    return a_recommendation(savings, **{**fields, **changes})


def a_member(savings: str = "60", resource: str = "i-1", **changes: Any) -> Recommendation:
    return a_recommendation(savings, resource=resource, action=ActionType.RIGHTSIZE, **{"tags": GROUP_TAG, **changes})


def by_resource(*said: Recommendation) -> dict[str, Opportunity]:
    return {one.best.chosen.resource_id: one for one in consolidated(said, NO_BILL)}


def test_an_auto_scaling_group_absorbs_its_instances() -> None:
    for order in permutations((a_group(), a_member(), a_member(resource="i-2"))):
        found = by_resource(*order)
        assert total(one.counted_savings for one in found.values()) == Decimal(100)
        assert found["i-1"].not_counted is NotCounted.ABSORBED
        assert [(one.step, one.amount) for one in found["i-1"].deductions] == [(Step.ABSORBED, Decimal(60))]


@pytest.mark.parametrize(
    "elsewhere", [{"region_id": "eu-west-1"}, {"account_id": "2"}, {"tags": (("aws:autoscaling:groupName", "api"),)}]
)
def test_a_group_of_another_place_or_name_absorbs_nothing(elsewhere: dict[str, Any]) -> None:
    assert by_resource(a_group(), a_member(**elsewhere))["i-1"].counted_savings == Decimal(60)


@pytest.mark.parametrize("savings", [None, "-5", "0"])
def test_a_group_that_saves_nothing_leaves_its_members_alone(savings: str | None) -> None:
    assert by_resource(a_group(savings), a_member())["i-1"].counted_savings == Decimal(60)


def test_membership_that_one_source_knows_holds_for_all() -> None:
    unaware = a_recommendation("60", action=ActionType.RIGHTSIZE)

    assert by_resource(a_group(), unaware, a_member("55", source="ComputeOptimizer"))["i-1"].counted_savings == 0


def test_nodes_go_with_their_cluster_even_through_a_group_that_goes_with_it_too() -> None:
    cluster = a_recommendation("500", resource="prod", resource_type="EksCluster", action=ActionType.DELETE)
    group = a_group(tags=(("eks:cluster-name", "prod"),))
    node = a_member(tags=(*GROUP_TAG, ("aws:eks:cluster-name", "prod")))
    found = by_resource(cluster, group, node)

    assert {name: str(one.counted_savings) for name, one in found.items()} == {"prod": "500", "web": "0", "i-1": "0"}


def test_an_ecs_service_says_its_cluster_in_its_name() -> None:
    cluster = a_recommendation("500", resource="prod", resource_type="EcsCluster", action=ActionType.DELETE)
    service = a_recommendation("30", resource="prod/api", resource_type="EcsService")

    assert by_resource(cluster, service)["prod/api"].not_counted is NotCounted.ABSORBED


@pytest.mark.parametrize(
    ("action", "counted"), [(ActionType.DELETE, "0"), (ActionType.STOP, "9"), (ActionType.RIGHTSIZE, "9")]
)
def test_storage_is_a_lever_of_its_own_unless_its_database_is_deleted(action: ActionType, counted: str) -> None:
    instance = a_recommendation("50", resource="shop", resource_type="RdsDbInstance", action=action)
    storage = a_recommendation("9", resource="shop", resource_type="RdsDbInstanceStorage", action=ActionType.RIGHTSIZE)
    kept = {one.best.chosen.resource_type: one for one in consolidated([instance, storage], NO_BILL)}

    assert str(kept["RdsDbInstanceStorage"].counted_savings) == counted


def test_two_that_call_each_other_a_part_do_not_both_vanish() -> None:
    one = a_group(member_of=("Ec2AutoScalingGroup/api",))
    other = a_group(resource="api", member_of=("Ec2AutoScalingGroup/web",))

    assert total(each.counted_savings for each in by_resource(one, other).values()) == Decimal(200)


def test_the_volume_of_a_deleted_instance_stays_its_own() -> None:
    volume = a_recommendation("9", resource="vol-1", resource_type="EbsVolume", action=ActionType.DELETE)

    assert by_resource(a_recommendation("50", action=ActionType.DELETE), volume)["vol-1"].counted_savings == Decimal(9)


@pytest.mark.parametrize("action", [ActionType.DELETE, ActionType.RIGHTSIZE])
def test_a_volume_that_bears_its_groups_tag_is_no_member_of_it(action: ActionType) -> None:
    """It is paid for on its own, and nothing that is done to the group makes it cheaper."""
    volume = a_member("200", resource="vol-9", resource_type="EbsVolume")
    found = by_resource(a_group("5", action=action), volume)

    assert {name: str(one.counted_savings) for name, one in found.items()} == {"web": "5", "vol-9": "200"}


@pytest.mark.parametrize(
    ("action", "counted"), [(ActionType.DELETE, "0"), (ActionType.UPGRADE, "9"), (ActionType.STOP, "9")]
)
def test_storage_of_a_clusters_instance_goes_only_with_a_cluster_that_is_deleted(
    action: ActionType, counted: str
) -> None:
    cluster = a_recommendation("50", resource="all", resource_type="RdsDbCluster", action=action)
    storage = a_recommendation(
        "9", resource="shop", resource_type="RdsDbInstanceStorage", member_of=("RdsDbCluster/all",)
    )

    assert str(by_resource(cluster, storage)["shop"].counted_savings) == counted


def test_a_database_cluster_absorbs_its_instances() -> None:
    cluster = a_recommendation("50", resource="all", resource_type="RdsDbCluster", action=ActionType.UPGRADE)
    instance = a_recommendation("9", resource="shop", resource_type="RdsDbInstance", member_of=("RdsDbCluster/all",))

    assert by_resource(cluster, instance)["shop"].not_counted is NotCounted.ABSORBED


# ---- wholes of which only other teams speak


def test_a_whole_that_only_another_team_names_takes_nothing_from_what_aws_says_of_its_parts() -> None:
    for order in permutations((a_group("0.01", source="FleetTeam"), a_member(), a_member(resource="i-2"))):
        found = by_resource(*order)
        assert {name: one.counted_savings for name, one in found.items()} == {"web": 0, "i-1": 60, "i-2": 60}
        assert found["web"].not_counted is NotCounted.ABSORBED
        assert "what AWS says of its parts counts" in found["web"].deductions[0].reason


def test_storage_that_aws_names_is_not_deleted_with_a_database_that_only_another_team_would_delete() -> None:
    database = a_recommendation(
        "1", "FleetTeam", resource="db-1", resource_type="RdsDbInstance", action=ActionType.DELETE
    )
    storage = a_recommendation("30", resource="db-1", resource_type="RdsDbInstanceStorage", action=ActionType.RIGHTSIZE)
    counts = [one.counted_savings for one in consolidated((database, storage), NO_BILL)]

    assert sorted(counts) == [0, 30]


def test_a_whole_that_aws_names_absorbs_what_another_team_says_of_its_parts() -> None:
    found = by_resource(a_group(), a_member(source="FleetTeam"))

    assert found["i-1"].not_counted is NotCounted.ABSORBED


def test_among_other_teams_the_whole_absorbs_its_parts() -> None:
    said = (a_group(source="FleetTeam"), a_member(source="FleetTeam"))
    found = {one.best.chosen.resource_id: one for one in consolidated(said, a_bill())}

    assert (found["web"].counted_savings, found["i-1"].not_counted) == (Decimal(100), NotCounted.ABSORBED)
