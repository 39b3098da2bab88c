"""How far one opportunity's amount can be relied on, as a score that is the sum of named points.

AWS works out Cost Optimization Hub's, Cost Explorer's and Trusted Advisor's newer figures from Compute Optimizer's:
what they repeat is said once. Only what measures on its own confirms it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from workflows.money import total
from workflows.recommendation import ActionType, HoursBasis, OptimizationType, Recommendation, SavingsBasis
from workflows.savings.opportunity import Finding, NotCounted, Opportunity, Step
from workflows.savings.spread import NOT_TOLD, Spread, spread
from workflows.sources import Source

START = 50
HIGHEST = 100
HIGH_FROM, MEDIUM_FROM = 70, 45
AGREES_PERCENT, FAR_APART_PERCENT = Decimal(10), Decimal(30)
YOUNG_DAYS, LONG_DAYS = 14, 30
LITTLE_RISK, MUCH_RISK = Decimal(1), Decimal(3)
COMPUTE_OPTIMIZER, COST_EXPLORER = "Compute Optimizer", "Cost Explorer"
DERIVED = frozenset({Source.COST_OPTIMIZATION_HUB, Source.COMPUTE_OPTIMIZER, Source.COST_EXPLORER_RIGHTSIZING})
ADVISOR = frozenset({Source.TRUSTED_ADVISOR, Source.TRUSTED_ADVISOR_LEGACY})
CHANGES_SIZE = frozenset({ActionType.RIGHTSIZE, ActionType.UPGRADE, ActionType.MIGRATE_TO_GRAVITON})


class Level(StrEnum):
    """The score in a word."""

    HIGH = "HIGH"
    MEDIUM = "MEDIUM"
    LOW = "LOW"


@dataclass(frozen=True, slots=True)
class Points:
    """What one fact adds to the score; 0 where it only has to be known."""

    points: int
    reason: str


@dataclass(frozen=True, slots=True)
class Confidence:
    """The level, the score of 0 to 100 behind it (START and the points, bounded), and the sources' spread."""

    level: Level
    score: int
    spread: Spread
    reasons: tuple[Points, ...]


def confidence(opportunity: Opportunity) -> Confidence:
    """How far the amount of the opportunity's best finding can be relied on."""
    apart = spread(opportunity.best)
    reasons = tuple(_reasons(opportunity, apart))
    score = min(HIGHEST, max(0, START + sum(one.points for one in reasons)))
    return Confidence(_level(score), score, apart, reasons)


def _level(score: int) -> Level:
    if score >= HIGH_FROM:
        return Level.HIGH
    return Level.MEDIUM if score >= MEDIUM_FROM else Level.LOW


def _reasons(one: Opportunity, apart: Spread) -> Iterator[Points]:
    yield from _counted(one)
    yield from _sources(one.best, apart)
    yield from _apart(apart)
    yield _prices(one.best.chosen)
    yield from _look_back(one.best)
    yield from _performance_risk(one.best)
    kinds = sorted({finding.chosen.action_type for finding in one.alternatives} - {one.best.chosen.action_type})
    if kinds:
        yield Points(-5, f"Other actions are proposed too: {', '.join(kinds)}.")


def _counted(one: Opportunity) -> Iterator[Points]:
    if one.not_counted is NotCounted.UNKNOWN_SAVINGS:
        yield Points(-30, "No source states a saving.")
    elif one.not_counted is NotCounted.NOT_APPLICABLE:
        yield Points(-30, f"It does not apply as it stands: {one.best.not_applicable}")
    elif one.not_counted is NotCounted.NEGATIVE:
        yield Points(-30, "Doing it would cost more.")
    elif one.not_counted is not None:
        yield Points(0, "None of it is counted.")
    elif one.unverified:
        yield Points(-15, f"Not verified by the bill: {one.unverified}")
    else:
        yield Points(20, "The counted amount is verified by the bill.")
    yield from _capped(one)


def _capped(one: Opportunity) -> Iterator[Points]:
    amount = one.best.amount
    taken = total(each.amount for each in one.deductions if each.step is Step.CAPPED)
    if amount is not None and amount > 0 and taken * 2 > amount:
        yield Points(-15, "More than half of the stated saving exceeds what the bill says it costs.")


def _sources(finding: Finding, apart: Spread) -> Iterator[Points]:
    if not finding.duplicates:
        yield Points(-5, f"Only one source reports it: {finding.chosen.source}.")
        return
    sources = sorted({one.source for one in finding.members})
    origins = sorted({origin(one) for one in finding.members})
    if len(origins) == 1:
        if len(sources) > 1:
            told = f"{_listed(sources)} are one voice: AWS derives all of them from {origins[0]}."
        else:
            told = f"Only one source reports it, in {len(finding.members)} rows: {sources[0]}."
        yield Points(-5 if len(sources) == 1 else 0, told)
        return
    yield Points(10, f"{len(origins)} independent sources report it: {_listed(origins)}.")
    if apart.percent is not None and apart.percent <= AGREES_PERCENT and _independent_amounts(finding):
        yield Points(5, f"Their amounts agree within {AGREES_PERCENT} %.")


def _listed(names: Sequence[str]) -> str:
    *first, last = names
    return f"{', '.join(first)} and {last}" if first else last


def _independent_amounts(finding: Finding) -> bool:
    return len({origin(one) for one in finding.members if one.estimated_monthly_savings is not None}) > 1


def origin(one: Recommendation) -> str:
    """Who measured what this source says; two with the same origin are one voice.

    Trusted Advisor's own checks take a month of 720 hours or name none; those of 730 hours are Compute Optimizer's.
    Every proposal to commit comes from Cost Explorer.
    """
    if one.source not in DERIVED and one.source not in ADVISOR:
        return one.source
    if one.optimization_type is OptimizationType.RATE:
        return COST_EXPLORER
    if one.source in DERIVED or one.hours_basis is HoursBasis.H730:
        return COMPUTE_OPTIMIZER
    return "Trusted Advisor"


def _apart(apart: Spread) -> Iterator[Points]:
    percent = apart.percent
    if percent is None or not apart.causes:
        return
    why = "; or ".join(apart.causes)
    told = f"The stated amounts differ by {percent} % ({'no cause found' if why == NOT_TOLD else why})."
    points = 0 if percent <= AGREES_PERCENT else -10 if percent <= FAR_APART_PERCENT else -20
    yield Points(points // 2 if apart.is_explained else points, told)


def _prices(chosen: Recommendation) -> Points:
    if chosen.savings_basis is SavingsBasis.AFTER_DISCOUNTS:
        return Points(5, "The amount already includes the account's discounts.")
    if chosen.savings_basis is SavingsBasis.LIST:
        return Points(-5, "The amount is at list prices, without the account's discounts.")
    return Points(-5, "It is unknown whether the amount is at list prices or after discounts.")


def _look_back(finding: Finding) -> Iterator[Points]:
    days = next((one.lookback_days for one in finding.members if one.lookback_days is not None), None)
    if days is None:
        yield Points(-5, "It is unknown how many days of usage were analysed.")
    elif days < YOUNG_DAYS:
        yield Points(-10, f"Only {days} days of usage were analysed.")
    elif days >= LONG_DAYS:
        yield Points(5, f"{days} days of usage were analysed.")
    else:
        yield Points(0, f"{days} days of usage were analysed.")


def _performance_risk(finding: Finding) -> Iterator[Points]:
    if finding.chosen.action_type not in CHANGES_SIZE:
        return
    risk = next((one.performance_risk for one in finding.members if one.performance_risk is not None), None)
    if risk is None:
        yield Points(-5, "The performance risk is unknown.")
    elif risk >= MUCH_RISK:
        yield Points(-15, f"Performance risk: {risk} of 4.")
    else:
        yield Points(5 if risk <= LITTLE_RISK else 0, f"Performance risk: {risk} of 4.")
