"""One spelling for one resource, whatever the service calls it."""

import re
from dataclasses import dataclass
from functools import lru_cache

# Cost Optimization Hub's resource types are the names that we use; the others are folded onto them.
TYPE_BY_ARN = {
    ("ec2", "instance"): "Ec2Instance",
    ("ec2", "volume"): "EbsVolume",
    ("ec2", "natgateway"): "NatGateway",
    ("rds", "db"): "RdsDbInstance",
    ("lambda", "function"): "LambdaFunction",
    ("ecs", "service"): "EcsService",
    ("autoscaling", "autoScalingGroup"): "Ec2AutoScalingGroup",
    ("elasticloadbalancing", "loadbalancer"): "LoadBalancer",
    ("redshift", "cluster"): "RedshiftCluster",
}
SERVICE_BY_TYPE = {
    "Ec2Instance": "ec2",
    "Ec2AutoScalingGroup": "ec2",
    "EbsVolume": "ec2",
    "NatGateway": "ec2",
    "RdsDbInstance": "rds",
    "RdsDbInstanceStorage": "rds",
    "LambdaFunction": "lambda",
    "EcsService": "ecs",
    "LoadBalancer": "elasticloadbalancing",
    "RedshiftCluster": "redshift",
    "AuroraDbClusterStorage": "rds",
    "RdsDbCluster": "rds",
    "EcsCluster": "ecs",
    "EksCluster": "eks",
    "DocumentDBCluster": "docdb",
    "DynamoDBTable": "dynamodb",
    "ElastiCacheCluster": "elasticache",
    "MemoryDBCluster": "memorydb",
    "SageMakerEndpoint": "sagemaker",
    "WorkSpaces": "workspaces",
}
TYPE_BY_LOWER_NAME = {
    "autoscalinggroup": "Ec2AutoScalingGroup",
    **{name.lower(): name for name in (*TYPE_BY_ARN.values(), *SERVICE_BY_TYPE)},
}
KEPT_IN_LOWER_CASE = frozenset(
    {
        "RdsDbInstance",
        "RdsDbInstanceStorage",
        "AuroraDbClusterStorage",
        "RdsDbCluster",
        "RedshiftCluster",
        "DocumentDBCluster",
        "ElastiCacheCluster",
    }
)
"""Types whose identifiers AWS keeps in lower case, whatever case they were created with."""
BILLED_AS = {
    "AuroraDbClusterStorage": "Amazon Relational Database Service",
    "DocumentDBCluster": "Amazon DocumentDB (with MongoDB compatibility)",
    "DynamoDBTable": "Amazon DynamoDB",
    "EbsVolume": "EC2 - Other",
    "Ec2AutoScalingGroup": "Amazon Elastic Compute Cloud - Compute",
    "Ec2Instance": "Amazon Elastic Compute Cloud - Compute",
    "EcsService": "Amazon Elastic Container Service",
    "ElastiCacheCluster": "Amazon ElastiCache",
    "LambdaFunction": "AWS Lambda",
    "LoadBalancer": "Amazon Elastic Load Balancing",
    "NatGateway": "EC2 - Other",
    "RdsDbInstance": "Amazon Relational Database Service",
    "RdsDbInstanceStorage": "Amazon Relational Database Service",
    "RedshiftCluster": "Amazon Redshift",
    "SageMakerEndpoint": "Amazon SageMaker",
    "WorkSpaces": "Amazon WorkSpaces",
}
"""The service under whose name the bill has a type of resource; other types have no service-level answer."""


@dataclass(frozen=True)
class ResourceName:
    """Where a resource lives and what it is called there."""

    account_id: str
    region_id: str
    resource_type: str
    resource_id: str

    @property
    def key(self) -> str:
        return f"{self.account_id}/{self.region_id}/{self.resource_type}/{self.resource_id}"


@lru_cache(maxsize=1024)
def resource_type(name: str) -> str:
    """The type in Cost Optimization Hub's spelling; a type that nobody here knows keeps its own."""
    bare = name.strip()
    return TYPE_BY_LOWER_NAME.get(bare.lower(), bare)


def bare_id(identifier: str, kind: str) -> str:
    """The id of a resource of this type without the blanks around it, in the case in which AWS keeps it."""
    bare = identifier.strip()
    return bare.lower() if kind in KEPT_IN_LOWER_CASE else bare


def short_name(kind: str, identifier: str) -> str:
    """What the resource is called by services that leave out a part of its id; the id where none does.

    "app/web/50dc6c" is the load balancer "web", "shop/web" the service "web" of the cluster "shop".
    """
    parts = identifier.split("/")
    if kind == "LoadBalancer" and len(parts) == 3:
        return parts[1]
    return parts[-1] if kind == "EcsService" else identifier


def region(text: str) -> str:
    """The region's code: "us-east-2c" is an availability zone of us-east-2, "us-west-2-lax-1a" a local zone."""
    stripped = text.strip()
    zone = _REGION_OR_ZONE.fullmatch(stripped.lower())
    return zone.group(1) if zone else stripped


_REGION_OR_ZONE = re.compile(r"(global|[a-z]+(?:-[a-z]+)+-\d+)(?:(?<=\d)(?:[a-z]|-[a-z].*))?")


@lru_cache(maxsize=1024)
def is_region(text: str) -> bool:
    """Whether the text is a region's code, and not a name for people that nobody here knows, or a dash."""
    zone = _REGION_OR_ZONE.fullmatch(text)
    return zone is not None and zone.group(1) == text


def name_from_arn(arn: str, of_type: str | None = None) -> ResourceName | None:
    """The resource that an ARN names, or None where the text is no ARN. A given type wins over the ARN's own."""
    parts = arn.strip().split(":", 5)
    if len(parts) != 6 or parts[0] != "arn":
        return None
    service, region_id, account_id, rest = parts[2], parts[3], parts[4], parts[5]
    kind, _, identifier = rest.partition(":" if ":" in rest.partition("/")[0] else "/")
    if service == "lambda":
        identifier = _without_version(identifier)
    if service == "autoscaling":
        # arn:aws:autoscaling:REGION:ACCOUNT:autoScalingGroup:UUID:autoScalingGroupName/NAME: others say the name only.
        identifier = identifier.rpartition(":autoScalingGroupName/")[2]
    known = resource_type(of_type) if of_type else TYPE_BY_ARN.get((service, kind), kind)
    return ResourceName(account_id, region_id, known, bare_id(identifier or kind, known))


def _without_version(function: str) -> str:
    return function.split(":", 1)[0]


_FUNCTION = re.compile(r"(?:(?:([a-z-]+-[0-9]+):)?([0-9]{12}):)?(?:function:)?([^:]+)(?::[^:]*)?")
"""Lambda's shorter forms: ACCOUNT:NAME, ACCOUNT:function:NAME, REGION:ACCOUNT:function:NAME, each with a version."""


def resource_name(identifier: str, *, account_id: str, region_id: str, of_type: str) -> ResourceName:
    """The resource that a bare id or an ARN names; account and region fill in what a bare id does not say."""
    named = name_from_arn(identifier, of_type)
    if named is not None:
        return ResourceName(
            named.account_id or account_id, named.region_id or region(region_id), named.resource_type, named.resource_id
        )
    kind = resource_type(of_type)
    bare = bare_id(identifier, kind)
    function = _FUNCTION.fullmatch(bare) if kind == "LambdaFunction" else None
    if function is None:
        return ResourceName(account_id, region(region_id), kind, bare)
    of_region, of_account, name = function.groups()
    return ResourceName(of_account or account_id, of_region or region(region_id), kind, name)


def service_of(type_name: str) -> str | None:
    """The service's code ("ec2", "rds"), or None for a type that nobody here knows."""
    return SERVICE_BY_TYPE.get(type_name)


def billing_ids(name: ResourceName) -> tuple[str, ...]:
    """How the bill may spell the resource: EC2 by its bare id, most others by their ARN."""
    arn = _ARN_BY_TYPE.get(name.resource_type)
    if arn is None:
        return (name.resource_id,)
    where = {"partition": partition(name.region_id), "region": name.region_id, "account": name.account_id}
    return (arn.format(**where, id=name.resource_id),)


def partition(region_id: str) -> str:
    """Which of AWS's separate parts a region is in, as ARNs write it."""
    return next((name for start, name in _PARTITIONS.items() if region_id.startswith(start)), "aws")


_PARTITIONS = {"cn-": "aws-cn", "us-gov-": "aws-us-gov", "eusc-": "aws-eusc"}
_ARN_BY_TYPE = {
    "RdsDbInstance": "arn:{partition}:rds:{region}:{account}:db:{id}",
    "LambdaFunction": "arn:{partition}:lambda:{region}:{account}:function:{id}",
    "LoadBalancer": "arn:{partition}:elasticloadbalancing:{region}:{account}:loadbalancer/{id}",
    "NatGateway": "arn:{partition}:ec2:{region}:{account}:natgateway/{id}",
    "RedshiftCluster": "arn:{partition}:redshift:{region}:{account}:cluster:{id}",
}


def region_of_display_name(name: str) -> str:
    """The code of a region that AWS wrote for people ("US East (Ohio)"); a name that is not known stays as it is."""
    return _CODE_BY_LOWER_NAME.get(name.strip().lower(), name.strip())


_CODE_BY_DISPLAY_NAME = {
    "US East (N. Virginia)": "us-east-1",
    "US East (Ohio)": "us-east-2",
    "US West (N. California)": "us-west-1",
    "US West (Oregon)": "us-west-2",
    "Africa (Cape Town)": "af-south-1",
    "Asia Pacific (Hong Kong)": "ap-east-1",
    "Asia Pacific (Hyderabad)": "ap-south-2",
    "Asia Pacific (Jakarta)": "ap-southeast-3",
    "Asia Pacific (Malaysia)": "ap-southeast-5",
    "Asia Pacific (Melbourne)": "ap-southeast-4",
    "Asia Pacific (Mumbai)": "ap-south-1",
    "Asia Pacific (New Zealand)": "ap-southeast-6",
    "Asia Pacific (Osaka)": "ap-northeast-3",
    "Asia Pacific (Osaka-Local)": "ap-northeast-3",
    "Asia Pacific (Seoul)": "ap-northeast-2",
    "Asia Pacific (Singapore)": "ap-southeast-1",
    "Asia Pacific (Sydney)": "ap-southeast-2",
    "Asia Pacific (Taipei)": "ap-east-2",
    "Asia Pacific (Thailand)": "ap-southeast-7",
    "Asia Pacific (Tokyo)": "ap-northeast-1",
    "AWS GovCloud (US)": "us-gov-west-1",
    "AWS GovCloud (US-East)": "us-gov-east-1",
    "AWS GovCloud (US-West)": "us-gov-west-1",
    "Canada (Central)": "ca-central-1",
    "Canada West (Calgary)": "ca-west-1",
    "China (Beijing)": "cn-north-1",
    "China (Ningxia)": "cn-northwest-1",
    "EU (Frankfurt)": "eu-central-1",
    "EU (Ireland)": "eu-west-1",
    "EU (London)": "eu-west-2",
    "EU (Milan)": "eu-south-1",
    "EU (Paris)": "eu-west-3",
    "EU (Spain)": "eu-south-2",
    "EU (Stockholm)": "eu-north-1",
    "EU (Zurich)": "eu-central-2",
    "Europe (Frankfurt)": "eu-central-1",
    "Europe (Ireland)": "eu-west-1",
    "Europe (London)": "eu-west-2",
    "Europe (Milan)": "eu-south-1",
    "Europe (Paris)": "eu-west-3",
    "Europe (Spain)": "eu-south-2",
    "Europe (Stockholm)": "eu-north-1",
    "Europe (Zurich)": "eu-central-2",
    "Israel (Tel Aviv)": "il-central-1",
    "Mexico (Central)": "mx-central-1",
    "Middle East (Bahrain)": "me-south-1",
    "Middle East (UAE)": "me-central-1",
    "South America (Sao Paulo)": "sa-east-1",
    "South America (São Paulo)": "sa-east-1",
}
_CODE_BY_LOWER_NAME = {name.lower(): code for name, code in _CODE_BY_DISPLAY_NAME.items()}
