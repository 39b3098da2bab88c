"""What is kept between runs: whole or not at all, one run at a time."""

import gzip
import json
import multiprocessing
import os
import signal
from datetime import UTC, datetime
from pathlib import Path

import pytest

from local import clock, state_folder
from local.accounts import account_in_folder
from local.embedded_aws import BUCKET, STATES_TABLE, EmbeddedAws, embedded_aws
from local.keeping import keep, restore
from local.state_folder import InvalidStateFolder, State, StateFolder, StoredObject
from tasks.shared_context import COMPRESSED_FROM_BYTES, read_content, store_context, stored_as
from tasks.wiring import World


def _state(folder: StateFolder, content: bytes = b"content", key: str = "reviews/1/report.json") -> State:
    sha256 = folder.add_content(content)
    kept = StoredObject(
        key=key,
        version_id="version-1",
        sha256=sha256,
        modified=datetime(2026, 11, 16, tzinfo=UTC),
        content_type="application/json",
        metadata={"status": "COMPLETE"},
    )
    return State(objects=(kept,))


@pytest.fixture
def folder(tmp_path: Path) -> StateFolder:
    made = StateFolder(tmp_path / ".finops")
    with made.held(_nobody_waits):
        pass
    return made


def _nobody_waits(said: str) -> None:
    raise AssertionError(said)


def test_what_was_kept_is_read_again(folder: StateFolder) -> None:
    state = _state(folder)
    folder.replace(state)
    assert folder.read() == state
    assert folder.content(state.objects[0]) == b"content"


def test_content_that_nothing_names_is_removed(folder: StateFolder) -> None:
    stray = folder.add_content(b"of a run that was killed")
    folder.replace(_state(folder))
    assert not list(folder.path.glob(f"objects/*/{stray}"))
    assert len(list(folder.path.glob("objects/*/*"))) == 1


def test_the_folder_asks_git_to_leave_it_alone(folder: StateFolder) -> None:
    """It holds account ids and costs."""
    assert (folder.path / ".gitignore").read_text() == "*\n"


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"format": 99}', b'{"format": 1, "objects": [{}]}'])
def test_a_state_that_cannot_be_read_is_named_with_the_remedy(folder: StateFolder, content: bytes) -> None:
    (folder.path / "state.json").write_bytes(content)
    with pytest.raises(InvalidStateFolder, match=r"state\.json .*move that folder away"):
        folder.read()


def test_truncated_content_is_named(folder: StateFolder) -> None:
    state = _state(folder)
    folder.replace(state)
    next(folder.path.glob("objects/*/*")).write_bytes(b"cont")
    with pytest.raises(InvalidStateFolder, match=r"reviews/1/report\.json was changed or truncated"):
        folder.content(state.objects[0])


def test_missing_content_is_named(folder: StateFolder) -> None:
    state = _state(folder)
    folder.replace(state)
    next(folder.path.glob("objects/*/*")).unlink()
    with pytest.raises(InvalidStateFolder, match=r"reviews/1/report\.json is missing"):
        folder.content(state.objects[0])


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    with pytest.raises(InvalidStateFolder, match="cannot be used"), StateFolder(tmp_path / "file").held(print):
        pass


@pytest.mark.parametrize("place", ["state.json", "lock"])
def test_a_place_that_the_file_system_refuses_is_said_in_our_words(folder: StateFolder, place: str) -> None:
    """A folder in the place of a file stands for everything that an operating system can refuse."""
    (folder.path / place).unlink(missing_ok=True)
    (folder.path / place).mkdir()
    with pytest.raises(InvalidStateFolder, match="cannot be used: Is a directory"), folder.held(_nobody_waits):
        folder.read()


def test_a_second_run_is_told_that_it_waits_and_gives_up_with_a_remedy(
    folder: StateFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(state_folder, "WAIT_S", 0.05)
    said: list[str] = []
    with (
        folder.held(_nobody_waits),
        pytest.raises(InvalidStateFolder, match="another run holds"),
        StateFolder(folder.path).held(said.append),
    ):
        pass
    assert "Another run is using" in said[0]


def _keeps_writing(path: str, ready: object) -> None:
    folder = StateFolder(Path(path))
    ready.set()  # type: ignore[attr-defined] # because multiprocessing.Event is a function, and its class has no name
    number = 0
    while True:
        number += 1
        folder.replace(_state(folder, content=str(number).encode() * 50_000))


@pytest.mark.parametrize("attempt", range(5))
def test_a_run_that_is_killed_while_it_writes_leaves_a_whole_state(folder: StateFolder, attempt: int) -> None:
    folder.replace(_state(folder))
    context = multiprocessing.get_context("fork")
    ready = context.Event()
    writer = context.Process(target=_keeps_writing, args=(str(folder.path), ready))
    writer.start()
    ready.wait(10)
    writer.join(0.01 * (attempt + 1))
    assert writer.pid is not None
    os.kill(writer.pid, signal.SIGKILL)
    writer.join(10)
    state = folder.read()
    assert folder.content(state.objects[0])


def _fill(aws: EmbeddedAws) -> None:
    aws.clients("s3").put_object(Bucket=BUCKET, Key="reviews/1/report.json", Body=b"{}", Metadata={"status": "PARTIAL"})
    aws.clients("dynamodb").put_item(
        TableName=STATES_TABLE, Item={"agent_name": {"S": "an-agent"}, "ttl": {"N": "1"}, "state": {"M": {}}}
    )


def test_the_emulated_aws_finds_again_what_it_held(folder: StateFolder) -> None:
    account = account_in_folder(None)
    with embedded_aws(account.clients, account.settings) as aws:
        _fill(aws)
        keep(folder, aws.clients)
    first = (folder.path / "state.json").read_bytes()
    with embedded_aws(account.clients, account.settings) as aws:
        restore(folder, aws.clients)
        stored = aws.clients("s3").get_object(Bucket=BUCKET, Key="reviews/1/report.json")
        item = aws.clients("dynamodb").get_item(TableName=STATES_TABLE, Key={"agent_name": {"S": "an-agent"}})
        keep(folder, aws.clients)
    assert (stored["Body"].read(), stored["Metadata"]["status"]) == (b"{}", "PARTIAL")
    assert item["Item"]["ttl"] == {"N": "1"}
    assert json.loads(first) == json.loads((folder.path / "state.json").read_bytes())


def test_what_an_earlier_version_kept_without_its_hash_is_read_as_what_the_folder_says_that_it_is(
    folder: StateFolder,
) -> None:
    folder.replace(_state(folder))
    account = account_in_folder(None)
    with embedded_aws(account.clients, account.settings) as aws:
        restore(folder, aws.clients)
        world = World(account.settings, account.clients, aws.clients, clock.now)
        assert stored_as(world, "reviews/1/report.json")[1] == b"content"


def test_what_is_kept_compressed_is_restored_so_and_read_unfolded(folder: StateFolder) -> None:
    account = account_in_folder(None)
    content = b'{"a": 1}' * COMPRESSED_FROM_BYTES
    with embedded_aws(account.clients, account.settings) as aws:
        world = World(account.settings, account.clients, aws.clients, clock.now)
        reference = store_context(world, agent="a", context_type="t", review_id="r", content=content)
        keep(folder, aws.clients)
    (kept,) = folder.read().objects
    assert (folder.content(kept), folder.content_as_it_is(kept)) == (content, content)
    assert len(folder.stored_bytes(kept)) < len(content) / 100
    with embedded_aws(account.clients, account.settings) as aws:
        restore(folder, aws.clients)
        world = World(account.settings, account.clients, aws.clients, clock.now)
        assert read_content(world, reference) == content


@pytest.mark.parametrize("stored", [b"no gzip at all", gzip.compress(b"content")[:-9]])
def test_compressed_content_that_cannot_be_unfolded_is_named(folder: StateFolder, stored: bytes) -> None:
    kept = _state(folder, gzip.compress(b"content")).objects[0].model_copy(update={"content_encoding": "gzip"})
    assert folder.content_as_it_is(kept) == b"content"
    next(folder.path.glob("objects/*/*")).write_bytes(stored)
    assert not folder.is_as_stored(kept)
    with pytest.raises(InvalidStateFolder, match=r"reviews/1/report\.json was changed or truncated"):
        folder.content_as_it_is(kept)
