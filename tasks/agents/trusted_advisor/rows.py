"""The answers of Trusted Advisor's two APIs become rows of one shape, and what it states for whole checks.

The trustedadvisor API keeps cells in a map by position and headers in ListChecks, the Support API keeps cells in a
list and headers in DescribeTrustedAdvisorChecks. Members are read without trusting their type: what is missing, null
or of another type is unknown.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from tasks.agents.trusted_advisor.columns import CURRENCY, Row, folded_header, known_money
from workflows.cost_review.documents import Evidence, RecordedResponse
from workflows.members import Json, folded, listed, members, text
from workflows.recommendation import StatedSavings
from workflows.sources import Source

FLAGGED = frozenset({"warning", "error"})
STANDARD = "standard"
PILLAR = "costoptimizing"


@dataclass(frozen=True)
class Check:
    """One check that flags something, as one of the APIs sums it up.

    has_rows     whether its rows were read
    ignored      why nothing of it counts ("" where it counts)
    stated       what Trusted Advisor claims for it as a whole, None where the check itself is in order
    """

    check_id: str
    name: str
    has_rows: bool
    ignored: str
    stated: StatedSavings | None


def rows(evidence: Evidence) -> tuple[Row, ...]:
    """Every row that is not in order, of whichever API was read; excluded ones are marked."""
    return (*_rows_of_api(evidence), *_rows_of_legacy(evidence))


def checks(evidence: Evidence) -> tuple[Check, ...]:
    """Every check that flags something, or should; of whichever API was read."""
    return (*_checks_of_api(evidence), *_checks_of_legacy(evidence))


def never_refreshed(evidence: Evidence) -> tuple[str, ...]:
    """The names of checks of which Trusted Advisor has no result: that is not the same as nothing found."""
    named = _described(evidence, "DescribeTrustedAdvisorChecks", "checks")
    return tuple(
        text(named.get(text(summary.get("checkId")), {}).get("name")) or text(summary.get("checkId"))
        for summary in _summaries(evidence)
        if folded(summary.get("status")) == "notavailable"
    )


# ---- the trustedadvisor API


def _recommendations(evidence: Evidence) -> Iterator[Json]:
    for page in evidence.of("ListRecommendations"):
        for recommendation in listed(page.response.get("recommendationSummaries")):
            yield members(recommendation)


def _rows_of_api(evidence: Evidence) -> Iterator[Row]:
    described = _described(evidence, "ListChecks", "checkSummaries")
    by_arn = {text(one.get("arn")): one for one in _recommendations(evidence) if not _ignored(one)}
    for page in evidence.of("ListRecommendationResources"):
        asked = text(page.parameters.get("recommendationIdentifier"))
        recommendation = by_arn.get(asked)
        if recommendation is None:
            continue
        headers = members(described.get(_check_id(recommendation), {}).get("metadata"))
        for index, resource in enumerate(listed(page.response.get("recommendationResourceSummaries"))):
            if folded(members(resource).get("status")) in FLAGGED:
                yield _row_of_api(page, index, members(resource), recommendation, headers)


def _row_of_api(page: RecordedResponse, index: int, resource: Json, recommendation: Json, headers: Json) -> Row:
    base = f"/recommendationResourceSummaries/{index}/metadata"
    # Keys are positions: headers and cells are joined by them, whatever order they come in.
    cells = [
        (text(headers.get(key)) or str(key), f"{base}/{_escaped(str(key))}", cell)
        for key, cell in members(resource.get("metadata")).items()
    ]
    return Row(
        source=Source.TRUSTED_ADVISOR,
        check_id=_check_id(recommendation),
        check_name=text(recommendation.get("name")) or _check_id(recommendation),
        region=text(resource.get("regionCode")),
        own_id=text(resource.get("awsResourceId")),
        excluded=folded(resource.get("exclusionStatus")) == "excluded",
        columns=frozenset(folded_header(text(header)) for header in headers.values()),
        cells={folded_header(header): text(cell) for header, _, cell in cells},
        places={folded_header(header): page.pointer(place, cell) for header, place, cell in cells},
    )


def _checks_of_api(evidence: Evidence) -> Iterator[Check]:
    read = {
        text(page.parameters.get("recommendationIdentifier")) for page in evidence.of("ListRecommendationResources")
    }
    for recommendation in _recommendations(evidence):
        counts = members(recommendation.get("resourcesAggregates"))
        flagged = folded(recommendation.get("status")) in FLAGGED
        if not flagged and not _count(counts.get("excludedCount")):
            continue
        claimed = members(members(recommendation.get("pillarSpecificAggregates")).get("costOptimizing"))
        stated = StatedSavings(
            source=Source.TRUSTED_ADVISOR,
            name=text(recommendation.get("name")),
            reference=_check_id(recommendation),
            estimated_monthly_savings=_claim(claimed),
            billing_currency=CURRENCY,
            resources=_count(counts.get("warningCount")) + _count(counts.get("errorCount")),
        )
        yield Check(
            stated.reference,
            stated.name,
            text(recommendation.get("arn")) in read,
            _ignored(recommendation),
            stated if flagged else None,
        )


def _check_id(recommendation: Json) -> str:
    return (text(recommendation.get("checkArn")) or text(recommendation.get("arn"))).rpartition("/")[2]


def _ignored(recommendation: Json) -> str:
    """Why it is none of ours: prioritized items repeat standard ones, for people rather than for sums."""
    kind = folded(recommendation.get("type")) or STANDARD
    if kind != STANDARD:
        return f"it is a {kind} recommendation"
    pillars = [folded(pillar) for pillar in listed(recommendation.get("pillars"))]
    return "" if PILLAR in pillars or not pillars else "it is not about costs"


# ---- the Support API


def _summaries(evidence: Evidence) -> Iterator[Json]:
    for page in evidence.of("DescribeTrustedAdvisorCheckSummaries"):
        for summary in listed(page.response.get("summaries")):
            yield members(summary)


def _rows_of_legacy(evidence: Evidence) -> Iterator[Row]:
    described = _described(evidence, "DescribeTrustedAdvisorChecks", "checks")
    for answer in evidence.of("DescribeTrustedAdvisorCheckResult"):
        result = members(answer.response.get("result"))
        check_id = text(result.get("checkId")) or text(answer.parameters.get("checkId"))
        for index, resource in enumerate(listed(result.get("flaggedResources"))):
            if folded(members(resource).get("status")) in FLAGGED:
                yield _row_of_legacy(answer, index, members(resource), check_id, described.get(check_id, {}))


def _row_of_legacy(answer: RecordedResponse, index: int, resource: Json, check_id: str, check: Json) -> Row:
    base = f"/result/flaggedResources/{index}/metadata"
    headers = listed(check.get("metadata"))
    cells = [
        (text(headers[place]) if place < len(headers) else str(place), f"{base}/{place}", cell)
        for place, cell in enumerate(listed(resource.get("metadata")))
    ]
    return Row(
        source=Source.TRUSTED_ADVISOR_LEGACY,
        check_id=check_id,
        check_name=text(check.get("name")) or check_id,
        region=text(resource.get("region")),
        own_id=text(resource.get("resourceId")),
        excluded=resource.get("isSuppressed") is True,
        columns=frozenset(folded_header(text(header)) for header in headers),
        cells={folded_header(header): text(cell) for header, _, cell in cells},
        places={folded_header(header): answer.pointer(place, cell) for header, place, cell in cells},
    )


def _checks_of_legacy(evidence: Evidence) -> Iterator[Check]:
    described = _described(evidence, "DescribeTrustedAdvisorChecks", "checks")
    read = {text(answer.parameters.get("checkId")) for answer in evidence.of("DescribeTrustedAdvisorCheckResult")}
    for summary in _summaries(evidence):
        counts = members(summary.get("resourcesSummary"))
        flagged = folded(summary.get("status")) in FLAGGED
        if not flagged and not _count(counts.get("resourcesSuppressed")):
            continue
        check_id = text(summary.get("checkId"))
        stated = StatedSavings(
            source=Source.TRUSTED_ADVISOR_LEGACY,
            name=text(described.get(check_id, {}).get("name")) or check_id,
            reference=check_id,
            estimated_monthly_savings=_claim(
                members(members(summary.get("categorySpecificSummary")).get("costOptimizing"))
            ),
            billing_currency=CURRENCY,
            resources=_count(counts.get("resourcesFlagged")),
        )
        yield Check(check_id, stated.name, check_id in read, "", stated if flagged else None)


# ---- both


def _described(evidence: Evidence, operation: str, member: str) -> Mapping[str, Json]:
    """What is said about each check, by its id."""
    return {
        text(members(check).get("id")): members(check)
        for page in evidence.of(operation)
        for check in listed(page.response.get(member))
    }


def _escaped(key: str) -> str:
    """The key as a JSON pointer has it (RFC 6901)."""
    return key.replace("~", "~0").replace("/", "~1")


def _claim(claimed: Json) -> Decimal | None:
    """A total that cannot be read is unknown: it is shown beside ours and never part of it."""
    return known_money(text(claimed.get("estimatedMonthlySavings")))


def _count(value: Any) -> int:
    number = known_money(text(value))
    return int(number) if number is not None else 0
