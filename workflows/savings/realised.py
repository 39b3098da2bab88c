"""What came of savings that were carried out, on the bill: what the resource cost a day before it was done, and after.

The day on which it was done is neither before nor after. The last two days are left out, because Cost Explorer still
settles them. A resource of which the bill has no line costs nothing: it is gone, which is what deleting it was for.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal

from workflows.money import difference, known_total, share, total
from workflows.savings.bill import ENOUGH_DAYS
from workflows.savings.decisions import CARRIED_OUT, CarriedOut, DailyPace, Decided, DecisionState
from workflows.spend import BilledDays

Line = tuple[str, ...]
SETTLING = timedelta(days=2)
DAYS_A_YEAR, MONTHS_A_YEAR = Decimal(365), Decimal(12)
VERIFIED_SHARE = Decimal("0.5")
"""What of the counted saving has to show on the bill for it to be verified; prices and load change meanwhile."""


@dataclass(frozen=True, slots=True)
class Realised:
    """What became of one saving that was carried out.

    amount is in billing_currency a month, negative where the resource became dearer; None where it is unknown, and
    `basis` says why, or what was compared. enough says whether a week or more was seen on both sides. shared_with names
    the opportunity in whose row the same line of the bill is counted already; "" where there is none.
    """

    opportunity_id: str
    resource_key: str
    state: DecisionState
    done_on: date
    billing_currency: str
    counted: Decimal | None
    before: DailyPace | None
    after: DailyPace | None
    amount: Decimal | None
    enough: bool
    is_gone: bool
    basis: str
    shared_with: str = ""

    @property
    def is_verified(self) -> bool:
        """Whether the bill shows at least half of what was counted."""
        return (
            self.enough
            and self.amount is not None
            and self.counted is not None
            and self.counted > 0
            and self.amount >= self.counted * VERIFIED_SHARE
        )


def with_what_was_before(
    item: Decided, billed: Mapping[str, BilledDays], as_of: date, deeds: Collection[date] = ()
) -> Decided:
    """The item with the pace before it was done, where the ledger lacks a week of it and the bill still shows one.

    Days before its first line may lie before its beginning, and are left out: they would make it look cheaper than it
    was. deeds are the days on which something was done to what the bill has on the same line: a pace that reaches back
    over one of them is none, because it holds what that deed saved.
    """
    done = item.carried_out
    if done is None or item.latest.state is not DecisionState.IMPLEMENTED:
        return item
    last = _last_before(done.on, deeds)
    if done.before is not None and done.before.days >= ENOUGH_DAYS and not _reaches_over(done.before, last):
        return item
    begins = min(_days_with_a_line(done, billed), default=None)
    if begins is None:
        return item  # because what has no line before either may be there under another name
    first = begins if last is None else max(begins, last + timedelta(days=1))
    pace = _pace(done, billed, first=first, end=min(done.on, as_of - SETTLING))
    if pace is None or pace.days < ENOUGH_DAYS or _is_gone(done, billed, pace):
        return item
    return replace(item, carried_out=replace(done, before=pace), version=item.version + 1)


def deeds_by_line(ledger: Iterable[Decided]) -> Mapping[Line, tuple[date, ...]]:
    """The days on which something was done to what a line of the bill shows, by the bill's spellings of it."""
    found: defaultdict[Line, set[date]] = defaultdict(set)
    for one in ledger:
        if one.carried_out is not None and one.latest.state in CARRIED_OUT:
            found[line_of(one)].add(one.carried_out.on)
    return {line: tuple(sorted(days)) for line, days in found.items()}


def line_of(item: Decided) -> Line:
    """The line of the bill on which the item's resource is; its own id where it has none."""
    return (item.carried_out.billing_ids if item.carried_out else ()) or (item.opportunity_id,)


def realised(ledger: Iterable[Decided], billed: Mapping[str, BilledDays], as_of: date) -> tuple[Realised, ...]:
    """A row for each opportunity that was carried out, by id; what a line of the bill shows of a day counts in one."""
    carried_out = [one for one in ledger if one.carried_out is not None and one.latest.state in CARRIED_OUT]
    deeds = deeds_by_line(carried_out)
    together: defaultdict[tuple[Line, date], list[Decided]] = defaultdict(list)
    for one in carried_out:
        if one.carried_out is not None:
            together[line_of(one), one.carried_out.on].append(one)
    bill = _Bill(billed, as_of)
    rows = [row for (line, _), sharing in together.items() for row in _rows(sharing, bill, deeds[line])]
    return tuple(sorted(rows, key=lambda row: row.opportunity_id))


@dataclass(frozen=True, slots=True)
class _Bill:
    """What the bill says by day, and the day of the review that looks at it."""

    billed: Mapping[str, BilledDays]
    as_of: date


def _rows(sharing: Sequence[Decided], bill: _Bill, deeds: Collection[date]) -> list[Realised]:
    """The rows of what was done on one day to one line of the bill: the whole in the first, which stands for the rest.

    The first is the one that keeps the amount that was verified, where there is one.
    """
    first, *others = sorted(sharing, key=_keeps_its_amount)
    row = _row(first, bill, deeds)
    judged_before = first.carried_out is not None and first.carried_out.realised is not None
    counted = [one.carried_out.counted for one in sharing if one.carried_out]
    if others and not judged_before:
        row = replace(row, counted=None if None in counted else total(counted))
    told = ((one.carried_out, _row(one, bill, deeds)) for one in others)
    return [
        row,
        *(
            other if done and done.realised is not None else _told_elsewhere(other, first, judged_before)
            for done, other in told
        ),
    ]


def _keeps_its_amount(item: Decided) -> tuple[bool, bool, str]:
    done = item.carried_out
    return done is None or done.realised is None, done is None or done.before is None, item.opportunity_id


def _told_elsewhere(row: Realised, first: Decided, judged_before: bool) -> Realised:
    basis = f"The bill has it on one line with {first.opportunity_id}, where it is counted."
    if judged_before and row.state is not DecisionState.VERIFIED:
        basis = (
            f"The bill has it on one line with {first.opportunity_id}, which was verified before anybody said that "
            "this was done too: what of that amount is this one's nobody can tell."
        )
    return replace(row, amount=None, enough=False, basis=basis, shared_with=first.opportunity_id)


def _row(item: Decided, bill: _Bill, deeds: Collection[date]) -> Realised:
    done = item.carried_out
    if done is None:
        raise ValueError(f"{item.opportunity_id} was not carried out.")
    known = Realised(
        opportunity_id=item.opportunity_id,
        resource_key=item.resource_key,
        state=item.latest.state,
        done_on=done.on,
        billing_currency=done.billing_currency,
        counted=done.counted,
        before=done.before,
        after=done.after,
        amount=None,
        enough=False,
        is_gone=done.is_gone,
        basis="",
    )
    if done.realised is not None:
        return replace(known, amount=done.realised, enough=True, basis=item.latest.why)
    ends = min((day for day in deeds if day > done.on), default=date.max)
    after = _pace(done, bill.billed, first=done.on + timedelta(days=1), end=min(bill.as_of - SETTLING, ends))
    if done.before is None:
        return replace(known, after=after, basis="The bill says nothing of it before it was done.")
    if _reaches_over(done.before, last := _last_before(done.on, deeds)):
        basis = f"The days before it reach over {last}, when something else was done on the same line of the bill."
        return replace(known, after=after, basis=basis)
    if after is None:
        return replace(known, basis=_nothing_yet(done, bill.billed, bill.as_of))
    return _compared(known, done.before, after, _is_gone(done, bill.billed, after))


def _last_before(on: date, deeds: Collection[date]) -> date | None:
    return max((day for day in deeds if day < on), default=None)


def _reaches_over(before: DailyPace, deed: date | None) -> bool:
    return deed is not None and before.until - timedelta(days=before.days) <= deed


def _compared(row: Realised, before: DailyPace, after: DailyPace, is_gone: bool) -> Realised:
    saved = difference(before.a_day, after.a_day)
    enough = min(before.days, after.days) >= ENOUGH_DAYS
    told = "it is not on the bill any more" if is_gone else f"{after.a_day:.2f} a day"
    basis = (
        f"{before.a_day:.2f} a day in {before.days} days until {before.until}, then {told} in {after.days} days until "
        f"{after.until}; the last {SETTLING.days} days of the bill are left out, because they still settle."
    )
    if not enough:
        basis += f" Judged after {ENOUGH_DAYS} days on both sides."
    amount = share(saved, DAYS_A_YEAR, MONTHS_A_YEAR)
    return replace(row, after=after, amount=amount, enough=enough, is_gone=is_gone, basis=basis)


def _nothing_yet(done: CarriedOut, billed: Mapping[str, BilledDays], as_of: date) -> str:
    if as_of - SETTLING <= done.on + timedelta(days=1):
        return f"No day after {done.on} is settled on the bill yet."
    if not any(one in billed for one in done.billing_ids):
        return "This review's bill was not asked about it, or did not answer."
    return "The bill states it in another currency, or not for a day after it was done."


def _pace(done: CarriedOut, billed: Mapping[str, BilledDays], *, first: date, end: date) -> DailyPace | None:
    """The resource's pace on the days in [first, end) that the bill was asked about; None where there are none."""
    asked = [billed[one] for one in done.billing_ids if one in billed]
    if not asked or any(one.billing_currency not in {"", done.billing_currency} for one in asked):
        return None
    start, stop = max(first, *(one.start for one in asked)), min(end, *(one.end for one in asked))
    days = (stop - start).days
    if days < 1:
        return None
    costs = [cost for one in asked for day, cost in one.daily if start <= day < stop]
    return DailyPace(share(total(costs), Decimal(1), Decimal(days)), days, stop)


def _is_gone(done: CarriedOut, billed: Mapping[str, BilledDays], pace: DailyPace) -> bool:
    first = pace.until - timedelta(days=pace.days)
    return not any(first <= day < pace.until for day in _days_with_a_line(done, billed))


def _days_with_a_line(done: CarriedOut, billed: Mapping[str, BilledDays]) -> Iterator[date]:
    return (day for one in done.billing_ids if one in billed for day, _ in billed[one].daily)


@dataclass(frozen=True, slots=True)
class RealisedTotal:
    """What was realised a month in one currency: of the rows that were judged, beside what had been counted of them.

    Both are None where none was judged as yet.
    """

    billing_currency: str
    amount: Decimal | None
    counted: Decimal | None
    judged: int
    waiting: int


def realised_totals(rows: Sequence[Realised]) -> tuple[RealisedTotal, ...]:
    """A total a currency; what was seen for less than a week, or is unknown, waits and is in none."""
    currencies = sorted({row.billing_currency for row in rows})
    found = []
    for currency in currencies:
        mine = [row for row in rows if row.billing_currency == currency and not row.shared_with]
        judged = [row for row in mine if row.enough and row.amount is not None]
        found.append(
            RealisedTotal(
                billing_currency=currency,
                amount=known_total(row.amount for row in judged),
                counted=known_total(row.counted for row in judged),
                judged=len(judged),
                waiting=len(mine) - len(judged),
            )
        )
    return tuple(found)
