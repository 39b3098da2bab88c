"""finops agents: what each agent said of itself in the last review here, and whether that still holds."""

import json
import shlex
import sys
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from itertools import groupby
from pathlib import Path
from typing import Any

from rich.console import Console

from local.agent_handlers import AgentHandlers
from local.console import console_for
from local.embedded_aws import REGISTRY_TABLE, STATES_TABLE
from local.keeping import seen_world
from local.state_folder import StateFolder
from local.terminal_tables import WIDE, a_table, below, plain
from tasks.agent_registry import registered_agents
from tasks.agent_states import all_states
from tasks.steps.check_readiness import built_in
from workflows.cost_review.agent_state import FRESH_FOR, NOT_READY, READY, moment, told_changes, told_of_sources
from workflows.cost_review.readiness import Candidate, stands, unknown_because
from workflows.cost_review.remedies import BY_ERROR
from workflows.discovery.card import function_name
from workflows.discovery.manifest import Refused, Registered
from workflows.sources import SourceStatus

UNCHECKED, REFUSED = "unchecked", "refused"
COLOURS = {READY: "green", NOT_READY: "red", UNCHECKED: "yellow", REFUSED: "red"}
MOST_REGIONS_NAMED = 2
NO_FILE = "No file stands for its function on this machine."


@dataclass(frozen=True)
class Standing:
    """How one agent stands now: ready, not_ready, or unchecked where its last word does not hold any more.

    What stands in the registry and is no agent is refused. version and speaks_of (its sources) are those of its card,
    and registered_by is empty for an agent of this product. since is when the status began, as far as it is known;
    sources are what its last check said of each, and changes the last checks that said something else than the one
    before, the latest first.
    """

    agent: str
    title: str
    status: str
    since: str
    checked_at: str
    reason: str
    remedy: str
    sources: tuple[SourceStatus, ...]
    changes: tuple[Mapping[str, str], ...]
    version: str = ""
    speaks_of: tuple[str, ...] = ()
    registered_by: str = ""


def agents_command(state: Path, *, as_json: bool, now: datetime) -> int:
    """Prints a line an agent, and below it one for each source that says more."""
    found = standings(StateFolder(state), now)
    if as_json:
        sys.stdout.write(json.dumps([asdict(one) for one in found], indent=1) + "\n")
        return 0
    console = console_for(sys.stdout)
    if found:
        print_agents(console, found)
    else:
        console.print(f"No review was run here yet ({state}). Start one with: finops review", highlight=False)
    return 0


def standings(folder: StateFolder, now: datetime) -> list[Standing]:
    """The built-in agents in their order, those of other teams by name, then what is refused; none in a new folder."""
    kept = folder.read()
    if not kept.objects and not any(kept.tables.get(table) for table in (STATES_TABLE, REGISTRY_TABLE)):
        return []
    with seen_world(folder) as world:
        items, registry = all_states(world), registered_agents(world)
    handlers = AgentHandlers.of(folder).by_function
    return [
        *(_standing(one, items.get(one.name), now) for one in built_in()),
        *(_registered(one, items.get(one.card.name), now, handlers) for one in registry.agents),
        *(_refused(one) for one in registry.refused),
    ]


def _registered(one: Registered, item: Mapping[str, Any] | None, now: datetime, handlers: Collection[str]) -> Standing:
    standing = replace(_standing(one.candidate, item, now), version=one.card.version, registered_by=one.by)
    if function_name(one.card.function_arn) in handlers:
        return standing
    remedy = "Name one: finops agents register CARD --handler FILE.py"
    return replace(standing, status=NOT_READY, reason=NO_FILE, remedy=remedy, sources=())


def _refused(one: Refused) -> Standing:
    remedy = f"{BY_ERROR['InvalidAgentCard']} finops agents remove {shlex.quote(one.name)}"
    return Standing(one.name, one.name, REFUSED, "", "", one.reason, remedy, (), ())


def _state(item: Mapping[str, Any] | None) -> Mapping[str, Any]:
    state = (item or {}).get("state")
    return state if isinstance(state, Mapping) else {}


def _standing(candidate: Candidate, item: Mapping[str, Any] | None, now: datetime) -> Standing:
    stand, known = stands(candidate, item, now), item or {}
    holds = item is not None and not unknown_because(candidate, item, now)
    return Standing(
        agent=candidate.name,
        title=candidate.title,
        status=(READY if stand.ready else NOT_READY) if holds else UNCHECKED,
        since=str(known.get("since") or "") if holds else _expired(known, now),
        checked_at=str(known.get("timestamp") or ""),
        reason=stand.reason,
        remedy=stand.remedy,
        sources=told_of_sources(_state(item)) if holds else (),
        changes=tuple(told_changes(known)),
        version=candidate.version,
        speaks_of=candidate.sources,
    )


def _expired(item: Mapping[str, Any], now: datetime) -> str:
    """When its last check became stale; "" where it is not that which it lacks."""
    checked_at = moment(item.get("timestamp"))
    ended = checked_at + FRESH_FOR if checked_at else now
    return ended.isoformat() if ended < now else ""


# ---- for people


def print_agents(console: Console, found: Sequence[Standing]) -> None:
    """A line an agent, and one for each source that says more."""
    wide = console.width >= WIDE
    table = a_table("agent", "now", "since (UTC)", "why, and what to do", whole=("now", "since (UTC)"))
    for one in found:
        # Where the sources speak for themselves, their joined reason would only say it again.
        told = "" if one.sources and any(row.is_gap for row in one.sources) else _said(one.reason, one.remedy)
        status = plain(one.status.replace("_", " "), COLOURS[one.status])
        table.add_row(
            below(plain(one.agent, "bold"), _by_its_card(one)),
            status,
            _minute(one.since),
            below(plain(told), _before(one)),
        )
        for source, where, words, said in _by_what_they_say(one.sources):
            name = plain(f"  {source} {where}") if wide else below(plain(f"  {source}"), where and f"  {where}")
            table.add_row(name, plain(words, "red"), "", plain(said))
    console.print(table)
    console.print(_in_one_sentence(found), highlight=False)


def _by_its_card(one: Standing) -> str:
    """What another team's agent says of itself."""
    return f"  {one.version}: {', '.join(one.speaks_of)}" if one.registered_by else ""


def _by_what_they_say(sources: Sequence[SourceStatus]) -> Iterator[tuple[str, str, str, str]]:
    """A row for all regions of a source that say the same, where they say anything: source, regions, state, words."""
    telling = [one for one in sources if one.is_gap or one.detail]
    ordered = sorted(telling, key=lambda one: (one.source, one.state, one.detail, one.remedy, one.region))
    for (source, state, detail, remedy), alike in groupby(
        ordered, key=lambda one: (one.source, one.state, one.detail, one.remedy)
    ):
        regions = [one.region for one in alike if one.region]
        where = " ".join(regions) if len(regions) <= MOST_REGIONS_NAMED else f"{len(regions)} regions"
        is_gap = SourceStatus(source, "", state).is_gap
        yield source, where, state.lower().replace("_", " ") if is_gap else "", _said(detail, remedy)


def _said(reason: str, remedy: str) -> str:
    return " ".join(part for part in (reason, remedy) if part)


def _before(one: Standing) -> str:
    """What it said before its present status, where that is kept."""
    earlier = [change for change in one.changes if change["status"] != one.status]
    if one.status == UNCHECKED or not earlier:
        return ""
    status, reason = earlier[0]["status"].replace("_", " "), earlier[0]["reason"]
    return f"before: {status}: {reason}" if reason else f"before: {status}"


def _minute(iso: str) -> str:
    at = moment(iso)
    return at.astimezone(UTC).strftime("%Y-%m-%d %H:%M") if at else ""


def _in_one_sentence(found: Sequence[Standing]) -> str:
    agents = [one for one in found if one.status != REFUSED]
    ready = sum(one.status == READY for one in agents)
    unchecked = sum(one.status == UNCHECKED for one in found)
    refused = f" {len(found) - len(agents)} of the registry's entries are no agents." if agents != list(found) else ""
    told = f"{ready} of {len(agents)} are ready.{refused}"
    return f"{told} {unchecked} will be checked by the next review." if unchecked else told
