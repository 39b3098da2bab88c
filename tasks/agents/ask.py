"""An agent's ask door: the seed contract {"query", "context"}, answered from the agent's latest findings."""

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from tasks.agents.spec import AgentSpec
from tasks.shared_context import latest_context
from tasks.wiring import World
from workflows.cost_review.documents import Findings, findings_from
from workflows.cost_review.words import amount
from workflows.errors import InvalidQuestion
from workflows.money import cents, total
from workflows.recommendation import Recommendation
from workflows.spend import Anomaly

MOST_ROWS = 10


class Question(BaseModel):
    """What somebody wants to know; context is theirs and may be empty."""

    model_config = ConfigDict(extra="forbid")

    query: str = Field(min_length=1, max_length=4_000)
    context: Mapping[str, Any] = {}


class AskDoor:
    """Answers from what the agent last found; asks AWS nothing and pays nothing."""

    def __init__(self, spec: AgentSpec) -> None:
        self._spec = spec

    def handle(self, event: Mapping[str, Any], world: World) -> Mapping[str, Any]:
        """{agent, answer, review_id, found_at}; the last two are None where the agent has found nothing yet."""
        try:
            Question.model_validate(event)
        except ValidationError as error:
            problems = [f"{'.'.join(map(str, one['loc'])) or 'question'}: {one['msg']}" for one in error.errors()]
            raise InvalidQuestion([*problems, 'ask with {"query": "…", "context": {}}']) from error
        latest = latest_context(world, agent=self._spec.name, context_type="findings")
        if latest is None:
            nothing = f"{self._spec.title} has found nothing yet: start a review first."
            return {"agent": self._spec.name, "answer": nothing, "review_id": None, "found_at": None}
        findings = findings_from(latest.content)
        return {
            "agent": self._spec.name,
            "answer": in_words(self._spec.title, findings),
            "review_id": latest.review_id,
            "found_at": latest.timestamp,
        }


def in_words(title: str, findings: Findings) -> str:
    """What an agent found, as sentences; each figure is one of the findings' own."""
    parts = [
        *_savings(title, findings.recommendations),
        *_spend(findings),
        *_budgets(findings),
        *(f"{one.source} {one.region} could not be read: {one.detail}" for one in findings.sources if one.is_gap),
    ]
    return "\n".join(parts) or f"{title} looked and found nothing to report."


def _savings(title: str, recommendations: tuple[Recommendation, ...]) -> list[str]:
    known = sorted(
        (one for one in recommendations if one.estimated_monthly_savings is not None),
        key=lambda one: (-(one.estimated_monthly_savings or 0), one.resource_key),
    )
    if not recommendations:
        return []
    rows = [
        f"- {one.action_type} {one.resource_name or one.resource_id or one.recommended_resource_summary}: "
        f"{amount(str(cents(one.estimated_monthly_savings or total(()))), one.billing_currency)} a month ({one.source})"
        for one in known[:MOST_ROWS]
    ]
    unknown = len(recommendations) - len(known)
    more = [f"- and {len(known) - MOST_ROWS} more"] if len(known) > MOST_ROWS else []
    unknowns = [f"- {unknown} with unknown savings"] if unknown else []
    return [f"{title} makes {len(recommendations)} recommendations (not yet consolidated):", *rows, *more, *unknowns]


def _spend(findings: Findings) -> list[str]:
    spend, forecast = findings.spend, findings.forecast
    said = []
    if spend is not None:
        said.append(f"Month to date: {amount(str(cents(spend.month_to_date)), spend.billing_currency)}.")
    if forecast is not None and forecast.month_total is not None:
        said.append(f"Forecast for the month: {amount(str(cents(forecast.month_total)), forecast.billing_currency)}.")
    said += [f"Anomaly in {one.service_name} from {one.start}: {_impact(one)}." for one in findings.anomalies]
    return said


def _impact(one: Anomaly) -> str:
    return "unknown" if one.total_impact is None else amount(str(cents(one.total_impact)), one.billing_currency)


def _budgets(findings: Findings) -> list[str]:
    return [
        f"Budget {one.name}: {one.verdict}"
        + (f", {amount(str(cents(one.overrun)), one.unit)} over" if one.overrun is not None else "")
        for one in findings.budgets
    ]
