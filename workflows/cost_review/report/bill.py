"""The report's part about the bill that bounds the savings, as JSON: its own facts, exact, so that one can audit."""

from collections.abc import Iterable
from typing import Any

from workflows.calendar import days_judged
from workflows.money import in_full
from workflows.spend import ResourceSpend, Spend

Json = dict[str, Any]


def bill_document(spend: Spend | None, resources: Iterable[ResourceSpend]) -> Json:
    """What services cost, and named resources in the days that the bill shows whole; null where no bill was read."""
    return {
        "billing_currency": spend.billing_currency if spend else None,
        "days_of_month": days_judged(spend.end) if spend else None,
        "commitments_on_bill": _on_bill(spend),
        "services": [
            {
                "service_name": one.service_name,
                "previous_month_exact": in_full(one.previous_month),
                "previous_month_effective_exact": in_full(one.previous_month_effective),
                "last_7_days_exact": in_full(one.last_7_days),
                "month_to_date_effective_exact": in_full(one.month_to_date_effective),
            }
            for one in (spend.services if spend else ())
        ],
        "resources": [
            {
                "resource_key": one.resource_key,
                "billing_currency": one.billing_currency,
                "days": one.whole_days,
                "effective_cost_exact": in_full(one.whole_days_cost),
                "has_ended": one.has_ended,
            }
            for one in resources
        ],
    }


def _on_bill(spend: Spend | None) -> list[str] | None:
    """The kinds of commitments that the bill may show; null where it does not tell."""
    if spend is None or spend.commitments_on_bill is None:
        return None
    return sorted(kind.value for kind in spend.commitments_on_bill)
