"""Whatever Cost Explorer answers, the bill is understood or refused in our words, and no amount is made up."""

import json
from dataclasses import replace
from decimal import Decimal
from functools import cache
from types import SimpleNamespace
from typing import Any

import pytest
from botocore.awsrequest import AWSResponse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tasks.agents.cost_explorer.collect import collect, collect_named
from tasks.agents.cost_explorer.rules import analyse
from tasks.agents.work import Heard
from tasks.aws.reading import Reading
from tasks.wiring import SessionClients, World
from tests.tasks.agents.cost_explorer_answers import OPERATIONS, RESOURCES, an_answer, pages_of
from tests.tasks.agents.cost_explorer_figures import check_figures
from tests.tasks.agents.test_named_resource_spend import a_named
from tests.tasks.model_responses import Json, unkind
from tests.tasks.worlds import NOW, SETTINGS, _Bytes, a_review, a_session
from workflows.cost_review.documents import Evidence, Findings, evidence_from, findings_from, to_bytes
from workflows.errors import FinOpsError

ACCOUNT = "123456789012"
BY = {"DAILY": " by day", "MONTHLY": " by month"}
LEFT: dict[str, list[Json]] = {}
"""What is answered to each question from now on, page by page."""


@cache
def the_world() -> World:
    """An account that answers what stands in LEFT, the last page again and again; nothing is ever stored."""
    session = a_session()

    def answer(request: Any, event_name: str, **_: Any) -> AWSResponse:
        operation = event_name.rpartition(".")[2]
        asked = json.loads(request.body)
        by = BY[asked["Granularity"]] if operation == "GetCostAndUsage" else ""
        left = LEFT.get(operation + by, [{}])
        said = left.pop(0) if len(left) > 1 else left[0]
        headers: Any = {"Content-Type": "application/json", "x-amzn-RequestId": "request"}
        return AWSResponse(request.url, 200, headers, _Bytes(json.dumps(said).encode()))

    respond: Any = answer
    session.events.register_last("before-send", respond)
    return World(SETTINGS, SessionClients(session), lambda _service, _region=None: NothingStored(), lambda: NOW)


class NothingStored:
    """A bucket that forgets."""

    def get_paginator(self, _operation: str) -> Any:
        return SimpleNamespace(paginate=lambda **_: iter([{}]))

    def put_object(self, **_: Any) -> None:
        return None


def concluded(question: str, answer: Json, *, twice: bool = False) -> Findings:
    """What the agent concludes where AWS gives this answer to one question, and described ones to the others."""
    LEFT.clear()
    LEFT.update({one: [an_answer(one)] for one in OPERATIONS})
    LEFT[question] = pages_of(question, answer, twice=twice)
    review = a_review()
    advised = Findings("trusted-advisor-agent", ACCOUNT, (), tuple(map(a_named, RESOURCES)))
    heard = Heard({"trusted_advisor": advised})
    evidence = _evidence(collect(the_world(), review, ACCOUNT))
    named = _evidence(collect_named(the_world(), review, ACCOUNT, heard))
    return analyse(evidence, review, replace(heard, evidence={"named_resource_spend": named}))


def _evidence(readings: tuple[Reading, ...]) -> Evidence:
    responses = tuple(response for reading in readings for response in reading.responses)
    kept = Evidence("cost-explorer-agent", ACCOUNT, responses, tuple(one.status for one in readings))
    assert evidence_from(to_bytes(kept)) == kept
    return kept


def answers(question: str, answer: Json) -> dict[str, Json]:
    return {**{one: an_answer(one) for one in OPERATIONS}, question: answer}


@pytest.mark.parametrize("question", OPERATIONS)
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_an_unkind_answer_is_understood_or_refused_and_no_amount_is_made_up(question: str, data: st.DataObject) -> None:
    answer = data.draw(unkind(an_answer(question)))
    try:
        found = concluded(question, answer, twice=data.draw(st.booleans()))
    except FinOpsError:
        return
    check_figures(found, answers(question, answer))
    assert findings_from(to_bytes(found)) == found


def test_answers_as_they_are_described_are_understood_whole() -> None:
    found = concluded(OPERATIONS[0], an_answer(OPERATIONS[0]))
    assert not [one for one in found.sources if one.is_gap]
    assert found.spend is not None
    assert found.forecast is not None
    told = [found.anomalies, found.resource_spend, found.commitments, found.commitment_options, found.spend.accounts]
    assert [len(section) for section in told] == [1, 2, 2, 2, 2]
    check_figures(found, answers(OPERATIONS[0], an_answer(OPERATIONS[0])))


# Of named resources no second page is read: it would be paid.
@pytest.mark.parametrize("question", [one for one in OPERATIONS if one != "GetCostAndUsageWithResources"])
def test_a_page_that_comes_twice_is_counted_once(question: str) -> None:
    once, twice = (concluded(question, an_answer(question), twice=many) for many in (False, True))
    assert replace(twice, sources=()) == replace(once, sources=())


def made_up(found: Findings, section: str) -> Findings:
    """The findings with a cent more in one section."""
    more = Decimal("0.01")
    assert found.spend is not None
    assert found.forecast is not None
    match section:
        case "spend":
            return replace(found, spend=replace(found.spend, month_to_date=found.spend.month_to_date + more))
        case "services":
            (service,) = found.spend.services
            wrong = replace(service, previous_month=service.previous_month + more)
            return replace(found, spend=replace(found.spend, services=(wrong,)))
        case "forecast":
            return replace(found, forecast=replace(found.forecast, remaining=found.forecast.remaining + more))
        case "anomalies":
            return replace(found, anomalies=tuple(replace(one, total_impact=more) for one in found.anomalies))
        case "resource_spend":
            spends = tuple(replace(one, effective_cost=more) for one in found.resource_spend)
            return replace(found, resource_spend=spends)
        case "commitments":
            return replace(found, commitments=tuple(replace(one, on_demand_cost=more) for one in found.commitments))
        case _:
            options = tuple(replace(one, estimated_monthly_savings=more) for one in found.commitment_options)
            return replace(found, commitment_options=options)


@pytest.mark.parametrize(
    "section", ["spend", "services", "forecast", "anomalies", "resource_spend", "commitments", "commitment_options"]
)
def test_the_check_itself_notices_an_amount_that_no_answer_holds(section: str) -> None:
    found = concluded(OPERATIONS[0], an_answer(OPERATIONS[0]))
    with pytest.raises(AssertionError):
        check_figures(made_up(found, section), answers(OPERATIONS[0], an_answer(OPERATIONS[0])))
