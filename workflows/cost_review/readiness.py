"""Who can do their work now, decided from what the states table says."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, NamedTuple

from workflows.cost_review.agent_state import CLOCKS_DIFFER_BY, READY, moment, told_of_sources
from workflows.cost_review.request import Review
from workflows.sources import SourceStatus


@dataclass(frozen=True)
class Candidate:
    """An agent that a review could ask, as its specification or its card describes it."""

    key: str
    name: str
    title: str
    version: str
    sources: tuple[str, ...]
    work_function: str
    of_other_team: bool = False


@dataclass(frozen=True)
class AgentReadiness:
    """Whether one agent takes part in this review, and if not, why.

    sources is what one that is not ready said of each of them.
    """

    candidate: Candidate
    in_scope: bool
    ready: bool
    reason: str
    remedy: str
    sources: tuple[SourceStatus, ...] = ()

    @property
    def takes_part(self) -> bool:
        return self.in_scope and self.ready


class Stand(NamedTuple):
    """Ready or not, why not, what helps, and the state of each source."""

    ready: bool
    reason: str = ""
    remedy: str = ""
    sources: tuple[SourceStatus, ...] = ()


def assess(
    candidates: Sequence[Candidate], items: Mapping[str, Mapping[str, Any]], review: Review, now: datetime
) -> tuple[AgentReadiness, ...]:
    """Each candidate's readiness; items are the states table's, by agent name."""
    return tuple(
        AgentReadiness(candidate, _in_scope(candidate, review), *stands(candidate, items.get(candidate.name), now))
        for candidate in candidates
    )


def _in_scope(candidate: Candidate, review: Review) -> bool:
    """An emergency waits for an agent of another team only where the scope names it."""
    wanted = review.scope.agents
    if candidate.of_other_team and review.analysis_type == "emergency":
        return candidate.name in wanted
    return not wanted or candidate.name in wanted


def holds_up(agent: AgentReadiness, review: Review) -> bool:
    """Whether a review that may not degrade stops where this agent is not ready.

    One of another team can stop only a review that names it: else anybody's broken agent would end every review.
    """
    named = agent.candidate.name in review.scope.agents
    return agent.in_scope and not agent.ready and (named or not agent.candidate.of_other_team)


def _look_why(candidate: Candidate) -> str:
    """Every review has it check itself before this is told: where it still has not, its function says why."""
    return (
        "Each review asks it to check itself. If it stays so, look at the logs of its Lambda function"
        f" {candidate.work_function}: they say why the check did not end."
    )


def stands(candidate: Candidate, item: Mapping[str, Any] | None, now: datetime) -> Stand:
    """Whether the agent can do its work now, by what the states table says."""
    if item is None or (unknown := unknown_because(candidate, item, now)):
        return Stand(False, "It has never checked itself." if item is None else unknown, _look_why(candidate))
    state: Mapping[str, Any] = item["state"]
    if state.get("status") != READY:
        told = str(state.get("reason") or "It is not ready.")
        return Stand(False, told, str(state.get("remedy") or ""), told_of_sources(state))
    return Stand(True)


def unknown_because(candidate: Candidate, item: Mapping[str, Any], now: datetime) -> str:
    """Why what the agent said of itself does not hold now; "" where it does."""
    # DynamoDB deletes expired items within days, not at once, so a read can still return them.
    if _expires(item) <= now.timestamp():
        return f"Its last check, {item.get('timestamp', 'undated')}, is stale."
    noted = moment(item.get("timestamp"))
    if noted is not None and noted > now + CLOCKS_DIFFER_BY:
        return f"Its last check, {item['timestamp']}, lies in the future."
    state = item.get("state")
    if not isinstance(state, Mapping):
        return "Its entry in the states table holds no state."
    return "" if state.get("version") == candidate.version else "It checked itself in another version."


def _expires(item: Mapping[str, Any]) -> int:
    """The item's ttl in epoch seconds; one that nobody can read has passed."""
    try:
        return int(item.get("ttl") or 0)
    except (TypeError, ValueError, OverflowError):
        return 0


@dataclass(frozen=True)
class DiscoveredReadiness:
    """How the agents of other teams stand, by their places in the manifest, whose reference is None without any."""

    manifest: Mapping[str, Any] | None = None
    taking_part: Sequence[int] = ()
    not_ready: Sequence[int] = ()


NOBODY_DISCOVERED = DiscoveredReadiness()


def readiness_answer(
    agents: Sequence[AgentReadiness], now: datetime, discovered: DiscoveredReadiness = NOBODY_DISCOVERED
) -> dict[str, Any]:
    """The answer in the states' own words; the state machine reads all_ready, not_ready and agents.KEY.takes_part.

    agents are the built-in ones. Of those of other teams the state holds only places in the manifest: there may be a
    hundred of them, and a night on which all are stale is a normal one.
    """
    asked = [agent for agent in agents if agent.in_scope]
    waiting = [agent for agent in asked if not agent.ready]
    return {
        "checked_at": now.astimezone(UTC).isoformat(),
        "all_ready": not waiting and not discovered.not_ready,
        "total_required": len(asked) + len(discovered.taking_part) + len(discovered.not_ready),
        "ready_agents": [agent.candidate.name for agent in asked if agent.ready],
        "not_ready": [
            {"agent": agent.candidate.name, "function": agent.candidate.work_function, "reason": agent.reason}
            for agent in waiting
        ]
        + [{"place": place} for place in discovered.not_ready],
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
        "discovered": list(discovered.taking_part),
        "manifest": discovered.manifest,
    }
