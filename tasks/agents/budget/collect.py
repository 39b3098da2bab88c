"""Reads the account's budgets."""

from functools import partial

from tasks.aws import budgets
from tasks.aws.identity import account_id
from tasks.aws.reading import Reader, Reading, read
from tasks.wiring import World
from workflows.cost_review.request import Review
from workflows.sources import Source, SourceStatus


def collect(world: World, _review: Review, account: str) -> tuple[Reading, ...]:
    """Every budget with its history."""
    return (read(world.account, Source.BUDGETS, budgets.REGION, partial(budgets.read_budgets, account_id=account)),)


def check(world: World) -> tuple[SourceStatus, ...]:
    """Whether budgets can be read now; free."""

    def asks(reader: Reader) -> int:
        return budgets.probe(reader, account_id(world.account))

    return (read(world.account, Source.BUDGETS, budgets.REGION, asks).status,)
