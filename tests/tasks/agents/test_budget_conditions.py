"""What a budget looks at, as rules read it: nothing of a filter is lost, and what nobody can read stays a condition."""

from typing import Any

import pytest

from tasks.agents.budget.conditions import conditions
from tasks.agents.budget.filters import filter_words
from tests.tasks.worlds import Json
from workflows.budgets import Condition, ConditionKind

VALUES, UNREADABLE = ConditionKind.VALUES, ConditionKind.UNREADABLE


def told(budget: Json) -> list[tuple[str, str, tuple[str, ...], tuple[str, ...]]]:
    return [(one.dimension, one.key, one.values, one.match) for one in conditions(budget)]


def dimension(key: str, *values: str, **more: Any) -> Json:
    return {"Dimensions": {"Key": key, "Values": list(values), **more}}


def test_no_filter_is_no_condition() -> None:
    assert conditions({}) == conditions({"CostFilters": {}}) == conditions({"FilterExpression": {}}) == ()


def test_older_budgets_name_dimensions_in_their_own_words() -> None:
    older = {"Service": ["AWS Lambda"], "LinkedAccount": ["1", "2"], "Region": ["eu-west-1"], "UsageType": ["x"]}
    assert told({"CostFilters": older}) == [
        ("LINKED_ACCOUNT", "", ("1", "2"), ()),
        ("REGION", "", ("eu-west-1",), ()),
        ("SERVICE", "", ("AWS Lambda",), ()),
        ("USAGETYPE", "", ("x",), ()),
    ]


def test_tags_of_older_budgets_are_a_condition_for_each_key() -> None:
    tagged = {"TagKeyValue": ["user:team$web", "user:team$data", "aws:createdBy$somebody"]}
    assert told({"CostFilters": tagged}) == [
        ("TAG", "aws:createdBy", ("somebody",), ()),
        ("TAG", "team", ("web", "data"), ()),
    ]


def test_no_value_of_a_tag_is_a_value_too() -> None:
    without = {"Tags": {"Key": "team", "Values": ["", "web"]}}
    assert told({"CostFilters": {"TagKeyValue": ["user:team$"]}}) == [("TAG", "team", ("",), ())]
    assert told({"FilterExpression": without}) == [("TAG", "team", ("", "web"), ())]


def test_newer_budgets_have_an_expression() -> None:
    tagged = {"Tags": {"Key": "team", "Values": ["web"]}}
    whole = {"And": [dimension("SERVICE", "AWS Lambda"), {"Not": dimension("RECORD_TYPE", "Credit")}, tagged]}
    (both,) = conditions({"FilterExpression": whole})
    service, no_credit, tag = both.parts
    assert (both.kind, no_credit.kind) == (ConditionKind.ALL, ConditionKind.NOT)
    assert (service.dimension, service.values) == ("SERVICE", ("AWS Lambda",))
    assert (no_credit.parts[0].dimension, no_credit.parts[0].values) == ("RECORD_TYPE", ("Credit",))
    assert (tag.dimension, tag.key, tag.values) == ("TAG", "team", ("web",))


def test_one_of_several_expressions_may_hold() -> None:
    (either,) = conditions({"FilterExpression": {"Or": [dimension("REGION", "a"), dimension("REGION", "b")]}})
    assert (either.kind, [one.values for one in either.parts]) == (ConditionKind.ANY, [("a",), ("b",)])


def test_how_values_are_compared_is_kept() -> None:
    (starts,) = conditions({"FilterExpression": dimension("USAGE_TYPE", "EU", MatchOptions=["STARTS_WITH"])})
    assert starts.match == ("STARTS_WITH",)
    (plain,) = conditions(
        {"FilterExpression": dimension("REGION", "eu-west-1", MatchOptions=["EQUALS", "CASE_SENSITIVE"])}
    )
    assert plain.match == ()


@pytest.mark.parametrize(
    "expression",
    [
        {"Something": {"Key": "x", "Values": ["y"]}},
        {"Dimensions": {"Values": ["y"]}},
        {"Dimensions": None},
        {"And": []},
        {"And": None},
        ["SERVICE"],
    ],
)
def test_what_nobody_can_read_is_a_condition_all_the_same(expression: Any) -> None:
    assert [one.kind for one in conditions({"FilterExpression": expression})] == [UNREADABLE]


def test_a_part_that_nobody_can_read_stays_in_its_place() -> None:
    (negated,) = conditions({"FilterExpression": {"Not": {"Something": {}}}})
    assert [one.kind for one in negated.parts] == [UNREADABLE]


def test_every_condition_says_in_words_what_the_filter_says() -> None:
    expression = {"Or": [dimension("REGION", "eu-west-1"), {"Tags": {"Key": "team", "Values": ["web"]}}]}
    (either,) = conditions({"FilterExpression": expression})
    assert (either.words,) == filter_words({"FilterExpression": expression})
    assert [one.words for one in either.parts] == ["REGION: eu-west-1", "tag team: web"]


def test_a_condition_is_what_it_says() -> None:
    assert conditions({"CostFilters": {"Region": ["eu-west-1"]}}) == (
        Condition(VALUES, "Region: eu-west-1", (), "REGION", "", ("eu-west-1",)),
    )
