"""Where the bars of a waterfall begin and end, in percent of the drawing's width."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal

Json = Mapping[str, Any]
Kind = Literal["gross", "taken", "counted"]
PLACES = Decimal("0.0001")
ROW_PX = 46


@dataclass(frozen=True)
class Bar:
    """One row: left and width in percent of the drawing, top in pixels; amount as the report writes it."""

    step: str
    kind: Kind
    amount: str
    reason: str
    left: Decimal
    width: Decimal
    top_px: int

    @property
    def right(self) -> Decimal:
        return self.left + self.width

    @property
    def takes_nothing(self) -> bool:
        return self.kind == "taken" and not Decimal(self.amount)


@dataclass(frozen=True)
class WaterfallDrawing:
    """One waterfall's rows, top to bottom: gross, what each step takes away, counted.

    verified is how much of counted the bill verifies, verified_width its bar; None where the report does not say.
    """

    billing_currency: str
    optimization_type: str
    bars: tuple[Bar, ...]
    height_px: int
    verified: str | None = None
    verified_width: Decimal = Decimal(0)


def waterfall_drawings(waterfalls: Sequence[Json]) -> tuple[WaterfallDrawing, ...]:
    """A drawing a waterfall, usage before commitments; those of one currency share a scale, so that bars compare."""
    in_order = sorted(waterfalls, key=lambda one: (one["billing_currency"], one["optimization_type"] != "Usage"))
    return tuple(_drawing(one, _full_width(one["billing_currency"], waterfalls)) for one in in_order)


def _full_width(currency: str, waterfalls: Sequence[Json]) -> Decimal:
    return max(Decimal(one["gross"]) for one in waterfalls if one["billing_currency"] == currency)


def _drawing(waterfall: Json, full: Decimal) -> WaterfallDrawing:
    gross, counted = Decimal(waterfall["gross"]), Decimal(waterfall["counted"])
    bars = [Bar("gross", "gross", waterfall["gross"], "", Decimal(0), _percent(gross, full), 0)]
    left = gross
    for step in filter(_takes_something, waterfall["steps"]):
        taken = -Decimal(step["amount"])
        left -= taken
        bars.append(
            Bar(
                step["step"],
                "taken",
                step["amount"],
                step["reason"],
                _percent(left, full),
                _percent(taken, full),
                len(bars) * ROW_PX,
            )
        )
    bars.append(
        Bar("counted", "counted", waterfall["counted"], "", Decimal(0), _percent(counted, full), len(bars) * ROW_PX)
    )
    verified = waterfall.get("verified")
    return WaterfallDrawing(
        waterfall["billing_currency"],
        waterfall["optimization_type"],
        tuple(bars),
        len(bars) * ROW_PX,
        verified,
        Decimal(0) if verified is None else _percent(Decimal(verified), full),
    )


def _takes_something(step: Json) -> bool:
    return bool(step["items"]) or Decimal(step["amount"]) != 0


def _percent(part: Decimal, full: Decimal) -> Decimal:
    return (part * 100 / full).quantize(PLACES) if full > 0 else Decimal(0)
