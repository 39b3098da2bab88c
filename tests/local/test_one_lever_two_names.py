"""What AWS says of one lever under two names counts once, from its answers to the total of a whole review."""

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.local.account_variants import an_account_folder
from tests.local.runs import run, sample_review

Json = dict[str, Any]
ACCOUNT = "123456789012"


@pytest.fixture(scope="module")
def usage_before() -> Decimal:
    """What the sample account counts without the rows that are added here."""
    return _usage(sample_review().report)


def test_a_group_and_its_instance_count_once(tmp_path: Path, usage_before: Decimal) -> None:
    """The Hub's row of the instance carries the tag that Auto Scaling puts on what it starts."""
    group = "autoScalingGroup:7c9e:autoScalingGroupName/web-asg"
    member = "i-0aaaabbbbccccdddd"
    rows = (
        _hubs("web-asg", f"arn:aws:autoscaling:us-east-1:{ACCOUNT}:{group}", "Ec2AutoScalingGroup", 100),
        _hubs(
            member,
            f"arn:aws:ec2:us-east-1:{ACCOUNT}:instance/{member}",
            "Ec2Instance",
            50,
            tags=[{"key": "aws:autoscaling:groupName", "value": "web-asg"}],
        ),
    )
    report = _report(_account_with(tmp_path, hub=rows))
    assert _usage(report) - usage_before == 100
    assert _why_not(report, member) == "absorbed"
    assert _why_not(report, "web-asg") is None


def test_the_storage_of_a_cluster_counts_once_whichever_instance_it_is_said_of(
    tmp_path: Path, usage_before: Decimal
) -> None:
    report = _report(_account_with(tmp_path, databases=(_database("shop-1"), _database("shop-2"))))
    assert _usage(report) - usage_before == 40
    (storage,) = _storages(report)
    assert (storage["resource_id"], storage["sources"]) == ("shop", ["ComputeOptimizer"])


def test_the_hub_and_compute_optimizer_mean_the_same_storage_of_a_cluster(
    tmp_path: Path, usage_before: Decimal
) -> None:
    arn = f"arn:aws:rds:us-east-1:{ACCOUNT}:cluster:shop"
    hub = (_hubs("shop", arn, "AuroraDbClusterStorage", 40),)
    report = _report(_account_with(tmp_path, hub=hub, databases=(_database("shop-1"), _database("shop-2"))))
    assert _usage(report) - usage_before == 40
    (storage,) = _storages(report)
    assert sorted(storage["sources"]) == ["ComputeOptimizer", "CostOptimizationHub"]
    assert storage["resource_arn"] == arn


def _hubs(resource: str, arn: str, of_type: str, savings: float, **more: Any) -> Json:
    return {
        "recommendationId": f"of-{resource}",
        "accountId": ACCOUNT,
        "region": "us-east-1",
        "resourceId": resource,
        "resourceArn": arn,
        "currentResourceType": of_type,
        "recommendedResourceType": of_type,
        "actionType": "Upgrade" if of_type == "AuroraDbClusterStorage" else "Rightsize",
        "estimatedMonthlySavings": savings,
        "estimatedSavingsPercentage": 50.0,
        "estimatedMonthlyCost": savings,
        "currencyCode": "USD",
        "source": "ComputeOptimizer",
        **more,
    }


def _database(name: str) -> Json:
    """A row of an Aurora instance whose cluster's storage would be cheaper in another configuration."""
    saved = {"savingsOpportunityPercentage": 20.0, "estimatedMonthlySavings": {"currency": "USD", "value": 40.0}}
    return {
        "resourceArn": f"arn:aws:rds:us-east-1:{ACCOUNT}:db:{name}",
        "accountId": ACCOUNT,
        "engine": "aurora-mysql",
        "dbClusterIdentifier": "shop",
        "currentDBInstanceClass": "db.r6g.large",
        "currentStorageConfiguration": {"storageType": "aurora"},
        "instanceFinding": "Optimized",
        "storageFinding": "NotOptimized",
        "storageRecommendationOptions": [
            {"rank": 1, "storageConfiguration": {"storageType": "aurora-iopt1"}, "savingsOpportunity": saved}
        ],
    }


def _account_with(folder: Path, *, hub: tuple[Json, ...] = (), databases: tuple[Json, ...] = ()) -> Path:
    account = an_account_folder(folder / "account", {})
    _add(account, "cost-optimization-hub/ListRecommendations__page2.json", "items", hub)
    _add(account, "compute-optimizer/GetRDSDatabaseRecommendations__us-east-1.json", "rdsDBRecommendations", databases)
    return account


def _add(account: Path, name: str, member: str, rows: tuple[Json, ...]) -> None:
    path = account / "responses" / name
    envelope = json.loads(path.read_text())
    envelope["response"][member] += rows
    path.write_text(json.dumps(envelope))


def _report(folder: Path) -> Json:
    return run(account=folder).report


def _usage(report: Json) -> Decimal:
    (total,) = report["totals"]
    return Decimal(total["counted_usage"])


def _why_not(report: Json, resource: str) -> object:
    (found,) = [one for one in report["opportunities"] if one["resource_id"] == resource]
    return found["not_counted"]


def _storages(report: Json) -> list[Json]:
    return [one for one in report["opportunities"] if one["resource_type"] == "AuroraDbClusterStorage"]
