"""Which account a review reads, and the clients that read it."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from local.account_folder import SAMPLE_ACCOUNT, load_account
from local.account_server import serve
from local.embedded_aws import embedded_session
from tasks.wiring import Clients, SessionClients


@dataclass(frozen=True)
class ReadAccount:
    """The account under review: whose it is, the day it shows, and the regions that it runs in."""

    title: str
    as_of: date
    regions: tuple[str, ...]
    clients: Clients


def account_in_folder(folder: Path | None) -> ReadAccount:
    """The account in the folder, or the sample account; InvalidAccountFolder names everything wrong with it."""
    account = load_account(folder or SAMPLE_ACCOUNT)
    session = embedded_session()
    serve(account, session)
    return ReadAccount(
        title=f"{account.name} ({account.account_id}, {account.kind})",
        as_of=account.as_of,
        regions=account.regions,
        clients=SessionClients(session),
    )


def today() -> date:
    """The day in UTC, as bills count days."""
    return datetime.now(UTC).date()
