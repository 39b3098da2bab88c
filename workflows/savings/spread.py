"""How far the sources of one finding are apart, and why, where that can be told."""

from collections import defaultdict
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from workflows.recommendation import HoursBasis, Recommendation, SavingsBasis
from workflows.savings.opportunity import Finding, comparable

SAME_PERCENT = Decimal("0.5")
"""Amounts that are this close are the same: sources round differently."""
TENTH = Decimal("0.1")
NOT_TOLD = "not told"
_HUNDRED = Decimal(100)


@dataclass(frozen=True, slots=True)
class Spread:
    """The least and the most that sources name for one finding, in a month of 730 hours, in the finding's currency.

    percent is the difference as a share of the larger amount (0-100, one decimal), None where fewer than two sources
    name an amount. causes are those that explain it; empty where there is nothing to explain, NOT_TOLD where none does.
    """

    least: Decimal | None
    most: Decimal | None
    percent: Decimal | None
    causes: tuple[str, ...] = ()

    @property
    def is_explained(self) -> bool:
        return bool(self.causes) and self.causes != (NOT_TOLD,)


NOBODY = Spread(None, None, None)


def spread(finding: Finding) -> Spread:
    """How far apart the sources are that name an amount for this finding."""
    if not finding.duplicates:
        amount = finding.amount
        if amount is None:
            return NOBODY
        only = comparable(finding.chosen)
        return Spread(only, only, None)
    told = [one for one in finding.members if one.estimated_monthly_savings is not None]
    if not told:
        return NOBODY
    amounts = [comparable(one) for one in told]
    if len(told) == 1:
        return Spread(amounts[0], amounts[0], None)
    least, most = min(amounts), max(amounts)
    return Spread(least, most, _percent(least, most), _causes(told, amounts))


def _percent(least: Decimal, most: Decimal) -> Decimal:
    """The difference in percent of the amount that is further from nothing."""
    size = max(abs(least), abs(most))
    return ((most - least) * _HUNDRED / size).quantize(TENTH) if size else Decimal(0).quantize(TENTH)


def _agree(amounts: Sequence[Decimal]) -> bool:
    least, most = min(amounts), max(amounts)
    return most == least or (most - least) * _HUNDRED <= SAME_PERCENT * max(abs(least), abs(most))


def _causes(told: Sequence[Recommendation], amounts: Sequence[Decimal]) -> tuple[str, ...]:
    if _agree(amounts):
        return () if _agree([one.estimated_monthly_savings or Decimal(0) for one in told]) else (HOURS,)
    fitting = tuple(words for words, explains in _EXPLANATIONS if explains(told))
    return fitting or (NOT_TOLD,)


HOURS = "hours basis: one month of 720 hours, one of 730; equal once rescaled"


def _explained_by(told: Sequence[Recommendation], of: Callable[[Recommendation], Hashable | None]) -> bool:
    """Whether sources that are alike in this agree, and those that are not differ.

    Where it is unknown of a source, that source must agree with others of which it is known.
    """
    alike: defaultdict[Hashable | None, list[Decimal]] = defaultdict(list)
    for one in told:
        alike[of(one)].append(comparable(one))
    unknown = alike.pop(None, [])
    return (
        len(alike) > 1
        and all(_agree(mine) for mine in alike.values())
        and all(any(_agree([amount, *mine]) for mine in alike.values()) for amount in unknown)
    )


def _discounts(told: Sequence[Recommendation]) -> bool:
    """An amount after discounts is the smaller one; the other way round they explain nothing."""
    return _smaller_and_explained(
        told,
        lambda one: (
            None if one.savings_basis is SavingsBasis.UNKNOWN else one.savings_basis is SavingsBasis.AFTER_DISCOUNTS
        ),
    )


def _stopped_hours(told: Sequence[Recommendation]) -> bool:
    """Hours that really ran are never more than those of a whole month."""
    return _smaller_and_explained(
        told,
        lambda one: None if one.hours_basis is HoursBasis.UNKNOWN else one.hours_basis is HoursBasis.ACTUAL,
    )


def _smaller_and_explained(told: Sequence[Recommendation], has: Callable[[Recommendation], bool | None]) -> bool:
    """Whether those that have it name the smaller amounts, and nothing else divides the sources."""
    with_it = [comparable(one) for one in told if has(one) is True]
    without = [comparable(one) for one in told if has(one) is False]
    return bool(with_it and without) and max(with_it) < min(without) and _explained_by(told, has)


def _targets(told: Sequence[Recommendation]) -> bool:
    """Two sources that propose different things; "gp3" and "gp3 500 GiB" are one thing, told more or less fully."""
    words = [frozenset(one.recommended_resource_summary.lower().split()) for one in told]
    return any(a and b and not (a <= b or b <= a) for a in words for b in words)


_EXPLANATIONS: tuple[tuple[str, Callable[[Sequence[Recommendation]], bool]], ...] = (
    ("targets: the sources propose different ones", _targets),
    ("actions: stopping leaves costs, deleting none", lambda told: _explained_by(told, lambda one: one.action_type)),
    ("discounts: some at list prices, some after discounts", _discounts),
    (
        "look-back: the sources analysed different numbers of days",
        lambda told: _explained_by(told, lambda one: one.lookback_days),
    ),
    ("stopped hours: some count the hours it ran, some a whole month", _stopped_hours),
)
