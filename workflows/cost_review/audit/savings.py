"""The audit of what is counted: opportunities, their evidence, waterfalls, totals, and the bill that bounds them."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from workflows.cost_review.audit.amounts import ZERO, exact, holds, is_currency, known, to_the_cent
from workflows.resource_keys import BILLED_AS

Json = Mapping[str, Any]
Key = tuple[str, str]
SHARED_USAGE = {
    "ComputeSavingsPlans": "compute",
    "Ec2InstanceSavingsPlans": "compute",
    "Ec2ReservedInstances": "compute",
    "DatabaseSavingsPlans": "databases",
    "RdsReservedInstances": "databases",
}
"""Commitments for the same usage, of which one kind may count."""
SHARED_LINE = {"RdsDbInstanceStorage": "RdsDbInstance"}
"""What the bill has in the line of another type of the same name."""
DEDUCTIONS = frozenset({"set_aside", "absorbed", "capped", "owned_commitments", "resized"})
WEEK = 7


def opportunity_failures(report: Json) -> Iterator[str]:
    """Each counts what its standing figure leaves after its deductions, and that figure is what AWS wrote."""
    seen: Counter[str] = Counter(one["opportunity_id"] for one in report["opportunities"])
    yield from (f"{name} is there {times} times." for name, times in seen.items() if times > 1)
    for one in report["opportunities"]:
        for told in _of_opportunity(one):
            yield f"{one['opportunity_id']} ({one['resource_id'] or one['resource_type']}) {told}"


def _of_opportunity(one: Json) -> Iterator[str]:
    counted, standing = exact(one["counted_monthly_savings_exact"]), _standing(one)
    if counted < 0:
        yield "counts less than nothing."
    if to_the_cent(counted) != exact(one["counted_monthly_savings"]):
        yield "is written with another amount than it counts."
    if one["verified"] is not (one["unverified_because"] == ""):
        yield "is verified and not verified."
    if any(exact(each["amount_exact"]) < 0 for each in one["deductions"]):
        yield "has a deduction below zero."
    if counted and not is_currency(one["billing_currency"]):
        yield "counts in no currency."
    if counted and not _is_reachable(one["said_by"][0]):
        yield "counts an amount that no evidence holds."
    yield from _amount_failures(one, counted, standing)


def _amount_failures(one: Json, counted: Decimal, standing: Decimal | None) -> Iterator[str]:
    if one["not_counted"] is not None:
        if counted:
            yield f"counts although nothing of it counts ({one['not_counted']})."
    elif standing is None:
        yield "counts without a known amount."
    elif counted != standing - _deducted(one):
        yield "counts another amount than its figure without its deductions."


def _standing(one: Json) -> Decimal | None:
    return known(one["said_by"][0]["estimated_monthly_savings_exact"])


def _deducted(one: Json) -> Decimal:
    return sum((exact(each["amount_exact"]) for each in one["deductions"]), ZERO)


def _is_reachable(said: Json) -> bool:
    """Whether a response of AWS is named that holds the very amount: no rule converts a saving."""
    stated = known(said["estimated_monthly_savings_exact"])
    return any(
        pointer["operation"] and pointer["request_id"] and pointer["pointer"].startswith("/")
        for pointer in said["evidence"]
        if holds(pointer["raw"], stated)
    )


def twice_counted_failures(report: Json) -> Iterator[str]:
    """Each resource counts once, and of the commitments for the same usage one kind."""
    counted = [one for one in report["opportunities"] if one["not_counted"] is None]
    times = Counter(_resource(one) for one in counted if one["optimization_type"] == "Usage")
    yield from (f"{resource} is counted {count} times." for resource, count in times.items() if count > 1)
    kinds: defaultdict[Key, set[str]] = defaultdict(set)
    for one in counted:
        if one["optimization_type"] == "Rate" and exact(one["counted_monthly_savings_exact"]):
            kind = one["resource_type"]
            kinds[one["account_id"], SHARED_USAGE.get(kind, kind)].add(f"{kind} in {one['billing_currency']}")
    for (account, pool), several in kinds.items():
        if len(several) > 1:
            yield f"{' and '.join(sorted(several))} are counted for the same usage ({pool} of {account})."


def _resource(one: Json) -> str:
    """As the bill spells it where two types share a line, else with its own type."""
    return f"{one['account_id']}/{one['region_id']}/{one['resource_type']}/{one['resource_id']}"


def waterfall_failures(report: Json) -> Iterator[str]:
    """Gross is what the sources claim, the steps lead from it to what counts, and all of it is written to the cent."""
    mine = _by_kind(report)
    told = Counter((one["billing_currency"], one["optimization_type"]) for one in report["waterfalls"])
    yield from (f"There are {count} waterfalls for {key}." for key, count in told.items() if count > 1)
    yield from (f"There is no waterfall for {key}." for key, one in mine.items() if one["claimed"] and key not in told)
    for waterfall in report["waterfalls"]:
        key = waterfall["billing_currency"], waterfall["optimization_type"]
        for failure in _of_waterfall(waterfall, mine.get(key, defaultdict(Decimal))):
            yield f"The waterfall of {' '.join(key)} {failure}"


def _by_kind(report: Json) -> dict[Key, defaultdict[str, Decimal]]:
    """What the opportunities come to, by currency and kind: claimed, counted, verified, and what each step takes."""
    kinds: defaultdict[Key, defaultdict[str, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    for one in report["opportunities"]:
        kind = one["optimization_type"]
        for said in (said for proposal in (one, *one["alternatives"]) for said in proposal["said_by"]):
            claim = known(said["estimated_monthly_savings_exact"])
            kinds[said["billing_currency"], kind]["claimed"] += max(claim or ZERO, ZERO)
        mine = kinds[one["billing_currency"], kind]
        counted = exact(one["counted_monthly_savings_exact"])
        mine["counted"] += counted
        mine["verified"] += counted if one["verified"] else ZERO
        for each in one["deductions"]:
            mine[each["step"]] += exact(each["amount_exact"])
    return dict(kinds)


def _of_waterfall(waterfall: Json, mine: Mapping[str, Decimal]) -> Iterator[str]:
    gross, counted, verified = (exact(waterfall[f"{name}_exact"]) for name in ("gross", "counted", "verified"))
    taken = {step["step"]: [exact(item["amount_exact"]) for item in step["items"]] for step in waterfall["steps"]}
    if not is_currency(waterfall["billing_currency"]):
        yield "has no currency."
    if gross - sum(map(sum, taken.values()), ZERO) != counted:
        yield "does not add up."
    written = sum((exact(step["amount"]) for step in waterfall["steps"]), exact(waterfall["gross"]))
    if written != exact(waterfall["counted"]):
        yield "does not add up as it is written."
    if any(amount < 0 for amounts in taken.values() for amount in amounts):
        yield "takes away less than nothing."
    if not 0 <= verified <= counted <= gross:
        yield "does not hold 0 <= verified <= counted <= gross."
    for name, value in (("gross", gross), ("counted", counted), ("verified", verified)):
        if to_the_cent(value) != exact(waterfall[name]):
            yield f"is written with another {name} amount than it has."
    yield from _origin_failures(taken, gross, counted, verified, mine)


def _origin_failures(
    taken: Mapping[str, list[Decimal]], gross: Decimal, counted: Decimal, verified: Decimal, mine: Mapping[str, Decimal]
) -> Iterator[str]:
    for name, value in (("claimed", gross), ("counted", counted), ("verified", verified)):
        if mine.get(name, ZERO) != value:
            yield f"has another amount as {name} than its opportunities come to."
    for step in DEDUCTIONS & taken.keys():
        if sum(taken[step], ZERO) != mine.get(step, ZERO):
            yield f"takes another amount in {step} than its opportunities say."


def totals_failures(report: Json) -> Iterator[str]:
    """The totals are those of the waterfalls and of the opportunities, currency by currency."""
    mine = _by_kind(report)
    currencies = [one["billing_currency"] for one in report["totals"]]
    if sorted(currencies) != sorted({currency for currency, _ in mine}):
        yield "The totals are not in the currencies of the opportunities."
    for totals in report["totals"]:
        currency = totals["billing_currency"]
        for name, kind in (("usage", "Usage"), ("rate", "Rate")):
            sums: Mapping[str, Decimal] = mine.get((currency, kind), {})
            for told, of in (("gross", "claimed"), ("counted", "counted"), ("verified", "verified")):
                if exact(totals[f"{told}_{name}"]) != to_the_cent(sums.get(of, ZERO)):
                    yield f"{told}_{name} in {currency} is not the sum of the opportunities."
        own = [one for one in report["opportunities"] if one["billing_currency"] == currency]
        if (totals["opportunities"], totals["counted_opportunities"]) != (
            len(own),
            sum(one["not_counted"] is None for one in own),
        ):
            yield f"The numbers of opportunities in {currency} are not those that are listed."


def bill_failures(report: Json) -> Iterator[str]:
    """Nothing saves more than the bill says it costs: a resource, a service, and the whole."""
    currency = report["bill"]["billing_currency"]
    resources = {one["resource_key"]: one for one in report["bill"]["resources"]}
    services = _services(report["bill"])
    saved: defaultdict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for one in report["opportunities"]:
        if one["optimization_type"] != "Usage":
            continue
        counted = exact(one["counted_monthly_savings_exact"])
        shared = {**one, "resource_type": SHARED_LINE.get(one["resource_type"], one["resource_type"])}
        saved[_resource(shared), one["billing_currency"]] += counted
        if one["billing_currency"] == currency:
            saved["the whole bill", currency] += counted
            saved[BILLED_AS.get(one["resource_type"], ""), currency] += counted
    for (what, in_currency), amount in saved.items():
        bound = resources.get(what)
        if bound and bound["billing_currency"] == in_currency and bound["days"] > 0:
            # Credits can bring a cost below zero; nothing can be saved of it then.
            if amount * 12 * bound["days"] > max(exact(bound["effective_cost_exact"]), ZERO) * 365:
                yield f"{what} saves more than it costs."
        elif what in services and amount * 12 * services[what][1] > services[what][0]:
            yield f"{what} saves more than it costs."


def _services(bill: Json) -> dict[str, tuple[Decimal, int]]:
    """What each service costs in a month at its fastest pace, as (a number, what it is twelve times of)."""
    found: dict[str, tuple[Decimal, int]] = {}
    days = bill["days_of_month"]
    # Over a common denominator, so that no division rounds.
    base = WEEK * (days if days and days >= WEEK else 1)
    for one in bill["services"]:
        effective = known(one["month_to_date_effective_exact"])
        paces = [exact(one["previous_month_exact"]) * 12 * base, exact(one["last_7_days_exact"]) * 365 * base / WEEK]
        before = known(one["previous_month_effective_exact"])
        if before is not None:
            paces.append(before * 12 * base)
        if effective is not None and days >= WEEK:
            paces.append(effective * 365 * base / days)
        if max(paces) > 0:
            found[one["service_name"]] = max(paces), base
    if found:
        found["the whole bill"] = sum((pace for pace, _ in found.values()), ZERO), base
    return found
