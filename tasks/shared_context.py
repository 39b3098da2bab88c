"""What agents share lies in S3: agent-context/{agent}/{context_type}/{timestamp}-{review_id}.json, by reference."""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from tasks.wiring import World
from workflows.cost_review.answers import Reference
from workflows.errors import InvalidContent

CONTEXT_PREFIX = "agent-context"
REVIEWS_PREFIX = "reviews"
Read = Callable[[Reference], bytes]
"""Gives the content that a reference means; InvalidContent where it cannot."""


def store_context(world: World, *, agent: str, context_type: str, review_id: str, content: bytes) -> Reference:
    """Stores the content for other agents; keys sort by time within an agent and type."""
    stamp = world.now().astimezone(UTC).strftime("%Y%m%dT%H%M%S.%fZ")
    key = f"{CONTEXT_PREFIX}/{agent}/{context_type}/{stamp}-{review_id}.json"
    metadata = {"agent": agent, "context_type": context_type, "timestamp": stamp, "review_id": review_id}
    return _put(world, key, content, "application/json", metadata)


def store_review_file(
    world: World,
    *,
    review_id: str,
    name: str,
    content: bytes,
    content_type: str,
    metadata: Mapping[str, str] | None = None,
) -> Reference:
    """Stores one file of a review's result."""
    return _put(world, f"{REVIEWS_PREFIX}/{review_id}/{name}", content, content_type, metadata or {})


@dataclass(frozen=True)
class StoredContext:
    """Content that an agent shared, with when and in which review."""

    key: str
    timestamp: str
    review_id: str
    content: bytes


def latest_context(world: World, *, agent: str, context_type: str) -> StoredContext | None:
    """The newest content of that agent and type, or None where there is none.

    S3 lists keys in ascending order, so the newest is the last of all pages, never the first of one.
    """
    newest = next(iter(newest_contexts(world, agent=agent, context_type=context_type)), None)
    if newest is None:
        return None
    timestamp, _, review_id = newest.rpartition("/")[2].removesuffix(".json").partition("-")
    return StoredContext(newest, timestamp, review_id, stored_as(world, newest)[1])


def newest_contexts(world: World, *, agent: str, context_type: str) -> list[str]:
    """The keys of that agent's content of that type, newest first."""
    prefix = f"{CONTEXT_PREFIX}/{agent}/{context_type}/"
    pages = (
        world.own("s3").get_paginator("list_objects_v2").paginate(Bucket=world.settings.context_bucket, Prefix=prefix)
    )
    return sorted((entry["Key"] for page in pages for entry in page.get("Contents", [])), reverse=True)


def stored_as(world: World, key: str) -> tuple[Reference, bytes]:
    """What lies under the key now, with the reference by which it can be read again as it is."""
    bucket = world.settings.context_bucket
    stored = world.own("s3").get_object(Bucket=bucket, Key=key)
    content: bytes = stored["Body"].read()
    return _reference(bucket, key, content, stored.get("VersionId")), content


def read_content(world: World, reference: Reference) -> bytes:
    """The content that the reference means; InvalidContent where it is missing, truncated or something else."""
    version = {"VersionId": reference.version_id} if reference.version_id else {}
    try:
        stored = world.own("s3").get_object(Bucket=reference.bucket, Key=reference.key, **version)
        content: bytes = stored["Body"].read()
    except ClientError as error:
        code = error.response["Error"]["Code"]
        raise InvalidContent(f"{reference.key} cannot be read: {code}.") from error
    except BotoCoreError as error:
        raise InvalidContent(f"{reference.key} cannot be read to its end: {error}") from error
    if len(content) != reference.size:
        raise InvalidContent(f"{reference.key} has {len(content)} bytes instead of {reference.size}: it is truncated.")
    if hashlib.sha256(content).hexdigest() != reference.sha256:
        raise InvalidContent(f"{reference.key} is not the content that was stored: its SHA-256 differs.")
    return content


def _put(world: World, key: str, content: bytes, content_type: str, metadata: Mapping[str, Any]) -> Reference:
    bucket = world.settings.context_bucket
    stored = world.own("s3").put_object(
        Bucket=bucket, Key=key, Body=content, ContentType=content_type, Metadata=dict(metadata)
    )
    return _reference(bucket, key, content, stored.get("VersionId"))


def _reference(bucket: str, key: str, content: bytes, version: str | None) -> Reference:
    sha256 = hashlib.sha256(content).hexdigest()
    return Reference(bucket=bucket, key=key, version_id=version, sha256=sha256, size=len(content))
