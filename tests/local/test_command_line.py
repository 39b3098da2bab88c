"""The finops command as people call it: its output, its exit codes, and what it says of wrong input."""

import csv
import io
import json
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from local.account_folder import SAMPLE_ACCOUNT
from local.command_line import main
from tasks.agents import AGENTS
from workflows.cost_review.formats import FORMATS
from workflows.money import cents, total

COMPLETE, FAILED, BAD_INPUT, PARTIAL = 0, 1, 2, 3


def _finops(folder: Path, *arguments: str, **more: Any) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "local.command_line", *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, **more)  # noqa: S603 because both are ours


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder to be in; what the command sets in its own process does not outlive the test."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("POWERTOOLS_LOG_LEVEL", "CRITICAL")
    return tmp_path


def _says(capsys: pytest.CaptureFixture[str], arguments: Sequence[str]) -> tuple[int, str, str]:
    code = main(arguments)
    captured = capsys.readouterr()
    return code, captured.out, captured.err


def test_a_review_of_the_sample_account_prints_what_the_ledger_counts(tmp_path: Path) -> None:
    ran = _finops(tmp_path, "review", "--output", "report")
    assert (ran.returncode, ran.stderr) == (COMPLETE, "")
    for figure in ("$293.86", "$36.26", "$996.12", "$247.97", "$345.12"):
        assert figure in ran.stdout
    assert "CollectTrustedAdvisor: done" in ran.stdout
    assert "\x1b" not in ran.stdout, "no terminal, so no terminal codes"
    assert {path.name for path in (tmp_path / "report").iterdir()} == set(FORMATS)


def test_json_on_standard_output_is_the_report_alone(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = _says(capsys, ["review", "--json", "--output", "report"])
    assert code == COMPLETE
    assert out.encode() == (here / "report" / "report.json").read_bytes()
    assert json.loads(out)["totals"][0]["counted_usage"] == "293.86"
    assert "CollectBudget: done" in err


def test_two_runs_from_the_same_state_give_the_same_report(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    reports = []
    for state in ("first", "second"):
        _, out, _ = _says(capsys, ["review", "--json", "--as-of", "2026-11-16", "--state", state])
        reports.append(json.loads(out))
    assert reports[0].pop("run") != reports[1].pop("run")
    assert reports[0] == reports[1]


def test_the_csv_adds_up_to_the_counted_totals(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _says(capsys, ["review", "--output", "report"])
    rows = list(csv.DictReader(io.StringIO((here / "report" / "report.csv").read_text(encoding="utf-8"))))
    counted = {
        kind: total(Decimal(row["x_counted_monthly_savings"]) for row in rows if row["x_optimization_type"] == kind)
        for kind in ("Usage", "Rate")
    }
    assert {kind: cents(amount) for kind, amount in counted.items()} == {
        "Usage": Decimal("293.86"),
        "Rate": Decimal("36.26"),
    }
    assert {"account_id", "action_type", "estimated_monthly_savings_after_discount", "region"} <= rows[0].keys()


def test_the_reviews_that_ran_here_are_listed_and_shown_again(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for _ in range(2):
        _says(capsys, ["review"])
    _, listed, _ = _says(capsys, ["list", "--json"])
    reviews = json.loads(listed)
    assert [review["status"] for review in reviews] == ["COMPLETE", "COMPLETE"]
    newest = reviews[0]["review_id"]
    code, shown, _ = _says(capsys, ["show", newest, "--output", "again"])
    assert (code, "$293.86" in shown, newest in shown) == (COMPLETE, True, True)
    assert {path.name for path in (here / "again").iterdir()} == set(FORMATS)
    assert newest in _says(capsys, ["show", "latest"])[1]
    assert "$293.86" in _says(capsys, ["list"])[1]


def test_one_saving_of_a_review_is_opened_by_the_beginning_of_its_id(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _says(capsys, ["review"])
    code, shown, err = _says(capsys, ["show", "latest", "546f"])
    assert (code, err) == (COMPLETE, "")
    assert "Rightsize web-2" in shown
    assert "aws ec2 modify-instance-attribute --instance-id i-07c4e8b15da2f3962" in shown
    code, out, _ = _says(capsys, ["show", "latest", "546f", "--json"])
    assert (code, json.loads(out)["resource_name"]) == (COMPLETE, "web-2")
    code, _, err = _says(capsys, ["show", "latest", "no-such"])
    assert (code, "546fd901a783889f" in err) == (BAD_INPUT, True)


def test_the_second_review_finds_the_agents_ready(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Their states are kept between runs, so nobody has to be woken again within a day."""
    first, second = (json.loads(_says(capsys, ["review", "--json"])[1])["run"]["woken"] for _ in range(2))
    assert (first, second) == (len(AGENTS), 0)


def test_an_empty_state_is_said_and_no_error(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = _says(capsys, ["list"])
    assert (code, "No review was run here yet" in out) == (0, True)
    assert not (here / ".finops").exists()


def test_input_comes_as_a_file_or_as_it_is(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (here / "request.json").write_text('{"scope": {"regions": ["eu-west-1"]}}')
    for given in ("request.json", '{"scope": {"regions": ["eu-west-1"]}}'):
        code, out, _ = _says(capsys, ["review", "--json", "--input", given])
        assert (code, json.loads(out)["totals"][0]["counted_usage"]) == (COMPLETE, "35.04")


WRONG: dict[str, tuple[list[str], str]] = {
    "no such command": (["reviev"], "invalid choice: 'reviev'"),
    "no such option": (["review", "--fast"], "unrecognized arguments: --fast"),
    "input is no JSON": (["review", "--input", "{nonsense}"], "not valid JSON at line 1, column 2"),
    "input file is missing": (["review", "--input", "missing.json"], "missing.json: cannot be read"),
    "input is a list": (["review", "--input", "[1]"], "must be a JSON object"),
    "unknown field": (["review", "--input", '{"days": 3}'], "days: this field does not exist"),
    "unknown agent": (
        ["review", "--input", '{"scope": {"agents": ["weather-agent"]}}'],
        "'weather-agent' is not known; known are",
    ),
    "unknown region": (["review", "--input", '{"scope": {"regions": ["eu-west-9"]}}'], "'eu-west-9' is not known"),
    "no such date": (["review", "--as-of", "2026-02-30"], "'2026-02-30' is not a calendar date"),
    "no such date in the input": (["review", "--input", '{"as_of": "2026-02-30"}'], "as_of"),
    "a date to come": (["review", "--as-of", "2199-01-01"], "lies after"),
    "two dates": (["review", "--as-of", "2026-11-16", "--input", '{"as_of": "2026-11-15"}'], "drop one of them"),
    "unknown order": (["review", "--rank", "fastest"], "ranking.preset: input should be 'biggest', 'quick_wins' or"),
    "two orders": (
        ["review", "--rank", "safest", "--input", '{"ranking": {"weights": {"money": 1}}}'],
        "--rank says safest and the input's ranking says something else; drop one of them",
    ),
    "account folder is missing": (["review", "--account", "nowhere"], "nowhere"),
    "a profile and a folder": (["review", "--profile", "a", "--account", "b"], "drop one of them"),
    "no such profile": (["review", "--profile", "no-such-profile"], "there is no such profile"),
    "a region of a folder": (["review", "--region", "eu-west-1"], "--region belongs to --profile"),
    "recording over something": (["record", "a-file"], "a-file: exists already"),
    "recording nothing": (["record", "--account", "nowhere", "recording"], "no such folder"),
    "diagnosing nothing": (["doctor", "--account", "nowhere"], "no such folder"),
    "output is a file": (["review", "--output", "a-file"], "a-file is not a folder"),
    "output lies below a file": (["review", "--output", "a-file/report"], "a-file is not a folder"),
    "output cannot be written": (["review", "--output", "/proc/report"], "cannot be written"),
    "a number without end": (["review", "--input", f'{{"as_of": {"9" * 5000}}}'], "not a document"),
    "nested without end": (["review", "--input", "[" * 100_000], "not a document that can be read"),
    "no such review": (["show", "latest"], "no review was run here yet"),
}


@pytest.mark.parametrize("wrong", WRONG)
def test_wrong_input_is_named_and_nothing_is_written(
    wrong: str, here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments, said = WRONG[wrong]
    (here / "a-file").write_text("in the way")
    try:
        code = main(arguments)
    except SystemExit as exit_:
        code = int(str(exit_.code))
    captured = capsys.readouterr()
    assert code == BAD_INPUT
    assert said in captured.err
    assert all(line.startswith("finops: ") for line in captured.err.splitlines())
    assert [path.name for path in here.iterdir()] == ["a-file"], "nothing was written"


def test_the_policy_allows_each_agent_what_it_may_read_and_nothing_else(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, _ = _says(capsys, ["policy"])
    policy = json.loads(out)
    allowed = {statement["Sid"]: statement["Action"] for statement in policy["Statement"]}
    assert code == COMPLETE
    assert allowed == {spec.work_placeholder.removesuffix("Work"): sorted(spec.may_read) for spec in AGENTS}
    assert {statement["Effect"] for statement in policy["Statement"]} == {"Allow"}
    assert not [action for actions in allowed.values() for action in actions if "*" in action]


def test_every_wrong_option_is_named_at_once(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (here / "a-file").write_text("in the way")
    code, _, err = _says(capsys, ["review", "--input", "{bad", "--account", "nowhere", "--output", "a-file"])
    assert code == BAD_INPUT
    for said in ("--input: not valid JSON", "nowhere", "a-file is not a folder"):
        assert said in err


def test_a_folder_in_the_place_of_a_file_is_refused_before_anything_runs(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (here / "report" / "report.json").mkdir(parents=True)
    code, _, err = _says(capsys, ["review", "--output", "report"])
    assert (code, "report.json is a folder" in err) == (BAD_INPUT, True)
    assert not (here / ".finops").exists()


def test_every_wrong_field_is_named_at_once(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    request = {"as_of": "tomorrow", "days": 3, "scope": {"accounts": ["12"], "agents": ["nobody"]}}
    code, _, err = _says(capsys, ["review", "--input", json.dumps(request)])
    assert code == BAD_INPUT
    for field in ("as_of", "days", "scope.accounts", "scope.agents"):
        assert field in err


@pytest.mark.parametrize("content", ["", "{", '{"format": 1}', "[]"])
def test_an_account_folder_that_is_broken_is_named(
    content: str, here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (here / "broken").mkdir()
    (here / "broken" / "account.json").write_text(content)
    code, _, err = _says(capsys, ["review", "--account", "broken"])
    assert (code, "account.json" in err) == (BAD_INPUT, True)
    assert not (here / ".finops").exists()


def _account_without(folder: Path, *left_out: str) -> Path:
    copy = folder / "account"
    for path in SAMPLE_ACCOUNT.rglob("*.json"):
        if not any(part in str(path.relative_to(SAMPLE_ACCOUNT)) for part in left_out):
            target = copy / path.relative_to(SAMPLE_ACCOUNT)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(path.read_bytes())
    return copy


def test_a_source_that_is_missing_makes_the_review_partial(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    account = _account_without(here, "/budgets/")
    code, out, _ = _says(capsys, ["review", "--account", str(account)])
    assert code == PARTIAL
    assert "PARTIAL" in out
    assert re.search(r"budget-agent\s+Budgets", out)
    assert "budgets:ViewBudget" in out, "the remedy names the right that is missing"


def test_a_review_that_fails_says_why_and_stays_in_the_list(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    account = _account_without(here, "responses/")
    (account / "responses").mkdir()
    kept = "budgets/DescribeBudgetPerformanceHistory__ec2-compute.json"
    shutil.copy(SAMPLE_ACCOUNT / "responses" / kept, account / "responses")
    code, _, err = _says(capsys, ["review", "--account", str(account)])
    assert code == FAILED
    assert "the review failed" in err
    (review,) = json.loads(_says(capsys, ["list", "--json"])[1])
    assert review["status"] == "FAILED"
    code, _, err = _says(capsys, ["show", review["review_id"]])
    assert (code, "failed" in err) == (FAILED, True)


def test_a_review_that_failed_its_audit_shows_why_and_no_figure(
    here: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("workflows.cost_review.audit.failures", lambda _report: ("totals: they do not add up.",))
    assert _says(capsys, ["review"])[0] == FAILED
    code, shown, err = _says(capsys, ["show", "latest"])
    assert (code, "AuditFailed" in err) == (FAILED, True)
    assert shown.index("This report failed its audit") < shown.index("totals: they do not add up.")
    cost_of_the_run = re.findall(r"(\$\S+)\s+on a real\s+account", shown)
    assert re.findall(r"\$\d[\d.,]*", shown) == cost_of_the_run


def test_a_state_folder_that_is_broken_is_named(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (here / ".finops").mkdir()
    (here / ".finops" / "state.json").write_text("{")
    code, _, err = _says(capsys, ["review"])
    assert (code, "move that folder away" in err) == (BAD_INPUT, True)


def test_two_runs_at_once_both_end_up_in_the_state(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "local.command_line", "review"]
    runs = [subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.PIPE, text=True) for _ in range(2)]  # noqa: S603 because it is ours
    outputs = [run.communicate(timeout=120)[0] for run in runs]
    assert [run.returncode for run in runs] == [COMPLETE, COMPLETE]
    assert sum("Another run is using" in output for output in outputs) == 1
    assert len(json.loads(_finops(tmp_path, "list", "--json").stdout)) == 2


def test_a_run_that_is_killed_leaves_the_state_as_it_was(here: Path, tmp_path: Path) -> None:
    assert main(["review"]) == COMPLETE
    before = (tmp_path / ".finops" / "state.json").read_bytes()
    command = [sys.executable, "-u", "-m", "local.command_line", "review"]
    with subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.PIPE, text=True) as run:  # noqa: S603 because it is ours
        assert run.stdout is not None
        for line in run.stdout:
            if line.startswith("PrepareReview"):
                break
        os.kill(run.pid, signal.SIGKILL)
    assert (tmp_path / ".finops" / "state.json").read_bytes() == before
    assert main(["review"]) == COMPLETE
    assert len(json.loads(_finops(tmp_path, "list", "--json").stdout)) == 2


def test_a_reader_that_stops_reading_ends_the_command_quietly(here: Path, tmp_path: Path) -> None:
    assert main(["review"]) == COMPLETE
    shown = f"{sys.executable} -m local.command_line show latest | head -1 >/dev/null; exit ${{PIPESTATUS[0]}}"
    ran = subprocess.run(["/bin/bash", "-c", shown], cwd=tmp_path, capture_output=True, text=True, check=False)  # noqa: S603 because it is ours
    assert (ran.returncode, ran.stderr) == (128 + signal.SIGPIPE, "")
