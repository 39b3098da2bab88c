"""From everything that the sources claim to what counts, step by step, adding up to the cent."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from workflows.cost_review.overlaps import Opportunity
from workflows.money import total
from workflows.recommendation import OptimizationType, Recommendation


@dataclass(frozen=True)
class WaterfallItem:
    """One amount that a step takes away, and from whom."""

    recommendation_id: str
    source: str
    resource_id: str
    amount: Decimal
    reason: str


@dataclass(frozen=True)
class Waterfall:
    """One currency's way from gross to counted savings, for usage or for rate optimization.

    gross is the sum of all known savings that are not negative; duplicates, alternatives and not_applicable are
    taken from it; what is left is counted. Unknown and negative savings are in none of these amounts.
    """

    billing_currency: str
    optimization_type: OptimizationType
    gross: Decimal
    duplicates: tuple[WaterfallItem, ...]
    alternatives: tuple[WaterfallItem, ...]
    not_applicable: tuple[WaterfallItem, ...]
    counted: Decimal

    @property
    def adds_up(self) -> bool:
        taken = (*self.duplicates, *self.alternatives, *self.not_applicable)
        return self.gross == total((*(item.amount for item in taken), self.counted))


def waterfalls(opportunities: Sequence[Opportunity]) -> tuple[Waterfall, ...]:
    """One waterfall a currency and kind of optimization, sorted."""
    keys = sorted({(opportunity.currency, opportunity.optimization_type) for opportunity in opportunities})
    return tuple(
        _waterfall(
            currency, kind, [one for one in opportunities if (one.currency, one.optimization_type) == (currency, kind)]
        )
        for currency, kind in keys
    )


def _waterfall(currency: str, kind: OptimizationType, opportunities: Sequence[Opportunity]) -> Waterfall:
    members = [member for opportunity in opportunities for member in opportunity.members]
    return Waterfall(
        billing_currency=currency,
        optimization_type=kind,
        gross=total(_claimed(member) for member in members),
        duplicates=_items(_duplicates(opportunities)),
        alternatives=_items(_alternatives(opportunities)),
        not_applicable=_items(_not_applicable(opportunities)),
        counted=total(opportunity.counted_savings for opportunity in opportunities),
    )


def _claimed(recommendation: Recommendation) -> Decimal | None:
    saving = recommendation.estimated_monthly_savings
    return None if saving is None or saving < 0 else saving


def _duplicates(opportunities: Iterable[Opportunity]) -> Iterable[tuple[Recommendation, str]]:
    for opportunity in opportunities:
        for finding in (opportunity.best, *opportunity.alternatives):
            for duplicate in finding.duplicates:
                yield duplicate, f"the same finding as {finding.chosen.source}'s"


def _alternatives(opportunities: Iterable[Opportunity]) -> Iterable[tuple[Recommendation, str]]:
    for opportunity in opportunities:
        for finding in opportunity.alternatives:
            if not finding.not_applicable:
                yield finding.chosen, f"excluded by {opportunity.best.chosen.action_type}"


def _not_applicable(opportunities: Iterable[Opportunity]) -> Iterable[tuple[Recommendation, str]]:
    for opportunity in opportunities:
        for finding in (opportunity.best, *opportunity.alternatives):
            if finding.not_applicable:
                yield finding.chosen, finding.not_applicable


def _items(taken: Iterable[tuple[Recommendation, str]]) -> tuple[WaterfallItem, ...]:
    return tuple(
        WaterfallItem(
            recommendation.recommendation_id, recommendation.source, recommendation.resource_id, amount, reason
        )
        for recommendation, reason in taken
        if (amount := _claimed(recommendation)) is not None
    )
