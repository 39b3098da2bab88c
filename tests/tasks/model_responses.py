"""Responses built from botocore's own description of an operation, and what an unkind network makes of them."""

import copy
from collections.abc import Iterator
from decimal import Decimal
from itertools import count
from typing import Any

import botocore.session
from hypothesis import strategies as st

from tests.tasks.worlds import LOADER
from workflows.errors import MalformedResponse
from workflows.money import amount

Json = dict[str, Any]
Path = tuple[str | int, ...]
DEEPEST = 9
TIMESTAMP = 1_794_731_406.0
NOTHING_TO_DO = frozenset({"Optimized", "Unavailable", "HEALTHY"})
GONE = object()
FIGURES = frozenset(
    {
        *("value", "estimatedMonthlySavings", "savingsOpportunity", "savingsOpportunityAfterDiscounts"),
        *("EstimatedMonthlySavings", "estimatedMonthlyCost", "estimatedSavingsPercentage", "MonthlyCost"),
        *("Amount", "Unit", "BudgetLimit", "PlannedBudgetLimits", "ActualSpend", "BudgetedAmount", "ActualAmount"),
        *("MeanValue", "PredictionIntervalLowerBound", "TotalImpact", "Contribution", "SpendCoveredBySavingsPlans"),
        *("OnDemandCost", "NetSavings", "NetRISavings", "UnusedCommitment", "RICostForUnusedHours"),
        *("EstimatedMonthlySavingsAmount", "HourlyCommitmentToPurchase", "UpfrontCost", "UtilizationPercentage"),
    }
)


def a_model_response(service: str, operation: str) -> Json:
    """One answer in which every member is there once, every number is another, and every finding asks for a change."""
    core = botocore.session.Session()
    core.register_component("data_loader", LOADER)
    shape = core.get_service_model(service).operation_model(operation).output_shape
    built: Json = _built(shape, "", count(11), ())
    return built


def _built(shape: Any, name: str, numbers: Iterator[int], inside: tuple[str, ...]) -> Any:
    match shape.type_name:
        case "structure":
            deeper = (*inside, shape.name)
            return {
                member: _built(each, member, numbers, deeper)
                for member, each in shape.members.items()
                if each.name not in deeper and len(deeper) < DEEPEST
            }
        case "list":
            return [] if shape.member.name in inside else [_built(shape.member, name, numbers, inside)]
        case "map":
            return {_text(shape.key, "key", numbers): _built(shape.value, name, numbers, inside)}
        case "timestamp":
            return TIMESTAMP
        case "boolean":
            return True
        case "string":
            return _text(shape, name, numbers)
        case "integer" | "long":
            return next(numbers)
        case _:
            return next(numbers) + 0.25


def _text(shape: Any, name: str, numbers: Iterator[int]) -> str:
    if shape.enum:
        return str(next((value for value in shape.enum if value not in NOTHING_TO_DO), shape.enum[0]))
    if name.lower().endswith("arn"):
        return f"arn:aws:ec2:us-east-1:123456789012:instance/i-{next(numbers)}"
    if "amount" in name.lower() or "savings" in name.lower() or name == "MonthlyCost":
        return f"{next(numbers)}.75"
    return {"currency": "USD", "Unit": "USD", "accountId": "123456789012"}.get(name, f"{name}-{next(numbers)}")


def paths(value: Any, here: Path = ()) -> Iterator[Path]:
    """The way to every member below the top."""
    if here:
        yield here
    if isinstance(value, dict):
        for name, each in value.items():
            yield from paths(each, (*here, name))
    elif isinstance(value, list):
        for index, each in enumerate(value):
            yield from paths(each, (*here, index))


def unkind(response: Json) -> st.SearchStrategy[Json]:
    """The response with up to eight of its members missing, null, empty, in the wrong case or of the wrong type.

    Most changes meet all members of one name (a saving that is told twice is unknown only where both are), and among
    these the ones that figures are made of come more often.
    """
    everywhere = list(paths(response))
    named: dict[str | int, list[Path]] = {}
    for path in everywhere:
        named.setdefault(path[-1], []).append(path)
    telling = [group for name, group in named.items() if str(name) in FIGURES] or list(named.values())
    places = st.one_of(
        st.sampled_from(telling),
        st.sampled_from(list(named.values())),
        st.sampled_from(everywhere).map(lambda path: [path]),
    )
    changes = st.lists(st.tuples(places, st.sampled_from([*HARMS])), max_size=8)
    return changes.map(lambda drawn: _harmed(response, [(path, harm) for group, harm in drawn for path in group]))


def _flipped(value: Any) -> Any:
    return value.swapcase() if isinstance(value, str) else value


def _negative(value: Any) -> Any:
    match value:
        case bool():
            return value
        case int() | float():
            return -value
        case str() if value.replace(".", "", 1).isdigit():
            return f"-{value}"
        case _:
            return value


def _of_another_type(value: Any) -> Any:
    """A number for a text, a text for a number, a list for a structure, a structure for a list."""
    match value:
        case bool():
            return "true"
        case str():
            return 7.5
        case int() | float():
            return f"${value:,}"
        case dict():
            return [value]
        case _:
            return {"0": value}


HARMS: dict[str, Any] = {
    "missing": lambda _value: GONE,
    "null": lambda _value: None,
    "empty": lambda value: type(value)() if isinstance(value, dict | list) else "",
    "wrong case": _flipped,
    "wrong type": _of_another_type,
    "words": lambda _value: "see the console",
    "negative": _negative,
    "huge": lambda value: value if isinstance(value, dict | list) else "9e400",
    "not a number": lambda _value: float("nan"),
    "twice": lambda value: [*value, *value] if isinstance(value, list) else value,
}


def _harmed(response: Json, changes: list[tuple[Path, str]]) -> Json:
    harmed = copy.deepcopy(response)
    for path, harm in changes:
        holder = _at(harmed, path[:-1])
        last: Any = path[-1]
        if not _holds(holder, last):
            continue
        changed = HARMS[harm](holder[last])
        if changed is GONE:
            del holder[last]
        else:
            holder[last] = changed
    return harmed


def _holds(holder: Any, part: Any) -> bool:
    if isinstance(holder, dict):
        return part in holder
    return isinstance(holder, list) and isinstance(part, int) and part < len(holder)


def _at(value: Any, path: Path) -> Any:
    """What lies there, or nothing where an earlier change took it away."""
    for part in path:
        try:
            value = value[part]
        except (KeyError, IndexError, TypeError):
            return None
    return value


def raw_amounts(response: Any) -> set[Decimal]:
    """Every number that stands anywhere in the response, whoever wrote it as what."""
    if isinstance(response, dict):
        return set().union(*map(raw_amounts, response.values()))
    if isinstance(response, list):
        return set().union(*map(raw_amounts, response))
    try:
        read = amount(response)
    except MalformedResponse:
        return set()
    return set() if read is None else {read}
