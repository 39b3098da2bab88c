"""finops record: a review's responses as an account folder that replays the same report, and names nobody."""

import re
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from local.account_folder import SAMPLE_ACCOUNT, load_account
from local.accounts import ReadAccount, account_in_folder
from local.command_line import main
from local.embedded_aws import PAID_REQUESTS_TABLE
from local.recording import Recorded, Recorder, write_recording
from local.scrubbing import Scrubber
from local.state_folder import StateFolder
from tasks.aws.reading import jsonable
from tests.local.account_variants import NO_PLAN, an_account_folder, refusal
from tests.local.runs import run
from workflows.errors import BadInput, Unrecordable

RECORDED, BAD_INPUT = 0, 2
# Made anew for each review, or from what was scrubbed; how_to has names inside of words, and follows from the others
OF_THE_RUN = {
    "run",
    "request_id",
    "opportunity_id",
    "recommendation_id",
    "review_id",
    "started_at",
    "reference",
    "how_to",
    "matching_ids",
    "untold_ids",
}
Json = dict[str, Any]


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("POWERTOOLS_LOG_LEVEL", "CRITICAL")
    return tmp_path


def _recording(of: Path, to: Path, request: Json | None = None) -> tuple[Json, Scrubber]:
    """Records a review of this folder; its report, and what stands for what."""
    account = account_in_folder(of)
    recorder = Recorder()
    recorder.listen_to(account.session)
    live = run(request, read=account)
    return live.report, write_recording(to, account, account.as_of.isoformat(), recorder.recorded)


def _comparable(value: Any, scrubber: Scrubber | None = None) -> Any:
    """The report without what belongs to its run; with the names of the recording, where a scrubber is given."""
    if isinstance(value, dict):
        return {name: _comparable(each, scrubber) for name, each in value.items() if name not in OF_THE_RUN}
    if isinstance(value, list):
        return [_comparable(each, scrubber) for each in value]
    if isinstance(value, str) and scrubber is not None:
        return _with_replaced_names(value, scrubber)
    return value


def _with_replaced_names(text: str, scrubber: Scrubber) -> str:
    known = {value: replacement for (_, value), replacement in scrubber.replacements.items()}
    longest_first = sorted(known, key=len, reverse=True)
    found = re.compile("|".join(rf"(?<![\w.-]){re.escape(one)}(?![\w-])" for one in longest_first))
    return found.sub(lambda match: known[match.group()], text)


def _written(folder: Path) -> str:
    return "\n".join(path.read_text(encoding="utf-8") for path in sorted(folder.rglob("*.json")))


def test_replaying_a_recording_gives_the_report_of_the_live_run(here: Path) -> None:
    live, scrubber = _recording(SAMPLE_ACCOUNT, here / "recording")
    replayed = run(account=here / "recording").report
    assert replayed["totals"][0]["counted_usage"] == "293.86"
    assert _comparable(replayed) == _comparable(live, scrubber)


def test_errors_of_aws_are_replayed_too(here: Path) -> None:
    throttled = {"budgets:DescribeBudgets": refusal("ThrottlingException", "Rate exceeded"), **NO_PLAN}
    source = an_account_folder(here / "source", throttled)
    live, scrubber = _recording(source, here / "recording")
    replayed = run(account=here / "recording").report
    gaps = {row["source"]: row["detail"] for row in replayed["coverage"] if row["is_gap"]}
    assert "SubscriptionRequiredException" in gaps["TrustedAdvisorLegacy"]
    assert "ThrottlingException" in gaps["Budgets"]
    assert _comparable(replayed) == _comparable(live, scrubber)


def test_a_recording_names_nobody_of_the_account(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["record", "--account", str(SAMPLE_ACCOUNT), "recording"]) == RECORDED
    assert "Replay: finops review --account recording" in capsys.readouterr().out
    written = _written(here / "recording")
    for original in ("123456789012", "MTIzNDU2Nzg5MDEy", "web-2", "batch-worker", "reports-dev", "shop-production"):
        assert original not in written, original
    for kept in ("m5.large", "us-east-1", "Amazon Elastic Compute Cloud - Compute", "95.89", "Qch7DwouX1"):
        assert kept in written, kept


def _paid_today(state: Path) -> int:
    items = StateFolder(state).read().tables[PAID_REQUESTS_TABLE]
    return sum(int(item["requests"]["N"]) for item in items if item["counter"]["S"].startswith("day#"))


def test_what_a_recording_pays_counts_for_the_day(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """It asks everything anew, so the cap of the day has to hold over it too; nothing else of the state changes."""
    main(["review"])
    paid, reviews = _paid_today(here / ".finops"), StateFolder(here / ".finops").read().objects
    main(["record", "recording"])
    assert paid > 0
    assert _paid_today(here / ".finops") == 2 * paid
    assert StateFolder(here / ".finops").read().objects == reviews


def test_recorded_envelopes_say_that_they_are_recorded(here: Path) -> None:
    _recording(SAMPLE_ACCOUNT, here / "recording")
    account = load_account(here / "recording")
    assert account.kind == "recorded"
    assert account.account_id == "111122220001"
    assert {one.provenance.kind for one in account.envelopes} == {"recorded"}
    assert all(one.exact for one in account.envelopes)


def test_a_recording_answers_only_what_was_asked(here: Path) -> None:
    _recording(SAMPLE_ACCOUNT, here / "recording")
    another_day = run({"as_of": "2026-11-10"}, account=here / "recording").report
    gaps = {row["source"] for row in another_day["coverage"] if row["is_gap"]}
    assert "CostExplorer" in gaps


def test_a_recording_can_be_diagnosed_like_the_account(here: Path) -> None:
    _recording(SAMPLE_ACCOUNT, here / "recording")
    assert main(["doctor", "--account", "recording"]) == 0


def test_an_existing_folder_is_never_written_to(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (here / "mine").mkdir()
    assert main(["record", "mine"]) == BAD_INPUT
    assert "mine: exists already" in capsys.readouterr().err
    assert not list((here / "mine").iterdir())


def _an_account() -> ReadAccount:
    return account_in_folder(None)


def _a_response(response: Json, **request: Any) -> Recorded:
    return Recorded("ce", "GetAnomalies", None, request, 200, response)


def test_a_folder_that_appears_meanwhile_is_left_alone_and_nothing_stays_behind(here: Path) -> None:
    (here / "taken").write_text("mine")
    with pytest.raises(BadInput, match="exists already"):
        write_recording(here / "taken", _an_account(), "2026-11-16", [_a_response({})])
    assert [path.name for path in here.iterdir()] == ["taken"]


@pytest.mark.parametrize(
    ("response", "what"),
    [
        ({"Anomalies": [], "x" + "123456789012" + "y": 1}, "an account id"),
        ({"jane@corp.example.org": 1}, "an email"),
        ({"arn:aws:iam::999988887777:user/jane": 1}, "an ARN with an account id"),
        ({"MTIzNDU2Nzg5MDEyX2QzZjMwODlk": 1}, "an account id"),
        ({"OTk5OTg4ODg3Nzc3X2QzZjMwODlk": 1}, "an encoded account id"),
    ],
)
def test_nothing_is_written_where_something_that_names_somebody_survived(here: Path, response: Json, what: str) -> None:
    """Members' names are not scrubbed, so what stands there survives: AWS never puts it there, but who knows."""
    with pytest.raises(Unrecordable, match=what):
        write_recording(here / "recording", _an_account(), "2026-11-16", [_a_response(response)])
    assert not list(here.iterdir())


def test_an_answer_that_changed_is_replayed_in_the_order_in_which_it_changed(here: Path) -> None:
    busy = Recorded("ce", "GetAnomalies", None, {}, 400, {"__type": "LimitExceededException"})
    answers = [busy, busy, _a_response({"Anomalies": []})]
    write_recording(here / "recording", _an_account(), "2026-11-16", answers)
    kept = sorted(load_account(here / "recording").envelopes, key=lambda one: one.file)
    assert [(one.http_status, one.times) for one in kept] == [(400, 2), (200, None)]


def test_an_answer_in_another_format_than_json_is_refused_in_our_words() -> None:
    account = _an_account()
    recorder = Recorder()
    recorder.listen_to(account.session)
    client = account.clients("ce", "us-east-1")
    told = {"status_code": 200, "headers": {}, "body": b"\xa1"}
    with pytest.raises(Unrecordable, match="another format than JSON"):
        client.meta.events.emit("response-received.cost-explorer.GetAnomalies", response_dict=told, context={})


@pytest.fixture
def in_zone(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    def change(zone: str) -> None:
        monkeypatch.setenv("TZ", zone)
        time.tzset()

    yield change
    monkeypatch.undo()
    time.tzset()


def test_trap_29_times_of_a_recording_are_the_same_instants_in_another_time_zone(here: Path, in_zone: Any) -> None:
    """A recording of parsed responses loses the zone that the recorder lived in; ours keeps what the wire said."""
    hub = {"includeAllRecommendations": True, "maxResults": 1000}
    in_zone("America/New_York")
    account = account_in_folder(None)
    recorder = Recorder()
    recorder.listen_to(account.session)
    live = account.clients("cost-optimization-hub", "us-east-1").list_recommendations(**hub)["items"][0]
    write_recording(here / "recording", account, "2026-11-16", recorder.recorded)
    in_zone("Asia/Tokyo")
    replaying = account_in_folder(here / "recording").clients("cost-optimization-hub", "us-east-1")
    replayed = replaying.list_recommendations(**hub)["items"][0]
    assert replayed["lastRefreshTimestamp"] == live["lastRefreshTimestamp"]
    assert live["lastRefreshTimestamp"] == datetime.fromtimestamp(1794746403, UTC)
    assert jsonable(replayed["lastRefreshTimestamp"]) == jsonable(live["lastRefreshTimestamp"])
    assert '"lastRefreshTimestamp": 1794746403.0' in _written(here / "recording")
