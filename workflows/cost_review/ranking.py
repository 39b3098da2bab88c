"""Biggest savings first; what cannot be counted stays visible at the end."""

from collections.abc import Iterable
from decimal import Decimal

from workflows.cost_review.overlaps import NotCounted, Opportunity
from workflows.recommendation import OptimizationType

_LAST = [NotCounted.UNKNOWN_SAVINGS, NotCounted.NEGATIVE, NotCounted.NOT_APPLICABLE]


def biggest_savings_first(opportunities: Iterable[Opportunity]) -> tuple[Opportunity, ...]:
    """Counted usage savings by amount, then commitments, then unknown, negative and not applicable; always the same.

    Amounts in two currencies cannot be compared, so each currency has its own stretch.
    """
    return tuple(sorted(opportunities, key=_place))


def _place(opportunity: Opportunity) -> tuple[int, bool, str, Decimal, str, str]:
    reason = opportunity.not_counted
    section = 0 if reason is None else 1 + _LAST.index(reason)
    chosen = opportunity.best.chosen
    is_rate = opportunity.optimization_type is OptimizationType.RATE
    saving = opportunity.best.amount or Decimal(0)
    return section, is_rate, opportunity.currency, -saving, chosen.resource_key, chosen.recommendation_id
