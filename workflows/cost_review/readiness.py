"""Who can do their work now, decided from what the states table says."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from workflows.cost_review.request import Review

READY = "ready"


@dataclass(frozen=True)
class Candidate:
    """An agent that a review could ask, as its specification describes it."""

    key: str
    name: str
    title: str
    version: str
    sources: tuple[str, ...]
    work_function: str


@dataclass(frozen=True)
class AgentReadiness:
    """Whether one agent takes part in this review, and if not, why."""

    candidate: Candidate
    in_scope: bool
    ready: bool
    reason: str
    remedy: str

    @property
    def takes_part(self) -> bool:
        return self.in_scope and self.ready


def assess(
    candidates: Sequence[Candidate], items: Mapping[str, Mapping[str, Any]], review: Review, now: datetime
) -> tuple[AgentReadiness, ...]:
    """Each candidate's readiness; items are the states table's, by agent name."""
    wanted = set(review.scope.agents)
    return tuple(
        AgentReadiness(
            candidate, not wanted or candidate.name in wanted, *_stands(candidate, items.get(candidate.name), now)
        )
        for candidate in candidates
    )


def _stands(candidate: Candidate, item: Mapping[str, Any] | None, now: datetime) -> tuple[bool, str, str]:
    if item is None:
        return False, "It has never checked itself.", f"Invoke {candidate.work_function} with the action self_check."
    # DynamoDB deletes expired items within days, not at once, so a read can still return them.
    if _expires(item) <= now.timestamp():
        return False, f"Its last check, {item.get('timestamp', 'undated')}, is stale.", "Have it check itself again."
    state = item.get("state")
    if not isinstance(state, Mapping):
        return False, "Its entry in the states table holds no state.", "Have it check itself again."
    if state.get("version") != candidate.version:
        return False, "It checked itself in another version.", "Have it check itself again."
    if state.get("status") != READY:
        return False, str(state.get("reason") or "It is not ready."), str(state.get("remedy") or "")
    return True, "", ""


def _expires(item: Mapping[str, Any]) -> int:
    """The item's ttl in epoch seconds; one that nobody can read has passed."""
    try:
        return int(item.get("ttl") or 0)
    except (TypeError, ValueError, OverflowError):
        return 0


def readiness_answer(agents: Sequence[AgentReadiness], now: datetime) -> dict[str, Any]:
    """The answer in the states' own words; the state machine reads all_ready, not_ready and agents.KEY.takes_part."""
    asked = [agent for agent in agents if agent.in_scope]
    waiting = [agent for agent in asked if not agent.ready]
    return {
        "checked_at": now.astimezone(UTC).isoformat(),
        "all_ready": not waiting,
        "total_required": len(asked),
        "ready_agents": [agent.candidate.name for agent in asked if agent.ready],
        "not_ready": [
            {"agent": agent.candidate.name, "function": agent.candidate.work_function, "reason": agent.reason}
            for agent in waiting
        ],
        "agents": {
            agent.candidate.key: {
                "name": agent.candidate.name,
                "takes_part": agent.takes_part,
                "in_scope": agent.in_scope,
                "reason": agent.reason,
                "remedy": agent.remedy,
            }
            for agent in agents
        },
        "discovered": [],
    }
