"""Reads Cost Explorer: the spend, the forecast, the anomalies, and what named resources cost."""

from functools import partial

from tasks.agents.work import Heard
from tasks.aws import cost_explorer
from tasks.aws.identity import account_id
from tasks.aws.reading import Reading, read
from tasks.wiring import World
from workflows.cost_review.request import Review
from workflows.errors import SourceError
from workflows.resource_keys import ResourceName, billing_ids
from workflows.sources import Source, SourceState, SourceStatus

REGION = cost_explorer.REGION
TRUSTED_ADVISOR = "trusted_advisor"


def collect(world: World, review: Review, _account_id: str) -> tuple[Reading, ...]:
    """The account's spend by day, what the month is heading for, and what was out of the ordinary."""
    as_of = review.as_of
    return (
        read(world.account, Source.COST_EXPLORER, REGION, partial(cost_explorer.read_spend, as_of=as_of)),
        read(
            world.account,
            Source.COST_EXPLORER_FORECAST,
            REGION,
            partial(cost_explorer.read_forecast, as_of=as_of),
            may_lack_data=True,
        ),
        read(world.account, Source.COST_ANOMALY_DETECTION, REGION, partial(cost_explorer.read_anomalies, as_of=as_of)),
    )


def collect_named(world: World, review: Review, _account_id: str, heard: Heard) -> tuple[Reading, ...]:
    """What the resources cost that Trusted Advisor named, in as few requests as there are hundreds of them."""
    findings = heard.findings.get(TRUSTED_ADVISOR)
    named = {
        ResourceName(one.account_id, one.region_id, one.resource_type, one.resource_id)
        for one in (findings.recommendations if findings else ())
        if one.resource_id
    }
    ids = sorted({spelling for name in named for spelling in billing_ids(name)})
    source = Source.COST_EXPLORER_RESOURCES
    if not ids:
        nothing = SourceStatus(source, REGION, SourceState.NOT_NEEDED, "No resource was named to ask about.")
        return (Reading((), nothing),)
    asks = partial(cost_explorer.read_resource_spend, as_of=review.as_of, billing_ids=ids)
    return (read(world.account, source, REGION, asks),)


def check(world: World) -> tuple[SourceStatus, ...]:
    """Whether the credentials work. Cost Explorer itself is not asked: each of its requests costs money."""
    try:
        account_id(world.account)
    except SourceError as error:
        detail = f"The account cannot be identified: {error}"
        return (SourceStatus(Source.COST_EXPLORER, REGION, SourceState.ERROR, detail, "Check the credentials."),)
    return (SourceStatus(Source.COST_EXPLORER, REGION, SourceState.AVAILABLE, "Not probed: each request is paid."),)
