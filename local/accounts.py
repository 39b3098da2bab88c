"""Which account a review reads, and the clients that read it."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from local import clock
from local.account_folder import SAMPLE_ACCOUNT, load_account
from local.account_server import serve
from local.embedded_aws import embedded_session, embedded_settings
from local.profiles import check_environment, check_partition, identified, session_of_profile
from local.read_only import only_reads
from tasks.aws.regions import ALL
from tasks.iam_actions import REFRESHES
from tasks.settings import Settings
from tasks.steps.prepare_review import known_regions
from tasks.wiring import Clients, SessionClients
from workflows.errors import BadInput


@dataclass(frozen=True)
class ReadAccount:
    """The account under review: whose it is, the day it shows, and the regions that it runs in.

    session is what the clients are made from, for whoever wants to listen to what they ask. responses_from is the
    fingerprint of the folder that answers, so that no other folder's paid answers are taken for its own; "" is AWS.
    answered_on is the day on which the folder's answers were given, where that is not the day that it shows.
    refreshes_trusted_advisor: whether Trusted Advisor may be, and is, asked to look anew before it is read.
    """

    title: str
    account_id: str
    as_of: date
    regions: tuple[str, ...]
    clients: Clients
    session: Any
    responses_from: str = ""
    answered_on: date | None = None
    refreshes_trusted_advisor: bool = False

    @property
    def identity(self) -> str:
        """The account, told apart from others of the same id that answer otherwise."""
        return f"{self.account_id} {self.responses_from}".strip()

    @property
    def settings(self) -> Settings:
        """What the functions run with when they review this account here."""
        return embedded_settings(
            self.regions,
            responses_from=self.responses_from,
            answered_on=self.answered_on,
            trusted_advisor_refresh=self.refreshes_trusted_advisor,
        )


def account_named(
    *, profile: str | None, folder: Path | None, regions: Sequence[str] = (), refreshes_trusted_advisor: bool = False
) -> ReadAccount:
    """The account of the profile, or in the folder, or the sample account; BadInput where they contradict."""
    if profile is not None and folder is not None:
        raise BadInput(["--profile reads a real account and --account a folder; drop one of them"])
    check_environment()
    if profile is not None:
        return account_of_profile(profile, regions, refreshes_trusted_advisor=refreshes_trusted_advisor)
    if refreshes_trusted_advisor:
        raise BadInput(["--refresh-trusted-advisor belongs to --profile; what lies in a folder cannot look anew"])
    if regions:
        raise BadInput(["--region belongs to --profile; the folder of an account names its own regions"])
    return account_in_folder(folder)


def account_in_folder(folder: Path | None) -> ReadAccount:
    """The account in the folder, or the sample account; InvalidAccountFolder names everything wrong with it."""
    account = load_account(folder or SAMPLE_ACCOUNT)
    session = embedded_session()
    only_reads(session)
    serve(account, session)
    return ReadAccount(
        title=f"{account.name} ({account.account_id}, {account.kind})",
        account_id=account.account_id,
        as_of=account.as_of,
        regions=account.regions,
        clients=SessionClients(session),
        session=session,
        responses_from=_fingerprint(folder or SAMPLE_ACCOUNT),
        answered_on=account.answered_on,
    )


def _fingerprint(folder: Path) -> str:
    content = hashlib.sha256()
    for path in sorted(folder.rglob("*.json")):
        content.update(path.relative_to(folder).as_posix().encode() + b"\0" + path.read_bytes())
    return content.hexdigest()[:16]


def account_of_profile(
    profile: str, regions: Sequence[str] = (), *, refreshes_trusted_advisor: bool = False
) -> ReadAccount:
    """The real account behind the profile, as it is today; UnusableProfile where it cannot be read at all.

    regions are those that Compute Optimizer is asked in; without any it is asked in all. Only where it
    refreshes_trusted_advisor is the one operation for that let through the guard.
    """
    check_partition(regions, "--region")
    unknown = sorted(set(regions) - known_regions() - {ALL})
    if unknown:
        raise BadInput([f"--region: {', '.join(unknown)} is not known; write it as in us-east-1"])
    session = session_of_profile(profile, besides=REFRESHES if refreshes_trusted_advisor else ())
    check_partition(filter(None, [session.region_name]), f"--profile {profile}: its region")
    asked = tuple(dict.fromkeys(regions)) or (ALL,)
    clients = SessionClients(session)
    account_id = identified(profile, clients)
    return ReadAccount(
        title=f"profile {profile} ({account_id}, live, {_in_words(asked)})",
        account_id=account_id,
        as_of=clock.today(),
        regions=asked,
        clients=clients,
        session=session,
        refreshes_trusted_advisor=refreshes_trusted_advisor,
    )


def _in_words(regions: Sequence[str]) -> str:
    return "all regions" if ALL in regions else ", ".join(regions)
