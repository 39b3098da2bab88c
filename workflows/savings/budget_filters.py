"""Whether a saving lowers the cost that a budget measures: yes, no, or cannot be told. Nothing is assumed."""

from collections.abc import Callable, Iterable, Mapping, Sequence

from workflows.budgets import Condition, ConditionKind
from workflows.recommendation import Recommendation
from workflows.resource_keys import BILLED_AS, ResourceName, billing_ids
from workflows.savings.opportunity import Opportunity

Answer = bool | None
"""None where it cannot be told."""
USAGE_RECORDS = frozenset({"usage", "discountedusage", "savingsplancoveredusage"})
"""Record types that a saving of usage is in; which of them depends on commitments that cover it."""
_CASE_INSENSITIVE = "CASE_INSENSITIVE"
_TESTS: Mapping[str, Callable[[str, str], bool]] = {
    "EQUALS": str.__eq__,
    "STARTS_WITH": str.startswith,
    "ENDS_WITH": str.endswith,
    "CONTAINS": str.__contains__,
}


def lowers(conditions: Sequence[Condition], one: Opportunity) -> tuple[Answer, tuple[str, ...]]:
    """Whether the opportunity's saving is in what these conditions leave, and the conditions that cannot be judged.

    The latter are named only where the answer hangs on them.
    """
    answers = [(_holds(condition, one), condition) for condition in conditions]
    answer = _all(answer for answer, _ in answers)
    open_ones = tuple(condition.words for told, condition in answers if told is None) if answer is None else ()
    return answer, open_ones


def _holds(condition: Condition, one: Opportunity) -> Answer:
    match condition.kind:
        case ConditionKind.ALL:
            return _all(_holds(part, one) for part in condition.parts)
        case ConditionKind.ANY:
            return _not(_all(_not(_holds(part, one)) for part in condition.parts))
        case ConditionKind.NOT:
            return _not(_all(_holds(part, one) for part in condition.parts))
        case ConditionKind.VALUES:
            return _has_value(condition, one)
        case ConditionKind.UNREADABLE:
            return None


def _all(answers: Iterable[Answer]) -> Answer:
    told = list(answers)
    return False if False in told else None if None in told else True


def _not(answer: Answer) -> Answer:
    return None if answer is None else not answer


def _has_value(condition: Condition, one: Opportunity) -> Answer:
    chosen = one.best.chosen
    match condition.dimension:
        case "LINKED_ACCOUNT":
            return _fits(condition, chosen.account_id)
        case "REGION":
            return _fits(condition, chosen.region_id)
        case "SERVICE":
            return _fits(condition, BILLED_AS.get(chosen.resource_type, ""))
        case "TAG":
            return _tagged(condition, one)
        case "RECORD_TYPE":
            return _is_record_type(condition)
        case "RESOURCE_ID":
            return _is_named(condition, chosen)
        case _:
            return None


def _fits(condition: Condition, value: str) -> Answer:
    """Whether the value is one of the condition's; a value that is not known leaves it open."""
    options = [option for option in condition.match if option != _CASE_INSENSITIVE] or ["EQUALS"]
    if options == ["ABSENT"]:
        return False if value else None
    if not value or any(option not in _TESTS for option in options):
        return None
    fold = str.casefold if _CASE_INSENSITIVE in condition.match else str
    return any(_TESTS[option](fold(value), fold(wanted)) for option in options for wanted in condition.values)


def _tagged(condition: Condition, one: Opportunity) -> Answer:
    """By the tags that any of its sources tells; where none tells any, there may be some all the same."""
    told = [tag for member in one.members for tag in member.tags]
    values = {value for key, value in told if key == condition.key and value}
    if values and "ABSENT" not in condition.match:
        return _not(_all(_not(_fits(condition, value)) for value in sorted(values)))
    return not values and _takes_untagged(condition) if told else None


def _takes_untagged(condition: Condition) -> bool:
    """Whether a cost without the tag is in it: AWS writes that as ABSENT, as the value "", and as no value at all."""
    return "ABSENT" in condition.match or not condition.values or "" in condition.values


def _is_record_type(condition: Condition) -> Answer:
    if condition.match:
        return None
    wanted = {value.replace(" ", "").casefold() for value in condition.values}
    if not wanted & USAGE_RECORDS:
        return False
    return True if wanted >= USAGE_RECORDS else None


def _is_named(condition: Condition, chosen: Recommendation) -> Answer:
    """A spelling that is not known here may still be the resource's."""
    name = ResourceName(chosen.account_id, chosen.region_id, chosen.resource_type, chosen.resource_id)
    spellings = {chosen.resource_id, chosen.resource_arn, *billing_ids(name)} - {""}
    return True if not condition.match and spellings & set(condition.values) else None
