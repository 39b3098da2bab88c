"""A member of another type than promised is unknown; it never raises and never becomes a figure."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflows.members import Figure, figure, flag, folded, listed, members, notes, text, whole_days

ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=6,
)


@pytest.mark.parametrize(
    ("written", "read"), [("12.50", "12.50"), (12.5, "12.5"), ("$1,234.56", "1234.56"), (-3, "-3")]
)
def test_a_number_is_read_as_it_was_written(written: object, read: str) -> None:
    assert figure(written, "its saving") == Figure(Decimal(read))


@pytest.mark.parametrize("nothing", [None, "", "-", "N/A"])
def test_no_number_is_unknown_without_a_word(nothing: object) -> None:
    assert figure(nothing, "its saving") == Figure(None)


@pytest.mark.parametrize("broken", ["12,50", "a lot", True, float("nan"), {"value": 1}, [1], "9" * 40])
def test_a_number_that_cannot_be_read_is_unknown_and_said(broken: object) -> None:
    read = figure(broken, "its saving")
    assert read.value is None
    assert "as its saving" in read.note
    assert len(read.note) < 120


@pytest.mark.parametrize(
    ("said", "means"),
    [
        (True, True),
        (False, False),
        ("true", True),
        ("FALSE", False),
        ("False", False),
        (None, None),
        ("", None),
        (1, None),
    ],
)
def test_yes_no_and_not_told_are_three_answers(said: object, means: bool | None) -> None:
    assert flag(said) is means


@pytest.mark.parametrize("written", ["OVER_PROVISIONED", "Overprovisioned", "over-provisioned", " Over Provisioned"])
def test_spellings_of_one_word_are_the_same(written: str) -> None:
    assert folded(written) == "overprovisioned"


@pytest.mark.parametrize(
    ("written", "days"), [(14, 14), (14.0, 14), ("32", 32), (None, None), ("long", None), (-1, None)]
)
def test_days_are_whole_or_unknown(written: object, days: int | None) -> None:
    assert whole_days(written) == days


def test_what_was_said_twice_is_noted_once_and_nothing_is_no_note() -> None:
    assert notes("", "a", "b", "a", "") == ("a", "b")


@given(ANYTHING)
def test_nothing_that_aws_could_write_breaks_the_reading(value: Any) -> None:
    assert isinstance(text(value), str)
    assert isinstance(folded(value), str)
    assert flag(value) in {True, False, None}
    assert list(members(value)) == (list(value) if isinstance(value, dict) else [])
    assert list(listed(value)) == (value if isinstance(value, list) else [])
    days = whole_days(value)
    assert days is None or days >= 0
    assert figure(value, "it").value is None or not isinstance(value, dict | list | bool)
