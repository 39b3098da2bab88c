"""Trusted Advisor's evidence becomes recommendations: pure, the same for both of its APIs."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from tasks.agents.trusted_advisor.checks import (
    ACTION_HEADER,
    ACTIONS_BY_TEXT,
    CHECKS,
    COST_HEADERS,
    CURRENT_HEADERS,
    NAME_HEADERS,
    RECOMMENDED_HEADER,
    REGION_HEADERS,
    RESOURCE_HEADERS,
    SAVINGS_HEADERS,
)
from tasks.agents.trusted_advisor.spec import SPEC
from tasks.agents.work import Heard
from workflows.cost_review.documents import Evidence, Findings, RecordedResponse
from workflows.cost_review.request import Review
from workflows.errors import MalformedResponse
from workflows.money import amount
from workflows.recommendation import (
    COMMITMENTS,
    ActionType,
    EvidencePointer,
    HoursBasis,
    Recommendation,
    SavingsBasis,
    StatedSavings,
)
from workflows.resource_keys import resource_name
from workflows.sources import Source

CURRENCY = "USD"
"""Trusted Advisor states its savings in US dollars."""
FLAGGED = frozenset({"warning", "error"})


@dataclass(frozen=True)
class Row:
    """One resource that a check flags, its cells by header and each cell's place in the response."""

    check_id: str
    check_name: str
    region: str
    cells: Mapping[str, str]
    places: Mapping[str, EvidencePointer]
    source: Source

    def first(self, headers: Sequence[str]) -> str:
        return next((self.cells[header] for header in headers if self.cells.get(header)), "")


def analyse(evidence: Evidence, _review: Review, _heard: Heard) -> Findings:
    """What Trusted Advisor flags, a recommendation a resource, and what it claims for each check as a whole."""
    rows = [*_rows_of_api(evidence), *_rows_of_legacy(evidence)]
    stated = [*_stated_by_api(evidence), *_stated_by_legacy(evidence)]
    return Findings(
        agent=SPEC.name,
        account_id=evidence.account_id,
        sources=evidence.sources,
        recommendations=tuple(_recommendation(row, evidence.account_id) for row in rows),
        stated=tuple(stated),
    )


def _recommendation(row: Row, account_id: str) -> Recommendation:
    meaning = CHECKS.get(row.check_id)
    action = meaning.action_type if meaning else ActionType.REVIEW
    if action is ActionType.REVIEW:
        action = ACTIONS_BY_TEXT.get(row.cells.get(ACTION_HEADER, "").lower(), ActionType.REVIEW)
    where = resource_name(
        "" if action in COMMITMENTS else row.first(RESOURCE_HEADERS),
        account_id=account_id,
        region_id=row.first(REGION_HEADERS) or row.region,
        of_type=meaning.resource_type if meaning else f"TrustedAdvisorCheck:{row.check_id}",
    )
    savings, note = _savings(row)
    return Recommendation(
        source=row.source,
        agent=SPEC.name,
        action_type=action,
        account_id=where.account_id,
        region_id=where.region_id,
        resource_type=where.resource_type,
        resource_id=where.resource_id,
        resource_name=row.first(NAME_HEADERS),
        estimated_monthly_savings=savings,
        billing_currency=CURRENCY,
        savings_basis=SavingsBasis.UNKNOWN if row.check_id.startswith("c1z7kmr") else SavingsBasis.LIST,
        hours_basis=meaning.hours_basis if meaning else HoursBasis.UNKNOWN,
        current_resource_summary=row.first(CURRENT_HEADERS),
        recommended_resource_summary=row.cells.get(RECOMMENDED_HEADER, ""),
        estimated_monthly_cost_before=_known(row.first(COST_HEADERS)),
        notes=(note,) if note else (),
        evidence=tuple(row.places[header] for header in (*SAVINGS_HEADERS, *COST_HEADERS) if header in row.places),
    )


def _savings(row: Row) -> tuple[Decimal | None, str]:
    header = next((header for header in SAVINGS_HEADERS if header in row.cells), None)
    if header is None:
        return None, f"Trusted Advisor's check {row.check_name!r} names no saving for a single resource."
    if row.check_id not in CHECKS:
        said = f"it states {row.cells[header] or 'nothing'} a month"
        return None, f"Trusted Advisor's check {row.check_name!r} is not known here and does not count; {said}."
    try:
        return amount(row.cells[header]), ""
    except MalformedResponse as error:
        return None, f"Trusted Advisor's saving cannot be read: {error}"


def _known(cell: str) -> Decimal | None:
    try:
        return amount(cell)
    except MalformedResponse:
        return None


# ---- the trustedadvisor API: cells in a map by position, headers in ListChecks


def _rows_of_api(evidence: Evidence) -> Iterator[Row]:
    headers = {
        check["id"]: check.get("metadata", {})
        for page in evidence.of("ListChecks")
        for check in page.response.get("checkSummaries", [])
    }
    recommendations = {
        recommendation["arn"]: recommendation
        for page in evidence.of("ListRecommendations")
        for recommendation in page.response.get("recommendationSummaries", [])
    }
    for page in evidence.of("ListRecommendationResources"):
        for index, resource in enumerate(page.response.get("recommendationResourceSummaries", [])):
            recommendation = recommendations.get(resource.get("recommendationArn"), {})
            if resource.get("status") in FLAGGED and resource.get("exclusionStatus") != "excluded":
                yield _row_of_api(page, index, resource, recommendation, headers)


def _row_of_api(
    page: RecordedResponse,
    index: int,
    resource: Mapping[str, Any],
    recommendation: Mapping[str, Any],
    headers: Mapping[str, Mapping[str, str]],
) -> Row:
    check_id = str(recommendation.get("checkArn", "")).rpartition("/")[2]
    names = headers.get(check_id, {})
    cells = {names.get(key, key): str(cell) for key, cell in resource.get("metadata", {}).items() if cell is not None}
    base = f"/recommendationResourceSummaries/{index}/metadata"
    places = {
        names.get(key, key): page.pointer(f"{base}/{key}", cell) for key, cell in resource.get("metadata", {}).items()
    }
    if not any(cells.get(header) for header in RESOURCE_HEADERS):
        cells["Resource ID"] = str(resource.get("awsResourceId", ""))
    name = str(recommendation.get("name", check_id))
    return Row(check_id, name, str(resource.get("regionCode", "")), cells, places, Source.TRUSTED_ADVISOR)


def _stated_by_api(evidence: Evidence) -> Iterator[StatedSavings]:
    for page in evidence.of("ListRecommendations"):
        for recommendation in page.response.get("recommendationSummaries", []):
            claimed = recommendation.get("pillarSpecificAggregates", {}).get("costOptimizing", {})
            counts = recommendation.get("resourcesAggregates", {})
            if recommendation.get("status") in FLAGGED:
                yield StatedSavings(
                    source=Source.TRUSTED_ADVISOR,
                    name=str(recommendation.get("name", "")),
                    reference=str(recommendation.get("checkArn", recommendation.get("arn", ""))).rpartition("/")[2],
                    estimated_monthly_savings=amount(claimed.get("estimatedMonthlySavings")),
                    billing_currency=CURRENCY,
                    resources=int(counts.get("warningCount", 0)) + int(counts.get("errorCount", 0)),
                )


# ---- the support API: cells in a list, headers in DescribeTrustedAdvisorChecks


def _rows_of_legacy(evidence: Evidence) -> Iterator[Row]:
    checks = _legacy_checks(evidence)
    for answer in evidence.of("DescribeTrustedAdvisorCheckResult"):
        result = answer.response.get("result", {})
        check = checks.get(result.get("checkId"), {})
        for index, resource in enumerate(result.get("flaggedResources", [])):
            if resource.get("status") in FLAGGED and not resource.get("isSuppressed"):
                headers, metadata = check.get("metadata", []), resource.get("metadata", [])
                cells = {header: str(cell) for header, cell in zip(headers, metadata, strict=False) if cell is not None}
                if not any(cells.get(header) for header in RESOURCE_HEADERS):
                    # Opaque, but the row's own: rows that name no resource must not be taken for one resource.
                    cells["Resource ID"] = str(resource.get("resourceId") or "")
                places = {
                    header: answer.pointer(f"/result/flaggedResources/{index}/metadata/{place}", cell)
                    for place, (header, cell) in enumerate(zip(headers, metadata, strict=False))
                }
                yield Row(
                    str(result.get("checkId", "")),
                    str(check.get("name", result.get("checkId", ""))),
                    str(resource.get("region") or ""),
                    cells,
                    places,
                    Source.TRUSTED_ADVISOR_LEGACY,
                )


def _stated_by_legacy(evidence: Evidence) -> Iterator[StatedSavings]:
    checks = _legacy_checks(evidence)
    for answer in evidence.of("DescribeTrustedAdvisorCheckSummaries"):
        for summary in answer.response.get("summaries", []):
            claimed = summary.get("categorySpecificSummary", {}).get("costOptimizing", {})
            if summary.get("status") in FLAGGED:
                yield StatedSavings(
                    source=Source.TRUSTED_ADVISOR_LEGACY,
                    name=str(checks.get(summary.get("checkId"), {}).get("name", summary.get("checkId", ""))),
                    reference=str(summary.get("checkId", "")),
                    estimated_monthly_savings=amount(claimed.get("estimatedMonthlySavings")),
                    billing_currency=CURRENCY,
                    resources=int(summary.get("resourcesSummary", {}).get("resourcesFlagged", 0)),
                )


def _legacy_checks(evidence: Evidence) -> dict[str, Mapping[str, Any]]:
    return {
        check["id"]: check
        for answer in evidence.of("DescribeTrustedAdvisorChecks")
        for check in answer.response.get("checks", [])
    }
