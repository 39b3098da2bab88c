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
from workflows.money import amount, total

CREDITS = frozenset({"Credit", "Refund"})
TAXES = frozenset({"Tax"})
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
        return self.group[1] in CREDITS

    @property
    def is_tax(self) -> bool:
        return self.group[1] in TAXES


def bill_lines(evidence: Evidence, operation: str, by: str) -> Iterator[Line]:
    """The lines of the questions grouped by this dimension first, as far as they were answered to the end."""
    for page in complete_pages(evidence, operation, by):
        asked = len(page.parameters["GroupBy"])
        for bucket in page.response.get("ResultsByTime") or []:
            for group in bucket.get("Groups") or []:
                yield _line(bucket, group, asked)


def complete_pages(evidence: Evidence, operation: str, by: str) -> list[RecordedResponse]:
    """The pages of those questions whose last page was read: half a bill, added up, would be a wrong figure."""
    pages = [page for page in evidence.of(operation) if page.parameters["GroupBy"][0]["Key"] == by]
    return answered_to_the_end(pages)


def answered_to_the_end(pages: Sequence[RecordedResponse]) -> list[RecordedResponse]:
    """The pages of those questions whose last page leads to no other."""
    last = {_question(page): page for page in pages}
    return [page for page in pages if not any(last[_question(page)].response.get(token) for token in PAGE_TOKENS)]


def _question(page: RecordedResponse) -> str:
    return json.dumps({name: value for name, value in page.parameters.items() if name not in PAGE_TOKENS})


def _line(bucket: Mapping[str, Any], group: Mapping[str, Any], asked: int) -> Line:
    try:
        billed, effective = group["Metrics"]["UnblendedCost"], group["Metrics"]["AmortizedCost"]
        line = Line(
            day=day_of(bucket["TimePeriod"]["Start"]),
            group=tuple(str(key) for key in group["Keys"]),
            billed_cost=known(billed.get("Amount")),
            effective_cost=known(effective.get("Amount")),
            currency=str(billed["Unit"]),
            estimated=bool(bucket.get("Estimated")),
        )
    except KeyError as error:
        raise MalformedResponse(f"Cost Explorer gave a cost without {error}.") from error
    except (AttributeError, TypeError) as error:
        raise MalformedResponse(f"Cost Explorer gave a cost of another form: {error}.") from error
    if len(line.group) != asked:
        raise MalformedResponse(f"Cost Explorer grouped by {len(line.group)} keys instead of {asked}.")
    return line


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
