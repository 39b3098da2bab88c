"""Python files as another team writes them, and reviews of the sample account that run them."""

import json
import textwrap
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from local.command_line import main
from tests.workflows.discovery.cards import Json

Capture = pytest.CaptureFixture[str]
GOOD = """
def handler(question, context):
    agent = {"contract": "finops.agent/1", "agent": question["agent"]}
    if question["action"] == "self_check":
        return {**agent, "status": "ready"}
    one = {
        "source": "LogRetention", "action_type": "Delete", "account_id": question["review"]["account_id"],
        "region_id": "us-east-1", "resource_type": "logs:log-group", "resource_id": "/aws/lambda/old",
        "estimated_monthly_savings": "12.50", "billing_currency": "USD",
    }
    told = {"review_id": question["review"]["review_id"], "recommendations": [one]}
    return {**agent, **told, "sources": [{"source": "LogRetention", "state": "AVAILABLE"}]}
"""


def a_file(folder: Path, content: str, name: str = "agent.py") -> Path:
    path = folder / name
    path.write_text(textwrap.dedent(content))
    return path


def card_file(folder: Path, card: Json, name: str = "card.json") -> Path:
    path = folder / name
    path.write_text(json.dumps(card))
    return path


def finops(state: Path, *arguments: object) -> int:
    """The command on this state folder; returns its exit code."""
    return main([*map(str, arguments), "--state", str(state)])


def reviewed(state: Path, capsys: Capture) -> Json:
    """The report of a review of the sample account with who is registered in the folder."""
    capsys.readouterr()
    assert finops(state, "review", "--json") in {0, 3}
    report: Json = json.loads(capsys.readouterr().out)
    return report


def gaps_of(report: Json, agent: str) -> list[str]:
    return [row["detail"] for row in report["coverage"] if row["agent"] == agent and row["is_gap"]]


def said_by(capsys: Capture, run: Callable[[], Any]) -> tuple[Any, str, str]:
    capsys.readouterr()
    code = run()
    captured = capsys.readouterr()
    return code, captured.out, captured.err
