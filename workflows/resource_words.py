"""A type of resource as people call it: EC2 instance for Ec2Instance."""

import re

_SPELLINGS = {
    "AutoScalingGroup": "Auto Scaling group",
    "DocumentDB": "DocumentDB",
    "DynamoDB": "DynamoDB",
    "DynamoDb": "DynamoDB",
    "ElastiCache": "ElastiCache",
    "MemoryDB": "MemoryDB",
    "MemoryDb": "MemoryDB",
    "NatGateway": "NAT gateway",
    "OpenSearch": "OpenSearch",
    "ReservedInstances": "Reserved Instances",
    "SageMaker": "SageMaker",
    "SavingsPlans": "Savings Plans",
    **{name: name.upper() for name in ("Ec2", "Ebs", "Rds", "Db", "Eks", "Ecs", "Elb", "Vpc")},
    **{name: name for name in ("Compute", "Lambda", "Redshift", "Fargate", "Aurora", "Instance")},
}
_WORDS = re.compile(f"{'|'.join(sorted(_SPELLINGS, key=len, reverse=True))}|[A-Z][a-z0-9]*|[a-z0-9]+")
_AFTER_AN = re.compile(r"[AEIOaeio]|RDS")
"""EC2, EBS, RDS and the like are said letter by letter."""


def type_words(resource_type: str) -> str:
    """EC2 instance for Ec2Instance; a type that is not written so stays as it is."""
    parts = _WORDS.findall(resource_type)
    if "".join(parts) != resource_type:
        return resource_type
    words = [_SPELLINGS.get(part, part.lower()) for part in parts]
    return " ".join(word.lower() if word == "Instance" else word for word in words)


def with_article(words: str) -> str:
    """An EC2 instance, a NAT gateway."""
    return f"{'an' if _AFTER_AN.match(words) else 'a'} {words}"
