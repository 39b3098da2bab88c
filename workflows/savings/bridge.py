"""From what Cost Optimization Hub counts itself to what we count, line by line: ours = theirs + added - removed.

The Hub counts one action a resource (the biggest) and one option a pool of commitments, usage and commitments in one
total; so both are in this bridge, and only here. What its own recommendations do not explain of its total is the
unexplained remainder, which is shown and never spread over the lines.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from workflows.deduped_total import DedupedTotal
from workflows.money import difference, total
from workflows.recommendation import EvidencePointer, OptimizationType, Recommendation
from workflows.savings.opportunity import NotCounted, Opportunity, Step
from workflows.savings.purchases import pool_of
from workflows.sources import Source

HUB = Source.COST_OPTIMIZATION_HUB
NOT_IN_HUB, OTHER_FIGURE = "not_in_hub", "other_figure"
"""Kinds of lines beside the steps: what only others name, and where another figure than the Hub's stands."""
ZERO = Decimal(0)
_COUNTED_LESS_DEDUCTIONS = frozenset({None, NotCounted.SET_ASIDE, NotCounted.ABSORBED})
"""Where what is counted is the standing amount without the deductions; of the others nothing is."""


@dataclass(frozen=True)
class BridgeLine:
    """One difference between the Hub's total and ours: amount is above zero where ours is more.

    kind is a step of the waterfall, or not_in_hub, or other_figure.
    """

    opportunity_id: str
    kind: str
    amount: Decimal
    reason: str


@dataclass(frozen=True)
class Bridge:
    """The way from theirs to ours in one currency; theirs + the lines + unexplained is exactly ours."""

    billing_currency: str
    theirs: Decimal
    lines: tuple[BridgeLine, ...]
    unexplained: Decimal
    ours: Decimal
    evidence: tuple[EvidencePointer, ...]


@dataclass(frozen=True)
class NoBridge:
    """Why there is no bridge in this review."""

    reason: str


def bridge(opportunities: Sequence[Opportunity], hub: DedupedTotal | None, *, of_everything: bool) -> Bridge | NoBridge:
    """The bridge to the Hub's total; NoBridge where that is not known, or where this review looks at less than it."""
    if not of_everything:
        return NoBridge("The Hub's total is of the whole account; this review looks at a part of it.")
    if hub is None:
        return NoBridge("Cost Optimization Hub was not read, or not asked for its total.")
    if hub.amount is None:
        return NoBridge(f"What Cost Optimization Hub counts itself is not known: {hub.unknown_because}")
    usage = [one for one in opportunities if one.optimization_type is OptimizationType.USAGE]
    lines: list[BridgeLine] = []
    explained: list[Decimal] = []
    for one in usage:
        of_hub = _biggest(_hub_rows(one, hub.billing_currency))
        lines += _lines(one, of_hub, hub.billing_currency)
        explained.append(of_hub or ZERO)
    for pool in _pools(opportunities):
        of_pool, of_hub = _of_pool(pool, hub.billing_currency)
        lines += of_pool
        explained.append(of_hub)
    return Bridge(
        billing_currency=hub.billing_currency,
        theirs=hub.amount,
        lines=tuple(sorted(lines, key=lambda line: (-line.amount, line.opportunity_id, line.kind))),
        unexplained=difference(total(explained), hub.amount),
        ours=total(one.counted_savings for one in opportunities if one.currency == hub.billing_currency),
        evidence=hub.evidence,
    )


def _hub_rows(one: Opportunity, currency: str) -> list[Recommendation]:
    return [row for row in one.members if row.source == HUB and row.billing_currency == currency]


def _biggest(rows: Iterable[Recommendation]) -> Decimal | None:
    """What the Hub counts of a resource: its best action; None where it proposes nothing that saves."""
    return max((row.estimated_monthly_savings or ZERO for row in rows if _saves(row)), default=None)


def _saves(row: Recommendation) -> bool:
    return row.estimated_monthly_savings is not None and row.estimated_monthly_savings > 0


def _lines(one: Opportunity, of_hub: Decimal | None, currency: str) -> Iterator[BridgeLine]:
    """Why as much is counted of it as is, where the Hub counts another amount."""
    chosen = one.best.chosen
    counted = one.counted_savings if one.currency == currency else ZERO
    if of_hub is None:
        if counted:
            reason = f"{chosen.source} proposes {chosen.action_type}; the Hub does not name it"
            yield BridgeLine(one.opportunity_id, NOT_IN_HUB, counted, reason)
    elif not counted:
        kind, reason = _why_nothing(one, currency)
        yield BridgeLine(one.opportunity_id, kind, -of_hub, reason)
    else:
        other = difference(one.best.amount or ZERO, of_hub)
        if other:
            yield BridgeLine(one.opportunity_id, OTHER_FIGURE, other, _stands(one))
        yield from _deducted(one)


def _stands(one: Opportunity) -> str:
    return f"{one.best.chosen.source}'s {one.best.chosen.action_type} stands"


def _deducted(one: Opportunity) -> Iterator[BridgeLine]:
    for deduction in one.deductions:
        if deduction.amount:
            yield BridgeLine(one.opportunity_id, deduction.step, -deduction.amount, deduction.reason)


def _why_nothing(one: Opportunity, currency: str) -> tuple[str, str]:
    if one.currency != currency:
        return OTHER_FIGURE, f"it counts in {one.currency}: {_stands(one)}"
    if one.best.not_applicable:
        return Step.NOT_APPLICABLE, one.best.not_applicable
    if one.deductions:
        return one.deductions[-1].step, one.deductions[-1].reason
    return OTHER_FIGURE, f"{_stands(one)}, and nothing of it counts"


def _pools(opportunities: Iterable[Opportunity]) -> list[list[Opportunity]]:
    """The commitments to buy that the Hub takes for alternatives of each other."""
    pools: defaultdict[tuple[str, str], list[Opportunity]] = defaultdict(list)
    for one in opportunities:
        if one.optimization_type is OptimizationType.RATE:
            pools[one.best.chosen.account_id, pool_of(one.best.chosen.resource_type)].append(one)
    return [pools[key] for key in sorted(pools)]


def _of_pool(pool: Sequence[Opportunity], currency: str) -> tuple[list[BridgeLine], Decimal]:
    """The lines of a pool, and what the Hub counts of it: the option with the highest saving, all its lines."""
    options: defaultdict[str, Decimal] = defaultdict(Decimal)
    for one in pool:
        for row in filter(_saves, _hub_rows(one, currency)):
            options[row.resource_type] = total((options[row.resource_type], row.estimated_monthly_savings))
    of_hub = max(options.values(), default=ZERO)
    if len(pool) == 1 or not of_hub:
        return [line for one in pool for line in _lines(one, of_hub or None, currency)], of_hub
    told = [one for one in pool if one.currency == currency and one.not_counted in _COUNTED_LESS_DEDUCTIONS]
    lines = [line for one in told for line in _deducted(one)]
    other = difference(total(one.best.amount for one in told), of_hub)
    if other:
        reason = f"{_stands(pool[0])} in each line of {pool[0].best.chosen.resource_type}"
        lines.append(BridgeLine(pool[0].opportunity_id, OTHER_FIGURE, other, reason))
    return lines, of_hub
