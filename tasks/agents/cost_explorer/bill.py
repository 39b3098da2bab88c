"""Cost Explorer's answers as lines of a bill: checked, complete, and nothing guessed."""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from workflows.cost_review.documents import Evidence, RecordedResponse
from workflows.errors import MalformedResponse
from workflows.members import folded
from workflows.money import amount, total

CREDITS = frozenset({"credit", "refund"})
TAXES = frozenset({"tax"})
"""Record types, folded: AWS writes words in more than one case."""
DIMENSION = "DIMENSION"
PAGE_TOKENS = ("NextPageToken", "NextToken")


@dataclass(frozen=True)
class Line:
    """One bucket's cost of one group; day is the first that the bucket covers."""

    day: date
    group: tuple[str, ...]
    billed_cost: Decimal
    effective_cost: Decimal
    currency: str
    estimated: bool

    @property
    def is_credit(self) -> bool:
        return folded(self.group[1]) in CREDITS

    @property
    def is_tax(self) -> bool:
        return folded(self.group[1]) in TAXES


def bill_lines(evidence: Evidence, operation: str, by: str, kind: str = DIMENSION) -> Iterator[Line]:
    """The lines of the questions grouped by this dimension (or cost category) first, if answered to the end.

    A line that comes twice (AWS gives a page again under another token) is one; one that comes with two costs is
    MalformedResponse.
    """
    told: dict[tuple[date, tuple[str, ...]], Line] = {}
    for page in complete_pages(evidence, operation, by, kind):
        asked = len(page.parameters["GroupBy"])
        for bucket in structures(page.response, "ResultsByTime"):
            for group in structures(bucket, "Groups"):
                line = _line(bucket, group, asked)
                if told.setdefault((line.day, line.group), line) != line:
                    raise MalformedResponse(f"Cost Explorer gave two costs for {line.day} and {line.group}.")
    yield from told.values()


def complete_pages(evidence: Evidence, operation: str, by: str, kind: str = DIMENSION) -> list[RecordedResponse]:
    """The pages of those questions whose last page was read: half a bill, added up, would be a wrong figure."""
    # A cost category may be called like a dimension.
    grouped = {"Type": kind, "Key": by}
    pages = [page for page in evidence.of(operation) if page.parameters["GroupBy"][0] == grouped]
    return answered_to_the_end(pages)


def answered_to_the_end(pages: Sequence[RecordedResponse]) -> list[RecordedResponse]:
    """The pages of those questions whose last page leads to no other."""
    last = {_question(page): page for page in pages}
    return [page for page in pages if not any(last[_question(page)].response.get(token) for token in PAGE_TOKENS)]


def _question(page: RecordedResponse) -> str:
    return json.dumps({name: value for name, value in page.parameters.items() if name not in PAGE_TOKENS})


def structures(holder: Mapping[str, Any], member: str) -> list[Mapping[str, Any]]:
    """The rows that stand there, none where AWS left them out; MalformedResponse where something else does."""
    rows = holder.get(member)
    if rows is None:
        return []
    if not isinstance(rows, list) or not all(isinstance(row, Mapping) for row in rows):
        raise MalformedResponse(f"Cost Explorer gave {member} of another form than rows.")
    return rows


def _line(bucket: Mapping[str, Any], group: Mapping[str, Any], asked: int) -> Line:
    try:
        billed, effective = group["Metrics"]["UnblendedCost"], group["Metrics"]["AmortizedCost"]
        line = Line(
            day=day_of(bucket["TimePeriod"]["Start"]),
            group=tuple(group["Keys"]),
            billed_cost=known(billed.get("Amount")),
            effective_cost=known(effective.get("Amount")),
            currency=currency_of(billed["Unit"]),
            estimated=bool(bucket.get("Estimated")),
        )
        of_effective = currency_of(effective["Unit"])
    except KeyError as error:
        raise MalformedResponse(f"Cost Explorer gave a cost without {error}.") from error
    except (AttributeError, TypeError) as error:
        raise MalformedResponse(f"Cost Explorer gave a cost of another form: {error}.") from error
    if len(line.group) != asked or not all(isinstance(key, str) for key in line.group):
        raise MalformedResponse(f"Cost Explorer grouped by {line.group} instead of {asked} keys.")
    if of_effective != line.currency:
        raise MalformedResponse(f"Cost Explorer gave one cost in {line.currency} and in {of_effective}.")
    return line


def currency_of(unit: object) -> str:
    """The currency's code; MalformedResponse where there is none: an amount of nothing cannot be added to another."""
    if not isinstance(unit, str) or not unit.strip().isalpha():
        raise MalformedResponse(f"Cost Explorer gave {str(unit)[:40]!r} for a currency.")
    return unit.strip().upper()


def known(value: object) -> Decimal:
    """The amount; MalformedResponse where there is none: an unknown cost is not nothing."""
    parsed = amount(value)
    if parsed is None:
        raise MalformedResponse("Cost Explorer gave a cost without an amount.")
    return parsed


def day_of(text: object) -> date:
    """The day in "2026-11-09" and in "2026-11-09T00:00:00Z", as AWS writes both; MalformedResponse for others."""
    try:
        return date.fromisoformat(str(text)[:10])
    except ValueError as error:
        raise MalformedResponse(f"Cost Explorer gave {str(text)[:40]!r} for a day.") from error


def one_currency(lines: Iterable[Line]) -> str:
    """The currency of all lines; MalformedResponse where there are several, because they cannot be added up."""
    currencies = sorted({line.currency for line in lines})
    if len(currencies) != 1:
        raise MalformedResponse(f"One bill in several currencies cannot be added up: {', '.join(currencies)}.")
    return currencies[0]


def billed(lines: Iterable[Line]) -> Decimal:
    return total(line.billed_cost for line in lines)


def effective(lines: Iterable[Line]) -> Decimal:
    return total(line.effective_cost for line in lines)


def by_day(lines: Iterable[Line], *, amortized: bool = False) -> dict[date, Decimal]:
    """Each day's cost, for the days that have a line."""
    days: defaultdict[date, list[Decimal]] = defaultdict(list)
    for line in lines:
        days[line.day].append(line.effective_cost if amortized else line.billed_cost)
    return {day: total(costs) for day, costs in sorted(days.items())}
