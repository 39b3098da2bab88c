"""Trusted Advisor's own API. Its recommendations are account-wide and are read in us-east-1."""

from tasks.aws.reading import Reader

REGION = "us-east-1"
ROWS_A_PAGE = 200
COST = "cost_optimizing"
HAS_FINDINGS = frozenset({"warning", "error"})


def read_recommendations(reader: Reader) -> int:
    """The cost checks (their column headers), the cost recommendations, and the resources of those with findings."""
    service = "trustedadvisor"
    for _ in reader.pages(service, "ListChecks", pillar=COST, language="en", maxResults=ROWS_A_PAGE):
        pass
    found = [
        recommendation
        for page in reader.pages(service, "ListRecommendations", pillar=COST, maxResults=ROWS_A_PAGE)
        for recommendation in page.get("recommendationSummaries", [])
    ]
    for recommendation in found:
        if recommendation.get("status") in HAS_FINDINGS:
            arn = recommendation["arn"]
            for _ in reader.pages(service, "ListRecommendationResources", recommendationIdentifier=arn):
                pass
    return len(found)


def probe(reader: Reader) -> int:
    """One free request that shows whether the API can be read."""
    return len(reader.ask("trustedadvisor", "ListRecommendations", pillar=COST, maxResults=1))
