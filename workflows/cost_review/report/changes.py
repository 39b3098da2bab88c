"""The report's part about time, as JSON: what changed since the last comparable review, and last good findings."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from workflows.cost_review.baseline import known, unheard_in, without_bill_in
from workflows.money import in_cents, in_full, steps_in_cents
from workflows.savings.changes import (
    REMEMBERED_DAYS,
    Change,
    ChangedTotal,
    Changes,
    Kind,
    changes,
)
from workflows.savings.known import Baseline, Facts, Known

Json = dict[str, Any]
WITHIN_A_CENT = "within_a_cent"
SUPERVISOR = "supervisor"


@dataclass(frozen=True)
class Before:
    """The last comparable review, or why there is none; and what tells why something is gone since.

    decided  the state that people gave an opportunity, by its id
    ended    the bill's spellings of resources whose spend has ended
    """

    baseline: Baseline | None
    why_none: str = ""
    decided: Mapping[str, str] = field(default_factory=dict)
    ended: frozenset[str] = frozenset()


def with_changes(report: Json, before: Before) -> Json:
    """The report with what changed since the last comparable review; changes is null where there is none, with why."""
    found = _changes(report, before)
    remark = _forgotten(found)
    said = [{"agent": SUPERVISOR, "remarks": [remark]}] if remark else []
    return {
        **report,
        "changes": changes_document(found) if found else None,
        "no_changes_because": "" if found else before.why_none,
        "last_good": last_good_document(found),
        "remarks": [*report["remarks"], *said],
    }


def _changes(report: Json, before: Before) -> Changes | None:
    if before.baseline is None:
        return None
    as_of = date.fromisoformat(report["review"]["as_of"])
    unheard, without_bill = unheard_in(report["coverage"]), without_bill_in(report["coverage"])
    facts = Facts(as_of, unheard, before.decided, before.ended, without_bill)
    return changes(known(report["opportunities"], as_of), before.baseline, facts)


def changes_document(changes: Changes) -> Json:
    """Each kind of change with its rows, and totals whose written amounts add up."""
    return {
        "since": {"as_of": changes.since.as_of.isoformat(), "status": changes.since.status},
        **{kind.value: [_row(one) for one in changes.rows[kind]] for kind in Kind},
        "unchanged": changes.unchanged,
        "totals": [_total(one) for one in changes.totals],
    }


def last_good_document(changes: Changes | None) -> list[Json]:
    """What nobody could be heard about this time; shown with its date, never counted."""
    return [
        {**_known(one.of), "sources_missing": one.reason, "counts": False}
        for one in (changes.remembered if changes else ())
    ]


def _forgotten(changes: Changes | None) -> str:
    """What was remembered for too long, in a sentence; "" where there is nothing of that kind."""
    forgotten = changes.forgotten if changes else ()
    if not forgotten:
        return ""
    named = ", ".join(f"{one.resource_id or one.resource_type} (last seen on {one.last_seen})" for one in forgotten[:5])
    more = f" and {len(forgotten) - 5} more" if len(forgotten) > 5 else ""
    return f"Not heard of for more than {REMEMBERED_DAYS} days, and no longer remembered: {named}{more}."


def _row(change: Change) -> Json:
    return {
        **_known(change.of),
        "before": in_cents(change.before),
        "after": in_cents(change.after),
        "difference": in_cents(change.moved),
        "difference_exact": in_full(change.moved),
        "reason": change.reason,
        **({"because": change.because} if change.because else {}),
        **({"named_again": True} if change.again else {}),
    }


def _known(one: Known) -> Json:
    return {
        "opportunity_id": one.opportunity_id,
        "optimization_type": one.optimization_type,
        "action_type": one.action_type,
        "account_id": one.account_id,
        "region_id": one.region_id,
        "resource_type": one.resource_type,
        "resource_id": one.resource_id,
        "resource_name": one.resource_name,
        "billing_currency": one.billing_currency,
        "estimated_monthly_savings": in_cents(one.estimated),
        "counted_monthly_savings_exact": in_full(one.counted),
        "not_counted": one.not_counted,
        "sources": list(one.sources),
        "last_seen": one.last_seen.isoformat(),
    }


def _total(one: ChangedTotal) -> Json:
    moves: dict[str, Decimal] = {
        **{str(kind): moved for kind, moved in one.moved.items()},
        WITHIN_A_CENT: one.within_a_cent,
    }
    written = zip(moves, steps_in_cents(one.before, moves.values()), strict=True)
    return {
        "billing_currency": one.billing_currency,
        "optimization_type": one.optimization_type,
        "counted_before": in_cents(one.before),
        "counted_before_exact": in_full(one.before),
        **{name: in_cents(amount) for name, amount in written},
        "counted_now": in_cents(one.now),
    }
