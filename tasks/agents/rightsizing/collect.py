"""Reads the three services that propose to stop, shrink, upgrade or commit."""

from collections.abc import Callable
from datetime import timedelta

from tasks.aws import compute_optimizer, cost_explorer, cost_optimization_hub
from tasks.aws.reading import Reader, Reading, read
from tasks.aws.regions import Deadline, read_in_each_region
from tasks.paid_responses import PaidResponses
from tasks.wiring import World
from workflows.cost_review.request import Review
from workflows.sources import Source, SourceState, SourceStatus

REGION_MAY_TAKE = timedelta(seconds=120)
"""Less than half of the step's time: the Hub and Cost Explorer are read in what is left of it."""
URGENT_REGION_MAY_TAKE = timedelta(seconds=20)
PROBE_MAY_TAKE = timedelta(seconds=15)


def collect(world: World, review: Review, account: str) -> tuple[Reading, ...]:
    """What the Hub, Compute Optimizer in every region in scope, and Cost Explorer's rightsizing propose.

    All three are read although AWS builds each on the one before: the Hub does not say which instance is stopped, how
    risky a change is or what it is at the other prices, and where the three differ is worth showing. Cost Explorer, the
    only one that costs money, comes last and within the cap.
    """
    regions = review.scope.regions or world.settings.regions
    allowed = URGENT_REGION_MAY_TAKE if review.analysis_type == "emergency" else REGION_MAY_TAKE
    return (
        read(
            world.account,
            Source.COST_OPTIMIZATION_HUB,
            cost_optimization_hub.REGION,
            cost_optimization_hub.read_recommendations,
        ),
        *_in_each_region(world, regions, allowed, compute_optimizer.read_recommendations),
        read(
            PaidResponses(world, account),
            Source.COST_EXPLORER_RIGHTSIZING,
            cost_explorer.REGION,
            cost_explorer.read_rightsizing,
        ),
    )


def check(world: World) -> tuple[SourceStatus, ...]:
    """Whether the free services can be read now; Cost Explorer is not asked, its requests cost money."""
    hub = read(world.account, Source.COST_OPTIMIZATION_HUB, cost_optimization_hub.REGION, cost_optimization_hub.probe)
    regions = _in_each_region(world, world.settings.regions, PROBE_MAY_TAKE, compute_optimizer.probe)
    not_probed = SourceStatus(
        Source.COST_EXPLORER_RIGHTSIZING,
        cost_explorer.REGION,
        SourceState.AVAILABLE,
        "Not probed: each request is paid.",
    )
    return hub.status, *(reading.status for reading in regions), not_probed


def _in_each_region(
    world: World, regions: tuple[str, ...], allowed: timedelta, reads: Callable[[Reader], int]
) -> tuple[Reading, ...]:
    deadline = Deadline(allowed, world.now)
    return read_in_each_region(world.account, Source.COMPUTE_OPTIMIZER, regions, reads, deadline)
