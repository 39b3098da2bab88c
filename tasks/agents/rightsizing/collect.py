"""Reads the three services that propose to stop, shrink, upgrade or commit."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context

from tasks.aws import compute_optimizer, cost_explorer, cost_optimization_hub
from tasks.aws.reading import Reader, Reading, read
from tasks.wiring import World
from workflows.cost_review.request import Review
from workflows.sources import Source, SourceState, SourceStatus

MOST_REGIONS_AT_ONCE = 8


def collect(world: World, review: Review, _account_id: str) -> tuple[Reading, ...]:
    """What the Hub, Compute Optimizer in every region in scope, and Cost Explorer's rightsizing propose."""
    regions = review.scope.regions or world.settings.regions
    return (
        read(
            world.account,
            Source.COST_OPTIMIZATION_HUB,
            cost_optimization_hub.REGION,
            cost_optimization_hub.read_recommendations,
        ),
        *_in_each_region(world, regions, compute_optimizer.read_recommendations),
        read(world.account, Source.COST_EXPLORER_RIGHTSIZING, cost_explorer.REGION, cost_explorer.read_rightsizing),
    )


def check(world: World) -> tuple[SourceStatus, ...]:
    """Whether the free services can be read now; Cost Explorer is not asked, its requests cost money."""
    hub = read(world.account, Source.COST_OPTIMIZATION_HUB, cost_optimization_hub.REGION, cost_optimization_hub.probe)
    regions = _in_each_region(world, world.settings.regions, compute_optimizer.probe)
    not_probed = SourceStatus(
        Source.COST_EXPLORER_RIGHTSIZING,
        cost_explorer.REGION,
        SourceState.AVAILABLE,
        "Not probed: each request is paid.",
    )
    return hub.status, *(reading.status for reading in regions), not_probed


def _in_each_region(world: World, regions: tuple[str, ...], reads: Callable[[Reader], int]) -> tuple[Reading, ...]:
    def in_region(region: str) -> Reading:
        return read(world.account, Source.COMPUTE_OPTIMIZER, region, reads)

    with ThreadPoolExecutor(MOST_REGIONS_AT_ONCE) as pool:
        # Each thread gets this call's context, so that its requests count on this call's meter.
        running = [pool.submit(copy_context().run, in_region, region) for region in regions]
        return tuple(one.result() for one in running)
