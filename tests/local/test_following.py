"""What a run's events say of its states."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from local.following import Progress, follow
from local.output_folder import UnwritableOutput, check_writable, write_files
from local.plan import PlannedState
from local.terminal_progress import progress_shown
from local.terminal_report import print_report
from tests.local.runs import sample_review

START = datetime(2026, 11, 16, 3, 15, tzinfo=UTC)


def _entered(number: int, name: str, *, after_s: float = 0, kind: str = "Task") -> dict[str, Any]:
    moment = START + timedelta(seconds=after_s)
    details = {"name": name, "input": "{}"}
    return {"id": number, "type": f"{kind}StateEntered", "timestamp": moment, "stateEnteredEventDetails": details}


def _exited(
    number: int, name: str, *, after: int | None = None, after_s: float = 0, output: str = "{}"
) -> dict[str, Any]:
    return {
        "id": number,
        "previousEventId": number - 1 if after is None else after,
        "type": "TaskStateExited",
        "timestamp": START + timedelta(seconds=after_s),
        "stateExitedEventDetails": {"name": name, "output": output},
    }


def _failed(number: int, previous: int) -> dict[str, Any]:
    return {"id": number, "previousEventId": previous, "type": "TaskFailed", "timestamp": START}


def test_a_state_is_running_until_it_is_left() -> None:
    progress = Progress()
    assert progress.take([_entered(1, "CollectBudget")]) == []
    assert progress.states[0].status == "running"
    (ended,) = progress.take([_exited(2, "CollectBudget", after_s=1.5)])
    assert (ended.name, ended.status, ended.seconds) == ("CollectBudget", "done", 1.5)


def test_a_state_that_was_tried_again_counts_its_failures() -> None:
    progress = Progress()
    progress.take([_entered(1, "CollectBudget"), _failed(2, 1), _failed(3, 2), _exited(4, "CollectBudget")])
    assert (progress.states[0].status, progress.states[0].failures) == ("done", 2)


def test_a_failure_that_was_caught_is_a_gap_and_no_success() -> None:
    progress = Progress()
    caught = _exited(3, "CollectBudget", output='{"failure": {"Error": "AccessDenied"}}')
    progress.take([_entered(1, "CollectBudget"), _failed(2, 1), caught])
    assert progress.states[0].status == "gap"


def test_a_state_that_runs_for_several_agents_is_told_apart() -> None:
    first, second = _entered(1, "WakeAgent"), _entered(2, "WakeAgent")
    for entered, agent in ((first, "budget-agent"), (second, "rightsizing-agent")):
        entered["stateEnteredEventDetails"]["input"] = f'{{"agent": "{agent}"}}'
    progress = Progress()
    ended = progress.take([first, second, _exited(3, "WakeAgent", after=1, after_s=1)])
    assert [(state.agent, state.seconds) for state in ended] == [("budget-agent", 1)]
    running = progress.named("WakeAgent")
    assert running is not None
    assert running.agent == "rightsizing-agent"


class _StepFunctions:
    """Answers as Step Functions does, with a history that grows."""

    def __init__(self) -> None:
        self.asked = self.described = 0

    def describe_execution(self, **_: str) -> dict[str, str]:
        self.described += 1
        return {"status": "RUNNING" if self.described < 2 else "SUCCEEDED"}

    def get_paginator(self, _: str) -> "_StepFunctions":
        return self

    def paginate(self, **_: str) -> list[dict[str, Any]]:
        self.asked += 1
        events = [_entered(number, f"State{number}") for number in range(self.asked)]
        ended = [{"id": 3, "type": "ExecutionSucceeded", "timestamp": START}] if self.asked == 3 else []
        return [{"events": [event]} for event in [*events, *ended]]


def test_following_hands_over_each_event_once_page_after_page() -> None:
    heard: list[int] = []
    description = follow(_StepFunctions(), "arn", lambda events: heard.extend(event["id"] for event in events))
    assert (heard, description["status"]) == ([0, 1, 2, 3], "SUCCEEDED")


def test_the_terminal_shows_every_state_with_where_it_is() -> None:
    console = Console(force_terminal=True, width=100, record=True)
    planned = [
        PlannedState(name, depth, "Task") for name, depth in (("Collect", 0), ("CollectBudget", 1), ("Never", 0))
    ]
    with progress_shown(console, planned) as show:
        show([_entered(1, "Collect"), _entered(2, "CollectBudget"), _exited(3, "CollectBudget", after_s=2)])
    shown = console.export_text()
    assert "✓   CollectBudget" in shown
    assert "2.00 s" in shown
    assert "– Never" in shown
    assert "not finished" in shown, "Collect was entered and never left"


def test_elsewhere_than_in_a_terminal_each_finished_state_is_a_line() -> None:
    console = Console(width=100, record=True, force_terminal=False)
    with progress_shown(console, [PlannedState("CollectBudget", 0, "Task")]) as show:
        show([_entered(1, "CollectBudget"), _exited(2, "CollectBudget", after_s=2), _entered(3, "Hidden")])
    assert console.export_text() == "CollectBudget: done (2.00 s)\n"


def test_nothing_in_a_report_acts_on_the_terminal() -> None:
    """Names and tags are whatever somebody typed: markup, escape codes, newlines."""
    report = sample_review().report
    report["opportunities"][0]["resource_name"] = "[bold red]web[/] \x1b[2J\x07 name"
    console = Console(width=200, record=True, force_terminal=False)
    print_report(console, report)
    shown = console.export_text()
    assert "[bold red]web[/]" in shown
    assert "\x1b" not in shown
    assert "\x07" not in shown


@pytest.mark.parametrize("width", [80, 100, 140])
def test_no_figure_and_no_resource_is_cut_however_narrow_the_terminal(width: int) -> None:
    report = sample_review().report
    console = Console(width=width, record=True, force_terminal=False)
    print_report(console, report)
    shown = console.export_text()
    for one in report["opportunities"]:
        assert (one["resource_name"] or one["resource_id"] or "$0.132/hour") in shown
        if one["not_counted"] is None:
            assert f"${one['counted_monthly_savings']}" in shown


def test_files_are_written_as_a_whole_and_nothing_else_is_left(tmp_path: Path) -> None:
    target = tmp_path / "a" / "b"
    check_writable(target)
    assert not target.exists()
    write_files(target, {"report.json": b"{}", "report.md": b"#"})
    assert sorted(path.name for path in target.iterdir()) == ["report.json", "report.md"]


def test_a_folder_that_became_unwritable_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(UnwritableOutput, match="name another one"):
        write_files(tmp_path / "file" / "below", {"report.json": b"{}"})
