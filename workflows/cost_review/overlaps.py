"""Several sources, one resource: what is the same finding, what excludes what, and which saving counts.

Two recommendations for one resource with the same kind of action are duplicates of one finding; its amount is taken
from the source that knows most (AWS builds Cost Optimization Hub on Compute Optimizer, and Cost Explorer and Trusted
Advisor on those). Different kinds of action exclude each other: the biggest saving counts, the others stay as
alternatives. Stop, Delete and ScaleIn are one kind: each stops paying for the resource.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from workflows.recommendation import ActionType, OptimizationType, Recommendation
from workflows.sources import Source

PRECEDENCE: tuple[str, ...] = (
    Source.COST_OPTIMIZATION_HUB,
    Source.COMPUTE_OPTIMIZER,
    Source.COST_EXPLORER_RIGHTSIZING,
    Source.TRUSTED_ADVISOR,
    Source.TRUSTED_ADVISOR_LEGACY,
)
STOP_PAYING = frozenset({ActionType.STOP, ActionType.DELETE, ActionType.SCALE_IN})


class NotCounted(StrEnum):
    """Why an amount that a source names is not in the counted total."""

    DUPLICATE = "duplicate"
    ALTERNATIVE = "alternative"
    NOT_APPLICABLE = "not_applicable"
    NEGATIVE = "negative"
    UNKNOWN_SAVINGS = "unknown_savings"


@dataclass(frozen=True)
class Finding:
    """One kind of action on one resource, with the recommendation whose amount stands and its duplicates."""

    chosen: Recommendation
    duplicates: tuple[Recommendation, ...]

    @property
    def amount(self) -> Decimal | None:
        return self.chosen.estimated_monthly_savings


@dataclass(frozen=True)
class Opportunity:
    """What is left to do about one resource (or one commitment pool): the best action, and what it excludes.

    not_counted is None when the best action's saving is part of the total.
    """

    best: Finding
    alternatives: tuple[Finding, ...]
    not_counted: NotCounted | None

    @property
    def counted_savings(self) -> Decimal:
        amount = self.best.amount
        return Decimal(0) if self.not_counted is not None or amount is None else amount

    @property
    def optimization_type(self) -> OptimizationType:
        return self.best.chosen.optimization_type

    @property
    def currency(self) -> str:
        return self.best.chosen.billing_currency

    @property
    def members(self) -> tuple[Recommendation, ...]:
        findings = (self.best, *self.alternatives)
        return tuple(member for finding in findings for member in (finding.chosen, *finding.duplicates))


def opportunities(recommendations: Iterable[Recommendation]) -> tuple[Opportunity, ...]:
    """One opportunity an exclusive group, in the order of the groups' keys; no recommendation is lost."""
    groups: defaultdict[tuple[str, ...], list[Recommendation]] = defaultdict(list)
    for recommendation in recommendations:
        groups[_exclusive_group(recommendation)].append(recommendation)
    return tuple(_opportunity(groups[group]) for group in sorted(groups))


def _exclusive_group(recommendation: Recommendation) -> tuple[str, ...]:
    # Amounts in two currencies cannot be compared, so each currency keeps its own group.
    if recommendation.optimization_type is OptimizationType.RATE:
        return ("commitment", recommendation.account_id, recommendation.resource_type, recommendation.billing_currency)
    return ("resource", recommendation.resource_key, recommendation.billing_currency)


def _opportunity(members: Sequence[Recommendation]) -> Opportunity:
    findings = sorted(_findings(members), key=_best_first)
    best = findings[0]
    return Opportunity(best, tuple(findings[1:]), _reason_not_counted(best))


def _findings(members: Sequence[Recommendation]) -> Iterable[Finding]:
    by_kind: defaultdict[tuple[str, bool], list[Recommendation]] = defaultdict(list)
    for member in members:
        by_kind[_kind(member.action_type), bool(member.not_applicable)].append(member)
    for same in by_kind.values():
        chosen, *duplicates = sorted(same, key=_most_trusted_first)
        yield Finding(chosen, tuple(duplicates))


def _kind(action: ActionType) -> str:
    return "StopPaying" if action in STOP_PAYING else action.value


def _most_trusted_first(recommendation: Recommendation) -> tuple[bool, int, str, str]:
    """A known amount before an unknown one, then by precedence; the rest only makes the order the same every time."""
    known_sources = {source: rank for rank, source in enumerate(PRECEDENCE)}
    rank = known_sources.get(recommendation.source, len(PRECEDENCE))
    return recommendation.estimated_monthly_savings is None, rank, recommendation.source, _tie(recommendation)


def _best_first(finding: Finding) -> tuple[int, Decimal, str]:
    chosen = finding.chosen
    amount = chosen.estimated_monthly_savings
    order = [None, NotCounted.UNKNOWN_SAVINGS, NotCounted.NEGATIVE, NotCounted.NOT_APPLICABLE]
    return order.index(_reason_not_counted(finding)), -(amount or Decimal(0)), _tie(chosen)


def _reason_not_counted(finding: Finding) -> NotCounted | None:
    chosen = finding.chosen
    if chosen.not_applicable:
        return NotCounted.NOT_APPLICABLE
    if chosen.estimated_monthly_savings is None:
        return NotCounted.UNKNOWN_SAVINGS
    if chosen.estimated_monthly_savings < 0:
        return NotCounted.NEGATIVE
    return None


def _tie(recommendation: Recommendation) -> str:
    saving = recommendation.estimated_monthly_savings
    return f"{recommendation.action_type}|{recommendation.recommendation_id}|{saving}"
