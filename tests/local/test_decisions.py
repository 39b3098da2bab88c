"""finops accept, dismiss, snooze, done, reopen, decisions, and review --exemptions: on the state folder."""

import json
import subprocess
import sys
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from local.command_line import main
from local.embedded_aws import OPPORTUNITIES_TABLE
from local.state_folder import StateFolder
from tasks.decisions import decided_of

WEB, NOT_THERE = "546fd901a783889f", "f" * 16
BAD_INPUT, PARTIAL = 2, 3
Say = Any


@pytest.fixture(scope="module")
def reviewed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A state folder in which the sample account was reviewed once."""
    state = tmp_path_factory.mktemp("decisions") / ".finops"
    assert main(["review", "--as-of", "2026-11-16", "--state", str(state)]) == 0
    return state


@pytest.fixture
def say(reviewed: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Say:
    """Runs a command on a copy of that folder: its exit code, what it printed, and what it complained about."""
    state = tmp_path / ".finops"
    _copy(reviewed, state)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("FINOPS_STATE", str(state))

    def run(*arguments: str) -> tuple[int, str, str]:
        code = main(arguments)
        printed = capsys.readouterr()
        return code, printed.out, printed.err

    capsys.readouterr()
    return run


def _copy(source: Path, target: Path) -> None:
    for path in source.rglob("*"):
        place = target / path.relative_to(source)
        if path.is_dir():
            place.mkdir(parents=True, exist_ok=True)
        else:
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(path.read_bytes())


def report_after(say: Say, *more: str) -> dict[str, Any]:
    _, out, _ = say("review", "--json", "--as-of", "2026-11-16", *more)
    report: dict[str, Any] = json.loads(out)
    return report


def counted(report: dict[str, Any]) -> str:
    return str(report["totals"][0]["counted_usage"])


def test_what_is_dismissed_stays_out_of_every_later_review_until_it_is_reopened(say: Say) -> None:
    code, out, _ = say("dismiss", WEB[:6], "--why", "needed for [failover]", "--by", "ana")
    assert (code, f"{WEB} (" in out, "is dismissed, by ana: needed for [failover]" in out) == (0, True, True)
    report = report_after(say)
    assert counted(report) == "197.97"
    (decision,) = [one["decision"] for one in report["opportunities"] if one["decision"]]
    assert (decision["state"], decision["by"], decision["why"]) == ("dismissed", "ana", "needed for [failover]")
    assert say("reopen", WEB)[0] == 0
    assert counted(report_after(say)) == "293.86"


def test_a_snooze_is_set_aside_until_its_day(say: Say) -> None:
    assert say("snooze", WEB, "--until", "2999-01-01")[0] == 0
    report = report_after(say)
    assert (counted(report), report["opportunities"][-1]["decision"] is None) == ("197.97", True)


def test_what_is_done_remembers_what_it_cost_before_and_was_to_save(say: Say) -> None:
    code, out, _ = say("done", WEB, "--by", "ana", "--on", "2026-11-16")
    assert (code, "Its cost on the bill before: 7.28 USD a day" in out) == (0, True)
    (item,) = StateFolder(Path(".finops")).read().tables[OPPORTUNITIES_TABLE]
    done = decided_of(item).carried_out
    assert done is not None
    assert (str(done.counted), done.billing_ids, done.reviewed_accounts) == (
        "95.89",
        ("i-07c4e8b15da2f3962",),
        ("123456789012",),
    )
    assert done.before is not None
    assert (done.before.days, done.before.until.isoformat()) == (13, "2026-11-15")
    (row,) = report_after(say)["realised_savings"]["rows"]
    assert (row["realised_monthly_savings"], row["enough_days"]) == (None, False)


def test_what_was_done_last_week_is_compared_with_no_day_after_it(say: Say) -> None:
    """The review's pace reaches to 16 November: its days may lie after what was done on the 10th."""
    code, out, _ = say("done", WEB, "--on", "2026-11-10")
    assert (code, "before: not known. Reviews as of 2026-11-10 and later" in out) == (0, True)
    (row,) = report_after(say)["realised_savings"]["rows"]
    assert (row["done_on"], row["before"]["until"]) == ("2026-11-10", "2026-11-10")


def test_a_deed_of_last_week_is_held_against_the_last_review_until_then(say: Say) -> None:
    say("review", "--json", "--as-of", "2026-11-20")
    assert "before: 7.28 USD a day" in say("done", WEB, "--on", "2026-11-18")[1]


def test_what_is_done_later_does_not_change_a_review_of_an_earlier_day(say: Say) -> None:
    say("done", WEB)
    report = report_after(say)
    assert report["realised_savings"]["rows"] == []
    assert {one["decision"] for one in report["opportunities"]} == {None}


def test_what_was_dismissed_in_a_later_review_does_not_change_one_of_an_earlier_day(say: Say) -> None:
    say("review", "--json", "--as-of", "2026-11-20")
    say("dismiss", WEB, "--why", "no")
    assert {one["decision"] for one in report_after(say)["opportunities"]} == {None}


def test_people_read_words_and_programs_read_codes(say: Say) -> None:
    assert "is carried out, by ana" in say("done", WEB, "--by", "ana", "--on", "2026-11-16")[1]
    listed = say("decisions")[1]
    assert ("carried" in listed, "implemented" in listed) == (True, False)
    (row,) = json.loads(say("decisions", "--json")[1])
    assert (row["state"], row["holds_from"], row["action_kind"]) == ("implemented", "2026-11-16", "Rightsize")


def test_a_database_is_looked_for_on_the_bill_by_its_arn(say: Say) -> None:
    assert say("done", "da34b91acbd8f326")[0] == 0
    (item,) = StateFolder(Path(".finops")).read().tables[OPPORTUNITIES_TABLE]
    done = decided_of(item).carried_out
    assert done is not None
    assert done.billing_ids == ("arn:aws:rds:us-east-1:123456789012:db:reports-dev",)


def test_decisions_are_listed_the_latest_first(say: Say) -> None:
    assert "Nothing was decided here yet" in say("decisions")[1]
    say("accept", WEB, "--by", "ana")
    say("dismiss", "da34b91acbd8f326", "--why", "[b]audit[/b]", "--by", "ben")
    _, out, _ = say("decisions", "--json")
    rows = json.loads(out)
    assert [(row["state"], row["by"]) for row in rows] == [("dismissed", "ben"), ("accepted", "ana")]
    assert "[b]audit[/b]" in say("decisions")[1]


def test_who_decides_is_known_by_the_machine_where_nobody_says_it(say: Say, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOGNAME", "carla")
    assert "is accepted, by carla" in say("accept", WEB)[1]


REFUSED: dict[str, tuple[list[str], str]] = {
    "an unknown id": (["accept", NOT_THERE], f"nearest in the last review: {WEB} (i-07c4e8b15da2f3962)"),
    "an id that is nearly right": (["accept", "546fd901a783889e"], f"nearest in the last review: {WEB}"),
    "nothing at all": (["accept", ""], "no opportunity is called ''"),
    "a dismissal without a reason": (["dismiss", WEB], "--why TEXT"),
    "a snooze without an end": (["snooze", WEB], "--until YYYY-MM-DD"),
    "a snooze that is over": (["snooze", WEB, "--until", "2020-01-01"], "is not after"),
    "no date": (["snooze", WEB, "--until", "soon"], "--until: 'soon' is not a calendar date"),
    "an end of what does not end": (["accept", WEB, "--until", "2999-01-01"], "only a snooze has an end"),
    "a deed to come": (["done", WEB, "--on", "2999-01-01"], "--on 2999-01-01 is after today"),
    "a deed on no date": (["done", WEB, "--on", "soon"], "--on: 'soon' is not a calendar date"),
    "a day of what is not done": (["accept", WEB, "--on", "2026-11-10"], "drop --on"),
    "nobody": (["accept", WEB, "--by", " "], "--by NAME"),
    "what is open already": (["reopen", WEB], "is open and cannot become open; from there it may become: accepted"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_decided_is_refused_and_nothing_is_written(say: Say, name: str) -> None:
    arguments, said = REFUSED[name]
    before = StateFolder(Path(".finops")).read()
    code, out, err = say(*arguments)
    assert (code, out, said in err) == (BAD_INPUT, "", True)
    assert StateFolder(Path(".finops")).read() == before


def test_an_illegal_step_names_what_is_legal(say: Say) -> None:
    say("dismiss", WEB, "--why", "no")
    code, _, err = say("accept", WEB)
    assert (code, "is dismissed and cannot become accepted; from there it may become: open (finops reopen)" in err) == (
        BAD_INPUT,
        True,
    )


def test_a_beginning_that_fits_several_names_them(say: Say) -> None:
    ids = sorted(one["opportunity_id"] for one in json.loads(say("show", "latest", "--json")[1])["opportunities"])
    letter = next(one[0] for one, other in pairwise(ids) if one[0] == other[0])
    code, _, err = say("accept", letter)
    fitting = [one for one in ids if one.startswith(letter)]
    assert (code, all(one in err for one in fitting[:5])) == (BAD_INPUT, True)
    assert f"fits {len(fitting)} opportunities" in err


def test_without_a_review_there_is_nothing_to_decide_about(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["accept", WEB, "--state", str(tmp_path / "none")]) == BAD_INPUT
    assert "no review was run here yet" in capsys.readouterr().err
    assert not (tmp_path / "none").exists()


def test_an_opportunity_of_an_earlier_review_can_still_be_decided_about(say: Say) -> None:
    report_after(say, "--input", '{"scope": {"regions": ["eu-west-1"]}}')
    assert say("accept", WEB)[0] == 0


def test_exemptions_are_followed_and_kept_for_later_reviews(say: Say) -> None:
    Path("exemptions.toml").write_text(
        '[[exemption]]\npattern = "*i-07c4e8b15da2f3962"\nreason = "Failover"\nexpires = 2999-12-31\n', encoding="utf-8"
    )
    first = report_after(say, "--exemptions", "exemptions.toml")
    second = report_after(say)
    assert (counted(first), counted(second)) == ("197.97", "197.97")
    assert first["exemptions"] == second["exemptions"]
    Path("none.toml").write_text("", encoding="utf-8")
    assert counted(report_after(say, "--exemptions", "none.toml")) == "293.86"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ('[[exemption]]\npattern = "x"\n', ["exemption 1 ('x'): reason is missing", "expires is missing"]),
        ("not toml", ["not valid TOML"]),
        (None, ["cannot be read (No such file or directory)"]),
    ],
)
def test_a_wrong_file_is_refused_before_anything_runs(say: Say, content: str | None, said: list[str]) -> None:
    if content is not None:
        Path("wrong.toml").write_text(content, encoding="utf-8")
    before = StateFolder(Path(".finops")).read()
    code, out, err = say("review", "--exemptions", "wrong.toml", "--as-of", "soon")
    assert (code, out, [words for words in said if words not in err], "--as-of" in err) == (BAD_INPUT, "", [], True)
    assert StateFolder(Path(".finops")).read() == before


def test_the_bill_is_asked_about_what_was_done_in_the_review_after_the_next(say: Say) -> None:
    """The NAT gateway is named by no one whose resources the bill is asked about, so nothing was known of it before."""
    assert "before: not known" in say("done", "ad0f406b552bba2b", "--on", "2026-11-16")[1]
    first, second, third = (report_after(say) for _ in range(3))
    told = [one["realised_savings"]["rows"][0]["before"] for one in (first, second, third)]
    assert told[0] is None
    assert (told[1]["days"], told[1]) == (12, told[2])
    assert counted(third) == "258.82"


def test_a_review_with_decisions_can_be_replayed(say: Say) -> None:
    say("dismiss", WEB, "--why", "no")
    say("done", "da34b91acbd8f326", "--on", "2026-11-16")
    report_after(say)
    code, out, _ = say("replay", "latest")
    assert (code, "Same     in every byte." in out) == (0, True)


def in_a_process(*arguments: str) -> "subprocess.Popen[bytes]":
    command = [sys.executable, "-m", "local.command_line", *arguments]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)  # noqa: S603 because it is ours


def test_two_who_decide_at_once_on_one_folder_lose_nothing(say: Say) -> None:
    """Two processes: the second waits for the first, and writes over what that one wrote."""
    other = "ad0f406b552bba2b"
    both = [in_a_process("accept", WEB, "--by", "ana"), in_a_process("accept", other, "--by", "ben")]
    said = [one.communicate(timeout=120) for one in both]
    assert [one.returncode for one in both] == [0, 0], said
    rows = json.loads(say("decisions", "--json")[1])
    assert {(one["opportunity_id"], one["by"]) for one in rows} == {(WEB, "ana"), (other, "ben")}


def test_a_decision_leaves_everything_else_that_is_kept_as_it_was(say: Say) -> None:
    before = StateFolder(Path(".finops")).read()
    say("accept", WEB)
    after = StateFolder(Path(".finops")).read()
    assert after.objects == before.objects
    assert {table for table, items in after.tables.items() if items != before.tables[table]} == {OPPORTUNITIES_TABLE}
