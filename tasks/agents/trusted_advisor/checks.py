"""What Trusted Advisor's cost checks mean, by check id, and what their columns are called.

Columns are found by header, because the two APIs order them differently. Source: Trusted Advisor check reference.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from workflows.recommendation import ActionType, HoursBasis

RESOURCE_HEADERS = (
    "Resource ID",
    "Instance ID",
    "Volume ID",
    "DB Instance Name",
    "Load Balancer Name",
    "Cluster",
    "Function Name",
    "IP Address",
)
REGION_HEADERS = ("Region", "Region/AZ", "Zone")
SAVINGS_HEADERS = ("Estimated Monthly Savings", "Estimated Monthly Savings (On Demand)")
NAME_HEADERS = ("Instance Name", "Volume Name")
ACTION_HEADER = "Recommended Action"
CURRENT_HEADERS = ("Current Resource Summary", "Instance Type", "Volume Type", "Reason")
RECOMMENDED_HEADER = "Recommended Resource Summary"
COST_HEADERS = ("Estimated Monthly Cost", "Monthly Storage Cost")


@dataclass(frozen=True)
class CheckMeaning:
    """What following one check's advice would do, to which kind of resource, worked out with which month."""

    action_type: ActionType
    resource_type: str
    hours_basis: HoursBasis


CHECKS: Mapping[str, CheckMeaning] = {
    "Qch7DwouX1": CheckMeaning(ActionType.STOP, "Ec2Instance", HoursBasis.H720),
    "Ti39halfu8": CheckMeaning(ActionType.DELETE, "RdsDbInstance", HoursBasis.H720),
    "hjLMh88uM8": CheckMeaning(ActionType.DELETE, "LoadBalancer", HoursBasis.H720),
    "DAvU99Dc4C": CheckMeaning(ActionType.DELETE, "EbsVolume", HoursBasis.UNKNOWN),
    "G31sQ1E9U": CheckMeaning(ActionType.STOP, "RedshiftCluster", HoursBasis.H720),
    "COr6dfpM03": CheckMeaning(ActionType.RIGHTSIZE, "EbsVolume", HoursBasis.H730),
    "COr6dfpM05": CheckMeaning(ActionType.RIGHTSIZE, "LambdaFunction", HoursBasis.H730),
    "c1z7kmr00n": CheckMeaning(ActionType.REVIEW, "Ec2Instance", HoursBasis.H730),
    "c1z7kmr01n": CheckMeaning(ActionType.REVIEW, "Ec2AutoScalingGroup", HoursBasis.H730),
    "c1z7kmr02n": CheckMeaning(ActionType.REVIEW, "EbsVolume", HoursBasis.H730),
    "c1z7kmr03n": CheckMeaning(ActionType.REVIEW, "RdsDbInstance", HoursBasis.H730),
    "c1z7kmr04n": CheckMeaning(ActionType.REVIEW, "RdsDbInstanceStorage", HoursBasis.H730),
    "c1z7kmr05n": CheckMeaning(ActionType.REVIEW, "LambdaFunction", HoursBasis.H730),
    "c1z7kmr06n": CheckMeaning(ActionType.REVIEW, "EcsService", HoursBasis.H730),
    "c1z7kmr08n": CheckMeaning(ActionType.PURCHASE_SAVINGS_PLANS, "SageMakerSavingsPlans", HoursBasis.H730),
    "c1z7kmr09n": CheckMeaning(ActionType.PURCHASE_SAVINGS_PLANS, "ComputeSavingsPlans", HoursBasis.H730),
    "c1z7kmr11n": CheckMeaning(ActionType.PURCHASE_RESERVED_INSTANCES, "RdsReservedInstances", HoursBasis.H730),
    "c1z7kmr12n": CheckMeaning(ActionType.PURCHASE_RESERVED_INSTANCES, "RedshiftReservedInstances", HoursBasis.H730),
    "c1z7kmr13n": CheckMeaning(ActionType.PURCHASE_RESERVED_INSTANCES, "ElastiCacheReservedInstances", HoursBasis.H730),
    "c1z7kmr14n": CheckMeaning(ActionType.PURCHASE_RESERVED_INSTANCES, "OpenSearchReservedInstances", HoursBasis.H730),
    "c1z7kmr15n": CheckMeaning(ActionType.PURCHASE_RESERVED_INSTANCES, "DynamoDbReservedCapacity", HoursBasis.H730),
    "c1z7kmr16n": CheckMeaning(ActionType.PURCHASE_RESERVED_INSTANCES, "MemoryDbReservedInstances", HoursBasis.H730),
    "c1z7kmr18n": CheckMeaning(ActionType.REVIEW, "NatGateway", HoursBasis.H730),
}
"""A check that is not here keeps its rows as Review, with unknown savings: what they mean for the total is not known.

Checks with Review take the action from their own column "Recommended Action" (Cost Optimization Hub's words).
"""

ACTIONS_BY_TEXT = {action.value.lower(): action for action in ActionType}
