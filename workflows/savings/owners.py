"""Who an opportunity belongs to: by its tags, else by what a cost category says of its account."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from workflows.savings.opportunity import Opportunity

OWNER_TAGS = ("owner", "Owner", "team", "Team")
NO_TAG = "no owner tag"


@dataclass(frozen=True, slots=True)
class AccountOwner:
    """The cost category's value that has the largest part of an account's spend; "" where that part has no value.

    share_percent is that part (0-100, rounded down to a tenth) of the usage cost (amortized) in the days asked about.
    """

    account_id: str
    cost_category: str
    name: str
    share_percent: Decimal


@dataclass(frozen=True, slots=True)
class Owner:
    """The owner's name, or "" where nobody can be named, and what says so."""

    name: str
    told_by: str


def owner(opportunity: Opportunity, keys: Sequence[str], accounts: Mapping[str, AccountOwner]) -> Owner:
    """The value of the first of these tag keys that any source names, else the account's by cost category."""
    for key in keys:
        for member in opportunity.members:
            for name, value in member.tags:
                if name == key and value.strip():
                    return Owner(value.strip(), f"tag {key}, as {member.source} tells it")
    return _by_account(accounts.get(opportunity.best.chosen.account_id))


def _by_account(account: AccountOwner | None) -> Owner:
    if account is None:
        return Owner("", NO_TAG)
    part = "all" if account.share_percent == 100 else f"{account.share_percent} %"
    category = f"cost category {account.cost_category}"
    if not account.name:
        return Owner("", f"{NO_TAG}, and {part} of the account's spend has no value in {category}")
    return Owner(account.name, f"{category}: it has {part} of the account's spend")
