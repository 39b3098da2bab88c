"""Amounts: parsed without loss, unknown kept as None, rounded only where a total is shown."""

import re
from collections.abc import Iterable
from decimal import ROUND_DOWN, ROUND_HALF_UP, Context, Decimal, InvalidOperation, localcontext
from functools import reduce
from itertools import accumulate, pairwise

from workflows.errors import MalformedResponse

CENT = Decimal("0.01")
_FINE = Decimal("1e-10")
UNKNOWN_SPELLINGS = frozenset({"", "-", "--", "n/a", "none", "null", "unknown"})
_PARENTHESES = re.compile(r"^\((.*)\)$")
_CURRENCY = re.compile(r"^([-+]?)(?:[$€£]|USD|EUR|GBP)\s*|\s*(?:[$€£]|USD|EUR|GBP)$")
# A comma stands between groups of three digits and nowhere else: "12,50" is not guessed to be 1250.
_NUMBER = re.compile(r"[-+]?(?:\d{1,3}(?:,\d{3})+|\d*)(?:\.\d*)?(?:e[-+]?\d{1,3})?", re.ASCII | re.IGNORECASE)
_EXACT = Context(prec=1100)
_LARGEST = Decimal("1e15")
_MOST_DECIMALS = 1074
"""So many has the smallest double written out, as Budgets writes doubles: a sum of a million such amounts is exact."""


def amount(value: object) -> Decimal | None:
    """The amount that AWS wrote as a string, an integer or a double; None where it wrote nothing.

    "$1,234.56" is 1234.56, "(12.00)" is -12.00, "-" and "" are unknown. Anything else that is not a finite number
    (or that no bill could hold) is MalformedResponse: a figure is never guessed.
    """
    if value is None:
        return None
    if isinstance(value, bool):
        raise MalformedResponse(f"{value!r} is not an amount.")
    text = str(value).strip()
    if text.lower() in UNKNOWN_SPELLINGS:
        return None
    negative = _PARENTHESES.match(text)
    plain = _CURRENCY.sub(r"\1", negative.group(1) if negative else text)
    if not _NUMBER.fullmatch(plain) or (negative and plain.startswith(("-", "+"))):
        raise MalformedResponse(f"{text[:40]!r} is not an amount.")
    try:
        parsed = Decimal(plain.replace(",", ""))
    except InvalidOperation as error:
        raise MalformedResponse(f"{text[:40]!r} is not an amount.") from error
    if parsed.copy_abs() >= _LARGEST or -int(parsed.as_tuple().exponent) > _MOST_DECIMALS:
        raise MalformedResponse(f"{text[:40]!r} is not an amount that a bill can hold.")
    return parsed.copy_negate() if negative else parsed


def cents(value: Decimal) -> Decimal:
    """The amount rounded half up to the cent, as a person would write it."""
    return value.quantize(CENT, rounding=ROUND_HALF_UP) + 0  # because -0.00 is written 0.00


def total(amounts: Iterable[Decimal | None]) -> Decimal:
    """The exact sum of the known amounts; unknown ones take no part."""
    return reduce(_EXACT.add, (known for known in amounts if known is not None), Decimal(0))


def difference(whole: Decimal, part: Decimal) -> Decimal:
    """What is left of the whole, exactly."""
    return _EXACT.subtract(whole, part)


def steps_in_cents(start: Decimal, steps: Iterable[Decimal]) -> list[Decimal]:
    """Each step as it is written, so that the written steps lead from the written start to the written end.

    Where they lead is rounded, and each step is the difference: rounded one by one they would add up to another end.
    """
    led_to = [cents(amount) for amount in accumulate(steps, _EXACT.add, initial=start)]
    return [after - before for before, after in pairwise(led_to)]


def share(amount: Decimal, part: Decimal, whole: Decimal) -> Decimal:
    """amount * part / whole with ten decimals, rounded down: a share never exceeds what it is taken of."""
    with localcontext(_EXACT):
        return (amount * part / whole).quantize(_FINE, rounding=ROUND_DOWN)


def known_total(amounts: Iterable[Decimal | None]) -> Decimal | None:
    """The sum of the known amounts, or None where none is known."""
    known = [amount for amount in amounts if amount is not None]
    return total(known) if known else None


def in_cents(value: Decimal | None) -> str | None:
    """The amount as a report writes it: a string with two decimals, and nothing where it is unknown."""
    return None if value is None else str(cents(value))


def in_full(value: Decimal | None) -> str | None:
    """The number as it is, without an exponent, and nothing where it is unknown."""
    return None if value is None else format(value, "f")
