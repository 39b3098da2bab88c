"""The states table is written in the form that readiness reads, and read whole."""

from typing import Any

import pytest

from tasks.agent_states import note_state, states_of
from tests.tasks.worlds import NOW, SETTINGS, a_world, own_clients
from workflows.errors import Throttled

pytestmark = pytest.mark.usefixtures("own_aws")


class TableThatLeavesKeysUnread:
    """DynamoDB under load: it answers for one key a request, at most."""

    def __init__(self, *, answers_nothing: bool = False) -> None:
        self._dynamodb = own_clients()("dynamodb")
        self._answers_nothing = answers_nothing
        self.requests: list[int] = []

    def __call__(self, service: str, region: str | None = None) -> Any:
        return self

    def batch_get_item(self, **parameters: Any) -> Any:
        ((table, asked),) = parameters["RequestItems"].items()
        self.requests.append(len(asked["Keys"]))
        now = [] if self._answers_nothing else asked["Keys"][:1]
        left = [key for key in asked["Keys"] if key not in now]
        answer: dict[str, Any] = {"Responses": {table: []}}
        if now:
            answer = self._dynamodb.batch_get_item(RequestItems={table: {**asked, "Keys": now}})
        return {**answer, "UnprocessedKeys": {table: {**asked, "Keys": left}} if left else {}}


def note(agent: str, **state: Any) -> None:
    note_state(a_world().world, agent=agent, state={"status": "ready", **state})


def test_a_state_is_read_as_it_was_noted_with_its_time_and_a_day_to_live() -> None:
    note("budget-agent", reason="", sources={"Budgets us-east-1": "AVAILABLE"}, version="1")
    assert states_of(a_world().world, ["budget-agent"]) == {
        "budget-agent": {
            "agent_name": "budget-agent",
            "timestamp": "2026-11-16T09:30:00+00:00",
            "state": {
                "status": "ready",
                "reason": "",
                "sources": {"Budgets us-east-1": "AVAILABLE"},
                "version": "1",
            },
            "ttl": int(NOW.timestamp()) + 24 * 3600,
        }
    }


def test_an_agent_that_never_said_anything_has_no_state() -> None:
    note("budget-agent")
    assert set(states_of(a_world().world, ["budget-agent", "rightsizing-agent"])) == {"budget-agent"}
    assert states_of(a_world().world, []) == {}


def test_the_last_word_counts() -> None:
    note("budget-agent", status="not_ready")
    note("budget-agent", status="ready")
    assert states_of(a_world().world, ["budget-agent"])["budget-agent"]["state"]["status"] == "ready"


def test_more_agents_than_one_request_may_name_are_read_in_batches() -> None:
    names = [f"agent-{number:03}" for number in range(230)]
    for start in range(0, len(names), 25):
        puts = [{"PutRequest": {"Item": {"agent_name": {"S": name}}}} for name in names[start : start + 25]]
        own_clients()("dynamodb").batch_write_item(RequestItems={SETTINGS.agent_states_table: puts})
    assert sorted(states_of(a_world().world, names)) == names


def test_an_agent_named_twice_is_asked_about_once_because_dynamodb_refuses_twins() -> None:
    note("budget-agent")
    assert len(states_of(a_world().world, ["budget-agent", "budget-agent"])) == 1


def test_keys_that_dynamodb_left_unread_are_asked_for_again() -> None:
    for number in range(3):
        note(f"agent-{number}")
    table = TableThatLeavesKeysUnread()
    world = a_world().world
    found = states_of(type(world)(SETTINGS, world.account, table, world.now), [f"agent-{n}" for n in range(3)])
    assert sorted(found) == ["agent-0", "agent-1", "agent-2"]
    assert table.requests == [3, 2, 1]


def test_keys_that_stay_unread_are_not_taken_for_absent_agents() -> None:
    world = a_world().world
    table = TableThatLeavesKeysUnread(answers_nothing=True)
    with pytest.raises(Throttled, match=SETTINGS.agent_states_table):
        states_of(type(world)(SETTINGS, world.account, table, world.now), ["agent-0"])
