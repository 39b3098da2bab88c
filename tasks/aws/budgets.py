"""AWS Budgets, which needs the account's id on every request. Its API is free."""

from tasks.aws.reading import Reader

REGION = "us-east-1"
SERVICE = "budgets"
HAS_HISTORY = frozenset({"DAILY", "MONTHLY", "QUARTERLY"})


def read_budgets(reader: Reader, account_id: str) -> int:
    """The budgets, and for the kinds that have one the history of what was budgeted and spent."""
    pages = reader.pages(SERVICE, "DescribeBudgets", AccountId=account_id, ShowFilterExpression=True)
    budgets = [budget for page in pages for budget in page.get("Budgets", [])]
    for budget in budgets:
        if budget.get("BudgetType") == "COST" and budget.get("TimeUnit") in HAS_HISTORY:
            name = budget["BudgetName"]
            history = reader.pages(SERVICE, "DescribeBudgetPerformanceHistory", AccountId=account_id, BudgetName=name)
            for _ in history:
                pass
    return len(budgets)


def probe(reader: Reader, account_id: str) -> int:
    """One free request that shows whether budgets can be read."""
    return len(reader.ask(SERVICE, "DescribeBudgets", AccountId=account_id, MaxResults=1))
