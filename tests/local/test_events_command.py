"""finops events: what is on record, as a table, as JSON and as it comes; and the files that are refused."""

import io
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from local.command_line import main
from local.commands.events import follow_command, print_rows
from local.event_journal import Arrived, Entry, EventJournal, Outcome
from local.event_rows import rows_of

NOW = datetime(2026, 11, 16, 8, 5, tzinfo=UTC)
BAD_INPUT = 2
EVENT: dict[str, Any] = {
    "version": "0",
    "id": "11111111-2222",
    "source": "aws.ce",
    "detail-type": "Anomaly Detected",
    "account": "123456789012",
    "time": "2026-11-15T04:05:06Z",
    "region": "us-east-1",
    "resources": [],
    "detail": {"anomalyId": "a"},
}
MESSAGE = {
    "MessageId": "m",
    "TopicArn": "arn:aws:sns:us-east-1:123456789012:budgets",
    "Message": "Budget Name: all\n",
    "Timestamp": "2026-11-15T04:05:06Z",
}


def arrived(**changes: Any) -> Arrived:
    return Arrived(at=NOW, event={**EVENT, **changes})


def outcome(**changes: Any) -> Outcome:
    started = {"answers": [{"outcome": "started", "review_id": "cost-anomaly-20261115T0400Z", "why": ""}]}
    fields = {"at": NOW, "event_id": EVENT["id"], "consumer": "finops-start-review-on-event", "rule": "r"}
    return Outcome(**{**fields, "result": "delivered", "attempts": 1, "answer": started, **changes})


FOLDED = {
    "answers": [{"outcome": "folded", "review_id": "cost-anomaly-20261115T0400Z", "why": "It was started before."}]
}


def noted(state: Path, *entries: Entry) -> None:
    state.mkdir(exist_ok=True)
    for entry in entries:
        EventJournal.of(state).note(entry)


def table(width: int, *entries: Entry) -> str:
    console = Console(file=io.StringIO(), width=width, no_color=True)
    print_rows(console, rows_of(entries))
    printed = console.file
    assert isinstance(printed, io.StringIO)
    return printed.getvalue()


def words_of(printed: str) -> str:
    """Without the breaks of lines and the spaces of columns."""
    return " ".join(printed.split())


def test_the_latest_events_are_listed_with_what_became_of_each(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    noted(tmp_path, arrived(id="old"), arrived(), outcome())
    assert main(["events", "--last", "1", "--state", str(tmp_path)]) == 0
    printed = words_of(capsys.readouterr().out)
    assert "11-16 08:05 aws.ce start-review-on-event: started, review cost-anomaly-20261115T0400Z" in printed
    assert "Anomaly Detected" in printed
    assert "old" not in printed


def test_for_programs_there_is_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    noted(tmp_path, arrived(), outcome(), arrived(), outcome(answer=FOLDED))
    assert main(["events", "--json", "--state", str(tmp_path)]) == 0
    (row,) = json.loads(capsys.readouterr().out)
    assert (row["event_id"], row["times"], row["event"]) == (EVENT["id"], 2, EVENT)
    assert [one["answer"]["answers"][0]["outcome"] for one in row["outcomes"]] == ["started", "folded"]


def test_where_no_event_was_put_the_command_says_how_to_get_some(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["events", "--state", str(tmp_path / "new")]) == 0
    assert "finops review" in capsys.readouterr().out
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize("width", [80, 140])
def test_the_table_fits_the_terminal(width: int) -> None:
    entries = (arrived(), outcome(), outcome(result="dead_letter", answer={}, attempts=3, error="Broken: " + "x" * 300))
    printed = table(width, *entries)
    assert max(len(line) for line in printed.splitlines()) <= width
    assert ("11111111" in printed) == (width == 140)


@pytest.mark.parametrize("width", [80, 100])
def test_the_id_of_a_review_is_never_broken_over_lines(width: int) -> None:
    """It is there to be copied."""
    review_id = "trusted-advisor-refreshed-20261115T0400Z"
    started = {"answers": [{"outcome": "started", "review_id": review_id, "why": ""}]}
    named = {"source": "finops.trusted-advisor-agent", "detail-type": "Trusted Advisor Check Item Refresh Notification"}
    assert review_id in table(width, arrived(**named), outcome(answer=started))


def test_what_became_of_an_event_is_said_in_words() -> None:
    dead = outcome(result="dead_letter", answer={}, attempts=3, error="LookupError: nobody there")
    printed = words_of(table(200, arrived(), arrived(), outcome(), outcome(answer=FOLDED), dead, arrived(id="other")))
    assert "2 times" in printed
    assert "folded, review cost-anomaly-20261115T0400Z (It was started before.)" in printed
    assert "start-review-on-event: dead letter after 3 tries: LookupError: nobody there" in printed
    assert "nobody reacts to it" in printed


def test_an_outcome_whose_event_is_gone_is_still_told() -> None:
    """The journal is bounded."""
    assert "started, review cost-anomaly" in words_of(table(200, outcome()))


def test_nothing_in_an_event_acts_on_the_terminal(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    bad = "\x1b[2Jgone[bold]\x07"
    answer = {"answers": [{"outcome": bad, "review_id": bad, "why": bad}]}
    entries: list[Entry] = [
        arrived(**{"source": bad, "detail-type": bad, "account": bad, "id": bad}),
        outcome(event_id=bad, answer=answer),
        outcome(event_id=bad, result="dead_letter", error=bad),
    ]
    noted(tmp_path, *entries)
    assert main(["events", "--state", str(tmp_path)]) == 0
    assert follow_command(tmp_path, as_json=False, entries=iter(entries)) == 0
    printed = capsys.readouterr().out
    assert "[bold]" in printed
    assert not set(printed) & {"\x1b", "\x07"}


@pytest.mark.parametrize("as_json", [True, False])
def test_what_comes_is_told_a_line_each_until_somebody_interrupts(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], as_json: bool
) -> None:
    def coming() -> Iterator[Entry]:
        yield arrived()
        yield outcome()
        raise KeyboardInterrupt

    assert follow_command(tmp_path, as_json=as_json, entries=coming()) == 0
    first, second = capsys.readouterr().out.splitlines()
    if as_json:
        assert (json.loads(first)["kind"], json.loads(second)["kind"]) == ("event", "outcome")
    else:
        assert first == "08:05:00  11111111  aws.ce  Anomaly Detected"
        assert second == ("08:05:00  11111111    start-review-on-event: started, review cost-anomaly-20261115T0400Z")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "not valid JSON at line 1, column 1"),
        ("[]", "it is no JSON object"),
        ("{}", "source: field required"),
        (json.dumps({**EVENT, "detail": "none"}), "detail: input should be a valid dictionary"),
        (json.dumps({**EVENT, "time": "yesterday"}), "time: input should be a valid datetime"),
        (json.dumps({**EVENT, "detail-type": ""}), "detail-type: string should have at least 1 character"),
        (json.dumps({"Records": []}), "Records: list should have at least 1 item"),
        (json.dumps({"Records": [{"EventSource": "aws:s3"}]}), "Records.0.EventSource: input should be 'aws:sns'"),
        (json.dumps({"Records": [{"EventSource": "aws:sns", "Sns": {}}]}), "Records.0.Sns.MessageId: field required"),
        (
            json.dumps({"Records": [{"EventSource": "aws:sns", "Sns": {**MESSAGE, "TopicArn": "budgets"}}]}),
            "Records.0.Sns.TopicArn: string should match",
        ),
        ("\udce9", "it is not UTF-8 text"),
        ("[" * 100_000, "not"),
        ("9" * 5_000, "not a document that can be read"),
        (" " * 300_000, "larger than the 262,144 bytes that an event may have"),
    ],
)
def test_a_file_that_holds_no_event_is_refused_and_nothing_is_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], content: str, said: str
) -> None:
    file = tmp_path / "event.json"
    file.write_bytes(content.encode(errors="surrogateescape"))
    assert main(["events", "send", str(file), "--state", str(tmp_path / "state")]) == BAD_INPUT
    complaint = capsys.readouterr().err
    assert str(file) in complaint
    assert said in complaint
    assert not (tmp_path / "state").exists()


def test_a_file_that_is_missing_is_named_together_with_what_else_is_wrong(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    missing, no_account = tmp_path / "event.json", tmp_path / "account"
    sent = ["events", "send", str(missing), "--account", str(no_account), "--state", str(tmp_path / "state")]
    assert main(sent) == BAD_INPUT
    complaint = capsys.readouterr().err
    assert f"{missing}: cannot be read (No such file or directory)" in complaint
    assert str(no_account) in complaint
    assert not (tmp_path / "state").exists()


def test_the_state_folder_may_be_named_before_or_after_send(tmp_path: Path) -> None:
    """An event that nobody reacts to, so that nothing runs."""
    file = tmp_path / "event.json"
    file.write_text(json.dumps({**EVENT, "source": "mine"}))
    assert main(["events", "--state", str(tmp_path / "a"), "send", str(file)]) == 0
    assert main(["events", "send", str(file), "--state", str(tmp_path / "b")]) == 0
    for folder in ("a", "b"):
        assert [entry.event_id for entry in EventJournal.of(tmp_path / folder).entries()] == [EVENT["id"]]


@pytest.mark.parametrize("number", ["0", "-1", "many"])
def test_how_many_is_a_whole_number(number: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["events", "--last", number])
    assert "--last" in capsys.readouterr().err
