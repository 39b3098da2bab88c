"""Who can do their work now, and whether the review may go on without the others."""

import json
from datetime import timedelta
from typing import Any

import pytest

from tasks.agent_states import note_state
from tasks.agents import AGENTS
from tasks.shared_context import newest_contexts, read_content
from tasks.steps.check_readiness import handler
from tests.tasks.worlds import NOW, Json, a_review, a_world
from workflows.cost_review.agent_state import state_after
from workflows.cost_review.answers import Reference
from workflows.cost_review.request import Scope
from workflows.cost_review.unready_sources import unready_from
from workflows.errors import AgentsNotReady
from workflows.sources import SourceState, SourceStatus

pytestmark = pytest.mark.usefixtures("own_aws")
NAMES = [spec.name for spec in AGENTS]


def note(*names: str, status: str = "ready", **more: Any) -> None:
    for name in names:
        state = {"status": status, "reason": "", "remedy": "", "version": "1", **more}
        note_state(a_world().world, agent=name, state=state)


def check(*, woken: bool = False, settings: Json | None = None, now: Any = None, **review: Any) -> Json:
    event = {"review": a_review(**review).model_dump(mode="json"), "woken": woken}
    return dict(handler.run(event, a_world(now=now, **(settings or {})).world))


def waiting(answer: Json) -> list[str]:
    return [one["agent"] for one in answer["not_ready"]]


def test_everybody_is_ready_who_lately_said_so() -> None:
    note(*NAMES)
    answer = check()
    assert answer["all_ready"] is True
    assert (answer["ready_agents"], answer["total_required"], answer["not_ready"]) == (NAMES, len(AGENTS), [])
    assert {key: one["takes_part"] for key, one in answer["agents"].items()} == {spec.key: True for spec in AGENTS}


def test_who_never_said_anything_is_listed_with_the_function_that_wakes_it() -> None:
    note(*NAMES[1:])
    answer = check(settings={"function_prefix": "prod-"})
    assert answer["all_ready"] is False
    (one,) = answer["not_ready"]
    assert (one["agent"], one["function"]) == (NAMES[0], f"prod-{NAMES[0]}-work")
    assert answer["agents"]["trusted_advisor"]["takes_part"] is False


def test_yesterdays_states_are_stale_although_the_table_still_holds_them() -> None:
    note(*NAMES)
    assert waiting(check(now=lambda: NOW + timedelta(hours=24))) == NAMES
    assert waiting(check(now=lambda: NOW + timedelta(hours=23, minutes=59))) == []


@pytest.mark.parametrize("state", [{"status": "not_ready", "reason": "denied"}, {"version": "0"}])
def test_who_said_otherwise_or_in_another_version_is_not_ready(state: Json) -> None:
    note(*NAMES)
    note("budget-agent", **state)
    assert waiting(check()) == ["budget-agent"]


def test_who_is_out_of_scope_is_not_waited_for() -> None:
    note("budget-agent")
    answer = check(analysis_type="targeted", scope=Scope(agents=("budget-agent",)))
    assert (answer["all_ready"], answer["total_required"]) == (True, 1)
    assert answer["agents"]["rightsizing"]["takes_part"] is False


def test_after_waking_a_review_goes_on_without_those_who_stay_unready() -> None:
    note(*NAMES[1:])
    assert waiting(check(woken=True)) == NAMES[:1]


def test_after_waking_a_review_that_was_told_to_fail_does_and_names_reason_and_remedy() -> None:
    note(*NAMES[1:])
    note(NAMES[0], status="not_ready", reason="No plan.", remedy="Buy one.")
    with pytest.raises(AgentsNotReady, match=r"trusted-advisor-agent: No plan\. Buy one\."):
        check(woken=True, on_not_ready="fail")


def test_before_waking_even_a_strict_review_waits() -> None:
    assert waiting(check(on_not_ready="fail")) == NAMES


def test_after_waking_a_review_with_nobody_left_fails() -> None:
    with pytest.raises(AgentsNotReady) as raised:
        check(woken=True)
    assert all(name in str(raised.value) for name in NAMES)


def test_nobody_is_who_is_ready_but_out_of_scope() -> None:
    note("rightsizing-agent")
    with pytest.raises(AgentsNotReady, match="budget-agent"):
        check(woken=True, analysis_type="targeted", scope=Scope(agents=("budget-agent",)))


OFF = SourceStatus("Budgets", "us-east-1", SourceState.DENIED, "AccessDenied: No.", "Allow it.")


def test_after_waking_what_those_left_out_said_of_each_source_is_stored_beside_the_answer() -> None:
    note(*NAMES[:3])
    note("budget-agent", **state_after((OFF,), version="1", checked_for="review-1"))
    assert "unready_sources" not in check(), "before waking it may still change"
    answer = check(woken=True)
    assert len(json.dumps(answer)) < 3_000
    reference = Reference.model_validate(answer["unready_sources"])
    assert unready_from(read_content(a_world().world, reference)) == {"budget-agent": (OFF,)}


def test_where_everybody_is_ready_nothing_is_stored() -> None:
    note(*NAMES)
    assert "unready_sources" not in check(woken=True)
    assert newest_contexts(a_world().world, agent="supervisor", context_type="readiness") == []
