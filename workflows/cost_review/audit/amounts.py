"""Amounts of a report document as the audit reads them: strict, exact, and with nothing taken for nothing."""

import re
from decimal import ROUND_HALF_UP, Context, Decimal

EXACTLY = Context(prec=2400)
"""In as many digits every sum and product of a report's amounts is exact."""
_PLAIN = re.compile(r"-?[0-9]+(\.[0-9]+)?")
_CURRENCY = re.compile(r"[A-Z]{3}")
_RAW = re.compile(
    r"([-+]?)(?:[$€£]|USD|EUR|GBP)?\s*([0-9][0-9,]*(?:\.[0-9]*)?|\.[0-9]+)(?:[eE]([-+]?[0-9]{1,3}))?\s*(?:[$€£]|USD|EUR|GBP)?"
)
_DOUBLE = Context(prec=15)
"""The digits that a double holds for sure: "123.12000000000002" is 123.12."""
ZERO = Decimal(0)


def exact(value: object) -> Decimal:
    """The amount that is written there; ValueError where none is, or one that is no finite plain number."""
    if not isinstance(value, str) or not _PLAIN.fullmatch(value):
        raise ValueError(f"a {type(value).__name__} stands where an exact amount belongs")
    return Decimal(value)


def known(value: object) -> Decimal | None:
    """The amount, or None where the document says that it is not known."""
    return None if value is None else exact(value)


def to_the_cent(value: Decimal) -> Decimal:
    return value.quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)


def is_currency(value: object) -> bool:
    return isinstance(value, str) and bool(_CURRENCY.fullmatch(value))


def holds(raw: object, stated: Decimal | None) -> bool:
    """Whether what AWS wrote is that amount, its own digits or those of a double without its noise."""
    told = raw_amount(raw)
    if told is None or stated is None:
        return False
    return stated in (told, told.normalize(_DOUBLE))


def raw_amount(raw: object) -> Decimal | None:
    """What AWS wrote, as a number: "$1,234.56", "95.89", "1.2e-05"; None where it is none."""
    found = _RAW.fullmatch(raw.strip()) if isinstance(raw, str) else None
    if found is None:
        return None
    sign, digits, exponent = found.groups()
    return Decimal(f"{sign}{digits.replace(',', '')}e{exponent or 0}")
