"""What AWS leaves out of an answer because of how it was asked: other days, other resources, other checks."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

Json = dict[str, Any]


def narrowed(response: Json, parameters: Json) -> Json:
    """The response without what the call did not ask for; the response given is left as it is."""
    answer = dict(response)
    if period := parameters.get("TimePeriod"):
        _keep_period(answer, period)
    if interval := parameters.get("DateInterval"):
        _keep_anomalies(answer, interval)
    if expression := parameters.get("Filter"):
        _keep_groups(answer, expression)
    if "summaries" in answer and "checkIds" in parameters:
        asked = parameters["checkIds"]
        answer["summaries"] = [summary for summary in answer["summaries"] if summary["checkId"] in asked]
    return answer


def can_apply(expression: Json, response: Json, account_id: str) -> bool:
    """Whether the groups of the response tell which of them the filter keeps.

    Naming resources decides alone: a resource belongs to one service, one region and one account.
    """
    grouped_by = set(_dimensions(response))
    leaves = list(_leaves(expression))
    if "RESOURCE_ID" in grouped_by and any(leaf.get("Key") == "RESOURCE_ID" for leaf in leaves):
        return True
    return all(
        leaf.get("MatchOptions", ["EQUALS"]) == ["EQUALS"]
        and (leaf.get("Key") in grouped_by or (leaf.get("Key") == "LINKED_ACCOUNT" and account_id in leaf["Values"]))
        for leaf in leaves
    )


def _keep_period(answer: Json, period: Json) -> None:
    for name in ("ResultsByTime", "ForecastResultsByTime"):
        if name in answer:
            answer[name] = [
                bucket for bucket in answer[name] if period["Start"] <= bucket["TimePeriod"]["Start"] < period["End"]
            ]
    if "ForecastResultsByTime" in answer:
        total = sum((Decimal(bucket["MeanValue"]) for bucket in answer["ForecastResultsByTime"]), Decimal(0))
        answer["Total"] = {**answer["Total"], "Amount": str(total)}


def _keep_anomalies(answer: Json, interval: Json) -> None:
    """Cost Explorer selects anomalies by the day they ended; one that still runs is always told."""
    first, last = interval["StartDate"], interval.get("EndDate", "9999-12-31")
    answer["Anomalies"] = [
        anomaly
        for anomaly in answer.get("Anomalies", [])
        if "AnomalyEndDate" not in anomaly or first <= anomaly["AnomalyEndDate"][:10] <= last
    ]


def _keep_groups(answer: Json, expression: Json) -> None:
    names = _dimensions(answer)
    answer["ResultsByTime"] = [
        {
            **bucket,
            "Groups": [
                group
                for group in bucket.get("Groups", [])
                if _keeps(expression, dict(zip(names, group["Keys"], strict=True)))
            ],
        }
        for bucket in answer.get("ResultsByTime", [])
    ]


def _keeps(expression: Json, group: dict[str, str]) -> bool:
    if "And" in expression:
        return all(_keeps(part, group) for part in expression["And"])
    if "Or" in expression:
        return any(_keeps(part, group) for part in expression["Or"])
    if "Not" in expression:
        told = all(leaf.get("Key") in group for leaf in _leaves(expression["Not"]))
        return not told or not _keeps(expression["Not"], group)
    leaf = expression.get("Dimensions", {})
    return leaf.get("Key") not in group or group[leaf["Key"]] in leaf["Values"]


def _leaves(expression: Json) -> Iterator[Json]:
    for name, part in expression.items():
        if name in ("And", "Or"):
            for each in part:
                yield from _leaves(each)
        elif name == "Not":
            yield from _leaves(part)
        else:
            yield part if name == "Dimensions" else {}


def _dimensions(response: Json) -> list[str]:
    return [definition["Key"] for definition in response.get("GroupDefinitions", [])]
