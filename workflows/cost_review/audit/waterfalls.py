"""The audit of the waterfalls and the totals: each amount belongs to the opportunity that it is taken from."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from workflows.cost_review.audit.amounts import ZERO, exact, is_currency, known, to_the_cent
from workflows.cost_review.audit.written import are_led_to

Json = Mapping[str, Any]
A_CENT = Decimal("0.01")
Key = tuple[str, str]
Taken = defaultdict[tuple[str, str], Decimal]
"""What a step takes of an opportunity, by the names of both."""


class Kind:
    """What the opportunities of one currency and kind come to: claimed, counted, verified, and what steps take."""

    def __init__(self) -> None:
        self.claimed = self.counted = self.verified = ZERO
        self.by_basis: defaultdict[str, Decimal] = defaultdict(Decimal)
        self.taken: Taken = defaultdict(Decimal)


def waterfall_failures(report: Json) -> Iterator[str]:
    """Gross is what the sources claim, the steps lead from it to what counts, and all of it is written to the cent."""
    mine = _by_kind(report)
    told = Counter((one["billing_currency"], one["optimization_type"]) for one in report["waterfalls"])
    yield from (f"There are {count} waterfalls for {key}." for key, count in told.items() if count > 1)
    yield from (f"There is no waterfall for {key}." for key, one in mine.items() if one.claimed and key not in told)
    for waterfall in report["waterfalls"]:
        key = waterfall["billing_currency"], waterfall["optimization_type"]
        for failure in _of_waterfall(waterfall, mine.get(key, Kind())):
            yield f"The waterfall of {' '.join(key)} {failure}"


def _by_kind(report: Json) -> dict[Key, Kind]:
    kinds: defaultdict[Key, Kind] = defaultdict(Kind)
    for one in report["opportunities"]:
        kind = one["optimization_type"]
        for number, proposal in enumerate((one, *one["alternatives"])):
            for at, said in enumerate(proposal["said_by"]):
                mine = kinds[said["billing_currency"], kind]
                claim = max(known(said["estimated_monthly_savings_exact"]) or ZERO, ZERO)
                mine.claimed += claim
                if claim and (step := _step_of(one, proposal, is_best=not number, is_first=not at)):
                    mine.taken[step, one["opportunity_id"]] += claim
        mine = kinds[one["billing_currency"], kind]
        counted = exact(one["counted_monthly_savings_exact"])
        mine.counted += counted
        mine.verified += counted if one["verified"] else ZERO
        mine.by_basis[one["said_by"][0]["savings_basis"]] += counted
        for each in one["deductions"]:
            mine.taken[each["step"], one["opportunity_id"]] += exact(each["amount_exact"])
    return dict(kinds)


def _step_of(one: Json, proposal: Json, *, is_best: bool, is_first: bool) -> str:
    """The step that takes the whole of what was said; "" for what stands."""
    if not is_first:
        return "duplicates"
    if is_best:
        return "not_applicable" if one["not_counted"] == "not_applicable" else ""
    return "not_applicable" if proposal["not_applicable"] else "alternatives"


def _of_waterfall(waterfall: Json, mine: Kind) -> Iterator[str]:
    gross, counted, verified = (exact(waterfall[f"{name}_exact"]) for name in ("gross", "counted", "verified"))
    taken = {step["step"]: [exact(item["amount_exact"]) for item in step["items"]] for step in waterfall["steps"]}
    if not is_currency(waterfall["billing_currency"]):
        yield "has no currency."
    if gross - sum(map(sum, taken.values()), ZERO) != counted:
        yield "does not add up."
    steps = [(-sum(taken[step["step"]], ZERO), step["amount"]) for step in waterfall["steps"]]
    written = sum((exact(amount) for _, amount in steps), exact(waterfall["gross"]))
    if written != exact(waterfall["counted"]) or not are_led_to(gross, steps):
        yield "does not add up as it is written."
    if any(amount < 0 for amounts in taken.values() for amount in amounts):
        yield "takes away less than nothing."
    if not 0 <= verified <= counted <= gross:
        yield "does not hold 0 <= verified <= counted <= gross."
    for name, value, own in (
        ("claimed", gross, mine.claimed),
        ("counted", counted, mine.counted),
        ("verified", verified, mine.verified),
    ):
        if value != own:
            yield f"has another amount as {name} than its opportunities come to."
    yield from _origin_failures(waterfall, mine.taken)


def _origin_failures(waterfall: Json, mine: Taken) -> Iterator[str]:
    """Each step takes of each opportunity what the opportunity itself says, and nothing of any other."""
    told: Taken = defaultdict(Decimal)
    for step in waterfall["steps"]:
        for item in step["items"]:
            told[step["step"], item["opportunity_id"]] += exact(item["amount_exact"])
    steps = {step for step, name in {*told, *mine} if told.get((step, name), ZERO) != mine.get((step, name), ZERO)}
    for step in sorted(steps):
        yield f"takes another amount in {step} than its opportunities say."


def totals_failures(report: Json) -> Iterator[str]:
    """The totals are those of the waterfalls and of the opportunities, currency by currency."""
    mine = _by_kind(report)
    own: defaultdict[str, Counter[str | None]] = defaultdict(Counter)
    for one in report["opportunities"]:
        own[one["billing_currency"]][one["not_counted"]] += 1
    currencies = [one["billing_currency"] for one in report["totals"]]
    if sorted(currencies) != sorted({currency for currency, _ in mine}):
        yield "The totals are not in the currencies of the opportunities."
    for totals in report["totals"]:
        currency = totals["billing_currency"]
        for name, kind in (("usage", "Usage"), ("rate", "Rate")):
            sums = mine.get((currency, kind), Kind())
            for told, value in (("gross", sums.claimed), ("counted", sums.counted), ("verified", sums.verified)):
                if exact(totals[f"{told}_{name}"]) != to_the_cent(value):
                    yield f"{told}_{name} in {currency} is not the sum of the opportunities."
            if not _is_split(totals["counted_by_basis"][name], sums):
                yield f"counted_{name} in {currency} is told on other bases of prices than its opportunities have."
        number = own[currency]
        if (totals["opportunities"], totals["counted_opportunities"], totals["unknown_savings"]) != (
            number.total(),
            number[None],
            number["unknown_savings"],
        ):
            yield f"The numbers of opportunities in {currency} are not those that are listed."


def _is_split(told: Json, mine: Kind) -> bool:
    """Whether the parts are those of the bases, each within a cent, and come to what counts as it is written."""
    parts = {basis: amount for basis, amount in mine.by_basis.items() if amount}
    if told.keys() != parts.keys() or sum(map(exact, told.values()), ZERO) != to_the_cent(mine.counted):
        return False
    return all(abs(exact(told[basis]) - amount) <= A_CENT for basis, amount in parts.items())
