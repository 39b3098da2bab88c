"""The audit against commitments that are already owned: what they cover is saved by nobody a second time."""

from collections.abc import Iterator, Mapping, Set
from datetime import date
from decimal import Decimal
from typing import Any

from workflows.cost_review.audit.amounts import ZERO, exact, known

Json = Mapping[str, Any]
EC2 = frozenset({"Ec2Instance", "Ec2AutoScalingGroup"})
COVERED_BY = {"SavingsPlans": EC2 | {"EcsService", "LambdaFunction"}, "Reservations": EC2}
"""Types whose savings at list prices end at what their usage still costs at on-demand rates, by what is owned."""
FINEST = Decimal("1e-6")


def owned_failures(report: Json) -> Iterator[str]:
    """Compute at list prices counts up to what is left on demand, and no less; verified only where that is known."""
    bill = report["bill"]
    on_bill, left = bill["commitments_on_bill"], _left_on_demand(report)
    types = COVERED_BY["Reservations" if on_bill == ["Reservations"] else "SavingsPlans"]
    bounded = [one for one in report["opportunities"] if _is_bounded(one, types, bill["billing_currency"])]
    if left is None:
        # Where the bill has no commitments at all, there is nothing to cover it.
        if on_bill != [] and any(one["verified"] for one in bounded):
            yield "What commitments cover is not known, and savings at list prices are verified."
        return
    cost, times = left
    counted = sum((exact(one["counted_monthly_savings_exact"]) for one in bounded), ZERO) * times
    if counted > max(cost, ZERO):
        yield "Compute saves more than owned commitments leave at on-demand rates."
    if any(_covered(one) for one in bounded) and counted < max(cost, ZERO) - FINEST * times:
        yield "Owned commitments take more than they cover."


def _is_bounded(one: Json, types: Set[str], currency: str | None) -> bool:
    return (
        one["optimization_type"] == "Usage"
        and one["not_counted"] is None
        and one["resource_type"] in types
        and one["billing_currency"] == currency
        and one["said_by"][0]["savings_basis"] != "AfterDiscounts"
    )


def _covered(one: Json) -> Decimal:
    taken = (exact(each["amount_exact"]) for each in one["deductions"] if each["step"] == "owned_commitments")
    return sum(taken, ZERO)


def _left_on_demand(report: Json) -> tuple[Decimal, int] | None:
    """What compute costs at on-demand rates, and the number by which a month of savings is multiplied to compare."""
    on_bill = report["bill"]["commitments_on_bill"] or ()
    speaks = next((kind for kind in ("SavingsPlans", "Reservations") if kind in on_bill), None)
    told = [one for one in report["commitments"] if one["kind"] == speaks]
    cost = known(told[-1]["on_demand_cost_exact"]) if told else None
    days = (date.fromisoformat(told[-1]["end"]) - date.fromisoformat(told[-1]["start"])).days if told else 0
    return None if cost is None or days < 1 else (cost * 365, 12 * days)
