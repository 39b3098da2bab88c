"""What a new agent asks AWS: one operation that lists things, as botocore describes it."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from botocore.exceptions import DataNotFoundError
from botocore.model import OperationModel, ServiceModel, StructureShape

from local.account_folder import description
from local.account_xml import SPOKEN, protocol_of
from workflows.errors import BadInput

READING = ("Describe", "Get", "List")
IDENTIFIES = ("id", "identifier", "name", "arn")
"""How members end that tell one thing from another, the shorter ones first: ids are what the bill spells, too."""
IAM_PREFIXES = {"monitoring": "cloudwatch"}
"""Where IAM calls a service otherwise than its address is called; most have one name for both."""
SUCH_AS = "ec2:DescribeVolumes"
EXAMPLE = "example-1"


@dataclass(frozen=True)
class Read:
    """What the agent asks: where the rows stand in the answer, and which member names one.

    action is the IAM action that it takes, row botocore's description of one row."""

    service: str
    operation: str
    rows: str
    row_id: str
    action: str
    row: Any

    def __str__(self) -> str:
        return f"{self.service}:{self.operation}"


def read_named(reads: str) -> Read:
    service, _, operation = reads.partition(":")
    try:
        model = _model(service)
    except (DataNotFoundError, ValueError) as error:
        raise BadInput([f"--reads: boto3 knows no service {service[:60]!r}; write it as in {SUCH_AS}"]) from error
    if operation not in model.operation_names:
        raise BadInput([f"--reads: {service} has no operation {operation[:60]!r}; write it as in {SUCH_AS}"])
    if not operation.startswith(READING):
        raise BadInput(
            [f"--reads: {reads} may do more than read; an agent asks {', '.join(READING)}… and nothing else"]
        )
    if protocol_of(service) not in SPOKEN:
        spoken = ", ".join(sorted(SPOKEN))
        raise BadInput([f"--reads: {service} speaks {protocol_of(service)}; an account folder answers in {spoken}"])
    told = model.operation_model(operation)
    if required := getattr(told.input_shape, "required_members", None):
        raise BadInput([f"--reads: {reads} cannot be asked without {', '.join(required)}; begin with one that lists"])
    rows, row_id = _rows_of(told, reads)
    return Read(
        service, operation, rows, row_id, f"{_iam_prefix(model)}:{operation}", told.output_shape.members[rows].member
    )


@cache
def _model(service: str) -> ServiceModel:
    return ServiceModel(description(service), service)


def _rows_of(operation: OperationModel, reads: str) -> tuple[str, str]:
    """The member that lists things, and the member of each that names it."""
    members: Mapping[str, Any] = operation.output_shape.members if operation.output_shape else {}
    for name, shape in members.items():
        if shape.type_name == "list" and isinstance(shape.member, StructureShape):
            texts = [one for one, of in shape.member.members.items() if of.type_name == "string"]
            ranked = sorted((rank, one) for one in texts if (rank := _rank(one, name)) is not None)
            if ranked:
                return name, ranked[0][1]
    raise BadInput([f"--reads: {reads} answers no list of things with a name or an id; begin with one that does"])


def _rank(member: str, rows: str) -> tuple[bool, int] | None:
    """How well the member names one of the rows, the best first: VolumeId of Volumes; None where it names nothing."""
    kinds = [rank for rank, ending in enumerate(IDENTIFIES) if member.lower().endswith(ending)]
    return (not member.lower().startswith(rows.lower().rstrip("s")), min(kinds)) if kinds else None


def _iam_prefix(model: ServiceModel) -> str:
    prefix = str(model.metadata["endpointPrefix"])
    return IAM_PREFIXES.get(prefix, prefix)


def example(shape: Any) -> Any:
    """The least that botocore's description of the shape allows."""
    match shape.type_name:
        case "structure":
            return {name: example(shape.members[name]) for name in shape.required_members}
        case "list":
            return []
        case "map":
            return {}
        case "boolean":
            return False
        case "string":
            return shape.enum[0] if shape.enum else EXAMPLE
        case "timestamp":
            return "2026-11-01T00:00:00Z"
        case _:
            return 1
