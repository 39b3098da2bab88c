"""Bars of daily spend and of budgets, in percent of the drawing's width and height."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

Json = Mapping[str, Any]
PLACES = Decimal("0.001")
GAP_SHARE = Decimal("0.2")
HEADROOM = Decimal("1.08")
MONTH_LABEL_NEEDS = Decimal(14)


@dataclass(frozen=True)
class DayBar:
    """One day: left, width, top and height in percent of the plot."""

    day: str
    billed_cost: str
    estimated: bool
    is_anomalous: bool
    left: Decimal
    width: Decimal
    top: Decimal
    height: Decimal


@dataclass(frozen=True)
class DailyDrawing:
    """Every day's bar above (or, for a day of credits, below) the zero line."""

    days: tuple[DayBar, ...]
    zero: Decimal
    highest: str
    month_starts: tuple[DayBar, ...]


@dataclass(frozen=True)
class BudgetBar:
    """Actual, forecast and limit as percent of the drawing; forecast is None where AWS gives none."""

    actual: Decimal
    forecast: Decimal | None
    limit: Decimal


def daily_drawing(spend: Json, anomalies: Sequence[Json]) -> DailyDrawing | None:
    """The days' bars; None where the spend holds no day."""
    days = [one for one in spend["daily"] if one["billed_cost"] is not None]
    if not days:
        return None
    costs = [Decimal(one["billed_cost"]) for one in days]
    top, bottom = max(*costs, Decimal(0)), min(*costs, Decimal(0))
    full = top - bottom or Decimal(1)
    slot = Decimal(100) / len(days)
    bars = tuple(
        DayBar(
            day=one["day"],
            billed_cost=one["billed_cost"],
            estimated=one["estimated"],
            is_anomalous=_is_anomalous(one["day"], anomalies),
            left=_rounded(slot * number + slot * GAP_SHARE / 2),
            width=_rounded(slot * (1 - GAP_SHARE)),
            top=_rounded((top - max(cost, Decimal(0))) / full * 100),
            height=_rounded(abs(cost) / full * 100),
        )
        for number, (one, cost) in enumerate(zip(days, costs, strict=True))
    )
    highest = max(days, key=lambda one: Decimal(one["billed_cost"]))["billed_cost"]
    return DailyDrawing(bars, _rounded(top / full * 100), highest, _month_starts(bars))


def _month_starts(bars: Sequence[DayBar]) -> tuple[DayBar, ...]:
    """The first bar, and each first of a month that is far enough from the label before it and from the edge."""
    labelled: list[DayBar] = []
    for bar in bars:
        starts = not labelled or (bar.day.endswith("-01") and bar.left - labelled[-1].left >= MONTH_LABEL_NEEDS)
        if starts and bar.left <= 100 - MONTH_LABEL_NEEDS:
            labelled.append(bar)
    return tuple(labelled)


def _is_anomalous(day: str, anomalies: Sequence[Json]) -> bool:
    # ISO dates compare as text; an anomaly without an end still runs.
    return any(one["start"] and one["start"] <= day <= (one["end"] or day) for one in anomalies)


def budget_bar(budget: Json) -> BudgetBar | None:
    """The budget's bar; None where there is no limit or no actual figure to draw against it."""
    if budget["limit"] is None or budget["actual"] is None or Decimal(budget["limit"]) <= 0:
        return None
    limit, actual = Decimal(budget["limit"]), max(Decimal(budget["actual"]), Decimal(0))
    forecast = None if budget["forecast"] is None else max(Decimal(budget["forecast"]), Decimal(0))
    full = max(limit, actual, forecast or Decimal(0)) * HEADROOM
    return BudgetBar(
        actual=_rounded(actual / full * 100),
        forecast=None if forecast is None else _rounded(forecast / full * 100),
        limit=_rounded(limit / full * 100),
    )


def bar_width(percent: str) -> Decimal:
    """The percentage as a bar's width, within the bar's frame whatever AWS says."""
    return _rounded(min(max(Decimal(percent), Decimal(0)), Decimal(100)))


def _rounded(value: Decimal) -> Decimal:
    return value.quantize(PLACES)
