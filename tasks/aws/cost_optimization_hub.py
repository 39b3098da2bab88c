"""Cost Optimization Hub. It exists only in us-east-1, whatever region its endpoint's name is built for."""

import re
from collections.abc import Callable, Iterable

from tasks.aws.reading import Reader, note_refreshed, rows_in
from workflows.cost_review.documents import RecordedResponse
from workflows.errors import NotEnrolled, SourceError, Throttled
from workflows.members import folded, listed, members, text

REGION = "us-east-1"
SERVICE = "cost-optimization-hub"
ROWS_A_PAGE = 1000
REGION_NAME = re.compile(r"[a-z]{2,}(-[a-z]+)+-\d+")


def read_recommendations(reader: Reader) -> int:
    """Every recommendation, alternatives included, with which prices they are worked out, and the Hub's own total."""
    _enrolled(reader)
    pages = reader.pages(SERVICE, "ListRecommendations", includeAllRecommendations=True, maxResults=ROWS_A_PAGE)
    rows = sum(len(rows_in(page, "items")) for page in pages)
    _read_beside(reader, "Whether its savings are before or after discounts is unknown", _read_preferences)
    _read_beside(reader, "What it counts itself is unknown", _read_summaries)
    return rows


def _read_preferences(reader: Reader) -> None:
    reader.ask(SERVICE, "GetPreferences")


def _read_summaries(reader: Reader) -> None:
    """The Hub's total without what excludes each other, over everything; each page repeats it."""
    for _ in reader.pages(SERVICE, "ListRecommendationSummaries", groupBy="ActionType", maxResults=ROWS_A_PAGE):
        pass


def _read_beside(reader: Reader, unknown: str, reads: Callable[[Reader], None]) -> None:
    """What cannot be read leaves something unknown, which is noted; the recommendations stand without it."""
    try:
        reads(reader)
    except Throttled:
        raise
    except SourceError as error:
        reader.notes.append(f"{unknown}: {error}")


def probe(reader: Reader) -> int:
    """Whether the account is enrolled and its recommendations may be read, by free requests; NotEnrolled if not."""
    enrolments = _enrolled(reader)
    page = reader.ask(SERVICE, "ListRecommendations", includeAllRecommendations=True, maxResults=1)
    note_refreshed(reader, rows_in(page, "items"), "lastRefreshTimestamp")
    return enrolments


def _enrolled(reader: Reader) -> int:
    items = rows_in(reader.ask(SERVICE, "ListEnrollmentStatuses", includeOrganizationInfo=False), "items")
    if not any(folded(members(item).get("status")) == "active" for item in items):
        raise NotEnrolled("The account is not enrolled in Cost Optimization Hub.")
    return len(items)


def regions_in(responses: Iterable[RecordedResponse]) -> tuple[str, ...]:
    """The regions in which it has a finding, sorted; what is global is in none."""
    items = (row for page in responses for row in listed(page.response.get("items")))
    named = {text(members(item).get("region")) for item in items}
    return tuple(sorted(region for region in named if REGION_NAME.fullmatch(region)))
