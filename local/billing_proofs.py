"""What the bill says of one opportunity's resource and service, added up again from the stored lines of the bill.

A review keeps the sums; the lines lie in the evidence. So that a sum can be proven without a pointer for each line in
every report, the lines are found again here, and each is named by its request and its place.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from tasks.agents.cost_explorer.bill import CREDITS, TAXES, complete_pages, day_of
from workflows.calendar import first_of_previous_month, judged_month
from workflows.cost_review.audit.amounts import raw_amount
from workflows.cost_review.audit.bill import line_of
from workflows.cost_review.documents import Evidence, RecordedResponse
from workflows.json_pointer import resolved
from workflows.members import folded
from workflows.money import in_full, total
from workflows.recommendation import EvidencePointer
from workflows.resource_keys import BILLED_AS, ResourceName, billing_ids
from workflows.savings.resizing import SERVICES_BY_TYPE

Json = Mapping[str, Any]
BILLED, AMORTIZED = "UnblendedCost", "AmortizedCost"
ON_DEMAND = "/OnDemandCost"
BY_COMMITMENTS = frozenset({"owned_commitments", "resized"})
SETTLING = timedelta(days=1)
WEEK = timedelta(days=7)


@dataclass(frozen=True)
class Line:
    """One line of the bill: its day, its keys, and where each of its costs stands."""

    day: date
    keys: tuple[str, ...]
    costs: Mapping[str, EvidencePointer]


@dataclass(frozen=True)
class Added:
    """A sum that the report rests on, beside what its lines come to; problem is "" where that is the same."""

    what: str
    figure: str
    stated: str | None
    added: str | None
    lines: tuple[EvidencePointer, ...]
    problem: str


def billing_proofs(report: Json, opportunity: Json, evidence: Iterable[Evidence]) -> tuple[Added, ...]:
    """The sums of the report's bill that bound and back the opportunity, each added up again.

    Those of a purchase are the services that it could discount; where owned commitments bound an amount, what they
    leave at on-demand rates.
    """
    as_of, bill, kept = date.fromisoformat(report["review"]["as_of"]), report["bill"], tuple(evidence)
    key, names = line_of(opportunity), _services(opportunity)
    resources = (row for row in bill["resources"] if row["resource_key"] == key)
    services = (row for row in bill["services"] if row["service_name"] in names)
    by_commitments = any(one["step"] in BY_COMMITMENTS for one in opportunity["deductions"])
    return (
        *(_of_resource(row, opportunity, kept, as_of) for row in resources),
        *(added for row in services for added in _of_service(row, kept, as_of)),
        *(_of_commitment(row, kept) for row in (report["commitments"] if by_commitments else ())),
    )


def _services(opportunity: Json) -> Sequence[str]:
    kind = opportunity["resource_type"]
    if opportunity["optimization_type"] != "Usage":
        return SERVICES_BY_TYPE.get(kind, ())
    return [BILLED_AS[kind]] if kind in BILLED_AS else []


def _of_commitment(row: Json, evidence: Sequence[Evidence]) -> Added:
    """What one family of commitments leaves at on-demand rates, read again where its evidence says that it stands."""
    pages = {(f"{page.service}:{page.operation}", page.request_id): page for one in evidence for page in one.responses}
    told = [one for one in row["evidence"] if one["pointer"].endswith(ON_DEMAND)]
    lines = [
        Line(date.fromisoformat(row["start"]), (), {ON_DEMAND: page.pointer(at, resolved(page.response, at))})
        for one in told
        if (page := pages.get((one["operation"], one["request_id"]))) and (at := one["pointer"])
    ]
    what, stated = f"what {row['kind']} leave over", row["on_demand_cost_exact"]
    if stated is None:
        return Added(what, "on_demand_cost", None, None, (), "")
    return _added(what, "on_demand_cost", stated, lines, ON_DEMAND)


def _of_resource(row: Json, opportunity: Json, evidence: Sequence[Evidence], as_of: date) -> Added:
    kind = row["resource_key"].split("/")[2]
    name = ResourceName(opportunity["account_id"], opportunity["region_id"], kind, opportunity["resource_id"])
    ids = billing_ids(name)
    lines = [
        line
        for line in _lines(evidence, "GetCostAndUsageWithResources", "RESOURCE_ID")
        if line.keys[0] in ids and line.day < as_of - SETTLING
    ]
    return _added(row["resource_key"], "effective_cost", row["effective_cost_exact"], lines, AMORTIZED)


def _of_service(row: Json, evidence: Sequence[Evidence], as_of: date) -> Iterator[Added]:
    """The four paces of a service; what the bill says of a day that is not in them takes no part."""
    month = judged_month(as_of)
    before = first_of_previous_month(month)
    mine = [
        line
        for line in _lines(evidence, "GetCostAndUsage", "SERVICE")
        if line.keys[0] == row["service_name"] and folded(line.keys[1]) not in CREDITS | TAXES
    ]
    paces: Sequence[tuple[str, str, Callable[[date], bool]]] = (
        ("previous_month", BILLED, lambda day: before <= day < month),
        ("previous_month_effective", AMORTIZED, lambda day: before <= day < month),
        ("last_7_days", AMORTIZED, lambda day: as_of - WEEK <= day < as_of),
        ("month_to_date_effective", AMORTIZED, lambda day: month <= day < as_of),
    )
    for name, cost, is_in in paces:
        if (stated := row[f"{name}_exact"]) is not None:
            yield _added(row["service_name"], name, stated, [line for line in mine if is_in(line.day)], cost)


def _added(what: str, figure: str, stated: str, lines: Sequence[Line], cost: str) -> Added:
    pointers = tuple(line.costs[cost] for line in lines)
    amounts = [raw_amount(pointer.raw) for pointer in pointers]
    if None in amounts:
        return Added(what, figure, stated, None, pointers, f"{figure} of {what} has a line without an amount")
    added = total(amounts)
    same = added == Decimal(stated)
    problem = "" if same else f"{figure} of {what} is {stated}, and its {len(lines)} stored lines come to {added:f}"
    return Added(what, figure, stated, in_full(added), pointers, problem)


def _lines(evidence: Sequence[Evidence], operation: str, by: str) -> Iterator[Line]:
    """Each line once, though a page may be given twice."""
    seen: set[tuple[date, tuple[str, ...]]] = set()
    for one in evidence:
        for page in complete_pages(one, operation, by):
            for line in _of_page(page):
                if (line.day, line.keys) not in seen:
                    seen.add((line.day, line.keys))
                    yield line


def _of_page(page: RecordedResponse) -> Iterator[Line]:
    for at, bucket in enumerate(page.response.get("ResultsByTime") or ()):
        day = day_of(bucket["TimePeriod"]["Start"])
        for place, group in enumerate(bucket.get("Groups") or ()):
            costs = {
                name: page.pointer(f"/ResultsByTime/{at}/Groups/{place}/Metrics/{name}/Amount", metric.get("Amount"))
                for name, metric in group["Metrics"].items()
            }
            yield Line(day, tuple(group["Keys"]), costs)
