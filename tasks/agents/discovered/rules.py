"""What another team's agent answered, as findings: its own words bounded and cleaned, its figures as they stand."""

from typing import Any

from workflows.cost_review.documents import Evidence, Findings, RecordedResponse
from workflows.discovery.contract import Proposal, RecommendAnswer, Seen, SelfCheckAnswer, plain, validated
from workflows.errors import InvalidAgentAnswer
from workflows.recommendation import Recommendation
from workflows.resource_keys import TYPE_BY_ARN, name_from_arn, resource_name, resource_type
from workflows.sources import SourceStatus

OPERATION = "recommend"
"""Under this name, and the agent's own as the service, the evidence keeps what it answered."""


def checked(document: dict[str, Any], *, agent: str, review_id: str, sources: tuple[str, ...]) -> RecommendAnswer:
    """The answer, of the contract, of this agent, to this review and of its own sources; InvalidAgentAnswer else."""
    answer = validated(RecommendAnswer, document)
    is_signed_by(agent, answer)
    is_to_review(review_id, answer)
    speaks_of_its_own(sources, answer)
    lies_where_it_says(answer)
    return answer


def is_signed_by(agent: str, answer: SelfCheckAnswer | RecommendAnswer) -> None:
    """InvalidAgentAnswer where somebody else's name stands below it."""
    if answer.agent != agent:
        raise InvalidAgentAnswer(f"The answer is signed by {answer.agent[:80]!r}.")


def is_to_review(review_id: str, answer: RecommendAnswer) -> None:
    """InvalidAgentAnswer where it is the answer to another review."""
    if answer.review_id != review_id:
        raise InvalidAgentAnswer(f"The answer is to the review {answer.review_id[:80]!r}.")


def speaks_of_its_own(sources: tuple[str, ...], answer: RecommendAnswer) -> None:
    """InvalidAgentAnswer where it speaks of a source that the agent's card does not name."""
    spoken_of = {seen.source for seen in answer.sources} | {one.source for one in answer.recommendations}
    if undeclared := sorted(spoken_of - set(sources)):
        raise InvalidAgentAnswer(f"Its card does not name the source {undeclared[0]!r}.")


def lies_where_it_says(answer: RecommendAnswer) -> None:
    """InvalidAgentAnswer where an ARN contradicts its proposal: the saving would hide in another account."""
    for number, proposal in enumerate(answer.recommendations):
        for told in (proposal.resource_id, proposal.resource_arn):
            named = name_from_arn(told)
            if named is not None and named.account_id not in {"", proposal.account_id}:
                raise InvalidAgentAnswer(
                    f"recommendations.{number}: {told[:120]!r} does not lie in account {proposal.account_id}."
                )


def findings(evidence: Evidence, sources: tuple[str, ...], review_id: str) -> Findings:
    """The agent's findings: each amount leads to where it stands in the answer that was stored."""
    (response,) = evidence.of(OPERATION)
    answer = checked(response.response, agent=evidence.agent, review_id=review_id, sources=sources)
    return Findings(
        agent=evidence.agent,
        account_id=evidence.account_id,
        sources=status_of(answer),
        recommendations=tuple(
            _recommendation(one, evidence.agent, response, number) for number, one in enumerate(answer.recommendations)
        ),
    )


def status_of(answer: RecommendAnswer) -> tuple[SourceStatus, ...]:
    """What the agent could see of its sources."""
    return tuple(sorted(_status(one) for one in answer.sources))


def _status(seen: Seen) -> SourceStatus:
    return SourceStatus(seen.source, plain(seen.region), seen.state, plain(seen.detail), plain(seen.remedy))


def _recommendation(proposal: Proposal, agent: str, response: RecordedResponse, number: int) -> Recommendation:
    kind = _canonical(proposal.resource_type)
    named = resource_name(
        proposal.resource_id, account_id=proposal.account_id, region_id=proposal.region_id, of_type=kind
    )
    amount, path = proposal.estimated_monthly_savings, f"/recommendations/{number}/estimated_monthly_savings"
    raw = response.response["recommendations"][number].get("estimated_monthly_savings")
    evidence = () if amount is None else (response.pointer(path, raw),)
    return Recommendation(
        source=proposal.source,
        agent=agent,
        action_type=proposal.action_type,
        account_id=named.account_id,
        region_id=plain(named.region_id),
        resource_type=plain(named.resource_type),
        resource_id=plain(named.resource_id),
        estimated_monthly_savings=None if amount is None else amount + 0,  # because -0 is no amount to write
        billing_currency=proposal.billing_currency,
        savings_basis=proposal.savings_basis,
        hours_basis=proposal.hours_basis,
        resource_name=plain(proposal.resource_name),
        resource_arn=plain(proposal.resource_arn),
        current_resource_summary=plain(proposal.current_resource_summary),
        recommended_resource_summary=plain(proposal.recommended_resource_summary),
        implementation_effort=proposal.implementation_effort,
        restart_needed=proposal.restart_needed,
        rollback_possible=proposal.rollback_possible,
        lookback_days=proposal.lookback_days,
        notes=tuple(plain(note) for note in proposal.notes),
        evidence=evidence,
    )


def _canonical(written: str) -> str:
    """Ec2Instance for "ec2:instance"; a type that nobody here knows keeps its own spelling."""
    service, _, kind = written.strip().partition(":")
    return TYPE_BY_ARN.get((service, kind)) or resource_type(plain(written))
