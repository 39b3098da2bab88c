"""What an agent says of itself after a check, and what the states table keeps of the checks before."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from workflows.sources import SourceState, SourceStatus

READY, NOT_READY = "ready", "not_ready"
FRESH_FOR = timedelta(hours=24)
REMEMBERED_FOR = timedelta(days=90)
CLOCKS_DIFFER_BY = timedelta(minutes=5)
"""What is dated later than that was dated by a wrong clock."""
MOST_CHANGES = 10
MOST_SOURCES = 50
"""More than an agent reads in all of AWS's regions."""
LONGEST_REASON = 500
LONGEST_TOLD = 300


def state_after(statuses: Sequence[SourceStatus], *, version: str, checked_for: str) -> dict[str, Any]:
    """What a check came to: ready where any source can be read, with what each source said in its own words.

    {status, reason, remedy, sources: [{source, region, state, detail, remedy}], version, checked_for}; reason and
    remedy are "" where the agent is ready, and join what the sources say where it is not.
    """
    unreadable = [one for one in statuses if one.is_gap]
    ready = len(unreadable) < len(statuses)
    return {
        "status": READY if ready else NOT_READY,
        "reason": "" if ready else "; ".join(f"{one.source}: {one.detail}" for one in unreadable)[:LONGEST_REASON],
        "remedy": "" if ready else _said_once(one.remedy for one in unreadable)[:LONGEST_REASON],
        "sources": [status_row(one) for one in statuses[:MOST_SOURCES]],
        "version": version,
        "checked_for": checked_for,
    }


def _said_once(remedies: Iterable[str]) -> str:
    """The remedies in a row, without those that are in another: two sources may lack the same thing."""
    told = tuple(dict.fromkeys(remedies))
    return " ".join(one for one in told if one and not any(one in other for other in told if other != one))


def told_of_sources(state: Mapping[str, Any]) -> tuple[SourceStatus, ...]:
    """What the state says of each source, sorted and bounded; what is not of the form is left out."""
    rows = state.get("sources")
    found = [status_of(row) for row in rows if isinstance(row, Mapping)] if isinstance(rows, list) else []
    return tuple(sorted(one for one in found if one.source)[:MOST_SOURCES])


def status_row(status: SourceStatus) -> dict[str, str]:
    """One source's state as it is stored."""
    detail, remedy = status.detail[:LONGEST_TOLD], status.remedy[:LONGEST_TOLD]
    told = {"source": status.source, "region": status.region, "state": status.state.value}
    return {**told, "detail": detail, "remedy": remedy}


def status_of(row: Mapping[str, Any]) -> SourceStatus:
    """The source's state in a row; a state that nobody here knows is ERROR, because agents of others write it too."""
    told = {name: str(row.get(name) or "")[:LONGEST_TOLD] for name in ("source", "region", "state", "detail", "remedy")}
    known = {state.value: state for state in SourceState}
    state = known.get(told["state"], SourceState.ERROR)
    return SourceStatus(told["source"], told["region"], state, told["detail"], told["remedy"])


def item_after(
    before: Mapping[str, Any] | None, *, agent: str, state: Mapping[str, Any], checked_at: datetime, now: datetime
) -> dict[str, Any] | None:
    """The agent's item after a check that began at that time; None where a later check is noted already.

    One that lies in the future was dated by a wrong clock, and is noted over. Of two that began in the same microsecond
    the one that is noted last stands. `since` is when the first check of the present row of checks with this status
    began, `changes` ([{at, status, reason}], the latest first) are the checks that said something else than the one
    before; in epoch seconds, `ttl` is when the state is stale and `delete_after` when DynamoDB may delete what is known
    of an agent that never checked itself again.
    """
    at, before = checked_at.astimezone(UTC), before or {}
    noted = moment(before.get("timestamp"))
    if noted is not None and noted > now + CLOCKS_DIFFER_BY:
        noted = None
    if noted is not None and noted > at:
        return None
    known = before.get("state")
    last = known if isinstance(known, Mapping) else {}
    said = {"status": str(state.get("status") or ""), "reason": str(state.get("reason") or "")[:LONGEST_REASON]}
    goes_on = noted is not None and last.get("status") == said["status"]
    first = (moment(before.get("since")) or noted) if goes_on else at
    changes = told_changes(before)
    if not changes or {name: changes[0][name] for name in said} != said:
        changes = [{"at": at.isoformat(), **said}, *changes][:MOST_CHANGES]
    return {
        "agent_name": agent,
        "timestamp": at.isoformat(),
        "state": dict(state),
        "since": (first or at).isoformat(),
        "changes": changes,
        "ttl": int((at + FRESH_FOR).timestamp()),
        "delete_after": int((at + REMEMBERED_FOR).timestamp()),
    }


def told_changes(item: Mapping[str, Any]) -> list[dict[str, str]]:
    """The last changes that the item keeps, the latest first; what is not of the form is left out."""
    rows = item.get("changes")
    kept = [row for row in rows if isinstance(row, Mapping)] if isinstance(rows, list) else []
    return [{name: str(row.get(name) or "") for name in ("at", "status", "reason")} for row in kept[:MOST_CHANGES]]


def moment(written: object) -> datetime | None:
    """The time, None where it is none that can be compared."""
    try:
        read = datetime.fromisoformat(str(written))
    except ValueError:
        return None
    return read if read.tzinfo else None
