"""A cost category's values become the owners of accounts."""

from collections import defaultdict
from decimal import ROUND_DOWN, Decimal

from tasks.agents.cost_explorer.bill import bill_lines, one_currency
from workflows.cost_review.documents import Evidence
from workflows.errors import MalformedResponse
from workflows.money import share, total
from workflows.savings.owners import AccountOwner

TENTH = Decimal("0.1")


def account_owners(evidence: Evidence, cost_category: str) -> tuple[AccountOwner, ...]:
    """The value with the largest part of each account's usage cost (amortized), by account.

    Parts that cost nothing or less take no part; of two equal ones the first by name is taken. An account without cost
    has no owner, and is left out. MalformedResponse where AWS answers with another category's values.
    """
    if not cost_category:
        return ()
    lines = list(bill_lines(evidence, "GetCostAndUsage", cost_category, "COST_CATEGORY"))
    if not lines:
        return ()
    one_currency(lines)
    costs: defaultdict[str, defaultdict[str, list[Decimal]]] = defaultdict(lambda: defaultdict(list))
    for line in lines:
        costs[line.group[1]][_value(line.group[0], cost_category)].append(line.effective_cost)
    found = (_owner(account, cost_category, values) for account, values in sorted(costs.items()))
    return tuple(one for one in found if one is not None)


def _value(key: str, cost_category: str) -> str:
    """Cost Explorer writes "Team$shop", and "Team$" for what has no value."""
    if not key.startswith(f"{cost_category}$"):
        raise MalformedResponse(f"Cost Explorer gave {key[:60]!r} for a value of {cost_category!r}.")
    return key.removeprefix(f"{cost_category}$").strip()


def _owner(account: str, cost_category: str, values: dict[str, list[Decimal]]) -> AccountOwner | None:
    parts = {name: cost for name, told in values.items() if (cost := total(told)) > 0}
    if not parts:
        return None
    name = min(parts, key=lambda one: (-parts[one], one))
    percent = share(Decimal(100), parts[name], total(parts.values())).quantize(TENTH, rounding=ROUND_DOWN)
    return AccountOwner(account, cost_category, name, percent)
