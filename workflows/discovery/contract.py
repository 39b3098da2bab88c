"""What a review and another team's agent say to each other: the contract finops.agent/1, in JSON.

A review invokes the agent's function with a `Question`; action "self_check" wants a `SelfCheckAnswer`, "recommend" a
`RecommendAnswer`. Money is a string ("12.50") or a number, a month's saving in the currency named beside it; null where
the agent knows a saving but not its size. What does not follow the contract is refused as a whole, naming the first
places where it does not: nobody could tell which half of it to believe.
"""

import json
import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated, Any, Literal, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, field_validator
from pydantic_core import PydanticCustomError

from workflows.cost_review.request import Review
from workflows.errors import InvalidAgentAnswer
from workflows.recommendation import COMMITMENTS, ActionType, HoursBasis, SavingsBasis
from workflows.sources import SourceState

AGENT_CONTRACT: Literal["finops.agent/1"] = "finops.agent/1"
AgentAction = Literal["self_check", "recommend"]
LARGEST_ANSWER_BYTES = 1_000_000
MOST_RECOMMENDATIONS = 2_000
LARGEST_SAVING = Decimal(1_000_000_000)
"""More than any account spends a month: what claims it does not know what it says."""
MOST_PROBLEMS_TOLD = 3
_AMOUNT = re.compile(r"-?[0-9]{1,30}(\.[0-9]{1,30})?([eE][-+]?[0-9]{1,2})?")
"""Narrower than Decimal: what a report quotes as evidence has to be read as the same number by its audit."""


def _money(value: object) -> object:
    """A finite amount of at most twelve decimals, as JSON has it; bool is an int to Python, and no amount."""
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, str | int | float | Decimal):
        raise PydanticCustomError("money", "not an amount of money")
    if not _AMOUNT.fullmatch(text := str(value)):
        raise PydanticCustomError("money", "not an amount of money")
    amount = Decimal(text)
    if not amount.is_finite() or amount.copy_abs() >= LARGEST_SAVING or int(amount.as_tuple().exponent) < -12:
        raise PydanticCustomError("money", "not an amount that an account can save a month")
    return amount


Money = Annotated[Decimal, BeforeValidator(_money)]
Text = Annotated[str, Field(max_length=500)]
Name = Annotated[str, Field(max_length=300)]
AccountId = Annotated[str, Field(pattern=r"^[0-9]{12}$")]


class _Told(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class AskedScope(_Told):
    """What the review looks at; an empty list means everything."""

    accounts: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    services: tuple[str, ...] = ()
    resource_ids: tuple[str, ...] = ()


class AskedReview(_Told):
    """The review that asks, as far as an agent of another team needs to know it."""

    review_id: str
    analysis_type: str
    as_of: str
    account_id: str
    scope: AskedScope = AskedScope()


class Question(_Told):
    """What the agent's function is invoked with; deadline is the UTC time at which nobody waits any more."""

    contract: Literal["finops.agent/1"] = AGENT_CONTRACT
    action: AgentAction
    agent: str
    review: AskedReview
    deadline: str


class SelfCheckAnswer(_Told):
    """Whether the agent can do its work now, and what helps where it cannot."""

    contract: Literal["finops.agent/1"]
    agent: Name
    status: Literal["ready", "not_ready"]
    reason: Text = ""
    remedy: Text = ""


class Seen(_Told):
    """What the agent could see of one of its sources in one region; every source that its card names is to be there."""

    source: Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9]{1,49}$")]
    region: Annotated[str, Field(max_length=40)] = ""
    state: SourceState
    detail: Text = ""
    remedy: Text = ""


class Proposal(_Told):
    """One saving that the agent proposes, for one resource.

    resource_type is an ARN's service and type as Cost Optimization Hub and this product name them ("ec2:instance"
    spells Ec2Instance); account_id and region_id are the resource's own.
    """

    source: Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9]{1,49}$")]
    action_type: ActionType
    account_id: AccountId
    region_id: Annotated[str, Field(max_length=40)]
    resource_type: Annotated[str, Field(min_length=1, max_length=100)]
    resource_id: Name
    estimated_monthly_savings: Money | None
    billing_currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")]
    savings_basis: SavingsBasis = SavingsBasis.UNKNOWN
    hours_basis: HoursBasis = HoursBasis.UNKNOWN
    resource_arn: Name = ""
    resource_name: Name = ""
    current_resource_summary: Text = ""
    recommended_resource_summary: Text = ""
    implementation_effort: Literal["VeryLow", "Low", "Medium", "High", "VeryHigh"] | None = None
    restart_needed: bool | None = None
    rollback_possible: bool | None = None
    lookback_days: Annotated[int, Field(ge=1, le=400, strict=True)] | None = None
    notes: Annotated[tuple[Text, ...], Field(max_length=5)] = ()

    @field_validator("action_type")
    @classmethod
    def _is_for_a_resource(cls, action: ActionType) -> ActionType:
        if action in COMMITMENTS:
            raise PydanticCustomError("purchase", "a purchase is no saving on one resource; AWS proposes these itself")
        return action


class RecommendAnswer(_Told):
    """Everything that the agent proposes, and what it could and could not see."""

    contract: Literal["finops.agent/1"]
    agent: Name
    review_id: Name
    sources: Annotated[tuple[Seen, ...], Field(min_length=1, max_length=200)]
    recommendations: Annotated[tuple[Proposal, ...], Field(max_length=MOST_RECOMMENDATIONS)]


Answered = TypeVar("Answered", SelfCheckAnswer, RecommendAnswer)


def question(
    action: Literal["self_check", "recommend"], agent: str, review: Review, account_id: str, deadline: str
) -> Question:
    """What an agent is asked in a review of that account."""
    scope = AskedScope(
        accounts=review.scope.accounts,
        regions=review.scope.regions,
        services=review.scope.services,
        resource_ids=review.scope.resource_ids,
    )
    asked = AskedReview(
        review_id=review.review_id,
        analysis_type=review.analysis_type,
        as_of=review.as_of.isoformat(),
        account_id=account_id,
        scope=scope,
    )
    return Question(action=action, agent=agent, review=asked, deadline=deadline)


def answer_document(content: bytes) -> dict[str, Any]:
    """What an agent sent, as JSON; InvalidAgentAnswer where it is too large or no JSON object.

    NaN and Infinity, which Python reads and JSON does not know, are refused.
    """
    if len(content) > LARGEST_ANSWER_BYTES:
        raise InvalidAgentAnswer(f"The answer has {len(content)} bytes; {LARGEST_ANSWER_BYTES} at most.")
    try:
        document = json.loads(content, parse_constant=_no_number, parse_float=str)
    except (ValueError, RecursionError) as error:
        raise InvalidAgentAnswer(f"The answer is not valid JSON: {str(error)[:200]}") from error
    if not isinstance(document, dict):
        raise InvalidAgentAnswer("The answer is not a JSON object.")
    return document


def validated(model: type[Answered], document: Mapping[str, Any]) -> Answered:
    """The answer, of the contract; InvalidAgentAnswer names the first places where it is not."""
    try:
        return model.model_validate(document)
    except ValidationError as error:
        found = error.errors(include_url=False, include_input=False)
        told = "; ".join(
            f"{'.'.join(map(str, one['loc'])) or 'the answer'}: {one['msg']}" for one in found[:MOST_PROBLEMS_TOLD]
        )
        more = f" (and {len(found) - MOST_PROBLEMS_TOLD} more)" if len(found) > MOST_PROBLEMS_TOLD else ""
        raise InvalidAgentAnswer(f"The answer is not of the contract {AGENT_CONTRACT}: {told}{more}") from error


def _no_number(name: str) -> None:
    raise ValueError(f"{name} is no number")


def plain(text: str) -> str:
    """The words on one line, without what steers a terminal or no file can hold (half a character, say).

    They are shown to people as a stranger's words.
    """
    return " ".join("".join(each if each.isprintable() else " " for each in text).split())
