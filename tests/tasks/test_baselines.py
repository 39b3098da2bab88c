"""What a published review leaves in the shared context, and which of it the next one compares itself with."""

from datetime import date, timedelta
from typing import Any

import pytest

from tasks.baselines import billed_as_before, last_review, store_baseline
from tests.tasks.worlds import NOW, SETTINGS, Json, a_clock, a_review, a_world, own_clients
from tests.workflows.reports import an_opportunity
from workflows.cost_review.request import Review, Scope

pytestmark = pytest.mark.usefixtures("own_aws")
ACCOUNT = "123456789012"


def a_published_report(review: Review, accounts: tuple[str, ...] = (ACCOUNT,)) -> Json:
    """As much of a report as a baseline takes from it."""
    return {
        "status": "COMPLETE",
        "review": {"as_of": review.as_of.isoformat()},
        "accounts": list(accounts),
        "opportunities": [],
        "coverage": [],
        "changes": None,
    }


def publish(name: str, *, day: int = 16, at: int = 0, **changed: Any) -> str:
    """Publishes a review of that day of November, so many minutes later; returns where its baseline lies."""
    review = a_review(review_id=name, as_of=date(2026, 11, day), **changed)
    world = a_world(now=a_clock(NOW + timedelta(minutes=at))).world
    return store_baseline(world, review, a_published_report(review)).key


def found_by(*, day: int = 17, accounts: tuple[str, ...] = (ACCOUNT,), **changed: Any) -> Any:
    review = a_review(**{"review_id": "tonight", "as_of": date(2026, 11, day), **changed})
    return last_review(a_world().world, review, accounts)


def test_the_first_review_finds_nothing_and_says_so() -> None:
    last = found_by()
    assert (last.baseline, last.reference) == (None, None)
    assert last.why_none == "No review of the same type, scope and accounts was published before."


def test_a_baseline_lies_where_the_shared_context_keeps_what_agents_share() -> None:
    key = publish("review-1")
    prefix, agent, kind, name = key.split("/")
    assert (prefix, agent, name) == ("agent-context", "supervisor", "20261116T093000.000000Z-review-1.json")
    assert kind.startswith("baseline-")


def test_the_newest_comparable_review_is_the_last_one() -> None:
    publish("review-1", day=14)
    newest = publish("review-2", day=15, at=5)
    last = found_by()
    assert (last.baseline.as_of, last.reference.key) == (date(2026, 11, 15), newest)


def test_the_reference_is_of_the_very_version_that_was_read() -> None:
    key = publish("review-1")
    last = found_by()
    stored = own_clients()("s3").get_object(Bucket=SETTINGS.context_bucket, Key=key)
    assert (last.reference.version_id, last.reference.size) == (stored["VersionId"], stored["ContentLength"])


def test_a_review_never_compares_itself_with_itself() -> None:
    """Its first try may have been published already when a step is tried again."""
    publish("tonight")
    assert found_by().baseline is None


def test_a_review_of_a_past_day_is_not_compared_with_later_ones() -> None:
    publish("review-1", day=10)
    publish("review-2", day=16, at=5)
    assert found_by(day=12).baseline.as_of == date(2026, 11, 10)
    none = found_by(day=9)
    assert (none.baseline, none.why_none) == (
        None,
        "No comparable review of 2026-11-09 or before is among the last ones.",
    )


def test_a_second_review_of_the_same_day_is_compared_with_the_first() -> None:
    publish("review-1", day=17)
    assert found_by(day=17).baseline.as_of == date(2026, 11, 17)


@pytest.mark.parametrize(
    "other",
    [
        {"analysis_type": "emergency"},
        {"analysis_type": "targeted", "scope": Scope(regions=("us-east-1",))},
        {"accounts": (ACCOUNT, "210987654321")},
    ],
    ids=["another type", "another scope", "other accounts"],
)
def test_a_review_that_looked_at_something_else_does_not_compare(other: Json) -> None:
    publish("review-1")
    assert found_by(**other).baseline is None


def test_what_a_folder_said_is_no_history_of_the_real_account() -> None:
    publish("review-1")
    review = a_review(review_id="tonight")
    assert last_review(a_world(responses_from="0123456789abcdef").world, review, (ACCOUNT,)).baseline is None


def test_what_a_source_named_before_is_spelled_as_the_bill_does_the_most_valuable_first() -> None:
    rows = [
        an_opportunity(opportunity_id="a", resource_id="i-a", savings="5.00", sources=["TrustedAdvisor"]),
        an_opportunity(
            opportunity_id="b", resource_id="i-b", savings="7.00", sources=["ComputeOptimizer", "TrustedAdvisor"]
        ),
        an_opportunity(opportunity_id="c", resource_id="i-c", savings="9.00", sources=["ComputeOptimizer"]),
        an_opportunity(opportunity_id="d", resource_id="", savings="9.00", sources=["TrustedAdvisor"]),
    ]
    exact = [{**one, "counted_monthly_savings_exact": one["counted_monthly_savings"]} for one in rows]
    last = a_review(review_id="review-1", as_of=date(2026, 11, 16))
    store_baseline(a_world().world, last, {**a_published_report(last), "opportunities": exact})
    tonight = a_review(review_id="tonight")
    assert billed_as_before(a_world().world, tonight, ACCOUNT, "TrustedAdvisor") == ("i-b", "i-a")
    assert billed_as_before(a_world().world, tonight, "210987654321", "TrustedAdvisor") == ()


def test_a_baseline_that_cannot_be_read_is_said_and_not_skipped_for_an_older_one() -> None:
    publish("review-1", day=14)
    newest = publish("review-2", day=15, at=5)
    own_clients()("s3").put_object(Bucket=SETTINGS.context_bucket, Key=newest, Body=b"rubbish")
    last = found_by()
    assert last.baseline is None
    assert last.why_none.startswith("What the last comparable review left cannot be read: agent-context/supervisor/")
    assert "was not stored here by an agent" in last.why_none


def test_a_context_that_cannot_be_listed_is_said() -> None:
    s3 = own_clients()("s3")
    for entry in s3.list_object_versions(Bucket=SETTINGS.context_bucket).get("Versions", []):
        s3.delete_object(Bucket=SETTINGS.context_bucket, Key=entry["Key"], VersionId=entry["VersionId"])
    review = a_review(review_id="tonight")
    last = last_review(a_world(context_bucket="no-such-bucket").world, review, (ACCOUNT,))
    assert "NoSuchBucket" in last.why_none
