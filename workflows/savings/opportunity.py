"""What is left to do once several sources have spoken of one resource, and what became of each amount they named."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum
from typing import TypeVar

from workflows.money import difference, total
from workflows.recommendation import HoursBasis, OptimizationType, Recommendation

Told = TypeVar("Told")
HOURS_OF_720_IN_730 = Decimal(730) / Decimal(720)


class Step(StrEnum):
    """The steps from gross to counted savings, in their order; each takes something away."""

    DUPLICATES = "duplicates"
    ALTERNATIVES = "alternatives"
    NOT_APPLICABLE = "not_applicable"
    SET_ASIDE = "set_aside"
    ABSORBED = "absorbed"
    CAPPED = "capped"
    OWNED_COMMITMENTS = "owned_commitments"
    RESIZED = "resized"


class NotCounted(StrEnum):
    """Why nothing of an opportunity is in the counted total."""

    NOT_APPLICABLE = "not_applicable"
    NEGATIVE = "negative"
    UNKNOWN_SAVINGS = "unknown_savings"
    SET_ASIDE = "set_aside"
    ABSORBED = "absorbed"


@dataclass(frozen=True, slots=True)
class Deduction:
    """What one step takes from an opportunity's amount, and why."""

    step: Step
    amount: Decimal
    reason: str


_NOTHING = Decimal(0)


@dataclass(frozen=True, slots=True)
class Finding:
    """One kind of action on one resource, with the recommendation whose amount stands and its duplicates.

    not_applicable says why it cannot be followed, when any of its sources knows: a stopped instance is stopped for all.
    """

    chosen: Recommendation
    duplicates: tuple[Recommendation, ...]
    not_applicable: str = ""

    @property
    def amount(self) -> Decimal | None:
        return self.chosen.estimated_monthly_savings

    @property
    def members(self) -> tuple[Recommendation, ...]:
        return (self.chosen, *self.duplicates)

    def told(self, of: Callable[[Recommendation], Told | None]) -> Told | None:
        """What the source tells whose amount stands, or else the most trusted one that tells it."""
        return next((told for member in self.members if (told := of(member)) is not None), None)


@dataclass(frozen=True, slots=True)
class Opportunity:
    """What is left to do about one resource (or one commitment to buy): the best action, and what it excludes.

    Made by `opportunity`; what every step asks of the best action is held here, because among a million of them each
    further object that is looked at costs more than the step itself.

    opportunity_id   the same from night to night, whichever source speaks
    resource_key     the resource, or the commitment to buy, in words
    not_counted      None when something of the best action's saving may be part of the total
    claimed          the best action's saving as its source states it, in the currency; None where it is unknown
    deductions       what later steps take from the best action's amount
    unverified       why the bill does not back the counted amount; "" where it does
    """

    opportunity_id: str
    resource_key: str
    best: Finding
    alternatives: tuple[Finding, ...]
    not_counted: NotCounted | None
    optimization_type: OptimizationType
    currency: str
    claimed: Decimal | None
    deductions: tuple[Deduction, ...] = ()
    unverified: str = "Nothing on the bill was compared with it."

    @property
    def counted_savings(self) -> Decimal:
        if self.not_counted is not None or self.claimed is None:
            return _NOTHING
        taken = self.deductions
        return difference(self.claimed, total(one.amount for one in taken)) if taken else self.claimed

    @property
    def verified_savings(self) -> Decimal:
        return Decimal(0) if self.unverified else self.counted_savings

    @property
    def findings(self) -> tuple[Finding, ...]:
        return (self.best, *self.alternatives)

    @property
    def members(self) -> tuple[Recommendation, ...]:
        return tuple(member for finding in self.findings for member in finding.members)

    def bounded(self, deductions: tuple[Deduction, ...], unverified: str) -> "Opportunity":
        """The opportunity with these deductions, and why the bill does not back what they leave."""
        # Not by dataclasses.replace, which costs four times as much: this runs for each opportunity.
        return Opportunity(
            self.opportunity_id,
            self.resource_key,
            self.best,
            self.alternatives,
            self.not_counted,
            self.optimization_type,
            self.currency,
            self.claimed,
            deductions,
            unverified,
        )

    def less(self, step: Step, amount: Decimal, reason: str) -> "Opportunity":
        """The opportunity with so much taken from its counted savings."""
        return replace(self, deductions=(*self.deductions, Deduction(step, amount, reason)))

    def left_out(self, because: NotCounted, step: Step, reason: str) -> "Opportunity":
        """The opportunity with all that is still counted of it taken away."""
        return replace(self.less(step, self.counted_savings, reason), not_counted=because)


def opportunity(
    opportunity_id: str,
    resource_key: str,
    best: Finding,
    alternatives: tuple[Finding, ...],
    not_counted: NotCounted | None,
) -> Opportunity:
    """The opportunity before any step has taken something from it."""
    chosen = best.chosen
    return Opportunity(
        opportunity_id,
        resource_key,
        best,
        alternatives,
        not_counted,
        chosen.optimization_type,
        chosen.billing_currency,
        chosen.estimated_monthly_savings,
    )


def comparable(recommendation: Recommendation) -> Decimal:
    """Its saving in a month of 730 hours, so that two sources compare; 0 where it is unknown.

    Trusted Advisor takes 720 hours for a month, the others 730. Only comparisons use this: what counts is what the
    source states.
    """
    amount = recommendation.estimated_monthly_savings or Decimal(0)
    return amount * HOURS_OF_720_IN_730 if recommendation.hours_basis is HoursBasis.H720 else amount


class Tie:
    """Orders what is equal in all that matters by everything else, so that the order of arrival never shows.

    Worked out only when two really tie: written out, a recommendation is long.
    """

    __slots__ = ("_of",)

    def __init__(self, recommendation: Recommendation) -> None:
        self._of = recommendation

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Tie) and self._written() == other._written()

    def __lt__(self, other: "Tie") -> bool:
        return self._written() < other._written()

    __hash__ = None  # type: ignore[assignment]  # because it is only ever compared

    def _written(self) -> tuple[str, str, str]:
        return self._of.action_type, self._of.recommendation_id, repr(self._of)
