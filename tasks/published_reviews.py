"""The reviews that were published, where PublishReport stores them: reviews/{review_id}/report.json, newest first."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tasks.shared_context import REVIEWS_PREFIX, stored_as
from tasks.wiring import World
from workflows.cost_review.formats import REPORT_JSON, Report


@dataclass(frozen=True)
class PublishedReview:
    """Where a review's report lies, and when it was stored (UTC)."""

    review_id: str
    key: str
    published_at: datetime


def published_reviews(world: World) -> list[PublishedReview]:
    """Every published review, newest first."""
    pages = world.own("s3").get_paginator("list_objects_v2")
    listed = pages.paginate(Bucket=world.settings.context_bucket, Prefix=f"{REVIEWS_PREFIX}/")
    found = [_published(entry) for page in listed for entry in page.get("Contents", []) if _is_report(entry["Key"])]
    return sorted(found, key=lambda one: (one.published_at, one.key), reverse=True)


def published_reports(world: World) -> Iterator[Report]:
    """The reports themselves, newest first, each read when it is asked for.

    What failed its audit has no opportunities, and what an older version left has no exact bill: neither is given.
    """
    for one in published_reviews(world):
        report: dict[str, Any] = json.loads(stored_as(world, one.key)[1])
        if report.get("opportunities") is not None and "bill" in report:
            yield report


def _is_report(key: str) -> bool:
    return key.endswith(f"/{REPORT_JSON}")


def _published(entry: dict[str, Any]) -> PublishedReview:
    return PublishedReview(entry["Key"].split("/")[1], entry["Key"], entry["LastModified"])
