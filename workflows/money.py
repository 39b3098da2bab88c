"""Amounts: parsed without loss, unknown kept as None, rounded only where a total is shown."""

import re
from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

from workflows.errors import MalformedResponse

CENT = Decimal("0.01")
UNKNOWN_SPELLINGS = frozenset({"", "-", "--", "n/a", "none", "null", "unknown"})
_PARENTHESES = re.compile(r"^\((.*)\)$")
_DECORATION = re.compile(r"[$€£,\s]|USD|EUR|GBP")
HOURS_A_MONTH = Decimal(730)
"""AWS's month for prices by the hour (365 * 24 / 12); Trusted Advisor's older checks use 720."""


def amount(value: object) -> Decimal | None:
    """The amount that AWS wrote as a string, an integer or a double; None where it wrote nothing.

    "$1,234.56" is 1234.56, "(12.00)" is -12.00, "-" and "" are unknown. Anything else that is not a finite number
    is MalformedResponse: a figure is never guessed.
    """
    if value is None:
        return None
    if isinstance(value, bool):
        raise MalformedResponse(f"{value!r} is not an amount.")
    text = str(value).strip()
    if text.lower() in UNKNOWN_SPELLINGS:
        return None
    negative = _PARENTHESES.match(text)
    plain = _DECORATION.sub("", negative.group(1) if negative else text)
    try:
        parsed = Decimal(plain)
    except InvalidOperation as error:
        raise MalformedResponse(f"{text[:40]!r} is not an amount.") from error
    if not parsed.is_finite():
        raise MalformedResponse(f"{text[:40]!r} is not a finite amount.")
    return -parsed if negative else parsed


def cents(value: Decimal) -> Decimal:
    """The amount rounded half up to the cent, as a person would write it."""
    return value.quantize(CENT, rounding=ROUND_HALF_UP)


def total(amounts: Iterable[Decimal | None]) -> Decimal:
    """The exact sum of the known amounts; unknown ones take no part."""
    return sum((known for known in amounts if known is not None), Decimal(0))
