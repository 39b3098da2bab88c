"""Trusted Advisor's own API. Its recommendations are account-wide and are read in us-east-1."""

from tasks.aws.reading import Reader, note_refreshed, rows_in
from workflows.errors import NotFound
from workflows.members import Json, folded, members, text
from workflows.money import amount

REGION = "us-east-1"
SERVICE = "trustedadvisor"
LANGUAGE = "en"
ROWS_A_PAGE = 200
RESOURCES_A_PAGE = 5000
COST = "cost_optimizing"
STANDARD = "standard"
HAS_FINDINGS = frozenset({"warning", "error"})


def read_recommendations(reader: Reader) -> int:
    """The cost checks (their column headers), the cost recommendations, and the resources of those with findings.

    Resources that somebody excluded are read too. Prioritized recommendations repeat standard ones, and an
    organization's are all of that kind: their resources are not asked for.
    """
    for _ in reader.pages(SERVICE, "ListChecks", pillar=COST, language=LANGUAGE, maxResults=ROWS_A_PAGE):
        pass
    pages = reader.pages(SERVICE, "ListRecommendations", pillar=COST, language=LANGUAGE, maxResults=ROWS_A_PAGE)
    found = [members(row) for page in pages for row in rows_in(page, "recommendationSummaries")]
    for recommendation in found:
        if _names_resources(recommendation):
            _read_resources(reader, text(recommendation.get("arn")))
    return len(found)


def probe(reader: Reader) -> int:
    """Whether each list that a review reads may be read, by free requests for a page at most."""
    page = reader.ask(SERVICE, "ListRecommendations", pillar=COST, language=LANGUAGE, maxResults=ROWS_A_PAGE)
    found = [members(row) for row in rows_in(page, "recommendationSummaries")]
    note_refreshed(reader, found, "lastUpdatedAt")
    if with_resources := next(filter(_names_resources, found), None):
        _first_resource(reader, text(with_resources.get("arn")))
    reader.ask(SERVICE, "ListChecks", pillar=COST, language=LANGUAGE, maxResults=1)
    return 1


def _names_resources(recommendation: Json) -> bool:
    standard = folded(recommendation.get("type")) in {"", STANDARD}
    excluded = amount(members(recommendation.get("resourcesAggregates")).get("excludedCount"))
    return standard and bool(folded(recommendation.get("status")) in HAS_FINDINGS or excluded)


def _read_resources(reader: Reader, arn: str) -> None:
    asked = {"recommendationIdentifier": arn, "language": LANGUAGE, "maxResults": RESOURCES_A_PAGE}
    try:
        for _ in reader.pages(SERVICE, "ListRecommendationResources", **asked):
            pass
    except NotFound:
        # It was resolved since the list was made; the analysis sees that its resources are not there, and says so.
        return


def _first_resource(reader: Reader, arn: str) -> None:
    try:
        reader.ask(
            SERVICE, "ListRecommendationResources", recommendationIdentifier=arn, language=LANGUAGE, maxResults=1
        )
    except NotFound:
        return  # it was resolved since, and the API answered
