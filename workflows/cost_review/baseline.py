"""What a published review leaves to the next comparable one, as a small document; and who could not be heard.

Two reviews are comparable when they looked at the same with the same purpose: analysis type, scope and accounts.
"""

import hashlib
import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any

from pydantic import TypeAdapter, ValidationError

from workflows.cost_review.request import Review
from workflows.errors import InvalidContent
from workflows.savings.known import BILL, Baseline, Known, Unheard
from workflows.sources import Source, SourceState

BASELINE_CONTRACT = "finops.baseline/1"
STANDS_IN = {
    Source.TRUSTED_ADVISOR: Source.TRUSTED_ADVISOR_LEGACY,
    Source.TRUSTED_ADVISOR_LEGACY: Source.TRUSTED_ADVISOR,
}
"""Two APIs of one source: what one says, the other would have said."""
BY_REGION = frozenset({Source.COMPUTE_OPTIMIZER})
"""Sources that speak only of the region in which they are asked; the others speak of all."""
HEARD = frozenset({SourceState.AVAILABLE, SourceState.NO_DATA})
Json = Mapping[str, Any]


@dataclass(frozen=True)
class BaselineDocument:
    """The baseline as it is stored."""

    comparable: str
    baseline: Baseline
    contract: str = BASELINE_CONTRACT


@cache
def _adapter() -> TypeAdapter[BaselineDocument]:
    return TypeAdapter(BaselineDocument)


def comparable_key(review: Review, accounts: Collection[str], origin: str = "") -> str:
    """Sixteen hexadecimal digits that comparable reviews share; origin tells accounts of one id apart.

    The order in which the scope names things does not matter.
    """
    scope = {name: sorted(named) for name, named in review.scope.model_dump(mode="json").items()}
    told = json.dumps([review.analysis_type, scope, sorted(set(accounts)), origin], sort_keys=True)
    return hashlib.sha256(told.encode()).hexdigest()[:16]


def baseline_bytes(report: Json, comparable: str) -> bytes:
    """The baseline that a published report leaves; the same report gives the same bytes."""
    as_of = date.fromisoformat(report["review"]["as_of"])
    seen = known(report["opportunities"], as_of)
    named = {one.key for one in seen}
    unknown = map(_remembered, (report.get("changes") or {}).get("unknown", ()))
    baseline = Baseline(
        as_of=as_of,
        status=report["status"],
        seen=seen,
        remembered=tuple(one for one in unknown if one.key not in named),
        missing=tuple(sorted({str(row["source"]) for row in report["coverage"] if row["is_gap"]})),
        without_bill=without_bill_in(report["coverage"]),
    )
    return _adapter().dump_json(BaselineDocument(comparable, baseline))


def baseline_from(content: bytes, comparable: str) -> Baseline:
    """The baseline in stored content; InvalidContent where it is none, or one of reviews that do not compare."""
    try:
        document = _adapter().validate_json(content)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        raise InvalidContent(f"Stored content is no {BASELINE_CONTRACT}: {where}: {first['msg']}") from error
    if (document.contract, document.comparable) != (BASELINE_CONTRACT, comparable):
        raise InvalidContent(f"Stored content is {document.contract[:60]!r} of reviews that do not compare with this.")
    return document.baseline


def known(opportunities: Sequence[Json], as_of: date) -> tuple[Known, ...]:
    """What a report's opportunities look like to the next review."""
    return tuple(
        Known(
            opportunity_id=one["opportunity_id"],
            optimization_type=str(one["optimization_type"]),
            action_type=str(one["action_type"]),
            account_id=one["account_id"],
            region_id=one["region_id"],
            resource_type=one["resource_type"],
            resource_id=one["resource_id"],
            resource_name=one["resource_name"],
            billing_currency=one["billing_currency"],
            estimated=_decimal(one["estimated_monthly_savings"]),
            counted=Decimal(one["counted_monthly_savings_exact"]),
            not_counted=None if one["not_counted"] is None else str(one["not_counted"]),
            sources=tuple(map(str, one["sources"])),
            last_seen=as_of,
        )
        for one in opportunities
    )


def _remembered(row: Json) -> Known:
    return Known(
        **{name: row[name] for name in _SAME},
        estimated=_decimal(row["estimated_monthly_savings"]),
        counted=Decimal(row["counted_monthly_savings_exact"]),
        sources=tuple(row["sources"]),
        last_seen=date.fromisoformat(row["last_seen"]),
    )


_SAME = (
    "opportunity_id",
    "optimization_type",
    "action_type",
    "account_id",
    "region_id",
    "resource_type",
    "resource_id",
    "resource_name",
    "billing_currency",
    "not_counted",
)


def _decimal(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


def unheard_in(coverage: Sequence[Json]) -> Unheard:
    """Why a source could not be heard about a region, by the coverage matrix; nobody mentioned is nobody heard."""
    rows: dict[str, list[Json]] = {}
    for row in coverage:
        rows.setdefault(str(row["source"]), []).append(row)

    @cache
    def unheard(source: str, region_id: str) -> str:
        why = _why_unheard(rows.get(source, []), region_id, by_region=source in BY_REGION)
        other = rows.get(STANDS_IN.get(source, ""), [])  # type: ignore[call-overload]  # because a Source is a str
        return "" if why and any(row["state"] in HEARD for row in other) else why

    return unheard


def without_bill_in(coverage: Sequence[Json]) -> tuple[str, ...]:
    """The sources of the bill that have a line in the coverage matrix and could not be heard."""
    unheard, spoken_for = unheard_in(coverage), {str(row["source"]) for row in coverage}
    return tuple(source for source in BILL if source in spoken_for and unheard(source, ""))


def _why_unheard(rows: Sequence[Json], region_id: str, *, by_region: bool) -> str:
    mine = [row for row in rows if row["region"] in {"", region_id}] if by_region else rows
    if not mine:
        return f"it was not asked about {region_id}" if rows else "nobody spoke for it"
    silent = next((row for row in mine if row["is_gap"]), None)
    if silent is None and not any(row["state"] in HEARD for row in mine):
        silent = mine[0]
    return "" if silent is None else f"{silent['state']}: {silent['detail']}".rstrip(": ")
