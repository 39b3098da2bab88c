"""An event is dealt with once, and a failed handling is none."""

from typing import Any

import pytest
from botocore.exceptions import EndpointConnectionError

from tasks.consumers import HANDLING_TIMEOUT_S
from tasks.consumers.once import REMEMBERED_FOR, handled_once
from tasks.wiring import World
from tests.tasks.worlds import SETTINGS, Json, a_world, own_clients
from workflows.errors import EventInProgress, NoEvidence, ServiceUnavailable

pytestmark = pytest.mark.usefixtures("own_aws")


class Handling:
    """Something to do once, that counts how often it was done."""

    def __init__(self, failure: Exception | None = None) -> None:
        self.times, self.failure = 0, failure

    def __call__(self) -> Json:
        self.times += 1
        if self.failure:
            raise self.failure
        return {"answer": self.times}


def once(handling: Any, identity: Json | None = None, *, consumer: str = "tests", world: World | None = None) -> Json:
    made = world or a_world().world
    return dict(handled_once(made, consumer=consumer, identity=identity or {"id": "1"}, handle=handling))


def items() -> list[Json]:
    found: list[Json] = own_clients()("dynamodb").scan(TableName=SETTINGS.idempotency_table)["Items"]
    return found


def test_the_second_delivery_is_answered_as_the_first_and_nothing_is_done() -> None:
    handling = Handling()
    assert [once(handling), once(handling)] == [{"answer": 1}, {"answer": 1}]
    assert handling.times == 1


def test_another_event_and_the_same_event_of_another_consumer_are_their_own() -> None:
    handling = Handling()
    once(handling)
    once(handling, {"id": "2"})
    once(handling, consumer="others")
    assert handling.times == 3


def test_a_failed_handling_is_not_remembered_as_done() -> None:
    handling = Handling(NoEvidence("none"))
    with pytest.raises(NoEvidence):
        once(handling)
    assert items() == []
    handling.failure = None
    assert once(handling) == {"answer": 2}


def test_what_is_being_handled_elsewhere_is_left_to_it() -> None:
    def twice() -> Json:
        return once(Handling())

    with pytest.raises(EventInProgress):
        once(twice)


def test_what_was_done_is_forgotten_by_the_tables_own_clock() -> None:
    once(Handling())
    (item,) = items()
    assert item["status"]["S"] == "COMPLETED"
    assert int(item["ttl"]["N"]) - int(item["in_progress_expiration"]["N"]) // 1000 == pytest.approx(
        REMEMBERED_FOR.total_seconds() - HANDLING_TIMEOUT_S, abs=2
    )


def test_a_handling_that_was_killed_holds_its_event_no_longer_than_it_may_take() -> None:
    """Nothing is deleted then: the item says INPROGRESS, until when."""

    class Killed(BaseException):
        pass

    def killed() -> Json:
        raise Killed

    with pytest.raises(Killed):
        once(killed)
    (item,) = items()
    with pytest.raises(EventInProgress):
        once(Handling())
    past = {**item, "in_progress_expiration": {"N": str(int(item["in_progress_expiration"]["N"]) - 200_000)}}
    own_clients()("dynamodb").put_item(TableName=SETTINGS.idempotency_table, Item=past)
    assert once(Handling()) == {"answer": 1}


def test_without_the_table_nothing_is_done() -> None:
    class Unreachable:
        def __call__(self, service: str, region: str | None = None) -> Any:
            return self

        @property
        def meta(self) -> Any:
            return own_clients()("dynamodb").meta

        def put_item(self, **_: Any) -> Any:
            raise EndpointConnectionError(endpoint_url="https://dynamodb")

    handling, world = Handling(), a_world().world
    broken = World(world.settings, world.account, Unreachable(), world.now)
    with pytest.raises(ServiceUnavailable, match="idempotency table"):
        once(handling, world=broken)
    assert handling.times == 0


def test_however_many_events_a_warm_function_handles_its_requests_stay_as_long() -> None:
    """Powertools adds its name to the client's User-Agent for each store that is made of it."""
    seen: list[int] = []

    def note(request: Any, **_: Any) -> None:
        seen.append(len(str(request.headers["User-Agent"])))

    events = own_clients()("dynamodb").meta.events
    events.register_last("before-send.dynamodb.PutItem", note)
    for number in range(5):
        once(Handling(), {"id": str(number)})
    events.unregister("before-send.dynamodb.PutItem", note)
    assert len(seen) == 5
    assert len(set(seen)) == 1
