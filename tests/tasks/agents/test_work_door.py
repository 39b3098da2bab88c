"""Every agent's work door honours the contract, step by step, and pays for no more than it may."""

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from importlib import import_module
from typing import Any

import pytest

from tasks.agent_states import states_of
from tasks.agents import AGENTS
from tasks.agents.spec import AgentSpec
from tasks.door import Door
from tests.tasks.worlds import (
    NOW,
    SETTINGS,
    AWorld,
    Json,
    a_clock,
    a_review,
    a_work_request,
    a_world,
    an_account,
    an_error,
    evidence_of,
    findings_of,
    own_clients,
    slot,
    states,
    work,
)
from workflows.cost_review.answers import Answer
from workflows.cost_review.documents import to_bytes
from workflows.cost_review.request import limits_of
from workflows.errors import InvalidContent, InvalidReviewRequest, SourceError, Throttled
from workflows.sources import SourceState

pytestmark = pytest.mark.usefixtures("own_aws")
EVERY_AGENT = pytest.mark.parametrize("spec", AGENTS, ids=lambda spec: spec.key)


def door_of(spec: AgentSpec | str) -> Door:
    module = spec.handler_module if isinstance(spec, AgentSpec) else f"tasks.agents.{spec}.handler"
    door = import_module(module).work
    assert isinstance(door, Door)
    return door


COST_EXPLORER, BUDGET, RIGHTSIZING = door_of("cost_explorer"), door_of("budget"), door_of("rightsizing")
THROTTLED_BUDGETS = an_error("budgets", "DescribeBudgets", "ThrottlingException", "Rate exceeded")


def paid(account: AWorld) -> int:
    return sum(one.startswith("ce:") for one in account.sent)


def noted(agent: str) -> Json:
    state: Json = states_of(a_world().world, [agent])[agent]["state"]
    return state


@EVERY_AGENT
def test_each_step_of_an_agent_is_answered_by_the_contract(spec: AgentSpec) -> None:
    account = a_world()
    checked = work(door_of(spec), account.world, "self_check")
    collected = work(door_of(spec), account.world, "collect")
    analysed = work(door_of(spec), account.world, "analyse", collected=slot(collected))
    assert [one.kind for one in (checked, collected, analysed)] == ["state", "evidence", "findings"]
    assert {one.agent for one in (checked, collected, analysed)} == {spec.name}
    assert {one.review_id for one in (checked, collected, analysed)} == {"review-1"}
    assert f"/{spec.name}/evidence-collect/" in collected.content.key
    assert f"/{spec.name}/findings/" in analysed.content.key
    assert findings_of(account.world, analysed).agent == spec.name
    assert checked.run.requests > 0
    assert collected.run.requests > 0


@EVERY_AGENT
def test_what_travels_through_the_state_is_small(spec: AgentSpec) -> None:
    answer = work(door_of(spec), a_world().world, "collect")
    assert len(json.dumps(answer.model_dump(mode="json"))) < 1_000


@EVERY_AGENT
def test_the_same_answers_of_aws_give_the_same_bytes(spec: AgentSpec) -> None:
    """At whatever time of the day: only a day that is over changes what is asked and said."""
    first, second = a_world(), a_world(now=a_clock(NOW + timedelta(hours=1)))
    kept = [evidence_of(one.world, work(door_of(spec), one.world, "collect")) for one in (first, second)]
    assert to_bytes(kept[0]) == to_bytes(kept[1])
    hashes = {work(door_of(spec), one.world, "collect").content.sha256 for one in (first, second)}
    assert len(hashes) == 1


@EVERY_AGENT
def test_a_self_check_notes_that_the_agent_is_ready_and_pays_nothing(spec: AgentSpec) -> None:
    account = a_world()
    answer = work(door_of(spec), account.world, "self_check")
    assert answer.reason == "ready"
    assert answer.run.cost_explorer_requests == paid(account) == 0
    state = noted(spec.name)
    assert (state["status"], state["reason"], state["version"]) == ("ready", "", spec.version)
    assert state["checked_for"] == "review-1"
    assert state["sources"]


@pytest.mark.parametrize(
    ("key", "refusals", "reason", "remedy"),
    [
        (
            "budget",
            [an_error("budgets", "DescribeBudgets", "AccessDeniedException", "No.")],
            "AccessDeniedException",
            "budgets:ViewBudget",
        ),
        (
            "trusted_advisor",
            [
                an_error("trustedadvisor", "ListRecommendations", "AccessDeniedException", "No."),
                an_error("support", "DescribeTrustedAdvisorChecks", "SubscriptionRequiredException", "Premium Support"),
            ],
            "SubscriptionRequiredException",
            "Business Support+",
        ),
    ],
)
def test_a_self_check_notes_why_the_agent_is_not_ready_and_the_remedy(
    key: str, refusals: list[Any], reason: str, remedy: str
) -> None:
    answer = work(door_of(key), a_world(an_account(*refusals)).world, "self_check")
    assert answer.reason == "not_ready"
    state = noted(answer.agent)
    assert state["status"] == "not_ready"
    assert reason in state["reason"]
    assert remedy in state["remedy"]


@pytest.mark.parametrize(
    ("key", "source"),
    [
        ("trusted_advisor", "TrustedAdvisor"),
        ("trusted_advisor", "TrustedAdvisorLegacy"),
        ("rightsizing", "CostOptimizationHub"),
        ("rightsizing", "ComputeOptimizer"),
    ],
)
def test_a_self_check_notes_of_which_day_the_data_is_where_aws_tells(key: str, source: str) -> None:
    answer = work(door_of(key), a_world().world, "self_check")
    told = {one["detail"] for one in noted(answer.agent)["sources"] if one["source"] == source}
    assert told == {"AWS's data is of 2026-11-15."}


def test_a_check_that_was_overtaken_is_noted_as_of_when_it_began() -> None:
    """It took until after a later one had ended, and saw less than that."""
    began = iter([NOW] * 3)  # the step, its deadline and its check; everything after that is late
    slow = a_world(now=lambda: next(began, NOW + timedelta(minutes=20)))
    work(BUDGET, a_world(now=lambda: NOW + timedelta(minutes=10)).world, "self_check", a_review(review_id="review-2"))
    work(BUDGET, slow.world, "self_check", a_review(review_id="review-1"))
    assert noted("budget-agent")["checked_for"] == "review-2"


class AccountWhoseCredentialsExpired:
    """STS answers nothing any more; everything else as before."""

    def __init__(self, clients: Any) -> None:
        self._clients = clients

    def __call__(self, service: str, region: str | None = None) -> Any:
        if service == "sts":
            raise SourceError("ExpiredToken: The security token included in the request is expired")
        return self._clients(service, region)


@pytest.mark.parametrize("key", ["budget", "cost_explorer"])
def test_a_self_check_with_expired_credentials_notes_that_the_agent_is_not_ready(key: str) -> None:
    world = a_world().world
    expired = replace(world, account=AccountWhoseCredentialsExpired(world.account))
    answer = work(door_of(key), expired, "self_check")
    assert answer.reason == "not_ready"
    assert "ExpiredToken" in noted(answer.agent)["reason"]
    assert "credentials" in noted(answer.agent)["remedy"]


def test_a_source_that_stays_throttled_is_tried_again_by_the_state_machine_and_recorded_at_the_last_try() -> None:
    account = a_world(an_account(THROTTLED_BUDGETS))
    for retry in range(3):
        with pytest.raises(Throttled, match="Budgets"):
            work(BUDGET, account.world, "collect", retry=retry)
    answer = work(BUDGET, account.world, "collect", retry=3)
    assert account.asked("DescribeBudgets") == 8
    (status,) = evidence_of(account.world, answer).sources
    assert status.state is SourceState.THROTTLED
    assert status.remedy


def test_in_an_emergency_what_is_throttled_is_tried_again_once() -> None:
    world = a_world(an_account(THROTTLED_BUDGETS)).world
    emergency = a_review(analysis_type="emergency", limits=limits_of("emergency"))
    with pytest.raises(Throttled, match="Budgets"):
        work(BUDGET, world, "collect", emergency, retry=0)
    (status,) = evidence_of(world, work(BUDGET, world, "collect", emergency, retry=1)).sources
    assert status.state is SourceState.THROTTLED


def test_what_was_throttled_only_at_first_is_read_without_the_state_machine_noticing() -> None:
    once = an_error("budgets", "DescribeBudgets", "ThrottlingException", "Rate exceeded", times=1)
    account = an_account()
    recovered = replace(account, envelopes=(*account.envelopes, once))
    world = a_world(recovered).world
    answer = work(BUDGET, world, "collect")
    assert states(evidence_of(world, answer)) == {"Budgets us-east-1": "AVAILABLE"}


@pytest.mark.parametrize("code", ["LimitExceededException", "ThrottlingException"])
def test_cost_explorers_throttling_is_tried_again_too_and_every_attempt_is_counted(code: str) -> None:
    account = a_world(an_account(an_error("ce", "GetAnomalies", code, "Rate exceeded")))
    answer = work(COST_EXPLORER, account.world, "collect", retry=3)
    assert account.asked("GetAnomalies") == 2
    assert answer.run.cost_explorer_requests == paid(account)


def test_attempts_and_pages_are_counted_and_those_of_cost_explorer_separately() -> None:
    account = a_world()
    answer = work(COST_EXPLORER, account.world, "collect")
    assert account.asked("GetCostAndUsage") == 3
    assert account.asked("GetAnomalies") == 2
    assert answer.run.cost_explorer_requests == paid(account) == 6
    assert answer.run.requests > answer.run.cost_explorer_requests


def test_two_collects_at_once_do_not_count_each_others_requests() -> None:
    account = a_world()
    for service in ("ce", "budgets", "sts", "cost-optimization-hub"):
        account.world.account(service, "us-east-1")
    with ThreadPoolExecutor(2) as pool:
        spend = pool.submit(work, COST_EXPLORER, account.world, "collect")
        shrink = pool.submit(work, RIGHTSIZING, account.world, "collect")
        counted = [one.result().run.cost_explorer_requests for one in (spend, shrink)]
    assert counted == [6, 1]


def test_a_review_that_may_pay_for_nothing_sends_no_paid_request_and_says_what_it_left_out() -> None:
    account, review = a_world(), a_review(max_cost_explorer_requests=0)
    collected = [work(door_of(spec), account.world, "collect", review) for spec in AGENTS]
    assert paid(account) == sum(one.run.cost_explorer_requests for one in collected) == 0
    skipped = [
        status
        for one in collected
        for status in evidence_of(account.world, one).sources
        if status.state is SourceState.SKIPPED
    ]
    assert {one.source for one in skipped} == {
        "CostExplorer",
        "CostExplorerAccounts",
        "CostExplorerForecast",
        "CostAnomalyDetection",
        "SavingsPlans",
        "Reservations",
        "CommitmentOptions",
        "CostExplorerRightsizing",
    }
    assert all(one.is_gap and "max_cost_explorer_requests" in one.remedy for one in skipped)


def test_the_cap_holds_over_agents_that_collect_at_once() -> None:
    account, review = a_world(), a_review(max_cost_explorer_requests=3)
    for service in ("ce", "sts", "cost-optimization-hub"):
        account.world.account(service, "us-east-1")
    with ThreadPoolExecutor(4) as pool:
        doors = [COST_EXPLORER, RIGHTSIZING, COST_EXPLORER, RIGHTSIZING]
        answers = list(pool.map(lambda door: work(door, account.world, "collect", review), doors))
    assert paid(account) == sum(one.run.cost_explorer_requests for one in answers) == 3


def test_a_cap_in_the_middle_of_a_bill_gives_no_half_bill() -> None:
    account, review = a_world(), a_review(max_cost_explorer_requests=1)
    collected = work(COST_EXPLORER, account.world, "collect", review)
    found = findings_of(account.world, work(COST_EXPLORER, account.world, "analyse", review, collected=slot(collected)))
    assert states(found)["CostExplorer us-east-1"] == "SKIPPED"
    assert found.spend is None


@EVERY_AGENT
@pytest.mark.parametrize(
    "collected",
    [None, {}, {"gap": {"error": "States.Timeout", "cause": ""}}, {"not_asked": {"agent": "x"}}, {"answer": 7}],
)
def test_there_is_nothing_to_analyse_where_the_agent_collected_nothing(spec: AgentSpec, collected: Any) -> None:
    answer = work(door_of(spec), a_world().world, "analyse", collected=collected)
    assert answer.kind == "nothing"
    assert answer.reference is None
    assert answer.reason


def test_no_resource_is_asked_about_where_the_agent_collected_nothing() -> None:
    account = a_world()
    answer = work(COST_EXPLORER, account.world, "collect_named_resource_spend", collected={"gap": {"error": "x"}})
    assert (answer.kind, account.sent) == ("nothing", [])


def test_evidence_that_was_collected_for_another_review_is_not_analysed() -> None:
    world = a_world().world
    collected = work(BUDGET, world, "collect", a_review(review_id="review-0"))
    assert work(BUDGET, world, "analyse", collected=slot(collected)).kind == "nothing"


def test_evidence_of_another_agent_is_not_analysed() -> None:
    world = a_world().world
    collected = work(BUDGET, world, "collect")
    assert work(RIGHTSIZING, world, "analyse", collected=slot(collected)).kind == "nothing"


@EVERY_AGENT
def test_evidence_that_changed_after_it_was_stored_is_not_analysed(spec: AgentSpec) -> None:
    world = a_world().world
    collected = slot(work(door_of(spec), world, "collect"))
    collected["answer"]["reference"]["sha256"] = "0" * 64
    with pytest.raises(InvalidContent, match="SHA-256"):
        work(door_of(spec), world, "analyse", collected=collected)


@pytest.mark.parametrize("content", [b"not json", b'{"contract": "finops.findings/9"}', b"[]"])
def test_a_broken_document_of_another_agent_does_not_break_this_one(content: bytes) -> None:
    world = a_world().world
    named = work(
        door_of("trusted_advisor"), world, "analyse", collected=slot(work(door_of("trusted_advisor"), world, "collect"))
    )
    own_clients()("s3").put_object(Bucket=SETTINGS.context_bucket, Key=named.content.key, Body=content)
    broken = slot(named)
    broken["answer"]["reference"]["version_id"] = None
    collected = slot(work(COST_EXPLORER, world, "collect"))
    answer = work(COST_EXPLORER, world, "analyse", collected=collected, builds_on={"trusted_advisor": broken})
    assert findings_of(world, answer).spend is not None


@pytest.mark.parametrize("builds_on", [{"trusted_advisor": None}, {"trusted_advisor": []}, {"x": {"answer": {}}}])
def test_rubbish_in_place_of_another_agents_answer_is_passed_over(builds_on: Json) -> None:
    world = a_world().world
    collected = slot(work(COST_EXPLORER, world, "collect"))
    answer = work(COST_EXPLORER, world, "analyse", collected=collected, builds_on=builds_on)
    assert findings_of(world, answer).spend is not None


@pytest.mark.parametrize(
    "event",
    [
        {},
        None,
        [],
        {**a_work_request("collect"), "action": "delete_everything"},
        {**a_work_request("collect"), "contract": "finops.work/2"},
        {**a_work_request("collect"), "review": {}},
        {**a_work_request("collect"), "step": {}},
    ],
)
def test_a_request_that_is_not_of_the_contract_is_refused_before_anything_is_read(event: Any) -> None:
    account = a_world()
    with pytest.raises(InvalidReviewRequest):
        BUDGET.run(event, account.world)
    assert account.sent == []


def test_an_agent_refuses_a_step_that_it_does_not_know() -> None:
    account = a_world()
    with pytest.raises(InvalidReviewRequest, match="budget-agent does not know collect_named_resource_spend"):
        work(BUDGET, account.world, "collect_named_resource_spend")
    assert account.sent == []


def test_the_run_says_which_state_called_when_and_how_long_it_took() -> None:
    run = work(BUDGET, a_world(now=a_clock()).world, "collect", retry=2).run
    assert (run.state, run.retry, run.entered_at) == ("CollectSomething", 2, "2026-11-16T09:30:00Z")
    assert run.started_at == "2026-11-16T09:30:00+00:00"
    assert run.duration_ms >= 1000


def test_a_clock_that_is_set_back_does_not_lose_the_work() -> None:
    clock = a_clock(step=timedelta(seconds=-1))
    answer = work(BUDGET, a_world(now=clock).world, "collect")
    assert isinstance(answer, Answer)
    assert answer.run.duration_ms == 0
