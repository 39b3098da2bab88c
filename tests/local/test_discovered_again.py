"""A review in which another team's agent took part, made again and explained from what is kept of it."""

import json
from pathlib import Path

import pytest

from local.commands.explain import explain_command
from local.commands.replay import replay_command
from tests.local.other_teams import GOOD, a_saving, an_agent, recommending, run_into
from tests.local.runs import Run
from tests.local.stored_reviews import changed_on_disk
from tests.workflows.discovery.cards import Json

BROKEN = "broken-agent"


@pytest.fixture
def state(tmp_path: Path) -> Path:
    return tmp_path / ".finops"


@pytest.fixture
def review(state: Path) -> Run:
    agents = {GOOD: an_agent(recommending(a_saving())), BROKEN: an_agent(lambda _: None)}
    return run_into(state, agents)


def found(review: Run) -> Json:
    (one,) = [one for one in review.report["opportunities"] if one["resource_id"] == "/aws/lambda/old"]
    return dict(one)


def test_its_findings_and_the_report_are_made_again_in_every_byte(
    state: Path, review: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    assert replay_command(state, "latest", as_json=True) == 0
    compared = {one["what"]: one["same"] for one in json.loads(capsys.readouterr().out)["documents"]}
    assert compared[f"findings of {GOOD}"] is True
    assert f"findings of {BROKEN}" not in compared
    assert review.report["status"] == "PARTIAL"


def test_an_answer_that_was_changed_since_is_found(
    state: Path, review: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    changed_on_disk(state, f"agent-context/{GOOD}/evidence-collect", lambda text: text.replace('"12.5"', '"13.5"'))
    assert replay_command(state, "latest", as_json=True) == 1
    told = json.loads(capsys.readouterr().out)
    assert [key for key in told["damaged"] if GOOD in key]
    assert {"findings of log-retention-agent", "consolidated.json"} <= {
        one["what"] for one in told["documents"] if not one["same"]
    }


def test_its_figure_is_explained_by_what_it_answered(
    state: Path, review: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    assert explain_command(state, found(review)["opportunity_id"], review="latest", as_json=True) == 0
    told = json.loads(capsys.readouterr().out)
    (proof,) = told["said"][0]["proofs"]
    assert (proof["operation"], proof["pointer"], proof["found"]) == (
        f"{GOOD}:recommend",
        "/recommendations/0/estimated_monthly_savings",
        "12.5",
    )
    assert told["proven"] is True
