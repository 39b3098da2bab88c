"""finops doctor: what can be read now, why not, and the exact remedy, without paying or writing."""

import json
import re
from collections.abc import Iterator, Mapping
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from botocore.awsrequest import AWSResponse

from local.accounts import account_in_folder
from local.command_line import main
from local.commands.doctor import diagnoses
from local.read_only import operation_named_by
from tasks.agents import AGENTS
from tests.local.account_variants import (
    HUB_NOT_ENROLLED,
    NO_NEW_API,
    NO_PLAN,
    OPTIMIZER_NOT_ENROLLED,
    VARIANTS,
    Answer,
    an_account_folder,
    refusal,
)

ALL_READABLE, BAD_INPUT, SOME_NOT = 0, 2, 3
ONLY_NEW_API = {asked: told for asked, told in NO_PLAN.items() if asked not in NO_NEW_API}
NOT_ALLOWED = "User: arn:aws:sts::123456789012:assumed-role/r/s is not authorized to perform: "
Rows = dict[tuple[str, str], dict[str, Any]]


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("POWERTOOLS_LOG_LEVEL", "CRITICAL")
    return tmp_path


def _diagnosed(here: Path, capsys: pytest.CaptureFixture[str], instead: Mapping[str, Answer]) -> tuple[int, Rows]:
    """The exit code, and the rows of --json by source and region."""
    folder = an_account_folder(here / "account", instead)
    code = main(["doctor", "--account", str(folder), "--json"])
    rows = json.loads(capsys.readouterr().out)
    return code, {(row["source"], row["region"]): row for row in rows}


def test_a_healthy_account_is_readable_in_every_source_and_region(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, rows = _diagnosed(here, capsys, {})
    assert code == ALL_READABLE
    assert {source for source, _ in rows} == {source for spec in AGENTS for source in spec.sources}
    assert {region for source, region in rows if source == "ComputeOptimizer"} == {"us-east-1", "eu-west-1"}
    assert not [row for row in rows.values() if row["readable"] is False]


@pytest.mark.parametrize(
    ("instead", "source", "state", "remedy"),
    [
        (HUB_NOT_ENROLLED, "CostOptimizationHub", "NOT_ENROLLED", "Cost Optimization Hub"),
        (OPTIMIZER_NOT_ENROLLED, "ComputeOptimizer", "NOT_ENROLLED", "Compute Optimizer"),
        (NO_PLAN, "TrustedAdvisorLegacy", "NO_SUPPORT_PLAN", "Business Support+"),
        (
            {"budgets:DescribeBudgets": refusal("AccessDeniedException", "No.")},
            "Budgets",
            "DENIED",
            "budgets:ViewBudget",
        ),
        (
            {
                "compute-optimizer:GetEnrollmentStatus": refusal(
                    "AccessDeniedException", f"{NOT_ALLOWED}compute-optimizer:GetEnrollmentStatus"
                )
            },
            "ComputeOptimizer",
            "DENIED",
            "compute-optimizer:GetEnrollmentStatus",
        ),
    ],
)
def test_what_cannot_be_read_is_named_with_its_remedy(
    here: Path,
    capsys: pytest.CaptureFixture[str],
    instead: Mapping[str, Answer],
    source: str,
    state: str,
    remedy: str,
) -> None:
    code, rows = _diagnosed(here, capsys, instead)
    row = rows[source, "us-east-1"]
    assert code == SOME_NOT
    assert (row["state"], row["readable"]) == (state, False)
    assert remedy in row["remedy"]
    assert row["detail"]


def _denied(*operations: str) -> Mapping[str, Answer]:
    because = "because no identity-based policy allows it"
    return {one: refusal("AccessDeniedException", f"{NOT_ALLOWED}{one} {because}") for one in operations}


@pytest.mark.parametrize(
    ("source", "operation"),
    [
        ("CostOptimizationHub", "cost-optimization-hub:ListRecommendations"),
        ("ComputeOptimizer", "compute-optimizer:GetAutoScalingGroupRecommendations"),
        ("ComputeOptimizer", "compute-optimizer:GetEBSVolumeRecommendations"),
        ("ComputeOptimizer", "compute-optimizer:GetEC2InstanceRecommendations"),
        ("ComputeOptimizer", "compute-optimizer:GetECSServiceRecommendations"),
        ("ComputeOptimizer", "compute-optimizer:GetIdleRecommendations"),
        ("ComputeOptimizer", "compute-optimizer:GetLambdaFunctionRecommendations"),
        ("ComputeOptimizer", "compute-optimizer:GetRDSDatabaseRecommendations"),
    ],
)
def test_a_list_that_may_not_be_read_shows_although_the_enrolment_may(
    here: Path, capsys: pytest.CaptureFixture[str], source: str, operation: str
) -> None:
    code, rows = _diagnosed(here, capsys, _denied(operation))
    row = rows[source, "us-east-1"]
    assert code == SOME_NOT
    assert (row["state"], row["readable"]) == ("DENIED", False)
    assert row["remedy"] == f"Allow {operation} for the role that runs this."


def test_all_lists_that_may_not_be_read_are_named_together(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    missing = [f"compute-optimizer:Get{kind}Recommendations" for kind in ("EBSVolume", "ECSService")]
    _, rows = _diagnosed(here, capsys, _denied(*missing))
    told = rows["ComputeOptimizer", "us-east-1"]["remedy"]
    assert told == f"Allow {missing[0]} and {missing[1]} for the role that runs this."


@pytest.mark.parametrize(
    ("new", "legacy"),
    [
        ("ListRecommendationResources", "DescribeTrustedAdvisorCheckResult"),
        ("ListRecommendations", "DescribeTrustedAdvisorCheckSummaries"),
        ("ListChecks", "DescribeTrustedAdvisorChecks"),
    ],
)
def test_each_list_of_trusted_advisors_two_apis_is_tried(
    here: Path, capsys: pytest.CaptureFixture[str], new: str, legacy: str
) -> None:
    denied = (f"trustedadvisor:{new}", f"support:{legacy}")
    code, rows = _diagnosed(here, capsys, _denied(*denied))
    assert code == SOME_NOT
    for source, operation in zip(("TrustedAdvisor", "TrustedAdvisorLegacy"), denied, strict=True):
        row = rows[source, "us-east-1"]
        assert (row["state"], row["remedy"]) == ("DENIED", f"Allow {operation} for the role that runs this.")


def test_a_check_out_of_service_says_nothing_of_the_legacy_api(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Its checks answer one by one: the first may be retired while the others can be read."""
    answers = 0

    def once(request: Any, **_: Any) -> Any:
        nonlocal answers
        answers += 1
        body = json.dumps({"__type": "InvalidParameterValueException", "message": "Unknown ID: x"}).encode()
        headers: Any = {"x-amzn-errortype": "InvalidParameterValueException"}
        return AWSResponse(request.url, 400, headers, _Raw(body)) if answers == 1 else None

    account = account_in_folder(an_account_folder(here / "account", NO_NEW_API))
    refuse: Any = once
    account.session.events.register_first("before-send.support.DescribeTrustedAdvisorCheckResult", refuse)
    (legacy,) = [row for row in diagnoses(account) if row.source == "TrustedAdvisorLegacy"]
    assert (answers, legacy.readable) == (2, True)


class _Raw(BytesIO):
    def stream(self, *_: Any, **__: Any) -> Iterator[bytes]:
        yield self.read()


@pytest.mark.parametrize(
    ("instead", "answers", "refuses", "remedy"),
    [
        (NO_NEW_API, "TrustedAdvisorLegacy", "TrustedAdvisor", "trustedadvisor:ListRecommendations"),
        (ONLY_NEW_API, "TrustedAdvisor", "TrustedAdvisorLegacy", "Business Support+"),
    ],
)
def test_one_of_trusted_advisors_two_apis_is_enough(
    here: Path,
    capsys: pytest.CaptureFixture[str],
    instead: Mapping[str, Answer],
    answers: str,
    refuses: str,
    remedy: str,
) -> None:
    """A review of such an account is complete, so the diagnosis is not alarmed; the remedy is told all the same."""
    code, rows = _diagnosed(here, capsys, instead)
    one, other = rows[answers, "us-east-1"], rows[refuses, "us-east-1"]
    assert code == ALL_READABLE
    assert (one["state"], one["readable"]) == ("AVAILABLE", True)
    assert (other["state"], other["readable"]) == ("NOT_NEEDED", None)
    assert other["detail"].startswith(f"{answers} answered instead. ")
    assert remedy in other["remedy"]


@pytest.mark.parametrize("variant", VARIANTS)
def test_what_cannot_be_read_has_a_remedy_in_every_kind_of_account(
    here: Path, capsys: pytest.CaptureFixture[str], variant: str
) -> None:
    code, rows = _diagnosed(here, capsys, VARIANTS[variant])
    unreadable = [row for row in rows.values() if row["readable"] is False]
    assert not [row for row in unreadable if not (row["detail"] and row["remedy"])]
    assert code == (SOME_NOT if unreadable else ALL_READABLE)


def test_what_could_only_be_found_out_by_paying_is_unknown_and_not_readable(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _, rows = _diagnosed(here, capsys, {})
    cost_explorer = rows["CostExplorer", "us-east-1"]
    assert (cost_explorer["state"], cost_explorer["readable"]) == ("NOT_PROBED", None)
    assert "paid" in cost_explorer["detail"]


def test_a_diagnosis_pays_nothing_and_writes_nothing(here: Path) -> None:
    account = account_in_folder(None)
    asked: list[str] = []
    account.session.events.register_first(
        "before-call", lambda event_name, **_: asked.append(operation_named_by(event_name))
    )
    assert diagnoses(account)
    assert "trustedadvisor:ListRecommendations" in asked
    assert not [operation for operation in asked if operation.startswith("ce:")]
    assert not list(here.iterdir())


def test_the_table_says_what_to_do(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = an_account_folder(here / "account", HUB_NOT_ENROLLED)
    assert main(["doctor", "--account", str(folder)]) == SOME_NOT
    told = " ".join(capsys.readouterr().out.split())
    assert "What can be read of sample (123456789012, authored)" in told
    assert "CostOptimizationHub us-east-1 not enrolled" in told
    assert re.search(r"\b1 of \d+ cannot be read now\. 9 are paid for and were not asked", told)


def test_a_folder_that_is_no_account_is_bad_input(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["doctor", "--account", "nowhere"]) == BAD_INPUT
    assert "no such folder" in capsys.readouterr().err


def test_a_profile_that_does_not_exist_is_bad_input(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["doctor", "--profile", "no-such-profile"]) == BAD_INPUT
    assert "there is no such profile" in capsys.readouterr().err
