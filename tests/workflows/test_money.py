"""Amounts are read as AWS wrote them, or refused; none is guessed."""

from decimal import Decimal
from fractions import Fraction
from itertools import permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workflows.errors import MalformedResponse
from workflows.money import amount, cents, known_total, total

LONG = "604.4560000000000172803993336856365203857421875"


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("$1,234.56", "1234.56"),
        ("-$5.00", "-5.00"),
        ("$-5.00", "-5.00"),
        ("(12.00)", "-12.00"),
        ("($1,234.56)", "-1234.56"),
        ("1,234.56 USD", "1234.56"),
        ("USD 12", "12"),
        ("EUR 1,000", "1000"),
        ("£3.10", "3.10"),
        (" 37.44 ", "37.44"),
        ("0", "0"),
        (".5", "0.5"),
        ("1e-05", "0.00001"),
        ("1,234,567.891", "1234567.891"),
        (LONG, LONG),
        (f"({LONG})", f"-{LONG}"),
        (12, "12"),
        (0, "0"),
        (0.1, "0.1"),
        (123.12000000000002, "123.12000000000002"),
        (1e-07, "0.0000001"),
        (Decimal("1.50"), "1.50"),
    ],
)
def test_an_amount_is_read_without_loss(written: object, meant: str) -> None:
    assert amount(written) == Decimal(meant)


@pytest.mark.parametrize("written", [None, "", " ", "-", " - ", "--", "n/a", "N/A", "None", "null", "Unknown"])
def test_an_amount_that_nobody_wrote_is_unknown_and_not_zero(written: object) -> None:
    assert amount(written) is None


@pytest.mark.parametrize(
    "written",
    [
        *("14+", "4 days", "2.3%  0.23MB", "50 %", "nan", "NaN", "sNaN", "inf", "-Infinity", "$", "()", "USD", "$$5"),
        *("--5", "1.2.3", "e5", ".", "٣٧", "\N{FULLWIDTH DIGIT ONE}", "0x10", "1_000", "(-12)", "-(12)", "(12"),
        *(True, False, float("nan"), float("inf"), [], {}, b"12", Decimal("NaN"), Decimal("Infinity")),
    ],
)
def test_what_is_no_finite_number_is_refused(written: object) -> None:
    with pytest.raises(MalformedResponse):
        amount(written)


@pytest.mark.parametrize("written", ["12,50", "1.234,56", "1,23", "1,2345", "12,345,67", "1 234", "1 2", "5 $ 3"])
def test_a_comma_or_space_that_does_not_group_thousands_is_never_dropped(written: str) -> None:
    """ "12,50" is twelve and a half in much of Europe; read as 1250 it would be a hundredfold saving."""
    with pytest.raises(MalformedResponse):
        amount(written)


@pytest.mark.parametrize("written", ["1e999999", "1e-999999", "1e15", 1e300, "9" * 400, "0." + "1" * 1075])
def test_what_no_bill_can_hold_is_refused_where_it_is_read(written: object) -> None:
    """Otherwise the whole review would break where it is rounded."""
    with pytest.raises(MalformedResponse):
        amount(written)


def test_a_refusal_does_not_repeat_a_whole_page_of_rubbish() -> None:
    with pytest.raises(MalformedResponse) as refusal:
        amount("x" * 10_000)

    assert len(str(refusal.value)) < 100


@settings(deadline=None, max_examples=100)
@given(st.floats(-1e14, 1e14).filter(lambda value: value == 0 or abs(value) > 1e-50))
def test_a_double_is_the_number_that_json_shows(value: float) -> None:
    assert amount(value) == Decimal(repr(value))


@settings(deadline=None, max_examples=200)
@given(st.one_of(st.text(), st.text(alphabet="0123456789.,-+()$€ eE_USD"), st.floats(), st.booleans()))
def test_any_text_is_an_amount_or_unknown_or_refused_and_never_breaks_a_sum(written: object) -> None:
    try:
        read = amount(written)
    except MalformedResponse:
        return
    assert read is None or cents(total([read, Decimal("0.01")])).is_finite()


@pytest.mark.parametrize(
    ("exact", "written"),
    [
        ("0.005", "0.01"),
        ("0.004999", "0.00"),
        ("-0.005", "-0.01"),
        ("2.675", "2.68"),
        ("7", "7.00"),
        ("1E+2", "100.00"),
    ],
)
def test_cents_are_rounded_half_up(exact: str, written: str) -> None:
    assert str(cents(Decimal(exact))) == written


@pytest.mark.parametrize("double", [1.2e-6, 604.456, 1e-10, 5e-324, 123456789012345.6])
def test_a_double_that_aws_writes_out_in_full_is_that_number_and_adds_up_exactly(double: float) -> None:
    """Budgets writes 1.2e-6 with all of its 71 decimals."""
    written = format(Decimal(double), "f")
    read = amount(written)
    assert read is not None
    assert Fraction(read) == Fraction(double)
    assert Fraction(total([Decimal(10**14), read] * 10)) == 10 * (10**14 + Fraction(double))


@pytest.mark.parametrize("nothing", ["-0.0", "-0.001", "-0.00499"])
def test_zero_has_no_sign(nothing: str) -> None:
    assert str(cents(Decimal(nothing))) == "0.00"


def test_a_sum_leaves_unknown_amounts_out() -> None:
    assert total([Decimal("1.10"), None, Decimal("2.20")]) == Decimal("3.30")
    assert total([]) == 0


def test_a_sum_is_exact_in_any_order() -> None:
    amounts = [Decimal(10**14), Decimal(LONG), Decimal("0.0000000000000000000001"), Decimal("-1E+14")]

    assert {Fraction(total(order)) for order in permutations(amounts)} == {sum(map(Fraction, amounts))}


def test_a_sum_of_unknowns_is_unknown_where_that_is_asked() -> None:
    assert known_total([None, None]) is None
    assert known_total([]) is None
    assert known_total([None, Decimal(0)]) == 0
