"""What an agent tells the others of its findings: the biggest of them, their sum, and where to read them all."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal

from workflows.cost_review.answers import Reference
from workflows.cost_review.documents import Findings
from workflows.cost_review.request import Review
from workflows.events.published import (
    FINDINGS_SCHEMA,
    MOST_RESOURCES,
    FindingsContext,
    FindingsDetail,
    HighImpactResource,
    ProposedSavings,
    event_id,
    source_of,
)
from workflows.money import cents, total
from workflows.recommendation import Recommendation

COST_EXPLORER_AGENT = "cost-explorer-agent"
"""Who asks the bill about named resources: a review that has this agent in its scope does so itself."""


def findings_detail(findings: Findings, review: Review, reference: Reference, now: datetime) -> FindingsDetail:
    """The detail of the agent's event; reference is where the findings were stored."""
    savings = _savings(findings.recommendations)
    return FindingsDetail(
        contract=FINDINGS_SCHEMA,
        event_id=event_id(FINDINGS_SCHEMA, source_of(findings.agent), review.review_id),
        review_id=review.review_id,
        total_savings=ProposedSavings(stage="proposed_before_consolidation", monthly=_by_currency(savings)),
        recommendation_count=len(findings.recommendations),
        high_impact_resources=_biggest(savings),
        timestamp=now.isoformat(),
        context=FindingsContext(
            analysis_type=review.analysis_type,
            as_of=review.as_of.isoformat(),
            account_id=findings.account_id,
            deep_dive_in_review=not review.scope.agents or COST_EXPLORER_AGENT in review.scope.agents,
            max_cost_explorer_requests=review.max_cost_explorer_requests,
            findings=reference,
        ),
    )


Savings = list[tuple[Decimal, Recommendation]]


def _savings(recommendations: Iterable[Recommendation]) -> Savings:
    """What can be followed as it stands and saves something; unknown is no saving, and neither is what costs more."""
    known = [(one.estimated_monthly_savings, one) for one in recommendations if not one.not_applicable]
    return [(saving, one) for saving, one in known if saving is not None and saving > 0]


def _by_currency(savings: Savings) -> dict[str, str]:
    amounts: defaultdict[str, list[Decimal]] = defaultdict(list)
    for saving, one in savings:
        amounts[one.billing_currency].append(saving)
    return {currency: str(cents(total(amounts[currency]))) for currency in sorted(amounts)}


def _biggest(savings: Savings) -> tuple[HighImpactResource, ...]:
    """The resources with the biggest savings, each once. Currencies are not converted: amounts compare as written."""
    best: dict[str, tuple[Decimal, Recommendation]] = {}
    for saving, one in sorted(savings, key=lambda pair: (-pair[0], pair[1].resource_key, pair[1].recommendation_id)):
        if one.resource_id:
            best.setdefault(one.resource_key, (saving, one))
    return tuple(_resource(saving, one) for saving, one in list(best.values())[:MOST_RESOURCES])


def _resource(saving: Decimal, one: Recommendation) -> HighImpactResource:
    return HighImpactResource(
        resource_id=one.resource_id,
        resource_type=one.resource_type,
        region_id=one.region_id,
        account_id=one.account_id,
        action_type=one.action_type.value,
        billing_currency=one.billing_currency,
        proposed_monthly_savings=str(cents(saving)),
    )
