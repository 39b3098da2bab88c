"""What reviews remember of opportunities, and which of them are the same, or stand for each other, night by night."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from workflows.recommendation import OptimizationType
from workflows.resource_keys import ResourceName, billing_ids
from workflows.savings.purchases import pool_of

BILL = ("CostExplorer", "CostExplorerResources")
"""The sources of the bill, which takes off what saves more than is paid."""

Key = tuple[str, str, str]
Unheard = Callable[[str, str], str]
"""Why a source could not be heard about a region; "" where it was."""


@dataclass(frozen=True, slots=True)
class Known:
    """What a review remembers of one opportunity; amounts a month, in billing_currency.

    estimated is None where no source names a saving; not_counted says why nothing of it counts, or is None.
    last_seen is the day (as_of) of the review in which a source last named it.
    """

    opportunity_id: str
    optimization_type: str
    action_type: str
    account_id: str
    region_id: str
    resource_type: str
    resource_id: str
    resource_name: str
    billing_currency: str
    estimated: Decimal | None
    counted: Decimal
    not_counted: str | None
    sources: tuple[str, ...]
    last_seen: date

    @property
    def billing_ids(self) -> tuple[str, ...]:
        """How the bill may spell its resource; none where it is a commitment to buy."""
        name = ResourceName(self.account_id, self.region_id, self.resource_type, self.resource_id)
        return billing_ids(name) if self.resource_id else ()

    @property
    def spelling(self) -> tuple[str, ...]:
        """What tells its resource apart within an account and a region, and its amount from others."""
        return self.optimization_type, self.billing_currency, self.resource_type, self.resource_id

    @property
    def key(self) -> "Key":
        return self.opportunity_id, self.billing_currency, self.optimization_type

    @property
    def pool(self) -> str | None:
        """The usage that a commitment to buy would discount, over all accounts; None where it is none to buy."""
        return pool_of(self.resource_type) if self.optimization_type == OptimizationType.RATE else None

    def is_another_option_than(self, other: "Known") -> bool:
        """Whether the two, of one pool, are no lines of one purchase: another type, or another account's."""
        return (self.account_id, self.resource_type) != (other.account_id, other.resource_type)

    @property
    def option(self) -> str:
        """The type of commitment and whose it is, in words."""
        return f"{self.resource_type} of {self.account_id}" if self.account_id else self.resource_type

    @property
    def amount(self) -> Decimal | None:
        """What counted of it; None where its saving is unknown."""
        return None if self.estimated is None else self.counted


@dataclass(frozen=True)
class Baseline:
    """What a published review leaves to the next one: what it saw, and what it only remembered.

    missing names the sources that it could not hear, at least in part; without_bill those of the bill that it did not
    hear, whether they are missed or not (None where an older version did not say).
    """

    as_of: date
    status: str
    seen: tuple[Known, ...]
    remembered: tuple[Known, ...] = ()
    missing: tuple[str, ...] = ()
    without_bill: tuple[str, ...] | None = None


@dataclass(frozen=True)
class Facts:
    """What tells why something is not named any more.

    decided  the state that people gave an opportunity, by its id
    ended    the bill's spellings of resources whose spend has ended
    without_bill  the sources of the bill that could not be heard
    """

    as_of: date
    unheard: Unheard
    decided: Mapping[str, str] = field(default_factory=dict)
    ended: frozenset[str] = frozenset()
    without_bill: tuple[str, ...] = ()


def named_otherwise(now: Iterable[Known], last: Mapping[Key, Known]) -> dict[Key, Known]:
    """What each was last time that has another id only because somebody left out its account or region, then or now."""
    present = {one.key for one in now}
    absent: defaultdict[tuple[str, ...], list[Known]] = defaultdict(list)
    for one in last.values():
        if one.resource_id and one.key not in present:
            absent[one.spelling].append(one)
    found: defaultdict[Key, list[Known]] = defaultdict(list)
    for one in now:
        same = [other for other in absent.get(one.spelling, ()) if _may_be_one(one, other)] if one.resource_id else []
        if one.key not in last and len(same) == 1:
            found[same[0].key].append(one)
    return {mine[0].key: last[key] for key, mine in found.items() if len(mine) == 1}


def _may_be_one(one: Known, other: Known) -> bool:
    places = (one.account_id, other.account_id), (one.region_id, other.region_id)
    return all("" in place or place[0] == place[1] for place in places)


def options_of(known: Iterable[Known]) -> dict[str | None, Known]:
    """The first commitment to buy of each pool of usage: at most one option of a pool stands."""
    found: dict[str | None, Known] = {}
    for one in known:
        if one.pool is not None:
            found.setdefault(one.pool, one)
    return found
