"""finops agents: who is ready, why not, since when, and the remedy, from what the last reviews left."""

import io
import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from local import clock
from local.command_line import main
from local.commands.agents import agents_command, print_agents, standings
from local.keeping import kept_world
from local.state_folder import StateFolder
from tasks.agent_states import note_state
from tests.local.handler_files import GOOD, a_file, card_file
from tests.local.stored_reviews import review_into
from tests.workflows.discovery.cards import a_card
from workflows.cost_review.agent_state import state_after
from workflows.sources import SourceState, SourceStatus

NOW = datetime(2026, 11, 16, 9, 30, tzinfo=UTC)
NAMES = ["trusted-advisor-agent", "cost-explorer-agent", "rightsizing-agent", "budget-agent"]
REGIONS = ("us-east-1", "eu-west-1", "eu-north-1")
NOT_ENROLLED = SourceStatus("CostOptimizationHub", "us-east-1", SourceState.NOT_ENROLLED, "The Hub is off.", "Enrol.")
DENIED = [
    SourceStatus("ComputeOptimizer", one, SourceState.DENIED, "AccessDenied: No.", "Allow it.") for one in REGIONS
]
READABLE = SourceStatus("Budgets", "us-east-1", SourceState.AVAILABLE, "AWS's data is of 2026-11-15.")


@pytest.fixture
def state(tmp_path: Path) -> Path:
    return tmp_path / ".finops"


def _nobody_waits(said: str) -> None:
    raise AssertionError(said)


def note(state: Path, agent: str, *statuses: SourceStatus, hours_ago: float = 1, version: str = "1") -> None:
    """Has the folder hold what a check of the agent came to at that time."""
    said = state_after(statuses, version=version, checked_for="review-1")
    with kept_world(StateFolder(state), _nobody_waits) as world:
        note_state(world, agent=agent, state=said, checked_at=NOW - timedelta(hours=hours_ago))


def as_json(state: Path, capsys: pytest.CaptureFixture[str], now: datetime = NOW) -> dict[str, Any]:
    assert agents_command(state, as_json=True, now=now) == 0
    return {one["agent"]: one for one in json.loads(capsys.readouterr().out)}


def printed(state: Path, width: int) -> Sequence[str]:
    console = Console(file=io.StringIO(), width=width, no_color=True)
    print_agents(console, standings(StateFolder(state), NOW))
    assert isinstance(console.file, io.StringIO)
    return [line.rstrip() for line in console.file.getvalue().splitlines()]


def test_where_no_review_was_run_the_command_says_so(state: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["agents", "--state", str(state)]) == 0
    assert f"No review was run here yet ({state}). Start one with: finops review" in capsys.readouterr().out
    assert as_json(state, capsys) == {}
    assert not state.exists()


def test_after_a_review_everybody_is_ready_since_then(state: Path, capsys: pytest.CaptureFixture[str]) -> None:
    began = clock.now()
    review_into(state)
    assert main(["agents", "--state", str(state), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert [(one["agent"], one["status"], one["reason"]) for one in found] == [(name, "ready", "") for name in NAMES]
    assert all(began <= datetime.fromisoformat(one["since"]) <= clock.now() for one in found)
    assert all(one["sources"] and len(one["changes"]) == 1 for one in found)
    assert main(["agents", "--state", str(state)]) == 0
    said = capsys.readouterr().out
    assert all(name in said for name in NAMES)
    assert "4 of 4 are ready." in said
    assert "AWS's data is of 2026-11-15." in said
    assert main(["agents", "--state", str(state)]) == 0, "to look changes nothing"
    assert capsys.readouterr().out == said


def test_a_look_waits_for_nobody_and_keeps_nothing(state: Path, capsys: pytest.CaptureFixture[str]) -> None:
    note(state, "budget-agent", READABLE)
    before = {path: path.read_bytes() for path in state.rglob("*") if path.is_file()}
    with StateFolder(state).held(_nobody_waits):
        assert as_json(state, capsys)["budget-agent"]["status"] == "ready"
    assert {path: path.read_bytes() for path in state.rglob("*") if path.is_file()} == before


def test_who_is_not_ready_is_told_with_reason_remedy_and_since_when(
    state: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    note(state, "rightsizing-agent", READABLE, hours_ago=9)
    note(state, "rightsizing-agent", NOT_ENROLLED, hours_ago=5)
    note(state, "rightsizing-agent", NOT_ENROLLED, *DENIED, hours_ago=1)
    found = as_json(state, capsys)["rightsizing-agent"]
    assert (found["status"], found["since"]) == ("not_ready", "2026-11-16T04:30:00+00:00")
    assert found["remedy"] == "Enrol. Allow it."
    assert [one["status"] for one in found["changes"]] == ["not_ready", "not_ready", "ready"]
    assert {one["source"]: one["remedy"] for one in found["sources"]} == {
        "CostOptimizationHub": "Enrol.",
        "ComputeOptimizer": "Allow it.",
    }


def test_a_state_that_does_not_hold_any_more_is_no_state(state: Path, capsys: pytest.CaptureFixture[str]) -> None:
    note(state, "budget-agent", READABLE, hours_ago=25)
    note(state, "rightsizing-agent", READABLE, version="0")
    found = as_json(state, capsys)
    assert {one["status"] for one in found.values()} == {"unchecked"}
    assert "stale" in found["budget-agent"]["reason"]
    assert found["budget-agent"]["since"] == "2026-11-16T08:30:00+00:00"
    assert "another version" in found["rightsizing-agent"]["reason"]
    assert "never checked itself" in found["trusted-advisor-agent"]["reason"]
    assert found["trusted-advisor-agent"]["since"] == ""
    assert all(one["remedy"] and not one["sources"] for one in found.values())


def register_card(state: Path, folder: Path, *, name: str = "log-retention-agent", handled: bool = True) -> None:
    """Registers an agent of another team, with or without a file that stands for its function."""
    arn = f"arn:aws:lambda:us-east-1:123456789012:function:{name}"
    interface = {"url": arn, "protocolBinding": "AWS-LAMBDA", "protocolVersion": "1.0"}
    card = card_file(folder, a_card(name=name, supportedInterfaces=[interface]))
    handler = ["--handler", str(a_file(folder, GOOD))] if handled else []
    assert main(["agents", "register", str(card), "--by", "ops", *handler, "--state", str(state)]) == 0


def test_an_agent_of_another_team_is_told_after_ours_by_its_card(
    state: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    register_card(state, tmp_path)
    note(state, "log-retention-agent", SourceStatus("LogRetention", "", SourceState.AVAILABLE), version="1.2.0#1")
    capsys.readouterr()
    found = as_json(state, capsys)
    assert list(found) == [*NAMES, "log-retention-agent"]
    one = found["log-retention-agent"]
    assert (one["status"], one["version"], one["registered_by"]) == ("ready", "1.2.0", "ops")
    assert one["speaks_of"] == ["LogRetention"]
    assert any("1.2.0: LogRetention" in line for line in printed(state, 100))
    assert [found[name]["registered_by"] for name in NAMES] == [""] * 4
    assert all(found[name]["version"] and found[name]["speaks_of"] for name in NAMES)


def test_one_that_no_file_stands_for_is_not_ready_whatever_it_said_before(
    state: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    register_card(state, tmp_path, handled=False)
    note(state, "log-retention-agent", SourceStatus("LogRetention", "", SourceState.AVAILABLE), version="1.2.0#1")
    capsys.readouterr()
    one = as_json(state, capsys)["log-retention-agent"]
    assert (one["status"], one["reason"]) == ("not_ready", "No file stands for its function on this machine.")
    assert "finops agents register CARD --handler FILE.py" in one["remedy"]


def test_one_that_was_never_asked_is_unchecked(state: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Before any review of the folder, too."""
    register_card(state, tmp_path)
    capsys.readouterr()
    assert as_json(state, capsys)["log-retention-agent"]["status"] == "unchecked"


def test_one_that_was_removed_is_not_listed_any_more(
    state: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    register_card(state, tmp_path)
    note(state, "log-retention-agent", READABLE, version="1.2.0#1")
    assert main(["agents", "remove", "log-retention-agent", "--state", str(state)]) == 0
    capsys.readouterr()
    assert list(as_json(state, capsys)) == NAMES


def test_what_stands_in_the_registry_and_is_no_agent_is_named_with_the_reason(
    state: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with kept_world(StateFolder(state), _nobody_waits) as world:
        item = {"registry": {"S": "agents"}, "agent_name": {"S": "odd\x1b agent"}, "card": {"S": "nonsense"}}
        world.own("dynamodb").put_item(TableName=world.settings.agent_registry_table, Item=item)
    found = as_json(state, capsys)
    assert list(found) == [*NAMES, "odd? agent"]
    assert (found["odd? agent"]["status"], bool(found["odd? agent"]["reason"])) == ("refused", True)
    assert found["odd? agent"]["remedy"].endswith("finops agents remove 'odd? agent'")
    assert printed(state, 100)[-1] == (
        "0 of 4 are ready. 1 of the registry's entries are no agents. 4 will be checked by the next review."
    )


def test_a_ready_agent_with_a_source_that_cannot_be_read_says_so(state: Path) -> None:
    note(state, "rightsizing-agent", NOT_ENROLLED, READABLE)
    lines = printed(state, 140)
    assert any(line.startswith("rightsizing-agent") and "ready" in line and "not ready" not in line for line in lines)
    (line,) = [line for line in lines if "CostOptimizationHub us-east-1" in line]
    assert "not enrolled" in line
    assert "The Hub is off. Enrol." in line


def test_what_somebody_named_acts_on_no_terminal(state: Path) -> None:
    note(state, "budget-agent", SourceStatus("Budgets", "", SourceState.ERROR, "\x1b[2J[bold]gone[/bold]", "Wait."))
    said = "\n".join(printed(state, 140))
    assert "\x1b" not in said
    assert "[bold]gone[/bold]" in said
