"""What is kept of a report when somebody says that a saving was carried out."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from tests.workflows.builders import ACCOUNT, a_commitment, a_document, a_recommendation
from workflows.cost_review.carried_out import carried_out, resource_key_of
from workflows.recommendation import Recommendation
from workflows.savings.decisions import CarriedOut, DailyPace
from workflows.spend import ResourceSpend

AS_OF = date(2026, 11, 16)
YESTERDAY = date(2026, 11, 15)
"""The first day that the report's whole days of a resource leave out."""
KEY = f"{ACCOUNT}/us-east-1/Ec2Instance/i-1"


def spent(key: str = KEY, **changes: Any) -> ResourceSpend:
    fields = {
        "resource_id": "i-1",
        "days": 15,
        "effective_cost": Decimal("99.00"),
        "whole_days": 14,
        "whole_days_cost": Decimal(28),
        "last_7_days": Decimal(14),
        "previous_7_days": Decimal(14),
        "trend_percent": Decimal(0),
        "billing_currency": "USD",
    }
    return ResourceSpend(resource_key=key, **{**fields, **changes})


def done(said: Recommendation, *costs: ResourceSpend, on: date = AS_OF) -> CarriedOut:
    report = a_document(said, resource_spend=costs)
    return carried_out(report, report["opportunities"][0], on)


def test_the_counted_saving_and_the_pace_on_the_bill_are_kept() -> None:
    assert done(a_recommendation("12.00"), spent()) == CarriedOut(
        on=AS_OF,
        counted=Decimal("12.00"),
        billing_currency="USD",
        billing_ids=("i-1",),
        reviewed_accounts=(ACCOUNT,),
        before=DailyPace(Decimal(2), 14, YESTERDAY),
        action_kind="StopPaying",
    )


def test_what_was_cut_to_the_bill_is_kept_as_it_was_cut() -> None:
    """Two a day are 60.83 a month."""
    assert done(a_recommendation("99"), spent()).counted == Decimal("60.8333333333")


def test_of_what_did_not_count_the_stated_saving_is_kept_and_what_is_unknown_stays_so() -> None:
    assert done(a_recommendation("12", not_applicable="stopped")).counted == Decimal(12)
    assert done(a_recommendation(None)).counted is None


@pytest.mark.parametrize(
    "costs",
    [
        (),
        (spent(f"{ACCOUNT}/us-east-1/Ec2Instance/i-2"),),
        (spent(whole_days=0, whole_days_cost=Decimal(0)),),
        (spent(billing_currency="EUR"),),
    ],
)
def test_where_the_bill_says_nothing_of_it_the_pace_before_is_unknown(costs: tuple[ResourceSpend, ...]) -> None:
    assert done(a_recommendation("12"), *costs).before is None


def test_days_that_may_lie_after_the_deed_are_none_before_it() -> None:
    assert done(a_recommendation("12"), spent(), on=date(2026, 11, 14)).before is None


def test_a_deed_of_the_day_before_the_review_has_all_its_days_before_it() -> None:
    assert done(a_recommendation("12"), spent(), on=YESTERDAY).before == DailyPace(Decimal(2), 14, YESTERDAY)


def test_a_databases_storage_is_on_the_databases_line_of_the_bill() -> None:
    storage = a_recommendation("12", resource="reports", resource_type="RdsDbInstanceStorage")
    kept = done(storage, spent(f"{ACCOUNT}/us-east-1/RdsDbInstance/reports"))
    assert kept.billing_ids == (f"arn:aws:rds:us-east-1:{ACCOUNT}:db:reports",)
    assert kept.before is not None


def test_a_commitment_has_no_line_of_its_own() -> None:
    kept = done(a_commitment())
    assert (kept.billing_ids, kept.before) == ((), None)


def test_an_opportunitys_key_is_that_of_its_resource() -> None:
    assert resource_key_of(a_document(a_recommendation())["opportunities"][0]) == KEY
