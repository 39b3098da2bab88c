"""What Trusted Advisor's cost checks mean, by check id. Source: Trusted Advisor's check reference."""

from collections.abc import Mapping
from dataclasses import dataclass

from workflows.recommendation import ActionType, HoursBasis, SavingsBasis


@dataclass(frozen=True)
class CheckMeaning:
    """What following one check's advice would do, to which kind of resource, worked out with which month.

    states_savings  whether the check has a column that states what each row saves a month
    advice          what to do, where no column of the check says it
    names           columns that tell one commitment from another, in the order in which a person would say them
    """

    action_type: ActionType
    resource_type: str
    hours_basis: HoursBasis = HoursBasis.UNKNOWN
    savings_basis: SavingsBasis = SavingsBasis.UNKNOWN
    states_savings: bool = True
    advice: str = ""
    names: tuple[str, ...] = ()


def _list_price(action: ActionType, of_type: str) -> CheckMeaning:
    return CheckMeaning(action, of_type, HoursBasis.H720, SavingsBasis.LIST)


def _compute_optimizer(action: ActionType, of_type: str) -> CheckMeaning:
    return CheckMeaning(action, of_type, HoursBasis.H730, SavingsBasis.LIST)


def _hub(of_type: str) -> CheckMeaning:
    """Takes its action from the column "Recommended Action", which speaks Cost Optimization Hub's words."""
    return CheckMeaning(ActionType.REVIEW, of_type, HoursBasis.H730)


def _savings_plans(of_type: str) -> CheckMeaning:
    return CheckMeaning(ActionType.PURCHASE_SAVINGS_PLANS, of_type, HoursBasis.H730)


def _reservation(of_type: str) -> CheckMeaning:
    return CheckMeaning(ActionType.PURCHASE_RESERVED_INSTANCES, of_type, HoursBasis.H730)


def _advice(action: ActionType, of_type: str, advice: str = "") -> CheckMeaning:
    """Names no saving: what the advice is worth is unknown."""
    return CheckMeaning(action, of_type, states_savings=False, advice=advice)


_EXPIRING = CheckMeaning(
    ActionType.PURCHASE_RESERVED_INSTANCES,
    "Ec2ReservedInstances",
    savings_basis=SavingsBasis.LIST,
    advice="Renew",
    names=("Instance Count", "Instance Type", "Platform", "Reserved Instance ID", "Expiration Date"),
)
_TO_RESERVE = CheckMeaning(
    ActionType.PURCHASE_RESERVED_INSTANCES,
    "Ec2ReservedInstances",
    savings_basis=SavingsBasis.LIST,
    advice="Reserve",
    names=("Recommended Number of RIs to Purchase", "Instance Type", "Platform", "Term (Years)"),
)

CHECKS: Mapping[str, CheckMeaning] = {
    # Backed by Cost Optimization Hub
    "c1z7kmr00n": _hub("Ec2Instance"),
    "c1z7kmr01n": _hub("Ec2AutoScalingGroup"),
    "c1z7kmr02n": _hub("EbsVolume"),
    "c1z7kmr03n": _hub("RdsDbInstance"),
    "c1z7kmr04n": _hub("RdsDbInstanceStorage"),
    "c1z7kmr05n": _hub("LambdaFunction"),
    "c1z7kmr06n": _hub("EcsService"),
    "c1z7kmr17n": _hub("AuroraDbClusterStorage"),
    "c1z7kmr18n": _hub("NatGateway"),
    # Commitments: a better rate, no resource
    "c1z7kmr08n": _savings_plans("SageMakerSavingsPlans"),
    "c1z7kmr09n": _savings_plans("ComputeSavingsPlans"),
    "c1z7kmr11n": _reservation("RdsReservedInstances"),
    "c1z7kmr12n": _reservation("RedshiftReservedInstances"),
    "c1z7kmr13n": _reservation("ElastiCacheReservedInstances"),
    "c1z7kmr14n": _reservation("OpenSearchReservedInstances"),
    "c1z7kmr15n": _reservation("DynamoDbReservedCapacity"),
    "c1z7kmr16n": _reservation("MemoryDbReservedInstances"),
    "1e93e4c0b5": _EXPIRING,
    "cX3c2R1chu": _TO_RESERVE,
    # With a savings column of their own
    "Qch7DwouX1": _list_price(ActionType.STOP, "Ec2Instance"),
    "Ti39halfu8": _list_price(ActionType.DELETE, "RdsDbInstance"),
    "hjLMh88uM8": _list_price(ActionType.DELETE, "LoadBalancer"),
    "G31sQ1E9U": _list_price(ActionType.STOP, "RedshiftCluster"),
    "COr6dfpM03": _compute_optimizer(ActionType.RIGHTSIZE, "EbsVolume"),
    "COr6dfpM05": _compute_optimizer(ActionType.RIGHTSIZE, "LambdaFunction"),
    "Qsdfp3A4L1": CheckMeaning(ActionType.RIGHTSIZE, "Ec2Instance", savings_basis=SavingsBasis.LIST),
    # Without a savings column
    "DAvU99Dc4C": CheckMeaning(ActionType.DELETE, "EbsVolume", savings_basis=SavingsBasis.LIST, states_savings=False),
    "Z4AUBRNSmz": _advice(ActionType.DELETE, "ElasticIp"),
    "51fC20e7I2": _advice(ActionType.REVIEW, "Route53RecordSet", "Use simple routing, or add a record for each region"),
    "Qsdfp3A4L2": _advice(
        ActionType.REVIEW, "Ec2Instance", "Consolidate SQL Server on instances of four vCPUs or more"
    ),
    "Cm24dfsM12": _advice(ActionType.REVIEW, "ComprehendEndpoint", "Scale the endpoint with its use, or delete it"),
    "L4dfs2Q3C2": _advice(ActionType.REVIEW, "LambdaFunction", "Find out why invocations end in errors"),
    "L4dfs2Q3C3": _advice(ActionType.REVIEW, "LambdaFunction", "Find out why invocations time out"),
    "Wxdfp4B1L1": _advice(ActionType.REVIEW, "WellArchitectedWorkload", "Resolve the workload's high risk issues"),
    "c18d2gz127": _advice(ActionType.REVIEW, "Account", "Make the account part of the organization"),
    "c18d2gz128": _advice(ActionType.REVIEW, "EcrRepository", "Give the repository a lifecycle policy"),
    "c18d2gz150": _advice(ActionType.DELETE, "Ec2Instance", "Terminate what has been stopped for long"),
    "c18d2gz100": _advice(ActionType.REVIEW, "S3Bucket", "Give the bucket a lifecycle policy"),
    "c18d2gz171": _advice(ActionType.REVIEW, "S3Bucket", "Give the versioned bucket a lifecycle policy"),
    "c1cj39rr6v": _advice(ActionType.REVIEW, "S3Bucket", "Abort incomplete multipart uploads after some days"),
    "c2vlfg022t": _advice(ActionType.DELETE, "NatGateway"),
    "c2vlfg0bfw": _advice(ActionType.DELETE, "NetworkFirewall"),
    "c2vlfg0jp6": _advice(ActionType.DELETE, "VpcEndpoint"),
    "c2vlfg0k35": _advice(ActionType.DELETE, "VpcEndpoint"),
}
"""A check that is not here keeps its rows as Review with unknown savings: what they mean for the total is not known."""

DEPRECATED = frozenset({"vZ2c2W1srf", "1qazXsw23e", "1qw23er45t", "h3L1otH3re", "7ujm6yhn5t"})
"""Purchase recommendations that AWS took out of service on 2026-01-09, in favour of Cost Optimization Hub's."""

ACTIONS_BY_TEXT = {action.value.lower(): action for action in ActionType}
