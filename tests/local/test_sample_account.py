"""The sample account tells the story of its ledger through real boto3 clients, exact to the cent."""

import copy
import json
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

import pytest

from local.account_folder import SAMPLE_ACCOUNT, Envelope
from tests.local.model_check import disagreements
from tests.local.sample_clients import ACCOUNT, SampleClients, exact

TRUSTED_ADVISOR = {
    "Qch7DwouX1": Decimal("69.12"),
    "Ti39halfu8": Decimal("48.96"),
    "DAvU99Dc4C": Decimal("16.0"),
    "hjLMh88uM8": Decimal("18.0"),
    "c1z7kmr00n": Decimal("95.89"),
}
Row = dict[str, str]


@pytest.fixture
def sample() -> SampleClients:
    return SampleClients()


def envelopes() -> list[Envelope]:
    return [envelope for envelope in ACCOUNT.envelopes if envelope.http_status == 200]


def ledger(first_header: str) -> list[Row]:
    """The rows of the ledger's table whose first column has this header."""
    lines = (SAMPLE_ACCOUNT / "LEDGER.md").read_text(encoding="utf-8").splitlines()
    start = next(number for number, line in enumerate(lines) if line.startswith(f"| {first_header} |"))
    headers = cells(lines[start])
    rows: list[Row] = []
    for line in lines[start + 2 :]:
        if not line.startswith("|"):
            break
        rows.append(dict(zip(headers, cells(line), strict=True)))
    return rows


def cells(line: str) -> list[str]:
    return [cell.strip().strip("`") for cell in line.strip("|").split("|")]


def amount(cell: str) -> Decimal:
    """What a cell of the ledger adds to a sum: nothing, where it is blank, a word or below zero."""
    return max(Decimal(cell), Decimal(0)) if cell[-2:].isdigit() else Decimal(0)


def total(name: str) -> Decimal:
    return next(Decimal(row["amount"]) for row in ledger("total") if row["total"] == name)


def usage_rows() -> list[Row]:
    return [row for row in ledger("opportunity") if row["action"] != "PurchaseSavingsPlans"]


# ---- the payloads ----


@pytest.mark.parametrize("envelope", envelopes(), ids=lambda envelope: envelope.file)
def test_every_payload_is_what_botocore_describes(envelope: Envelope) -> None:
    assert disagreements(envelope.service, envelope.operation, envelope.response) == []


@pytest.mark.parametrize(
    ("name", "value", "found"),
    [
        ("recommendationId", None, "is null"),
        ("recommendationID", "x", "is unknown"),
        ("estimatedMonthlySavings", "95.89", "is a str, not a double"),
        ("restartNeeded", 1, "is a int, not a boolean"),
        ("source", "Elsewhere", "none of its enum"),
    ],
)
def test_a_planted_mistake_is_found(name: str, value: Any, found: str) -> None:
    (page, *_) = [each for each in envelopes() if each.file.endswith("hub/ListRecommendations__page1.json")]
    planted = copy.deepcopy(page.response)
    planted["items"][0][name] = value
    assert [found in line for line in disagreements(page.service, page.operation, planted)] == [True]


def test_a_missing_required_member_is_found() -> None:
    assert disagreements("support", "DescribeTrustedAdvisorCheckSummaries", {}) == [
        "DescribeTrustedAdvisorCheckSummaries.summaries is required and missing"
    ]


def test_everything_calls_itself_authored() -> None:
    assert ACCOUNT.kind == "authored"
    assert {envelope.provenance.kind for envelope in ACCOUNT.envelopes} == {"authored"}


def test_the_account_says_whose_it_is(sample: SampleClients) -> None:
    told = json.loads((SAMPLE_ACCOUNT / "account.json").read_text(encoding="utf-8"))
    assert sample.client("sts").get_caller_identity()["Account"] == told["account_id"] == ACCOUNT.account_id
    (status,) = sample.client("cost-optimization-hub").list_enrollment_statuses()["items"]
    assert status["status"] == "Active"


# ---- the ledger ----


def test_the_ledger_adds_up() -> None:
    rows = usage_rows()
    for row in rows:
        parts = sum(amount(row[name]) for name in ("counted", "duplicates", "alternatives", "not applicable"))
        told = ("Trusted Advisor", "Cost Optimization Hub", "Compute Optimizer", "Cost Explorer")
        assert amount(row["gross"]) == parts == sum(amount(row[source]) for source in told), row["opportunity"]
    assert sum(amount(row["gross"]) for row in rows) == total("gross, usage") == Decimal("996.12")
    assert sum(amount(row["duplicates"]) for row in rows) == total("removed as duplicates") == Decimal("634.37")
    assert sum(amount(row["alternatives"]) for row in rows) == total("removed as alternatives") == Decimal("24.82")
    assert sum(amount(row["not applicable"]) for row in rows) == total("not applicable, stopped") == Decimal("43.07")
    assert sum(amount(row["counted"]) for row in rows) == total("counted, usage") == Decimal("293.86")
    assert total("gross, rate") - total("re-sized, rate") == total("counted, rate") == Decimal("36.26")


@pytest.mark.parametrize("source", ["Trusted Advisor", "Cost Optimization Hub", "Compute Optimizer", "Cost Explorer"])
def test_each_source_adds_up_in_the_ledger(source: str) -> None:
    assert sum(amount(row[source]) for row in usage_rows()) == total(f"gross of {source}")


def test_the_bill_covers_what_the_ledger_counts(sample: SampleClients) -> None:
    names = {"old-shop-lb": "arn:aws:elasticloadbalancing:us-east-1:123456789012:loadbalancer/old-shop-lb"}
    nat = "nat-0b8d5e7219f4ca636"
    names[nat] = f"arn:aws:ec2:eu-west-1:123456789012:natgateway/{nat}"
    for row in usage_rows():
        if amount(row["counted"]) or row["counted"] == "unknown":
            resource = names.get(row["resource id"], row["resource id"])
            daily = sample.resource_spend("2026-10-18", "2026-11-16", resource)[resource]
            assert len(daily) == 29
            assert min(daily) * Decimal("30.4") >= amount(row["counted"]), row["opportunity"]


# ---- Trusted Advisor, both ways ----


def test_trusted_advisor_states_247_97_in_five_recommendations(sample: SampleClients) -> None:
    pages = sample.pages("trustedadvisor", "list_recommendations", pillar="cost_optimizing")
    stated = {
        summary["checkArn"].rpartition("/")[2]: exact(
            summary["pillarSpecificAggregates"]["costOptimizing"]["estimatedMonthlySavings"]
        )
        for page in pages
        for summary in page["recommendationSummaries"]
    }
    assert {check: savings for check, savings in stated.items() if savings} == TRUSTED_ADVISOR
    assert sum(stated.values()) == Decimal("247.97")
    assert len(pages) == 2


def test_the_support_api_states_the_same(sample: SampleClients) -> None:
    support = sample.client("support")
    checks = support.describe_trusted_advisor_checks(language="en")["checks"]
    cost = [check["id"] for check in checks if check["category"] == "cost_optimizing"]
    assert set(cost) < {check["id"] for check in checks}
    summaries = support.describe_trusted_advisor_check_summaries(checkIds=cost)["summaries"]
    stated = {
        summary["checkId"]: exact(summary["categorySpecificSummary"]["costOptimizing"]["estimatedMonthlySavings"])
        for summary in summaries
    }
    assert {check: savings for check, savings in stated.items() if savings} == TRUSTED_ADVISOR
    one = support.describe_trusted_advisor_check_summaries(checkIds=["Qch7DwouX1"])["summaries"]
    assert [summary["checkId"] for summary in one] == ["Qch7DwouX1"]


def test_both_apis_name_the_same_resources_in_another_column_order(sample: SampleClients) -> None:
    support = sample.client("support")
    legacy_checks = support.describe_trusted_advisor_checks(language="en")["checks"]
    legacy_headers = {check["id"]: check["metadata"] for check in legacy_checks}
    (listed,) = sample.pages("trustedadvisor", "list_checks", pillar="cost_optimizing", language="en")
    headers = {check["id"]: check["metadata"] for check in listed["checkSummaries"]}
    moved = 0
    for page in sample.pages("trustedadvisor", "list_recommendations", pillar="cost_optimizing"):
        for summary in page["recommendationSummaries"]:
            check = summary["checkArn"].rpartition("/")[2]
            arn = summary["arn"]
            (resources,) = sample.pages("trustedadvisor", "list_recommendation_resources", recommendationIdentifier=arn)
            new = [
                {headers[check][key]: cell for key, cell in resource["metadata"].items()}
                for resource in resources["recommendationResourceSummaries"]
            ]
            result = support.describe_trusted_advisor_check_result(checkId=check, language="en")["result"]
            old = [dict(zip(legacy_headers[check], row["metadata"], strict=True)) for row in result["flaggedResources"]]
            assert len(new) == len(old) == summary["resourcesAggregates"]["warningCount"]
            for new_row, old_row in zip(new, old, strict=True):
                assert all(same_cell(new_row[header], old_row[header]) for header in old_row), check
            moved += list(headers[check].values())[: len(legacy_headers[check])] != legacy_headers[check]
    assert moved >= 2


def same_cell(new: str, old: str) -> bool:
    words = {"No": "false", "Warning": "warning", "14+": "14"}
    return new == words.get(old, old.removeprefix("$"))


# ---- the other sources ----


def test_the_hub_states_seven_usage_actions_and_one_commitment(sample: SampleClients) -> None:
    pages = sample.pages("cost-optimization-hub", "list_recommendations", includeAllRecommendations=True)
    items = [item for page in pages for item in page["items"]]
    rates = [item for item in items if item["actionType"] == "PurchaseSavingsPlans"]
    savings = sum(exact(item["estimatedMonthlySavings"]) for item in items if item not in rates)
    assert len(pages) == 2
    assert savings == total("gross of Cost Optimization Hub")
    assert [exact(item["estimatedMonthlySavings"]) for item in rates] == [total("gross, rate")]
    assert "resourceArn" not in rates[0]


def test_compute_optimizer_states_what_the_ledger_says_over_both_regions(sample: SampleClients) -> None:
    stated = [
        saving
        for region in ACCOUNT.regions
        for saving in compute_optimizer_savings(sample, sample.client("compute-optimizer", region))
    ]
    assert sum(saving for saving in stated if saving > 0) == total("gross of Compute Optimizer")
    assert [saving for saving in stated if saving < 0] == [Decimal("-30.37")]


def compute_optimizer_savings(sample: SampleClients, client: Any) -> Iterator[Decimal]:
    assert client.get_enrollment_status()["status"] == "Active"
    for page in sample.follow(client.get_ec2_instance_recommendations, "nextToken"):
        for row in page["instanceRecommendations"]:
            yield from (best_savings(option) for option in row["recommendationOptions"])
    for row in client.get_ebs_volume_recommendations()["volumeRecommendations"]:
        yield from (best_savings(option) for option in row["volumeRecommendationOptions"])
    for row in client.get_lambda_function_recommendations()["lambdaFunctionRecommendations"]:
        yield from (best_savings(option) for option in row["memorySizeRecommendationOptions"])
    for row in client.get_rds_database_recommendations()["rdsDBRecommendations"]:
        yield from (best_savings(option) for option in row["instanceRecommendationOptions"])
    yield from (best_savings(row) for row in client.get_idle_recommendations()["idleRecommendations"])


def best_savings(option: Any) -> Decimal:
    opportunity = option.get("savingsOpportunityAfterDiscounts", option["savingsOpportunity"])
    return exact(opportunity["estimatedMonthlySavings"]["value"])


def test_cost_explorer_rightsizing_states_what_the_ledger_says(sample: SampleClients) -> None:
    (page,) = sample.pages("ce", "get_rightsizing_recommendation", Service="AmazonEC2")
    terminate, modify = page["RightsizingRecommendations"]
    (default,) = [
        target for target in modify["ModifyRecommendationDetail"]["TargetInstances"] if target["DefaultTargetInstance"]
    ]
    savings = [terminate["TerminateRecommendationDetail"], default]
    assert sum(Decimal(each["EstimatedMonthlySavings"]) for each in savings) == total("gross of Cost Explorer")
    assert Decimal(page["Summary"]["EstimatedTotalMonthlySavingsAmount"]) == total("gross of Cost Explorer")


@pytest.mark.parametrize(
    "call",
    [
        lambda sample: sample.pages("trustedadvisor", "list_recommendations", pillar="cost_optimizing"),
        lambda sample: sample.pages("cost-optimization-hub", "list_recommendations", includeAllRecommendations=True),
        lambda sample: sample.pages("budgets", "describe_budgets", AccountId="123456789012"),
        lambda sample: sample.spend("2026-11-01", "2026-11-16"),
        lambda sample: list(
            sample.follow(sample.client("compute-optimizer").get_ec2_instance_recommendations, "nextToken")
        ),
    ],
    ids=["trusted advisor", "hub", "budgets", "cost explorer", "compute optimizer"],
)
def test_the_long_lists_take_two_requests(sample: SampleClients, call: Callable[[SampleClients], Any]) -> None:
    call(sample)
    assert sample.requests == 2
