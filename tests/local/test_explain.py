"""finops explain: the way from AWS's responses to the counted amount, proven on the stored evidence or not at all."""

import io
import json
import re
import shutil
from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from local.command_line import main
from local.commands.explain import print_explanation
from local.commands.history import reviews
from local.explaining import explained, nearest, opportunity_named
from local.state_folder import StateFolder, StoredObject
from tests.local.stored_reviews import changed_on_disk, review_into
from workflows.cost_review.audit.bill import line_of
from workflows.errors import BadInput

PROVEN, UNPROVEN, BAD_INPUT = 0, 1, 2
Json = dict[str, Any]


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    state = tmp_path_factory.mktemp("kept") / "state"
    review_into(state)
    return state


@pytest.fixture
def state(kept: Path, tmp_path: Path) -> Path:
    """A copy of it, to be changed."""
    return Path(shutil.copytree(kept, tmp_path / "state"))


@pytest.fixture(scope="module")
def report(kept: Path) -> Json:
    folder = StateFolder(kept)
    (files,) = reviews(folder).values()
    document: Json = json.loads(folder.content(files["report.json"]))
    return document


def of_resource(report: Json, resource: str) -> str:
    (found,) = [one["opportunity_id"] for one in report["opportunities"] if one["resource_id"] == resource]
    return str(found)


def explain(state: Path, capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    code = main(["explain", *arguments, "--state", str(state)])
    captured = capsys.readouterr()
    return code, captured.out, captured.err


def as_json(state: Path, capsys: pytest.CaptureFixture[str], named: str) -> tuple[int, Json]:
    code, out, _ = explain(state, capsys, named, "--json")
    document: Json = json.loads(out)
    return code, document


def test_every_opportunity_of_the_sample_account_is_proven(
    kept: Path, report: Json, capsys: pytest.CaptureFixture[str]
) -> None:
    assert len(report["opportunities"]) >= 12
    for one in report["opportunities"]:
        code, document = as_json(kept, capsys, one["opportunity_id"])
        assert (code, document["problems"]) == (PROVEN, []), one["resource_id"]
        proofs = [proof for said in document["said"] for proof in said["proofs"]]
        assert proofs
        assert all(proof["found"] == proof["raw"] for proof in proofs)


def test_each_source_is_told_with_its_operation_its_request_and_its_place(
    kept: Path, report: Json, capsys: pytest.CaptureFixture[str]
) -> None:
    code, document = as_json(kept, capsys, of_resource(report, "i-07c4e8b15da2f3962"))
    assert code == PROVEN
    parts = [(said["part"], said["source"], said["stated"]) for said in document["said"]]
    assert parts[0] == ("stands", "CostOptimizationHub", "95.89")
    assert ("duplicate", "CostExplorerRightsizing", "124.10") in parts
    (proof,) = document["said"][0]["proofs"]
    assert proof["operation"] == "cost-optimization-hub:ListRecommendations"
    assert proof["pointer"] == "/items/0/estimatedMonthlySavings"
    assert re.fullmatch(r"[0-9a-f-]{36}", proof["request_id"])


def test_the_deductions_lead_from_the_stated_to_the_counted_amount(
    kept: Path, report: Json, capsys: pytest.CaptureFixture[str]
) -> None:
    (commitment,) = [one for one in report["opportunities"] if one["optimization_type"] == "Rate"]
    code, document = as_json(kept, capsys, commitment["opportunity_id"])
    taken = sum(Decimal(one["amount"]) for one in document["deductions"])
    assert code == PROVEN
    assert (document["estimated_monthly_savings"], document["counted_monthly_savings"]) == ("41.30", "36.26")
    assert Decimal("41.30") - taken == Decimal("36.26")
    _, out, _ = explain(kept, capsys, commitment["opportunity_id"])
    assert re.search(r"-5\.04 +sized again: of ", out)


def test_the_beginning_of_an_id_is_enough(kept: Path, report: Json, capsys: pytest.CaptureFixture[str]) -> None:
    whole = of_resource(report, "i-07c4e8b15da2f3962")
    code, document = as_json(kept, capsys, whole[:8])
    assert (code, document["opportunity_id"]) == (PROVEN, whole)


def test_an_id_that_nobody_knows_is_answered_with_the_nearest(
    kept: Path, report: Json, capsys: pytest.CaptureFixture[str]
) -> None:
    whole = of_resource(report, "i-07c4e8b15da2f3962")
    mistyped = whole[:7] + ("0" if whole[7] != "0" else "1") + whole[8:]
    code, out, err = explain(kept, capsys, mistyped)
    assert (code, out) == (BAD_INPUT, "")
    assert f"the nearest are {whole} (i-07c4e8b15da2f3962)" in err


def test_a_beginning_that_fits_several_names_them() -> None:
    report = {"opportunities": [{"opportunity_id": "ab1"}, {"opportunity_id": "ab2"}]}
    with pytest.raises(BadInput, match=r"fits 2 opportunities \(ab1, ab2\)"):
        opportunity_named(report, "ab")


def test_an_id_that_begins_another_is_still_itself() -> None:
    report = {"opportunities": [{"opportunity_id": "ab"}, {"opportunity_id": "ab2"}]}
    assert opportunity_named(report, "ab")["opportunity_id"] == "ab"


@pytest.mark.parametrize(
    ("section", "said"),
    [
        (
            {"last_good": [{"opportunity_id": "ab", "last_seen": "2026-11-01", "sources_missing": "Hub: ERROR"}]},
            "only remembered",
        ),
        ({"changes": {"gone": [{"opportunity_id": "ab", "reason": "nobody names it"}]}}, "gone since the last review"),
        ({"changes": None}, "this review found none"),
    ],
)
def test_what_is_not_there_any_more_is_told_as_such(section: Json, said: str) -> None:
    with pytest.raises(BadInput, match=said):
        opportunity_named({"opportunities": [], **section}, "ab")


def test_the_nearest_ids_are_always_some() -> None:
    assert nearest("zzzz", ["0123", "4567"]) == ["0123", "4567"]


def test_a_value_that_is_another_one_now_is_told_loudly(
    state: Path, report: Json, capsys: pytest.CaptureFixture[str]
) -> None:
    changed_on_disk(state, "rightsizing-agent/evidence-collect/", lambda text: text.replace("95.89", "95.90"))
    named = of_resource(report, "i-07c4e8b15da2f3962")
    code, out, _ = explain(state, capsys, named)
    assert code == UNPROVEN
    assert "NOT PROVEN: /items/0/estimatedMonthlySavings was read as 95.89, and 95.9" in out
    _, document = as_json(state, capsys, named)
    assert document["proven"] is False
    assert any("its SHA-256 differs" in problem for problem in document["problems"])


def test_evidence_that_was_changed_elsewhere_is_told_too(
    state: Path, report: Json, capsys: pytest.CaptureFixture[str]
) -> None:
    """The value itself still stands there, but what surrounds it is not what was stored."""
    changed_on_disk(state, "budget-agent/evidence-collect/", lambda text: text + " ")
    code, document = as_json(state, capsys, of_resource(report, "i-07c4e8b15da2f3962"))
    assert code == UNPROVEN
    assert all(not proof["problem"] for said in document["said"] for proof in said["proofs"])


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda text: text.replace("estimatedMonthlySavings", "gone"), "leads nowhere"),
        (lambda text: text.replace('"request_id":"', '"request_id":"x'), "no stored response"),
        (lambda text: text[:50], "no stored response"),
    ],
    ids=["the member is missing", "the request is another one", "the document is cut off"],
)
def test_a_place_that_is_not_there_is_told(
    state: Path, report: Json, change: Any, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    changed_on_disk(state, "rightsizing-agent/evidence-collect/", change)
    code, document = as_json(state, capsys, of_resource(report, "i-07c4e8b15da2f3962"))
    assert code == UNPROVEN
    assert any(said in problem for problem in document["problems"])


def test_amounts_that_do_not_follow_from_each_other_are_told(kept: Path, report: Json) -> None:
    wrong = json.loads(json.dumps(report))
    wrong["opportunities"][0] |= {"counted_monthly_savings": "90.00", "counted_monthly_savings_exact": "90.00"}
    found = explained(StateFolder(kept), "review-1", wrong, wrong["opportunities"][0]["opportunity_id"])
    assert found.problems == ("95.89 is left of the stated amount after its deductions, and 90.00 is counted",)


def explained_as(kept: Path, report: Json, resource: str, change: Any) -> Sequence[str]:
    """What is not proven of the resource once the report was changed."""
    wrong = json.loads(json.dumps(report))
    named = of_resource(wrong, resource)
    change(wrong, next(one for one in wrong["opportunities"] if one["opportunity_id"] == named))
    return explained(StateFolder(kept), "review-1", wrong, named).problems


INSTANCE = "i-07c4e8b15da2f3962"


def test_another_amount_than_its_place_holds_is_not_proven(kept: Path, report: Json) -> None:
    def change(_: Json, one: Json) -> None:
        for holder, name in ((one, "counted"), (one["said_by"][0], "estimated")):
            holder |= {f"{name}_monthly_savings": "9999.00", f"{name}_monthly_savings_exact": "9999.00"}
        one["estimated_monthly_savings"] = "9999.00"

    found = explained_as(kept, report, INSTANCE, change)
    assert "CostOptimizationHub: it states 9999.00, and none of its places holds that amount" in found


def test_a_place_that_holds_something_else_proves_no_amount(kept: Path, report: Json) -> None:
    def change(_: Json, one: Json) -> None:
        (pointer,) = one["said_by"][0]["evidence"]
        pointer |= {"pointer": "/items/0/resourceId", "raw": INSTANCE}

    assert explained_as(kept, report, INSTANCE, change) == (
        "CostOptimizationHub: it states 95.89, and none of its places holds that amount",
    )


def backed(report: Json) -> tuple[str, int]:
    """A resource that the bill verifies, and its place there."""
    places = {one["resource_key"]: at for at, one in enumerate(report["bill"]["resources"])}
    return next(
        (one["resource_id"], places[key])
        for one in report["opportunities"]
        if one["verified"] and one["optimization_type"] == "Usage" and (key := line_of(one)) in places
    )


def test_what_the_bill_backs_is_added_up_again_line_by_line(
    kept: Path, report: Json, capsys: pytest.CaptureFixture[str]
) -> None:
    resource, at = backed(report)
    _, document = as_json(kept, capsys, of_resource(report, resource))
    added = {(one["what"], one["figure"]): one for one in document["bill"]}
    row = report["bill"]["resources"][at]
    one = added[row["resource_key"], "effective_cost"]
    assert Decimal(one["added"]) == Decimal(row["effective_cost_exact"]) == sum(Decimal(x["raw"]) for x in one["lines"])
    assert one["number_of_lines"] == len(one["lines"]) > 6
    assert one["lines"][0]["operation"] == "ce:GetCostAndUsageWithResources"
    assert {figure for _, figure in added} >= {"previous_month", "last_7_days", "month_to_date_effective"}
    _, out, _ = explain(kept, capsys, of_resource(report, resource))
    assert "lines of the stored bill come to" in out.replace("\n", " ")


def test_a_cost_that_the_lines_do_not_come_to_is_not_proven(kept: Path, report: Json) -> None:
    resource, at = backed(report)

    def change(wrong: Json, _: Json) -> None:
        wrong["bill"]["resources"][at]["effective_cost_exact"] = "450"

    assert any("is 450, and its" in one for one in explained_as(kept, report, resource, change))


def test_a_cap_that_takes_450_too_much_is_not_proven(kept: Path, report: Json) -> None:
    resource, _ = backed(report)

    def change(_: Json, one: Json) -> None:
        name, stated = "estimated_monthly_savings", one["said_by"][0]
        more = str(Decimal(stated[f"{name}_exact"]) + 450)
        stated |= {f"{name}_exact": more, name: more}
        one[name] = more
        one["deductions"].append({"step": "capped", "amount": "450.00", "amount_exact": "450", "reason": ""})

    found = explained_as(kept, report, resource, change)
    assert any("is capped by more than the bill asks for" in one for one in found)


def test_what_is_verified_without_a_line_of_the_bill_is_not_proven(kept: Path, report: Json) -> None:
    resource, at = backed(report)
    found = explained_as(kept, report, resource, lambda wrong, _: wrong["bill"]["resources"].pop(at))
    assert any("the bill does not tell a week of its resource" in one for one in found)


def test_what_people_decided_is_told(kept: Path, report: Json) -> None:
    decided = json.loads(json.dumps(report))
    decision = {"state": "accepted", "by": "anna", "at": "2026-11-15", "why": "agreed", "until": None}
    decided["opportunities"][0]["decision"] = decision
    shown = on_a_terminal(
        explained(StateFolder(kept), "review-1", decided, decided["opportunities"][0]["opportunity_id"])
    )
    assert "accepted, by anna on 2026-11-15: agreed" in "\n".join(shown)


@pytest.mark.parametrize("width", [80, 200])
def test_it_fits_the_terminal_and_loses_nothing(kept: Path, report: Json, width: int) -> None:
    found = explained(StateFolder(kept), "review-1", report, of_resource(report, "i-07c4e8b15da2f3962"))
    shown = on_a_terminal(found, width)
    assert max(map(len, shown)) <= width
    together = "".join(line.strip() for line in shown).replace(" ", "")
    for said in found.said:
        for proof in said.proofs:
            assert proof.pointer in together
            assert proof.request_id in together


def test_what_aws_wrote_cannot_speak_to_the_terminal(kept: Path, report: Json) -> None:
    hostile = json.loads(json.dumps(report))
    hostile["opportunities"][0]["resource_name"] = "\x1b[2J[red]x[/red]"
    found = explained(StateFolder(kept), "review-1", hostile, hostile["opportunities"][0]["opportunity_id"])
    shown = "\n".join(on_a_terminal(found))
    assert "\x1b" not in shown
    assert "[red]x[/red]" in shown


def on_a_terminal(found: Any, width: int = 80) -> Sequence[str]:
    out = io.StringIO()
    print_explanation(Console(file=out, width=width, no_color=True), found)
    return out.getvalue().splitlines()


def test_a_review_that_nobody_ran_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, _, err = explain(tmp_path / "empty", capsys, "ab")
    assert code == BAD_INPUT
    assert "no review was run here yet" in err


def test_the_last_review_is_the_last_published_one(
    state: Path, report: Json, capsys: pytest.CaptureFixture[str]
) -> None:
    """A failed one found nothing to explain, and nothing to make again."""
    folder = StateFolder(state)
    before = folder.read()
    failure = StoredObject(
        key="reviews/failed/failure.json",
        version_id="1",
        sha256=folder.add_content(b"{}"),
        modified=datetime(2030, 1, 1, tzinfo=UTC),
        content_type="application/json",
        metadata={},
    )
    folder.replace(before.model_copy(update={"objects": (*before.objects, failure)}))
    named = of_resource(report, "i-07c4e8b15da2f3962")
    assert as_json(state, capsys, named)[0] == PROVEN
    code, _, err = explain(state, capsys, named, "--review", "failed")
    assert (code, "found nothing to explain" in err) == (BAD_INPUT, True)
    assert main(["replay", "failed", "--state", str(state)]) == BAD_INPUT
    assert "failed before it came to a report" in capsys.readouterr().err
