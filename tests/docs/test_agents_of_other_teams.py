"""The page for those who write such an agent says what is so."""

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from cfnlint.jsonschema import StandardValidator
from pydantic import BaseModel

from infra.grants import AGENT_TAG
from tasks.agents.discovered.asking import SELF_CHECK_S
from tests.workflows.discovery.cards import Json
from workflows.cost_review.remedies import BY_ERROR
from workflows.cost_review.request import URGENT
from workflows.discovery.card import LARGEST_CARD_BYTES, LONGEST_TIMEOUT_S, MOST_SOURCES, ReviewTerms, card_from
from workflows.discovery.contract import (
    LARGEST_ANSWER_BYTES,
    MOST_RECOMMENDATIONS,
    Question,
    RecommendAnswer,
    SelfCheckAnswer,
)
from workflows.discovery.manifest import MOST_AGENTS
from workflows.discovery.schemas import FOLDER

PAGE = Path(__file__).resolve().parents[2] / "docs" / "agents-of-other-teams.md"
TEXT = PAGE.read_text(encoding="utf-8")
MODELS: Mapping[str, type[BaseModel]] = {
    "question": Question,
    "self-check-answer": SelfCheckAnswer,
    "recommend-answer": RecommendAnswer,
}


def examples() -> list[tuple[str, str]]:
    """Each example in JSON, with what it is one of."""
    return re.findall(r"```json ([a-z-]+)\n(.*?)```", TEXT, re.DOTALL)


def test_there_is_an_example_of_everything_that_is_said() -> None:
    assert {kind for kind, _ in examples()} == {"card", *MODELS}


@pytest.mark.parametrize(("kind", "content"), examples())
def test_an_example_is_what_it_says_by_the_model_and_by_the_schema(kind: str, content: str) -> None:
    document: Json = json.loads(content)
    if kind == "card":
        assert card_from(content).terms.timeout_seconds <= LONGEST_TIMEOUT_S
    else:
        MODELS[kind].model_validate(document)
    schema: Any = json.loads((FOLDER / f"{'agent-card' if kind == 'card' else kind}-1.json").read_text())
    assert [one.message for one in StandardValidator(schema).iter_errors(document)] == []


@pytest.mark.parametrize(
    "said",
    [
        f"{LARGEST_CARD_BYTES:,} bytes",
        f"{LARGEST_ANSWER_BYTES:,} bytes",
        f"{MOST_RECOMMENDATIONS:,} recommendations",
        f"60 unless you say otherwise, {LONGEST_TIMEOUT_S} at most",
        f"For a self-check it is never\n  longer than {SELF_CHECK_S}",
        f"in an emergency never longer than {URGENT.collect_s} ({URGENT.self_check_s} for the self-check)",
        f"`{AGENT_TAG}` = `true`",
        f"At most {MOST_AGENTS}\nagents take part",
    ],
)
def test_the_page_says_the_limits_that_hold(said: str) -> None:
    assert said in TEXT
    assert (ReviewTerms(sources=("Mine",)).timeout_seconds, MOST_SOURCES) == (60, 10)


def test_each_error_that_the_page_names_is_one_that_reports_have_a_remedy_for() -> None:
    named = re.findall(r"^\| .* \| `([A-Za-z]+)` \|$", TEXT, re.MULTILINE)
    assert len(named) == 6
    assert set(named) <= BY_ERROR.keys()
