"""An agent answers questions from what it last found; nothing is asked of AWS for it."""

from dataclasses import replace
from decimal import Decimal
from importlib import import_module
from typing import Any

import pytest

from tasks.agents import AGENTS
from tasks.agents.ask import in_words
from tasks.agents.spec import AgentSpec
from tasks.door import Door
from tests.tasks.worlds import SETTINGS, a_clock, a_review, a_world, findings_after, own_clients
from workflows.cost_review.documents import Findings
from workflows.errors import InvalidContent, InvalidQuestion
from workflows.sources import SourceState, SourceStatus

pytestmark = pytest.mark.usefixtures("own_aws")
EVERY_AGENT = pytest.mark.parametrize("spec", AGENTS, ids=lambda spec: spec.key)
TRUSTED_ADVISOR, COST_EXPLORER, RIGHTSIZING, BUDGET, *_ = AGENTS
QUESTION = {"query": "What can be saved?", "context": {}}


def door(spec: AgentSpec, name: str = "ask") -> Door:
    found = getattr(import_module(spec.handler_module), name)
    assert isinstance(found, Door)
    return found


def ask(spec: AgentSpec, question: Any = QUESTION) -> Any:
    return door(spec).run(question, a_world().world)


def found_by(spec: AgentSpec, **review: Any) -> Findings:
    return findings_after(door(spec, "work"), a_world(now=a_clock()).world, a_review(**review))


@EVERY_AGENT
def test_an_agent_that_has_found_nothing_yet_says_so(spec: AgentSpec) -> None:
    answer = ask(spec)
    assert answer["agent"] == spec.name
    assert "found nothing yet" in answer["answer"]
    assert (answer["review_id"], answer["found_at"]) == (None, None)


@pytest.mark.parametrize(
    ("spec", "said"),
    [
        (TRUSTED_ADVISOR, "$95.89 a month"),
        (COST_EXPLORER, "Month to date: $2,210.45."),
        (COST_EXPLORER, "Forecast for the month: $4,345.12."),
        (COST_EXPLORER, "$143.20"),
        (RIGHTSIZING, "- Rightsize web-2: $124.10 a month (CostExplorerRightsizing)"),
        (BUDGET, "Budget monthly-total: FORECAST_TO_EXCEED, $345.12 over"),
    ],
)
def test_the_answer_holds_the_figures_of_the_latest_findings(spec: AgentSpec, said: str) -> None:
    found_by(spec)
    answer = ask(spec)
    assert said in answer["answer"]
    assert answer["review_id"] == "review-1"
    assert answer["found_at"].startswith("20261116T0930")


def test_a_question_asks_aws_nothing() -> None:
    found_by(COST_EXPLORER)
    account = a_world()
    door(COST_EXPLORER).run(QUESTION, account.world)
    assert account.sent == []


def test_the_context_of_a_question_may_be_left_out() -> None:
    assert ask(BUDGET, {"query": "How are the budgets?"})["agent"] == "budget-agent"


@EVERY_AGENT
@pytest.mark.parametrize(
    "question",
    [
        {},
        None,
        [],
        "how much?",
        {"query": ""},
        {"query": 7},
        {"query": "x" * 4_001},
        {"query": "x", "context": "none"},
        {"query": "x", "context": {}, "review": {}},
    ],
)
def test_what_is_no_question_is_refused_with_the_form_of_one(spec: AgentSpec, question: Any) -> None:
    with pytest.raises(InvalidQuestion, match=r'ask with \{"query"'):
        ask(spec, question)


def test_findings_that_cannot_be_read_are_not_answered_from() -> None:
    key = "agent-context/budget-agent/findings/20261116T093000.000000Z-review-1.json"
    own_clients()("s3").put_object(Bucket=SETTINGS.context_bucket, Key=key, Body=b"{}")
    with pytest.raises(InvalidContent):
        ask(BUDGET)


def test_many_recommendations_are_cut_to_the_ten_biggest_and_counted() -> None:
    one = found_by(RIGHTSIZING).recommendations[0]
    many = [
        replace(one, resource_id=f"i-{n}", resource_name="", estimated_monthly_savings=Decimal(n)) for n in range(30)
    ]
    many.append(replace(one, estimated_monthly_savings=None))
    said = in_words("Rightsizing", Findings("rightsizing-agent", "123456789012", (), tuple(many)))
    assert "makes 31 recommendations (not yet consolidated)" in said
    assert "i-29: $29.00 a month" in said
    assert "i-19:" not in said
    assert "- and 20 more" in said
    assert "- 1 with unknown savings" in said


def test_what_could_not_be_read_is_said() -> None:
    status = SourceStatus("Budgets", "us-east-1", SourceState.DENIED, "AccessDenied: No.")
    said = in_words("Budget", Findings("budget-agent", "123456789012", (status,)))
    assert said == "Budgets us-east-1 could not be read: AccessDenied: No."


def test_an_agent_that_found_nothing_worth_a_word_says_that() -> None:
    assert "nothing to report" in in_words("Budget", Findings("budget-agent", "123456789012", ()))
