"""The JSON schemas of the contract with other teams' agents, from the models: `make schemas` writes them anew."""

import json
from collections.abc import Mapping
from pathlib import Path

from pydantic import BaseModel

from workflows.discovery.card import AgentCard, ReviewTerms
from workflows.discovery.contract import Question, RecommendAnswer, SelfCheckAnswer

FOLDER = Path(__file__).parent
MODELS: Mapping[str, type[BaseModel]] = {
    "agent-card-1": AgentCard,
    "agent-card-params-1": ReviewTerms,
    "question-1": Question,
    "self-check-answer-1": SelfCheckAnswer,
    "recommend-answer-1": RecommendAnswer,
}
"""By the file's name; agent-card-params is what stands in the card's extension."""


def schema_files() -> dict[str, str]:
    """What each file of the folder has to say, by its name."""
    return {f"{name}.json": _schema(name, model) for name, model in MODELS.items()}


def _schema(name: str, model: type[BaseModel]) -> str:
    schema = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"urn:finops-supervisor:discovery:{name}",
        **model.model_json_schema(),
    }
    return json.dumps(schema, indent=2) + "\n"
