"""What the tests of the pure room are built from: every builder has defaults, and a test names only what matters."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from workflows.cost_review.answers import Gap
from workflows.cost_review.consolidation import consolidate
from workflows.cost_review.coverage import Hearing, Outcome
from workflows.cost_review.documents import Findings
from workflows.cost_review.readiness import Candidate
from workflows.cost_review.report.document import report_document
from workflows.cost_review.report.run import run_document
from workflows.cost_review.request import Review, Scope
from workflows.cost_review.summary import summary
from workflows.recommendation import ActionType, EvidencePointer, Recommendation
from workflows.sources import Source, SourceState, SourceStatus

ACCOUNT = "123456789012"
HUB, OPTIMIZER = Source.COST_OPTIMIZATION_HUB, Source.COMPUTE_OPTIMIZER
RIGHTSIZING, ADVISOR = Source.COST_EXPLORER_RIGHTSIZING, Source.TRUSTED_ADVISOR


def a_recommendation(
    savings: str | None = "12.00",
    source: str = HUB,
    action: ActionType = ActionType.STOP,
    resource: str = "i-1",
    **changes: Any,
) -> Recommendation:
    """One source's proposal for an instance in us-east-1, in US dollars."""
    fields: dict[str, Any] = {
        "agent": "rightsizing-agent",
        "account_id": ACCOUNT,
        "region_id": "us-east-1",
        "resource_type": "Ec2Instance",
        "billing_currency": "USD",
        "evidence": (EvidencePointer("service:Operation", "request-1", "/items/0", str(savings)),),
    }
    return Recommendation(
        source=source,
        action_type=action,
        resource_id=resource,
        estimated_monthly_savings=None if savings is None else Decimal(savings),
        **{**fields, **changes},
    )


def a_commitment(
    savings: str | None = "41.30", resource_type: str = "ComputeSavingsPlans", **changes: Any
) -> Recommendation:
    """A purchase that lowers the rate; no resource is named."""
    action = (
        ActionType.PURCHASE_SAVINGS_PLANS
        if resource_type.endswith("SavingsPlans")
        else ActionType.PURCHASE_RESERVED_INSTANCES
    )
    fields: dict[str, Any] = {"action": action, "resource": "", "resource_type": resource_type, **changes}
    return a_recommendation(savings, **fields)


def a_review(
    *, scope: Mapping[str, Any] | None = None, review_id: str = "review-1", analysis_type: str = "comprehensive"
) -> Review:
    return Review.model_validate(
        {
            "review_id": review_id,
            "analysis_type": analysis_type,
            "scope": Scope.model_validate(scope or {}),
            "as_of": date(2026, 11, 16),
            "on_not_ready": "degrade",
            "max_cost_explorer_requests": 25,
            "requested_by": "tests",
            "started_at": f"2026-11-16T03:00:00Z of {review_id}",
        }
    )


def a_status(source: str = HUB, state: SourceState = SourceState.AVAILABLE, **changes: Any) -> SourceStatus:
    return SourceStatus(source, **{"region": "us-east-1", "state": state, **changes})


def findings(*recommendations: Recommendation, **changes: Any) -> Findings:
    """What one agent concluded, everything that it should see seen."""
    fields: dict[str, Any] = {"agent": "rightsizing-agent", "account_id": ACCOUNT, "sources": (a_status(),)}
    return Findings(recommendations=recommendations, **{**fields, **changes})


def a_candidate(key: str = "rightsizing", sources: tuple[str, ...] = (HUB,)) -> Candidate:
    return Candidate(key, f"{key}-agent", key.title(), "1.0", sources, f"finops-{key}-agent-work")


def a_hearing(
    heard: Findings | None = None,
    *,
    outcome: Outcome = "heard",
    gaps: tuple[Gap, ...] = (),
    candidate: Candidate | None = None,
    **changes: Any,
) -> Hearing:
    return Hearing(candidate or a_candidate(), outcome, heard, gaps, **changes)


def an_item(**changes: Any) -> dict[str, Any]:
    """An agent's entry in the states table: it is ready."""
    state = {"status": "ready", "version": "1.0"}
    item = {"agent_name": "rightsizing-agent", "timestamp": "2026-11-15", "state": state, "ttl": 2_000_000_000}
    return {**item, **changes}


def an_answer(**changes: Any) -> dict[str, Any]:
    """A valid answer of an agent's door."""
    return {
        "contract": "finops.answer/1",
        "agent": "rightsizing-agent",
        "review_id": "review-1",
        "kind": "findings",
        "reference": {"bucket": "b", "key": "k", "version_id": None, "sha256": "0" * 64, "size": 10},
        "reason": "",
        "run": {"state": "AnalyseRightsizing", "entered_at": "then", "started_at": "then", "duration_ms": 5},
        **changes,
    }


def a_document(*recommendations: Recommendation, review: Review | None = None, **changes: Any) -> dict[str, Any]:
    """The report of a review in which one agent said this."""
    return report_document(consolidate(review or a_review(), (a_hearing(findings(*recommendations, **changes)),)))


def a_whole_report(*recommendations: Recommendation, **changes: Any) -> dict[str, Any]:
    """The report with its summary and its run, as the formats get it."""
    document = a_document(*recommendations, **changes)
    return {
        **document,
        "summary": {"text": summary(document), "written_by": "template"},
        "run": run_document(a_review(), (), {}, paid=0),
    }
