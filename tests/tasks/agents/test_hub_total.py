"""Cost Optimization Hub's own total: read for nothing, taken once, and unknown where it cannot be read."""

from decimal import Decimal
from typing import Any

import pytest

from tasks.agents.rightsizing.handler import work as door
from tests.tasks.worlds import Json, a_response, a_world, an_account, an_error, findings_after, states
from workflows.cost_review.documents import Findings, findings_from, to_bytes
from workflows.deduped_total import DedupedTotal

pytestmark = pytest.mark.usefixtures("own_aws")
HUB = "CostOptimizationHub us-east-1"
SUMMARIES = ("cost-optimization-hub", "ListRecommendationSummaries")


def findings(*instead: Any) -> Findings:
    return findings_after(door, a_world(an_account(*instead)).world)


def a_page(total: object = 292.34, currency: str | None = "USD", **more: Any) -> Json:
    told = {"estimatedTotalDedupedSavings": total, "currencyCode": currency, "groupBy": "ActionType", "items": []}
    return {name: value for name, value in {**told, **more}.items() if value is not None}


def total_of(*pages: Json) -> DedupedTotal:
    first, *others = pages
    answers = [a_response(*SUMMARIES, first), *(a_response(*SUMMARIES, one, request=NEXT) for one in others)]
    found = findings(*answers).deduped_total
    assert found is not None
    return found


NEXT: Json = {"nextToken": "more"}


def test_the_sample_accounts_total_is_that_of_all_its_items_and_can_be_found_again() -> None:
    account = a_world()
    found = findings_after(door, account.world)
    assert account.asked("ListRecommendationSummaries") == 2
    assert found.deduped_total is not None
    assert (found.deduped_total.amount, found.deduped_total.billing_currency) == (Decimal("292.34"), "USD")
    (pointer,) = found.deduped_total.evidence
    assert (pointer.operation, pointer.pointer, pointer.raw) == (
        "cost-optimization-hub:ListRecommendationSummaries",
        "/estimatedTotalDedupedSavings",
        "292.34",
    )
    assert findings_from(to_bytes(found)) == found


def test_the_total_that_each_page_repeats_is_not_added_up() -> None:
    assert total_of(a_page(**NEXT), a_page()).amount == Decimal("292.34")


@pytest.mark.parametrize(
    ("pages", "said"),
    [
        ((a_page(**NEXT), a_page(292.35)), "Its pages give different totals."),
        ((a_page(**NEXT), a_page(currency="EUR")), "Its pages give different totals."),
        ((a_page(None),), "It gives no total."),
        ((a_page("a lot"),), "AWS wrote 'a lot' as its total"),
        ((a_page(currency=None),), "Its total has no currency."),
    ],
)
def test_a_total_that_nobody_can_rely_on_is_unknown_with_the_reason(pages: tuple[Json, ...], said: str) -> None:
    found = total_of(*pages)
    assert found.amount is None
    assert said in found.unknown_because


def test_a_total_that_may_not_be_read_leaves_the_recommendations_and_is_noted() -> None:
    found = findings(an_error(*SUMMARIES, "AccessDeniedException", "No."))
    assert found.deduped_total is None
    assert states(found)[HUB] == "AVAILABLE"
    (status,) = [one for one in found.sources if one.source == "CostOptimizationHub"]
    assert "What it counts itself is unknown: " in status.detail
    assert any(one.source == "CostOptimizationHub" for one in found.recommendations)


def test_a_hub_that_is_not_read_has_no_total() -> None:
    inactive = a_response("cost-optimization-hub", "ListEnrollmentStatuses", {"items": [{"status": "Inactive"}]})
    assert findings(inactive).deduped_total is None
