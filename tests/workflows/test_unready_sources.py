"""What unready agents say of their sources travels whole, or is not read."""

import pytest

from tests.workflows.builders import HUB, a_candidate, a_status
from workflows.cost_review.readiness import AgentReadiness
from workflows.cost_review.unready_sources import unready_bytes, unready_from
from workflows.errors import InvalidContent
from workflows.sources import SourceState

OFF = a_status(HUB, SourceState.NOT_ENROLLED, detail="The Hub is off.", remedy="Enroll.")


def an_agent(key: str = "rightsizing", *, in_scope: bool = True, ready: bool = False) -> AgentReadiness:
    return AgentReadiness(a_candidate(key), in_scope, ready, "Off.", "Enroll.", (OFF,))


def test_what_those_left_out_said_is_read_back_by_their_name() -> None:
    waiting = (an_agent(), an_agent("budget", ready=True), an_agent("trusted-advisor", in_scope=False))
    content = unready_bytes(waiting)
    assert content is not None
    assert unready_from(content) == {"rightsizing-agent": (OFF,)}


def test_nothing_is_stored_where_nobody_is_left_out() -> None:
    assert unready_bytes((an_agent(ready=True),)) is None


@pytest.mark.parametrize(
    "content",
    [
        b"no json",
        b"[]",
        b"{}",
        b'{"contract": "finops.unready/2", "agents": {}}',
        b'{"contract": "finops.unready/1", "agents": []}',
        b'{"contract": "finops.unready/1", "agents": {"a": 5}}',
        b'{"contract": "finops.unready/1", "agents": {"a": [5]}}',
    ],
)
def test_what_is_of_no_such_form_is_not_read(content: bytes) -> None:
    with pytest.raises(InvalidContent, match=r"finops\.unready"):
        unready_from(content)
