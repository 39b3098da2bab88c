"""The audit against the bill: no saving above a cost, nothing verified without it, no cap too high."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from workflows.cost_review.audit.amounts import ZERO, exact, known, to_the_cent
from workflows.resource_keys import BILLED_AS
from workflows.sources import OF_AWS

Json = Mapping[str, Any]
Pace = tuple[Decimal, int]
"""A cost and the number by which a month of savings is multiplied to compare with it: so no division rounds."""
SHARED_LINE = {"RdsDbInstanceStorage": "RdsDbInstance"}
"""What the bill has in the line of another type of the same name."""
WHOLE = "the whole bill"
WEEK = 7
FINEST = Decimal("1e-6")
"""Bounds are shares, rounded down to ten decimals; those of thousands of services meet in the whole bill."""
SHOWN = {
    "previous_month": "previous_month_exact",
    "previous_month_effective": "previous_month_effective_exact",
    "last_7_days": "last_7_days_exact",
    "month_to_date_effective": "month_to_date_effective_exact",
}


def line_of(one: Json) -> str:
    """The resource as the bill spells it where two types share a line, else with its own type."""
    kind = SHARED_LINE.get(one["resource_type"], one["resource_type"])
    return f"{one['account_id']}/{one['region_id']}/{kind}/{one['resource_id']}"


def bill_failures(report: Json) -> Iterator[str]:
    """Nothing saves more than the bill says it costs: a resource, a service, and the whole with commitments."""
    paces = _paces(report["bill"])
    saved: defaultdict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for one in report["opportunities"]:
        counted = exact(one["counted_monthly_savings_exact"])
        for what in _bounds_of(one):
            saved[what, one["billing_currency"]] += counted
    for bound, amount in saved.items():
        # Credits can bring a cost below zero; nothing can be saved of it then.
        if bound in paces and amount * paces[bound][1] > max(paces[bound][0], ZERO):
            yield f"{bound[0]} saves more than it costs."
    for one in report["opportunities"]:
        if exact(one["counted_monthly_savings_exact"]) and _is_unbounded_claim(one, paces):
            yield f"{one['opportunity_id']} counts, and nothing but another team's word is there for it."
    yield from _backing_failures(report)
    yield from _cap_failures(report, paces)


def _bounds_of(one: Json) -> tuple[str, ...]:
    """What the opportunity's savings are a part of."""
    if one["optimization_type"] == "Rate":
        return (WHOLE,)
    return line_of(one), BILLED_AS.get(one["resource_type"], ""), WHOLE


def _backing_failures(report: Json) -> Iterator[str]:
    """What is verified has the bill of a week at least in its own currency: of its resource, or of the account."""
    bill = report["bill"]
    backed = {
        (one["resource_key"], one["billing_currency"])
        for one in bill["resources"]
        if one["days"] >= WEEK and not one["has_ended"]
    }
    for one in report["opportunities"]:
        if not one["verified"]:
            continue
        if one["optimization_type"] == "Rate":
            if bill["billing_currency"] != one["billing_currency"] or not bill["services"]:
                yield f"{one['opportunity_id']} is verified, and no bill is there in its currency."
        elif (line_of(one), one["billing_currency"]) not in backed:
            yield f"{one['opportunity_id']} is verified, and the bill does not tell a week of its resource."


def _cap_failures(report: Json, paces: Mapping[tuple[str, str], Pace]) -> Iterator[str]:
    """A cap takes what goes beyond a bound and no more: what it leaves fills a bound to the brim."""
    left: defaultdict[tuple[str, str], Decimal] = defaultdict(Decimal)
    capped = []
    for one in report["opportunities"]:
        if one["optimization_type"] == "Usage" and one["not_counted"] is None:
            owned = sum((exact(d["amount_exact"]) for d in one["deductions"] if d["step"] == "owned_commitments"), ZERO)
            after = exact(one["counted_monthly_savings_exact"]) + owned
            for what in _bounds_of(one):
                left[what, one["billing_currency"]] += after
            if any(each["step"] == "capped" and exact(each["amount_exact"]) for each in one["deductions"]):
                capped.append(one)
    for one in capped:
        bounds = [(what, one["billing_currency"]) for what in _bounds_of(one)]
        if _is_unbounded_claim(one, paces):
            continue
        if not any(_is_full(left[bound], paces[bound]) for bound in bounds if bound in paces):
            yield f"{one['opportunity_id']} is capped by more than the bill asks for."


def _is_unbounded_claim(one: Json, paces: Mapping[tuple[str, str], Pace]) -> bool:
    """Whether only another team names the amount, and nothing tells what the account pays in its currency."""
    return one["said_by"][0]["source"] not in OF_AWS and (WHOLE, one["billing_currency"]) not in paces


def _is_full(amount: Decimal, pace: Pace) -> bool:
    cost, times = pace
    return amount * times >= max(cost, ZERO) - FINEST * times


def _paces(bill: Json) -> dict[tuple[str, str], Pace]:
    """What a month costs at the fastest pace: resources, services, and all of it."""
    currency, days = bill["billing_currency"], bill["days_of_month"]
    found: dict[tuple[str, str], Pace] = {}
    whole, base = ZERO, WEEK * (days if days and days >= WEEK else 1)
    for one in bill["services"]:
        effective, before = known(one["month_to_date_effective_exact"]), known(one["previous_month_effective_exact"])
        # Over a common denominator: each is twelve times `base` times a month.
        paces = [exact(one["previous_month_exact"]) * 12 * base, exact(one["last_7_days_exact"]) * 365 * base / WEEK]
        if before is not None:
            paces.append(before * 12 * base)
        if effective is not None and days >= WEEK:
            paces.append(effective * 365 * base / days)
        if max(paces) > 0:
            found[one["service_name"], currency] = max(paces), 12 * base
            whole += max(paces)
    if bill["services"]:
        found[WHOLE, currency] = whole, 12 * base
    for one in bill["resources"]:
        if one["days"] > 0:
            cost = exact(one["effective_cost_exact"]) * 365
            found[one["resource_key"], one["billing_currency"]] = cost, 12 * one["days"]
    return found


def spend_failures(report: Json) -> Iterator[str]:
    """What is shown of services is what the bill that bounds the savings has of them."""
    shown, bill = report["spend"], report["bill"]
    if shown is None:
        if bill["services"]:
            yield "The bill has services, and no spend is shown."
        return
    if shown["billing_currency"] != bill["billing_currency"]:
        yield "Spend is shown in another currency than the bill's."
    services = {one["service_name"]: one for one in bill["services"]}
    if sorted(services) != sorted(one["service_name"] for one in shown["services"]):
        yield "Spend is shown of other services than the bill's."
        return
    for one in shown["services"]:
        for name, full in SHOWN.items():
            if name in one and known(one[name]) != _in_cents(services[one["service_name"]][full]):
                yield f"{name} of {one['service_name']} is shown with another amount than the bill's."


def _in_cents(written: object) -> Decimal | None:
    value = known(written)
    return None if value is None else to_the_cent(value)
