"""Parts of a report about acting on it, for tests: each builder gives a whole, valid part."""

from typing import Any

from tests.workflows.reports import an_opportunity
from tests.workflows.spend_reports import a_budget

Json = dict[str, Any]
AN_ID = "2d89add0b1f8214c"


def an_advised_opportunity(**changes: Any) -> Json:
    """A counted opportunity with all that tells how sure it is, whose, and how it is carried out."""
    advised: Json = {
        "counted_monthly_savings_exact": "70.08",
        "verified": True,
        "unverified_because": "",
        "deductions": [],
        "decision": None,
        "owner": {"name": "web", "from": "tag team, as CostOptimizationHub tells it"},
        "confidence": a_confidence(),
        "rank_because": {
            "ranking": "biggest",
            "score": 1.0,
            "contributions": [
                {"factor": "money", "value": 1.0, "weight": 1.0, "product": 1.0, "because": "its share of the largest"}
            ],
        },
        "how_to": {
            "account_id": "123456789012",
            "region_id": "us-east-1",
            "checks": ["Nobody uses it."],
            "commands": ["aws ec2 stop-instances --instance-ids i-1", "aws ec2 wait instance-stopped"],
            "restart": "It stops and stays stopped.",
            "rollback": "Start it again.",
            "is_known": True,
        },
    }
    return an_opportunity(**{**advised, **changes})


def a_confidence(**changes: Any) -> Json:
    confidence: Json = {
        "level": "HIGH",
        "score": 65,
        "reasons": [
            {"points": 20, "reason": "The counted amount is verified by the bill."},
            {"points": 0, "reason": "ComputeOptimizer, TrustedAdvisor repeat one figure."},
            {"points": -5, "reason": "The sources are apart."},
        ],
        "spread": {"least": "70.08", "most": "70.08", "percent": "0.0", "causes": []},
    }
    return {**confidence, **changes}


def a_deduction(**changes: Any) -> Json:
    deduction = {"step": "capped", "amount": "20.08", "amount_exact": "20.08", "reason": "the bill has 50.00 a month"}
    return {**deduction, **changes}


def a_decision(**changes: Any) -> Json:
    decision: Json = {
        "state": "accepted",
        "by": "ana",
        "at": "2026-11-20T08:00:00+00:00",
        "why": "next release",
        "until": None,
    }
    return {**decision, **changes}


def an_impact(**changes: Any) -> Json:
    """A budget that breaks, and that no set of savings brings back."""
    impact: Json = {
        "outlook": "CANNOT_BE_BROUGHT_BACK",
        "reason": "",
        "period_start": "2026-11-01",
        "period_end": "2026-12-01",
        "days_left": 15,
        "breaks_on": "2026-11-28",
        "needed": "345.12",
        "matching": 8,
        "savings_in_period": "144.92",
        "verified_in_period": "121.12",
        "untold": 0,
        "untold_in_period": "0.00",
        "open_conditions": [],
        "actions": [],
        "missing": "200.20",
        "caveats": ["Taxes are part of the cost."],
    }
    return {**impact, **changes}


def a_budget_action(**changes: Any) -> Json:
    return {"opportunity_id": AN_ID, "in_period": "34.56", "verified": True, **changes}


def a_budget_in_danger(**changes: Any) -> Json:
    return a_budget(verdict="FORECAST_TO_EXCEED", overrun="345.12", impact=an_impact(**changes))


def a_known(**changes: Any) -> Json:
    """An opportunity as one review remembers it for the next."""
    known: Json = {
        "opportunity_id": "546fd901a783889f",
        "optimization_type": "Usage",
        "action_type": "Delete",
        "account_id": "123456789012",
        "region_id": "us-east-1",
        "resource_type": "LoadBalancer",
        "resource_id": "old-shop-lb",
        "resource_name": "",
        "billing_currency": "USD",
        "estimated_monthly_savings": "18.00",
        "counted_monthly_savings_exact": "18.00",
        "not_counted": None,
        "sources": ["TrustedAdvisor"],
        "last_seen": "2026-11-09",
    }
    return {**known, **changes}


def a_change(**changes: Any) -> Json:
    return {
        **a_known(),
        "before": "18.00",
        "after": None,
        "difference": "-18.00",
        "reason": "nobody names it",
        **changes,
    }


def some_changes(**changes: Any) -> Json:
    """What became of opportunities since 9 Nov 2026: nothing, as long as no kind is given."""
    nothing: Json = {
        "since": {"as_of": "2026-11-09", "status": "COMPLETE"},
        **{kind: [] for kind in ("new", "grown", "shrunk", "gone", "unknown")},
        "unchanged": 12,
        "totals": [],
    }
    return {**nothing, **changes}


def a_changed_total(**changes: Any) -> Json:
    moves = dict.fromkeys(("new", "grown", "shrunk", "gone", "unknown", "within_a_cent"), "0.00")
    total = {"billing_currency": "USD", "optimization_type": "Usage", "counted_before": "88.08", "counted_now": "70.08"}
    return {**total, **moves, **changes}


def a_last_good_finding(**changes: Any) -> Json:
    return {**a_known(), "sources_missing": "TrustedAdvisor: DENIED: no", "counts": False, **changes}


def an_exemption_in_use(**changes: Any) -> Json:
    exemption: Json = {
        "pattern": "vol-0a7e*",
        "reason": "Kept for the auditors",
        "expires": "2026-12-01",
        "action": None,
        "account": None,
        "state": "applies",
        "expires_soon": False,
        "matched": 1,
        "set_aside": [{"billing_currency": "USD", "monthly_savings": "12.00"}],
    }
    return {**exemption, **changes}


def a_realised_saving(**changes: Any) -> Json:
    row: Json = {
        "opportunity_id": AN_ID,
        "resource_key": "123456789012/us-east-1/Ec2Instance/i-0f3a9c1d27b84e605",
        "state": "verified",
        "done_on": "2026-11-02",
        "billing_currency": "USD",
        "counted_monthly_savings": "70.08",
        "before": {"a_day": "2.31", "days": 13, "until": "2026-11-02"},
        "after": {"a_day": "0.00", "days": 10, "until": "2026-11-14"},
        "realised_monthly_savings": "70.26",
        "enough_days": True,
        "gone_from_bill": False,
        "shared_with": "",
        "basis": "amortized cost a day, before and after",
    }
    return {**row, **changes}


def some_realised_savings(*rows: Json, **changes: Any) -> Json:
    total: Json = {
        "billing_currency": "USD",
        "realised_monthly_savings": "70.26",
        "counted_monthly_savings": "70.08",
        "judged": 1,
        "waiting": 0,
    }
    return {"totals": [{**total, **changes}], "rows": list(rows) or [a_realised_saving()]}


def a_bridge(*lines: Json, **changes: Any) -> Json:
    bridge: Json = {
        "reason": "",
        "billing_currency": "USD",
        "theirs": "292.34",
        "ours": "330.12",
        "unexplained": "0.00",
        "lines": list(lines),
        "evidence": [
            {
                "operation": "cost-optimization-hub:ListRecommendationSummaries",
                "pointer": "/estimatedTotalDedupedSavings",
                "raw": "292.34",
                "request_id": "56afb669",
            }
        ],
    }
    return {**bridge, **changes}


def a_bridge_line(**changes: Any) -> Json:
    line = {"opportunity_id": AN_ID, "kind": "not_in_hub", "amount": "18.00", "reason": "TrustedAdvisor proposes Stop"}
    return {**line, **changes}
