"""Report documents for tests: each builder gives a whole, valid part, and a test names only what matters to it."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

Json = dict[str, Any]


def a_report(**changes: Any) -> Json:
    """A complete review of one account with one counted opportunity."""
    report: Json = {
        "contract": "finops.report/1",
        "status": "COMPLETE",
        "review": {
            "analysis_type": "comprehensive",
            "as_of": "2026-11-16",
            "max_cost_explorer_requests": 25,
            "on_not_ready": "degrade",
            "scope": {"accounts": [], "agents": [], "regions": [], "resource_ids": [], "services": []},
        },
        "accounts": ["123456789012"],
        "totals": [some_totals()],
        "opportunities": [an_opportunity()],
        "outside_focus": 0,
        "waterfalls": [a_waterfall()],
        "stated_by_sources": [],
        "budgets": [],
        "spend": None,
        "forecast": None,
        "anomalies": [],
        "resource_spend": [],
        "service_basis": [],
        "commitments": [],
        "commitment_options": [],
        "coverage": [a_coverage_row()],
        "summary": {"text": "One thing can be done.", "written_by": "template"},
        "run": a_run(),
    }
    return {**report, **changes}


def an_empty_report() -> Json:
    """What is left when nobody proposes, spends or is asked anything."""
    return a_report(accounts=[], totals=[], opportunities=[], waterfalls=[], coverage=[], run=a_run(steps=[]))


def some_totals(**changes: Any) -> Json:
    totals: Json = {
        "billing_currency": "USD",
        "counted_opportunities": 1,
        "counted_rate": "0.00",
        "counted_usage": "70.08",
        "gross_rate": "0.00",
        "gross_usage": "139.20",
        "opportunities": 1,
        "unknown_savings": 0,
    }
    return {**totals, **changes}


def a_proposal(*, savings: str | None = "70.08", action: str = "Stop", source: str = "ComputeOptimizer") -> Json:
    return {
        "action_type": action,
        "current_resource_summary": "m5.large",
        "recommended_resource_summary": "",
        "estimated_monthly_savings": savings,
        "estimated_monthly_cost_before": None,
        "estimated_savings_percentage": None,
        "implementation_effort": None,
        "restart_needed": None,
        "rollback_possible": None,
        "performance_risk": None,
        "lookback_days": None,
        "said_by": [said(savings=savings, action=action, source=source)],
    }


def said(*, savings: str | None = "70.08", action: str = "Stop", source: str = "ComputeOptimizer") -> Json:
    pointer = {
        "operation": "compute-optimizer:GetIdleRecommendations",
        "pointer": "/idleRecommendations/0/savingsOpportunity/estimatedMonthlySavings/value",
        "raw": savings or "-",
        "request_id": "19084cc0-840e-fe89-d673-6e4a1386c3a5",
    }
    return {
        "source": source,
        "recommendation_id": "2d89add0b1f8214c",
        "action_type": action,
        "estimated_monthly_savings": savings,
        "savings_basis": "List",
        "hours_basis": "730",
        "evidence": [pointer],
    }


def an_opportunity(*, savings: str | None = "70.08", not_counted: str | None = None, **changes: Any) -> Json:
    opportunity: Json = {
        "rank": 1,
        "opportunity_id": "2d89add0b1f8214c",
        "optimization_type": "Usage",
        **a_proposal(savings=savings),
        "account_id": "123456789012",
        "region_id": "us-east-1",
        "resource_type": "Ec2Instance",
        "resource_id": "i-0f3a9c1d27b84e605",
        "resource_name": "batch-worker-1",
        "billing_currency": "USD",
        "counted_monthly_savings": savings if savings and not not_counted else "0.00",
        "not_counted": not_counted,
        "not_applicable": "",
        "sources": ["ComputeOptimizer"],
        "notes": [],
        "alternatives": [],
    }
    return {**opportunity, **changes}


def an_unknown_opportunity(**changes: Any) -> Json:
    return an_opportunity(savings=None, not_counted="unknown_savings", **changes)


def a_waterfall(*, taken: Mapping[str, str] | None = None, counted: str = "70.08", **changes: Any) -> Json:
    """A waterfall that adds up: gross is what is counted and what is taken; an amount taken is one item."""
    taken = {"duplicates": "69.12"} if taken is None else taken
    steps = [
        {
            "step": name,
            "reason": f"because of {name}",
            "amount": str(-Decimal(taken.get(name, "0.00"))) if name in taken else "0.00",
            "items": [_taken(name, taken[name])] if name in taken else [],
        }
        for name in ("duplicates", "alternatives", "not_applicable")
    ]
    gross = Decimal(counted) + sum(Decimal(amount) for amount in taken.values())
    waterfall: Json = {
        "billing_currency": "USD",
        "optimization_type": "Usage",
        "gross": str(gross),
        "steps": steps,
        "counted": counted,
    }
    return {**waterfall, **changes}


def _taken(name: str, amount: str) -> Json:
    return {
        "amount": amount,
        "reason": f"taken as {name}",
        "recommendation_id": "b84fcb1ea94eab44",
        "resource_id": "i-0f3a9c1d27b84e605",
        "source": "TrustedAdvisor",
    }


def some_stated_savings(*amounts: str | None, total: str) -> Json:
    return {
        "source": "TrustedAdvisor",
        "billing_currency": "USD",
        "estimated_monthly_savings": total,
        "recommendations": [
            {"name": f"Check {number}", "reference": "Qch7DwouX1", "estimated_monthly_savings": amount, "resources": 1}
            for number, amount in enumerate(amounts, start=1)
        ],
    }


def a_coverage_row(**changes: Any) -> Json:
    row: Json = {
        "agent": "rightsizing-agent",
        "source": "ComputeOptimizer",
        "region": "us-east-1",
        "state": "AVAILABLE",
        "detail": "",
        "remedy": "",
        "is_gap": False,
    }
    return {**row, **changes}


BUILT_IN_STATES = (
    ("CollectTrustedAdvisor", "trusted-advisor-agent"),
    ("AnalyseTrustedAdvisor", "trusted-advisor-agent"),
    ("CollectCostExplorer", "cost-explorer-agent"),
    ("AnalyseCostExplorer", "cost-explorer-agent"),
    ("CollectNamedResourceSpend", "cost-explorer-agent"),
    ("CollectRightsizing", "rightsizing-agent"),
    ("AnalyseRightsizing", "rightsizing-agent"),
    ("CollectBudget", "budget-agent"),
    ("AnalyseBudget", "budget-agent"),
)


def an_answered_step(state: str, agent: str, **changes: Any) -> Json:
    step: Json = {
        "state": state,
        "agent": agent,
        "outcome": "answered",
        "error": "",
        "entered_at": "2026-11-22T15:39:22.379303+00:00",
        "started_at": "2026-11-22T15:39:22.385772+00:00",
        "duration_ms": 66,
        "retry": 0,
        "requests": 10,
        "cost_explorer_requests": 0,
        "reference": None,
    }
    return {**step, **changes}


def a_gap_step(state: str, agent: str, error: str = "Throttled: too many requests") -> Json:
    return {"state": state, "agent": agent, "outcome": "gap", "error": error, "reference": None}


def a_step_not_asked(state: str, agent: str) -> Json:
    return {"state": state, "agent": agent, "outcome": "not_asked", "error": "", "reference": None}


def a_run(*, steps: Sequence[Json] | None = None, **changes: Any) -> Json:
    run: Json = {
        "review_id": "review-1",
        "requested_by": "somebody",
        "started_at": "2026-11-22T15:39:21.172505+00:00",
        "published_at": "2026-11-22T15:39:22.848580+00:00",
        "readiness": {"ready_agents": ["budget-agent"], "total_required": 4},
        "woken": 0,
        "steps": [an_answered_step(*one) for one in BUILT_IN_STATES] if steps is None else list(steps),
        "self_cost": {"aws_requests": 64, "cost_explorer_requests": 7, "cost_explorer_usd": "0.07"},
    }
    return {**run, **changes}
