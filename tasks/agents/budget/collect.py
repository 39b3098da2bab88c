"""Reads the account's budgets."""

from tasks.aws import budgets
from tasks.aws.identity import account_id
from tasks.aws.reading import Reader, Reading, read
from tasks.wiring import World
from workflows.cost_review.narrowing import WHOLE_ACCOUNT, narrows_savings
from workflows.cost_review.request import Review
from workflows.sources import Source, SourceStatus


def collect(world: World, review: Review, account: str) -> tuple[Reading, ...]:
    """Every budget, in an emergency without its history: a request a budget, of periods that are over."""

    def reads(reader: Reader) -> int:
        if narrows_savings(review.scope):
            reader.notes.append(WHOLE_ACCOUNT)
        return budgets.read_budgets(reader, account, with_history=not review.is_emergency)

    return (read(world.account, Source.BUDGETS, budgets.REGION, reads),)


def check(world: World) -> tuple[SourceStatus, ...]:
    """Whether budgets can be read now; free."""

    def asks(reader: Reader) -> int:
        return budgets.probe(reader, account_id(world.account))

    return (read(world.account, Source.BUDGETS, budgets.REGION, asks).status,)
