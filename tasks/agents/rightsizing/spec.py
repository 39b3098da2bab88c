"""The Rightsizing agent, as data."""

from tasks.agents.spec import AgentSpec
from workflows.sources import Source

SPEC = AgentSpec(
    key="rightsizing",
    name="rightsizing-agent",
    title="Rightsizing",
    description="Reads what AWS proposes to stop, shrink, upgrade or commit to.",
    version="1",
    sources=(Source.COST_OPTIMIZATION_HUB, Source.COMPUTE_OPTIMIZER, Source.COST_EXPLORER_RIGHTSIZING),
    may_read=(
        "ce:GetRightsizingRecommendation",
        "compute-optimizer:GetAutoScalingGroupRecommendations",
        "compute-optimizer:GetEBSVolumeRecommendations",
        "compute-optimizer:GetEC2InstanceRecommendations",
        "compute-optimizer:GetECSServiceRecommendations",
        "compute-optimizer:GetEnrollmentStatus",
        "compute-optimizer:GetIdleRecommendations",
        "compute-optimizer:GetLambdaFunctionRecommendations",
        "compute-optimizer:GetRDSDatabaseRecommendations",
        "cost-optimization-hub:GetPreferences",
        "cost-optimization-hub:ListEnrollmentStatuses",
        "cost-optimization-hub:ListRecommendationSummaries",
        "cost-optimization-hub:ListRecommendations",
        # Compute Optimizer asks the services themselves on the caller's behalf (Service Authorization Reference).
        "autoscaling:DescribeAutoScalingGroups",
        "autoscaling:DescribeAutoScalingInstances",
        "ec2:DescribeInstances",
        "ec2:DescribeVolumes",
        "ecs:ListClusters",
        "ecs:ListServices",
        "lambda:ListFunctions",
        "lambda:ListProvisionedConcurrencyConfigs",
        "rds:DescribeDBClusters",
        "rds:DescribeDBInstances",
    ),
    has_paid_reads=True,
)
