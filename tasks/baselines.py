"""What published reviews leave to the next comparable ones, in the shared context.

agent-context/supervisor/baseline-{comparable}/{timestamp}-{review_id}.json; the newest that is no later than a review's
own day is what the review compares itself with.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from tasks.shared_context import newest_contexts, store_context, stored_as
from tasks.wiring import World
from workflows.cost_review.answers import Reference
from workflows.cost_review.baseline import baseline_bytes, baseline_from, comparable_key
from workflows.cost_review.request import Review
from workflows.errors import InvalidContent
from workflows.savings.known import Baseline

SUPERVISOR = "supervisor"
MOST_TRIED = 20
"""Reviews of past days lie among later ones; nobody looks further back than this many reviews for an earlier one."""


@dataclass(frozen=True)
class LastReview:
    """What the last comparable review left, and where; or why there is nothing to compare with."""

    comparable: str
    baseline: Baseline | None
    reference: Reference | None
    why_none: str


def store_baseline(world: World, review: Review, report: Mapping[str, Any]) -> Reference:
    """Stores what this published report leaves to the next comparable review."""
    comparable = _comparable(world, review, report["accounts"])
    return store_context(
        world,
        agent=SUPERVISOR,
        context_type=f"baseline-{comparable}",
        review_id=review.review_id,
        content=baseline_bytes(report, comparable),
    )


def last_review(world: World, review: Review, accounts: Collection[str]) -> LastReview:
    """The newest comparable review of the same day or an earlier one, this review itself left out.

    A baseline that cannot be read is no baseline, and is not skipped for an older one: the answer says so.
    """
    comparable = _comparable(world, review, accounts)
    try:
        return _newest_until(world, review, comparable)
    except (InvalidContent, ClientError, BotoCoreError) as error:
        return _nothing(comparable, f"What the last comparable review left cannot be read: {error}"[:300])


def billed_as_before(world: World, review: Review, account: str, source: str) -> tuple[str, ...]:
    """How the bill spells what the source named in the last comparable review, so that what is gone can be looked up.

    The most valuable come first; none where there is no such review, of which ConsolidateFindings says why.
    """
    baseline = last_review(world, review, {account}).baseline
    named = [one for one in baseline.seen if source in one.sources] if baseline else []
    named.sort(key=lambda one: (-one.counted, one.opportunity_id))
    return tuple(dict.fromkeys(spelling for one in named for spelling in one.billing_ids))


def _newest_until(world: World, review: Review, comparable: str) -> LastReview:
    keys = newest_contexts(world, agent=SUPERVISOR, context_type=f"baseline-{comparable}")
    others = [key for key in keys if not key.endswith(f"Z-{review.review_id}.json")]
    for key in others[:MOST_TRIED]:
        reference, content = stored_as(world, key)
        baseline = baseline_from(content, comparable)
        if baseline.as_of <= review.as_of:
            return LastReview(comparable, baseline, reference, "")
    if others:
        return _nothing(comparable, f"No comparable review of {review.as_of} or before is among the last ones.")
    return _nothing(comparable, "No review of the same type, scope and accounts was published before.")


def _nothing(comparable: str, why: str) -> LastReview:
    return LastReview(comparable, None, None, why)


def _comparable(world: World, review: Review, accounts: Collection[str]) -> str:
    # Folders may hold a real account's id; what they say is no history of that account.
    origin = "a folder" if world.settings.responses_from else ""
    return comparable_key(review, accounts, origin)
