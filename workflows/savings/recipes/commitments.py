"""Commitments are bought by people: the commands here only show what AWS proposes."""

from dataclasses import replace

from workflows.savings.recipes import Command, Recipe, Target, aws

BILLING_REGION, BILLING_REGION_IN_CHINA = "us-east-1", "cn-northwest-1"
PLANS = {
    "ComputeSavingsPlans": "COMPUTE_SP",
    "DatabaseSavingsPlans": "DATABASE_SP",
    "Ec2InstanceSavingsPlans": "EC2_INSTANCE_SP",
    "SageMakerSavingsPlans": "SAGEMAKER_SP",
}
RESERVED = {
    "Ec2ReservedInstances": "Amazon Elastic Compute Cloud - Compute",
    "ElastiCacheReservedInstances": "Amazon ElastiCache",
    "MemoryDbReservedInstances": "Amazon MemoryDB",
    "OpenSearchReservedInstances": "Amazon OpenSearch Service",
    "RdsReservedInstances": "Amazon Relational Database Service",
    "RedshiftReservedInstances": "Amazon Redshift",
}


def buy(target: Target) -> Recipe:
    """What to compare before a commitment is bought; no command buys."""
    return Recipe(
        checks=(
            "Do the counted usage savings first: what is no longer used needs no commitment.",
            "Compare terms and payment options: they exclude each other, and none can be changed later.",
            "The usage goes on for the whole term, and coverage of what is owned already is known.",
        ),
        commands=_commands(replace(target, region_id=_billing_region(target))),
        restart="Nothing restarts: only the rate changes. The command costs 0.01 USD a page, and buys nothing.",
        rollback="None in general: AWS takes some Savings Plans back within seven days of the same month, "
        "and standard EC2 reservations can be sold on its marketplace.",
    )


def _billing_region(target: Target) -> str:
    return BILLING_REGION_IN_CHINA if target.region_id.startswith("cn-") else BILLING_REGION


def _commands(target: Target) -> tuple[Command, ...]:
    options = {"term_in_years": "ONE_YEAR", "payment_option": "NO_UPFRONT", "lookback_period_in_days": "THIRTY_DAYS"}
    plan, service = PLANS.get(target.resource_type), RESERVED.get(target.resource_type)
    if plan:
        told = {"savings_plans_type": plan, **options}
        return (aws(target, "ce", "get-savings-plans-purchase-recommendation", **told),)
    if service:
        return (aws(target, "ce", "get-reservation-purchase-recommendation", service=service, **options),)
    return ()
