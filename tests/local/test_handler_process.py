"""Another team's function in a process of its own: what it is told, what it may do, and how it ends."""

import threading
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from local.handler_process import Handler, HandlerFailed, HandlerStopped, stop_all
from tests.local.handler_files import a_file
from workflows.errors import BadInput

ASKED: Mapping[str, Any] = {"action": "self_check"}


def ran(folder: Path, body: str, timeout_s: float = 20, **question: object) -> bytes:
    """What the function with this body answers."""
    indented = "\n".join(f"    {line}" for line in body.splitlines())
    path = a_file(folder, f"def handler(question, context):\n{indented}\n")
    return Handler(path).answered({**ASKED, **question}, timeout_s=timeout_s)


def is_alive(pid: int) -> bool:
    """A process that was killed and has not been collected yet is not alive."""
    try:
        status = Path(f"/proc/{pid}/stat").read_text()
    except FileNotFoundError:
        return False
    return status.rpartition(")")[2].split()[0] not in {"Z", "X"}


def ends(pid: int) -> bool:
    until = time.monotonic() + 20
    while is_alive(pid) and time.monotonic() < until:
        time.sleep(0.01)
    return not is_alive(pid)


def test_it_is_asked_with_the_question_and_its_answer_is_json(tmp_path: Path) -> None:
    assert ran(tmp_path, "return {'said': question['action'], 'one': 1.5}") == b'{"said": "self_check", "one": 1.5}'


def test_it_finds_its_neighbours_and_a_context_as_in_lambda(tmp_path: Path) -> None:
    a_file(tmp_path, "WORD = 'beside it'", "neighbour.py")
    body = "import neighbour\nreturn [neighbour.WORD, 0 < context.get_remaining_time_in_millis() <= 20000]"
    assert ran(tmp_path, body) == b'["beside it", true]'


def test_it_sees_nothing_of_the_users_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "the-users-own")
    monkeypatch.setenv("SOME_TOKEN", "the-users-own")
    told = ran(tmp_path, "import os\nreturn [dict(os.environ), os.getcwd(), os.path.expanduser('~')]").decode()
    assert "the-users-own" not in told
    assert str(Path.home()) not in told.replace(str(tmp_path), "")
    assert str(Path.cwd()) not in told


def test_boto3_finds_no_credentials_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "the-users-own")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "the-users-own")
    assert ran(tmp_path, "import boto3\nreturn boto3.Session().get_credentials() is None") == b"true"


def test_its_folder_is_its_own_and_gone_afterwards(tmp_path: Path) -> None:
    folder = Path(ran(tmp_path, "import os\nopen('left', 'w').close()\nreturn os.getcwd()").decode().strip('"'))
    assert not folder.exists()


def test_what_it_prints_reaches_nobody(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    body = "import os, sys\nprint('\\x1b[2J')\nsys.stderr.write('x')\nos.write(1, b'x')\nos.system('echo x')\nreturn 1"
    assert ran(tmp_path, body) == b"1"
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("raise ValueError('no \\x1b[2J\\nidea')", "ValueError: no [2J idea"),
        ("raise SystemExit(0)", "SystemExit: 0"),
        ("import os; os._exit(7)", "its process ended with 7"),
        ("import os; os.kill(os.getpid(), 9)", "its process ended with -9"),
        ("import os; os._exit(0)", "an answer that is not JSON"),
        ("return {1, 2}", "TypeError: Object of type set is not JSON serializable"),
        ("return 'x' * 7_000_000", "Lambda hands on 6291456"),
        ("return len(bytearray(3 << 30))", "MemoryError"),
        ("open('big', 'wb').write(b'x' * (65 << 20)); return 1", "OSError"),
        ("raise ValueError('x' * 100_000)", "ValueError: xxx"),
    ],
)
def test_what_goes_wrong_in_it_is_an_error_with_its_words_bounded(tmp_path: Path, body: str, said: str) -> None:
    with pytest.raises(HandlerFailed) as raised:
        ran(tmp_path, body)
    assert said in str(raised.value)
    assert len(str(raised.value)) <= 300
    assert str(raised.value).isprintable()


@pytest.mark.parametrize("content", ["this is no python", "import not_there_at_all", "raise SystemExit(3)", ""])
def test_a_file_without_such_a_function_is_an_error_too(tmp_path: Path, content: str) -> None:
    with pytest.raises(HandlerFailed):
        Handler(a_file(tmp_path, content)).answered(ASKED, timeout_s=20)


def test_it_ends_with_its_time_and_its_children_with_it(tmp_path: Path) -> None:
    pids = tmp_path / "pids"
    body = (
        "import os, subprocess, time\n"
        "child = subprocess.Popen(['sleep', '60'])\n"
        f"open({str(pids)!r}, 'w').write(f'{{os.getpid()}} {{child.pid}}')\n"
        "time.sleep(60)"
    )
    with pytest.raises(HandlerStopped):
        ran(tmp_path, body, timeout_s=1)
    assert all(ends(int(pid)) for pid in pids.read_text().split())


def test_what_it_leaves_running_ends_with_its_answer(tmp_path: Path) -> None:
    body = "import subprocess\nreturn subprocess.Popen(['sleep', '60']).pid"
    assert ends(int(ran(tmp_path, body)))


def test_all_that_run_are_stopped_when_nobody_waits_any_more(tmp_path: Path) -> None:
    pids, failed = tmp_path / "pids", threading.Event()
    body = f"import os, time\nopen({str(pids)!r}, 'w').write(str(os.getpid()))\ntime.sleep(60)"

    def run() -> None:
        with pytest.raises(HandlerFailed):
            ran(tmp_path, body, timeout_s=60)
        failed.set()

    threading.Thread(target=run, daemon=True).start()
    while not pids.exists() or not pids.read_text():
        time.sleep(0.01)
    stop_all()
    assert failed.wait(20)
    assert ends(int(pids.read_text()))


@pytest.mark.parametrize("text", ["", "nothing.py", "nothing.py:handler", "folder", ":", "agent.py:no name"])
def test_what_names_no_python_file_is_refused(tmp_path: Path, text: str) -> None:
    a_file(tmp_path, "")
    with pytest.raises(BadInput, match="no such Python file"):
        Handler.named(str(tmp_path / text))


def test_a_function_is_named_behind_the_file(tmp_path: Path) -> None:
    path = a_file(tmp_path, "")
    assert Handler.named(f"{path}:other") == Handler(path, "other")
    assert Handler.named(str(path)) == Handler(path, "handler")
