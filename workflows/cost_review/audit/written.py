"""The audit of what is written: finite numbers, each amount in cents the rounding of the exact one beside it."""

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from functools import lru_cache
from itertools import repeat
from math import isfinite
from typing import Any

from workflows.cost_review.audit.amounts import ZERO, exact, known, to_the_cent

Json = Mapping[str, Any]
EXACT = "_exact"
LED_TO = frozenset({"lines"})
"""Written one after the other so that they lead to a written end; `are_led_to` audits them."""
ENDS = frozenset({"unexplained"})
PLAIN = frozenset({str, int, bool, type(None)})


def written_failures(report: Json) -> Iterator[str]:
    """Every number is finite, and every amount is the rounding of the exact one that stands beside it."""
    left: list[tuple[str, Any]] = [("document", report)]
    while left:
        where, holder = left.pop()
        if holder.__class__ is not list:
            if (pairs := _pairs(tuple(holder))) and where not in LED_TO:
                yield from _pair_failures(where, holder, pairs)
            members: Iterable[tuple[str, Any]] = holder.items()
        else:
            members = zip(repeat(where), holder, strict=False)
        for name, inner in members:
            # Most of a document is text, and this looks at all of it.
            kind = inner.__class__
            if kind in PLAIN:
                continue
            if kind is dict or kind is list:
                left.append((name, inner))
            elif isinstance(inner, float) and not isfinite(inner):
                yield "The document holds a number that is not finite."


def _pair_failures(where: str, holder: Json, pairs: Iterable[tuple[str, str]]) -> Iterator[str]:
    for short, full in pairs:
        if _rounded(holder[full]) != holder[short]:
            yield f"{short} in {where} is written with another amount than it has."


@lru_cache(maxsize=100_000)
def _rounded(value: object) -> str | None:
    """As it is written: the same amount stands in several places."""
    told = known(value)
    return None if told is None else str(to_the_cent(told) + ZERO)  # because -0.00 is written 0.00


@lru_cache(maxsize=1024)
def _pairs(names: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    """The members that stand beside their exact amounts."""
    there = frozenset(names)
    return tuple(
        (short, full)
        for full in names
        if full.endswith(EXACT) and (short := full.removesuffix(EXACT)) in there and short not in ENDS
    )


def are_led_to(start: Decimal, steps: Iterable[tuple[Decimal, object]]) -> bool:
    """Whether the written steps lead, one after the other, to the rounding of where the exact ones lead.

    A step is its exact amount and how it is written: so it is within a cent of what it takes.
    """
    at, written = start, to_the_cent(start)
    for amount, told in steps:
        at, written = at + amount, written + exact(told)
        if to_the_cent(at) != written:
            return False
    return True
