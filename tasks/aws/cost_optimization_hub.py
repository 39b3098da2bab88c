"""Cost Optimization Hub. It exists only in us-east-1, whatever region its endpoint's name is built for."""

from tasks.aws.reading import Reader
from workflows.errors import NotEnrolled

REGION = "us-east-1"
SERVICE = "cost-optimization-hub"
ROWS_A_PAGE = 1000


def read_recommendations(reader: Reader) -> int:
    """Every recommendation, the alternatives on one resource included."""
    probe(reader)
    pages = reader.pages(SERVICE, "ListRecommendations", includeAllRecommendations=True, maxResults=ROWS_A_PAGE)
    return sum(len(page.get("items", [])) for page in pages)


def probe(reader: Reader) -> int:
    """Asks whether the account is enrolled; NotEnrolled where it is not."""
    items = reader.ask(SERVICE, "ListEnrollmentStatuses", includeOrganizationInfo=False).get("items", [])
    if not any(item.get("status") == "Active" for item in items):
        raise NotEnrolled("The account is not enrolled in Cost Optimization Hub.")
    return len(items)
