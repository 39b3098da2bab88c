"""The rows of AWS's lists, each with its place in the response, and those of which nothing can be made."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from workflows.cost_review.documents import Evidence, RecordedResponse
from workflows.members import Json, listed, members, text
from workflows.recommendation import COMMITMENTS, EvidencePointer, Recommendation
from workflows.resource_keys import ResourceName, name_from_arn, resource_name
from workflows.sources import SourceState, SourceStatus


@dataclass(frozen=True)
class Unreadable:
    """A row that names nothing that could be proposed; it is counted, and nothing is made up for it."""

    source: str
    region: str


@dataclass(frozen=True)
class Row:
    """One row of one page: place is its JSON pointer, account_id whose evidence it is."""

    page: RecordedResponse
    place: str
    values: Json
    account_id: str

    @property
    def account(self) -> str:
        """The account that the resource is in: a payer's answers name their members."""
        return text(self.values.get("accountId")) or text(self.values.get("AccountId")) or self.account_id

    def where(self, identifier: object, of_type: str, region: str = "") -> ResourceName:
        """The resource; its identifier's own type stands where the row names none."""
        name = resource_name(
            text(identifier), account_id=self.account, region_id=region or self.page.region, of_type=of_type
        )
        named = name_from_arn(text(identifier)) if not of_type else None
        return replace(name, resource_type=named.resource_type if named else name.resource_type or "Unknown")

    def pointer(self, path: str, raw: object) -> EvidencePointer:
        return self.page.pointer(f"{self.place}/{path}", raw)

    @property
    def tags(self) -> tuple[tuple[str, str], ...]:
        """The resource's tags, each key once, sorted."""
        return tags_in(self.values.get("tags"))

    @property
    def last_refreshed(self) -> str:
        return utc_time(self.values.get("lastRefreshTimestamp"))


def tags_in(value: object) -> tuple[tuple[str, str], ...]:
    """The tags in a list of keys and values; a key that comes twice keeps its first value."""
    found: dict[str, str] = {}
    for tag in map(members, listed(value)):
        key = text(tag.get("key"))
        if key:
            found.setdefault(key, text(tag.get("value")))
    return tuple(sorted(found.items()))


def utc_time(value: object) -> str:
    """The time in UTC as ISO 8601 writes it; "" where none is told that can be read."""
    try:
        told = datetime.fromisoformat(text(value))
        return (told if told.tzinfo else told.replace(tzinfo=UTC)).astimezone(UTC).isoformat()
    except (ValueError, OverflowError):
        return ""


def arn_in(value: object) -> str:
    """The ARN without a function's version; "" where the text is none."""
    parts = text(value).split(":")
    if len(parts) < 6 or parts[0] != "arn":
        return ""
    return ":".join(parts[:7] if parts[2] == "lambda" else parts)


Proposed = Recommendation | Unreadable


def rows(evidence: Evidence, operation: str, member: str) -> Iterator[Row | Unreadable]:
    """Every row of this list; what is no structure, or a list that is none, is Unreadable."""
    for page in evidence.of(operation):
        found = page.response.get(member)
        if found is not None and not isinstance(found, list):
            yield Unreadable(page.source, page.region)
            continue
        for index, values in enumerate(found or []):
            if members(values):
                yield Row(page, f"/{member}/{index}", values, evidence.account_id)
            else:
                yield Unreadable(page.source, page.region)


def named(recommendation: Recommendation) -> bool:
    """Whether it says what it is about; only a commitment is about no resource."""
    return bool(recommendation.resource_id) or recommendation.action_type in COMMITMENTS


def status_with_unreadable(status: SourceStatus, unreadable: Iterable[Unreadable]) -> SourceStatus:
    """The status, a gap where the source gave rows that nobody could make anything of."""
    count = sum((one.source, one.region) == (status.source, status.region) for one in unreadable)
    if not count:
        return status
    told = f"{count} row{'s' if count > 1 else ''} of its answers could not be understood and are left out."
    state = status.state if status.is_gap else SourceState.ERROR
    return replace(status, state=state, detail=" ".join(filter(None, (told, status.detail))))
