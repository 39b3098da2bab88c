"""What a budget looks at, in words: pure."""

from collections.abc import Iterator
from typing import Any

from workflows.members import Json, listed, members, text

VALUES = {"Dimensions": "", "Tags": "tag ", "CostCategories": "cost category ", "ProductAttributes": "product "}


def filter_words(budget: Json) -> tuple[str, ...]:
    """One text a condition, all of which hold; older budgets have lists by dimension, newer ones an expression."""
    simple = [
        f"{name}: {value}" for name, values in members(budget.get("CostFilters")).items() for value in _texts(values)
    ]
    expression = members(budget.get("FilterExpression"))
    return tuple(sorted(simple or _conditions(expression)))


def _conditions(expression: Json) -> Iterator[str]:
    for name, value in expression.items():
        if name == "And":
            for part in listed(value):
                yield from _conditions(members(part))
        elif name == "Or":
            yield " or ".join(sorted(_joined(part) for part in listed(value)))
        elif name == "Not":
            yield f"not ({_joined(value)})"
        else:
            yield _values(name, members(value))


def _joined(expression: Any) -> str:
    return " and ".join(sorted(_conditions(members(expression)))) or "filter expression"


def _values(name: str, condition: Json) -> str:
    """What nobody here knows is still named, so that a filtered budget never looks like one of the whole account."""
    key, found = text(condition.get("Key")), ", ".join(_texts(condition.get("Values")))
    if name not in VALUES or not key:
        return f"filter expression ({name})"
    how = [one for one in _texts(condition.get("MatchOptions")) if one not in {"EQUALS", "CASE_SENSITIVE"}]
    return f"{VALUES[name]}{key}: {' '.join([*how, found]).strip() or 'none'}"


def _texts(values: Any) -> list[str]:
    return [text(value) for value in listed(values) if text(value)]
