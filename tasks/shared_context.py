"""What agents share lies in S3: agent-context/{agent}/{context_type}/{timestamp}-{review_id}.json, by reference.

Beside its content each object names the content's SHA-256 and size (and whose it is, of which kind, when and in which
review); every read holds the content to them. What is large lies there compressed, under the same name.
"""

import gzip
import hashlib
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, timedelta
from io import BytesIO
from tempfile import SpooledTemporaryFile
from typing import IO, Any

from botocore.exceptions import BotoCoreError, ClientError

from tasks.wiring import World
from workflows.cost_review.answers import Reference
from workflows.errors import InvalidContent, ServiceUnavailable

CONTEXT_PREFIX = "agent-context"
REVIEWS_PREFIX = "reviews"
COMPRESSED = "gzip"
COMPRESSED_FROM_BYTES = 1_000_000
LARGEST_CONTENT_BYTES = 1_000_000_000
"""Ten times the evidence of the largest account that we know of; nobody's word is taken for more."""
CHUNK_BYTES = 1 << 20
IN_MEMORY_BYTES = 8 << 20
MOST_AT_ONCE = 100
TAKEN = frozenset({"PreconditionFailed", "ConditionalRequestConflict"})
Read = Callable[[Reference], bytes]
"""Gives the content that a reference means; InvalidContent where it cannot."""


def store_context(world: World, *, agent: str, context_type: str, review_id: str, content: bytes) -> Reference:
    """Stores the content for other agents; keys sort by time within an agent and type.

    Nothing is ever stored over something else: who comes second in one microsecond is stored one later. Content that
    is larger than anybody would read is InvalidContent.
    """
    if len(content) > LARGEST_CONTENT_BYTES:
        raise InvalidContent(f"{agent} shares {len(content)} bytes; {LARGEST_CONTENT_BYTES} at most: narrow the scope.")
    sha256 = hashlib.sha256(content).hexdigest()
    moment = world.now().astimezone(UTC)
    with _as_it_travels(content) as (body, encoding):
        for _ in range(MOST_AT_ONCE):
            stamp = moment.strftime("%Y%m%dT%H%M%S.%fZ")
            metadata = {"agent": agent, "context_type": context_type, "timestamp": stamp, "review_id": review_id}
            key = _key(metadata)
            if not isinstance(body, bytes):
                body.seek(0)
            try:
                return _put(world, key, content, sha256, metadata, Body=body, IfNoneMatch="*", **encoding)
            except ClientError as error:
                if error.response["Error"]["Code"] not in TAKEN:
                    raise
            moment += timedelta(microseconds=1)
    raise ServiceUnavailable(f"{MOST_AT_ONCE} others store at {key} at once.")


def store_review_file(
    world: World,
    *,
    review_id: str,
    name: str,
    content: bytes,
    content_type: str,
    metadata: Mapping[str, str] | None = None,
) -> Reference:
    """Stores one file of a review's result, as it is: people open these with other tools."""
    key = f"{REVIEWS_PREFIX}/{review_id}/{name}"
    sha256 = hashlib.sha256(content).hexdigest()
    return _put(world, key, content, sha256, metadata or {}, Body=content, ContentType=content_type)


@dataclass(frozen=True)
class StoredContext:
    """Content that an agent shared, with when and in which review."""

    key: str
    timestamp: str
    review_id: str
    content: bytes


def latest_context(
    world: World, *, agent: str, context_type: str, review_id: str | None = None
) -> StoredContext | None:
    """The newest content of that agent and type (of that review, where one is named), or None where there is none.

    Of two that were stored in the same microsecond the later review id is the newest, whoever asks. InvalidContent
    where the newest cannot be read as it was stored: an older one is never taken for it.
    """
    keys = newest_contexts(world, agent=agent, context_type=context_type)
    newest = next((key for key in keys if review_id in {None, _told_by(key)[1]}), None)
    if newest is None:
        return None
    return StoredContext(newest, *_told_by(newest), stored_as(world, newest)[1])


def newest_contexts(world: World, *, agent: str, context_type: str) -> list[str]:
    """The keys of that agent's content of that type, newest first; InvalidContent where they cannot be listed.

    S3 lists keys in ascending order, so the newest is the last of all pages, never the first of one.
    """
    prefix = f"{CONTEXT_PREFIX}/{agent}/{context_type}/"
    lists = world.own("s3").get_paginator("list_objects_v2")
    try:
        pages = list(lists.paginate(Bucket=world.settings.context_bucket, Prefix=prefix))
    except (ClientError, BotoCoreError) as error:
        raise InvalidContent(f"What lies below {prefix} cannot be listed: {error}") from error
    return sorted((entry["Key"] for page in pages for entry in page.get("Contents", [])), reverse=True)


def stored_as(world: World, key: str) -> tuple[Reference, bytes]:
    """What lies under the key now, with the reference by which it can be read again as it is.

    InvalidContent where it is not what its own metadata says, or was not stored here by us at all.
    """
    bucket = world.settings.context_bucket
    stored = _get(world, bucket, key, None)
    sha256, size = _promised(key, stored["Metadata"])
    content = _checked(stored, key, sha256, size)
    return Reference(bucket=bucket, key=key, version_id=stored.get("VersionId"), sha256=sha256, size=size), content


def read_content(world: World, reference: Reference) -> bytes:
    """The content that the reference means; InvalidContent where it is missing, truncated or something else."""
    stored = _get(world, reference.bucket, reference.key, reference.version_id)
    return _checked(stored, reference.key, reference.sha256, reference.size)


def _key(metadata: Mapping[str, str]) -> str:
    agent, context_type = metadata.get("agent", ""), metadata.get("context_type", "")
    name = f"{metadata.get('timestamp', '')}-{metadata.get('review_id', '')}.json"
    return f"{CONTEXT_PREFIX}/{agent}/{context_type}/{name}"


def _told_by(key: str) -> tuple[str, str]:
    """When and in which review the content was stored."""
    timestamp, _, review_id = key.rpartition("/")[2].removesuffix(".json").partition("-")
    return timestamp, review_id


# ---- storing


@contextmanager
def _as_it_travels(content: bytes) -> Iterator[tuple[bytes | IO[bytes], dict[str, str]]]:
    """The content as S3 gets it, with what S3 is told about it; large content compressed, on disk where it must be."""
    about = {"ContentType": "application/json"}
    if len(content) < COMPRESSED_FROM_BYTES:
        yield content, about
        return
    with SpooledTemporaryFile(max_size=IN_MEMORY_BYTES) as file:
        # Without a time and a name the same content gives the same bytes.
        with gzip.GzipFile(filename="", mode="wb", fileobj=file, mtime=0) as compressed:
            whole = memoryview(content)
            for start in range(0, len(content), CHUNK_BYTES):
                compressed.write(whole[start : start + CHUNK_BYTES])
        file.seek(0)
        yield file, {**about, "ContentEncoding": COMPRESSED}


def _put(
    world: World, key: str, content: bytes, sha256: str, metadata: Mapping[str, str], **parameters: Any
) -> Reference:
    bucket, size = world.settings.context_bucket, len(content)
    told = {**metadata, "sha256": sha256, "size": str(size)}
    # One request, which takes 5 GB: a managed upload in parts would not say which version it stored.
    stored = world.own("s3").put_object(Bucket=bucket, Key=key, Metadata=told, **parameters)
    return Reference(bucket=bucket, key=key, version_id=stored.get("VersionId"), sha256=sha256, size=size)


# ---- reading


def _get(world: World, bucket: str, key: str, version_id: str | None) -> dict[str, Any]:
    version = {"VersionId": version_id} if version_id else {}
    try:
        stored: dict[str, Any] = world.own("s3").get_object(Bucket=bucket, Key=key, **version)
    except ClientError as error:
        raise InvalidContent(f"{key} cannot be read: {error.response['Error']['Code']}.") from error
    except BotoCoreError as error:
        raise InvalidContent(f"{key} cannot be read: {error}") from error
    return stored


def _promised(key: str, metadata: Mapping[str, str]) -> tuple[str, int]:
    """The SHA-256 and the size that the object names; InvalidContent where it names none, or is of another place."""
    sha256, size = metadata.get("sha256", ""), metadata.get("size", "")
    if not (sha256 and size.isascii() and size.isdigit()):
        raise InvalidContent(f"{key} names no SHA-256 and size of its content: it was not stored here by an agent.")
    if key.startswith(f"{CONTEXT_PREFIX}/") and key != _key(metadata):
        raise InvalidContent(f"{key} says that it is {_key(metadata)[:200]}: it was not stored here by an agent.")
    return sha256, int(size)


def _checked(stored: Mapping[str, Any], key: str, sha256: str, size: int) -> bytes:
    """The content, read no further than the size that it must have, if it is the one with that SHA-256."""
    if size > LARGEST_CONTENT_BYTES:
        raise InvalidContent(f"{key} should have {size} bytes; nobody reads more than {LARGEST_CONTENT_BYTES}.")
    found = BytesIO()
    digest = hashlib.sha256()
    try:
        for chunk in _chunks(stored, key):
            if found.tell() + len(chunk) > size:
                raise InvalidContent(f"{key} has more than the {size} bytes that were stored: it is something else.")
            digest.update(chunk)
            found.write(chunk)
    except (EOFError, zlib.error, gzip.BadGzipFile, BotoCoreError) as error:
        raise InvalidContent(f"{key} cannot be read to its end: {error}") from error
    if found.tell() != size:
        raise InvalidContent(f"{key} has {found.tell()} bytes instead of {size}: it is truncated.")
    if digest.hexdigest() != sha256:
        raise InvalidContent(f"{key} is not the content that was stored: its SHA-256 differs.")
    return found.getvalue()


def _chunks(stored: Mapping[str, Any], key: str) -> Iterator[bytes]:
    """The content as it was before it travelled, piece by piece; never unfolded further than asked."""
    encoding, body = stored.get("ContentEncoding", ""), stored["Body"]
    if encoding not in {"", COMPRESSED}:
        raise InvalidContent(f"{key} is encoded as {encoding!r}, which nobody here stores.")
    source = gzip.GzipFile(fileobj=body) if encoding else body
    while chunk := source.read(CHUNK_BYTES):
        yield chunk
