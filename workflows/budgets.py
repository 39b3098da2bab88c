"""Budgets, and which of them are in danger. Budgets overlap, so they are never added up."""

import re
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

_CURRENCY = re.compile(r"[A-Z]{3}")


class ConditionKind(StrEnum):
    """How a condition of a budget's filter is put together."""

    ALL = "all"
    ANY = "any"
    NOT = "not"
    VALUES = "values"
    UNREADABLE = "unreadable"


@dataclass(frozen=True)
class Condition:
    """What a budget's filter asks of a cost. words say the same for people.

    ALL, ANY and NOT are about their parts. VALUES asks whether the cost's dimension (Cost Explorer's name: "SERVICE",
    "LINKED_ACCOUNT", "REGION", "TAG", …; key is the tag's or the cost category's) has one of the values; match are
    AWS's options ("EQUALS", "STARTS_WITH", "ABSENT", …), () for EQUALS. UNREADABLE is a condition of another form.
    """

    kind: ConditionKind
    words: str
    parts: tuple["Condition", ...] = ()
    dimension: str = ""
    key: str = ""
    values: tuple[str, ...] = ()
    match: tuple[str, ...] = ()


class BudgetVerdict(StrEnum):
    """How a budget stands by what AWS itself says of its period."""

    WITHIN = "WITHIN"
    FORECAST_TO_EXCEED = "FORECAST_TO_EXCEED"
    EXCEEDED = "EXCEEDED"
    UNKNOWN = "UNKNOWN"


class LimitKind(StrEnum):
    """How a budget's limit comes about."""

    FIXED = "FIXED"
    PLANNED = "PLANNED"
    AUTO_ADJUSTING = "AUTO_ADJUSTING"
    NONE = "NONE"


@dataclass(frozen=True)
class BudgetPeriod:
    """One past period: what was budgeted and what was spent."""

    start: str
    end: str
    budgeted: Decimal | None
    actual: Decimal | None


@dataclass(frozen=True)
class Budget:
    """One budget. unit is a currency for cost budgets; percentages and usage carry no money.

    limit is the one of the period that is looked at. metric is Cost Explorer's word ("UnblendedCost"), "" where AWS
    does not say. starts and ends are days, ends "" where the budget has no end. data_is_stale means that AWS cannot
    refresh its figures; notes say why, and what of the budget could not be read. conditions are the filters again, as
    rules read them: all of them hold, () is the whole account. Whether credits (with refunds) and taxes are part of
    the cost is None where AWS does not say. figures_of is the day on which AWS last refreshed them, or "".
    """

    name: str
    budget_type: str
    time_unit: str
    unit: str
    limit: Decimal | None
    actual: Decimal | None
    forecast: Decimal | None
    filters: tuple[str, ...] = ()
    data_is_stale: bool = False
    history: tuple[BudgetPeriod, ...] = ()
    limit_kind: LimitKind = LimitKind.FIXED
    metric: str = ""
    starts: str = ""
    ends: str = ""
    notes: tuple[str, ...] = ()
    conditions: tuple[Condition, ...] = ()
    credits_included: bool | None = None
    taxes_included: bool | None = None
    figures_of: str = ""

    @property
    def is_money(self) -> bool:
        return self.budget_type == "COST" and (not self.unit or bool(_CURRENCY.fullmatch(self.unit)))

    @property
    def verdict(self) -> BudgetVerdict:
        if not self.is_money or self.limit is None:
            return BudgetVerdict.UNKNOWN
        if self.actual is not None and self.actual > self.limit:
            return BudgetVerdict.EXCEEDED
        if self.forecast is not None and self.forecast > self.limit:
            return BudgetVerdict.FORECAST_TO_EXCEED
        return BudgetVerdict.UNKNOWN if self.actual is None or self.forecast is None else BudgetVerdict.WITHIN

    @property
    def overrun(self) -> Decimal | None:
        """By how much the period is expected to end above the limit; None where it is not, or is not known."""
        expected = max((known for known in (self.actual, self.forecast) if known is not None), default=None)
        if not self.is_money or self.limit is None or expected is None or expected <= self.limit:
            return None
        return expected - self.limit
