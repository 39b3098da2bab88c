"""Reads Cost Explorer: spend, forecast, anomalies, commitments, what named resources cost. Each request is paid."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from functools import partial

from botocore.exceptions import BotoCoreError, ClientError

from tasks.agents.cost_explorer.bill import answered_to_the_end
from tasks.agents.cost_explorer.questions import (
    OnTheBill,
    advised_within,
    not_asked_about,
    on_the_bill,
    worth_asking_about,
)
from tasks.agents.work import Heard
from tasks.aws import cost_explorer, cost_optimization_hub
from tasks.aws.identity import account_id
from tasks.aws.reading import LONGEST_DETAIL, Reader, Reading, read
from tasks.baselines import billed_as_before
from tasks.decisions import AGENT, IMPLEMENTED, implemented_from
from tasks.deep_dives import newest_deep_dive
from tasks.paid_responses import PaidResponses
from tasks.shared_context import latest_context
from tasks.wiring import Clients, World
from workflows.calendar import first_of_next_month
from workflows.cost_review.deep_dive import DeepDive, answers_about
from workflows.cost_review.member_accounts import READ
from workflows.cost_review.narrowing import WHOLE_ACCOUNT, narrows_savings, wants_commitments
from workflows.cost_review.request import Review
from workflows.errors import InvalidContent, SourceError
from workflows.sources import Source, SourceState, SourceStatus

REGION = cost_explorer.REGION
TRUSTED_ADVISOR = "trusted_advisor"
BY_SERVICE = "Where a resource's own cost is not told, its service's is (service_basis)."


def collect(world: World, review: Review, account: str) -> tuple[Reading, ...]:
    """The account's spend by day, what the month is heading for, what was out of the ordinary, and commitments."""
    clients, as_of = PaidResponses(world, account, not_before=_news_since(review)), review.as_of
    spend = _of_the_account(
        review, read(clients, Source.COST_EXPLORER, REGION, partial(cost_explorer.read_spend, as_of=as_of))
    )
    today = _today(world, review)
    anomalies = partial(cost_explorer.read_anomalies, as_of=as_of)
    return (
        _looking_back(spend, as_of, today),
        _of_the_account(review, _forecast(clients, as_of, today)),
        read(clients, Source.COST_ANOMALY_DETECTION, REGION, anomalies),
        *_of_the_month(clients, review, spend),
        *_owners(clients, review),
    )


def _news_since(review: Review) -> datetime | None:
    """The time before which an answer is no news to this review; None where the day's answers serve.

    An emergency looks for what has just happened. What this morning's review was told does not have it.
    """
    return datetime.fromisoformat(review.started_at) if review.is_emergency else None


def _of_the_account(review: Review, reading: Reading) -> Reading:
    """The reading, saying that the scope does not narrow it: the bill bounds what is counted within the scope."""
    if not narrows_savings(review.scope) or reading.status.state not in READ:
        return reading
    detail = f"{reading.status.detail} {WHOLE_ACCOUNT}".strip()[:LONGEST_DETAIL]
    return replace(reading, status=replace(reading.status, detail=detail))


def _today(world: World, review: Review) -> date:
    """The day on which the account answers: a folder of responses, unless it says so, on the day looked from."""
    if world.settings.responses_from:
        return world.settings.answered_on or review.as_of
    return world.now().astimezone(UTC).date()


def _looking_back(spend: Reading, as_of: date, today: date) -> Reading:
    """The bill's reading, saying that the advice beside it is of another day where it is."""
    if as_of >= today:
        return spend
    said = f"The bill is that of {as_of}; what the account is advised to do is of {today}, and may not fit it."
    return replace(spend, status=replace(spend.status, detail=f"{spend.status.detail} {said}".strip()[:LONGEST_DETAIL]))


def _forecast(clients: Clients, as_of: date, today: date) -> Reading:
    source = Source.COST_EXPLORER_FORECAST
    if first_of_next_month(as_of) <= today:
        return _Left(SourceState.NOT_NEEDED, f"The month of {as_of} is over: nothing of it is ahead.").reading(source)
    return read(clients, source, REGION, partial(cost_explorer.read_forecast, as_of=as_of), may_lack_data=True)


def _owners(clients: Clients, review: Review) -> tuple[Reading, ...]:
    """Whose the accounts are by the cost category that the request names; nothing is asked where it names none."""
    if not review.owner_cost_category:
        return ()
    source = Source.COST_EXPLORER_OWNERS
    if review.is_emergency:
        return (NOT_TODAY.reading(source),)
    asks = partial(cost_explorer.read_owners, as_of=review.as_of, cost_category=review.owner_cost_category)
    return (read(clients, source, REGION, asks, may_lack_data=True),)


def _of_the_month(clients: Clients, review: Review, spend: Reading) -> tuple[Reading, ...]:
    """What does not move money today: left out of an emergency, and asked only where the bill says that it is there."""
    bill = on_the_bill(spend.responses) if spend.succeeded else None
    if review.is_emergency:
        why = NOT_TODAY
    elif bill is None:
        told = "The bill could not be read, and it tells whether this is worth asking."
        why = _Left(SourceState.SKIPPED, told, spend.status.remedy)
    else:
        accounts = partial(cost_explorer.read_accounts, as_of=review.as_of)
        return (
            read(clients, Source.COST_EXPLORER_ACCOUNTS, REGION, accounts, may_lack_data=True),
            *_commitments(clients, review, bill),
            _options(clients, bill) if wants_commitments(review.scope) else OUT_OF_SCOPE.reading(OPTIONS),
        )
    sources = (Source.COST_EXPLORER_ACCOUNTS, Source.SAVINGS_PLANS, Source.RESERVATIONS, OPTIONS)
    return tuple(why.reading(source) for source in sources)


@dataclass(frozen=True)
class _Left:
    """Why a question was not asked."""

    state: SourceState
    detail: str
    remedy: str = ""

    def reading(self, source: Source) -> Reading:
        return Reading((), SourceStatus(source, REGION, self.state, self.detail, self.remedy))


OPTIONS = Source.COMMITMENT_OPTIONS
NOT_TODAY = _Left(SourceState.NOT_NEEDED, "An emergency looks at what moves money today.")
OUT_OF_SCOPE = _Left(SourceState.NOT_NEEDED, "The review's scope leaves commitments out.")
TOO_LONG_AGO = _Left(
    SourceState.SKIPPED,
    f"Cost Explorer keeps what a resource costs for fourteen days, and the review looks further back. {BY_SERVICE}",
    "Look from a day (as_of) of the last two weeks.",
)


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
    source = OPTIONS
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
    """What the resources cost that Trusted Advisor named or to which something was done, in one question for all."""
    named = worth_asking_about(advised_within(review.scope, heard.findings.get(TRUSTED_ADVISOR)))
    done, unreadable = _done_before(world, account)
    # First, because whether they really save is known from nowhere else.
    wanted = tuple(dict.fromkeys((*done, *named)))
    source = Source.COST_EXPLORER_RESOURCES
    if not wanted:
        nothing = _Left(SourceState.NOT_NEEDED, "No resource was named to ask about.").reading(source)
        return (_that_misses(nothing, unreadable),)
    today = _today(world, review)
    if (today - review.as_of).days >= cost_explorer.RESOURCE_DAYS:
        return (_that_misses(TOO_LONG_AGO.reading(source), unreadable),)
    # Last, because they only tell whether what is not named any more was deleted.
    asked = tuple(dict.fromkeys((*wanted, *billed_as_before(world, review, account, Source.TRUSTED_ADVISOR))))
    dive = newest_deep_dive(world, account)
    reading = _told_by(dive, asked, world, review)
    if reading is None:
        asks = partial(cost_explorer.read_resource_spend, as_of=review.as_of, billing_ids=asked, today=today)
        reading = _beside(dive, asked, read(PaidResponses(world, account), source, REGION, asks))
    return (_that_misses(_with_what_is_left(reading, wanted), unreadable),)


def _told_by(dive: DeepDive | None, asked: tuple[str, ...], world: World, review: Review) -> Reading | None:
    """What today's deep dive was told of these resources and more; None where the bill has to be asked.

    Where the question is the very same, the day's paid answers have it, and the evidence does not show the difference.
    """
    if dive is None or dive.asked_about == frozenset(asked):
        return None
    now, whole = world.now().astimezone(UTC).date(), answered_to_the_end(dive.evidence.responses)
    first = asked[: cost_explorer.RESOURCES_A_QUESTION]
    if not answers_about(dive, whole, first, asked_on=now, as_of=review.as_of):
        return None
    said = f"As the deep dive after {dive.review_id} was told on {dive.asked_on}."
    status = SourceStatus(Source.COST_EXPLORER_RESOURCES, REGION, SourceState.AVAILABLE, said)
    return Reading(dive.evidence.responses, status)


def _beside(dive: DeepDive | None, asked: tuple[str, ...], reading: Reading) -> Reading:
    """The reading; where it could not be had, with the date on which a deep dive asked about the same resources."""
    known = len(dive.asked_about.intersection(asked)) if dive else 0
    if dive is None or not known or not reading.status.is_gap:
        return reading
    said = f"The deep dive of {dive.asked_on} (as of {dive.as_of}, after {dive.review_id}) asked about {known} of them."
    room = LONGEST_DETAIL - len(said) - 1
    return replace(reading, status=replace(reading.status, detail=f"{reading.status.detail[:room]} {said}".strip()))


def _done_before(world: World, account: str) -> tuple[tuple[str, ...], str]:
    """How the bill spells the resources to which something was done, and why that is not known where it is not."""
    try:
        stored = latest_context(world, agent=AGENT, context_type=IMPLEMENTED)
        return (implemented_from(stored.content).billing_ids.get(account, ()) if stored else ()), ""
    except (InvalidContent, ClientError, BotoCoreError) as error:
        return (), f"What was carried out before is not known, and was not asked about: {error}"


def _that_misses(reading: Reading, unreadable: str) -> Reading:
    """The reading as a gap where it is not known what should have been asked about besides; a gap stays as it is."""
    if not unreadable or reading.status.is_gap:
        return reading
    remedy = "Run the review again; the review before writes it anew."
    status = replace(reading.status, state=SourceState.ERROR, detail=unreadable[:LONGEST_DETAIL], remedy=remedy)
    return replace(reading, status=status)


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
