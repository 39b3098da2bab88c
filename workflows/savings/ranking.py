"""What to look at first: by the money alone unless asked otherwise, and each place says why it is what it is.

Sections stay whatever is asked: usage savings that count, commitments, then what does not count. Amounts in two
currencies cannot be compared, so each currency has its own stretch; amounts are compared within their stretch only.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from decimal import Decimal
from math import sqrt

from workflows.recommendation import OptimizationType
from workflows.savings.confidence import HIGHEST, confidence
from workflows.savings.opportunity import NotCounted, Opportunity

_LAST = [
    NotCounted.UNKNOWN_SAVINGS,
    NotCounted.SET_ASIDE,
    NotCounted.ABSORBED,
    NotCounted.NEGATIVE,
    NotCounted.NOT_APPLICABLE,
]
MIDDLE = 0.5
"""The value of what nobody tells."""
DIGITS = 6
MOST_RISK = 4.0
EFFORTS = {"VeryLow": 1.0, "Low": 0.75, "Medium": 0.5, "High": 0.25, "VeryHigh": 0.0}
UNKNOWN = "unknown, taken as average"

Stretch = tuple[int, bool, str]
"""The section, whether it is a commitment, and the currency: what is never ranked against another."""


@dataclass(frozen=True, slots=True)
class Weights:
    """How much each factor matters beside the others; none negative, at least one above 0."""

    money: float = 0
    effort: float = 0
    risk: float = 0
    restart: float = 0
    rollback: float = 0
    confidence: float = 0

    def used(self) -> tuple[tuple[str, float], ...]:
        """The factors that matter, with their weights, always in the same order."""
        told = ((field.name, float(getattr(self, field.name))) for field in fields(self))
        return tuple((name, weight) for name, weight in told if weight > 0)

    @property
    def is_money_alone(self) -> bool:
        return [name for name, _ in self.used()] == ["money"]


PRESETS: Mapping[str, Weights] = {
    "biggest": Weights(money=1),
    "quick_wins": Weights(money=2, effort=3, risk=1, restart=1, rollback=1, confidence=1),
    "safest": Weights(money=1, effort=1, risk=3, restart=2, rollback=3, confidence=3),
}
BIGGEST = PRESETS["biggest"]


@dataclass(frozen=True, slots=True)
class Contribution:
    """One factor's part of a score: value is 0 (worst) to 1 (best), product is value times weight."""

    factor: str
    value: float
    weight: float
    product: float
    because: str


@dataclass(frozen=True, slots=True)
class RankBecause:
    """Why an opportunity stands where it does in its stretch: score is the products' sum over the weights' sum."""

    score: float
    contributions: tuple[Contribution, ...]


def biggest_savings_first(opportunities: Iterable[Opportunity]) -> tuple[Opportunity, ...]:
    """Counted usage savings by amount, then commitments, then unknown, negative and not applicable; always the same."""
    return ranked(opportunities)


def ranked(opportunities: Iterable[Opportunity], weights: Weights = BIGGEST) -> tuple[Opportunity, ...]:
    """The opportunities, the best score first in each stretch; equal ones by amount, resource and id."""
    found = list(opportunities)
    place = places_of_currencies(found)
    if weights.is_money_alone:
        # The score grows with the amount, and nothing else decides: working it out would change nothing.
        return tuple(sorted(found, key=lambda one: (*_section(one), place[one.currency], *_by_amount(one))))
    scale = Scale.of(found)
    scored = [
        (*_section(one), place[one.currency], -because(one, weights, scale).score, *_by_amount(one)) for one in found
    ]
    return tuple(found[at] for at in sorted(range(len(found)), key=scored.__getitem__))


def places_of_currencies(found: Sequence[Opportunity]) -> Mapping[str, int]:
    """The place of each currency: the one with the most opportunities that count first, then by name."""
    counting = Counter(one.currency for one in found if one.not_counted is None)
    names = sorted({one.currency for one in found}, key=lambda name: (-counting[name], name))
    return {name: at for at, name in enumerate(names)}


def _section(one: Opportunity) -> tuple[int, bool]:
    section = 0 if one.not_counted is None else 1 + _LAST.index(one.not_counted)
    return section, one.optimization_type is OptimizationType.RATE


def _stretch(one: Opportunity) -> Stretch:
    return (*_section(one), one.currency)


def _by_amount(one: Opportunity) -> tuple[Decimal, Decimal, str, str]:
    saving = one.claimed or Decimal(0)
    return -one.counted_savings, -saving, one.resource_key, one.opportunity_id


@dataclass(frozen=True, slots=True)
class Scale:
    """The largest amount of each stretch, beside which the others are small."""

    largest: Mapping[Stretch, float]

    @staticmethod
    def of(opportunities: Iterable[Opportunity]) -> "Scale":
        largest: dict[Stretch, float] = {}
        for one in opportunities:
            stretch = _stretch(one)
            largest[stretch] = max(largest.get(stretch, 0.0), _amount(one))
        return Scale(largest)


def reasons(opportunities: Sequence[Opportunity], weights: Weights) -> Iterator[RankBecause]:
    """Why each opportunity stands where it does, in the order given; all that were ranked together are needed."""
    scale = Scale.of(opportunities)
    return (because(one, weights, scale) for one in opportunities)


def because(one: Opportunity, weights: Weights, scale: Scale) -> RankBecause:
    """The score and what it is made of.

    Only sums, products, quotients and square roots, which every machine rounds alike, and six digits of them.
    """
    parts = []
    whole = of_weights = 0.0
    for factor, weight in weights.used():
        value, why = _money(one, scale) if factor == "money" else _FACTORS[factor](one)
        product = value * weight
        whole, of_weights = whole + product, of_weights + weight
        parts.append(Contribution(factor, value, weight, round(product, DIGITS), why))
    return RankBecause(round(whole / of_weights, DIGITS), tuple(parts))


def _amount(one: Opportunity) -> float:
    """What counts; of what does not, what it would have been."""
    amount = one.counted_savings if one.not_counted is None else one.best.amount
    return float(amount) if amount is not None and amount > 0 else 0.0


Valued = tuple[float, str]


def _money(one: Opportunity, scale: Scale) -> Valued:
    largest, amount = scale.largest.get(_stretch(one), 0.0), _amount(one)
    if one.best.amount is None:
        return 0.0, "the saving is unknown"
    if not largest:
        return 0.0, "nothing is saved"
    told = "the square root of its share of the largest amount in its group"
    return round(sqrt(amount / largest), DIGITS), told


def _effort(one: Opportunity) -> Valued:
    effort = one.best.told(lambda member: member.implementation_effort)
    return (EFFORTS[effort], f"effort {effort}") if effort in EFFORTS else (MIDDLE, f"effort {UNKNOWN}")


def _risk(one: Opportunity) -> Valued:
    risk = one.best.told(lambda member: member.performance_risk)
    if risk is None:
        return MIDDLE, f"performance risk {UNKNOWN}"
    bounded = min(MOST_RISK, max(0.0, float(risk)))
    return round(1.0 - bounded / MOST_RISK, DIGITS), f"performance risk {risk} of 4"


def _restart(one: Opportunity) -> Valued:
    restart = one.best.told(lambda member: member.restart_needed)
    if restart is None:
        return MIDDLE, f"restart {UNKNOWN}"
    return (0.0, "it needs a restart") if restart else (1.0, "no restart")


def _rollback(one: Opportunity) -> Valued:
    rollback = one.best.told(lambda member: member.rollback_possible)
    if rollback is None:
        return MIDDLE, f"rollback {UNKNOWN}"
    return (1.0, "it can be rolled back") if rollback else (0.0, "it cannot be rolled back")


def _confidence(one: Opportunity) -> Valued:
    judged = confidence(one)
    return round(judged.score / HIGHEST, DIGITS), f"confidence {judged.level}"


_FACTORS: Mapping[str, Callable[[Opportunity], Valued]] = {
    "effort": _effort,
    "risk": _risk,
    "restart": _restart,
    "rollback": _rollback,
    "confidence": _confidence,
}
