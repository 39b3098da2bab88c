"""Reads Trusted Advisor through its own API, or through the Support API where the first cannot be read."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from tasks.aws import support, trusted_advisor
from tasks.aws.reading import Reading, read
from tasks.settings import LEGACY_API
from tasks.wiring import World
from workflows.cost_review.narrowing import wants_account
from workflows.cost_review.request import Review
from workflows.sources import Source, SourceState, SourceStatus

API = (Source.TRUSTED_ADVISOR, trusted_advisor.REGION, trusted_advisor.read_recommendations)
LEGACY = (Source.TRUSTED_ADVISOR_LEGACY, support.REGION, support.read_recommendations)


def collect(world: World, review: Review, account_id: str, *, sleep: Callable[[float], None]) -> tuple[Reading, ...]:
    """One API's recommendations, after a refresh where the settings ask for it; an emergency waits for none."""
    if not wants_account(review.scope, account_id):
        return tuple(_left_out(source, region, account_id) for source, region, _ in (API, LEGACY))
    if not world.settings.trusted_advisor_refresh:
        return _recommendations(world)
    if review.is_emergency:
        return tuple(map(_unrefreshed, _recommendations(world)))
    refreshed = read(world.account, LEGACY[0], support.REGION, partial(support.refresh, sleep=sleep))
    return tuple(_after_refresh(reading, refreshed) for reading in _recommendations(world))


def check(world: World) -> tuple[SourceStatus, ...]:
    """Whether either API can be read now; free. One that cannot is not needed where the other can."""
    new = read(world.account, Source.TRUSTED_ADVISOR, trusted_advisor.REGION, trusted_advisor.probe).status
    legacy = read(world.account, Source.TRUSTED_ADVISOR_LEGACY, support.REGION, support.probe).status
    if new.is_gap == legacy.is_gap:
        return new, legacy
    return (_not_needed(new, legacy.source), legacy) if new.is_gap else (new, _not_needed(legacy, new.source))


def _recommendations(world: World) -> tuple[Reading, ...]:
    """One API's recommendations; the other is asked only where the first fails. Both hold the same findings."""
    order = (LEGACY, API) if world.settings.trusted_advisor_api == LEGACY_API else (API, LEGACY)
    (first_source, first_region, first), (second_source, second_region, second) = order
    reading = read(world.account, first_source, first_region, first)
    if reading.succeeded:
        not_needed = SourceStatus(second_source, second_region, SourceState.NOT_NEEDED, f"{first_source} answered.")
        return reading, Reading((), not_needed)
    fallback = read(world.account, second_source, second_region, second)
    if not fallback.succeeded:
        return reading, fallback
    # What the failed API said before it failed is left out: the other one says all of it.
    return Reading((), _not_needed(reading.status, second_source)), fallback


def _left_out(source: Source, region: str, account_id: str) -> Reading:
    detail = f"It speaks of account {account_id} alone, which the review's scope leaves out."
    return Reading((), SourceStatus(source, region, SourceState.NOT_NEEDED, detail))


def _unrefreshed(reading: Reading) -> Reading:
    if not reading.responses:
        return reading
    told = f"{reading.status.detail} Not refreshed: an emergency does not wait for it.".strip()
    return replace(reading, status=replace(reading.status, detail=told))


def _not_needed(failed: SourceStatus, other: str) -> SourceStatus:
    return replace(failed, state=SourceState.NOT_NEEDED, detail=f"{other} answered instead. {failed.detail}")


def _after_refresh(reading: Reading, refreshed: Reading) -> Reading:
    """The reading that succeeded, with the refresh before it; a refresh that failed only leaves older results."""
    if not reading.responses or not reading.succeeded:
        return reading
    how = refreshed.status
    told = f"Not refreshed: {how.detail} {how.remedy}" if how.is_gap else how.detail
    status = replace(reading.status, detail=" ".join(filter(None, (reading.status.detail, told.strip()))))
    return replace(reading, responses=(*refreshed.responses, *reading.responses), status=status)
