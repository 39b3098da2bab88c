"""Cost Optimization Hub's own total: pure."""

from workflows.cost_review.documents import Evidence, RecordedResponse
from workflows.deduped_total import DedupedTotal
from workflows.members import figure, text
from workflows.recommendation import EvidencePointer

OPERATION, MEMBER = "ListRecommendationSummaries", "estimatedTotalDedupedSavings"


def deduped_total(evidence: Evidence) -> DedupedTotal | None:
    """The total that each page repeats, taken once; None where the Hub was not asked for it.

    Unknown where pages are of different totals: something changed between them, and nobody can tell which stands.
    """
    pages = evidence.of(OPERATION)
    if not pages:
        return None
    told = {(text(page.response.get(MEMBER)), text(page.response.get("currencyCode"))) for page in pages}
    if len(told) > 1:
        return DedupedTotal(None, "", "Its pages give different totals.", tuple(map(_pointer, pages)))
    ((_, currency),) = told
    total = figure(pages[0].response.get(MEMBER), "its total")
    evidence_of_it = (_pointer(pages[0]),)
    if total.value is None:
        return DedupedTotal(None, currency, total.note or "It gives no total.", evidence_of_it)
    if not currency:
        return DedupedTotal(None, "", "Its total has no currency.", evidence_of_it)
    return DedupedTotal(total.value, currency, "", evidence_of_it)


def _pointer(page: RecordedResponse) -> EvidencePointer:
    return page.pointer(f"/{MEMBER}", page.response.get(MEMBER))
