"""The JSON schemas of the events that are announced, generated from the models: `make schemas` writes them anew."""

import json
from pathlib import Path

from workflows.events.published import DETAILS

FOLDER = Path(__file__).parent


def schema_files() -> dict[str, str]:
    """What each file of the folder has to say, by its name."""
    return {f"{name}.json": _schema(name) for name in DETAILS}


def _schema(name: str) -> str:
    schema = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"urn:finops-supervisor:events:{name}",
        **DETAILS[name].model_json_schema(),
    }
    return json.dumps(schema, indent=2) + "\n"
