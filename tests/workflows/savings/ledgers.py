"""Items of the ledger for tests: each builder has defaults, and a test names only what matters."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from tests.workflows.savings.bills import a_key
from workflows.savings.decisions import CarriedOut, DailyPace, Decided, Decision, DecisionState
from workflows.savings.identity import opportunity_id
from workflows.spend import BilledDays

DONE = date(2026, 11, 1)


def an_id(resource: str = "i-1") -> str:
    return opportunity_id("resource", a_key(resource))


def a_decision(state: DecisionState = DecisionState.DISMISSED, on: date = DONE, **changes: Any) -> Decision:
    """Ana's, at noon; a dismissal has its reason and a snooze its end, a month later."""
    at = datetime(on.year, on.month, on.day, 12, tzinfo=UTC)
    until = on + timedelta(days=30) if state is DecisionState.SNOOZED else None
    why = "we need it" if state is DecisionState.DISMISSED else ""
    return Decision(**{"state": state, "by": "ana", "at": at, "why": why, "until": until, **changes})


def an_item(
    state: DecisionState = DecisionState.DISMISSED,
    on: date = DONE,
    *,
    resource: str = "i-1",
    done: CarriedOut | None = None,
    **changes: Any,
) -> Decided:
    """An item with one decision; carried out where its state says so."""
    is_done = state in {DecisionState.IMPLEMENTED, DecisionState.VERIFIED}
    return Decided(
        an_id(resource),
        a_key(resource),
        (a_decision(state, on, **changes),),
        carried_out=(done or a_deed(on, billing_ids=(resource,))) if is_done else None,
    )


def a_deed(on: date = DONE, **changes: Any) -> CarriedOut:
    """Thirty a month were counted, and the resource cost two a day for fourteen days."""
    before = DailyPace(Decimal(2), 14, on)
    fields = {"counted": Decimal(30), "billing_currency": "USD", "billing_ids": ("i-1",), "before": before}
    return CarriedOut(on=on, **{"reviewed_accounts": ("123456789012",), **fields, **changes})


def billed(
    a_day: str | None, until: date, *, resource: str = "i-1", days: int = 14, currency: str = "USD"
) -> dict[str, BilledDays]:
    """What the bill says of a resource that cost the same each day; None where it has no line for it."""
    start = until - timedelta(days=days)
    daily = () if a_day is None else tuple((start + timedelta(days=place), Decimal(a_day)) for place in range(days))
    return {resource: BilledDays(resource, "" if a_day is None else currency, start, until, daily)}
