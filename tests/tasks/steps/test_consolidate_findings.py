"""Everything that was heard becomes one document, and everything that was not heard is named in it."""

import copy
import json
from typing import Any

import pytest

from tasks.agents import AGENTS
from tasks.shared_context import read_content, store_context
from tasks.steps.consolidate_findings import handler
from tests.tasks.steps.heard import GAP, a_heard_review
from tests.tasks.worlds import Json, a_review, a_world
from workflows.cost_review.answers import Reference
from workflows.cost_review.request import Scope
from workflows.errors import InvalidContent, NoEvidence

pytestmark = pytest.mark.usefixtures("own_aws_of_the_module")


@pytest.fixture(scope="module")
def heard(own_aws_of_the_module: None) -> Json:
    return a_heard_review(a_world().world)


def consolidate(event: Json) -> Json:
    return dict(handler.run(event, a_world().world))


def document(answer: Json) -> Json:
    stored: Json = json.loads(read_content(a_world().world, Reference.model_validate(answer["reference"])))
    return stored


def gaps(answer: Json) -> list[Json]:
    return [row for row in document(answer)["report"]["coverage"] if row["is_gap"]]


def with_slot(heard: Json, stage: str, key: str, slot: Any) -> Json:
    changed = copy.deepcopy(heard)
    place = changed["collected"] if stage == "collect" else changed["analysed"]
    place = place if stage == "collect" or key == "budget" else place["in_order"]
    place[key] = slot
    return changed


def test_the_sample_account_is_consolidated_to_the_figures_of_its_ledger(heard: Json) -> None:
    answer = consolidate(heard)
    assert (answer["status"], answer["gaps"]) == ("COMPLETE", 0)
    (totals,) = answer["totals"]
    assert (totals["gross_usage"], totals["counted_usage"]) == ("996.12", "293.86")
    assert totals["counted_rate"] == "36.26"
    report = document(answer)["report"]
    assert report["forecast"]["month_total"] == "4345.12"
    assert report["stated_by_sources"][0]["estimated_monthly_savings"] == "247.97"
    assert len(report["resource_spend"]) > 0


def test_the_same_findings_give_the_same_document(heard: Json) -> None:
    assert consolidate(heard)["reference"]["sha256"] == consolidate(heard)["reference"]["sha256"]


def test_what_travels_on_is_small_and_the_document_is_stored_below_the_review(heard: Json) -> None:
    answer = consolidate(heard)
    assert answer["reference"]["key"] == "reviews/review-1/consolidated.json"
    assert len(json.dumps(answer)) < 2_000


def test_the_run_counts_what_the_agents_asked(heard: Json) -> None:
    run = document(consolidate(heard))["run"]
    assert run["self_cost"]["cost_explorer_requests"] == 8
    assert run["self_cost"]["cost_explorer_usd"] == "0.08"
    assert [step["state"] for step in run["steps"]].count("CollectNamedResourceSpend") == 1
    assert {step["outcome"] for step in run["steps"]} == {"answered"}


@pytest.mark.parametrize(
    ("slot", "said"),
    [
        (None, "InvalidAnswer"),
        ([], "InvalidAnswer"),
        ("rubbish", "InvalidAnswer"),
        ({}, "InvalidAnswer"),
        ({"answer": None}, "InvalidAnswer"),
        ({"answer": {"contract": "finops.answer/2"}}, "InvalidAnswer"),
        ({"answer": {"savings": float("nan")}}, "InvalidAnswer"),
        (GAP, "States.Timeout"),
        ({"gap": {"error": "AccessDenied", "cause": '{"errorMessage": "No."}'}}, "AccessDenied: No."),
    ],
)
@pytest.mark.parametrize("stage", ["collect", "analyse"])
def test_whatever_is_no_valid_answer_is_a_gap(heard: Json, stage: str, slot: Any, said: str) -> None:
    answer = consolidate(with_slot(heard, stage, "rightsizing", slot))
    assert answer["status"] == "PARTIAL"
    assert any(row["detail"].startswith(said) for row in gaps(answer))
    assert {row["agent"] for row in gaps(answer)} == {"rightsizing-agent"}


def test_an_answer_that_is_about_another_review_is_refused(heard: Json) -> None:
    other = copy.deepcopy(heard["analysed"]["budget"])
    other["answer"]["review_id"] = "review-0"
    answer = consolidate(with_slot(heard, "analyse", "budget", other))
    assert any("review-0" in row["detail"] for row in gaps(answer))
    assert document(answer)["report"]["budgets"] == []


def test_content_that_was_stored_in_another_review_is_refused(heard: Json) -> None:
    other = a_heard_review(a_world().world, a_review(review_id="review-0"))["analysed"]["budget"]
    other["answer"]["review_id"] = "review-1"
    answer = consolidate(with_slot(heard, "analyse", "budget", other))
    assert any("review-0" in row["detail"] for row in gaps(answer))
    assert document(answer)["report"]["budgets"] == []


def test_the_answer_of_another_agent_is_refused(heard: Json) -> None:
    answer = consolidate(with_slot(heard, "analyse", "budget", heard["analysed"]["in_order"]["rightsizing"]))
    assert any("rightsizing-agent" in row["detail"] for row in gaps(answer))


@pytest.mark.parametrize("changes", [{"size": 1}, {"sha256": "0" * 64}, {"key": "agent-context/x", "version_id": None}])
def test_findings_that_cannot_be_read_again_are_a_gap(heard: Json, changes: Json) -> None:
    broken = copy.deepcopy(heard["analysed"]["budget"])
    broken["answer"]["reference"] |= changes
    answer = consolidate(with_slot(heard, "analyse", "budget", broken))
    assert any(row["detail"].startswith("InvalidContent") for row in gaps(answer))


def test_evidence_in_place_of_findings_is_a_gap(heard: Json) -> None:
    answer = consolidate(with_slot(heard, "analyse", "budget", heard["collected"]["budget"]))
    assert any(row["detail"].startswith("InvalidContent") for row in gaps(answer))


def test_named_spend_that_did_not_come_is_a_gap_beside_the_spend_that_did(heard: Json) -> None:
    answer = consolidate(with_slot(heard, "analyse", "named_resource_spend", GAP))
    assert any(row["source"] == "named_resource_spend" for row in gaps(answer))
    assert document(answer)["report"]["spend"]["month_to_date"] == "2210.45"


def test_what_follows_from_a_gap_is_not_told_twice(heard: Json) -> None:
    nothing = copy.deepcopy(heard["analysed"]["budget"])
    nothing["answer"] |= {"kind": "nothing", "reference": None, "reason": "The agent collected nothing."}
    event = with_slot(with_slot(heard, "collect", "budget", GAP), "analyse", "budget", nothing)
    rows = gaps(consolidate(event))
    assert [row["source"] for row in rows] == ["Budgets", "collect"]


def test_who_was_not_ready_is_a_gap_with_reason_and_remedy(heard: Json) -> None:
    event = with_slot(heard, "collect", "budget", {"not_asked": {"agent": "budget-agent"}})
    event["readiness"]["answer"]["agents"]["budget"] |= {"takes_part": False, "reason": "No.", "remedy": "Allow it."}
    (row,) = gaps(consolidate(event))
    assert (row["source"], row["detail"], row["remedy"]) == ("Budgets", "No.", "Allow it.")


def without_budget(heard: Json, content: bytes) -> Json:
    """The review in which the budget agent was left out, and what CheckReadiness stored of its sources."""
    whose = {"agent": "supervisor", "context_type": "readiness", "review_id": "review-1"}
    stored = store_context(a_world().world, **whose, content=content)
    event = with_slot(heard, "collect", "budget", {"not_asked": {"agent": "budget-agent"}})
    event["readiness"]["answer"]["agents"]["budget"] |= {"takes_part": False, "reason": "No.", "remedy": "Joined."}
    event["readiness"]["answer"]["unready_sources"] = stored.model_dump()
    return event


UNREADY = {"source": "Budgets", "region": "us-east-1", "state": "DENIED", "detail": "Denied.", "remedy": "Allow it."}


def test_who_was_not_ready_is_a_gap_in_the_words_that_its_check_found_for_each_source(heard: Json) -> None:
    content = json.dumps({"contract": "finops.unready/1", "agents": {"budget-agent": [UNREADY]}}).encode()
    (row,) = gaps(consolidate(without_budget(heard, content)))
    assert {name: row[name] for name in UNREADY} == UNREADY


def test_what_its_check_found_and_nobody_can_read_leaves_the_reason_that_was_told(heard: Json) -> None:
    unreadable = without_budget(heard, b"rubbish")
    nowhere = without_budget(heard, b"{}")
    nowhere["readiness"]["answer"]["unready_sources"] = "somewhere"
    for event in (unreadable, nowhere):
        (row,) = gaps(consolidate(event))
        assert (row["state"], row["detail"], row["remedy"]) == ("ERROR", "No.", "Joined.")


def test_who_is_out_of_scope_is_no_gap() -> None:
    review = a_review(analysis_type="targeted", scope=Scope(agents=("budget-agent",)))
    event = a_heard_review(a_world().world, review)
    for key in ("trusted_advisor", "cost_explorer", "rightsizing"):
        event["collected"][key] = {"not_asked": {"agent": key}}
    answer = consolidate(event)
    assert (answer["status"], answer["gaps"]) == ("COMPLETE", 0)


@pytest.mark.parametrize("state", [{"collected": {}, "analysed": {}}, {"collected": None, "analysed": [1]}])
def test_there_is_no_report_where_nobody_gave_anything_valid(heard: Json, state: Json) -> None:
    with pytest.raises(NoEvidence) as raised:
        consolidate({**heard, **state})
    assert all(spec.name in str(raised.value) for spec in AGENTS)


def test_the_document_is_not_read_under_a_changed_reference(heard: Json) -> None:
    reference = Reference.model_validate(consolidate(heard)["reference"])
    with pytest.raises(InvalidContent):
        read_content(a_world().world, reference.model_copy(update={"size": 1}))
