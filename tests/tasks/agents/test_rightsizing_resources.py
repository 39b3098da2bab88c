"""What AWS tells of the resource beside the saving: its ARN, its tags, what it is a part of, how old the answer is."""

from typing import Any

import pytest

from tasks.agents.rightsizing.handler import work as door
from tests.tasks.agents.test_rightsizing import ACCOUNT, an_instance, an_item, findings, instances, of
from tests.tasks.agents.test_rightsizing_traps import a_script, an_option, in_one_region, listed
from tests.tasks.worlds import Json, findings_after
from workflows.recommendation import Recommendation
from workflows.sources import Source

pytestmark = pytest.mark.usefixtures("own_aws")
TAGS = [{"key": "team", "value": "web"}, {"key": "Name", "value": "web-1"}]
LAMBDA = f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:f"


def hubs(**changes: Any) -> Recommendation:
    script = {**a_script(), "cost-optimization-hub:ListRecommendations": [{"items": [an_item(**changes)]}]}
    (one,) = findings_after(door, in_one_region(script).world).recommendations
    return one


def cost_explorers(metadata: Json, tags: Any) -> Recommendation:
    row = {
        "RightsizingType": "Terminate",
        "CurrentInstance": {"ResourceId": "i-1", "Tags": tags, "ResourceDetails": {}},
        "TerminateRecommendationDetail": {"EstimatedMonthlySavings": "1", "CurrencyCode": "USD"},
    }
    answer = {"Metadata": metadata, "RightsizingRecommendations": [row]}
    script = {**a_script(), "ce:GetRightsizingRecommendation": [answer]}
    (one,) = findings_after(door, in_one_region(script).world).recommendations
    return one


def test_the_sample_accounts_web_server_is_known_by_arn_tags_and_age() -> None:
    (one,) = of(findings(), Source.COST_OPTIMIZATION_HUB, "i-07c4e8b15da2f3962")

    assert one.resource_arn == f"arn:aws:ec2:us-east-1:{ACCOUNT}:instance/i-07c4e8b15da2f3962"
    assert dict(one.tags)["team"] == "web"
    assert one.last_refreshed == "2026-11-15T12:40:03+00:00"


def test_the_hubs_tags_are_sorted_and_name_the_resource() -> None:
    one = hubs(tags=TAGS)

    assert one.tags == (("Name", "web-1"), ("team", "web"))
    assert one.resource_name == "web-1"


@pytest.mark.parametrize("tags", [None, [], [None], [{"value": "web"}]])
def test_tags_of_another_form_are_none(tags: Any) -> None:
    assert hubs(tags=tags).tags == ()


def test_compute_optimizer_tells_them_too() -> None:
    (one,) = instances(an_instance(tags=TAGS, lastRefreshTimestamp=1794731406.0))

    assert one.tags == (("Name", "web-1"), ("team", "web"))
    assert one.resource_arn == f"arn:aws:ec2:us-east-1:{ACCOUNT}:instance/i-1"
    assert one.last_refreshed == "2026-11-15T08:30:06+00:00"


def test_a_functions_arn_is_without_its_version() -> None:
    row = {
        "functionArn": f"{LAMBDA}:$LATEST",
        "finding": "NotOptimized",
        "memorySizeRecommendationOptions": [an_option(memorySize=512)],
    }
    (one,) = listed("GetLambdaFunctionRecommendations", row)

    assert (one.resource_arn, one.resource_id) == (LAMBDA, "f")


def test_a_database_and_its_storage_are_parts_of_their_cluster() -> None:
    row = {
        "resourceArn": f"arn:aws:rds:us-east-1:{ACCOUNT}:db:orders-1",
        "dbClusterIdentifier": "orders",
        "instanceFinding": "Overprovisioned",
        "instanceRecommendationOptions": [an_option(dbInstanceClass="db.t4g.medium")],
        "storageFinding": "Overprovisioned",
        "storageRecommendationOptions": [an_option(storageConfiguration={"storageType": "gp3"})],
    }
    found = listed("GetRDSDatabaseRecommendations", row, {**row, "dbClusterIdentifier": None})

    assert [one.member_of for one in found] == [("RdsDbCluster/orders",)] * 2 + [()] * 2


def test_cost_explorer_tells_its_look_back_and_lists_of_tag_values() -> None:
    one = cost_explorers(
        {"LookbackPeriodInDays": "THIRTY_DAYS", "GenerationTimestamp": "2026-11-15T09:02:51Z"},
        [{"Key": "team", "Values": ["web"], "MatchOptions": ["EQUALS"]}, {"Key": "none", "Values": []}],
    )

    assert (one.lookback_days, one.tags) == (30, (("team", "web"),))
    assert one.last_refreshed == "2026-11-15T09:02:51+00:00"


@pytest.mark.parametrize("metadata", [{}, {"LookbackPeriodInDays": "AGES", "GenerationTimestamp": "yesterday"}])
def test_what_cost_explorer_does_not_tell_is_unknown(metadata: Json) -> None:
    one = cost_explorers(metadata, None)

    assert (one.lookback_days, one.tags, one.last_refreshed) == (None, (), "")
