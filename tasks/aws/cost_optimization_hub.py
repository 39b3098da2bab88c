"""Cost Optimization Hub. It exists only in us-east-1, whatever region its endpoint's name is built for."""

from tasks.aws.reading import Reader, rows_in
from workflows.errors import NotEnrolled, SourceError, Throttled
from workflows.members import folded, members

REGION = "us-east-1"
SERVICE = "cost-optimization-hub"
ROWS_A_PAGE = 1000


def read_recommendations(reader: Reader) -> int:
    """Every recommendation, the alternatives on one resource included, and with which prices they are worked out."""
    probe(reader)
    pages = reader.pages(SERVICE, "ListRecommendations", includeAllRecommendations=True, maxResults=ROWS_A_PAGE)
    rows = sum(len(rows_in(page, "items")) for page in pages)
    _read_preferences(reader)
    return rows


def _read_preferences(reader: Reader) -> None:
    """Preferences that cannot be read leave the prices unknown; the recommendations stand without them."""
    try:
        reader.ask(SERVICE, "GetPreferences")
    except Throttled:
        raise
    except SourceError as error:
        reader.notes.append(f"Whether its savings are before or after discounts is unknown: {error}")


def probe(reader: Reader) -> int:
    """Asks whether the account is enrolled; NotEnrolled where it is not."""
    items = rows_in(reader.ask(SERVICE, "ListEnrollmentStatuses", includeOrganizationInfo=False), "items")
    if not any(folded(members(item).get("status")) == "active" for item in items):
        raise NotEnrolled("The account is not enrolled in Cost Optimization Hub.")
    return len(items)
