"""The audit of totals beside the savings: what sources state themselves, what was realised, what changed since."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from workflows.cost_review.audit.amounts import ZERO, exact, is_currency, known, to_the_cent
from workflows.cost_review.audit.written import are_led_to

Json = Mapping[str, Any]
A_CENT, A_STEP = Decimal("0.01"), Decimal("1e-10")
WEEK = 7
STILL_THERE = ("new", "grown", "shrunk")
KINDS = (*STILL_THERE, "gone", "unknown")


def stated_failures(report: Json) -> Iterator[str]:
    """What a source claims in all is the sum of what it claims; unknown where each of it is."""
    for one in report["stated_by_sources"]:
        mine = [known(each["estimated_monthly_savings_exact"]) for each in one["recommendations"]]
        if _sum(mine) != known(one["estimated_monthly_savings_exact"]):
            yield f"{one['source']} states another total in {one['billing_currency']} than its recommendations."


def realised_failures(report: Json) -> Iterator[str]:
    """Each row is the difference of its paces, and each currency the sum of those judged; a shared line is in one."""
    rows: defaultdict[str, list[Json]] = defaultdict(list)
    for row in report["realised_savings"]["rows"]:
        rows[row["billing_currency"]].append(row)
        yield from (f"What was realised of {row['opportunity_id']} {failure}" for failure in _of_realised(row))
    totals = report["realised_savings"]["totals"]
    if sorted(one["billing_currency"] for one in totals) != sorted(rows):
        yield "What was realised is not told in the currencies of its rows."
    for one in totals:
        mine = [row for row in rows[one["billing_currency"]] if not row["shared_with"]]
        judged = [row for row in mine if row["enough_days"] and row["realised_monthly_savings_exact"] is not None]
        if (one["judged"], one["waiting"]) != (len(judged), len(mine) - len(judged)):
            yield "The numbers of rows that were judged are not those that are listed."
        for name in ("realised_monthly_savings_exact", "counted_monthly_savings_exact"):
            if _sum(known(row[name]) for row in judged) != known(one[name]):
                yield f"{name} in {one['billing_currency']} is not the sum of what was judged."


def _of_realised(row: Json) -> Iterator[str]:
    amount, before, after = known(row["realised_monthly_savings_exact"]), row["before"], row["after"]
    if amount is None:
        if row["enough_days"]:
            yield "is judged, and not known."
        return
    if row["shared_with"]:
        yield "is counted in another row, too."
    if not is_currency(row["billing_currency"]):
        yield "has no currency."
    if before is None or after is None:
        yield "has no pace before it or none after it."
        return
    saved = (exact(before["a_day_exact"]) - exact(after["a_day_exact"])) * 365
    # Rounded towards nothing, to ten decimals.
    if not 0 <= abs(saved) - abs(amount) * 12 < 12 * A_STEP or amount * saved < 0:
        yield "is another amount than its paces tell."
    if row["enough_days"] is not (min(before["days"], after["days"]) >= WEEK):
        yield "is judged by another number of days than a week."
    begins = date.fromisoformat(after["until"]) - timedelta(days=after["days"])
    if not date.fromisoformat(before["until"]) <= date.fromisoformat(row["done_on"]) < begins:
        yield "compares other days than those before and after it was done."


def _sum(amounts: Iterable[Decimal | None]) -> Decimal | None:
    told = [one for one in amounts if one is not None]
    return sum(told, ZERO) if told else None


Stretch = tuple[str, str]


def changes_failures(report: Json) -> Iterator[str]:
    """Each kind's change is the sum of its rows; they lead from what counted before to what counts now."""
    changes = report.get("changes")
    if changes is None:
        return
    now: defaultdict[Stretch, Decimal] = defaultdict(Decimal)
    counted: dict[tuple[str, str], Decimal] = {}
    for one in report["opportunities"]:
        amount = exact(one["counted_monthly_savings_exact"])
        now[one["billing_currency"], one["optimization_type"]] += amount
        counted[one["opportunity_id"], one["billing_currency"]] = amount
    moved: defaultdict[Stretch, defaultdict[str, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    for kind in KINDS:
        for row in changes[kind]:
            moved[row["billing_currency"], row["optimization_type"]][kind] += exact(row["difference_exact"])
            there = counted.get((row["opportunity_id"], row["billing_currency"]))
            if kind in STILL_THERE and there != exact(row["counted_monthly_savings_exact"]):
                yield f"{row['opportunity_id']} is told as {kind} with another amount than counts."
            if kind == "gone" and there is not None:
                yield f"{row['opportunity_id']} is told as gone, and is listed."
    told = {(one["billing_currency"], one["optimization_type"]): one for one in changes["totals"]}
    if len(told) != len(changes["totals"]) or not {*moved, *now} <= told.keys():
        yield "What changed is not told once in each currency and kind of what is listed."
    for key, one in told.items():
        for failure in _of_stretch(one, now[key], moved[key], changes["unchanged"]):
            yield f"What changed in {' '.join(key)} {failure}"


def _of_stretch(one: Json, now: Decimal, moved: Mapping[str, Decimal], unchanged: int) -> Iterator[str]:
    before = exact(one["counted_before_exact"])
    nearly = now - before - sum(moved.values(), ZERO)
    if to_the_cent(now) != exact(one["counted_now"]):
        yield "does not end at what counts."
    if abs(nearly) > A_CENT * unchanged:
        yield "is more than its rows tell."
    steps = [(moved.get(kind, ZERO), one[kind]) for kind in KINDS]
    if not are_led_to(before, [*steps, (nearly, one["within_a_cent"])]):
        yield "is written with other amounts than its rows have."
