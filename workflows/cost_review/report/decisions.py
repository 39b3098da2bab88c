"""The report's part about what people decided, as JSON: decisions, exemptions, and what was realised."""

from functools import cache
from typing import Any

from pydantic import TypeAdapter, ValidationError

from workflows.cost_review.coverage import CoverageRow
from workflows.errors import InvalidContent
from workflows.money import in_cents, in_full
from workflows.savings.decisions import DailyPace, Decision
from workflows.savings.outcomes import ExemptionUse, Outcome
from workflows.savings.realised import Realised, realised_totals
from workflows.savings.set_aside import Decisions
from workflows.sources import SourceState

Json = dict[str, Any]
SUPERVISOR = "supervisor"


@cache
def _used() -> TypeAdapter[Decisions]:
    return TypeAdapter(Decisions)


def used_document(decisions: Decisions) -> Json:
    """The decisions that a review used, as its document keeps them so that it can be replayed."""
    written: Json = _used().dump_python(decisions, mode="json")
    return written


def used_from(document: object) -> Decisions:
    """The decisions in such a document; InvalidContent where it is not of the form."""
    try:
        return _used().validate_python(document)
    except ValidationError as error:
        raise InvalidContent(f"What was decided before the review cannot be read: {error}"[:300]) from error


def unusable_rows(decisions: Decisions) -> tuple[CoverageRow, ...]:
    """A gap for each thing that people decided and that cannot be followed."""
    return tuple(
        CoverageRow(SUPERVISOR, one.source, "", SourceState.ERROR, one.detail, one.remedy, is_gap=True)
        for one in decisions.unusable
    )


def decision_document(decision: Decision | None) -> Json | None:
    """Where an opportunity stands, since when, and who said so; null where nobody decided."""
    if decision is None:
        return None
    return {
        "state": decision.state,
        "by": decision.by,
        "at": decision.at.isoformat(),
        "why": decision.why,
        "until": decision.until.isoformat() if decision.until else None,
    }


def exemptions_document(outcome: Outcome) -> list[Json]:
    """Each entry of the exemptions' file in its order, with what it still does."""
    return [_exemption(use) for use in outcome.exemptions]


def _exemption(use: ExemptionUse) -> Json:
    one = use.exemption
    return {
        "pattern": one.pattern,
        "reason": one.reason,
        "expires": one.expires.isoformat(),
        "action": one.action,
        "account": one.account,
        "state": _state(use),
        "expires_soon": use.expires_soon,
        "matched": use.matched,
        "set_aside": [
            {"billing_currency": currency, "monthly_savings": in_cents(amount)}
            for currency, amount in use.set_aside.items()
        ],
    }


def _state(use: ExemptionUse) -> str:
    if use.has_expired:
        return "expired"
    return "applies" if use.matched else "matches_nothing"


def realised_document(outcome: Outcome) -> Json:
    """What was carried out and what the bill shows of it; in no total of what can be saved."""
    return {
        "totals": [
            {
                "billing_currency": one.billing_currency,
                "realised_monthly_savings": in_cents(one.amount),
                "realised_monthly_savings_exact": in_full(one.amount),
                "counted_monthly_savings": in_cents(one.counted),
                "counted_monthly_savings_exact": in_full(one.counted),
                "judged": one.judged,
                "waiting": one.waiting,
            }
            for one in realised_totals(outcome.realised)
        ],
        "rows": [_realised(row) for row in outcome.realised],
    }


def _realised(row: Realised) -> Json:
    return {
        "opportunity_id": row.opportunity_id,
        "resource_key": row.resource_key,
        "state": row.state,
        "done_on": row.done_on.isoformat(),
        "billing_currency": row.billing_currency,
        "counted_monthly_savings": in_cents(row.counted),
        "counted_monthly_savings_exact": in_full(row.counted),
        "before": _pace(row.before),
        "after": _pace(row.after),
        "realised_monthly_savings": in_cents(row.amount),
        "realised_monthly_savings_exact": in_full(row.amount),
        "enough_days": row.enough,
        "gone_from_bill": row.is_gone,
        "shared_with": row.shared_with,
        "basis": row.basis,
    }


def _pace(pace: DailyPace | None) -> Json | None:
    if pace is None:
        return None
    return {
        "a_day": in_cents(pace.a_day),
        "a_day_exact": in_full(pace.a_day),
        "days": pace.days,
        "until": pace.until.isoformat(),
    }
