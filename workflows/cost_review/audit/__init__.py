"""The audit of a report: its figures worked out a second time, from the exact amounts in the document alone.

Nothing here calls what worked them out the first time, so that a mistake there is not repeated here. A report that
fails is published as failed, with the reasons and without a figure.
"""

from collections.abc import Callable, Iterator, Mapping
from decimal import localcontext
from typing import Any

from workflows.cost_review.audit.amounts import EXACTLY
from workflows.cost_review.audit.beside import changes_failures, realised_failures, stated_failures
from workflows.cost_review.audit.bill import bill_failures, spend_failures
from workflows.cost_review.audit.owned import owned_failures
from workflows.cost_review.audit.plans import bridge_failures, budget_failures
from workflows.cost_review.audit.savings import opportunity_failures, twice_counted_failures
from workflows.cost_review.audit.waterfalls import totals_failures, waterfall_failures
from workflows.cost_review.audit.written import written_failures

Report = Mapping[str, Any]
FAILED = "FAILED"
MOST_FAILURES = 20
"""As many are told: one broken rule can break a thousand lines."""
KEPT = ("contract", "review", "accounts", "coverage")
"""What a failed report still says: what was looked at, and what could be seen. None of it is money."""
UNREADABLE = (ArithmeticError, AttributeError, LookupError, StopIteration, TypeError, ValueError)


CHECKS: Mapping[str, Callable[[Report], Iterator[str]]] = {
    "written": written_failures,
    "opportunities": opportunity_failures,
    "twice counted": twice_counted_failures,
    "waterfalls": waterfall_failures,
    "totals": totals_failures,
    "bill": bill_failures,
    "owned commitments": owned_failures,
    "spend": spend_failures,
    "bridge": bridge_failures,
    "budgets": budget_failures,
    "stated": stated_failures,
    "realised": realised_failures,
    "changes": changes_failures,
}


def failures(report: Report) -> tuple[str, ...]:
    """Every rule that the report breaks, as a sentence; () where it holds. What cannot be read has failed too."""
    with localcontext(EXACTLY):
        return tuple(f"{name}: {told}" for name, check in CHECKS.items() for told in _told_by(check, report))


def _told_by(check: Callable[[Report], Iterator[str]], report: Report) -> list[str]:
    told: list[str] = []
    try:
        told.extend(check(report))
    except UNREADABLE as error:
        told.append(f"The document cannot be read ({type(error).__name__}: {error}).")
    return told


def audited(report: Report) -> dict[str, Any]:
    """The report with its audit; where it fails, a report that states no figure and says why."""
    found = failures(report)
    if not found:
        return {**report, "audit": {"passed": True, "checks": list(CHECKS), "failures": []}}
    more = [f"And {len(found) - MOST_FAILURES} more."] if len(found) > MOST_FAILURES else []
    empty: dict[str, Any] = {name: [] if isinstance(value, list) else None for name, value in report.items()}
    return {
        **empty,
        **{name: report[name] for name in KEPT if name in report},
        "status": FAILED,
        "outside_focus": 0,
        "audit": {"passed": False, "checks": list(CHECKS), "failures": [*found[:MOST_FAILURES], *more]},
    }


def failure_text(report: Report) -> str:
    """What a failed report says in place of a summary."""
    return f"The report failed its audit, so that it states no figure. {' '.join(report['audit']['failures'])}"
