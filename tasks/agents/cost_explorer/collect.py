"""Reads Cost Explorer: spend, forecast, anomalies, commitments, what named resources cost. Each request is paid."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

from tasks.agents.cost_explorer.questions import OnTheBill, not_asked_about, on_the_bill, worth_asking_about
from tasks.agents.work import Heard
from tasks.aws import cost_explorer, cost_optimization_hub
from tasks.aws.identity import account_id
from tasks.aws.reading import Reader, Reading, read
from tasks.paid_responses import PaidResponses
from tasks.wiring import Clients, World
from workflows.cost_review.request import Review
from workflows.errors import SourceError
from workflows.sources import Source, SourceState, SourceStatus

REGION = cost_explorer.REGION
TRUSTED_ADVISOR = "trusted_advisor"
BY_SERVICE = "Where a resource's own cost is not told, its service's is (service_basis)."


def collect(world: World, review: Review, account: str) -> tuple[Reading, ...]:
    """The account's spend by day, what the month is heading for, what was out of the ordinary, and commitments."""
    clients, as_of = PaidResponses(world, account), review.as_of
    spend = read(clients, Source.COST_EXPLORER, REGION, partial(cost_explorer.read_spend, as_of=as_of))
    forecast = partial(cost_explorer.read_forecast, as_of=as_of)
    anomalies = partial(cost_explorer.read_anomalies, as_of=as_of)
    return (
        spend,
        read(clients, Source.COST_EXPLORER_FORECAST, REGION, forecast, may_lack_data=True),
        read(clients, Source.COST_ANOMALY_DETECTION, REGION, anomalies),
        *_of_the_month(clients, review, spend),
    )


def _of_the_month(clients: Clients, review: Review, spend: Reading) -> tuple[Reading, ...]:
    """What does not move money today: left out of an emergency, and asked only where the bill says that it is there."""
    bill = on_the_bill(spend.responses) if spend.succeeded else None
    if review.analysis_type == "emergency":
        why = _Left(SourceState.NOT_NEEDED, "An emergency looks at what moves money today.")
    elif bill is None:
        told = "The bill could not be read, and it tells whether this is worth asking."
        why = _Left(SourceState.SKIPPED, told, spend.status.remedy)
    else:
        accounts = partial(cost_explorer.read_accounts, as_of=review.as_of)
        return (
            read(clients, Source.COST_EXPLORER_ACCOUNTS, REGION, accounts, may_lack_data=True),
            *_commitments(clients, review, bill),
            _options(clients, bill),
        )
    sources = (Source.COST_EXPLORER_ACCOUNTS, Source.SAVINGS_PLANS, Source.RESERVATIONS, Source.COMMITMENT_OPTIONS)
    return tuple(why.reading(source) for source in sources)


@dataclass(frozen=True)
class _Left:
    """Why a question was not asked."""

    state: SourceState
    detail: str
    remedy: str = ""

    def reading(self, source: Source) -> Reading:
        return Reading((), SourceStatus(source, REGION, self.state, self.detail, self.remedy))


def _commitments(clients: Clients, review: Review, bill: OnTheBill) -> tuple[Reading, ...]:
    def one(source: Source, reads: Callable[..., int], *, may_be_there: bool) -> Reading:
        if not may_be_there:
            return _Left(SourceState.NOT_NEEDED, "The bill shows none.").reading(source)
        return read(clients, source, REGION, partial(reads, as_of=review.as_of), may_lack_data=True)

    return (
        one(Source.SAVINGS_PLANS, cost_explorer.read_savings_plans, may_be_there=bill.may_have_savings_plans),
        one(Source.RESERVATIONS, cost_explorer.read_reservations, may_be_there=bill.may_have_reservations),
    )


def _options(clients: Clients, bill: OnTheBill) -> Reading:
    """What could be committed to; the Hub proposes that for nothing where the account is enrolled in it."""
    source = Source.COMMITMENT_OPTIONS
    hub = Reader(clients, Source.COST_OPTIMIZATION_HUB, cost_optimization_hub.REGION)
    try:
        cost_optimization_hub.probe(hub)
    except SourceError:
        # Whatever keeps the Hub from being read, Cost Explorer is the source then; the Hub's own agent tells why.
        return read(
            clients,
            source,
            REGION,
            partial(cost_explorer.read_options, reservable=bill.reservable),
            may_lack_data=True,
        )
    return _Left(SourceState.NOT_NEEDED, "Cost Optimization Hub proposes commitments, for nothing.").reading(source)


def collect_named(world: World, review: Review, account: str, heard: Heard) -> tuple[Reading, ...]:
    """What the resources cost that Trusted Advisor named, in one question however many they are."""
    findings = heard.findings.get(TRUSTED_ADVISOR)
    wanted = worth_asking_about(findings.recommendations if findings else ())
    source = Source.COST_EXPLORER_RESOURCES
    if not wanted:
        return (_Left(SourceState.NOT_NEEDED, "No resource was named to ask about.").reading(source),)
    asks = partial(cost_explorer.read_resource_spend, as_of=review.as_of, billing_ids=wanted)
    return (_with_what_is_left(read(PaidResponses(world, account), source, REGION, asks), wanted),)


def _with_what_is_left(reading: Reading, wanted: tuple[str, ...]) -> Reading:
    """The reading, saying what stands in for the cost of resources that it does not tell."""
    status = reading.status
    if status.is_gap:
        return replace(reading, status=replace(status, detail=f"{status.detail} {BY_SERVICE}".strip()))
    left = not_asked_about(wanted, reading.responses)
    if not left:
        return reading
    detail = f"{len(wanted) - left} resources were asked about, the most valuable first; {left} were not. {BY_SERVICE}"
    remedy = "Narrow the scope (regions, services), and review the rest on its own."
    return replace(reading, status=replace(status, state=SourceState.SKIPPED, detail=detail, remedy=remedy))


def check(world: World) -> tuple[SourceStatus, ...]:
    """Whether the credentials work. Cost Explorer itself is not asked: each of its requests costs money."""
    try:
        account_id(world.account)
    except SourceError as error:
        detail = f"The account cannot be identified: {error}"
        return (SourceStatus(Source.COST_EXPLORER, REGION, SourceState.ERROR, detail, "Check the credentials."),)
    return (SourceStatus(Source.COST_EXPLORER, REGION, SourceState.AVAILABLE, "Not probed: each request is paid."),)
