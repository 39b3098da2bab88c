"""What a review leaves to the next: a small document, and how the next one reads it."""

import json
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from tests.workflows.builders import a_review
from tests.workflows.reports import a_coverage_row, a_report, an_opportunity, an_unknown_opportunity
from workflows.cost_review.baseline import baseline_bytes, baseline_from, comparable_key, unheard_in
from workflows.cost_review.report.changes import Before, with_changes
from workflows.errors import InvalidContent

KEY = "0123456789abcdef"
HUB, OPTIMIZER = "CostOptimizationHub", "ComputeOptimizer"
ADVISOR, LEGACY = "TrustedAdvisor", "TrustedAdvisorLegacy"
Json = dict[str, Any]


def a_night(*opportunities: Json, day: int = 16, **changed: Any) -> Json:
    """A report as it is before anybody compares it."""
    exact = [{**one, "counted_monthly_savings_exact": one["counted_monthly_savings"]} for one in opportunities]
    report = a_report(opportunities=exact, remarks=[], **changed)
    return {**report, "review": {**report["review"], "as_of": f"2026-11-{day:02d}"}}


def the_next(last: Json, *opportunities: Json, day: int = 17, **changed: Any) -> Json:
    """The report of the following night, compared with what the last one left."""
    baseline = baseline_from(baseline_bytes(last, KEY), KEY)
    return with_changes(a_night(*opportunities, day=day, **changed), Before(baseline))


def missing(source: str = OPTIMIZER) -> Json:
    return a_coverage_row(source=source, state="ERROR", detail="It hangs.", remedy="Wait.", is_gap=True)


def test_a_report_comes_back_from_its_baseline_exactly() -> None:
    report = a_night(an_opportunity(savings="70.08"), an_unknown_opportunity(opportunity_id="b"))
    baseline = baseline_from(baseline_bytes(report, KEY), KEY)
    one, other = baseline.seen
    assert (one.counted, one.estimated, one.sources) == (Decimal("70.08"), Decimal("70.08"), (OPTIMIZER,))
    assert (other.estimated, other.amount, other.not_counted) == (None, None, "unknown_savings")
    assert baseline.as_of == one.last_seen == date(2026, 11, 16)


def test_a_baseline_is_a_fraction_of_its_report() -> None:
    report = a_night(*(an_opportunity(opportunity_id=str(number)) for number in range(100)))
    assert len(baseline_bytes(report, KEY)) < len(json.dumps(report)) / 2


@pytest.mark.parametrize(
    "content", [b"", b"null", b"{}", b"\xff", b'{"comparable":"0123456789abcdef","baseline":{"as_of":"x"}}']
)
def test_what_is_no_baseline_is_refused(content: bytes) -> None:
    with pytest.raises(InvalidContent, match=r"finops\.baseline/1"):
        baseline_from(content, KEY)


def test_a_baseline_of_reviews_that_do_not_compare_is_refused() -> None:
    with pytest.raises(InvalidContent, match="do not compare"):
        baseline_from(baseline_bytes(a_night(), KEY), "another")


def test_comparable_reviews_share_a_key_whatever_the_order_of_their_scope() -> None:
    one = a_review(scope={"regions": ["us-east-1", "eu-west-1"]}, analysis_type="targeted")
    other = a_review(scope={"regions": ["eu-west-1", "us-east-1"]}, analysis_type="targeted", review_id="review-2")
    assert comparable_key(one, ["1", "2"]) == comparable_key(other, ["2", "1", "1"])


@pytest.mark.parametrize(
    ("scope", "analysis_type", "accounts", "origin"),
    [
        ({"regions": ["us-east-1"]}, "comprehensive", ["1"], ""),
        ({}, "emergency", ["1"], ""),
        ({}, "comprehensive", ["1", "2"], ""),
        ({}, "comprehensive", ["1"], "a folder"),
    ],
)
def test_reviews_that_looked_at_something_else_do_not_compare(
    scope: Mapping[str, Any], analysis_type: str, accounts: list[str], origin: str
) -> None:
    other = a_review(scope=scope, analysis_type=analysis_type)
    assert comparable_key(other, accounts, origin) != comparable_key(a_review(), ["1"])


# ---- who could be heard


def test_a_source_that_answered_was_heard_about_all_regions() -> None:
    assert unheard_in([a_coverage_row(source=HUB, region="us-east-1")])(HUB, "eu-west-1") == ""


def test_a_source_that_nobody_speaks_for_was_not_heard() -> None:
    assert unheard_in([])(HUB, "us-east-1") == "nobody spoke for it"


def test_a_gap_says_why_a_source_was_not_heard() -> None:
    assert unheard_in([missing(HUB)])(HUB, "eu-west-1") == "ERROR: It hangs."


def test_a_source_of_regions_is_missing_only_where_its_region_is() -> None:
    rows = [a_coverage_row(region="us-east-1"), {**missing(), "region": "eu-west-1"}]
    unheard = unheard_in(rows)
    assert unheard(OPTIMIZER, "us-east-1") == ""
    assert unheard(OPTIMIZER, "eu-west-1") == "ERROR: It hangs."
    assert unheard(OPTIMIZER, "ap-south-1") == "it was not asked about ap-south-1"


def test_one_api_of_trusted_advisor_speaks_for_the_other() -> None:
    unheard = unheard_in([a_coverage_row(source=ADVISOR), a_coverage_row(source=LEGACY, state="NOT_NEEDED")])
    assert (unheard(ADVISOR, ""), unheard(LEGACY, "")) == ("", "")
    neither = unheard_in([missing(ADVISOR), missing(LEGACY)])
    assert neither(LEGACY, "") == "ERROR: It hangs."


def test_a_source_that_was_not_needed_was_not_heard() -> None:
    row = a_coverage_row(source=HUB, state="NOT_NEEDED", detail="An emergency.")
    assert unheard_in([row])(HUB, "") == "NOT_NEEDED: An emergency."


# ---- in the report


def test_the_first_review_says_that_it_has_nothing_to_compare_with() -> None:
    report = with_changes(a_night(), Before(None, "It is the first."))
    assert (report["changes"], report["no_changes_because"], report["last_good"]) == (None, "It is the first.", [])


def test_the_written_totals_add_up_though_each_is_rounded() -> None:
    last = a_night(*(an_opportunity(opportunity_id=name, savings="10.00") for name in "abc"))
    for one in last["opportunities"]:
        one["counted_monthly_savings_exact"] = "10.0049"
    report = the_next(last, an_opportunity(opportunity_id="a", savings="12.00"))
    (total,) = report["changes"]["totals"]
    steps = [Decimal(total[name]) for name in ("new", "grown", "shrunk", "gone", "unknown", "within_a_cent")]
    assert Decimal(total["counted_before"]) + sum(steps) == Decimal(total["counted_now"]) == Decimal("12.00")
    assert total["counted_before"] == "30.01"


def test_what_the_bill_says_has_ended_explains_why_it_is_gone() -> None:
    baseline = baseline_from(baseline_bytes(a_night(an_opportunity(resource_id="i-1")), KEY), KEY)
    tonight = a_night(day=17)
    report = with_changes(tonight, Before(baseline, ended=frozenset({"i-1"})))
    assert [row["because"] for row in report["changes"]["gone"]] == ["resource_deleted"]
    still = with_changes(tonight, Before(baseline, ended=frozenset({"i-2"})))
    assert [row["because"] for row in still["changes"]["gone"]] == ["no_longer_recommended"]


def test_last_good_findings_are_shown_with_their_date_and_are_in_no_total() -> None:
    report = the_next(a_night(an_opportunity()), coverage=[missing()])
    (row,) = report["last_good"]
    assert (row["last_seen"], row["estimated_monthly_savings"], row["counts"]) == ("2026-11-16", "70.08", False)
    assert row["sources_missing"] == "ComputeOptimizer: ERROR: It hangs."
    assert report["opportunities"] == []
    (total,) = report["changes"]["totals"]
    assert (total["unknown"], total["counted_now"]) == ("-70.08", "0.00")


def test_last_good_findings_keep_their_date_over_several_nights_and_come_back() -> None:
    report = a_night(an_opportunity())
    for day in range(17, 20):
        report = the_next(report, day=day, coverage=[missing()])
        assert [row["last_seen"] for row in report["last_good"]] == ["2026-11-16"]
    report = the_next(report, an_opportunity(), day=20)
    assert report["last_good"] == []
    (row,) = report["changes"]["new"]
    assert (row["before"], row["after"]) == ("70.08", "70.08")


def test_what_is_unheard_in_part_is_no_last_good_and_is_not_forgotten_either() -> None:
    last = a_night(an_opportunity(sources=[OPTIMIZER, HUB]))
    report = the_next(last, coverage=[missing(), a_coverage_row(source=HUB)])
    assert (len(report["changes"]["unknown"]), report["last_good"]) == (1, [])
    report = the_next(report, day=18, coverage=[a_coverage_row(), a_coverage_row(source=HUB)])
    assert [row["last_seen"] for row in report["changes"]["gone"]] == ["2026-11-16"]


def test_what_is_forgotten_after_a_month_is_said() -> None:
    report = the_next(a_night(an_opportunity(), day=1), day=2, coverage=[missing()])
    at_last = the_next(report, day=30, coverage=[missing()])
    assert len(at_last["last_good"]) == 1
    december = the_next({**at_last}, day=30, coverage=[missing()])
    december = with_changes(
        {**a_night(coverage=[missing()]), "review": {**december["review"], "as_of": "2026-12-02"}},
        Before(baseline_from(baseline_bytes(december, KEY), KEY)),
    )
    assert december["last_good"] == []
    (said,) = december["remarks"]
    assert said["agent"] == "supervisor"
    assert said["remarks"] == [
        "Not heard of for more than 30 days, and no longer remembered: i-0f3a9c1d27b84e605 (last seen on 2026-11-01)."
    ]


def test_a_baseline_says_which_sources_of_the_bill_were_asked_and_not_heard() -> None:
    quiet = a_coverage_row(source="CostExplorerResources", state="NOT_ENROLLED", is_gap=False)
    report = a_night(coverage=[a_coverage_row(source="CostExplorer"), quiet])
    assert baseline_from(baseline_bytes(report, KEY), KEY).without_bill == ("CostExplorerResources",)


def test_a_baseline_of_an_older_version_is_read_and_says_nothing_of_the_bill() -> None:
    document = json.loads(baseline_bytes(a_night(), KEY))
    del document["baseline"]["without_bill"]
    assert baseline_from(json.dumps(document).encode(), KEY).without_bill is None


def test_what_is_named_again_is_marked_so_in_the_report() -> None:
    night = a_night(an_opportunity(sources=[HUB]), coverage=[a_coverage_row(source=HUB)])
    silent = the_next(night, coverage=[missing(HUB)])
    baseline = baseline_from(baseline_bytes(silent, KEY), KEY)
    again = a_night(an_opportunity(sources=[HUB]), day=18, coverage=[a_coverage_row(source=HUB)])
    (row,) = with_changes(again, Before(baseline))["changes"]["new"]
    assert row["named_again"] is True
