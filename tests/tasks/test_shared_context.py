"""What agents share is found again, unchanged, or it is not used."""

from datetime import timedelta
from typing import Any

import pytest
from botocore.response import StreamingBody

from local.moto_seams import restore_object
from tasks.shared_context import latest_context, read_content, store_context, store_review_file
from tests.tasks.worlds import NOW, SETTINGS, a_clock, a_world, own_clients
from workflows.cost_review.answers import Reference
from workflows.errors import InvalidContent

pytestmark = pytest.mark.usefixtures("own_aws")
PREFIX = "agent-context/budget-agent/findings/"


def store(content: bytes = b"{}", *, review_id: str = "review-1", **where: Any) -> Reference:
    world = where.pop("world", None) or a_world().world
    values = {"agent": "budget-agent", "context_type": "findings", **where}
    return store_context(world, review_id=review_id, content=content, **values)


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
    }


def test_a_reference_means_its_version_even_after_something_else_lies_under_its_key() -> None:
    first = store(b"first")
    second = store(b"second")
    assert first.key == second.key
    assert first.version_id != second.version_id
    assert read_content(a_world().world, first) == b"first"


def test_a_reference_without_a_version_reads_what_lies_there_now() -> None:
    reference = store(b"first").model_copy(update={"version_id": None})
    assert read_content(a_world().world, reference) == b"first"
    store(b"other")
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
        restore_object(SETTINGS.context_bucket, key, str(number).encode(), version_id=None, modified=NOW)
    latest = latest_context(a_world().world, agent="budget-agent", context_type="findings")
    assert latest is not None
    assert (latest.content, latest.review_id) == (b"1004", "review-1004")


def test_there_is_no_latest_where_nothing_was_stored() -> None:
    assert latest_context(a_world().world, agent="budget-agent", context_type="findings") is None


def test_another_agents_content_or_another_type_is_not_taken_for_the_latest() -> None:
    store(agent="budget-agent-2")
    store(context_type="findings-old")
    store(context_type="evidence-collect")
    assert latest_context(a_world().world, agent="budget-agent", context_type="findings") is None


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
    assert stored["Metadata"] == {"status": "PARTIAL"}
    assert read_content(world, reference).decode() == "# Größe"
