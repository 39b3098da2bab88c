"""What a report says of an opportunity when somebody says that it is done: the saving promised, the pace before."""

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from workflows.money import share
from workflows.resource_keys import ResourceName, billing_ids
from workflows.savings.action_kinds import action_kind
from workflows.savings.caps import SAME_BILL_LINE
from workflows.savings.decisions import CarriedOut, DailyPace

Json = Mapping[str, Any]
NOT_WHOLE = timedelta(days=1)
"""The day before a review, which the report's days of a resource leave out."""


def resource_key_of(opportunity: Json) -> str:
    """The key of an opportunity's resource, of its document in a report."""
    return _name(opportunity).key


def carried_out(report: Json, opportunity: Json, on: date) -> CarriedOut:
    """What is to be compared with the bill later.

    The saving is what counted, or what its source states where nothing of it counted (it was set aside, say).
    """
    billed = _billed_as(_name(opportunity))
    stated = opportunity["estimated_monthly_savings"]
    counted = opportunity["counted_monthly_savings_exact"] if opportunity["not_counted"] is None else stated
    return CarriedOut(
        on=on,
        counted=None if counted is None else Decimal(counted),
        billing_currency=opportunity["billing_currency"],
        billing_ids=billing_ids(billed) if billed.resource_id else (),
        reviewed_accounts=tuple(report["accounts"]),
        before=_before(report, billed.key, opportunity["billing_currency"], on),
        action_kind=action_kind(opportunity["action_type"]),
    )


def _before(report: Json, key: str, currency: str, on: date) -> DailyPace | None:
    until = date.fromisoformat(report["review"]["as_of"]) - NOT_WHOLE
    if until > on:
        return None  # because such days may lie after what was done
    row = next((one for one in report["bill"]["resources"] if one["resource_key"] == key), None)
    if row is None or row["days"] < 1 or row["billing_currency"] != currency:
        return None
    a_day = share(Decimal(row["effective_cost_exact"]), Decimal(1), Decimal(row["days"]))
    return DailyPace(a_day, row["days"], until)


def _name(opportunity: Json) -> ResourceName:
    return ResourceName(
        opportunity["account_id"], opportunity["region_id"], opportunity["resource_type"], opportunity["resource_id"]
    )


def _billed_as(name: ResourceName) -> ResourceName:
    kind = SAME_BILL_LINE.get(name.resource_type, name.resource_type)
    return ResourceName(name.account_id, name.region_id, kind, name.resource_id)
