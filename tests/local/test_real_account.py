"""finops review --profile: a profile's credentials read the account for real, and our own resources stay here."""

import io
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from botocore.awsrequest import AWSResponse

from local import clock
from local.accounts import account_of_profile
from local.command_line import main
from local.embedded_aws import embedded_aws
from local.moto_seams import Pace, embedded_moto
from local.profiles import session_of_profile
from local.read_only import operation_named_by
from tasks.iam_actions import READS
from tasks.steps.prepare_review import known_regions
from tests.local.loopback_aws import EXPIRED, LoopbackAws, loopback_aws
from tests.local.runs import execute
from workflows.errors import NotARead

COMPLETE, BAD_INPUT = 0, 2
PROFILES = """
[profile reader]
region = us-east-1
endpoint_url = {url}

[profile direct]
region = us-east-1

[profile nowhere]
endpoint_url = {url}

[profile china]
region = cn-north-1
endpoint_url = {url}

[profile assumed]
region = eu-west-1
endpoint_url = {url}
role_arn = arn:aws:iam::123456789012:role/reader
source_profile = reader

[profile expired]
region = us-east-1
endpoint_url = {url}

[profile empty]
region = us-east-1

[profile signed-out]
region = us-east-1
sso_start_url = https://example.awsapps.com/start
sso_region = us-east-1
sso_account_id = 123456789012
sso_role_name = reader

[profile process]
region = us-east-1
credential_process = /bin/false
"""
KEYS = f"""
[reader]
aws_access_key_id = AKIAREADER
aws_secret_access_key = secret

[direct]
aws_access_key_id = AKIAREADER
aws_secret_access_key = secret

[nowhere]
aws_access_key_id = AKIAREADER
aws_secret_access_key = secret

[china]
aws_access_key_id = AKIAREADER
aws_secret_access_key = secret

[expired]
aws_access_key_id = {EXPIRED}
aws_secret_access_key = secret
aws_session_token = token
"""


@pytest.fixture
def aws(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[LoopbackAws]:
    """AWS on the loopback, the profiles that lead there, and an empty folder to be in."""
    for name in ("AWS_PROFILE", "AWS_DEFAULT_PROFILE", "AWS_REGION", "AWS_DEFAULT_REGION"):
        monkeypatch.delenv(name, raising=False)
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "credentials"))
    monkeypatch.setenv("POWERTOOLS_LOG_LEVEL", "CRITICAL")
    (tmp_path / "credentials").write_text(KEYS)
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    # The day that the answers are of: real ones of older resources are no longer asked for.
    monkeypatch.setattr(clock, "now", lambda: datetime(2026, 11, 16, 12, tzinfo=UTC))
    with loopback_aws() as server:
        (tmp_path / "config").write_text(PROFILES.format(url=server.url))
        yield server


def test_a_review_of_a_profile_reads_the_account_over_the_network(
    aws: LoopbackAws, capsys: pytest.CaptureFixture[str]
) -> None:
    regions = ["--region", "us-east-1", "--region", "eu-west-1"]
    code = main(["review", "--profile", "reader", *regions, "--as-of", "2026-11-16", "--json"])
    captured = capsys.readouterr()
    report = json.loads(captured.out)
    assert code == COMPLETE, [row for row in report["coverage"] if row["is_gap"]]
    assert report["totals"][0]["counted_usage"] == "293.86"
    assert "profile reader (123456789012, live, us-east-1, eu-west-1)" in captured.err
    assert aws.keys == {"AKIAREADER"}, "every request is signed with the profile's key"
    assert aws.operations <= READS.keys(), "what we keep ourselves stays on the emulated AWS"
    assert "ce:GetCostAndUsage" in aws.operations


def test_a_profile_is_recorded_and_its_recording_replayed(aws: LoopbackAws, capsys: pytest.CaptureFixture[str]) -> None:
    regions = ["--region", "us-east-1", "--region", "eu-west-1"]
    assert main(["record", "--profile", "reader", *regions, "--as-of", "2026-11-16", "recording"]) == COMPLETE
    asked = len(aws.asked)
    capsys.readouterr()
    main(["review", "--account", "recording", "--json"])
    captured = capsys.readouterr()
    assert json.loads(captured.out)["totals"][0]["counted_usage"] == "293.86"
    assert "recorded 2026-11-16 (111122220001, recorded), as of 2026-11-16" in captured.err
    assert len(aws.asked) == asked, "a replay asks nobody"


def test_a_profile_is_diagnosed_without_paying(aws: LoopbackAws, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["doctor", "--profile", "reader", "--region", "us-east-1", "--json"]) == COMPLETE
    rows = json.loads(capsys.readouterr().out)
    assert {row["region"] for row in rows if row["source"] == "ComputeOptimizer"} == {"us-east-1"}
    assert not [operation for operation in aws.operations if operation.startswith("ce:")]


@pytest.mark.parametrize("profile", ["reader", "nowhere"])
def test_a_profile_without_named_regions_is_looked_at_in_all_of_them(
    aws: LoopbackAws, capsys: pytest.CaptureFixture[str], profile: str
) -> None:
    main(["doctor", "--profile", profile, "--json"])
    rows = [row for row in json.loads(capsys.readouterr().out) if row["source"] == "ComputeOptimizer"]
    assert len(rows) > 20
    assert {row["region"] for row in rows if row["readable"]} == {"us-east-1", "eu-west-1"}


def test_a_recording_of_all_regions_is_replayed_with_the_same_regions(
    aws: LoopbackAws, capsys: pytest.CaptureFixture[str]
) -> None:
    def regions(report: dict[str, Any]) -> dict[str, str]:
        return {row["region"]: row["state"] for row in report["coverage"] if row["source"] == "ComputeOptimizer"}

    main(["record", "--profile", "reader", "--as-of", "2026-11-16", "recording"])
    capsys.readouterr()
    main(["review", "--profile", "reader", "--as-of", "2026-11-16", "--json"])
    live = regions(json.loads(capsys.readouterr().out))
    main(["review", "--account", "recording", "--json", "--state", "another"])
    assert regions(json.loads(capsys.readouterr().out)) == live
    assert len(live) > 20


def test_an_assumed_role_signs_what_is_read(aws: LoopbackAws) -> None:
    account = account_of_profile("assumed")
    assert aws.asked == [("sts:AssumeRole", "AKIAREADER"), ("sts:GetCallerIdentity", "ASIAASSUMED")]
    assert account.regions == ("all",), "all regions, where none is named"
    with embedded_moto({}, Pace()):
        account.clients("compute-optimizer", "eu-west-1").get_enrollment_status()
    assert aws.asked[-1] == ("compute-optimizer:GetEnrollmentStatus", "ASIAASSUMED")


def test_trap_28_the_emulated_aws_answers_nothing_that_is_asked_of_the_account(aws: LoopbackAws) -> None:
    """moto would answer 404, or fail with NotImplementedError, for services that it half knows."""
    sent: list[str] = []

    def respond(request: Any, event_name: str, **_: Any) -> AWSResponse:
        sent.append(operation_named_by(event_name))
        body = io.BytesIO(b'{"items": [], "Budgets": []}')
        body.stream = lambda *_args, **_named: iter([body.getvalue()])  # type: ignore[attr-defined]
        return AWSResponse(request.url, 200, {"Content-Type": "application/json"}, body)

    session = session_of_profile("direct")
    # The last to be heard: whatever moto answers, or fails at, does not come here.
    session.events.register_last("before-send", respond)
    asked: dict[tuple[str, str], dict[str, Any]] = {
        ("support", "describe_trusted_advisor_check_result"): {"checkId": "Ti39halfu8", "language": "en"},
        ("cost-optimization-hub", "list_enrollment_statuses"): {},
        ("ce", "get_anomalies"): {"DateInterval": {"StartDate": "2026-11-01"}},
        ("budgets", "describe_budgets"): {"AccountId": "123456789012"},
        ("compute-optimizer", "get_enrollment_status"): {},
        ("trustedadvisor", "list_checks"): {},
    }
    with embedded_moto({}, Pace()):
        for (service, operation), parameters in asked.items():
            getattr(session.client(service, region_name="us-east-1"), operation)(**parameters)
    assert len(sent) == len(asked)


def test_the_emulated_aws_takes_nothing_from_the_users_configuration(
    aws: LoopbackAws, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An address for real services would lead our own writes out of this machine."""
    monkeypatch.setenv("AWS_ENDPOINT_URL", aws.url)
    monkeypatch.setenv("AWS_PROFILE", "reader")
    account = account_of_profile("reader")
    with embedded_aws(account.clients, account.settings) as embedded:
        embedded.clients("s3").put_object(Bucket="finops-shared-context", Key="a", Body=b"b")
        run = execute(embedded, {"as_of": "2026-11-16"})
    assert run.description["status"] == "SUCCEEDED"
    assert aws.operations <= READS.keys()


def test_a_profile_in_the_environment_that_does_not_exist_is_told_in_a_sentence(
    aws: LoopbackAws, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("AWS_PROFILE", "missing")
    assert main(["review"]) == BAD_INPUT
    assert "AWS_PROFILE: The config profile (missing) could not be found; correct it" in capsys.readouterr().err
    assert known_regions.__wrapped__(), "what regions there are does not depend on it"


@pytest.mark.parametrize(
    ("profile", "says", "remedy"),
    [
        ("missing", "there is no such profile", "aws configure"),
        ("empty", "it has no credentials", "aws configure --profile empty"),
        ("signed-out", "its sign-in has expired", "aws sso login --profile signed-out"),
        ("process", "its credentials cannot be fetched", "mend what fetches them"),
        ("expired", "AWS refuses its credentials (ExpiredToken", "renew them or sign in again"),
        ("china", "its region: cn-north-1 is of AWS China, which is not read here", "name a profile and regions"),
    ],
)
def test_credentials_that_do_not_work_are_told_in_a_sentence_before_anything_runs(
    aws: LoopbackAws, capsys: pytest.CaptureFixture[str], profile: str, says: str, remedy: str
) -> None:
    code = main(["review", "--profile", profile])
    captured = capsys.readouterr()
    assert (code, captured.out) == (BAD_INPUT, "")
    assert len(captured.err.splitlines()) == 1
    assert f"--profile {profile}: " in captured.err
    assert says in captured.err
    assert remedy in captured.err
    assert aws.operations <= {"sts:GetCallerIdentity"}
    assert not list(Path().iterdir()), "nothing is written"


def test_aws_that_cannot_be_reached_is_not_taken_for_wrong_credentials(
    aws: LoopbackAws, capsys: pytest.CaptureFixture[str]
) -> None:
    config = Path("..") / "config"
    config.write_text(config.read_text().replace(aws.url, "http://127.0.0.1:9"))
    code = main(["review", "--profile", "reader"])
    assert code == 1
    assert "AWS cannot be reached with profile reader" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--profile", "reader", "--account", "folder"], "--profile reads a real account and --account a folder"),
        (["--profile", "reader", "--region", "eu-west-99"], "eu-west-99 is not known"),
        (["--profile", "reader", "--region", "us-gov-west-1"], "us-gov-west-1 is of AWS GovCloud (US), which is not"),
        (["--region", "eu-west-1"], "--region belongs to --profile"),
    ],
)
def test_options_that_contradict_each_other_are_refused(
    aws: LoopbackAws, capsys: pytest.CaptureFixture[str], arguments: list[str], says: str
) -> None:
    assert main(["review", *arguments]) == BAD_INPUT
    assert says in capsys.readouterr().err
    assert aws.asked == []


def test_the_default_profile_is_the_default_chain_where_the_files_name_none(
    aws: LoopbackAws, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAENVIRONMENT")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    monkeypatch.setenv("AWS_ENDPOINT_URL", aws.url)
    account_of_profile("default", ["us-east-1"])
    assert aws.asked == [("sts:GetCallerIdentity", "AKIAENVIRONMENT")]


def test_the_credentials_are_not_replaced_by_the_emulated_ones(aws: LoopbackAws) -> None:
    session = session_of_profile("reader")
    with embedded_moto({}, Pace()):
        assert session.get_credentials().access_key == "AKIAREADER"


@pytest.mark.parametrize(
    ("service", "operation", "parameters"),
    [
        ("support", "refresh_trusted_advisor_check", {"checkId": "Ti39halfu8"}),
        ("cost-optimization-hub", "update_enrollment_status", {"status": "Active"}),
        ("ce", "get_tags", {"TimePeriod": {"Start": "2026-11-01", "End": "2026-11-16"}}),
        ("s3", "list_buckets", {}),
    ],
)
def test_what_is_no_known_read_is_refused_before_it_is_sent(
    aws: LoopbackAws, service: str, operation: str, parameters: dict[str, object]
) -> None:
    account = account_of_profile("reader")
    sent = len(aws.asked)
    with pytest.raises(NotARead, match="no known read"):
        getattr(account.clients(service, "us-east-1"), operation)(**parameters)
    assert len(aws.asked) == sent
