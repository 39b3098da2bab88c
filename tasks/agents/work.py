"""An agent's work door: self_check, collect and analyse. No model takes part, and only references leave it."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError
from pydantic import ValidationError

from tasks.agent_states import note_state
from tasks.agents.spec import AgentSpec
from tasks.aws.identity import account_id
from tasks.aws.reading import Reading
from tasks.deadline import due_within
from tasks.event_bus import publish
from tasks.paid_requests import reserve_paid_request
from tasks.shared_context import Read, read_content, store_context
from tasks.telemetry import logger
from tasks.wiring import RequestMeter, World, metered
from workflows.cost_review.agent_state import state_after
from workflows.cost_review.answers import (
    LONGEST_CAUSE,
    Answer,
    Gap,
    Kind,
    NotAsked,
    Reference,
    StepRun,
    WorkRequest,
    read_slot,
)
from workflows.cost_review.documents import Evidence, Findings, evidence_from, findings_from, to_bytes
from workflows.cost_review.request import Review
from workflows.errors import (
    FinOpsError,
    InvalidContent,
    InvalidReviewRequest,
    MalformedResponse,
    ServiceUnavailable,
    Throttled,
)
from workflows.events.findings import findings_detail
from workflows.events.published import FINDINGS, as_json, source_of
from workflows.sources import SourceState, SourceStatus


@dataclass(frozen=True)
class Deed:
    """What one step came to: stored content, a noted state, or nothing and why."""

    kind: Kind
    reference: Reference | None = None
    reason: str = ""


NOTHING_COLLECTED = Deed("nothing", reason="The agent collected nothing in this review.")


@dataclass(frozen=True)
class Heard:
    """What earlier steps of this review found, for an analysis that builds on it; absent where there was a gap.

    unreadable says of what was stored, and can no longer be read, why.
    """

    findings: Mapping[str, Findings] = field(default_factory=dict)
    evidence: Mapping[str, Evidence] = field(default_factory=dict)
    unreadable: Mapping[str, str] = field(default_factory=dict)


Check = Callable[[World], tuple[SourceStatus, ...]]
Collect = Callable[[World, Review, str], tuple[Reading, ...]]
CollectNamed = Callable[[World, Review, str, Heard], tuple[Reading, ...]]
Analyse = Callable[[Evidence, Review, Heard], Findings]


@dataclass(frozen=True)
class Agent:
    """One agent's deeds behind its work door; collect_named exists where it can ask about resources others named."""

    spec: AgentSpec
    check: Check
    collect: Collect
    analyse: Analyse
    collect_named: CollectNamed | None = None

    def handle(self, event: Mapping[str, Any], world: World) -> Mapping[str, Any]:
        """The answer to one step of the state machine."""
        try:
            request = WorkRequest.model_validate(event)
        except ValidationError as error:
            raise InvalidReviewRequest([f"{one['loc']}: {one['msg']}" for one in error.errors()]) from error
        started = world.now()
        meter = RequestMeter(before_paid=lambda: reserve_paid_request(world, request.review))
        with metered(meter), self._in_its_time(request, world):
            deed = self._deed(request, world)
        run = StepRun(
            state=request.step.state,
            entered_at=request.step.entered_at,
            started_at=started.isoformat(),
            duration_ms=max(0, int((world.now() - started).total_seconds() * 1000)),  # a clock may be set back
            retry=request.step.retry,
            requests=meter.requests,
            cost_explorer_requests=meter.cost_explorer_requests,
        )
        answer = Answer(
            agent=self.spec.name,
            review_id=request.review.review_id,
            kind=deed.kind,
            reference=deed.reference,
            reason=deed.reason,
            run=run,
        )
        return answer.model_dump(mode="json")

    @staticmethod
    def _in_its_time(request: WorkRequest, world: World) -> AbstractContextManager[object]:
        """What asks AWS has a deadline; analysis asks nobody, and takes what it takes."""
        limits = request.review.limits
        match request.action:
            case "analyse":
                return nullcontext()
            case "self_check":
                return due_within(limits.self_check_s, world.now)
            case _:
                return due_within(limits.collect_s, world.now)

    def _deed(self, request: WorkRequest, world: World) -> Deed:
        match request.action:
            case "self_check":
                return self._self_check(request, world)
            case "collect":
                account = account_id(world.account)
                return self._store_evidence(request, world, account, self.collect(world, request.review, account))
            case "collect_named_resource_spend":
                return self._collect_named(request, world)
            case "analyse":
                return self._analyse(request, world)

    def _self_check(self, request: WorkRequest, world: World) -> Deed:
        began = world.now()
        state = state_after(self.check(world), version=self.spec.version, checked_for=request.review.review_id)
        note_state(world, agent=self.spec.name, state=state, checked_at=began)
        return Deed("state", reason=str(state["status"]))

    def _collect_named(self, request: WorkRequest, world: World) -> Deed:
        if self.collect_named is None:
            raise InvalidReviewRequest([f"action: {self.spec.name} does not know {request.action}"])
        collected = self._slot(request, request.collected, "collect")
        if isinstance(collected, Gap | NotAsked):
            return NOTHING_COLLECTED
        account = account_id(world.account)
        heard = self._heard(request, partial(read_content, world))
        readings = self.collect_named(world, request.review, account, heard)
        return self._store_evidence(request, world, account, readings)

    def _store_evidence(self, request: WorkRequest, world: World, account: str, readings: tuple[Reading, ...]) -> Deed:
        if request.step.retry < request.review.limits.retries:
            refuse_throttled(readings)
        # The last try goes on with what it could read.
        evidence = evidence_in(self.spec.name, account, readings)
        return Deed("evidence", self._store(request, world, f"evidence-{request.action}", evidence))

    def _analyse(self, request: WorkRequest, world: World) -> Deed:
        findings = self.conclusions(request, partial(read_content, world))
        if findings is None:
            return NOTHING_COLLECTED
        reference = self._store(request, world, "findings", findings)
        return Deed("findings", reference, reason=_announced(request.review, world, findings, reference))

    def conclusions(self, request: WorkRequest, read: Read) -> Findings | None:
        """What the evidence means that was collected, None where none was; reads nothing else and stores nothing."""
        collected = self._slot(request, request.collected, "collect")
        if isinstance(collected, Gap | NotAsked):
            return None
        evidence = evidence_from(read(collected.content))
        heard = self._heard(request, read)
        try:
            return self.analyse(evidence, request.review, heard)
        except KeyError as error:
            raise MalformedResponse(f"What AWS answered lacks {error}.") from error

    def _heard(self, request: WorkRequest, read: Read) -> Heard:
        findings: dict[str, Findings] = {}
        evidence: dict[str, Evidence] = {}
        unreadable: dict[str, str] = {}
        for name, slot in request.builds_on.items():
            answer = read_slot(slot, agent="", stage=name, review_id=request.review.review_id)
            if not isinstance(answer, Answer):
                continue
            # Another agent's broken content is that agent's gap, named in the report; it does not become this one's.
            try:
                content = read(answer.content)
                if answer.kind == "findings":
                    findings[name] = findings_from(content)
                else:
                    evidence[name] = evidence_from(content)
            except InvalidContent as error:
                unreadable[name] = str(error)
        return Heard(findings, evidence, unreadable)

    def _slot(self, request: WorkRequest, slot: object, stage: str) -> Answer | Gap | NotAsked:
        return read_slot(slot, agent=self.spec.name, stage=stage, review_id=request.review.review_id)

    def _store(self, request: WorkRequest, world: World, context_type: str, document: Evidence | Findings) -> Reference:
        return store_context(
            world,
            agent=self.spec.name,
            context_type=context_type,
            review_id=request.review.review_id,
            content=to_bytes(document),
        )


def refuse_throttled(readings: Iterable[Reading]) -> None:
    """Throttled or ServiceUnavailable where another try later is likely to read what could not be read now."""
    again = [reading.status for reading in readings if reading.throttled]
    if not again:
        return
    sources = ", ".join(sorted({status.source for status in again}))
    if any(status.state is SourceState.THROTTLED for status in again):
        raise Throttled(f"AWS throttled {sources}.")
    raise ServiceUnavailable(f"AWS failed to answer for {sources}.")


def evidence_in(agent: str, account: str, readings: Sequence[Reading]) -> Evidence:
    """What the agent read, in one document."""
    return Evidence(
        agent=agent,
        account_id=account,
        responses=tuple(response for reading in readings for response in reading.responses),
        sources=tuple(sorted(reading.status for reading in readings)),
    )


def _announced(review: Review, world: World, findings: Findings, reference: Reference) -> str:
    """Nothing where the findings are announced; else why not, which the answer carries into the report's run.

    The findings are there and the review goes on with them: only those outside of it did not hear.
    """
    detail = as_json(findings_detail(findings, review, reference, world.now()))
    try:
        publish(world, source=source_of(findings.agent), detail_type=FINDINGS, detail=detail)
    except (FinOpsError, ClientError, BotoCoreError) as error:
        told = f"The findings were not announced: {type(error).__name__}: {error}"[:LONGEST_CAUSE]
        logger().error(told, extra={"review_id": review.review_id})
        return told
    return ""
