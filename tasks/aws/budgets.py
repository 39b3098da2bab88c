"""AWS Budgets, which needs the account's id on every request. Its API is free."""

from tasks.aws.reading import Reader, rows_in
from workflows.errors import AccessDenied, OutOfTime, SourceError, Throttled
from workflows.members import members, text

REGION = "us-east-1"
SERVICE = "budgets"
HAS_HISTORY = frozenset({"DAILY", "MONTHLY", "QUARTERLY"})
BUDGETS_A_PAGE = 1000
PERIODS_A_PAGE = 100


def read_budgets(reader: Reader, account_id: str, *, with_history: bool = True) -> int:
    """The budgets, and (with_history) for the kinds that have one the history of what was budgeted and spent.

    One history that cannot be read leaves the others standing; a refusal that would meet all of them is raised.
    """
    pages = reader.pages(
        SERVICE, "DescribeBudgets", AccountId=account_id, ShowFilterExpression=True, MaxResults=BUDGETS_A_PAGE
    )
    budgets = [members(budget) for page in pages for budget in rows_in(page, "Budgets")]
    if not with_history:
        reader.notes.append("How earlier periods went was not asked.")
    for budget in budgets if with_history else ():
        name = text(budget.get("BudgetName"))
        of_money = text(budget.get("BudgetType")).upper() == "COST"
        if name and of_money and text(budget.get("TimeUnit")).upper() in HAS_HISTORY:
            _read_history(reader, account_id, name)
    return len(budgets)


def _read_history(reader: Reader, account_id: str, name: str) -> None:
    try:
        # Its pages hold a structure, of which boto3's own build_full_result would keep the first page only.
        for _ in reader.pages(
            SERVICE,
            "DescribeBudgetPerformanceHistory",
            AccountId=account_id,
            BudgetName=name,
            MaxResults=PERIODS_A_PAGE,
        ):
            pass
    except (AccessDenied, OutOfTime, Throttled):
        raise
    except SourceError as error:
        reader.notes.append(f"The history of {name} could not be read: {error}")


def probe(reader: Reader, account_id: str) -> int:
    """One free request that shows whether budgets can be read."""
    return len(reader.ask(SERVICE, "DescribeBudgets", AccountId=account_id, MaxResults=1))
