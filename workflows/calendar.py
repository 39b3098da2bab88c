"""Months as bills have them."""

from datetime import date, timedelta


def first_of_month(day: date) -> date:
    return day.replace(day=1)


def first_of_next_month(day: date) -> date:
    return first_of_month(day.replace(day=28) + timedelta(days=4))


def first_of_previous_month(day: date) -> date:
    return first_of_month(first_of_month(day) - timedelta(days=1))


def judged_month(as_of: date) -> date:
    """The first day of the month that a review judges: that of the last day that the bill shows, the day before."""
    return first_of_month(as_of - timedelta(days=1))


def days_judged(as_of: date) -> int:
    """How many days of that month the bill shows; on the first of a month all days of the month before."""
    return (as_of - judged_month(as_of)).days
