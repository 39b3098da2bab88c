"""A synthesized template, read by meaning: by the names that we gave, never by the logical ids that CDK made up."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

Properties = Mapping[str, Any]
NAMES = ("FunctionName", "TableName", "StateMachineName", "LogGroupName", "QueueName", "TopicName", "Name")
TRACING = ("xray:PutTelemetryRecords", "xray:PutTraceSegments")


@dataclass(frozen=True)
class Template:
    """What CloudFormation is given."""

    path: Path
    content: Mapping[str, Any]

    @classmethod
    def read(cls, path: Path) -> "Template":
        return cls(path, json.loads(path.read_text(encoding="utf-8")))

    def all(self, resource_type: str) -> list[Properties]:
        """The properties of each resource of this type."""
        return [resource["Properties"] for resource in self._resources() if resource["Type"] == resource_type]

    def the(self, resource_type: str, **named: str) -> Properties:
        """The properties of the only resource of this type, or of the only one with these properties."""
        (found,) = (each for each in self.all(resource_type) if named.items() <= each.items())
        return found

    def deletion_policy(self, resource_type: str) -> set[str]:
        """What becomes of the resources of this type when the stack is deleted."""
        return {resource["DeletionPolicy"] for resource in self._resources() if resource["Type"] == resource_type}

    def functions(self) -> dict[str, Properties]:
        """The Lambda functions by name."""
        return {each["FunctionName"]: each for each in self.all("AWS::Lambda::Function")}

    def said(self, value: Any) -> str:
        """A value in words: references become the names of what they mean, or its type where we gave no name."""
        match value:
            case {"Fn::Join": [separator, parts]}:
                return str(separator).join(self.said(part) for part in parts)
            case {"Fn::GetAtt": [logical_id, _]} | {"Ref": logical_id}:
                return self._name_of(logical_id)
            case _:
                return str(value)

    def rights(self, role: Any) -> set[tuple[str, str]]:
        """What a role may do, as pairs of an action and what it is allowed on."""
        return {
            (action, self.said(resource))
            for statement in self.statements(role)
            for action in _listed(statement["Action"])
            for resource in _listed(statement["Resource"])
        }

    def rights_beyond_logs_and_traces(self, function: Properties) -> set[tuple[str, str]]:
        """What a function may do besides what every function may: write its own logs, and traces."""
        own_logs = self.said(function["LoggingConfig"]["LogGroup"])
        common = {("logs:CreateLogStream", own_logs), ("logs:PutLogEvents", own_logs), *((act, "*") for act in TRACING)}
        rights = self.rights(function["Role"])
        assert common <= rights
        return rights - common

    def statements(self, role: Any) -> Iterator[Mapping[str, Any]]:
        """The statements of the role's policies."""
        logical_id = role["Fn::GetAtt"][0]
        for policy in self.all("AWS::IAM::Policy"):
            if {"Ref": logical_id} in policy["Roles"]:
                yield from policy["PolicyDocument"]["Statement"]

    def roles(self) -> list[Any]:
        """Every role, as a function refers to it."""
        resources = self.content["Resources"].items()
        return [{"Fn::GetAtt": [name, "Arn"]} for name, one in resources if one["Type"] == "AWS::IAM::Role"]

    def _name_of(self, logical_id: str) -> str:
        resource = self.content["Resources"].get(logical_id)
        if resource is None:
            return logical_id
        properties = resource.get("Properties", {})
        return next((str(properties[name]) for name in NAMES if name in properties), str(resource["Type"]))

    def _resources(self) -> Iterator[Mapping[str, Any]]:
        yield from self.content["Resources"].values()


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
