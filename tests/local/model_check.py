"""Where a payload and botocore's own description of the operation part ways."""

from collections.abc import Iterator
from functools import cache
from typing import Any

import botocore.session
from botocore.model import OperationModel

PYTHON_TYPES: dict[str, tuple[type, ...]] = {
    "boolean": (bool,),
    "double": (float, int),
    "float": (float, int),
    "integer": (int,),
    "list": (list,),
    "long": (int,),
    "map": (dict,),
    "string": (str,),
    "structure": (dict,),
    "timestamp": (str, float, int),
}


def disagreements(service: str, operation: str, response: Any) -> list[str]:
    """One line for each null, wrong type, value outside its enum, unknown member and missing required member."""
    return list(_differences(_operation(service, operation).output_shape, response, operation))


@cache
def _operation(service: str, operation: str) -> OperationModel:
    return botocore.session.get_session().get_service_model(service).operation_model(operation)


def _differences(shape: Any, value: Any, where: str) -> Iterator[str]:
    if value is None:
        yield f"{where} is null"
    elif not _is_of_type(value, PYTHON_TYPES[shape.type_name]):
        yield f"{where} is a {type(value).__name__}, not a {shape.type_name}"
    elif shape.type_name == "structure":
        yield from _structure_differences(shape, value, where)
    elif shape.type_name == "list":
        for position, each in enumerate(value):
            yield from _differences(shape.member, each, f"{where}[{position}]")
    elif shape.type_name == "map":
        for name, each in value.items():
            yield from _differences(shape.value, each, f"{where}[{name!r}]")
    elif shape.type_name == "string" and shape.enum and value not in shape.enum:
        yield f"{where} is {value!r}, which is none of its enum"


def _is_of_type(value: Any, expected: tuple[type, ...]) -> bool:
    """To Python a boolean is an integer too; to AWS it is not."""
    return isinstance(value, expected) and (not isinstance(value, bool) or bool in expected)


def _structure_differences(shape: Any, value: dict[str, Any], where: str) -> Iterator[str]:
    for name in shape.required_members:
        if name not in value:
            yield f"{where}.{name} is required and missing"
    for name, each in value.items():
        if name in shape.members:
            yield from _differences(shape.members[name], each, f"{where}.{name}")
        else:
            yield f"{where}.{name} is unknown"
