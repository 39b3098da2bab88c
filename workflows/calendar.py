"""Months as bills have them."""

from datetime import date, timedelta


def first_of_month(day: date) -> date:
    return day.replace(day=1)


def first_of_next_month(day: date) -> date:
    return first_of_month(day.replace(day=28) + timedelta(days=4))


def first_of_previous_month(day: date) -> date:
    return first_of_month(first_of_month(day) - timedelta(days=1))
