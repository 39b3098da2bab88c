"""The states table is written in the form that readiness reads, and read whole."""

from datetime import timedelta
from typing import Any

import pytest

from tasks.agent_states import all_states, note_state, states_of
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


def note(agent: str, *, at: int = 0, **state: Any) -> None:
    """at is when the check began, in minutes."""
    began = NOW + timedelta(minutes=at)
    note_state(a_world().world, agent=agent, state={"status": "ready", **state}, checked_at=began)


def item(agent: str = "budget-agent") -> dict[str, Any]:
    return states_of(a_world().world, [agent])[agent]


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
            "since": "2026-11-16T09:30:00+00:00",
            "changes": [{"at": "2026-11-16T09:30:00+00:00", "status": "ready", "reason": ""}],
            "revision": 1,
            "ttl": int(NOW.timestamp()) + 24 * 3600,
            "delete_after": int(NOW.timestamp()) + 90 * 24 * 3600,
        }
    }


def test_an_agent_that_never_said_anything_has_no_state() -> None:
    note("budget-agent")
    assert set(states_of(a_world().world, ["budget-agent", "rightsizing-agent"])) == {"budget-agent"}
    assert states_of(a_world().world, []) == {}


def test_the_last_word_counts_of_two_at_the_same_time() -> None:
    note("budget-agent", status="not_ready")
    note("budget-agent", status="ready")
    assert item()["state"]["status"] == "ready"


def test_an_older_check_that_ends_later_does_not_overwrite_a_newer_one() -> None:
    """A function that was timed out goes on, and may end after the check that took its place."""
    note("budget-agent", at=5, status="ready")
    note("budget-agent", at=4, status="not_ready", reason="Late.")
    assert (item()["state"]["status"], item()["timestamp"]) == ("ready", "2026-11-16T09:35:00+00:00")
    assert [one["status"] for one in item()["changes"]] == ["ready"]


@pytest.mark.parametrize(("first", "second"), [(4, 5), (5, 4)])
def test_of_two_checks_that_are_noted_at_once_none_is_lost_and_the_newer_stands(first: int, second: int) -> None:
    dynamodb = own_clients()("dynamodb")
    note("budget-agent", status="not_ready", reason="At first.")
    overtaken: list[bool] = []

    def somebody_is_faster(**_: Any) -> None:
        if not overtaken:
            overtaken.append(True)
            note("budget-agent", at=second, status="ready")

    dynamodb.meta.events.register("provide-client-params.dynamodb.PutItem", somebody_is_faster)
    try:
        note("budget-agent", at=first, status="not_ready", reason="Again.")
    finally:
        dynamodb.meta.events.unregister("provide-client-params.dynamodb.PutItem", somebody_is_faster)
    assert item()["timestamp"] == "2026-11-16T09:35:00+00:00"
    told = ["ready", "not_ready"] if second == 5 else ["not_ready", "ready", "not_ready"]
    assert [one["status"] for one in item()["changes"]] == told


def test_an_agent_that_everybody_keeps_noting_is_said() -> None:
    dynamodb = own_clients()("dynamodb")
    noted: list[int] = []

    def somebody_is_faster(**_: Any) -> None:
        if len(noted) % 2 == 0:  # not while the faster one itself is noted
            noted.append(1)
            note("budget-agent")
            noted.append(1)

    dynamodb.meta.events.register("provide-client-params.dynamodb.PutItem", somebody_is_faster)
    try:
        with pytest.raises(Throttled, match="budget-agent"):
            note("budget-agent")
    finally:
        dynamodb.meta.events.unregister("provide-client-params.dynamodb.PutItem", somebody_is_faster)


def test_what_something_else_left_in_the_table_is_noted_over() -> None:
    own_clients()("dynamodb").put_item(
        TableName=SETTINGS.agent_states_table,
        Item={"agent_name": {"S": "budget-agent"}, "changes": {"S": "none"}, "state": {"S": "?"}},
    )
    note("budget-agent")
    assert (item()["revision"], item()["state"]["status"], len(item()["changes"])) == (1, "ready", 1)


def test_all_states_are_read_over_every_page_of_the_table() -> None:
    """More than DynamoDB gives in one page, which is a megabyte."""
    names = [f"agent-{number}" for number in range(4)]
    for name in names:
        note(name, detail="x" * 390_000)
    scans: list[Any] = []
    dynamodb = own_clients()("dynamodb")

    def scanned(parsed: Any, **_: Any) -> None:
        scans.append(parsed.get("LastEvaluatedKey"))

    dynamodb.meta.events.register("after-call.dynamodb.Scan", scanned)
    try:
        assert list(all_states(a_world().world)) == names
    finally:
        dynamodb.meta.events.unregister("after-call.dynamodb.Scan", scanned)
    assert len(scans) > 1


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
