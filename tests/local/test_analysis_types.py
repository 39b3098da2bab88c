"""Comprehensive, targeted and emergency reviews on the real definition: what each asks, counts and leaves out."""

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from threading import Event
from typing import Any

import pytest

from local.accounts import ReadAccount, account_in_folder
from local.definition import state_machine_definition
from local.moto_seams import LambdaFunction
from tasks.agents import AGENTS
from tasks.agents.discovered import COLLECT_STATE
from tests.asl.rules import named_states
from tests.local.runs import Run, run
from workflows.cost_review.request import limits_of
from workflows.discovery.card import LONGEST_TIMEOUT_S

AS_OF = "2026-11-16"
MEMBER = "999999999999"
VOLUME = "vol-0a7e42b9d6c13f858"
ONLY_EC2 = "It speaks of EC2 instances alone. The review's scope leaves these out."


@dataclass(frozen=True)
class Asked:
    """A review, and what it sent to the account, as "service:Operation region"."""

    review: Run
    sent: Counter[str]

    @property
    def report(self) -> dict[str, Any]:
        return self.review.report

    @property
    def operations(self) -> set[str]:
        return {one.partition(" ")[0] for one in self.sent}

    @property
    def paid(self) -> int:
        paid: int = self.report["run"]["self_cost"]["cost_explorer_requests"]
        return paid

    def line(self, source: str) -> Mapping[str, Any]:
        """The coverage's first line of the source."""
        return next(row for row in self.report["coverage"] if row["source"] == source)


@cache
def asked(document: str = "{}") -> Asked:
    """The review of the sample account that this asks for, made once."""
    read, sent = account_in_folder(None), Counter[str]()

    def note(event_name: str, **sending: Any) -> None:
        _, service, operation = event_name.split(".")
        sent[f"{service}:{operation} {sending['request'].context['client_region']}"] += 1

    read.session.events.register_first("before-send", note)
    return Asked(run({"as_of": AS_OF, **json.loads(document)}, read=read), sent)


def targeted(**scope: list[str]) -> Asked:
    return asked(json.dumps({"scope": scope}))


def emergency() -> Asked:
    return asked('{"analysis_type": "emergency"}')


def places(report: Mapping[str, Any], member: str) -> set[str]:
    return {one[member] for one in report["opportunities"]}


# ---- comprehensive


def test_a_comprehensive_review_asks_every_agent_and_leaves_nothing_out() -> None:
    report = asked().report
    assert report["review"]["analysis_type"] == "comprehensive"
    assert {row["agent"] for row in report["coverage"]} == {spec.name for spec in AGENTS}
    assert report["outside_focus"] == 0
    assert not [row for row in report["coverage"] if "scope" in row["detail"]]


# ---- targeted: every field of the scope narrows what is asked and what counts, and none of them leaves a gap


@pytest.mark.parametrize(
    "scope",
    [
        {"agents": ["budget-agent"]},
        {"regions": ["eu-west-1"]},
        {"services": ["rds"]},
        {"resource_ids": [VOLUME]},
        {"accounts": [MEMBER]},
    ],
    ids=lambda scope: next(iter(scope)),
)
def test_a_scope_asks_less_and_counts_less_than_the_whole(scope: dict[str, list[str]]) -> None:
    everything, some = asked(), targeted(**scope)
    assert some.report["review"]["analysis_type"] == "targeted"
    assert some.sent.total() < everything.sent.total()
    assert some.sent <= everything.sent, "a scope asks nothing that the whole does not ask"
    assert len(some.report["opportunities"]) < len(everything.report["opportunities"])
    told = [row["detail"] for row in some.report["coverage"] if "scope" in row["detail"]]
    assert told, "what the scope leaves out says so"


@pytest.mark.parametrize("field", ["agents", "regions", "services", "resource_ids"])
def test_what_the_scope_leaves_out_is_no_gap(field: str) -> None:
    scope = {"agents": "budget-agent", "regions": "eu-west-1", "services": "rds", "resource_ids": VOLUME}
    assert targeted(**{field: [scope[field]]}).report["status"] == "COMPLETE"


def test_agents_outside_the_scope_are_neither_woken_nor_asked() -> None:
    some = targeted(agents=["budget-agent"])
    assert some.review.entered.count("WakeAgent") == 1
    assert {one.partition(":")[0] for one in some.sent} == {"budgets", "sts"}
    assert some.paid == 0
    assert len(some.report["budgets"]) == 3
    left_out = [row for row in some.report["coverage"] if row["agent"] != "budget-agent"]
    assert {row["detail"] for row in left_out} == {"The review's scope leaves this agent out."}


def test_a_region_is_the_only_one_asked_and_the_only_one_counted() -> None:
    some = targeted(regions=["eu-west-1"])
    instances = "compute-optimizer:GetEC2InstanceRecommendations"
    assert some.sent[f"{instances} us-east-1"] == 1, "only the self-check's, which is for every review"
    assert some.sent[f"{instances} eu-west-1"] == asked().sent[f"{instances} eu-west-1"] > 1
    assert places(some.report, "region_id") == {"eu-west-1"}
    assert some.review.counted_usage == "35.04"
    assert some.report["resource_spend"] == []
    assert some.report["anomalies"] == []
    assert some.line("CostAnomalyDetection")["detail"] == "The scope leaves out 1 anomaly."


def test_a_service_asks_only_the_lists_that_may_speak_of_it() -> None:
    some = targeted(services=["rds"])
    of_optimizer = {one for one in some.operations if one.startswith("compute-optimizer:Get")}
    assert of_optimizer - {"compute-optimizer:GetEnrollmentStatus"} >= {
        "compute-optimizer:GetRDSDatabaseRecommendations",
        "compute-optimizer:GetIdleRecommendations",
    }
    assert some.sent["compute-optimizer:GetLambdaFunctionRecommendations eu-west-1"] == 1, "only the self-check's"
    assert "cost-explorer:GetRightsizingRecommendation" not in some.operations
    assert some.line("CostExplorerRightsizing")["detail"] == ONLY_EC2
    assert places(some.report, "resource_type") == {"RdsDbInstance"}
    assert {one["resource_id"] for one in some.report["resource_spend"]} == {"reports-dev"}


def test_a_resource_is_the_only_one_whose_cost_is_asked_and_the_only_one_counted() -> None:
    some = targeted(resource_ids=[VOLUME])
    assert places(some.report, "resource_id") == {VOLUME}
    assert [one["resource_id"] for one in some.report["resource_spend"]] == [VOLUME]
    assert some.paid < asked().paid
    assert some.line("CommitmentOptions")["detail"] == "The review's scope leaves commitments out."


def test_the_services_that_speak_of_one_account_alone_are_not_asked_about_another() -> None:
    """What they would say of that other account nobody knows: that is the gap, and not the account left out."""
    some = targeted(accounts=[MEMBER])
    assert some.report["opportunities"] == []
    assert some.sent["trustedadvisor:ListRecommendationResources us-east-1"] == 1, "only the self-check's"
    advisor = [row for row in some.report["coverage"] if row["source"] == "TrustedAdvisor"]
    assert [(row["state"], row["is_gap"]) for row in advisor] == [("SKIPPED", True), ("NOT_NEEDED", False)]
    assert MEMBER in advisor[0]["detail"]
    assert advisor[0]["remedy"]


def test_the_account_itself_in_the_scope_is_asked_about_and_counted_as_ever() -> None:
    some = targeted(accounts=["123456789012"])
    assert some.sent == asked().sent
    assert some.review.counted_usage == asked().review.counted_usage


def test_what_is_of_the_whole_account_says_so_in_a_narrower_review() -> None:
    some = targeted(services=["rds"])
    for source in ("Budgets", "CostExplorer", "CostExplorerForecast"):
        assert "It is the whole account's" in some.line(source)["detail"]


# ---- emergency


def test_an_emergency_looks_at_anomalies_budgets_about_to_break_and_what_can_be_switched_off() -> None:
    report = emergency().report
    assert places(report, "action_type") == {"Stop", "Delete"}
    assert report["outside_focus"] > 0
    assert [one["total_impact"] for one in report["anomalies"]] == ["143.20"]
    breaking = {one["name"]: one["impact"]["breaks_on"] for one in report["budgets"] if one["impact"]}
    assert breaking["monthly-total"] == "2026-11-28"
    assert report["status"] == "COMPLETE"


def test_an_emergency_pays_less_and_asks_less() -> None:
    urgent, whole = emergency(), asked()
    assert urgent.paid == 6 < whole.paid
    assert urgent.sent.total() < whole.sent.total()
    assert "budgets:DescribeBudgetPerformanceHistory" not in urgent.operations
    assert "cost-explorer:GetRightsizingRecommendation" not in urgent.operations


def test_the_summary_of_an_emergency_is_the_templates() -> None:
    summary = emergency().report["summary"]
    assert summary["written_by"] == "template"
    assert "breaks on 28 Nov 2026" in summary["text"]


def test_the_limits_of_a_review_travel_with_it() -> None:
    for one, kind in ((asked(), "comprehensive"), (emergency(), "emergency")):
        (held,) = [
            json.loads(event["stateEnteredEventDetails"]["input"])["review"]["limits"]
            for event in one.review.history
            if event.get("stateEnteredEventDetails", {}).get("name") == "ConsolidateFindings"
        ]
        assert held == limits_of(kind).model_dump()  # type: ignore[arg-type] # because a loop forgets the literal


@pytest.mark.parametrize("kind", ["comprehensive", "targeted", "emergency"])
def test_the_door_ends_a_step_before_the_definition_does(kind: Any) -> None:
    """A timeout of Step Functions loses everything that the step had read."""
    timeouts = {
        name: state["TimeoutSeconds"]
        for name, state in named_states(json.loads(state_machine_definition()))
        if state["Type"] == "Task"
    }
    limits = limits_of(kind)
    assert limits.self_check_s < timeouts["WakeAgent"]
    of_others = timeouts.pop(COLLECT_STATE)
    assert min(limits.collect_s, LONGEST_TIMEOUT_S) < of_others, "no card may ask for more"
    collecting = [seconds for name, seconds in timeouts.items() if name.startswith("Collect")]
    assert len(collecting) > len(AGENTS)
    assert limits.collect_s < min(collecting)


def test_an_emergencys_limits_are_the_tighter_ones() -> None:
    urgent, patient = limits_of("emergency"), limits_of("comprehensive")
    assert urgent.collect_s < patient.collect_s
    assert urgent.self_check_s < patient.self_check_s
    assert urgent.retries < patient.retries


def with_a_second_to_collect(name: str, function: LambdaFunction) -> LambdaFunction:
    """Every step that collects has one second, as if the payload of an emergency said so."""
    if name != "finops-prepare-review":
        return function

    def prepare(event: Mapping[str, Any]) -> object:
        review: Any = function(event)
        return {**review, "limits": {**review["limits"], "collect_s": 1}}

    return prepare


def silent(service: str, operation: str, until: Event, *, answers_first: int = 0) -> ReadAccount:
    """The sample account, where this operation gives no answer before `until`, but to the first requests."""
    read, left = account_in_folder(None), iter(range(answers_first))

    def wait(**_: Any) -> None:
        if next(left, None) is None:
            until.wait()

    read.session.events.register_first(f"before-send.{service}.{operation}", wait)
    return read


def test_what_does_not_fit_into_the_time_is_a_named_gap_and_what_was_read_is_kept() -> None:
    let_go = Event()
    try:
        read = silent("cost-explorer", "GetAnomalies", let_go)
        review = run({"as_of": AS_OF, "analysis_type": "emergency"}, read=read, around=with_a_second_to_collect)
    finally:
        let_go.set()
    rows = {row["source"]: row for row in review.report["coverage"] if row["is_gap"]}
    steps = {step["state"]: step["outcome"] for step in review.report["run"]["steps"]}
    assert review.report["status"] == "PARTIAL"
    assert set(rows) == {"CostAnomalyDetection"}
    assert rows["CostAnomalyDetection"]["state"] == "SKIPPED"
    assert "ce:GetAnomalies did not answer within the step's 1 s" in rows["CostAnomalyDetection"]["detail"]
    assert "no emergency" in rows["CostAnomalyDetection"]["remedy"]
    assert steps["CollectCostExplorer"] == "answered"
    assert review.report["spend"]["month_to_date"] == "2210.45", "the bill had been read before"
    assert review.counted_usage == "184.76"


def test_nothing_is_asked_any_more_once_the_time_is_over() -> None:
    let_go = Event()
    try:
        # The self-check asks once; it has a time of its own.
        read = silent("trustedadvisor", "ListRecommendations", let_go, answers_first=1)
        review = run(
            {"as_of": AS_OF, "scope": {"agents": ["trusted-advisor-agent", "budget-agent"]}},
            read=read,
            around=with_a_second_to_collect,
        )
    finally:
        let_go.set()
    rows = {row["source"]: row["detail"] for row in review.report["coverage"] if row["is_gap"]}
    assert rows == {
        "TrustedAdvisor": "trustedadvisor:ListRecommendations did not answer within the step's 1 s.",
        "TrustedAdvisorLegacy": "The step's 1 s were over before support:DescribeTrustedAdvisorChecks was asked.",
    }
    assert len(review.report["budgets"]) == 3
