"""Structured logs, one line an event, each with the review's id."""

from functools import cache

from aws_lambda_powertools import Logger


@cache
def logger() -> Logger:
    """The functions' logger; POWERTOOLS_LOG_LEVEL says how much it tells."""
    return Logger(service="finops-supervisor")
