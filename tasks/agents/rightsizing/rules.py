"""The Rightsizing agent's evidence becomes recommendations, with the trend of each resource's cost in view."""

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal

from tasks.agents.rightsizing.compute_optimizer_rules import compute_optimizer_recommendations, stopped_instances
from tasks.agents.rightsizing.cost_explorer_rules import cost_explorer_recommendations
from tasks.agents.rightsizing.hub_rules import hub_recommendations
from tasks.agents.rightsizing.hub_total import deduped_total
from tasks.agents.rightsizing.rows import Unreadable, status_with_unreadable
from tasks.agents.rightsizing.spec import SPEC
from tasks.agents.work import Heard
from workflows.cost_review.documents import Evidence, Findings
from workflows.cost_review.request import Review
from workflows.recommendation import ActionType, Recommendation
from workflows.spend import ResourceSpend

COST_EXPLORER = "cost_explorer"
RISING_PERCENT = Decimal(20)
SHRINKS = frozenset({ActionType.RIGHTSIZE, ActionType.SCALE_IN})
NEEDS_A_RUNNING_INSTANCE = frozenset(
    {ActionType.RIGHTSIZE, ActionType.UPGRADE, ActionType.MIGRATE_TO_GRAVITON, ActionType.STOP}
)
STOPPED = "The instance is stopped: its type costs nothing now."


def analyse(evidence: Evidence, _review: Review, heard: Heard) -> Findings:
    """What the three services propose; shrinking a resource whose cost is rising carries a warning."""
    findings = heard.findings.get(COST_EXPLORER)
    trends = {spend.resource_key: spend for spend in (findings.resource_spend if findings else ())}
    proposed = (
        *hub_recommendations(evidence),
        *compute_optimizer_recommendations(evidence),
        *cost_explorer_recommendations(evidence),
    )
    unreadable = [one for one in proposed if isinstance(one, Unreadable)]
    stopped = stopped_instances(evidence)
    return Findings(
        agent=SPEC.name,
        account_id=evidence.account_id,
        sources=tuple(status_with_unreadable(status, unreadable) for status in evidence.sources),
        deduped_total=deduped_total(evidence),
        recommendations=tuple(
            _with_trend(_unless_stopped(one, stopped), trends) for one in proposed if not isinstance(one, Unreadable)
        ),
    )


def _unless_stopped(recommendation: Recommendation, stopped: frozenset[str]) -> Recommendation:
    """Only Compute Optimizer tells that an instance is stopped; it is stopped for every source."""
    if recommendation.resource_key not in stopped or recommendation.action_type not in NEEDS_A_RUNNING_INSTANCE:
        return recommendation
    return replace(recommendation, not_applicable=STOPPED)


def _with_trend(recommendation: Recommendation, trends: Mapping[str, ResourceSpend]) -> Recommendation:
    spend = trends.get(recommendation.resource_key)
    if spend is None or spend.trend_percent is None or spend.trend_percent < RISING_PERCENT:
        return recommendation
    if recommendation.action_type not in SHRINKS:
        return recommendation
    warning = f"Its cost rose by {spend.trend_percent} % in a week: look at its load before shrinking it."
    return replace(recommendation, notes=(*recommendation.notes, warning))
