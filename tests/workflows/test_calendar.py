"""Months begin and end where bills say so."""

from datetime import date, timedelta

import pytest

from workflows.calendar import first_of_month, first_of_next_month, first_of_previous_month


@pytest.mark.parametrize(
    ("day", "previous", "first", "following"),
    [
        ("2026-11-16", "2026-10-01", "2026-11-01", "2026-12-01"),
        ("2026-01-31", "2025-12-01", "2026-01-01", "2026-02-01"),
        ("2026-12-31", "2026-11-01", "2026-12-01", "2027-01-01"),
        ("2026-12-01", "2026-11-01", "2026-12-01", "2027-01-01"),
        ("2028-02-29", "2028-01-01", "2028-02-01", "2028-03-01"),
        ("2026-03-31", "2026-02-01", "2026-03-01", "2026-04-01"),
    ],
)
def test_the_months_around_a_day(day: str, previous: str, first: str, following: str) -> None:
    given_day = date.fromisoformat(day)

    assert first_of_previous_month(given_day).isoformat() == previous
    assert first_of_month(given_day).isoformat() == first
    assert first_of_next_month(given_day).isoformat() == following


def test_months_follow_each_other_without_a_gap_for_every_day_of_four_years() -> None:
    for number in range(4 * 366):
        day = date(2026, 1, 1) + timedelta(days=number)

        assert first_of_month(day) <= day < first_of_next_month(day)
        assert first_of_previous_month(first_of_next_month(day)) == first_of_month(day)
