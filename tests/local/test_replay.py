"""finops replay: every stored review can be made again, and whatever was changed since is told by its place."""

import json
import shutil
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from local.command_line import main
from local.replaying import analyses, copied_of, first_difference
from local.state_folder import StateFolder
from tasks import shared_context
from tasks.agents import AGENTS
from tests.local.stored_reviews import changed_on_disk, review_into

SAME, DIFFERS, BAD_INPUT = 0, 1, 2
Json = dict[str, Any]


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A state folder with two reviews; the second one compares itself with the first."""
    state = tmp_path_factory.mktemp("kept") / "state"
    review_into(state)
    review_into(state, "2026-11-17")
    return state


@pytest.fixture
def state(kept: Path, tmp_path: Path) -> Path:
    """A copy of it, to be changed."""
    return Path(shutil.copytree(kept, tmp_path / "state"))


def ids(state: Path) -> list[str]:
    """The reviews' ids, oldest first."""
    return sorted({one.split("/")[1] for one in keys(state) if one.startswith("reviews/")})


def replayed(state: Path, capsys: pytest.CaptureFixture[str], review: str = "latest") -> tuple[int, Json]:
    code = main(["replay", review, "--state", str(state), "--json"])
    document: Json = json.loads(capsys.readouterr().out)
    return code, document


def differing(document: Json) -> dict[str, str]:
    return {one["what"]: one["where"] for one in document["documents"] if not one["same"]}


@pytest.mark.parametrize("number", [0, 1], ids=["the first review", "one that has a review before it"])
def test_a_review_that_is_made_again_is_the_same_in_every_byte(
    kept: Path, number: int, capsys: pytest.CaptureFixture[str]
) -> None:
    code, document = replayed(kept, capsys, ids(kept)[number])
    assert (code, document["same"], document["damaged"]) == (SAME, True, {})
    made = {one["what"] for one in document["documents"]}
    agents = ("trusted-advisor-agent", "cost-explorer-agent", "rightsizing-agent", "budget-agent")
    assert {f"findings of {agent}" for agent in agents} < made
    assert {"consolidated.json", "report.json", "report.md", "report.csv", "report.html"} < made


def test_a_review_whose_evidence_lies_there_compressed_is_made_again_and_explained(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(shared_context, "COMPRESSED_FROM_BYTES", 1)
    state = tmp_path / "state"
    report = json.loads(review_into(state).files["report.json"])
    contexts = [one for one in StateFolder(state).read().objects if one.key.startswith("agent-context/")]
    compressed = {one.key for one in contexts if one.content_encoding == "gzip"}
    assert any("/evidence-collect/" in key for key in compressed)
    assert any("/supervisor/baseline-" in key for key in compressed)
    code, document = replayed(state, capsys)
    assert (code, document["same"], document["damaged"]) == (SAME, True, {})
    assert main(["explain", report["opportunities"][0]["opportunity_id"], "--state", str(state)]) == SAME


def test_a_replay_changes_nothing_and_reads_no_account(kept: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = {path: path.read_bytes() for path in kept.rglob("*") if path.is_file()}
    replayed(kept, capsys)
    assert {path: path.read_bytes() for path in kept.rglob("*") if path.is_file()} == before


def test_one_cent_of_changed_evidence_is_found_where_it_shows(state: Path, capsys: pytest.CaptureFixture[str]) -> None:
    review = ids(state)[1]
    key = changed_on_disk(state, evidence_of(state, review), a_cent_more)
    code, document = replayed(state, capsys, review)
    assert code == DIFFERS
    assert list(document["damaged"]) == [key]
    where = differing(document)
    assert where["findings of rightsizing-agent"].startswith("$.recommendations[")
    assert where["report.json"].startswith("$.")
    assert "findings of trusted-advisor-agent" not in where
    (found,) = [one for one in document["documents"] if one["what"] == "findings of rightsizing-agent"]
    assert Decimal(json.loads(found["now"])) - Decimal(json.loads(found["was"])) == Decimal("0.01")


def a_cent_more(text: str) -> str:
    return text.replace("95.89", "95.90", 1)


def evidence_of(state: Path, review: str) -> str:
    """The key of what the rightsizing agent collected for the review."""
    (key,) = [one for one in keys(state) if "rightsizing-agent/evidence-collect/" in one and review in one]
    return key


def keys(state: Path) -> list[str]:
    return [one["key"] for one in json.loads((state / "state.json").read_text())["objects"]]


def test_people_are_told_the_same_in_words(state: Path, capsys: pytest.CaptureFixture[str]) -> None:
    review = ids(state)[1]
    assert main(["replay", review, "--state", str(state)]) == SAME
    assert "in every byte" in capsys.readouterr().out
    changed_on_disk(state, evidence_of(state, review), a_cent_more)
    assert main(["replay", review, "--state", str(state)]) == DIFFERS
    said = capsys.readouterr().out
    assert "its SHA-256 differs" in said
    assert "DIFFERS  findings of rightsizing-agent at $.recommendations[" in said


def test_what_is_only_copied_is_told_beside_what_was_made_again(kept: Path, capsys: pytest.CaptureFixture[str]) -> None:
    review = ids(kept)[1]
    _, document = replayed(kept, capsys, review)
    assert document["copied"] == ["run (the run's own ids, times and cost)"]
    main(["replay", review, "--state", str(kept)])
    told = capsys.readouterr().out
    assert "copied   run (the run's own ids, times and cost): not made again" in told
    assert "Same     in every byte. Of what was copied that proves nothing." in told


def test_a_summary_that_a_model_wrote_is_told_as_copied() -> None:
    by_model = {"summary": {"text": "Save 12.00 USD.", "written_by": "model"}}
    assert copied_of(by_model)[0] == "summary (written by model)"


@pytest.mark.parametrize("name", ["report.json", "report.md", "report.csv", "report.html", "consolidated.json"])
def test_a_result_that_was_changed_is_told(state: Path, name: str, capsys: pytest.CaptureFixture[str]) -> None:
    review = ids(state)[1]
    key = changed_on_disk(state, f"reviews/{review}/{name}", lambda text: text.replace("95.89", "95.88", 1))
    code, document = replayed(state, capsys, review)
    assert (code, list(document["damaged"])) == (DIFFERS, [key])
    assert name in differing(document)


def test_a_changed_baseline_shows_in_what_changed_since(state: Path, capsys: pytest.CaptureFixture[str]) -> None:
    first, second = ids(state)
    (baseline,) = [one for one in keys(state) if "/supervisor/baseline-" in one and first in one]
    changed_on_disk(state, baseline, lambda text: text.replace('"counted":"95.89"', '"counted":"90.00"', 1))
    code, document = replayed(state, capsys, second)
    assert (code, list(document["damaged"])) == (DIFFERS, [baseline])
    assert differing(document)["report.json"].startswith("$.changes.")


def test_evidence_that_cannot_be_read_any_more_is_told_and_the_rest_is_made(
    state: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    review = ids(state)[1]
    changed_on_disk(state, evidence_of(state, review), lambda text: text[:100])
    code, document = replayed(state, capsys, review)
    assert code == DIFFERS
    (found,) = [one for one in document["documents"] if not one["same"]]
    assert (found["what"], found["where"]) == ("findings of rightsizing-agent", "$")
    assert found["now"].startswith("InvalidContent: Stored content is no finops.evidence/1")


def test_a_review_that_nobody_knows_is_refused(kept: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["replay", "nothing", "--state", str(kept)]) == BAD_INPUT
    assert "no review is called 'nothing'" in capsys.readouterr().err


def test_the_order_of_the_analyses_is_that_of_the_definition() -> None:
    order = [one.spec.key for one in analyses()]
    assert sorted(order) == sorted(spec.key for spec in AGENTS)
    assert order.index("trusted_advisor") < order.index("cost_explorer") < order.index("rightsizing")
    built = {one.spec.key: set(one.builds_on) for one in analyses()}
    assert built["cost_explorer"] == {"trusted_advisor", "named_resource_spend"}


@pytest.mark.parametrize(
    ("was", "now", "found"),
    [
        ({"a": [1, {"b": "x"}]}, {"a": [1, {"b": "y"}]}, ("$.a[1].b", '"x"', '"y"')),
        ({"a": 1}, {"a": 1, "b": 2}, ("$.b", '"nothing"', "2")),
        ([1, 2], [1], ("$", "2 items", "1 items")),
        ({"a": None}, {"a": "0.00"}, ("$.a", "null", '"0.00"')),
        ({"a": 1}, {"a": True}, ("$.a", "1", "true")),
        ({"a": [1]}, {"a": [1]}, None),
    ],
)
def test_the_first_difference_is_told_by_its_path(was: object, now: object, found: object) -> None:
    assert first_difference(was, now) == found
