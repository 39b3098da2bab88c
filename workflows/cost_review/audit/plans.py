"""The audit of what is told beside the totals: the bridge to the Hub's total, and what can be done about budgets."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from workflows.cost_review.audit.amounts import ZERO, exact, holds, is_currency, known, to_the_cent
from workflows.cost_review.audit.pools import pool_of
from workflows.cost_review.audit.written import are_led_to

Json = Mapping[str, Any]
A_STEP = Decimal("1e-10")
"""Shares are rounded down to ten decimals."""


def bridge_failures(report: Json) -> Iterator[str]:
    """Theirs, the lines and the remainder are ours, exactly and as they are written; both ends have their origin."""
    bridge = report["bridge"]
    if bridge["reason"]:
        if bridge["lines"] or bridge["ours"] is not None or bridge["theirs"] is not None:
            yield "The bridge says that there is none, and states amounts."
        return
    theirs, ours = exact(bridge["theirs_exact"]), exact(bridge["ours_exact"])
    unexplained = exact(bridge["unexplained_exact"])
    if theirs + sum((exact(line["amount_exact"]) for line in bridge["lines"]), ZERO) + unexplained != ours:
        yield "The bridge does not add up."
    steps = [(exact(line["amount_exact"]), line["amount"]) for line in bridge["lines"]]
    written = sum((exact(told) for _, told in steps), exact(bridge["theirs"])) + exact(bridge["unexplained"])
    if written != exact(bridge["ours"]) or not are_led_to(theirs, [*steps, (unexplained, bridge["unexplained"])]):
        yield "The bridge does not add up as it is written."
    if not is_currency(bridge["billing_currency"]):
        yield "The bridge has no currency."
    counted = [one for one in report["opportunities"] if one["billing_currency"] == bridge["billing_currency"]]
    if sum((exact(one["counted_monthly_savings_exact"]) for one in counted), ZERO) != ours:
        yield "The bridge does not end at what is counted."
    if not any(holds(pointer["raw"], theirs) for pointer in bridge["evidence"]):
        yield "The bridge begins at a total that no evidence holds."
    yield from _line_failures(report, bridge)


def _line_failures(report: Json, bridge: Json) -> Iterator[str]:
    """The lines of an opportunity, or of a pool, lead from what the Hub counts of it to what we count of it."""
    told: defaultdict[str, Decimal] = defaultdict(Decimal)
    listed = {one["opportunity_id"]: _part_of(one) for one in report["opportunities"]}
    for line in bridge["lines"]:
        if line["opportunity_id"] not in listed:
            yield "The bridge has a line of an opportunity that is not listed."
        else:
            told[listed[line["opportunity_id"]]] += exact(line["amount_exact"])
    ours: defaultdict[str, Decimal] = defaultdict(Decimal)
    theirs: defaultdict[str, dict[str, Decimal]] = defaultdict(dict)
    currency = bridge["billing_currency"]
    for one in report["opportunities"]:
        part = listed[one["opportunity_id"]]
        if one["billing_currency"] == currency:
            ours[part] += exact(one["counted_monthly_savings_exact"])
        for what, amount in _counted_by_the_hub(one, currency):
            # Of a pool the lines of one option count together, of a resource the biggest action.
            before = theirs[part].get(what, ZERO)
            theirs[part][what] = before + amount if one["optimization_type"] == "Rate" else max(before, amount)
    for part in {*ours, *theirs, *told}:
        if told[part] != ours[part] - max(theirs[part].values(), default=ZERO):
            yield "The bridge has lines that do not lead from what the Hub counts to what we count."


def _part_of(one: Json) -> str:
    """What the Hub counts once: a resource, or a pool of commitments."""
    if one["optimization_type"] == "Usage":
        return str(one["opportunity_id"])
    return pool_of(one)


def _counted_by_the_hub(one: Json, currency: str) -> Iterator[tuple[str, Decimal]]:
    """What the Hub itself states, with the kind of commitment that it is an option of; nothing below zero."""
    for proposal in (one, *one["alternatives"]):
        for said in proposal["said_by"]:
            if said["source"] == "CostOptimizationHub" and said["billing_currency"] == currency:
                amount = known(said["estimated_monthly_savings_exact"])
                if amount is not None and amount > 0:
                    yield proposal["resource_type"], amount


def budget_failures(report: Json) -> Iterator[str]:
    """Each budget's outlook follows from its own figures and from savings that are counted."""
    counted = {one["opportunity_id"]: one for one in report["opportunities"] if one["not_counted"] is None}
    as_of = date.fromisoformat(report["review"]["as_of"])
    for budget in report["budgets"]:
        impact = budget["impact"]
        if impact is not None:
            for failure in _of_budget(budget, impact, counted, as_of):
                yield f"The budget {budget['name']!r} {failure}"


def _of_budget(budget: Json, impact: Json, counted: Mapping[str, Json], as_of: date) -> Iterator[str]:
    limit, actual, forecast = (known(impact[f"{name}_exact"]) for name in ("limit", "actual", "forecast"))
    if impact["period_end"] is not None:
        yield from _period_failures(budget, impact, counted, as_of)
    for name, value in (("limit", limit), ("actual", actual), ("forecast", forecast)):
        if (None if value is None else to_the_cent(value)) != known(budget[name]):
            yield f"is written with another {name} than it has."
    needed, missing = known(impact["needed_exact"]), known(impact["missing_exact"])
    if needed is None or missing is None or limit is None or actual is None or forecast is None:
        if impact["outlook"] != "CANNOT_BE_TOLD" or impact["actions"]:
            yield "has an outlook without the figures that it follows from."
        return
    expected = max(actual, forecast)
    if needed != max(expected - limit, ZERO):
        yield "needs another amount than it is expected to be above its limit."
    left = exact(impact["savings_in_period_exact"])
    if missing != max(needed - min(left, expected - actual), ZERO):
        yield "misses another amount than its savings leave."
    days = impact["days_left"]
    if impact["breaks_on"] != _breaks_on(limit, actual, expected, as_of, days):
        yield "breaks on another day than its figures say."
    yield from _outlook_failures(impact, needed, missing, expected - actual)
    yield from _action_failures(impact, counted, needed, days)


def _period_failures(budget: Json, impact: Json, counted: Mapping[str, Json], as_of: date) -> Iterator[str]:
    """The savings in the period are those of counted usage savings in its currency, each in one part only."""
    days = impact["days_left"]
    if days != (date.fromisoformat(impact["period_end"]) - as_of).days or days < 1:
        yield "has another number of days left than its period."
    ids = (*impact["matching_ids"], *impact["untold_ids"])
    fitting = [one for one in map(counted.get, ids) if one is not None and _is_of(budget, one)]
    if len(set(ids)) != len(ids) or len(fitting) != len(ids):
        yield "takes savings for its own that are not counted in it."
    if (impact["matching"], impact["untold"]) != (len(impact["matching_ids"]), len(impact["untold_ids"])):
        yield "tells another number of savings than it lists."
    matching = [counted[name] for name in impact["matching_ids"] if name in counted]
    untold = [counted[name] for name in impact["untold_ids"] if name in counted]
    for name, some in (
        ("savings_in_period", matching),
        ("verified_in_period", [one for one in matching if one["verified"]]),
        ("untold_in_period", untold),
    ):
        if exact(impact[f"{name}_exact"]) != _in_period(some, days):
            yield f"has another amount as {name} than its savings come to."


def _is_of(budget: Json, one: Json) -> bool:
    return bool(one["optimization_type"] == "Usage" and one["billing_currency"] == budget["unit"])


def _in_period(some: Sequence[Json], days: int) -> Decimal:
    """Their shares of the days left, each rounded down to ten decimals."""
    months = (exact(one["counted_monthly_savings_exact"]) for one in some)
    return sum((month * 12 * days / A_STEP // 365 for month in months), ZERO) * A_STEP


def _outlook_failures(impact: Json, needed: Decimal, missing: Decimal, to_come: Decimal) -> Iterator[str]:
    with_untold = min(exact(impact["savings_in_period_exact"]) + exact(impact["untold_in_period_exact"]), to_come)
    if not needed:
        follows = "HOLDS"
    elif not missing:
        follows = "CAN_BE_BROUGHT_BACK"
    else:
        follows = "DEPENDS" if with_untold >= needed else "CANNOT_BE_BROUGHT_BACK"
    if impact["outlook"] != follows:
        yield f"has the outlook {impact['outlook']}, its figures say {follows}."
    if bool(impact["actions"]) is not (follows == "CAN_BE_BROUGHT_BACK"):
        yield "names actions that it has no use for, or none where some are enough."


def _action_failures(impact: Json, counted: Mapping[str, Json], needed: Decimal, days: int) -> Iterator[str]:
    """The actions are counted savings for the days left; together enough, and not without the smallest of them."""
    amounts = [exact(action["in_period_exact"]) for action in impact["actions"]]
    for action, amount in zip(impact["actions"], amounts, strict=True):
        one = counted.get(action["opportunity_id"])
        month = exact(action["counted_monthly_savings_exact"])
        if action["opportunity_id"] not in impact["matching_ids"]:
            yield f"names {action['opportunity_id']}, which is not among its savings."
        if one is not None and one["verified"] is not action["verified"]:
            yield f"tells of {action['opportunity_id']} otherwise whether it is verified."
        if one is None or month != exact(one["counted_monthly_savings_exact"]):
            yield f"names {action['opportunity_id']} with another amount than is counted."
        if not 0 <= month * 12 * days - amount * 365 < 365 * A_STEP:
            yield f"has {action['opportunity_id']} save another amount than its share of the days left."
    if amounts and sum(amounts, ZERO) < needed:
        yield "names actions that are not enough."
    if amounts and sum(amounts, ZERO) - min(amounts) >= needed:
        yield "names more actions than are needed."


def _breaks_on(limit: Decimal, actual: Decimal, expected: Decimal, as_of: date, days: int) -> str | None:
    """The first day on which actual + (expected - actual) * day / days is above the limit."""
    if actual > limit or expected <= limit:
        return None
    passed = next(day for day in range(1, days + 1) if actual * days + (expected - actual) * day > limit * days)
    return (as_of + timedelta(days=passed - 1)).isoformat()
