"""A report that passes its audit and has every part that an audit looks at."""

import copy
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any

from tests.workflows.builders import (
    ACCOUNT,
    ADVISOR,
    OPTIMIZER,
    a_commitment,
    a_document,
    a_recommendation,
)
from workflows.budgets import Budget
from workflows.cost_review.audit import audited
from workflows.deduped_total import DedupedTotal
from workflows.recommendation import ActionType, EvidencePointer, StatedSavings
from workflows.spend import ResourceSpend, ServiceSpend, Spend

Json = dict[str, Any]
EC2 = "Amazon Elastic Compute Cloud - Compute"

PACES = (
    "previous_month_exact",
    "previous_month_effective_exact",
    "last_7_days_exact",
    "month_to_date_effective_exact",
)


def a_service(name: str = EC2, month: str = "300") -> ServiceSpend:
    return ServiceSpend(name, Decimal(month), Decimal(month), Decimal(70), Decimal(70), Decimal(month))


def a_resource_spend(resource: str = "i-1", cost: str = "23") -> ResourceSpend:
    """Fourteen days of a resource: 23 of them come to 49.97 a month."""
    key = f"{ACCOUNT}/us-east-1/Ec2Instance/{resource}"
    return ResourceSpend(
        key,
        resource,
        14,
        Decimal(cost),
        Decimal(0),
        Decimal(0),
        None,
        "USD",
        whole_days=14,
        whole_days_cost=Decimal(cost),
    )


def a_spend() -> Spend:
    days = date(2026, 10, 1), date(2026, 11, 16)
    zero = Decimal(0)
    return Spend("USD", *days, Decimal(300), zero, zero, (a_service(),), (), commitments_on_bill=())


def a_budget(name: str = "all", **changes: Any) -> Budget:
    values: Json = {"unit": "USD", "limit": Decimal(100), "actual": Decimal(60), "forecast": Decimal(120)}
    return Budget(name, "COST", "MONTHLY", **{**values, **changes}, metric="UnblendedCost")


@cache
def _good_report() -> Json:
    said = (
        a_recommendation("60.00", resource="i-1"),
        a_recommendation("69.12", ADVISOR, resource="i-1"),
        a_recommendation("12.345", OPTIMIZER, ActionType.RIGHTSIZE, resource="i-2"),
        a_recommendation("20.004", OPTIMIZER, ActionType.STOP, resource="i-2"),
        a_recommendation("43.07", resource="i-3", not_applicable="It is stopped."),
        a_recommendation(None, ADVISOR, resource="i-4"),
        a_recommendation("-5", resource="i-5"),
        a_commitment("41.30"),
        a_commitment("30.00", "Ec2ReservedInstances"),
    )
    pointer = EvidencePointer("cost-optimization-hub:ListRecommendationSummaries", "r", "/total", "150.5")
    return a_document(
        *said,
        spend=a_spend(),
        resource_spend=(a_resource_spend(),),
        stated=(
            StatedSavings(ADVISOR, "Idle instances", "check-1", Decimal("69.12"), "USD", 1),
            StatedSavings(ADVISOR, "Unused volumes", "check-2", None, "USD", 0),
        ),
        deduped_total=DedupedTotal(Decimal("150.5"), "USD", "", (pointer,)),
        budgets=(a_budget(), a_budget("tight", limit=Decimal(61)), a_budget("wide", limit=Decimal(500))),
    )


def a_good_report() -> Json:
    """A copy of its own for each who asks."""
    return copy.deepcopy(_good_report())


def a_failed_report() -> Json:
    """What the audit makes of it once its headline is a cent too high."""
    report = a_good_report()
    report["totals"][0]["counted_usage"] = "1000000.00"
    return audited(report)


def place(report: Json, resource: str) -> int:
    return next(at for at, one in enumerate(report["opportunities"]) if one["resource_id"] == resource)
