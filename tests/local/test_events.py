"""Event in, review out: the real rules, consumers, definition and agents, on the embedded AWS."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from local.accounts import account_in_folder
from local.command_line import main
from local.embedded_aws import (
    IDEMPOTENCY_TABLE,
    OPPORTUNITIES_TABLE,
    PAID_REQUESTS_TABLE,
    Around,
    EmbeddedAws,
    embedded_aws,
)
from local.event_journal import EventJournal, Journal, Outcome
from local.event_rows import answers_of
from local.moto_seams import LambdaFunction, Pace
from local.review import looking_from, review_files
from tasks.agents import AGENTS
from tasks.consumers import DEEP_DIVE, START_REVIEW
from tests.local.runs import execute, failing, sample_review
from tests.workflows.events.heard import Json, a_budget_alert, a_refresh, an_anomaly, recorded

QUICK = Pace(wait_scale=0.001, redelivery_scale=0.0001)
TRUSTED_ADVISOR = "trusted-advisor-agent"
HARDER = Path(__file__).parents[1] / "accounts" / "harder"
ALONE = {"analysis_type": "targeted", "scope": {"agents": [TRUSTED_ADVISOR]}}
Play = Callable[[EmbeddedAws], None]


@contextmanager
def an_account(around: Around | None = None, journal: Journal | None = None) -> Iterator[EmbeddedAws]:
    """The sample account, where nobody has run anything yet."""
    account = account_in_folder(None)
    dated = looking_from(account.as_of)

    def both(name: str, function: LambdaFunction) -> LambdaFunction:
        return around(name, dated(name, function)) if around else dated(name, function)

    with embedded_aws(account.clients, account.settings, pace=QUICK, around=both, journal=journal) as aws:
        yield aws


def alerted(aws: EmbeddedAws, alert: Json) -> None:
    """The topic of budgets hands its message on."""
    aws.notify(START_REVIEW, alert["Records"][0]["Sns"]["MessageId"], alert)


def names(aws: EmbeddedAws) -> list[str]:
    """The reviews that were run, sorted."""
    return sorted(arn.rpartition(":")[2] for arn in aws.executions())


def report_of(aws: EmbeddedAws, review_id: str) -> Json:
    report: Json = json.loads(review_files(aws, review_id)["report.json"])
    return report


def outcomes(aws: EmbeddedAws, consumer: str = START_REVIEW.name) -> list[Outcome]:
    entries = aws.deliveries.entries
    return [entry for entry in entries if isinstance(entry, Outcome) and entry.consumer == consumer]


def answered(aws: EmbeddedAws, consumer: str = START_REVIEW.name) -> list[str]:
    """What the consumer made of each event, sorted."""
    return sorted(str(answer["outcome"]) for one in outcomes(aws, consumer) for answer in answers_of(one))


def items(aws: EmbeddedAws, table: str) -> list[Json]:
    found: list[Json] = aws.clients("dynamodb").scan(TableName=table)["Items"]
    return found


def paid(aws: EmbeddedAws) -> int:
    """The requests that all reviews and deep dives of the day paid for together."""
    (day,) = [item for item in items(aws, PAID_REQUESTS_TABLE) if item["counter"]["S"].startswith("day#")] or [{}]
    return int(day.get("requests", {"N": "0"})["N"])


@pytest.mark.parametrize(
    ("recording", "review_id", "analysis_type"),
    [
        ("ce_anomaly_eventbridge_docs", "cost-anomaly-20210526T0000Z", "emergency"),
        ("trusted_advisor__unassociated_eip", "trusted-advisor-refreshed-20230828T1600Z", "targeted"),
        ("trusted_advisor__underutilized_ebs_1", "trusted-advisor-refreshed-20190402T1600Z", "targeted"),
    ],
)
def test_an_event_that_aws_puts_on_its_bus_leads_to_a_published_review(
    recording: str, review_id: str, analysis_type: str
) -> None:
    """Forwarded to ours as it is; it looks from the account's own day, and its request says which event it answers."""
    event = recorded(recording)
    with an_account() as aws:
        aws.put_event(event)
        aws.settle()
        assert names(aws) == [review_id]
        report, requested_by = report_of(aws, review_id), _requested_by(aws)
    assert (report["status"], report["review"]["analysis_type"]) == ("COMPLETE", analysis_type)
    assert report["review"]["as_of"] == account_in_folder(None).as_of.isoformat()
    assert event["id"] in requested_by


def test_a_budgets_alert_leads_to_a_published_emergency_review() -> None:
    """By its topic, past the bus."""
    with an_account() as aws:
        alerted(aws, a_budget_alert("platform-monthly"))
        aws.settle()
        assert names(aws) == ["budget-alert-20261116T0800Z"]
        report, requested_by = report_of(aws, "budget-alert-20261116T0800Z"), _requested_by(aws)
    assert (report["status"], report["review"]["analysis_type"]) == ("COMPLETE", "emergency")
    assert "platform-monthly" in requested_by


def test_findings_outside_of_a_review_of_the_bill_lead_to_a_deep_dive_and_the_next_review_pays_less() -> None:
    usual = sample_review()
    with an_account() as aws:
        alone = execute(aws, ALONE, "alone")
        aws.settle()
        dives = answered(aws, DEEP_DIVE.name)
        before = paid(aws)
        whole = execute(aws, {}, "whole")
        aws.settle()
        assert answered(aws, DEEP_DIVE.name) == dives == ["stored"]
        assert paid(aws) - before < _paid_by(usual.report)
    assert _paid_by(alone.report) == 0
    assert whole.counted_usage == usual.counted_usage


def test_the_events_of_a_review_of_everything_lead_to_no_deep_dive_and_to_no_review() -> None:
    """It asks the bill about the same resources itself."""
    with an_account() as aws:
        execute(aws, {}, "whole")
        aws.settle()
        announced = {entry.event["source"] for entry in aws.deliveries.entries if not isinstance(entry, Outcome)}
        assert f"finops.{TRUSTED_ADVISOR}" in announced
        assert (outcomes(aws), outcomes(aws, DEEP_DIVE.name)) == ([], [])
        assert names(aws) == ["whole"]


IN_ORDER: tuple[Play, ...] = (
    lambda aws: aws.put_event(an_anomaly(id="1", account="123456789012", region="us-east-1", resources=[])),
    lambda aws: aws.put_event(a_refresh(id="2")),
    lambda aws: alerted(aws, a_budget_alert("all", message_id="3")),
    lambda aws: aws.put_event(a_refresh(id="4", time="2026-11-16T04:05:00Z")),
)


def what_is_left(plays: tuple[Play, ...]) -> Json:
    """What there is when everything has ended, but for the times at which it was noted."""
    with an_account() as aws:
        for play in plays:
            play(aws)
            aws.settle()
        return {
            "reviews": {name: _without_run(report_of(aws, name)) for name in names(aws)},
            "paid": paid(aws),
            "events dealt with": sorted(item["id"]["S"] for item in items(aws, IDEMPOTENCY_TABLE)),
            "opportunities": sorted(item["opportunity_id"]["S"] for item in items(aws, OPPORTUNITIES_TABLE)),
        }


@pytest.fixture(scope="module")
def left_in_order() -> Json:
    return what_is_left(IN_ORDER)


def test_each_kind_and_each_window_has_its_own_review(left_in_order: Json) -> None:
    assert list(left_in_order["reviews"]) == [
        "budget-alert-20261116T0800Z",
        "cost-anomaly-20261116T0800Z",
        "trusted-advisor-refreshed-20261116T0400Z",
        "trusted-advisor-refreshed-20261116T0800Z",
    ]
    assert left_in_order["paid"] > 0


def test_events_that_come_twice_change_nothing(left_in_order: Json) -> None:
    """At the same moment, or later."""
    twice = tuple(again for play in IN_ORDER for again in (_twice(play), play))
    assert what_is_left(twice) == left_in_order


def test_events_that_come_out_of_order_change_nothing(left_in_order: Json) -> None:
    """But for who pays what first: the day's total is the same."""
    assert what_is_left(tuple(reversed(IN_ORDER))) == left_in_order


def test_a_storm_of_two_hundred_events_makes_one_review() -> None:
    with an_account() as aws:
        for number in range(200):
            aws.put_event(a_refresh(id=f"refresh-{number}", time=f"2026-11-16T08:{number % 60:02}:00Z"))
        aws.settle()
        assert names(aws) == ["trusted-advisor-refreshed-20261116T0800Z"]
        assert answered(aws) == ["folded"] * 199 + ["started"]


def test_a_consumer_that_keeps_failing_leaves_a_dead_letter_that_can_be_seen(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken(_: object) -> object:
        raise RuntimeError("the consumer broke")

    with an_account(failing(START_REVIEW.name, broken), EventJournal.of(tmp_path)) as aws:
        aws.put_event(an_anomaly(account="123456789012", region="us-east-1", resources=[]))
        aws.settle()
        assert names(aws) == []
    capsys.readouterr()
    assert main(["events", "--state", str(tmp_path)]) == 0
    assert "start-review-on-event: dead letter after 3 tries: RuntimeError" in capsys.readouterr().out
    assert main(["events", "--json", "--state", str(tmp_path)]) == 0
    ((told,),) = (row["outcomes"] for row in json.loads(capsys.readouterr().out))
    assert told["error"] == "RuntimeError: the consumer broke"


def test_a_consumer_that_fails_once_loses_no_event() -> None:
    tries: list[object] = []

    def around(name: str, function: LambdaFunction) -> LambdaFunction:
        def fails_once(event: object) -> object:
            tries.append(event)
            if len(tries) == 1:
                raise ConnectionError("throttled")
            return function(event)

        return fails_once if name == START_REVIEW.name else function

    with an_account(around) as aws:
        aws.put_event(a_refresh())
        aws.settle()
        assert names(aws) == ["trusted-advisor-refreshed-20261116T0800Z"]
        assert answered(aws) == ["started"]


@pytest.mark.parametrize("agent", [spec.name for spec in AGENTS])
def test_an_agent_that_is_killed_between_two_states_leaves_a_review_that_says_so(agent: str) -> None:
    """Its evidence was collected; its process ends before it comes to a finding."""

    def killed(_: object) -> object:
        raise SystemExit(137)

    with an_account(failing(f"{agent}-work", killed, action="analyse")) as aws:
        review = execute(aws, {}, "killed")
        aws.settle()
    assert review.report["status"] == "PARTIAL"
    assert "Runtime.ExitError" in _gaps(review.report)[agent]


def test_a_review_that_an_event_started_says_that_an_agent_was_killed() -> None:
    """And the event is dealt with: the same one starts no other."""

    def killed(_: object) -> object:
        raise KeyboardInterrupt

    with an_account(failing("budget-agent-work", killed, action="analyse")) as aws:
        for _ in range(2):
            alerted(aws, a_budget_alert())
            aws.settle()
        assert names(aws) == ["budget-alert-20261116T0800Z"]
        report = report_of(aws, "budget-alert-20261116T0800Z")
    assert report["status"] == "PARTIAL"
    assert "Runtime.ExitError" in _gaps(report)["budget-agent"]


def test_a_review_whose_only_agent_is_killed_fails_and_says_why() -> None:
    """Also on the bus."""

    def killed(_: object) -> object:
        raise SystemExit(137)

    with an_account(failing(f"{TRUSTED_ADVISOR}-work", killed, action="analyse")) as aws:
        aws.put_event(a_refresh())
        aws.settle()
        (failed,) = [entry.event for entry in aws.deliveries.entries if not isinstance(entry, Outcome)][1:]
    assert failed["detail-type"] == "Cost Review Failed"
    assert "Runtime.ExitError" in json.dumps(failed["detail"])


@pytest.fixture
def sent(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str]]:
    """Sends an event by the command: its exit code, and what it printed."""

    def send(event: Any, *options: str) -> tuple[int, str]:
        file = tmp_path / "event.json"
        file.write_text(json.dumps(event))
        code = main(["events", "send", str(file), "--state", str(tmp_path / "state"), *options])
        return code, capsys.readouterr().out

    return send


def test_what_a_deep_dive_pays_for_is_said_below_a_report_that_knows_of_no_paid_request(
    sent: Callable[..., tuple[int, str]], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    more = "A deep dive into its findings sent 1 more to Cost Explorer: $0.01 on a real account."
    assert more in sent(a_refresh())[1]
    capsys.readouterr()
    assert main(["review", "--input", json.dumps(ALONE), "--state", str(tmp_path / "another")]) == 0
    printed = " ".join(capsys.readouterr().out.split())
    assert "0 of them to Cost Explorer: $0.00" in printed
    assert more in printed
    free = json.dumps({**ALONE, "max_cost_explorer_requests": 0})
    assert main(["review", "--input", free, "--state", str(tmp_path / "free")]) == 0
    assert "deep dive" not in capsys.readouterr().out


def test_an_event_that_is_sent_runs_its_review_and_shows_the_report(sent: Callable[..., tuple[int, str]]) -> None:
    code, printed = sent(an_anomaly())
    assert code == 0
    assert "start-review-on-event: started, review cost-anomaly-20261116T0800Z" in printed
    assert "a month by using less" in printed


def test_an_event_of_the_same_window_is_folded_in_a_later_run_too(sent: Callable[..., tuple[int, str]]) -> None:
    """The name of the review stays taken; the same event again starts nothing either."""
    assert sent(a_budget_alert(message_id="1"))[0] == 0
    code, again = sent(a_budget_alert(message_id="2", name="another"), "--json")
    told = json.loads(again)
    assert (code, told["reviews"]) == (0, [])
    (outcome,) = told["outcomes"]
    assert outcome["answer"]["answers"][0]["outcome"] == "folded"
    code, same = sent(a_budget_alert(message_id="1"))
    assert code == 0
    assert "It ran before; finops show budget-alert-20261116T0800Z shows it." in same


def test_the_review_of_another_account_answers_no_event(
    sent: Callable[..., tuple[int, str]], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Where one of that name is kept in the folder, the event is refused before anything is put or paid."""
    assert sent(an_anomaly())[0] == 0
    kept = (tmp_path / "state" / "state.json").read_bytes()
    file = tmp_path / "event.json"
    file.write_text(json.dumps(an_anomaly(id="anomaly-2")))
    command = ["events", "send", str(file), "--account", str(HARDER), "--state", str(tmp_path / "state")]
    assert main(command) == 2
    said = capsys.readouterr().err
    assert "cost-anomaly-20261116T0800Z" in said
    assert "123456789012" in said
    assert "--state" in said
    assert (tmp_path / "state" / "state.json").read_bytes() == kept
    assert main([*command[:-1], str(tmp_path / "other state")]) in {0, 3}


def test_an_event_that_no_consumer_can_read_ends_with_an_error(sent: Callable[..., tuple[int, str]]) -> None:
    """As in AWS it becomes a dead letter."""
    code, printed = sent(an_anomaly(detail={"no": "anomaly"}))
    assert code == 1
    assert "dead letter after 3 tries: InvalidEvent" in printed


def _twice(play: Play) -> Play:
    def plays(aws: EmbeddedAws) -> None:
        play(aws)
        play(aws)

    return plays


def _gaps(report: Json) -> dict[str, str]:
    """Each agent with a gap, and all that is said of its gaps."""
    said: dict[str, str] = {}
    for row in report["coverage"]:
        if row["is_gap"]:
            said[row["agent"]] = f"{said.get(row['agent'], '')} {row['detail']}".strip()
    return said


def _requested_by(aws: EmbeddedAws) -> str:
    (arn,) = aws.executions()
    request = json.loads(aws.clients("stepfunctions").describe_execution(executionArn=arn)["input"])
    return str(request["requested_by"])


def _paid_by(report: Json) -> int:
    sent: int = report["run"]["self_cost"]["cost_explorer_requests"]
    return sent


def _without_run(report: Json) -> Json:
    """What the review says of the account."""
    return {name: report[name] for name in ("status", "totals", "opportunities")}
