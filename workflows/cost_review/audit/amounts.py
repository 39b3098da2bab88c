"""Amounts of a report document as the audit reads them: strict, exact, and with nothing taken for nothing."""

import re
from decimal import ROUND_HALF_UP, Context, Decimal

EXACTLY = Context(prec=2400)
"""In as many digits every sum and product of a report's amounts is exact."""
_PLAIN = re.compile(r"-?[0-9]+(\.[0-9]+)?")
_CURRENCY = re.compile(r"[A-Z]{3}")
_MONEY = r"(?:[$€£]|USD|EUR|GBP)"
_RAW = re.compile(
    rf"([-+]?)(?:{_MONEY}\s*([-+]?))?([0-9][0-9,]*(?:\.[0-9]*)?|\.[0-9]+)(?:[eE]([-+]?[0-9]{{1,3}}))?(?:\s*{_MONEY})?"
)
_IN_PARENTHESES = re.compile(r"\(([^()]*)\)")
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
    """What AWS wrote, as a number: "$1,234.56", "95.89", "1.2e-05", "($12.00)" (below zero); None where it is none."""
    text = raw.strip() if isinstance(raw, str) else ""
    below_zero = _IN_PARENTHESES.fullmatch(text)
    found = _RAW.fullmatch(below_zero[1].strip() if below_zero else text)
    signs = [sign for sign in ("-" if below_zero else "", *(found.groups()[:2] if found else ())) if sign]
    if found is None or len(signs) > 1:
        return None
    return Decimal(f"{''.join(signs)}{found[3].replace(',', '')}e{found[4] or 0}")
