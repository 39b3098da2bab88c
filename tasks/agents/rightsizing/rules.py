"""The Rightsizing agent's evidence becomes recommendations, with the trend of each resource's cost in view."""

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal

from tasks.agents.rightsizing.compute_optimizer_rules import compute_optimizer_recommendations
from tasks.agents.rightsizing.cost_explorer_rules import cost_explorer_recommendations
from tasks.agents.rightsizing.hub_rules import hub_recommendations
from tasks.agents.rightsizing.spec import SPEC
from tasks.agents.work import Heard
from workflows.cost_review.documents import Evidence, Findings
from workflows.cost_review.request import Review
from workflows.recommendation import ActionType, Recommendation
from workflows.spend import ResourceSpend

COST_EXPLORER = "cost_explorer"
RISING_PERCENT = Decimal(20)
SHRINKS = frozenset({ActionType.RIGHTSIZE, ActionType.SCALE_IN})


def analyse(evidence: Evidence, _review: Review, heard: Heard) -> Findings:
    """What the three services propose; shrinking a resource whose cost is rising carries a warning."""
    findings = heard.findings.get(COST_EXPLORER)
    trends = {spend.resource_key: spend for spend in (findings.resource_spend if findings else ())}
    proposed = (
        *hub_recommendations(evidence),
        *compute_optimizer_recommendations(evidence),
        *cost_explorer_recommendations(evidence),
    )
    return Findings(
        agent=SPEC.name,
        account_id=evidence.account_id,
        sources=evidence.sources,
        recommendations=tuple(_with_trend(one, trends) for one in proposed),
    )


def _with_trend(recommendation: Recommendation, trends: Mapping[str, ResourceSpend]) -> Recommendation:
    spend = trends.get(recommendation.resource_key)
    if spend is None or spend.trend_percent is None or spend.trend_percent < RISING_PERCENT:
        return recommendation
    if recommendation.action_type not in SHRINKS:
        return recommendation
    warning = f"Its cost rose by {spend.trend_percent} % in a week: look at its load before shrinking it."
    return replace(recommendation, notes=(*recommendation.notes, warning))
