"""Holds what is announced to the schema that lies in the repository."""

import json
from typing import Any

from cfnlint.jsonschema import StandardValidator

from workflows.events.schemas import FOLDER


def assert_of_its_schema(detail: Any, name: str) -> None:
    """By a validator of JSON schemas (cfn-lint's), not by the models that the schemas are made from.

    It takes a member that is null for one that is missing, as CloudFormation does.
    """
    schema = json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    broken = [f"{list(one.path)}: {one.message}" for one in StandardValidator(schema).iter_errors(detail)]
    assert broken == []
