"""What an account folder answers, as XML, for the services that speak it: EC2's own dialect and the query protocol."""

from collections.abc import Mapping
from functools import cache
from typing import Any
from xml.sax.saxutils import escape

from botocore.model import ServiceModel
from botocore.parsers import create_parser

from local.account_folder import description
from tasks.aws.reading import jsonable

EC2, QUERY = "ec2", "query"
JSON = frozenset({"json", "rest-json"})
SPOKEN = JSON | {EC2, QUERY}
"""The protocols in which an account folder can answer."""


def protocol_of(service: str) -> str:
    """The protocol that botocore describes the service with, "ec2" for instance."""
    return str(description(service)["metadata"]["protocol"])


def is_xml(service: str) -> bool:
    return protocol_of(service) in {EC2, QUERY}


def xml_body(service: str, operation: str, response: Mapping[str, Any], status: int, request_id: str) -> bytes:
    """The response, or an error's {"__type", "message"}, as this service puts it on the wire."""
    in_ec2 = protocol_of(service) == EC2
    if status >= 300:
        return _error(response, request_id, in_ec2=in_ec2).encode()
    shape = _model(service).operation_model(operation).output_shape
    inner = _members(shape, response) if shape else ""
    if in_ec2:
        told = f"<requestId>{request_id}</requestId>{inner}"
    else:
        wrapper = shape.serialization.get("resultWrapper") if shape else None
        inner = f"<{wrapper}>{inner}</{wrapper}>" if wrapper else inner
        told = f"{inner}<ResponseMetadata><RequestId>{request_id}</RequestId></ResponseMetadata>"
    return f"<{operation}Response>{told}</{operation}Response>".encode()


def response_in(service: str, operation: str, answer: Mapping[str, Any]) -> dict[str, Any]:
    """The way back: what botocore reads in an answer in XML, as an account folder holds it."""
    shape = _model(service).operation_model(operation).output_shape
    told = create_parser(protocol_of(service)).parse(dict(answer), shape)
    told.pop("ResponseMetadata", None)
    if error := told.get("Error"):
        return {"__type": error["Code"], "message": error.get("Message", "")}
    response: dict[str, Any] = jsonable(told)
    return response


@cache
def _model(service: str) -> ServiceModel:
    return ServiceModel(description(service), service)


def _error(response: Mapping[str, Any], request_id: str, *, in_ec2: bool) -> str:
    code, message = escape(response["__type"]), escape(str(response.get("message", "")))
    error = f"<Error><Code>{code}</Code><Message>{message}</Message></Error>"
    if in_ec2:
        return f"<Response><Errors>{error}</Errors><RequestID>{request_id}</RequestID></Response>"
    return f"<ErrorResponse>{error}<RequestId>{request_id}</RequestId></ErrorResponse>"


def _members(shape: Any, value: Mapping[str, Any]) -> str:
    members = ((name, shape.members[name], each) for name, each in value.items())
    return "".join(_element(member.serialization.get("name", name), member, each) for name, member, each in members)


def _element(name: str, shape: Any, value: Any) -> str:
    match shape.type_name:
        case "list" if shape.serialization.get("flattened"):
            of_each = shape.member.serialization.get("name", name)
            return "".join(_element(of_each, shape.member, each) for each in value)
        case "list":
            of_each = shape.member.serialization.get("name", "member")
            inner = "".join(_element(of_each, shape.member, each) for each in value)
        case "map":
            inner = "".join(_entry(shape, key, each) for key, each in value.items())
        case "structure":
            inner = _members(shape, value)
        case "boolean":
            inner = str(value).lower()
        case _:
            inner = escape(str(value))
    return f"<{name}>{inner}</{name}>"


def _entry(shape: Any, key: str, value: Any) -> str:
    names = [
        part.serialization.get("name", otherwise) for part, otherwise in ((shape.key, "key"), (shape.value, "value"))
    ]
    return f"<entry>{_element(names[0], shape.key, key)}{_element(names[1], shape.value, value)}</entry>"
