"""Another team's agent as an agent of a review: what it is asked, and what becomes of its answers."""

from datetime import UTC, timedelta
from functools import partial

from tasks.agents.discovered.invoking import Said, asked
from tasks.agents.discovered.rules import OPERATION, checked, findings, is_signed_by, status_of
from tasks.agents.spec import AgentSpec
from tasks.agents.work import Agent, Heard
from tasks.aws.reading import Reading
from tasks.wiring import World
from workflows.cost_review.answers import Gap
from workflows.cost_review.documents import Evidence, Findings, RecordedResponse
from workflows.cost_review.remedies import after_gap
from workflows.cost_review.request import Review
from workflows.discovery.contract import (
    AgentAction,
    Question,
    SelfCheckAnswer,
    answer_document,
    plain,
    question,
    validated,
)
from workflows.discovery.manifest import Listed
from workflows.errors import AgentTooSlow, AgentUnreachable, InvalidAgentAnswer
from workflows.sources import SourceState, SourceStatus

SELF_CHECK_S = 30
"""Whether it can work, an agent should know at once; a review waits for all of them before it goes on."""
ITS_OWN_FAULT = (AgentTooSlow, AgentUnreachable, InvalidAgentAnswer)


def agent_of(listed: Listed, review: Review) -> Agent:
    """The agent behind our work door; none of its deeds calls anything but its function."""
    spec = AgentSpec(
        key=listed.name,
        name=listed.name,
        title=listed.name,
        description="",
        version=listed.version,
        sources=listed.sources,
        may_read=(),
    )
    return Agent(spec, partial(_check, listed, review), partial(_collect, listed), partial(_analyse, listed))


def longest_wait_s(timeout_s: int, review: Review, action: AgentAction) -> float:
    """How long an agent may take: as its card says (timeout_s), and no longer than the review gives a step."""
    limits = review.limits
    most = min(SELF_CHECK_S, limits.self_check_s) if action == "self_check" else limits.collect_s
    return float(min(timeout_s, most))


def _asked(listed: Listed, world: World, review: Review, account: str, action: AgentAction) -> tuple[Question, Said]:
    timeout_s = longest_wait_s(listed.timeout_s, review, action)
    deadline = (world.now().astimezone(UTC) + timedelta(seconds=timeout_s)).isoformat()
    asking = question(action, listed.name, review, account, deadline)
    return asking, asked(world, listed.function_arn, asking, timeout_s)


def _check(listed: Listed, review: Review, world: World) -> tuple[SourceStatus, ...]:
    """Whether the agent says that it can work; one that gives no valid answer cannot, and that is its own fault."""
    try:
        # Which account is reviewed matters to what it recommends, not to whether it can.
        _, said = _asked(listed, world, review, "", "self_check")
        answer = validated(SelfCheckAnswer, answer_document(said.content))
        is_signed_by(listed.name, answer)
    except ITS_OWN_FAULT as error:
        gap = Gap(listed.name, "self_check", type(error).__name__, plain(str(error)))
        return (_not_ready(listed, f"{gap.error}: {gap.cause}", after_gap(gap, listed.candidate)),)
    if answer.status == "ready":
        return tuple(SourceStatus(source, "", SourceState.AVAILABLE) for source in listed.sources)
    return (_not_ready(listed, plain(answer.reason) or "It does not say why.", plain(answer.remedy)),)


def _not_ready(listed: Listed, detail: str, remedy: str) -> SourceStatus:
    return SourceStatus(listed.sources[0], "", SourceState.ERROR, detail, remedy)


def _collect(listed: Listed, world: World, review: Review, account: str) -> tuple[Reading, ...]:
    """The answer as the agent gave it, once it has been held to the contract."""
    asking, said = _asked(listed, world, review, account, "recommend")
    document = answer_document(said.content)
    answer = checked(document, agent=listed.name, review_id=review.review_id, sources=listed.sources)
    response = RecordedResponse(
        source=listed.name,
        service=listed.name,
        operation=OPERATION,
        region="",
        # Evidence holds no clock time: the same answer gives the same bytes.
        parameters=asking.model_dump(mode="json", exclude={"deadline"}),
        request_id=said.request_id or review.review_id,
        response=document,
    )
    first, *others = status_of(answer)
    return (Reading((response,), first), *(Reading((), one) for one in others))


def _analyse(listed: Listed, evidence: Evidence, review: Review, _heard: Heard) -> Findings:
    return findings(evidence, listed.sources, review.review_id)
