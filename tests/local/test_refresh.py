"""finops review --refresh-trusted-advisor: the one operation besides reads, let through only where it is asked for."""

import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from local import clock
from local.accounts import account_of_profile
from local.command_line import main
from local.commands.policy import reading_policy
from tasks.agents import AGENTS
from tasks.aws import support
from tasks.iam_actions import READS, REFRESHES
from tests.local.account_variants import Answer, an_account_folder
from tests.local.loopback_aws import loopback_aws
from tests.local.on_a_day import finops_on
from workflows.errors import NotARead

COMPLETE, BAD_INPUT = 0, 2
DAY, REGIONS = "2026-11-16", ("--region", "us-east-1", "--region", "eu-west-1")
REFRESH = "support:RefreshTrustedAdvisorCheck"
LOOK = "support:DescribeTrustedAdvisorCheckRefreshStatuses"
CHECK = "Qch7DwouX1"
READY_AFTER_A_WAIT: Mapping[str, Answer] = {
    REFRESH: (200, {"status": {"checkId": CHECK, "status": "enqueued", "millisUntilNextRefreshable": 3599992}}),
    LOOK: (200, {"statuses": [{"checkId": CHECK, "status": "success", "millisUntilNextRefreshable": 3599992}]}),
}
PROFILE = (
    "[reader]\nregion = us-east-1\nendpoint_url = {url}\naws_access_key_id = AKIAREADER\naws_secret_access_key = s\n"
)


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder to be in, and no AWS configuration but the one beside it."""
    for name in ("AWS_PROFILE", "AWS_REGION", "AWS_DEFAULT_REGION", "AWS_ACCESS_KEY_ID", "AWS_SESSION_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "credentials"))
    monkeypatch.setenv("POWERTOOLS_LOG_LEVEL", "CRITICAL")
    monkeypatch.setattr(support, "PAUSE_S", 0)
    monkeypatch.setattr(clock, "now", clock.now)  # so that the day is put back
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    return tmp_path


def _asked_by_a_review(here: Path, *options: str) -> list[str]:
    with loopback_aws(an_account_folder(here / "account", READY_AFTER_A_WAIT)) as aws:
        (here / "credentials").write_text(PROFILE.format(url=aws.url))
        assert finops_on(DAY, ["review", "--profile", "reader", *REGIONS, "--json", *options]) == COMPLETE
        return [operation for operation, _ in aws.asked]


def test_a_review_refreshes_where_it_is_told_to_and_reads_what_came_of_it(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = _asked_by_a_review(here, "--refresh-trusted-advisor")
    assert set(asked) - READS.keys() == {REFRESH}, "nothing else got through the guard"
    last_look = max(place for place, operation in enumerate(asked) if operation == LOOK)
    # The check of readiness read a row before the first refresh; what counts is read after the last look.
    assert last_look < asked.index("trustedadvisor:ListRecommendationResources", asked.index(REFRESH))
    report = json.loads(capsys.readouterr().out)
    assert report["totals"][0]["counted_usage"] == "293.86"
    (told,) = [row["detail"] for row in report["coverage"] if "refreshed" in row["detail"]]
    assert "checks that can be refreshed on request were refreshed." in told


def test_a_review_refreshes_nothing_unless_it_is_told_to(here: Path) -> None:
    assert REFRESH not in _asked_by_a_review(here)


@pytest.mark.parametrize("refreshes", [False, True])
def test_the_guard_lets_exactly_the_refresh_through_and_only_where_it_is_turned_on(here: Path, refreshes: bool) -> None:
    with loopback_aws(an_account_folder(here / "account", READY_AFTER_A_WAIT)) as aws:
        (here / "credentials").write_text(PROFILE.format(url=aws.url))
        account = account_of_profile("reader", refreshes_trusted_advisor=refreshes)
        client = account.clients("support", "us-east-1")
        with pytest.raises(NotARead, match="support:ResolveCase is no known read"):
            client.resolve_case(caseId="case-1")
        if refreshes:
            assert client.refresh_trusted_advisor_check(checkId=CHECK)["status"]["status"] == "enqueued"
        else:
            with pytest.raises(NotARead, match=f"{REFRESH} is no known read"):
                client.refresh_trusted_advisor_check(checkId=CHECK)
        assert {operation for operation, _ in aws.asked} - READS.keys() == ({REFRESH} if refreshes else set())


def test_an_account_in_a_folder_cannot_be_refreshed(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["review", "--refresh-trusted-advisor"]) == BAD_INPUT
    assert "--refresh-trusted-advisor belongs to --profile" in capsys.readouterr().err
    assert not list(Path().iterdir()), "nothing is written"


def test_the_policy_allows_a_refresh_only_where_it_is_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    main(["policy"])
    reading = json.loads(capsys.readouterr().out)
    main(["policy", "--refresh-trusted-advisor"])
    refreshing = json.loads(capsys.readouterr().out)
    assert reading == reading_policy()
    may = {
        one["Sid"]: set(one["Action"]) - set(other["Action"])
        for one, other in zip(refreshing["Statement"], reading["Statement"], strict=True)
    }
    assert may.pop("TrustedAdvisor") == {"support:RefreshTrustedAdvisorCheck", LOOK}
    assert not any(may.values())
    assert set().union(*(spec.may_refresh for spec in AGENTS)) >= REFRESHES.keys()
