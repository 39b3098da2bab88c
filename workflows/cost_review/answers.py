"""What an agent's door hands back to the state machine, and how gaps are told from answers.

A slot of the state holds one of three things: {"answer": …} as the agent gave it, {"gap": {error, cause}} where the
state machine caught a failure, {"not_asked": …} where readiness or scope left the agent out. Gaps are computed:
whatever is not a valid answer is one.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from workflows.cost_review.request import Review
from workflows.errors import InvalidAnswer

ANSWER_CONTRACT: Literal["finops.answer/1"] = "finops.answer/1"
LONGEST_CAUSE = 300
NOTHING = "The agent had nothing to work with."

Action = Literal["self_check", "collect", "collect_named_resource_spend", "analyse"]
Kind = Literal["evidence", "findings", "state", "nothing"]


class Reference(BaseModel):
    """Stored content, by key and version, with what it must turn out to be."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    bucket: str
    key: str
    version_id: str | None
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    size: Annotated[int, Field(ge=0)]


class Step(BaseModel):
    """Which state called, as the context object tells it."""

    model_config = ConfigDict(frozen=True)

    state: str
    entered_at: str
    retry: int = 0


class StepRun(BaseModel):
    """How one call of a door went: for the run's graph and its own cost, never for a figure."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    state: str
    entered_at: str
    started_at: str
    duration_ms: Annotated[int, Field(ge=0)]
    retry: Annotated[int, Field(ge=0)] = 0
    requests: Annotated[int, Field(ge=0)] = 0
    cost_explorer_requests: Annotated[int, Field(ge=0)] = 0


class WorkRequest(BaseModel):
    """What the state machine sends to an agent's work door."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    contract: Literal["finops.work/1"]
    action: Action
    review: Review
    step: Step
    collected: Mapping[str, Any] | None = None
    builds_on: Mapping[str, Any] = {}


class Answer(BaseModel):
    """What an agent's work door returns: a reference, never the content."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    contract: Literal["finops.answer/1"] = ANSWER_CONTRACT
    agent: Annotated[str, Field(min_length=1, max_length=128)]
    review_id: str
    kind: Kind
    reference: Reference | None = None
    reason: Annotated[str, Field(max_length=500)] = ""
    run: StepRun

    @property
    def content(self) -> Reference:
        """What the answer refers to; InvalidAnswer where it refers to nothing."""
        if self.reference is None:
            raise InvalidAnswer(f"The answer of {self.agent} refers to no stored content.")
        return self.reference


@dataclass(frozen=True)
class Gap:
    """What was expected from an agent and did not come."""

    agent: str
    stage: str
    error: str
    cause: str


@dataclass(frozen=True)
class NotAsked:
    """The agent was left out on purpose; readiness and scope say why."""

    agent: str


@dataclass(frozen=True)
class StepOutcome:
    """How one state of the run went, for the run's graph: run and reference are there where it answered."""

    state: str
    agent: str
    outcome: Literal["answered", "gap", "not_asked"]
    error: str = ""
    run: StepRun | None = None
    reference: Reference | None = None


def step_outcome(state: str, agent: str, slot: "Answer | Gap | NotAsked") -> StepOutcome:
    """The slot's content as the run's graph shows it."""
    match slot:
        case Answer():
            # An answer with a reason did its work, and something beside it went wrong.
            return StepOutcome(state, agent, "answered", error=slot.reason, run=slot.run, reference=slot.reference)
        case Gap():
            return StepOutcome(state, agent, "gap", error=f"{slot.error}: {slot.cause}".rstrip(": "))
        case NotAsked():
            return StepOutcome(state, agent, "not_asked")


def read_slot(slot: object, *, agent: str, stage: str, review_id: str) -> Answer | Gap | NotAsked:
    """What a slot of the state really holds; everything that is not a valid answer for this review is a gap.

    An empty agent accepts an answer of any agent.
    """
    if isinstance(slot, Mapping):
        if "not_asked" in slot:
            return NotAsked(agent)
        if isinstance(slot.get("gap"), Mapping):
            return _caught(slot["gap"], agent, stage)
        if "answer" in slot:
            return _validated(slot["answer"], agent, stage, review_id)
    return Gap(agent, stage, "InvalidAnswer", "The state holds neither an answer nor a reason.")


def waking_run(slot: object) -> StepRun | None:
    """How an agent's self-check went, from what its waking left in the state; None where it did not answer."""
    answer = slot.get("answer") if isinstance(slot, Mapping) else None
    try:
        return Answer.model_validate(answer).run
    except ValidationError:
        return None


def _validated(document: object, agent: str, stage: str, review_id: str) -> Answer | Gap:
    try:
        answer = Answer.model_validate(document)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(str(part) for part in first["loc"]) or "the answer"
        cause = f"{agent} broke the contract {ANSWER_CONTRACT}: {where}: {first['msg']}"
        return Gap(agent, stage, "InvalidAnswer", cause[:LONGEST_CAUSE])
    if "contract" not in answer.model_fields_set:
        return Gap(agent, stage, "InvalidAnswer", f"The answer does not say its contract, {ANSWER_CONTRACT}.")
    if (agent and answer.agent != agent) or answer.review_id != review_id:
        cause = f"The answer is {answer.agent[:60]}'s for review {answer.review_id[:60]}."
        return Gap(agent, stage, "InvalidAnswer", cause)
    if answer.kind == "nothing":
        return Gap(agent, stage, "NothingToWorkWith", (answer.reason or NOTHING)[:LONGEST_CAUSE])
    if answer.reference is None:
        return Gap(agent, stage, "InvalidAnswer", "The answer refers to no stored content.")
    return answer


def _caught(gap: Mapping[str, Any], agent: str, stage: str) -> Gap:
    error, cause = str(gap.get("error") or "Unknown")[:LONGEST_CAUSE], message_of(str(gap.get("cause") or ""))
    if error == "States.Timeout":
        return Gap(agent, stage, error, cause or "The step did not answer within its time.")
    return Gap(agent, stage, error, cause)


def consolidated_reference(event: Mapping[str, Any]) -> Reference:
    """Where ConsolidateFindings stored its document; InvalidAnswer where its answer does not say so."""
    slot = event.get("consolidated")
    answer = slot.get("answer") if isinstance(slot, Mapping) else None
    try:
        return Reference.model_validate(answer.get("reference") if isinstance(answer, Mapping) else None)
    except ValidationError as error:
        raise InvalidAnswer("ConsolidateFindings did not say where its document lies.") from error


def message_of(cause: str) -> str:
    """The sentence inside a Lambda error document, or the cause as it is; bounded."""
    try:
        document = json.loads(cause)
    except (ValueError, RecursionError):
        return cause[:LONGEST_CAUSE]
    if isinstance(document, dict) and "errorMessage" in document:
        return str(document["errorMessage"])[:LONGEST_CAUSE]
    return cause[:LONGEST_CAUSE]


COST_EXPLORER_USD_A_REQUEST = Decimal("0.01")
"""https://aws.amazon.com/aws-cost-management/aws-cost-explorer/pricing/ : each page of each request."""
