"""What somebody may ask for, and the review that it becomes."""

import json
import re
from collections.abc import Collection, Mapping
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError
from pydantic_core import PydanticCustomError

from workflows.cost_review.request_ranking import Ranking
from workflows.errors import InvalidReviewRequest
from workflows.savings.owners import OWNER_TAGS

REVIEW_CONTRACT: Literal["finops.review/1"] = "finops.review/1"
LARGEST_REQUEST_BYTES = 8_000
"""The request travels through every state, and a state stays under 16 KB."""

CALENDAR_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def _calendar_date(value: object) -> object:
    """Only YYYY-MM-DD: the model would also take 0, "86400" or a time of day, and guess the date that is meant."""
    if value is None or (isinstance(value, str) and CALENDAR_DATE.fullmatch(value)):
        return value
    raise PydanticCustomError("date_parsing", "not a calendar date")


Name = Annotated[str, Field(min_length=1, max_length=2048)]
AnalysisType = Literal["comprehensive", "targeted", "emergency"]
OnNotReady = Literal["degrade", "fail"]


class Scope(BaseModel):
    """What a review looks at; an empty list means everything."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    accounts: tuple[Annotated[str, Field(pattern=r"^[0-9]{12}$")], ...] = ()
    regions: tuple[Name, ...] = ()
    services: tuple[Name, ...] = ()
    resource_ids: tuple[Name, ...] = ()
    agents: tuple[Name, ...] = ()

    @property
    def is_everything(self) -> bool:
        return not (self.accounts or self.regions or self.services or self.resource_ids or self.agents)


OwnerTags = Annotated[tuple[Annotated[str, Field(min_length=1, max_length=128)], ...], Field(max_length=20)]
OwnerCostCategory = Annotated[str, Field(max_length=50)]
"""AWS allows 128 characters in a tag's key and 50 in a cost category's name."""


class ReviewRequest(BaseModel):
    """The input of the state machine as people write it; every field may be left out."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    analysis_type: AnalysisType | None = None
    scope: Scope = Scope()
    as_of: Annotated[date | None, BeforeValidator(_calendar_date)] = None
    ranking: Ranking = Ranking()
    owner_tags: OwnerTags = OWNER_TAGS
    owner_cost_category: OwnerCostCategory = ""
    on_not_ready: OnNotReady = "degrade"
    max_cost_explorer_requests: Annotated[int, Field(ge=0, le=1000, strict=True)] = 25
    requested_by: Annotated[str, Field(min_length=1, max_length=200)] = "unknown"


class StepLimits(BaseModel):
    """What one step of an agent may take: seconds, and how often it is tried again where AWS throttles or fails.

    They travel with the review, and the agent's door enforces them: the definition's timeouts stand once and for all,
    and one that strikes loses everything that the step had read. These are shorter, so that what did not fit is a gap
    and the rest is kept.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    self_check_s: Annotated[int, Field(ge=1)] = 50
    collect_s: Annotated[int, Field(ge=1)] = 270
    retries: Annotated[int, Field(ge=0)] = 3


PATIENT = StepLimits()
URGENT = StepLimits(self_check_s=20, collect_s=45, retries=1)


def limits_of(analysis_type: AnalysisType) -> StepLimits:
    """In an emergency somebody waits: half the answer in a minute is worth more than all of it in ten."""
    return URGENT if analysis_type == "emergency" else PATIENT


class Review(BaseModel):
    """A review as every state sees it: nothing is left open any more."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    contract: Literal["finops.review/1"] = REVIEW_CONTRACT
    review_id: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,80}$")]
    analysis_type: AnalysisType
    scope: Scope
    as_of: date
    ranking: Ranking = Ranking()
    owner_tags: OwnerTags = OWNER_TAGS
    owner_cost_category: OwnerCostCategory = ""
    on_not_ready: OnNotReady
    max_cost_explorer_requests: int
    requested_by: str
    started_at: str
    limits: StepLimits = PATIENT

    @property
    def is_emergency(self) -> bool:
        return self.analysis_type == "emergency"


def accept_request(
    document: object,
    *,
    today: date,
    known_agents: Collection[str],
    known_regions: Collection[str],
    known_services: Collection[str],
) -> ReviewRequest:
    """The request with its analysis type settled; InvalidReviewRequest names every wrong field and the remedy."""
    if not isinstance(document, Mapping):
        raise InvalidReviewRequest([f"the input must be a JSON object such as {{}}, not {_kind(document)}"])
    size = len(json.dumps(document, default=str).encode())
    if size > LARGEST_REQUEST_BYTES:
        raise InvalidReviewRequest([f"the input has {size} bytes; {LARGEST_REQUEST_BYTES} at most (narrow the scope)"])
    problems: list[str] = []
    try:
        request = ReviewRequest.model_validate(document)
    except ValidationError as error:
        problems = [_sentence(dict(detail)) for detail in error.errors(include_url=False)]
        request = None
    # Names and contradictions are checked in the raw document, so that one wrong field does not hide another.
    scope = document.get("scope")
    named = scope if isinstance(scope, Mapping) else {}
    problems += _unknown_names("scope.agents", named.get("agents"), known_agents)
    problems += _unknown_names("scope.regions", named.get("regions"), known_regions)
    problems += _unknown_names("scope.services", named.get("services"), known_services)
    problems += _contradictions(document, today)
    if problems or request is None:
        raise InvalidReviewRequest(problems)
    settled = request.analysis_type or ("comprehensive" if request.scope.is_everything else "targeted")
    return request.model_copy(update={"analysis_type": settled})


def _contradictions(document: Mapping[str, Any], today: date) -> list[str]:
    found = []
    as_of, analysis_type, scope = _day(document.get("as_of")), document.get("analysis_type"), document.get("scope", {})
    if as_of is not None and as_of > today:
        found.append(f"as_of: {as_of} lies after {today}; name that day or an earlier one")
    if not isinstance(scope, Mapping):
        return found
    is_everything = not any(scope.values())
    if analysis_type == "targeted" and is_everything:
        found.append("scope: a targeted review needs accounts, regions, services, resource_ids or agents")
    if analysis_type == "comprehensive" and not is_everything:
        found.append("scope: a comprehensive review looks at everything; drop the scope or say targeted")
    return found


def _day(text: object) -> date | None:
    try:
        return date.fromisoformat(text) if isinstance(text, str) and CALENDAR_DATE.fullmatch(text) else None
    except ValueError:
        return None


def _unknown_names(field: str, names: object, known: Collection[str]) -> list[str]:
    if not isinstance(names, list | tuple):
        return []
    unknown = sorted({name for name in names if isinstance(name, str) and name and name not in known})
    if not unknown:
        return []
    some = ", ".join(sorted(known)[:40])
    return [f"{field}: {', '.join(repr(name[:60]) for name in unknown)} is not known; known are {some}"]


def _sentence(detail: Mapping[str, Any]) -> str:
    field = ".".join(str(part) for part in detail["loc"])
    given = repr(detail.get("input"))[:80]
    match detail["type"]:
        case "extra_forbidden":
            return f"{field}: this field does not exist; remove it"
        case "date_from_datetime_parsing" | "date_parsing" | "date_from_datetime_inexact" | "date_type":
            return f"{field}: {given} is not a calendar date; write it as YYYY-MM-DD"
        case "string_pattern_mismatch" if field.startswith("scope.accounts"):
            return f"{field}: {given} is not an account id; it has twelve digits"
        case _:
            message = str(detail["msg"])
            return f"{field}: {message[0].lower()}{message[1:]} (given: {given})"


def _kind(document: object) -> str:
    names = {list: "a list", str: "a string", bool: "a boolean", int: "a number", float: "a number", type(None): "null"}
    return names.get(type(document), type(document).__name__)
