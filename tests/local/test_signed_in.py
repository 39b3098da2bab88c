"""A profile of IAM Identity Center (SSO): the token of the sign-in is read, and exchanged for a role's keys.

Each command runs as a process of its own, because boto3 looks up at its import where tokens are kept.
"""

import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from tasks.iam_actions import READS
from tests.local.loopback_aws import SIGNED_IN, LoopbackAws, loopback_aws

REPOSITORY = Path(__file__).resolve().parents[2]
COMPLETE, BAD_INPUT = 0, 2
CONFIG = """
[profile reader]
region = us-east-1
endpoint_url = {url}
sso_session = work
sso_account_id = 123456789012
sso_role_name = reader

[profile assumed]
region = us-east-1
endpoint_url = {url}
role_arn = arn:aws:iam::123456789012:role/finops
source_profile = reader

[sso-session work]
sso_start_url = https://example.awsapps.com/start
sso_region = us-east-1
"""
LONG_AGO, LONG_AHEAD = "2026-01-01T00:00:00Z", "2099-01-01T00:00:00Z"


REGIONS = ("--region", "us-east-1", "--region", "eu-west-1")


@dataclass(frozen=True)
class Home:
    """Somebody's home folder, and the AWS that their profiles lead to."""

    folder: Path
    aws: LoopbackAws

    def keep_token(self, content: str) -> None:
        """As `aws sso login` leaves it behind."""
        cache = self.folder / ".aws" / "sso" / "cache"
        cache.mkdir()
        name = hashlib.sha1(b"work", usedforsecurity=False).hexdigest()
        (cache / f"{name}.json").write_text(content)

    def finops(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Runs the command in an empty folder."""
        return subprocess.run(  # noqa: S603 because both the program and its arguments are ours
            [sys.executable, "-m", "tests.local.on_a_day", "2026-11-16", *arguments],
            cwd=self.folder / "here",
            env={**_without_aws(os.environ), "HOME": str(self.folder), "PYTHONPATH": str(REPOSITORY)},
            capture_output=True,
            text=True,
            check=False,
        )


def _without_aws(environment: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in environment.items() if not name.startswith(("AWS_", "FINOPS_"))} | {
        "AWS_EC2_METADATA_DISABLED": "true"
    }


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    (tmp_path / ".aws" / "sso").mkdir(parents=True)
    (tmp_path / "here").mkdir()
    with loopback_aws() as aws:
        (tmp_path / ".aws" / "config").write_text(CONFIG.format(url=aws.url))
        yield Home(tmp_path, aws)


def a_token(*, expires_at: str = LONG_AHEAD, token: str = SIGNED_IN) -> str:
    return json.dumps({"accessToken": token, "expiresAt": expires_at, "region": "us-east-1"})


def test_a_review_of_a_signed_in_profile_reads_with_the_keys_of_its_role(home: Home) -> None:
    home.keep_token(a_token())
    run = home.finops("review", "--profile", "reader", *REGIONS, "--json")
    assert run.returncode == COMPLETE, run.stderr
    assert json.loads(run.stdout)["totals"][0]["counted_usage"] == "293.86"
    signing_in, *reading = home.aws.asked
    assert signing_in == ("sso:GetRoleCredentials", SIGNED_IN)
    assert {key for _, key in reading} == {"ASIASIGNEDIN"}
    assert {operation for operation, _ in reading} <= READS.keys()


def test_a_role_is_assumed_from_a_signed_in_profile(home: Home) -> None:
    home.keep_token(a_token())
    run = home.finops("doctor", "--profile", "assumed", *REGIONS, "--json")
    assert run.returncode == COMPLETE, run.stderr
    signing_in, assuming, *reading = home.aws.asked
    assert signing_in == ("sso:GetRoleCredentials", SIGNED_IN)
    assert assuming == ("sts:AssumeRole", "ASIASIGNEDIN")
    assert {key for _, key in reading} == {"ASIAASSUMED"}


@pytest.mark.parametrize(
    ("profile", "content"),
    [
        ("reader", None),
        ("reader", a_token(expires_at=LONG_AGO)),
        ("assumed", a_token(expires_at=LONG_AGO)),
        ("reader", a_token(token="withdrawn")),
        ("reader", json.dumps({"startUrl": "https://example.awsapps.com/start"})),
        ("reader", "{ half a fi"),
    ],
    ids=[
        "never signed in",
        "expired",
        "expired before a role",
        "withdrawn by AWS",
        "without a token",
        "a file cut off",
    ],
)
def test_a_sign_in_that_is_over_is_told_with_the_command_that_renews_it(
    home: Home, profile: str, content: str | None
) -> None:
    if content is not None:
        home.keep_token(content)
    run = home.finops("review", "--profile", profile)
    assert (run.returncode, run.stdout) == (BAD_INPUT, "")
    assert len(run.stderr.splitlines()) == 1
    assert f"run: aws sso login --profile {profile}" in run.stderr
    assert home.aws.operations <= {"sso:GetRoleCredentials"}
    assert not list((home.folder / "here").iterdir()), "nothing is written"
