"""Several sources, one resource: what is the same finding, what excludes what, and which saving counts.

Two recommendations for one resource with the same kind of action are duplicates of one finding; its amount is taken
from the source that knows most (AWS builds Cost Optimization Hub on Compute Optimizer, and Cost Explorer and Trusted
Advisor on those). Different kinds of action exclude each other: the biggest saving counts, the others stay as
alternatives. Stop, Delete and ScaleIn are one kind: each stops paying for the resource.

Commitments for the same usage exclude each other too: a Compute Savings Plan, an EC2 Instance Savings Plan and EC2
Reserved Instances would each discount the same hours, so that the biggest counts.
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
COMMITMENT_POOLS = {
    "ComputeSavingsPlans": "compute",
    "Ec2InstanceSavingsPlans": "compute",
    "Ec2ReservedInstances": "compute",
    "DatabaseSavingsPlans": "RdsReservedInstances",
}
"""Commitments that would discount the same usage; a type that is not here has its own usage, and its own pool."""
STOP_PAYING = frozenset({ActionType.STOP, ActionType.DELETE, ActionType.SCALE_IN})


class NotCounted(StrEnum):
    """Why an amount that a source names is not in the counted total."""

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

    @property
    def not_applicable(self) -> str:
        """Why it cannot be followed, when any of its sources knows: a stopped instance is stopped for all of them."""
        members = (self.chosen, *self.duplicates)
        return next((member.not_applicable for member in members if member.not_applicable), "")


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
        pool = COMMITMENT_POOLS.get(recommendation.resource_type, recommendation.resource_type)
        return ("commitment", recommendation.account_id, pool, recommendation.billing_currency)
    return ("resource", recommendation.resource_key, recommendation.billing_currency)


def _opportunity(members: Sequence[Recommendation]) -> Opportunity:
    findings = sorted(_findings(members), key=_best_first)
    best = findings[0]
    return Opportunity(best, tuple(findings[1:]), _reason_not_counted(best))


def _findings(members: Sequence[Recommendation]) -> Iterable[Finding]:
    by_kind: defaultdict[tuple[str, ...], list[Recommendation]] = defaultdict(list)
    for member in members:
        by_kind[_kind(member)].append(member)
    for same in by_kind.values():
        chosen, *duplicates = sorted(same, key=_most_trusted_first)
        yield Finding(chosen, tuple(duplicates))


def _kind(recommendation: Recommendation) -> tuple[str, ...]:
    action = recommendation.action_type
    if recommendation.optimization_type is OptimizationType.RATE:
        # Nothing else tells two commitments apart: one for m5 in Ireland is no duplicate of one for r5 in Ohio.
        what = (recommendation.resource_type, recommendation.region_id, recommendation.recommended_resource_summary)
        return (action, *what)
    return ("StopPaying",) if action in STOP_PAYING else (action,)


def _most_trusted_first(recommendation: Recommendation) -> tuple[bool, int, str, Decimal, "_Tie"]:
    """A known amount before an unknown one, then by precedence; of one source's two figures the smaller stands."""
    known_sources = {source: rank for rank, source in enumerate(PRECEDENCE)}
    rank = known_sources.get(recommendation.source, len(PRECEDENCE))
    saving = recommendation.estimated_monthly_savings
    return saving is None, rank, recommendation.source, saving or Decimal(0), _Tie(recommendation)


def _best_first(finding: Finding) -> tuple[int, Decimal, "_Tie"]:
    chosen = finding.chosen
    amount = chosen.estimated_monthly_savings
    order = [None, NotCounted.UNKNOWN_SAVINGS, NotCounted.NEGATIVE, NotCounted.NOT_APPLICABLE]
    return order.index(_reason_not_counted(finding)), -(amount or Decimal(0)), _Tie(chosen)


def _reason_not_counted(finding: Finding) -> NotCounted | None:
    chosen = finding.chosen
    if finding.not_applicable:
        return NotCounted.NOT_APPLICABLE
    if chosen.estimated_monthly_savings is None:
        return NotCounted.UNKNOWN_SAVINGS
    if chosen.estimated_monthly_savings < 0:
        return NotCounted.NEGATIVE
    return None


class _Tie:
    """Orders what is equal in all that matters by everything else, so that the order of arrival never shows.

    Worked out only when two really tie: written out, a recommendation is long.
    """

    __slots__ = ("_of",)

    def __init__(self, recommendation: Recommendation) -> None:
        self._of = recommendation

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Tie) and self._written() == other._written()

    def __lt__(self, other: "_Tie") -> bool:
        return self._written() < other._written()

    __hash__ = None  # type: ignore[assignment]  # because it is only ever compared

    def _written(self) -> tuple[str, str, str]:
        return self._of.action_type, self._of.recommendation_id, repr(self._of)
