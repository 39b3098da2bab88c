"""What this product announces on its bus: the detail of each event, which names its schema and the schema's version.

schemas/ holds them as JSON schemas, generated from these models by `make schemas`. A member may be added to a schema
without a new version; one that goes, or means something else, takes the next number.
"""

import hashlib
from typing import Annotated, Any, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from workflows.cost_review.answers import Reference
from workflows.errors import InvalidEvent

FINDINGS = "Cost Optimization Findings"
REVIEW_COMPLETED = "Cost Review Completed"
REVIEW_FAILED = "Cost Review Failed"
FINDINGS_SCHEMA: Literal["finops.events.findings/1"] = "finops.events.findings/1"
COMPLETED_SCHEMA: Literal["finops.events.review-completed/1"] = "finops.events.review-completed/1"
FAILED_SCHEMA: Literal["finops.events.review-failed/1"] = "finops.events.review-failed/1"
STORED_SCHEMA: Literal["finops.events.stored-detail/1"] = "finops.events.stored-detail/1"
SUPERVISOR = "finops.supervisor"
MOST_RESOURCES = 10


def source_of(agent: str) -> str:
    """The Source of an agent's events: finops.trusted-advisor-agent."""
    return f"finops.{agent}"


def event_id(schema: str, source: str, review_id: str) -> str:
    """The same each time the same is announced of the same review, so that whoever hears it twice can tell."""
    return hashlib.sha256(f"{schema}|{source}|{review_id}".encode()).hexdigest()[:32]


class _Told(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True, populate_by_name=True)


Cents = Annotated[str, Field(pattern=r"^-?[0-9]+\.[0-9]{2}$", description="An amount of money, to the cent")]
Currency = Annotated[str, Field(pattern=r"^[A-Z]{3}$")]
EventId = Annotated[str, Field(pattern=r"^[0-9a-f]{32}$", description="The same for the same announcement, repeated")]


class ProposedSavings(_Told):
    """What the agent itself proposes to save a month, by currency: duplicates and alternatives are still in it."""

    stage: Literal["proposed_before_consolidation"]
    monthly: dict[Currency, Cents]


class HighImpactResource(_Told):
    """A resource with one of the biggest savings that the agent proposes; the amount is a month's."""

    resource_id: str
    resource_type: str
    region_id: str
    account_id: str
    action_type: str
    billing_currency: Currency
    proposed_monthly_savings: Cents


class FindingsContext(_Told):
    """In which review the agent found this, and where all of it lies.

    deep_dive_in_review says that this review itself asks Cost Explorer about the resources that were named, and
    max_cost_explorer_requests how many paid requests whoever asked for the review allows.
    """

    analysis_type: str
    as_of: Annotated[str, Field(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$")]
    account_id: str
    deep_dive_in_review: bool
    max_cost_explorer_requests: Annotated[int, Field(ge=0)] = 0
    findings: Reference


class FindingsDetail(_Told):
    """Cost Optimization Findings: one agent has found what it finds in one review. timestamp is a UTC time."""

    contract: Annotated[Literal["finops.events.findings/1"], Field(alias="schema")]
    event_id: EventId
    review_id: str
    total_savings: ProposedSavings
    recommendation_count: Annotated[int, Field(ge=0)]
    high_impact_resources: Annotated[tuple[HighImpactResource, ...], Field(max_length=MOST_RESOURCES)]
    timestamp: str
    context: FindingsContext


class ReviewTotals(_Told):
    """What the review counts a month in one currency, as its report says it."""

    billing_currency: str
    gross_usage: Cents
    counted_usage: Cents
    verified_usage: Cents
    gross_rate: Cents
    counted_rate: Cents
    verified_rate: Cents
    counted_by_basis: dict[str, dict[str, Cents]]
    opportunities: int
    counted_opportunities: int
    unknown_savings: int


class ReviewCompletedDetail(_Told):
    """Cost Review Completed: the report is there. gaps counts the sources that could not be seen."""

    contract: Annotated[Literal["finops.events.review-completed/1"], Field(alias="schema")]
    event_id: EventId
    review_id: str
    status: str
    totals: tuple[ReviewTotals, ...]
    gaps: Annotated[int, Field(ge=0)]
    report: Reference


class ReviewFailedDetail(_Told):
    """Cost Review Failed: there is no report, and why. The times are in UTC."""

    contract: Annotated[Literal["finops.events.review-failed/1"], Field(alias="schema")]
    event_id: EventId
    review_id: str
    started_at: str
    failed_at: str
    error: str
    cause: str


class StoredDetail(_Told):
    """In place of a detail that is too large for an event: where it lies, and what rules match of it."""

    contract: Annotated[Literal["finops.events.stored-detail/1"], Field(alias="schema")]
    stored_schema: str
    stored: Reference
    event_id: str = ""
    review_id: str = ""
    context: dict[str, Any] = {}


DETAILS: dict[str, type[_Told]] = {
    "cost-optimization-findings-1": FindingsDetail,
    "cost-review-completed-1": ReviewCompletedDetail,
    "cost-review-failed-1": ReviewFailedDetail,
    "stored-detail-1": StoredDetail,
}
"""The models by the name of their schema's file."""

Detail = TypeVar("Detail", bound=_Told)


def as_json(detail: BaseModel) -> dict[str, Any]:
    """The detail as it stands in the event."""
    return detail.model_dump(mode="json", by_alias=True)


def read_as(model: type[Detail], document: object) -> Detail:
    """The detail in an event; InvalidEvent names what is wrong with it."""
    try:
        return model.model_validate(document)
    except ValidationError as error:
        found = [f"{'.'.join(map(str, one['loc'])) or 'detail'}: {one['msg']}" for one in error.errors()]
        raise InvalidEvent(found[:5]) from error
