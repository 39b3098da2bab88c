"""What AWS was really seen to answer goes through our adapters and rules, or fails in our own words."""

import copy
import json
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from local.account_folder import SAMPLE_ACCOUNT
from tasks.agents import AGENTS
from tasks.door import Door
from tests.tasks.agents.advice import a_check
from tests.tasks.agents.bills import a_bill, a_day
from tests.tasks.model_responses import raw_amounts
from tests.tasks.steps.heard import door_of
from tests.tasks.worlds import AS_OF, Json, a_review, a_scripted_world, findings_after
from workflows.cost_review.documents import Findings
from workflows.errors import FinOpsError
from workflows.money import cents

pytestmark = pytest.mark.usefixtures("own_aws")
RECORDINGS = Path(__file__).parents[3].parent / "shared" / "recordings"
RESERVED = ("Amazon Elastic Compute Cloud - Compute", "RIFee")
HUB_ENROLLED: Json = {"items": [{"accountId": "123456789012", "status": "Active"}]}
FIRST_ANSWERS: dict[str, dict[str, Json]] = {
    "trusted_advisor": {
        "trustedadvisor:ListChecks": {"checkSummaries": []},
        "trustedadvisor:ListRecommendations": {"recommendationSummaries": []},
        "trustedadvisor:ListRecommendationResources": {"recommendationResourceSummaries": []},
        "support:DescribeTrustedAdvisorChecks": {"checks": []},
        "support:DescribeTrustedAdvisorCheckSummaries": {"summaries": []},
        "support:DescribeTrustedAdvisorCheckResult": {"result": {}},
    },
    "cost_explorer": {
        "ce:GetCostAndUsage": a_bill(a_day("2026-11-02", {("EC2", "SavingsPlanRecurringFee"): "1", RESERVED: "1"})),
        "ce:GetCostForecast": {"ForecastResultsByTime": []},
        "ce:GetAnomalies": {"Anomalies": []},
        "ce:GetSavingsPlansCoverage": {"SavingsPlansCoverages": []},
        "ce:GetSavingsPlansUtilization": {"Total": {}},
        "ce:GetReservationCoverage": {"CoveragesByTime": []},
        "ce:GetReservationUtilization": {"UtilizationsByTime": []},
        "ce:GetSavingsPlansPurchaseRecommendation": {"SavingsPlansPurchaseRecommendation": {}},
        "ce:GetReservationPurchaseRecommendation": {"Recommendations": []},
        "cost-optimization-hub:ListEnrollmentStatuses": {"items": []},
    },
    "rightsizing": {
        "cost-optimization-hub:ListEnrollmentStatuses": HUB_ENROLLED,
        "cost-optimization-hub:ListRecommendations": {"items": []},
        "cost-optimization-hub:GetPreferences": {},
        "compute-optimizer:GetEnrollmentStatus": {"status": "Active"},
        "compute-optimizer:GetEC2InstanceRecommendations": {"instanceRecommendations": []},
        "compute-optimizer:GetAutoScalingGroupRecommendations": {"autoScalingGroupRecommendations": []},
        "compute-optimizer:GetECSServiceRecommendations": {"ecsServiceRecommendations": []},
        "compute-optimizer:GetEBSVolumeRecommendations": {"volumeRecommendations": []},
        "compute-optimizer:GetLambdaFunctionRecommendations": {"lambdaFunctionRecommendations": []},
        "compute-optimizer:GetRDSDatabaseRecommendations": {"rdsDBRecommendations": []},
        "compute-optimizer:GetIdleRecommendations": {"idleRecommendations": []},
        "ce:GetRightsizingRecommendation": {"RightsizingRecommendations": []},
    },
    "budget": {
        "budgets:DescribeBudgets": {"Budgets": []},
        "budgets:DescribeBudgetPerformanceHistory": {"BudgetPerformanceHistory": {}},
    },
}
SERVED_BY = {name: key for key, answers in FIRST_ANSWERS.items() for name in answers}


def recordings() -> list[Any]:
    files = sorted(RECORDINGS.glob("*/*__*.json")) if RECORDINGS.is_dir() else []
    envelopes = [(path, json.loads(path.read_text())) for path in files]
    return [
        pytest.param(envelope, id=path.stem)
        for path, envelope in envelopes
        if f"{envelope.get('service')}:{envelope.get('operation')}" in SERVED_BY
    ]


def concluded(key: str, answers: dict[str, Any], as_of: date = AS_OF) -> Findings:
    """What an agent concludes where AWS gives these answers, then pages that end, and nothing else."""
    script = {name: [answers.get(name, empty), empty] for name, empty in FIRST_ANSWERS[key].items()}
    if "compute-optimizer:GetEnrollmentStatus" in script:
        script["compute-optimizer:GetEnrollmentStatus"] = [{"status": "Active"}]
    regions = ("us-east-1",)
    door: Door = door_of(key)
    settings: Json = {"trusted_advisor_api": "support"} if any(name.startswith("support:") for name in answers) else {}
    account = a_scripted_world(script, regions=regions, **settings)
    try:
        return findings_after(door, account.world, a_review(as_of=as_of))
    finally:
        # What is never asked for would go through nothing.
        assert not [name for name in answers if name not in account.sent]


def last_day_of(envelope: Json) -> date:
    """The day after the recording's last, so that its figures fall into the months that are looked at."""
    buckets = envelope["response"].get("ResultsByTime") or []
    starts = [date.fromisoformat(bucket["TimePeriod"]["Start"][:10]) for bucket in buckets]
    return max(starts, default=AS_OF) + timedelta(days=1)


@pytest.mark.skipif(not recordings(), reason="the recordings are not beside this checkout")
@pytest.mark.parametrize("envelope", recordings())
def test_a_recorded_answer_is_understood_or_refused_in_our_own_words(envelope: Json) -> None:
    name = f"{envelope['service']}:{envelope['operation']}"
    status, body = envelope.get("http_status", 200), envelope["response"]
    answers = {**what_leads_to(envelope), name: (status, body)}
    try:
        found = concluded(SERVED_BY[name], answers, last_day_of(envelope))
    except FinOpsError:
        return
    assert found.sources
    assert all(one.resource_key.count("/") >= 3 for one in found.recommendations)


def what_leads_to(envelope: Json) -> dict[str, Json]:
    """The answers without which the recorded one would not be asked for."""
    body = envelope["response"]
    match envelope["operation"]:
        case "DescribeTrustedAdvisorCheckResult":
            return checks_for(body)
        case "DescribeTrustedAdvisorCheckSummaries":
            described = {**UNKNOWN_CHECK, "category": "cost_optimizing"}
            checks = [{**described, "id": one["checkId"]} for one in body["summaries"]]
            return {"support:DescribeTrustedAdvisorChecks": {"checks": checks}}
        case "ListRecommendationResources":
            headers, recommendation = a_check(check="Ti39halfu8", headers=IDLE_DATABASE)[:2]
            return {
                "trustedadvisor:ListChecks": headers.response,
                "trustedadvisor:ListRecommendations": recommendation.response,
            }
        case _:
            return {}


def checks_for(body: Json) -> dict[str, Json]:
    """The check and its summary, without which Support's result would not be asked for."""
    check = body["result"]["checkId"]
    about = next(one for one in MOTOS_CHECKS if one["id"] == check) if known(check) else UNKNOWN_CHECK
    described = {**about, "id": check, "category": "cost_optimizing"}
    summary = {
        "checkId": check,
        "status": "warning",
        "hasFlaggedResources": True,
        "timestamp": "",
        "resourcesSummary": {},
    }
    return {
        "support:DescribeTrustedAdvisorChecks": {"checks": [described]},
        "support:DescribeTrustedAdvisorCheckSummaries": {"summaries": [summary]},
    }


IDLE_DATABASE = {
    "0": "Days Since Last Connection",
    "1": "Estimated Monthly Savings (On Demand)",
    "2": "DB Instance Name",
    "3": "Instance Type",
    "4": "Multi-AZ",
    "5": "Region",
    "6": "Resource ARN",
    "7": "Storage Provisioned (GB)",
}
UNKNOWN_CHECK: Json = {"name": "A check", "description": "", "metadata": []}
ALL_CHECKS = RECORDINGS / "support" / "DescribeTrustedAdvisorChecks__moto__full.json"
MOTOS_CHECKS: list[Json] = json.loads(ALL_CHECKS.read_text())["response"]["checks"] if ALL_CHECKS.is_file() else []


def known(check: str) -> bool:
    return any(one["id"] == check for one in MOTOS_CHECKS)


def recorded(pattern: str) -> Json:
    found = list(RECORDINGS.glob(pattern))
    if not found:
        pytest.skip(f"the recording {pattern} is not beside this checkout")
    body: Json = json.loads(found[0].read_text())["response"]
    return body


def test_an_instance_that_a_recording_shows_stopped_is_not_applicable() -> None:
    for path in sorted(RECORDINGS.glob("compute-optimizer/GetEC2InstanceRecommendations__*.json")):
        body = json.loads(path.read_text())["response"]
        found = concluded("rightsizing", {"compute-optimizer:GetEC2InstanceRecommendations": body})
        stopped = {
            row["instanceArn"].rpartition("/")[2]
            for row in body["instanceRecommendations"]
            if row.get("instanceState") == "stopped"
        }
        told = {one.resource_id for one in found.recommendations if one.not_applicable}
        assert told <= stopped
        assert all(one.resource_id not in stopped or one.not_applicable for one in found.recommendations)


def recordings_about_resources_and_budgets() -> list[Any]:
    return [one for one in recordings() if SERVED_BY[name_of(one.values[0])] in {"rightsizing", "budget"}]


def name_of(envelope: Any) -> str:
    return f"{envelope['service']}:{envelope['operation']}"


@pytest.mark.skipif(not recordings(), reason="the recordings are not beside this checkout")
@pytest.mark.parametrize("envelope", recordings_about_resources_and_budgets())
def test_a_recorded_answer_about_resources_or_budgets_is_understood_whole(envelope: Json) -> None:
    name = name_of(envelope)
    found = concluded(SERVED_BY[name], {name: envelope["response"]})
    assert not [one for one in found.sources if one.is_gap]
    saved = {one.estimated_monthly_savings for one in found.recommendations}
    budgeted = {each for one in found.budgets for each in (one.limit, one.actual, one.forecast)}
    assert saved | budgeted <= raw_amounts(envelope["response"])
    said = [note for recommendation in found.recommendations for note in recommendation.notes]
    said += [note for budget in found.budgets for note in budget.notes]
    assert not [note for note in said if "taken as unknown" in note]


def test_both_recorded_pages_of_instances_are_read_and_only_those_that_ran_are_rightsized() -> None:
    pages = [recorded(f"compute-optimizer/*__vew__page{number}.json") for number in (1, 2)]
    script = {name: [empty] for name, empty in FIRST_ANSWERS["rightsizing"].items()}
    script["compute-optimizer:GetEC2InstanceRecommendations"] = pages
    world = a_scripted_world(script, regions=("us-east-1",)).world
    found = findings_after(door_of("rightsizing"), world).recommendations
    assert {one.resource_id: bool(one.not_applicable) for one in found} == {
        f"i-{number}": number < 3 for number in range(6)
    }
    assert {str(one.estimated_monthly_savings) for one in found} == {"43.10091280160715"}


def test_the_recorded_items_of_the_hub_keep_their_savings() -> None:
    body = recorded("cost-optimization-hub/ListRecommendations__*ebs_1.json")
    found = concluded("rightsizing", {"cost-optimization-hub:ListRecommendations": body})
    assert [str(one.estimated_monthly_savings) for one in found.recommendations] == [
        str(item["estimatedMonthlySavings"]) for item in body["items"]
    ]


def test_the_recorded_low_utilization_rows_are_stopped_with_the_savings_of_the_column() -> None:
    body = recorded("support/DescribeTrustedAdvisorCheckResult__fog-aws__low_utilization_ec2.json")
    found = concluded("trusted_advisor", {**checks_for(body), "support:DescribeTrustedAdvisorCheckResult": body})
    assert {one.action_type for one in found.recommendations} == {"Stop"}
    assert all(one.resource_id.startswith("i-") for one in found.recommendations)
    assert all(one.estimated_monthly_savings is not None for one in found.recommendations)


def test_the_recorded_idle_databases_keep_their_savings_and_names() -> None:
    pattern = "trustedadvisor/ListRecommendationResources__*.json"
    body = recorded(pattern)
    envelope = {"operation": "ListRecommendationResources", "response": body}
    found = concluded(
        "trusted_advisor", {**what_leads_to(envelope), "trustedadvisor:ListRecommendationResources": body}
    )
    rows = [one["metadata"] for one in body["recommendationResourceSummaries"]]
    told = {row["2"]: cents(Decimal(row["1"])) for row in rows}
    assert {one.resource_id: one.estimated_monthly_savings for one in found.recommendations} == told


@pytest.mark.skipif(not recordings(), reason="the recordings are not beside this checkout")
@pytest.mark.parametrize("envelope", [one for one in recordings() if one.values[0]["operation"] == "GetCostAndUsage"])
def test_a_recorded_bill_grouped_as_we_ask_for_it_adds_up_to_what_was_recorded(envelope: Json) -> None:
    """The recordings lack the second metric and the second key of our question; the costs are theirs."""
    buckets = copy.deepcopy(envelope["response"]["ResultsByTime"])
    costs = []
    for group in (group for bucket in buckets for group in bucket.get("Groups") or []):
        cost = group["Metrics"].get("UnblendedCost") or next(iter(group["Metrics"].values()))
        costs.append(Decimal(cost["Amount"]))
        group["Keys"] = [" ".join(group["Keys"]), "Usage"]
        group["Metrics"] = {"UnblendedCost": cost, "AmortizedCost": cost}
    found = concluded("cost_explorer", {"ce:GetCostAndUsage": {"ResultsByTime": buckets}}, last_day_of(envelope))
    assert sum(one.billed_cost for one in (found.spend.daily if found.spend else ())) == sum(costs)


def test_every_operation_of_an_adapter_is_one_that_the_sample_account_answers() -> None:
    names = {path.name.partition("__")[0] for path in (SAMPLE_ACCOUNT / "responses").rglob("*.json")}
    assert {name.partition(":")[2] for name in SERVED_BY} <= names
    assert FIRST_ANSWERS.keys() <= {spec.key for spec in AGENTS}
