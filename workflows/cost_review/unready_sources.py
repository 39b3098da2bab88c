"""What agents that stay unready said of each of their sources: too much for the state, so it is stored beside it."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from workflows.cost_review.agent_state import status_of, status_row
from workflows.cost_review.readiness import AgentReadiness
from workflows.errors import InvalidContent
from workflows.sources import SourceStatus

CONTRACT = "finops.unready/1"


def unready_bytes(agents: Iterable[AgentReadiness]) -> bytes | None:
    """The document of those in scope that are not ready, by name; None where none of them speaks of a source."""
    waiting = {one.candidate.name: one.sources for one in agents if one.in_scope and not one.ready and one.sources}
    if not waiting:
        return None
    told = {name: [status_row(status) for status in sources] for name, sources in waiting.items()}
    return json.dumps({"contract": CONTRACT, "agents": told}, sort_keys=True).encode()


def unready_from(content: bytes) -> Mapping[str, tuple[SourceStatus, ...]]:
    """What each agent said of its sources; InvalidContent where the document is not of this contract."""
    try:
        document: Any = json.loads(content)
        if document["contract"] != CONTRACT:
            raise InvalidContent(f"Stored content is {document['contract']!r}, not {CONTRACT}.")
        return {name: tuple(status_of(row) for row in rows) for name, rows in document["agents"].items()}
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise InvalidContent(f"Stored content is no {CONTRACT}: {error}") from error
