"""What one of Compute Optimizer's rows says that can be saved, and at which prices."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from tasks.agents.rightsizing.rows import Row
from workflows.members import Json, figure, members, notes, text
from workflows.recommendation import EvidencePointer, SavingsBasis

AFTER_DISCOUNTS = "savingsOpportunityAfterDiscounts"
BASES = ((AFTER_DISCOUNTS, SavingsBasis.AFTER_DISCOUNTS), ("savingsOpportunity", SavingsBasis.LIST))


@dataclass(frozen=True)
class Saving:
    """A monthly saving; value is None where the row tells none that can be read."""

    value: Decimal | None
    currency: str
    basis: SavingsBasis
    percentage: Decimal | None
    notes: tuple[str, ...]
    evidence: tuple[EvidencePointer, ...]


def saving(row: Row, holder: Json, place: str = "") -> Saving:
    """The saving after discounts where it is told, else at list prices."""
    told = [_told(row, holder, place, member, basis) for member, basis in BASES]
    unreadable = notes(*(note for one in told for note in one.notes))
    best = next((one for one in told if one.value is not None), None)
    if best is not None:
        return Saving(best.value, best.currency, best.basis, best.percentage, unreadable, best.evidence)
    evidence = tuple(pointer for one in told for pointer in one.evidence)
    return Saving(None, told[-1].currency, SavingsBasis.UNKNOWN, None, unreadable, evidence)


def _told(row: Row, holder: Json, place: str, member: str, basis: SavingsBasis) -> Saving:
    opportunity = members(holder.get(member))
    monthly = members(opportunity.get("estimatedMonthlySavings"))
    raw = monthly.get("value")
    value = figure(raw, "its saving")
    percentage = figure(opportunity.get("savingsOpportunityPercentage"), "its saving in percent")
    path = f"{place}/{member}/estimatedMonthlySavings/value".lstrip("/")
    evidence = () if raw is None else (row.pointer(path, raw),)
    said = notes(value.note, percentage.note)
    currency = text(monthly.get("currency")) or "USD"
    return Saving(value.value, currency, basis, percentage.value, said, evidence)


def first_ranked(options: Sequence[Any]) -> tuple[int, Json] | None:
    """The option that AWS ranks first, with its index: best by risk and price, which need not save the most."""
    known = [(index, members(option)) for index, option in enumerate(options) if members(option)]
    return min(known, key=lambda one: (_rank(one[1], len(options)), one[0])) if known else None


def _rank(option: Json, last: int) -> Decimal:
    rank = figure(option.get("rank"), "its rank").value
    return rank or Decimal(last + 1)
