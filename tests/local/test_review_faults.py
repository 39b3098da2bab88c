"""An agent that fails takes nothing from the others, and never goes unnoticed."""

import threading
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest

from local.embedded_aws import Around
from tasks.agents import AGENTS
from tests.local.runs import Event, Run, failing, run, with_timeouts

WITHOUT = {
    "trusted-advisor-agent": "275.86",  # the load balancer, which nobody else names, is missing
    "cost-explorer-agent": "293.86",  # it proposes nothing itself
    "rightsizing-agent": "231.97",  # Trusted Advisor's own figures are left
    "budget-agent": "293.86",
}
NOTHING_MISSING = "293.86"
PAIRS = [("trusted-advisor-agent", "budget-agent"), ("rightsizing-agent", "cost-explorer-agent")]
"""Two that fail in one review take nothing from the others, nor hide each other; each alone is tried first."""
STATES = {spec.name: spec.work_placeholder.removesuffix("Work") for spec in AGENTS}


def _raises(_: Event) -> object:
    raise RuntimeError("the agent broke")


RUBBISH: dict[str, object] = {
    "null": None,
    "a list": [1, 2],
    "a text": "fine, thanks",
    "an empty object": {},
    "NaN": {"contract": "finops.answer/1", "savings": float("nan")},
    "an unknown contract": {"contract": "finops.answer/99"},
    "something huge": {"contract": "finops.answer/1", "filler": "x" * 300_000},
}


@pytest.fixture
def the_end() -> Iterator[threading.Event]:
    event = threading.Event()
    yield event
    event.set()  # so that a handler that was timed out does not outlive its test


def expect_gap(review: Run, agent: str, said: str) -> None:
    expect_gaps(review, {agent: said})
    assert review.counted_usage == WITHOUT[agent]


def expect_gaps(review: Run, said: Mapping[str, str]) -> None:
    """These agents are gaps, each for its own reason, and all others have answered."""
    report = review.report
    gaps = [row for row in report["coverage"] if row["is_gap"]]
    assert report["status"] == "PARTIAL"
    assert {row["agent"] for row in gaps} == set(said)
    for agent, words in said.items():
        assert any(words in row["detail"] for row in gaps if row["agent"] == agent), gaps
    assert {one["outcome"] for one in report["run"]["steps"] if one["agent"] not in said} == {"answered"}


def expect_pair(review: Run, first: str, second: str, said: str) -> None:
    """Of a pair one names savings of its own, and the other none."""
    expect_gaps(review, {first: said, second: said})
    assert review.counted_usage == WITHOUT[first]
    assert WITHOUT[second] == NOTHING_MISSING


def both(first: Around, second: Around) -> Around:
    return lambda name, function: second(name, first(name, function))


@pytest.mark.parametrize("agent", WITHOUT)
def test_an_agent_that_raises_is_a_gap(agent: str) -> None:
    review = run(around=failing(f"{agent}-work", _raises, action="collect"))
    expect_gap(review, agent, "RuntimeError: the agent broke")


@pytest.mark.parametrize(("first", "second"), PAIRS)
def test_agents_that_raise_when_they_analyse_are_gaps(first: str, second: str) -> None:
    broken = (failing(f"{agent}-work", _raises, action="analyse") for agent in (first, second))
    expect_pair(run(around=both(*broken)), first, second, "RuntimeError: the agent broke")


@pytest.mark.parametrize(("first", "second"), PAIRS)
def test_agents_that_do_not_answer_in_time_are_gaps(first: str, second: str, the_end: threading.Event) -> None:
    def waits(_: Event) -> object:
        return the_end.wait(60)

    late = (failing(f"{agent}-work", waits, action="collect") for agent in (first, second))
    definition = with_timeouts({f"Collect{STATES[agent]}": 1 for agent in (first, second)})
    expect_pair(run(around=both(*late), definition=definition), first, second, "States.Timeout")


@pytest.mark.parametrize(("first", "second"), PAIRS)
@pytest.mark.parametrize(("one", "another"), [("null", "a text"), ("a text", "null")])
def test_agents_that_answer_rubbish_are_gaps(first: str, second: str, one: str, another: str) -> None:
    rubbish = (
        failing(f"{first}-work", lambda _: RUBBISH[one], action="collect"),
        failing(f"{second}-work", lambda _: RUBBISH[another], action="collect"),
    )
    expect_pair(run(around=both(*rubbish)), first, second, "InvalidAnswer")


@pytest.mark.parametrize("rubbish", RUBBISH)
def test_every_kind_of_rubbish_is_a_gap(rubbish: str) -> None:
    review = run(around=failing("budget-agent-work", lambda _: RUBBISH[rubbish], action="analyse"))
    expect_gap(review, "budget-agent", "InvalidAnswer" if rubbish != "something huge" else "")


def test_findings_that_another_agent_signed_are_a_gap() -> None:
    answers: list[Any] = []

    def steals(name: str, function: Callable[[Any], object]) -> Callable[[Any], object]:
        def answer(event: Any) -> object:
            own = function(event)
            if event.get("action") == "analyse" and name == "trusted-advisor-agent-work":
                answers.append(own)
            if event.get("action") == "analyse" and name == "rightsizing-agent-work":
                return answers[0]
            return own

        return answer

    expect_gap(run(around=steals), "rightsizing-agent", "trusted-advisor-agent")


def test_named_resources_that_cannot_be_priced_leave_the_rest_of_cost_explorer() -> None:
    review = run(around=failing("cost-explorer-agent-work", _raises, action="collect_named_resource_spend"))
    expect_gap(review, "cost-explorer-agent", "RuntimeError")
    assert review.report["spend"]["month_to_date"] == "2210.45"


def test_a_throttled_step_is_tried_again_and_then_complete() -> None:
    tries: list[int] = []

    def throttled_twice(name: str, function: Callable[[Any], object]) -> Callable[[Any], object]:
        def answer(event: Any) -> object:
            if name == "budget-agent-work" and event.get("action") == "collect":
                tries.append(event["step"]["retry"])
                if len(tries) < 3:
                    raise type("Throttled", (Exception,), {})("slow down")
            return function(event)

        return answer

    review = run(around=throttled_twice)
    assert review.report["status"] == "COMPLETE"
    assert tries == [0, 1, 2]


def test_without_anybodys_evidence_there_is_no_figure() -> None:
    def nobody(name: str, function: Callable[[Any], object]) -> Callable[[Any], object]:
        return lambda event: _raises(event) if event.get("action") == "collect" else function(event)

    review = run(around=nobody)
    assert review.description["status"] == "FAILED"
    assert review.description["error"] == "NoEvidence"
    assert "the agent broke" in review.description["cause"]


def test_an_agent_that_stays_unready_is_left_out_and_named() -> None:
    review = run(around=failing("rightsizing-agent-work", _raises, action="self_check"))
    assert review.report["status"] == "PARTIAL"
    gaps = [row for row in review.report["coverage"] if row["is_gap"]]
    assert {row["agent"] for row in gaps} == {"rightsizing-agent"}
    assert all("never checked itself" in row["detail"] and row["remedy"] for row in gaps)
    assert "CollectRightsizing" not in review.entered


def test_a_review_that_may_not_degrade_stops_before_anything_is_paid() -> None:
    around = failing("rightsizing-agent-work", _raises, action="self_check")
    review = run({"as_of": "2026-11-16", "on_not_ready": "fail"}, around=around)
    assert review.description["status"] == "FAILED"
    assert review.description["error"] == "AgentsNotReady"
    assert "CollectEvidence" not in review.entered


@pytest.mark.parametrize("answer", [None, [], "ready", {"all_ready": True}, {"all_ready": True, "agents": {}}])
@pytest.mark.parametrize("look", [1, 2])
def test_a_readiness_answer_that_cannot_be_read_ends_the_review_with_a_reason(answer: object, look: int) -> None:
    """On either look; a path that is missing further on could not be caught, and nothing would be recorded."""
    looks: list[Event] = []

    def around(name: str, function: Callable[[Any], object]) -> Callable[[Any], object]:
        def looked(event: Event) -> object:
            looks.append(event)
            return answer if len(looks) == look else function(event)

        return looked if name == "finops-check-readiness" else function

    review = run(around=around)
    assert (review.description["status"], review.description["error"]) == ("FAILED", "InvalidAnswer")
    assert "RecordFailure" in review.entered


@pytest.mark.parametrize("answer", [None, [], "done", {"reference": "somewhere"}])
def test_a_consolidation_that_says_nowhere_ends_the_review_with_a_reason(answer: object) -> None:
    review = run(around=failing("finops-consolidate-findings", lambda _: answer))
    assert (review.description["status"], review.description["error"]) == ("FAILED", "InvalidAnswer")
    assert "did not say where its document lies" in review.description["cause"]


def test_a_summary_that_cannot_be_written_costs_only_the_summary() -> None:
    review = run(around=failing("finops-write-summary", _raises))
    assert review.report["status"] == "COMPLETE"
    assert review.report["summary"]["text"] == ""
    assert review.counted_usage == "293.86"


def test_a_report_that_cannot_be_stored_fails_the_review() -> None:
    review = run(around=failing("finops-publish-report", _raises))
    assert (review.description["status"], review.description["error"]) == ("FAILED", "RuntimeError")


def test_a_failure_that_cannot_be_recorded_is_still_a_failure() -> None:
    def both(name: str, function: Callable[[Any], object]) -> Callable[[Any], object]:
        return _raises if name in {"finops-publish-report", "finops-record-failure"} else function

    review = run(around=both)
    assert (review.description["status"], review.description["error"]) == ("FAILED", "ReviewFailedUnrecorded")


def test_the_cap_on_paid_requests_is_hard_and_what_was_not_asked_is_named() -> None:
    review = run({"as_of": "2026-11-16", "max_cost_explorer_requests": 2})
    report = review.report
    skipped = [row for row in report["coverage"] if row["state"] == "SKIPPED"]
    assert report["run"]["self_cost"]["cost_explorer_requests"] == 2
    assert report["status"] == "PARTIAL"
    assert skipped
    assert all("max_cost_explorer_requests" in row["remedy"] for row in skipped)
