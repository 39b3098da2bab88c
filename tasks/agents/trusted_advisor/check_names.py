"""How Trusted Advisor displays its cost checks: its events name a check, and tell no id.

Source: the cost optimization part of Trusted Advisor's check reference, and the names that DescribeTrustedAdvisorChecks
answers where they differ. A check that was renamed keeps its older names here.
"""

from collections.abc import Mapping

CHECK_NAMES: Mapping[str, tuple[str, ...]] = {
    "c1z7kmr00n": ("Amazon EC2 cost optimization recommendations for instances",),
    "c1z7kmr01n": (
        "Amazon EC2 cost optimization recommendations for Amazon EC2 Auto Scaling groups",
        "Amazon EC2 cost optimization recommendations for Auto Scaling groups",
    ),
    "c1z7kmr02n": ("Amazon EBS cost optimization recommendations for volumes",),
    "c1z7kmr03n": ("Amazon RDS cost optimization recommendations for DB instances",),
    "c1z7kmr04n": (
        "Amazon RDS cost optimization recommendations for DB instance storage",
        "Amazon RDS cost optimization recommendations for DB storage",
    ),
    "c1z7kmr05n": ("AWS Lambda cost optimization recommendations for functions",),
    "c1z7kmr06n": (
        "AWS Fargate cost optimization recommendations for Amazon ECS",
        "Amazon ECS cost optimization recommendations for Fargate",
    ),
    "c1z7kmr17n": ("Amazon Aurora cost optimization recommendations for DB cluster storage",),
    "c1z7kmr18n": ("Idle NAT gateways", "Amazon EC2 cost optimization recommendations for idle NAT gateways"),
    "c1z7kmr08n": ("AWS Savings Plans purchase recommendations for Amazon SageMaker AI",),
    "c1z7kmr09n": ("AWS Savings Plans purchase recommendations for compute", "Compute Savings Plans recommendations"),
    "c1z7kmr11n": (
        "Amazon RDS Reserved Instance purchase recommendations",
        "Amazon RDS reserved DB instance recommendations",
    ),
    "c1z7kmr12n": ("Amazon Redshift reserved node purchase recommendations",),
    "c1z7kmr13n": ("Amazon ElastiCache reserved node purchase recommendations",),
    "c1z7kmr14n": ("Amazon OpenSearch Service Reserved Instance purchase recommendations",),
    "c1z7kmr15n": ("Amazon DynamoDB reserved capacity purchase recommendations",),
    "c1z7kmr16n": ("Amazon MemoryDB reserved node purchase recommendations",),
    "1e93e4c0b5": ("Amazon EC2 Reserved Instance Lease Expiration",),
    "cX3c2R1chu": ("Amazon EC2 Reserved Instance Optimization", "Amazon EC2 Reserved Instances Optimization"),
    "Qch7DwouX1": ("Low Utilization Amazon EC2 Instances",),
    "Ti39halfu8": ("Amazon RDS Idle DB Instances",),
    "hjLMh88uM8": ("Idle Load Balancers",),
    "G31sQ1E9U": ("Underutilized Amazon Redshift Clusters",),
    "COr6dfpM03": ("Amazon EBS over-provisioned volumes",),
    "COr6dfpM05": ("AWS Lambda over-provisioned functions for memory size",),
    "Qsdfp3A4L1": ("Amazon EC2 instances over-provisioned for Microsoft SQL Server",),
    "DAvU99Dc4C": ("Underutilized Amazon EBS Volumes",),
    "Z4AUBRNSmz": ("Unassociated Elastic IP Addresses",),
    "51fC20e7I2": ("Amazon Route 53 Latency Resource Record Sets",),
    "Qsdfp3A4L2": ("Amazon EC2 instances consolidation for Microsoft SQL Server",),
    "Cm24dfsM12": ("Amazon Comprehend underutilized endpoints",),
    "L4dfs2Q3C2": ("AWS Lambda functions with high error rates",),
    "L4dfs2Q3C3": ("AWS Lambda functions with excessive timeouts",),
    "Wxdfp4B1L1": ("AWS Well-Architected high risk issues for cost optimization",),
    "c18d2gz127": ("AWS account not part of AWS Organizations",),
    "c18d2gz128": ("Amazon ECR Repository without lifecycle policy configured",),
    "c18d2gz150": ("Amazon EC2 instances stopped",),
    "c18d2gz100": ("Amazon S3 Bucket Lifecycle Policy Configured",),
    "c18d2gz171": ("Amazon S3 version-enabled buckets without lifecycle policies configured",),
    "c1cj39rr6v": ("Amazon S3 Incomplete Multipart Upload Abort Configuration",),
    "c2vlfg022t": ("Inactive NAT Gateways",),
    "c2vlfg0bfw": ("Inactive AWS Network Firewall",),
    "c2vlfg0jp6": ("Inactive VPC interface endpoints",),
    "c2vlfg0k35": ("Inactive Gateway Load Balancer endpoints",),
}

_FOLDED = frozenset(" ".join(name.casefold().split()) for names in CHECK_NAMES.values() for name in names)


def is_cost_check(name: str) -> bool:
    """Whether the displayed name is that of a cost check that this agent knows, in whatever case it is written."""
    return " ".join(name.casefold().split()) in _FOLDED
