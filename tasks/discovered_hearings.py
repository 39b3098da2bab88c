"""What became of other teams' agents in a review: from the manifest, the state and their outcomes to hearings."""

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field
from typing import Any

from pydantic import TypeAdapter, ValidationError

from tasks.discovered_agents import Stage, outcome_of
from tasks.hearings import Slots, hearing
from tasks.shared_context import Read
from tasks.wiring import World
from workflows.cost_review.answers import Gap, NotAsked, Reference, read_slot
from workflows.cost_review.coverage import Hearing
from workflows.cost_review.readiness import Candidate
from workflows.cost_review.remedies import after_gap
from workflows.cost_review.request import Review
from workflows.discovery.manifest import REGISTRY, Listed, Manifest, Refused, manifest_from
from workflows.discovery.plausibility import MOST_CLAIMS, implausible, without_room
from workflows.errors import InvalidContent
from workflows.savings.bill import Bill

STAGES: Mapping[Stage, str] = {"collect": "collected", "analyse": "analysed"}
"""Each stage, and the part of the state in which its Map left something."""
REGISTRATION = "registration"
AT_ONCE = 10
"""Outcomes are small, and reading them is mostly waiting."""
NOT_IN_AN_EMERGENCY = "An emergency does not wait for agents of other teams, unless its scope names them."
Json = Mapping[str, Any]


@dataclass(frozen=True)
class Discovered:
    """The manifest of a review, and what each agent's steps left: slots by stage, by the agent's name."""

    manifest: Manifest = field(default_factory=Manifest)
    left: Mapping[str, Json] = field(default_factory=dict)

    def document(self) -> dict[str, Any]:
        """All of it as JSON, so that the report can be made again."""
        return {"manifest": asdict(self.manifest), "left": dict(self.left)}

    def asked(self, review_id: str) -> list[tuple[Candidate, Slots]]:
        """Those who were asked, each with what its slots really hold."""
        return [(one.candidate, self.slots(one, review_id)) for one in self.manifest.agents if one.takes_part]

    def slots(self, one: Listed, review_id: str) -> Slots:
        """What the agent's slots really hold; NotAsked where it takes no part."""
        if not one.takes_part:
            return {stage: NotAsked(one.name) for stage in STAGES}
        left = self.left.get(one.name, {})
        return {stage: read_slot(left.get(stage), agent=one.name, stage=stage, review_id=review_id) for stage in STAGES}


def discovered_from(document: Json | None) -> Discovered:
    """The same from its document; nobody where there is none."""
    if document is None:
        return Discovered()
    return Discovered(TypeAdapter(Manifest).validate_python(document["manifest"]), document["left"])


def discovered_in(event: Json, world: World, read: Read) -> Discovered:
    """What the review whose state this is left of other teams' agents; a broken manifest leaves a line that says so."""
    reference = event["readiness"]["answer"].get("manifest")
    if reference is None:
        return Discovered()
    try:
        manifest = manifest_from(read(Reference.model_validate(reference)))
    except (InvalidContent, ValidationError) as error:
        return Discovered(Manifest(refused=(Refused(REGISTRY, f"Nobody was asked: {str(error)[:300]}"),)))
    review_id = event["review"]["review_id"]
    places = [place for place, one in enumerate(manifest.agents) if one.takes_part]
    collecting, analysing = (_failed(event.get(part), places) for part in STAGES.values())
    with ThreadPoolExecutor(max_workers=AT_ONCE) as pool:
        outcomes = pool.map(lambda place: _outcome(world, review_id, manifest.agents[place]), places)
    left = {
        manifest.agents[place].name: _left(outcome, collecting.get(place), analysing.get(place))
        for place, outcome in zip(places, outcomes, strict=True)
    }
    return Discovered(manifest, left)


def _outcome(world: World, review_id: str, one: Listed) -> Json:
    """The analysis's outcome holds that of the collecting; where it was not reached, that one is there alone."""
    analysed = outcome_of(world, review_id, one, "analyse")
    return analysed or outcome_of(world, review_id, one, "collect") or {}


def _left(outcome: Json, collecting: Json | None, analysing: Json | None) -> Json:
    """The outcome, unless the state machine gave the step up: what it still wrote afterwards counts for nothing."""
    if collecting is not None:
        return {"collect": collecting, "analyse": {"gap": {"error": "NothingToWorkWith"}}}
    return {"collect": outcome.get("collect"), "analyse": analysing or outcome.get("analyse")}


def _failed(part: object, places: Sequence[int]) -> dict[int, Json]:
    """The failures that the state machine caught, by place: what came after one was heard by nobody."""
    left = part.get("discovered") if isinstance(part, Mapping) else None
    if isinstance(left, list):
        return {
            each["place"]: {"gap": {"error": each.get("error")}}
            for each in left
            if isinstance(each, Mapping) and isinstance(each.get("place"), int)
        }
    # The Map itself failed, and with it everything that was in it.
    error = left.get("error") if isinstance(left, Mapping) else None
    return {place: {"gap": {"error": error}} for place in places}


def discovered_hearings(
    found: Discovered, built_in: Sequence[Hearing], bill: Bill, review: Review, read: Read
) -> Iterator[Hearing]:
    """A hearing for each agent and for each entry that is none; claims that cannot be true leave an agent out."""
    heard = [one.findings for one in built_in if one.findings is not None]
    said = []
    for one in found.manifest.agents:
        each = _heard(one, found.slots(one, review.review_id), review, read)
        if each.findings is not None and (why := implausible(each.findings, heard, bill, review)):
            each = _left_out(one.candidate, "ImplausibleClaim", why)
        said.append(each)
    claims = {one.candidate.name: len(one.findings.recommendations) for one in said if one.findings is not None}
    crowding = without_room(claims, MOST_CLAIMS)
    for each in said:
        name = each.candidate.name
        yield _left_out(each.candidate, "TooManyClaims", _no_room(claims[name])) if name in crowding else each
    yield from (_refused(one) for one in found.manifest.refused)


def _left_out(candidate: Candidate, error: str, why: str) -> Hearing:
    return Hearing(candidate, "gap", gaps=(Gap(candidate.name, "analyse", error, why),))


def _no_room(claims: int) -> str:
    return f"It proposes {claims} savings, and a review has room for {MOST_CLAIMS} of all agents of other teams."


def _heard(one: Listed, slots: Slots, review: Review, read: Read) -> Hearing:
    if not one.in_scope and review.analysis_type == "emergency":
        return Hearing(one.candidate, "not_asked", reason=NOT_IN_AN_EMERGENCY)
    stood = {"in_scope": one.in_scope, "reason": one.reason, "remedy": one.remedy}
    return hearing(one.candidate, stood, slots, read, one.unready)


def _refused(one: Refused) -> Hearing:
    """An entry that is no agent has no source; its line says what stands there."""
    candidate = Candidate(one.name, one.name, REGISTRATION, "", (), "CheckReadiness", of_other_team=True)
    gap = Gap(one.name, REGISTRATION, "RegistryUnreadable" if one.name == REGISTRY else "InvalidAgentCard", one.reason)
    return Hearing(candidate, "not_ready", reason=f"{gap.error}: {gap.cause}", remedy=after_gap(gap, candidate))
