"""The report is rendered whole, then stored, then announced."""

import copy
import hashlib
import json
from dataclasses import replace
from typing import Any

import pytest

from tasks.shared_context import read_content
from tasks.steps.publish_report import handler
from tests.tasks.steps.heard import a_consolidated_review
from tests.tasks.worlds import SETTINGS, Json, a_clock, a_world, own_clients
from tests.workflows.events.schemas import assert_of_its_schema
from workflows.cost_review.answers import Reference
from workflows.cost_review.formats import FORMATS

pytestmark = pytest.mark.usefixtures("own_aws_of_the_module")
SUMMARY = {"answer": {"text": "All is well.", "written_by": "template"}}


class Announced:
    """Our own resources, with what was put on the bus."""

    def __init__(self) -> None:
        self.entries: list[Json] = []

    def __call__(self, service: str, region: str | None = None) -> Any:
        return self if service == "events" else own_clients()(service, region)

    def put_events(self, **parameters: Any) -> Any:
        self.entries += parameters["Entries"]
        return {"FailedEntryCount": 0, "Entries": [{}]}


@pytest.fixture(scope="module")
def consolidated(own_aws_of_the_module: None) -> Json:
    return a_consolidated_review(a_world().world)


@pytest.fixture
def event(consolidated: Json) -> Json:
    """What PublishReport gets, with nothing published yet."""
    for name in FORMATS:
        own_clients()("s3").delete_object(Bucket=SETTINGS.context_bucket, Key=f"reviews/review-1/{name}")
    return {**copy.deepcopy(consolidated), "summary": SUMMARY}


def publish(event: Json, own: Any = None, **world: Any) -> Json:
    made = a_world(**world).world
    return dict(handler.run(event, replace(made, own=own or made.own)))


def stored_names() -> set[str]:
    listed = own_clients()("s3").list_objects_v2(Bucket=SETTINGS.context_bucket, Prefix="reviews/review-1/")
    return {one["Key"].rpartition("/")[2] for one in listed.get("Contents", [])}


def stored(name: str) -> bytes:
    body = own_clients()("s3").get_object(Bucket=SETTINGS.context_bucket, Key=f"reviews/review-1/{name}")["Body"]
    content: bytes = body.read()
    return content


def test_the_report_is_stored_in_every_format_beside_what_it_was_made_from(event: Json) -> None:
    answer = publish(event)
    assert stored_names() == {*FORMATS, "consolidated.json"}
    report = json.loads(read_content(a_world().world, Reference.model_validate(answer["report"])))
    assert answer["report"]["key"] == "reviews/review-1/report.json"
    assert report["summary"] == {"text": "All is well.", "written_by": "template"}
    assert report["run"]["published_at"] == "2026-11-16T09:30:00+00:00"
    assert report["totals"] == answer["totals"]
    assert all(b"293.86" in stored(name) for name in ("report.json", "report.md", "report.html"))
    assert b"i-07c4e8b15da2f3962" in stored("report.csv")


def test_each_file_says_how_the_review_went_and_what_it_is(event: Json) -> None:
    publish(event)
    for name, one in FORMATS.items():
        head = own_clients()("s3").head_object(Bucket=SETTINGS.context_bucket, Key=f"reviews/review-1/{name}")
        assert head["ContentType"] == one.content_type
        assert (head["Metadata"]["status"], head["Metadata"]["as_of"]) == ("COMPLETE", "2026-11-16")


def test_the_event_holds_what_the_execution_ends_with(event: Json) -> None:
    own = Announced()
    answer = publish(event, own)
    (entry,) = own.entries
    assert (entry["Source"], entry["DetailType"]) == ("finops.supervisor", "Cost Review Completed")
    detail = json.loads(entry["Detail"])
    assert detail == {**answer, "schema": detail["schema"], "event_id": detail["event_id"]}
    assert_of_its_schema(detail, "cost-review-completed-1")
    assert (answer["review_id"], answer["status"], answer["gaps"]) == ("review-1", "COMPLETE", 0)


def test_publishing_twice_stores_the_same_report(event: Json) -> None:
    first = publish(event)
    before = {name: stored(name) for name in FORMATS}
    second = publish(event)
    assert {name: stored(name) for name in FORMATS} == before
    assert first["report"]["sha256"] == second["report"]["sha256"]


def test_only_the_run_knows_when_the_report_was_published(event: Json) -> None:
    reports = []
    for clock in (a_clock(), lambda: a_clock()().replace(year=2027)):
        publish(event, now=clock)
        reports.append(json.loads(stored("report.json")))
    runs = [report.pop("run") for report in reports]
    assert reports[0] == reports[1]
    assert runs[0]["published_at"] != runs[1]["published_at"]


def test_nothing_is_stored_or_announced_where_one_format_cannot_be_rendered(event: Json) -> None:
    content = json.loads(stored("consolidated.json"))
    del content["report"]["opportunities"]
    broken = json.dumps(content).encode()
    kept = own_clients()("s3").put_object(
        Bucket=SETTINGS.context_bucket, Key="reviews/review-1/consolidated.json", Body=broken
    )
    reference = Reference.model_validate(event["consolidated"]["answer"]["reference"])
    event["consolidated"]["answer"]["reference"] = a_reference_to(broken, reference, kept["VersionId"])
    own = Announced()
    with pytest.raises(Exception, match="opportunities"):
        publish(event, own)
    assert stored_names() == {"consolidated.json"}
    assert own.entries == []


def a_reference_to(content: bytes, like: Reference, version: str) -> Json:
    sha256 = hashlib.sha256(content).hexdigest()
    return like.model_copy(update={"sha256": sha256, "size": len(content), "version_id": version}).model_dump()


@pytest.mark.parametrize(
    "summary",
    [None, {}, {"gap": {"error": "States.Timeout", "cause": ""}}, {"answer": None}, {"answer": {"text": 7}}, []],
)
def test_a_report_without_a_summary_is_published_and_says_so(event: Json, summary: Any) -> None:
    publish({**event, "summary": summary})
    report = json.loads(stored("report.json"))
    assert report["summary"]["text"] == ""
    assert "could not be written" in report["summary"]["written_by"]
