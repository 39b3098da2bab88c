"""What agents share is found again, unchanged, or it is not used."""

import gzip
import hashlib
import os
import re
from datetime import timedelta
from typing import Any

import pytest
from botocore.response import StreamingBody

from local.moto_seams import restore_object
from tasks import shared_context
from tasks.shared_context import (
    COMPRESSED_FROM_BYTES,
    StoredContext,
    latest_context,
    newest_contexts,
    read_content,
    store_context,
    store_review_file,
    stored_as,
)
from tests.tasks.worlds import NOW, SETTINGS, Json, a_clock, a_world, own_clients
from workflows.cost_review.answers import Reference
from workflows.errors import InvalidContent, ServiceUnavailable

pytestmark = pytest.mark.usefixtures("own_aws")
PREFIX = "agent-context/budget-agent/findings/"


def store(content: bytes = b"{}", *, review_id: str = "review-1", **where: Any) -> Reference:
    world = where.pop("world", None) or a_world().world
    values = {"agent": "budget-agent", "context_type": "findings", **where}
    return store_context(world, review_id=review_id, content=content, **values)


def promised(content: bytes, **told: str) -> dict[str, str]:
    """The metadata of that content, as an agent's in the shared context has it."""
    whose = {"agent": "budget-agent", "context_type": "findings", "timestamp": "20261116T093000.000001Z"}
    about = {"sha256": hashlib.sha256(content).hexdigest(), "size": str(len(content))}
    return {**whose, "review_id": "review-1", **about, **told}


def put(key: str, content: bytes, **parameters: Any) -> None:
    """Puts an object there past the shared context."""
    own_clients()("s3").put_object(Bucket=SETTINGS.context_bucket, Key=key, Body=content, **parameters)


def read_as_it_lies(reference: Reference) -> bytes:
    content: bytes = own_clients()("s3").get_object(Bucket=reference.bucket, Key=reference.key)["Body"].read()
    return content


def keys() -> list[str]:
    return newest_contexts(a_world().world, agent="budget-agent", context_type="findings")


def the_latest(**of: str) -> StoredContext:
    latest = latest_context(a_world().world, agent="budget-agent", context_type="findings", **of)
    assert latest is not None
    return latest


def test_content_is_read_back_by_its_reference() -> None:
    reference = store(b'{"a": 1}')
    assert read_content(a_world().world, reference) == b'{"a": 1}'
    assert reference.key == f"{PREFIX}20261116T093000.000000Z-review-1.json"
    assert reference.size == 8


def test_what_is_stored_says_whose_it_is_of_which_kind_and_when() -> None:
    reference = store()
    metadata = own_clients()("s3").head_object(Bucket=reference.bucket, Key=reference.key)["Metadata"]
    assert metadata == {
        "agent": "budget-agent",
        "context_type": "findings",
        "timestamp": "20261116T093000.000000Z",
        "review_id": "review-1",
        "sha256": hashlib.sha256(b"{}").hexdigest(),
        "size": "2",
    }


def test_a_reference_means_its_version_even_after_something_else_lies_under_its_key() -> None:
    first = store(b"first")
    put(first.key, b"second")
    assert read_content(a_world().world, first) == b"first"


def test_a_reference_without_a_version_reads_what_lies_there_now() -> None:
    reference = store(b"first").model_copy(update={"version_id": None})
    assert read_content(a_world().world, reference) == b"first"
    put(reference.key, b"other")
    with pytest.raises(InvalidContent, match="SHA-256"):
        read_content(a_world().world, reference)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"size": 9}, "truncated"),
        ({"sha256": "0" * 64}, "SHA-256"),
        ({"key": "agent-context/nobody/findings/1.json", "version_id": None}, "NoSuchKey"),
        ({"version_id": "00000000-0000-0000-0000-000000000000"}, "cannot be read"),
        ({"bucket": "another-bucket"}, "NoSuchBucket"),
    ],
)
def test_content_that_is_not_what_the_reference_says_is_invalid(change: dict[str, Any], said: str) -> None:
    reference = store(b'{"a": 1}').model_copy(update=change)
    with pytest.raises(InvalidContent, match=said):
        read_content(a_world().world, reference)


def test_content_that_breaks_off_on_its_way_is_invalid(monkeypatch: pytest.MonkeyPatch) -> None:
    reference = store(b'{"a": 1}')

    as_it_is: Any = StreamingBody.__init__

    def promised_longer(body: StreamingBody, stream: Any, length: Any) -> None:
        as_it_is(body, stream, int(length) + 100)

    monkeypatch.setattr(StreamingBody, "__init__", promised_longer)
    with pytest.raises(InvalidContent, match="cannot be read"):
        read_content(a_world().world, reference)


def test_the_latest_is_the_newest_whichever_review_stored_it() -> None:
    world = a_world(now=a_clock()).world
    store(b"1", review_id="zzz", world=world)
    store(b"2", review_id="aaa-with-dashes", world=world)
    latest = latest_context(world, agent="budget-agent", context_type="findings")
    assert latest is not None
    assert (latest.content, latest.review_id) == (b"2", "aaa-with-dashes")
    assert latest.timestamp == "20261116T093001.000000Z"


def test_the_latest_of_more_than_a_thousand_is_the_newest_of_all() -> None:
    for number in range(1_005):
        stamp = (NOW + timedelta(seconds=number)).strftime("%Y%m%dT%H%M%S.%fZ")
        key = f"{PREFIX}{stamp}-review-{number}.json"
        stored = restore_object(SETTINGS.context_bucket, key, str(number).encode(), version_id=None, modified=NOW)
        named = promised(str(number).encode(), timestamp=stamp, review_id=f"review-{number}")
        stored.set_metadata({f"x-amz-meta-{name}": value for name, value in named.items()})
    latest = latest_context(a_world().world, agent="budget-agent", context_type="findings")
    assert latest is not None
    assert (latest.content, latest.review_id) == (b"1004", "review-1004")


def test_two_writers_in_the_same_second_come_in_their_order() -> None:
    world = a_world(now=a_clock(step=timedelta(microseconds=1))).world
    for number in range(3):
        store(str(number).encode(), review_id=f"review-{9 - number}", world=world)
    assert [key[-8:-5] for key in keys()] == ["w-7", "w-8", "w-9"]
    assert the_latest().content == b"2"


def test_writers_in_the_same_microsecond_all_are_kept_in_the_same_order_for_everybody() -> None:
    """Of several reviews, and of one whose step ran more than once."""
    names = ["review-b", "review-a", "review-b", "review-c", "review-b"]
    stored = [store(str(number).encode(), review_id=name) for number, name in enumerate(names)]
    assert len({one.key for one in stored}) == len(names)
    assert [read_content(a_world().world, one) for one in stored] == [b"0", b"1", b"2", b"3", b"4"]
    stamps = sorted(key.rpartition("/")[2] for key in keys())
    assert [stamp[16:22] for stamp in stamps] == ["000000", "000000", "000000", "000001", "000002"]
    assert the_latest().review_id == "review-b"


def test_a_moment_at_which_everybody_stores_is_said_and_nothing_is_overwritten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shared_context, "MOST_AT_ONCE", 2)
    store(b"1")
    store(b"2")
    with pytest.raises(ServiceUnavailable, match="2 others"):
        store(b"3")


def test_the_latest_of_a_review_is_that_reviews_whatever_others_stored_since() -> None:
    world = a_world(now=a_clock()).world
    for content, review_id in ((b"1", "review-1"), (b"2", "review-1"), (b"3", "review-10")):
        store(content, review_id=review_id, world=world)
    assert the_latest(review_id="review-1").content == b"2"
    assert latest_context(world, agent="budget-agent", context_type="findings", review_id="review") is None


def test_there_is_no_latest_where_nothing_was_stored() -> None:
    assert latest_context(a_world().world, agent="budget-agent", context_type="findings") is None


def test_another_agents_content_or_another_type_is_not_taken_for_the_latest() -> None:
    store(agent="budget-agent-2")
    store(context_type="findings-old")
    store(context_type="evidence-collect")
    assert latest_context(a_world().world, agent="budget-agent", context_type="findings") is None


FOREIGN: dict[str, Json] = {
    "no metadata at all": {},
    "another content": {"Metadata": promised(b"something else")},
    "more than it says": {"Metadata": promised(b"{") | {"sha256": promised(b"{}")["sha256"]}},
    "less than it says": {"Metadata": promised(b"{} ") | {"sha256": promised(b"{}")["sha256"]}},
    "no size": {"Metadata": promised(b"{}") | {"size": "two"}},
    "more than anybody reads": {"Metadata": promised(b"{}") | {"size": str(10**12)}},
    "another agent's": {"Metadata": promised(b"{}", agent="rightsizing-agent")},
    "another review's": {"Metadata": promised(b"{}", review_id="review-2")},
    "an unknown encoding": {"Metadata": promised(b"{}"), "ContentEncoding": "br"},
    "not compressed as it says": {"Metadata": promised(b"{}"), "ContentEncoding": "gzip"},
}


@pytest.mark.parametrize("foreign", FOREIGN)
def test_what_somebody_else_put_there_is_not_taken_for_the_latest(foreign: str) -> None:
    """Nor is an older one: nobody may think that it is the newest."""
    store(b"ours")
    key = f"{PREFIX}20261116T093000.000001Z-review-1.json"
    put(key, b"{}", **FOREIGN[foreign])
    for read in (the_latest, lambda: stored_as(a_world().world, key)):
        with pytest.raises(InvalidContent, match=re.escape(key)):
            read()


def test_what_is_stored_as_it_says_is_read_with_a_reference_to_it() -> None:
    stored = store(b"{}")
    assert stored_as(a_world().world, stored.key) == (stored, b"{}")
    with pytest.raises(InvalidContent, match="NoSuchKey"):
        stored_as(a_world().world, f"{stored.key}.gone")


def test_a_context_that_cannot_be_listed_is_said() -> None:
    with pytest.raises(InvalidContent, match=r"cannot be listed.*NoSuchBucket"):
        latest_context(a_world(context_bucket="another-bucket").world, agent="budget-agent", context_type="findings")


def test_large_content_lies_there_compressed_and_comes_back_as_it_was() -> None:
    content = b'{"ResourceId": "i-0123456789abcdef0", "Cost": "1.25"}' * 200_000
    reference = store(content)
    stored = own_clients()("s3").head_object(Bucket=reference.bucket, Key=reference.key)
    assert (stored["ContentEncoding"], stored["ContentType"]) == ("gzip", "application/json")
    assert stored["ContentLength"] < len(content) / 100
    assert (reference.size, reference.sha256) == (len(content), hashlib.sha256(content).hexdigest())
    assert read_content(a_world().world, reference) == content
    assert the_latest().content == content


def test_the_same_large_content_is_stored_as_the_same_bytes() -> None:
    content = os.urandom(COMPRESSED_FROM_BYTES)
    stored = [read_as_it_lies(one) for one in (store(content), store(content, review_id="review-2"))]
    assert stored[0] == stored[1]
    assert stored[0][3:8] == bytes(5), "neither a name nor a time of its own"


def test_compressed_content_that_was_cut_off_is_invalid() -> None:
    content = os.urandom(COMPRESSED_FROM_BYTES)
    reference = store(content)
    named = promised(content, timestamp="20261116T093000.000000Z")
    put(reference.key, read_as_it_lies(reference)[:-9], Metadata=named, ContentEncoding="gzip")
    with pytest.raises(InvalidContent, match="cannot be read to its end"):
        the_latest()


def test_what_unfolds_to_more_than_it_should_is_read_no_further(monkeypatch: pytest.MonkeyPatch) -> None:
    reference = store(b"x" * COMPRESSED_FROM_BYTES)
    put(reference.key, gzip.compress(b"x" * 100_000_000), ContentEncoding="gzip")
    unfolded: list[int] = []
    as_it_is = gzip.GzipFile.read

    def read(file: gzip.GzipFile, size: int | None = -1) -> bytes:
        chunk = as_it_is(file, size)
        unfolded.append(len(chunk))
        return chunk

    monkeypatch.setattr(gzip.GzipFile, "read", read)
    with pytest.raises(InvalidContent, match="more than the 1000000 bytes"):
        read_content(a_world().world, reference.model_copy(update={"version_id": None}))
    assert sum(unfolded) < 3 * COMPRESSED_FROM_BYTES


def test_what_nobody_would_read_is_not_stored(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shared_context, "LARGEST_CONTENT_BYTES", 3)
    with pytest.raises(InvalidContent, match="budget-agent shares 4 bytes"):
        store(b"1234")
    assert keys() == []


def test_a_reviews_file_lies_below_the_review_with_its_type_and_metadata() -> None:
    world = a_world().world
    reference = store_review_file(
        world,
        review_id="review-1",
        name="report.md",
        content="# Größe".encode(),
        content_type="text/markdown; charset=utf-8",
        metadata={"status": "PARTIAL"},
    )
    stored = own_clients()("s3").get_object(Bucket=reference.bucket, Key="reviews/review-1/report.md")
    assert stored["ContentType"] == "text/markdown; charset=utf-8"
    assert stored["Metadata"] == {
        "status": "PARTIAL",
        "sha256": hashlib.sha256("# Größe".encode()).hexdigest(),
        "size": "9",
    }
    assert read_content(world, reference).decode() == "# Größe"
