"""The code that every function carries."""

from pathlib import Path

from aws_cdk import IgnoreMode
from aws_cdk import aws_lambda as lambda_

REPOSITORY = Path(__file__).resolve().parent.parent
RUNTIME_ROOMS = ("tasks", "workflows")


def runtime_code() -> lambda_.Code:
    """The rooms that run in a Lambda, and nothing else of the repository.

    Only our own files are inside. The packages that they import (Powertools, Pydantic, Jinja2) are not bundled yet, so
    the functions deploy but do not start. The asset's hash is that of its contents: the same code, the same hash.
    """
    kept = [pattern for room in RUNTIME_ROOMS for pattern in (f"!/{room}", f"!/{room}/**")]
    return lambda_.Code.from_asset(str(REPOSITORY), exclude=["/*", *kept, "__pycache__"], ignore_mode=IgnoreMode.GIT)
