"""From everything that the sources claim to what counts, step by step, adding up to the cent."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache

from workflows.money import total
from workflows.recommendation import OptimizationType, Recommendation
from workflows.savings.opportunity import Finding, NotCounted, Opportunity, Step


@dataclass(frozen=True, slots=True)
class WaterfallItem:
    """One amount that a step takes away, from whom, and the opportunity that it belongs to."""

    opportunity_id: str
    recommendation: Recommendation
    amount: Decimal
    reason: str


@dataclass(frozen=True)
class Waterfall:
    """One currency's way from gross to counted savings, for usage or for rate optimization.

    gross is the sum of all known savings that are not negative; each step's items are taken from it; what is left is
    counted, and is the sum of what the bill backs (verified) and what it does not. Unknown and negative savings are in
    none of these amounts.
    """

    billing_currency: str
    optimization_type: OptimizationType
    gross: Decimal
    steps: Mapping[Step, tuple[WaterfallItem, ...]]
    verified: Decimal
    unverified: Decimal

    @property
    def counted(self) -> Decimal:
        return total((self.verified, self.unverified))

    @property
    def adds_up(self) -> bool:
        taken = (item.amount for items in self.steps.values() for item in items)
        return self.gross == total((*taken, self.counted))


Key = tuple[str, OptimizationType]
_NOTHING = Decimal(0)


def waterfalls(opportunities: Sequence[Opportunity]) -> tuple[Waterfall, ...]:
    """One waterfall a currency and kind of optimization, sorted."""
    claims: defaultdict[Key, list[Decimal]] = defaultdict(list)
    taken: defaultdict[Key, dict[Step, list[WaterfallItem]]] = defaultdict(lambda: {step: [] for step in Step})
    verified: defaultdict[Key, list[Decimal]] = defaultdict(list)
    unverified: defaultdict[Key, list[Decimal]] = defaultdict(list)
    for one in opportunities:
        kind, currency = one.optimization_type, one.currency
        own = claims[currency, kind]
        for finding in one.findings:
            for member in finding.members:
                mine = own if member.billing_currency == currency else claims[member.billing_currency, kind]
                mine.append(_claimed(member) or _NOTHING)
        for step, member, amount, reason in _taken(one):
            item = WaterfallItem(one.opportunity_id, member, amount, reason)
            taken[member.billing_currency, kind][step].append(item)
        (unverified if one.unverified else verified)[currency, kind].append(one.counted_savings)
    return tuple(
        Waterfall(
            billing_currency=key[0],
            optimization_type=key[1],
            gross=total(claims[key]),
            steps={step: tuple(items) for step, items in taken[key].items()},
            verified=total(verified[key]),
            unverified=total(unverified[key]),
        )
        for key in sorted(claims)
    )


def _claimed(recommendation: Recommendation) -> Decimal | None:
    saving = recommendation.estimated_monthly_savings
    return None if saving is None or saving < 0 else saving


Taken = tuple[Step, Recommendation, Decimal, str]


def _taken(one: Opportunity) -> Iterator[Taken]:
    """Each amount of the opportunity that does not count, and the step that takes it."""
    for finding in one.findings:
        for duplicate in finding.duplicates:
            yield from _whole(Step.DUPLICATES, duplicate, _same_as(finding.chosen.source))
    for finding in one.alternatives:
        yield from _of_alternative(finding, one)
    if one.not_counted is NotCounted.NOT_APPLICABLE:
        yield from _whole(Step.NOT_APPLICABLE, one.best.chosen, one.best.not_applicable)
    for deduction in one.deductions:
        yield deduction.step, one.best.chosen, deduction.amount, deduction.reason


@cache
def _same_as(source: str) -> str:
    return f"the same finding as {source}'s"


def _of_alternative(finding: Finding, one: Opportunity) -> Iterable[Taken]:
    if finding.not_applicable:
        return _whole(Step.NOT_APPLICABLE, finding.chosen, finding.not_applicable)
    chosen, best = finding.chosen, one.best.chosen
    if chosen.billing_currency != best.billing_currency:
        reason = f"{best.source} states it in {best.billing_currency}: two currencies cannot be compared"
        return _whole(Step.ALTERNATIVES, chosen, reason)
    what = best.resource_type if one.optimization_type is OptimizationType.RATE else best.action_type
    return _whole(Step.ALTERNATIVES, chosen, f"excluded by {what}")


def _whole(step: Step, member: Recommendation, reason: str) -> Iterable[Taken]:
    amount = _claimed(member)
    return () if amount is None else ((step, member, amount, reason),)
