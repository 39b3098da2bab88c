"""Reads the three services that propose to stop, shrink, upgrade or commit."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

from tasks.aws import compute_optimizer, cost_explorer, cost_optimization_hub
from tasks.aws.reading import Reader, Reading, read
from tasks.aws.regions import ALL, Deadline, named_regions, read_in_each_region, where_the_account_is
from tasks.paid_responses import PaidResponses
from tasks.wiring import World
from workflows.cost_review.narrowing import wanted_types, wants, wants_account
from workflows.cost_review.request import Review
from workflows.sources import Source, SourceState, SourceStatus

REGION_MAY_TAKE = timedelta(seconds=120)
"""Less than half of the step's time: the Hub and Cost Explorer are read in what is left of it."""
URGENT_REGION_MAY_TAKE = timedelta(seconds=20)
OUT_OF_SCOPE = "The review's scope leaves these out."
PROBE_MAY_TAKE = timedelta(seconds=15)


def collect(world: World, review: Review, account: str) -> tuple[Reading, ...]:
    """What the Hub, Compute Optimizer in every region in scope, and Cost Explorer's rightsizing propose.

    All three are read although AWS builds each on the one before: the Hub does not say which instance is stopped, how
    risky a change is or what it is at the other prices, and where the three differ is worth showing. Cost Explorer, the
    only one that costs money, comes last and within the cap.
    """
    allowed = URGENT_REGION_MAY_TAKE if review.is_emergency else REGION_MAY_TAKE
    hub = read(
        world.account,
        Source.COST_OPTIMIZATION_HUB,
        cost_optimization_hub.REGION,
        cost_optimization_hub.read_recommendations,
    )
    asked = _Asked(review.scope.regions or world.settings.regions, cost_optimization_hub.regions_in(hub.responses))
    return (
        hub,
        *_compute_optimizer(world, review, account, asked, allowed, hub.status),
        _paid(world, review, account, hub),
    )


def _compute_optimizer(
    world: World, review: Review, account: str, asked: "_Asked", allowed: timedelta, hub: SourceStatus
) -> tuple[Reading, ...]:
    if not wants_account(review.scope, account):
        return (_not_needed(Source.COMPUTE_OPTIMIZER, "", f"It speaks of account {account} alone. {OUT_OF_SCOPE}"),)
    reads = partial(
        compute_optimizer.read_recommendations, lists=compute_optimizer.lists_of(wanted_types(review.scope))
    )
    in_regions = _in_each_region(world, asked, allowed, reads, hub)
    return (*in_regions, *(() if review.scope.regions else asked.left_to_the_hub()))


def _paid(world: World, review: Review, account: str, hub: Reading) -> Reading:
    """Cost Explorer's rightsizing: of EC2's instances alone, and of nothing that the Hub does not tell an emergency."""
    source, region = Source.COST_EXPLORER_RIGHTSIZING, cost_explorer.REGION
    if not wants(review.scope, "Ec2Instance"):
        return _not_needed(source, region, f"It speaks of EC2 instances alone. {OUT_OF_SCOPE}")
    if review.is_emergency and hub.succeeded:
        return _not_needed(source, region, "An emergency pays for nothing that Cost Optimization Hub tells as well.")
    return read(PaidResponses(world, account), source, region, cost_explorer.read_rightsizing)


def _not_needed(source: Source, region: str, detail: str) -> Reading:
    return Reading((), SourceStatus(source, region, SourceState.NOT_NEEDED, detail))


def check(world: World) -> tuple[SourceStatus, ...]:
    """Whether the free services can be read now; Cost Explorer is not asked, its requests cost money."""
    hub = read(
        world.account, Source.COST_OPTIMIZATION_HUB, cost_optimization_hub.REGION, cost_optimization_hub.probe
    ).status
    regions = _in_each_region(world, _Asked(world.settings.regions), PROBE_MAY_TAKE, compute_optimizer.probe, hub)
    not_probed = SourceStatus(
        Source.COST_EXPLORER_RIGHTSIZING,
        cost_explorer.REGION,
        SourceState.AVAILABLE,
        "Not probed: each request is paid.",
    )
    return hub, *(reading.status for reading in regions), not_probed


@dataclass(frozen=True)
class _Asked:
    """In which regions Compute Optimizer is asked: names as they are configured, and where the Hub has findings."""

    names: tuple[str, ...]
    of_the_hub: tuple[str, ...] = ()

    @property
    def everywhere(self) -> bool:
        return ALL in self.names

    @property
    def regions(self) -> tuple[str, ...]:
        # boto3's list of a service's regions lags behind AWS, and the Hub names them as soon as there is a finding.
        names = (*self.names, *self.of_the_hub) if self.everywhere else self.names
        return named_regions(names, compute_optimizer.SERVICE)

    def left_to_the_hub(self) -> tuple[Reading, ...]:
        """A line for each region that has findings and was not asked, because others were named."""
        detail = "Not asked, because other regions are named; Cost Optimization Hub's findings stand alone here."
        return tuple(
            Reading((), SourceStatus(Source.COMPUTE_OPTIMIZER, region, SourceState.NOT_NEEDED, detail))
            for region in self.of_the_hub
            if region not in self.regions
        )


def _in_each_region(
    world: World, asked: _Asked, allowed: timedelta, reads: Callable[[Reader], int], hub: SourceStatus
) -> tuple[Reading, ...]:
    """The readings; a region that refuses credentials which the Hub has taken is not enabled for the account."""
    deadline = Deadline(allowed, world.now)
    readings = read_in_each_region(
        world.account, Source.COMPUTE_OPTIMIZER, asked.regions, reads, deadline, elsewhere=(hub,)
    )
    return where_the_account_is(readings) if asked.everywhere else readings
