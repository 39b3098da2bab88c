"""Options to buy that Cost Explorer proposes, as recommendations: so that its commitments take part like the Hub's."""

from collections.abc import Iterable

from workflows.commitments import CommitmentKind, CommitmentOption
from workflows.recommendation import ActionType, Recommendation
from workflows.sources import Source

PLAN_TYPES = {
    "COMPUTE_SP": "ComputeSavingsPlans",
    "EC2_INSTANCE_SP": "Ec2InstanceSavingsPlans",
    "SAGEMAKER_SP": "SageMakerSavingsPlans",
    "DATABASE_SP": "DatabaseSavingsPlans",
}
RESERVATION_TYPES = {
    "Amazon Elastic Compute Cloud - Compute": "Ec2ReservedInstances",
    "Amazon Relational Database Service": "RdsReservedInstances",
    "Amazon ElastiCache": "ElastiCacheReservedInstances",
    "Amazon OpenSearch Service": "OpenSearchReservedInstances",
    "Amazon Redshift": "RedshiftReservedInstances",
    "Amazon MemoryDB": "MemoryDbReservedInstances",
}
"""Cost Optimization Hub's names for what Cost Explorer names by parameter and by service."""


def recommendations_of(
    options: Iterable[CommitmentOption], *, agent: str, account_id: str
) -> tuple[Recommendation, ...]:
    """One recommendation an option; account_id is whose bill it is where the option names no account."""
    return tuple(_recommendation(one, agent, account_id) for one in options)


def _recommendation(one: CommitmentOption, agent: str, account_id: str) -> Recommendation:
    plans = one.kind is CommitmentKind.SAVINGS_PLANS
    named = PLAN_TYPES.get(one.description.upper()) if plans else RESERVATION_TYPES.get(one.service_name)
    return Recommendation(
        source=Source.COMMITMENT_OPTIONS,
        agent=agent,
        action_type=ActionType.PURCHASE_SAVINGS_PLANS if plans else ActionType.PURCHASE_RESERVED_INSTANCES,
        account_id=one.account_id or account_id,
        region_id=one.region_id,
        resource_type=named or one.description or one.service_name,
        resource_id="",
        estimated_monthly_savings=one.estimated_monthly_savings,
        billing_currency=one.billing_currency,
        recommended_resource_summary=_summary(one, named or one.service_name),
        estimated_savings_percentage=one.estimated_savings_percentage,
        restart_needed=False,
        rollback_possible=False,
        evidence=one.evidence,
    )


def _summary(one: CommitmentOption, named: str) -> str:
    """What would be bought, in the words of the Hub's summaries: "$0.210/hour ComputeSavingsPlans, ONE_YEAR, …"."""
    if one.hourly_commitment is not None:
        what = f"{one.hourly_commitment} {one.billing_currency}/hour {named}".strip()
    elif one.count is not None:
        what = f"{one.count} {one.description} {named}"
    else:
        what = f"{one.description} {named}".strip()
    return ", ".join(part for part in (what, one.details, one.term, one.payment_option) if part)
