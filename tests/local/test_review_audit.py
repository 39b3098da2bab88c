"""A review whose figures contradict themselves ends as failed, with the reasons and without a number."""

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from local.accounts import account_in_folder
from local.embedded_aws import BUCKET, Around, embedded_aws
from tasks.steps import consolidate_findings
from tests.local.runs import QUICK, execute, run, sample_review
from workflows.cost_review.consolidation import Consolidation, consolidate
from workflows.cost_review.coverage import Hearing
from workflows.cost_review.request import Review

A_MILLION = Decimal("1000000.00")


def lying(monkeypatch: pytest.MonkeyPatch, lie: Callable[[Consolidation], Consolidation]) -> Around:
    """The real functions, of which one draws another conclusion than the rules do."""

    def concludes(review: Review, hearings: Sequence[Hearing], *decided: Any) -> Consolidation:
        return lie(consolidate(review, hearings, *decided))

    def around(name: str, function: Callable[[Any], object]) -> Callable[[Any], object]:
        def answer(event: Any) -> object:
            with monkeypatch.context() as patched:
                patched.setattr(consolidate_findings, "consolidate", concludes)
                return function(event)

        return answer if name == "finops-consolidate-findings" else function

    return around


def a_million_more(told: Consolidation) -> Consolidation:
    """The headline of usage, raised; everything beneath it stays."""
    return replace(told, waterfalls=tuple(replace(one, unverified=A_MILLION) for one in told.waterfalls))


def counted_twice(told: Consolidation) -> Consolidation:
    """The biggest saving under a second id, with a headline that fits."""
    again = replace(told.ranked[0], opportunity_id="another")
    return replace(told, ranked=(again, *told.ranked))


@pytest.fixture(scope="module")
def report() -> dict[str, Any]:
    return sample_review().report


def test_the_sample_review_passes_its_audit(report: dict[str, Any]) -> None:
    assert report["status"] == "COMPLETE"
    assert (report["audit"]["passed"], report["audit"]["failures"]) == (True, [])


def test_the_sample_reviews_bridge_leads_from_the_hubs_total_to_ours(report: dict[str, Any]) -> None:
    bridge = report["bridge"]
    assert (bridge["theirs"], bridge["unexplained"], bridge["ours"]) == ("292.34", "0.00", "330.12")
    assert [(line["kind"], line["amount"]) for line in bridge["lines"]] == [
        ("other_figure", "24.82"),
        ("not_in_hub", "18.00"),
        ("resized", "-5.04"),
    ]


def test_the_sample_reviews_budget_breaks_on_its_day_and_nothing_brings_it_back(report: dict[str, Any]) -> None:
    impact = {one["name"]: one["impact"] for one in report["budgets"]}
    total = impact["monthly-total"]
    assert (total["outlook"], total["breaks_on"]) == ("CANNOT_BE_BROUGHT_BACK", "2026-11-28")
    # 293.86 a month for 15 days of 365/12, of 345.12 that are needed.
    assert (total["savings_in_period"], total["needed"], total["missing"]) == ("144.92", "345.12", "200.20")
    assert (impact["ec2-compute"]["outlook"], impact["ec2-compute"]["matching"]) == ("HOLDS", 2)
    assert impact["savings-plans-utilization"] is None


def test_a_review_of_a_part_has_no_bridge_and_says_why() -> None:
    part = run({"as_of": "2026-11-16", "scope": {"regions": ["us-east-1"]}}).report
    assert (part["bridge"]["theirs"], part["bridge"]["lines"]) == (None, [])
    assert "looks at a part of it" in part["bridge"]["reason"]
    assert part["audit"]["passed"]


@pytest.mark.parametrize(
    ("lie", "said"), [(a_million_more, "waterfalls: "), (counted_twice, "is counted 2 times")], ids=["sum", "twice"]
)
def test_a_consolidation_that_lies_is_published_as_failed_without_a_number(
    lie: Callable[[Consolidation], Consolidation], said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = account_in_folder(None)
    with embedded_aws(read.clients, read.settings, pace=QUICK, around=lying(monkeypatch, lie)) as aws:
        review = execute(aws, {"as_of": read.as_of.isoformat()})
        s3 = aws.clients("s3")
        listed = s3.list_objects_v2(Bucket=BUCKET, Prefix="reviews/review-1/")["Contents"]
        files = {one["Key"].rpartition("/")[2]: s3.get_object(Bucket=BUCKET, Key=one["Key"]) for one in listed}
        stored = {name: told["Body"].read().decode() for name, told in files.items()}
    assert (review.description["status"], review.description["error"]) == ("FAILED", "AuditFailed")
    assert said in review.description["cause"]
    assert review.entered[-2:] == ["RecordFailure", "ReviewFailed"]
    report = json.loads(stored["report.json"])
    assert (report["status"], report["totals"], report["opportunities"]) == ("FAILED", [], [])
    assert any(said in one for one in report["audit"]["failures"])
    assert {told["Metadata"]["status"] for name, told in files.items() if name.startswith("report")} == {"FAILED"}
    for name in ("report.json", "report.md", "report.html"):
        assert "failed its audit" in stored[name]
        assert not [figure for figure in ("293.86", "996.12", "36.26", "247.97", "2210.45") if figure in stored[name]]
    assert json.loads(stored["failure.json"])["error"] == "AuditFailed"
