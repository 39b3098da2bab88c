"""What a budget looks at, as rules read it: pure. What nobody here can read stays a condition, an unreadable one."""

from collections.abc import Iterator
from typing import Any

from tasks.agents.budget.filters import filter_words
from workflows.budgets import Condition, ConditionKind
from workflows.members import Json, folded, listed, members, text

DIMENSIONS = {
    "linkedaccount": "LINKED_ACCOUNT",
    "region": "REGION",
    "service": "SERVICE",
    "recordtype": "RECORD_TYPE",
    "resourceid": "RESOURCE_ID",
}
"""Cost Explorer's names of the dimensions that rules can judge, by how older and newer budgets may spell them."""
TAGS_OF_OLDER_BUDGETS = frozenset({"tagkeyvalue", "tag", "tags"})
KEYED = {"Tags": "TAG", "CostCategories": "COST_CATEGORY"}


def conditions(budget: Json) -> tuple[Condition, ...]:
    """The conditions that all hold for what the budget measures; () where it looks at everything."""
    simple = members(budget.get("CostFilters"))
    older = tuple(one for name in sorted(simple) for one in _older(name, simple[name]))
    expression = budget.get("FilterExpression")
    return older if older or not expression else tuple(_parts(expression))


def _older(name: str, values: Any) -> Iterator[Condition]:
    """A dimension's values, any of which fits; tags as "user:KEY$VALUE", any value of each key."""
    told = _texts(values)
    if not told:
        # An empty list is no filter, as the words of it have none.
        return
    if folded(name) not in TAGS_OF_OLDER_BUDGETS:
        yield _values(_dimension(name), "", told, (), f"{name}: {', '.join(told)}")
        return
    by_key: dict[str, list[str]] = {}
    for one in told:
        key, _, value = one.partition("$")
        by_key.setdefault(key.removeprefix("user:"), []).append(value)
    for key, tagged in sorted(by_key.items()):
        yield _values("TAG", key, tagged, (), f"tag {key}: {', '.join(tagged)}")


def _parts(expression: Any) -> list[Condition]:
    """What stands in one expression; AWS has one member a level, several all hold."""
    found = members(expression)
    return [_one(name, found[name]) for name in sorted(found)] or [_unreadable(expression)]


def _one(name: str, value: Any) -> Condition:
    words = "; ".join(filter_words({"FilterExpression": {name: value}}))
    if name in {"And", "Or"}:
        parts = tuple(_whole(part) for part in listed(value))
        kind = ConditionKind.ALL if name == "And" else ConditionKind.ANY
        return Condition(kind, words, parts) if parts else _unreadable({name: value})
    if name == "Not":
        return Condition(ConditionKind.NOT, words, (_whole(value),))
    told, key = members(value), text(members(value).get("Key"))
    if name not in {"Dimensions", *KEYED} or not key:
        return _unreadable({name: value})
    dimension = KEYED.get(name) or _dimension(key)
    match = tuple(option for option in _texts(told.get("MatchOptions")) if option != "CASE_SENSITIVE")
    if name not in KEYED:
        return _values(dimension, "", _texts(told.get("Values")), match, words)
    # A tag's value "" is what AWS calls a cost without the tag: it is no text that is missing.
    return _values(dimension, key, [text(value) for value in listed(told.get("Values"))], match, words)


def _whole(expression: Any) -> Condition:
    parts = _parts(expression)
    return (
        parts[0] if len(parts) == 1 else Condition(ConditionKind.ALL, "; ".join(p.words for p in parts), tuple(parts))
    )


def _values(dimension: str, key: str, told: list[str], match: tuple[str, ...], words: str) -> Condition:
    match = () if match == ("EQUALS",) else match
    return Condition(ConditionKind.VALUES, words, (), dimension, key, tuple(told), match)


def _unreadable(expression: Any) -> Condition:
    words = "; ".join(filter_words({"FilterExpression": expression})) or "filter expression"
    return Condition(ConditionKind.UNREADABLE, words)


def _dimension(name: str) -> str:
    return DIMENSIONS.get(folded(name), name.upper())


def _texts(values: Any) -> list[str]:
    return [text(value) for value in listed(values) if text(value)]
