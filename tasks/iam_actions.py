"""Which IAM actions an operation needs: its own, which may carry another name, and those that AWS documents beside it.

An operation that is in neither table is refused towards a real account, so these are also the list of everything that
may ever be asked there: reads, and what has AWS look anew, which is asked only where somebody turned that on. Sources:
the Service Authorization Reference, and "Controlling access" in the Compute Optimizer user guide for the permissions
that it asks for on the caller's behalf.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from tasks.agents import AGENTS


@dataclass(frozen=True)
class Needs:
    """What a role has to allow for one operation; action is None where AWS asks for no permission."""

    action: str | None
    dependent: tuple[str, ...] = ()

    @property
    def actions(self) -> frozenset[str]:
        return frozenset((*((self.action,) if self.action else ()), *self.dependent))


_SAME_NAME = (
    "ce:GetAnomalies",
    "ce:GetAnomalyMonitors",
    "ce:GetCostAndUsage",
    "ce:GetCostAndUsageWithResources",
    "ce:GetCostForecast",
    "ce:GetReservationCoverage",
    "ce:GetReservationPurchaseRecommendation",
    "ce:GetReservationUtilization",
    "ce:GetRightsizingRecommendation",
    "ce:GetSavingsPlansCoverage",
    "ce:GetSavingsPlansPurchaseRecommendation",
    "ce:GetSavingsPlansUtilization",
    "compute-optimizer:GetEnrollmentStatus",
    "compute-optimizer:GetIdleRecommendations",
    "cost-optimization-hub:GetPreferences",
    "cost-optimization-hub:ListEnrollmentStatuses",
    "cost-optimization-hub:ListRecommendationSummaries",
    "cost-optimization-hub:ListRecommendations",
    "support:DescribeTrustedAdvisorCheckRefreshStatuses",
    "support:DescribeTrustedAdvisorCheckResult",
    "support:DescribeTrustedAdvisorCheckSummaries",
    "support:DescribeTrustedAdvisorChecks",
    "trustedadvisor:GetRecommendation",
    "trustedadvisor:ListChecks",
    "trustedadvisor:ListRecommendationResources",
    "trustedadvisor:ListRecommendations",
)

READS: Mapping[str, Needs] = {
    **{operation: Needs(operation) for operation in _SAME_NAME},
    "budgets:DescribeBudgetPerformanceHistory": Needs("budgets:ViewBudget"),
    "budgets:DescribeBudgets": Needs("budgets:ViewBudget"),
    "compute-optimizer:GetAutoScalingGroupRecommendations": Needs(
        "compute-optimizer:GetAutoScalingGroupRecommendations",
        ("autoscaling:DescribeAutoScalingGroups", "autoscaling:DescribeAutoScalingInstances"),
    ),
    "compute-optimizer:GetEBSVolumeRecommendations": Needs(
        "compute-optimizer:GetEBSVolumeRecommendations", ("ec2:DescribeVolumes",)
    ),
    "compute-optimizer:GetEC2InstanceRecommendations": Needs(
        "compute-optimizer:GetEC2InstanceRecommendations", ("ec2:DescribeInstances",)
    ),
    "compute-optimizer:GetECSServiceRecommendations": Needs(
        "compute-optimizer:GetECSServiceRecommendations", ("ecs:ListClusters", "ecs:ListServices")
    ),
    "compute-optimizer:GetLambdaFunctionRecommendations": Needs(
        "compute-optimizer:GetLambdaFunctionRecommendations",
        ("lambda:ListFunctions", "lambda:ListProvisionedConcurrencyConfigs"),
    ),
    "compute-optimizer:GetRDSDatabaseRecommendations": Needs(
        "compute-optimizer:GetRDSDatabaseRecommendations", ("rds:DescribeDBClusters", "rds:DescribeDBInstances")
    ),
    # Anybody may ask who they are; no policy can forbid it.
    "sts:GetCallerIdentity": Needs(None),
    **{operation: Needs(action) for spec in AGENTS for operation, action in spec.operations.items()},
}
"""By "service:Operation", with boto3's name of the service; what only one agent asks stands in its spec."""

REFRESHES: Mapping[str, Needs] = {
    "support:RefreshTrustedAdvisorCheck": Needs("support:RefreshTrustedAdvisorCheck"),
}
"""What changes no resource and yet is no read: Trusted Advisor looks at the account anew."""


def actions_for(operations: Iterable[str], table: Mapping[str, Needs] = READS) -> frozenset[str]:
    """The IAM actions that a role needs to call these operations; KeyError names one that is not in the table."""
    return frozenset(action for operation in operations for action in table[operation].actions)
