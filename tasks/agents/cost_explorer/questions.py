"""Which paid questions are worth asking after the bill was read: pure."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from tasks.agents.cost_explorer.bill import answered_to_the_end
from workflows.commitments import CommitmentKind
from workflows.cost_review.documents import Findings, RecordedResponse
from workflows.cost_review.focus import within
from workflows.cost_review.request import Scope
from workflows.members import folded, listed, members
from workflows.recommendation import Recommendation
from workflows.resource_keys import ResourceName, billing_ids
from workflows.savings.identity import settled

RESERVABLE = (
    "Amazon Elastic Compute Cloud - Compute",
    "Amazon Relational Database Service",
    "Amazon ElastiCache",
    "Amazon OpenSearch Service",
    "Amazon Redshift",
    "Amazon MemoryDB",
)
"""Services with reservations, as the bill names them, the usually dearer ones first."""
WITHOUT_COMMITMENT = frozenset(
    {
        *("usage", "tax", "credit", "refund", "fee", "other", "otheroutofcyclecharges", "flatratesubscription"),
        *("support", "supportfee", "enterprisesupport", "businesssupport", "developersupport"),
        *("discount", "bundleddiscount", "distributordiscount", "resellermargin"),
        *("edpdiscount", "enterprisediscountprogramdiscount"),
        *("privateratediscount", "privateratecarddiscount"),
        *("sppdiscount", "solutionproviderprogramdiscount"),
    }
)
"""Record types, folded, that have nothing to do with commitments; Cost Explorer writes them with and without spaces,
long and short. One that is not known may be of a commitment."""
RESERVATION_WORDS = ("discountedusage", "rifee", "recurring", "upfront", "reserv")


@dataclass(frozen=True)
class OnTheBill:
    """The services and the record types that a bill has."""

    services: frozenset[str]
    record_types: frozenset[str]

    @property
    def may_have_savings_plans(self) -> bool:
        return any("savingsplan" in kind or _is_unknown(kind) for kind in self.record_types)

    @property
    def may_have_reservations(self) -> bool:
        return any(_is_reservation(kind) or _is_unknown(kind) for kind in self.record_types)

    @property
    def commitments(self) -> tuple[CommitmentKind, ...]:
        """The kinds of commitments that may be on it; none where every record type is known to be of something else."""
        return (
            *((CommitmentKind.SAVINGS_PLANS,) if self.may_have_savings_plans else ()),
            *((CommitmentKind.RESERVATIONS,) if self.may_have_reservations else ()),
        )

    @property
    def reservable(self) -> tuple[str, ...]:
        """The services on it that have reservations, six at most: each is a paid question."""
        return tuple(name for name in RESERVABLE if name in self.services)


def _is_reservation(record_type: str) -> bool:
    return "savingsplan" not in record_type and any(word in record_type for word in RESERVATION_WORDS)


def _is_unknown(record_type: str) -> bool:
    told = record_type in WITHOUT_COMMITMENT or "savingsplan" in record_type or _is_reservation(record_type)
    return not told


def on_the_bill(pages: Iterable[RecordedResponse]) -> OnTheBill:
    """What the pages of the bill by service and record type name."""
    groups = [
        listed(members(group).get("Keys"))
        for page in pages
        for bucket in listed(page.response.get("ResultsByTime"))
        for group in listed(members(bucket).get("Groups"))
    ]
    pairs = [(str(keys[0]), folded(keys[1])) for keys in groups if len(keys) > 1]
    return OnTheBill(frozenset(pair[0] for pair in pairs), frozenset(pair[1] for pair in pairs))


def advised_within(scope: Scope, advised: Findings | None) -> tuple[Recommendation, ...]:
    """What was advised about resources within the scope, whatever the deed: one source shrinks what another stops."""
    said = settled(advised.recommendations if advised else ())
    return tuple(one for one in said if within(scope, one))


def worth_asking_about(recommendations: Sequence[Recommendation]) -> tuple[str, ...]:
    """How the bill spells the resources that these name, each once, those with the biggest stated saving first."""
    savings: dict[str, Decimal] = {}
    for one in recommendations:
        name = ResourceName(one.account_id, one.region_id, one.resource_type, one.resource_id)
        for spelling in billing_ids(name) if one.resource_id else ():
            stated = one.estimated_monthly_savings or Decimal(0)  # only the order depends on it
            savings[spelling] = max(savings.get(spelling, stated), stated)
    return tuple(sorted(savings, key=lambda spelling: (-savings[spelling], spelling)))


def not_asked_about(wanted: Collection[str], asked: Sequence[RecordedResponse]) -> int:
    """How many of the wanted resources no question names that was answered to its end."""
    whole = answered_to_the_end(asked)
    named = {value for one in whole for value in one.parameters["Filter"]["Dimensions"]["Values"]}
    return len(set(wanted) - named)
