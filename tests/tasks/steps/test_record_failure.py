"""Why a review ended without a report is kept and announced in our own words."""

import json
from dataclasses import replace
from typing import Any

import pytest

from tasks.steps.record_failure import handler
from tests.tasks.steps.test_publish_report import Announced
from tests.tasks.worlds import SETTINGS, Json, a_world, own_clients
from tests.workflows.events.schemas import assert_of_its_schema

pytestmark = pytest.mark.usefixtures("own_aws")


def record(failure: Any = None, *, state: Any = None, own: Any = None) -> Json:
    event = {
        "state": {"failure": failure} if state is None else state,
        "execution": {"name": "review-1", "started_at": "2026-11-16T09:00:00Z"},
    }
    world = a_world().world
    return dict(handler.run(event, replace(world, own=own or world.own)))


def stored() -> Any:
    return own_clients()("s3").get_object(Bucket=SETTINGS.context_bucket, Key="reviews/review-1/failure.json")


def test_the_failure_is_kept_with_the_review_and_told_to_the_execution() -> None:
    cause = json.dumps({"errorMessage": "No agent gave a valid answer.", "errorType": "NoEvidence", "stackTrace": []})
    answer = record({"Error": "NoEvidence", "Cause": cause})
    assert answer == {"error": "NoEvidence", "cause": "No agent gave a valid answer."}
    kept = stored()
    assert json.loads(kept["Body"].read()) == {
        "review_id": "review-1",
        "started_at": "2026-11-16T09:00:00Z",
        "failed_at": "2026-11-16T09:30:00+00:00",
        **answer,
    }
    assert kept["Metadata"]["status"] == "FAILED"


@pytest.mark.parametrize(
    ("error", "own_name"),
    [
        ("States.Timeout", "StepTimeout"),
        ("States.DataLimitExceeded", "StepDataLimitExceeded"),
        ("Lambda.Unknown", "Lambda.Unknown"),
        ("NoEvidence", "NoEvidence"),
    ],
)
def test_an_error_of_step_functions_gets_a_name_of_ours(error: str, own_name: str) -> None:
    assert record({"Error": error, "Cause": ""})["error"] == own_name


@pytest.mark.parametrize("cause", ["x" * 30_000, json.dumps({"errorMessage": "x" * 30_000})])
def test_a_long_cause_is_cut(cause: str) -> None:
    assert record({"Error": "Oops", "Cause": cause})["cause"] == "x" * 300


@pytest.mark.parametrize("state", [{}, {"failure": None}, {"failure": {}}, {"failure": {"Error": None, "Cause": None}}])
def test_a_failure_without_words_is_recorded_all_the_same(state: Json) -> None:
    assert record(state=state) == {"error": "Unknown", "cause": "No cause was given."}


def test_the_failure_is_announced() -> None:
    own = Announced()
    record({"Error": "NoEvidence", "Cause": "Nobody."}, own=own)
    (entry,) = own.entries
    assert (entry["Source"], entry["DetailType"]) == ("finops.supervisor", "Cost Review Failed")
    detail = json.loads(entry["Detail"])
    assert (detail["review_id"], detail["error"], detail["cause"]) == ("review-1", "NoEvidence", "Nobody.")
    assert_of_its_schema(detail, "cost-review-failed-1")
