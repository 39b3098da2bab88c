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
            "Carry out the usage savings first: what you no longer use needs no commitment.",
            "Compare terms and payment options: you can pick only one, and cannot change it later.",
            "The usage will last for the whole term, and you know what your existing commitments cover.",
        ),
        commands=_commands(replace(target, region_id=_billing_region(target))),
        restart="Nothing restarts: only the rate changes. The command buys nothing; it costs 0.01 USD a page.",
        rollback="None as a rule. Some Savings Plans can be returned within seven days in the same month, "
        "and standard EC2 reservations can be sold on the AWS marketplace for reservations.",
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
