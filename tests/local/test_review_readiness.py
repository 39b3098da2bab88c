"""Who is not ready is woken, checked and used; who stays so is named by source, or ends the review unpaid."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from local import clock
from local.account_server import serve
from local.accounts import ReadAccount, account_in_folder
from local.commands.history import reviews
from local.embedded_aws import EmbeddedAws, embedded_aws, embedded_session
from local.replaying import replay
from local.review import run_review
from local.state_folder import StateFolder
from tasks.agent_states import note_state, states_of
from tasks.agents import AGENTS
from tasks.wiring import SessionClients, World
from tests.local.runs import QUICK, Run, execute
from tests.tasks.worlds import an_account, an_error

NAMES = [spec.name for spec in AGENTS]
ASKED = {"as_of": "2026-11-16"}
NO_BUDGETS = an_error("budgets", "DescribeBudgets", "AccessDeniedException", "No.")
NO_ADVICE = (
    an_error("trustedadvisor", "ListRecommendations", "AccessDeniedException", "Not you."),
    an_error("support", "DescribeTrustedAdvisorChecks", "SubscriptionRequiredException", "Premium Support is needed."),
)


def account_refusing(*refusals: Any) -> ReadAccount:
    session = embedded_session()
    serve(an_account(*refusals), session)
    return replace(account_in_folder(None), clients=SessionClients(session), session=session)


@contextmanager
def reviews_of(*refusals: Any) -> Iterator[tuple[EmbeddedAws, World, list[str]]]:
    """The emulated AWS with the sample account where these requests are refused, and what is asked of the account."""
    read = account_refusing(*refusals)
    asked: list[str] = []
    read.session.events.register_last("before-send", lambda event_name, **_: asked.append(event_name))
    with embedded_aws(read.clients, read.settings, pace=QUICK) as aws:
        yield aws, World(read.settings, read.clients, aws.clients, clock.now), asked


def note(world: World, names: Sequence[str], *, hours_ago: float, status: str = "ready", reason: str = "") -> None:
    checked_at = world.now() - timedelta(hours=hours_ago)
    for name in names:
        state = {"status": status, "reason": reason, "remedy": "", "sources": [], "version": "1"}
        note_state(world, agent=name, state=state, checked_at=checked_at)


def woken(review: Run) -> int:
    return review.entered.count("WakeAgent")


def test_a_stale_agent_is_woken_checked_and_used_in_the_same_review() -> None:
    with reviews_of() as (aws, world, _):
        note(world, NAMES[:3], hours_ago=1)
        note(world, ["budget-agent"], hours_ago=25)
        review = execute(aws, ASKED)
        state = states_of(world, ["budget-agent"])["budget-agent"]
    assert woken(review) == 1
    assert "CollectBudget" in review.entered
    assert (review.report["status"], review.counted_usage) == ("COMPLETE", "293.86")
    assert (state["state"]["status"], state["state"]["checked_for"]) == ("ready", "review-1")


def test_an_agent_that_was_not_ready_is_asked_again_and_used_once_it_is() -> None:
    with reviews_of() as (aws, world, _):
        note(world, NAMES[:3], hours_ago=1)
        note(world, ["budget-agent"], hours_ago=1, status="not_ready", reason="Denied.")
        review = execute(aws, ASKED)
        item = states_of(world, ["budget-agent"])["budget-agent"]
    assert review.report["status"] == "COMPLETE"
    assert [(one["status"], one["reason"]) for one in item["changes"]] == [("ready", ""), ("not_ready", "Denied.")]


def test_nobody_is_woken_where_everybody_lately_was_ready() -> None:
    with reviews_of() as (aws, world, _):
        note(world, NAMES, hours_ago=23)
        review = execute(aws, ASKED)
    assert woken(review) == 0
    assert review.report["status"] == "COMPLETE"


def test_each_source_of_an_agent_that_stays_unready_is_a_gap_in_its_own_words() -> None:
    with reviews_of(*NO_ADVICE) as (aws, _, _):
        report = execute(aws, ASKED).report
    gaps = {row["source"]: row for row in report["coverage"] if row["is_gap"]}
    assert report["status"] == "PARTIAL"
    assert {source: row["state"] for source, row in gaps.items()} == {
        "TrustedAdvisor": "DENIED",
        "TrustedAdvisorLegacy": "NO_SUPPORT_PLAN",
    }
    assert gaps["TrustedAdvisor"]["detail"] == "AccessDeniedException: Not you."
    assert "trustedadvisor:ListRecommendations" in gaps["TrustedAdvisor"]["remedy"]
    assert gaps["TrustedAdvisorLegacy"]["detail"] == "SubscriptionRequiredException: Premium Support is needed."
    assert "Business Support+" in gaps["TrustedAdvisorLegacy"]["remedy"]


def test_a_review_without_an_unready_agent_is_made_again_with_what_that_agent_said(tmp_path: Path) -> None:
    folder = StateFolder(tmp_path)
    read = account_refusing(*NO_ADVICE)
    seen: list[Any] = []
    result = run_review(ASKED, read, folder, on_events=seen.extend, say=seen.append, pace=QUICK)
    assert result.report is not None
    assert result.report["status"] == "PARTIAL"
    again = replay(folder, result.review_id, reviews(folder)[result.review_id])
    assert again.same, again


@pytest.mark.parametrize("strict", [True, False])
def test_a_review_that_may_not_degrade_ends_before_any_paid_request_is_sent(strict: bool) -> None:
    """The other one shows that the requests would be seen."""
    with reviews_of(NO_BUDGETS) as (aws, world, asked):
        review = execute(aws, {**ASKED, "on_not_ready": "fail" if strict else "degrade"})
        counted = world.own("dynamodb").scan(TableName=world.settings.paid_requests_table)["Items"]
    paid = [one for one in asked if "cost-explorer" in one]
    assert (bool(paid), bool(counted)) == (not strict, not strict)
    if strict:
        assert (review.description["status"], review.description["error"]) == ("FAILED", "AgentsNotReady")
        assert "budget-agent: Budgets: AccessDeniedException: No." in review.description["cause"]
        assert "budgets:ViewBudget" in review.description["cause"]
        assert not [state for state in review.entered if state.startswith("Collect")]


def test_what_agents_said_of_another_account_in_the_same_folder_lets_no_review_pay(tmp_path: Path) -> None:
    """Everybody was ready on the sample account; here one is not, and finds that out before anything is paid."""
    folder, strict = StateFolder(tmp_path), {**ASKED, "on_not_ready": "fail"}
    seen: list[Any] = []
    first = run_review(ASKED, account_in_folder(None), folder, on_events=seen.extend, say=seen.append, pace=QUICK)
    other = replace(account_refusing(NO_BUDGETS), responses_from="another account")
    asked: list[str] = []
    other.session.events.register_last("before-send", lambda event_name, **_: asked.append(event_name))
    second = run_review(strict, other, folder, on_events=seen.extend, say=seen.append, pace=QUICK)
    assert first.report is not None
    assert (second.report, second.error) == (None, "AgentsNotReady")
    assert "budget-agent: Budgets: AccessDeniedException: No." in second.cause
    assert not [one for one in asked if "cost-explorer" in one]


def test_the_next_review_of_the_same_account_wakes_nobody_who_lately_was_ready(tmp_path: Path) -> None:
    """Their states are kept between runs, with their history."""
    folder = StateFolder(tmp_path)
    entered: list[str] = []

    def note_entered(events: Any) -> None:
        entered.extend(one["stateEnteredEventDetails"]["name"] for one in events if "stateEnteredEventDetails" in one)

    for _ in range(2):
        run_review(ASKED, account_in_folder(None), folder, on_events=note_entered, say=entered.append, pace=QUICK)
    assert entered.count("WakeAgent") == len(NAMES)
