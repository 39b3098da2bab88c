"""What the bill said of the resources that Trusted Advisor named outside a review, offered to the reviews after it."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache

from pydantic import AwareDatetime, TypeAdapter, ValidationError

from workflows.cost_review.answers import Reference
from workflows.cost_review.documents import Evidence, RecordedResponse
from workflows.errors import InvalidContent

DEEP_DIVE_CONTRACT = "finops.deep-dive/1"


@dataclass(frozen=True)
class DeepDive:
    """The bill's answers about named resources, and to whom they are of use.

    origin   the account's, where accounts of the same id give other answers (Settings.responses_from)
    asked_on  the day (UTC) on which the bill was asked, as_of the day that it was asked to look from
    found_at  when the findings were announced that name the resources, and findings where they lie
    """

    account_id: str
    origin: str
    asked_on: date
    as_of: date
    review_id: str
    found_at: AwareDatetime
    findings: Reference
    evidence: Evidence
    contract: str = DEEP_DIVE_CONTRACT

    @property
    def asked_about(self) -> frozenset[str]:
        """How the bill spells the resources that a question names."""
        return frozenset(value for one in self.evidence.responses for value in _named(one))


@cache
def _adapter() -> TypeAdapter[DeepDive]:
    return TypeAdapter(DeepDive)


def deep_dive_bytes(dive: DeepDive) -> bytes:
    """The deep dive as it is stored."""
    return _adapter().dump_json(dive)


def deep_dive_from(content: bytes) -> DeepDive:
    """The deep dive in stored content; InvalidContent where it is not of the contract."""
    try:
        dive = _adapter().validate_json(content)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        raise InvalidContent(f"Stored content is no {DEEP_DIVE_CONTRACT}: {where}: {first['msg']}") from error
    if dive.contract != DEEP_DIVE_CONTRACT:
        raise InvalidContent(f"Stored content has the contract {dive.contract[:60]!r}, not {DEEP_DIVE_CONTRACT!r}.")
    return dive


def is_newer(dive: DeepDive, found_at: datetime) -> bool:
    """Whether the deep dive is of findings that were announced later than that."""
    return dive.found_at > found_at


def answers_about(
    dive: DeepDive, whole: Collection[RecordedResponse], wanted: Collection[str], *, asked_on: date, as_of: date
) -> bool:
    """Whether asking the bill on that day about the wanted resources would only repeat what the deep dive was told.

    whole are those of its answers that are complete.
    """
    told = {value for one in whole for value in _named(one)}
    return (dive.asked_on, dive.as_of) == (asked_on, as_of) and set(wanted) <= told


def _named(response: RecordedResponse) -> tuple[str, ...]:
    return tuple(response.parameters["Filter"]["Dimensions"]["Values"])
