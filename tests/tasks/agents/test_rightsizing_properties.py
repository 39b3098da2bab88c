"""Whatever AWS answers, rightsizing and budgets are understood or refused in our words, and no amount is made up."""

import json
from collections.abc import Callable
from decimal import Decimal
from functools import cache, partial
from typing import Any

import pytest
from botocore.awsrequest import AWSResponse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tasks.agents.budget import rules as budget_rules
from tasks.agents.rightsizing import rules as rightsizing_rules
from tasks.agents.work import Heard
from tasks.aws import budgets, compute_optimizer, cost_explorer, cost_optimization_hub
from tasks.aws.reading import Reader, Reading, read
from tasks.wiring import SessionClients
from tests.tasks.model_responses import Json, a_model_response, raw_amounts, unkind
from tests.tasks.worlds import _Bytes, a_review, a_session
from workflows.cost_review.documents import Evidence, Findings, findings_from, to_bytes
from workflows.errors import FinOpsError
from workflows.sources import Source

ACCOUNT = "123456789012"
BEFORE: dict[str, Json] = {
    "GetEnrollmentStatus": {"status": "Active"},
    "ListEnrollmentStatuses": {"items": [{"status": "Active"}]},
    "DescribeBudgets": {"Budgets": [{"BudgetName": "all", "BudgetType": "COST", "TimeUnit": "MONTHLY"}]},
}
"""What has to be answered before the operation that is looked at is asked."""
ANSWERED: dict[str, list[Json]] = {}
READS: dict[str, tuple[Source, Callable[[Reader], int]]] = {
    "compute-optimizer": (Source.COMPUTE_OPTIMIZER, compute_optimizer.read_recommendations),
    "cost-optimization-hub": (Source.COST_OPTIMIZATION_HUB, cost_optimization_hub.read_recommendations),
    "ce": (Source.COST_EXPLORER_RIGHTSIZING, cost_explorer.read_rightsizing),
    "budgets": (Source.BUDGETS, partial(budgets.read_budgets, account_id=ACCOUNT)),
}
OPERATIONS = [
    *(("compute-optimizer", operation) for operation in ("GetEnrollmentStatus", *compute_optimizer.LISTS)),
    ("cost-optimization-hub", "ListEnrollmentStatuses"),
    ("cost-optimization-hub", "ListRecommendations"),
    ("cost-optimization-hub", "GetPreferences"),
    ("ce", "GetRightsizingRecommendation"),
    ("budgets", "DescribeBudgets"),
    ("budgets", "DescribeBudgetPerformanceHistory"),
]
PROPOSING = [
    (service, operation)
    for service, operation in OPERATIONS
    if service != "budgets"
    and operation in {*compute_optimizer.LISTS, "ListRecommendations", "GetRightsizingRecommendation"}
]


@cache
def clients() -> SessionClients:
    """Clients of an account that answers what stands in ANSWERED, the last answer again and again, else nothing."""
    session = a_session()

    def answer(request: Any, event_name: str, **_: Any) -> AWSResponse:
        left = ANSWERED.get(event_name.rpartition(".")[2], [{}])
        said = left.pop(0) if len(left) > 1 else left[0]
        headers: Any = {"Content-Type": "application/json", "x-amzn-RequestId": "request"}
        return AWSResponse(request.url, 200, headers, _Bytes(json.dumps(said).encode()))

    respond: Any = answer
    session.events.register_last("before-send", respond)
    return SessionClients(session)


def concluded(service: str, operation: str, response: Json) -> Findings:
    """What the agent concludes where AWS gives this answer, and then a last page without rows."""
    ANSWERED.clear()
    ANSWERED.update({name: [answered] for name, answered in BEFORE.items()})
    ANSWERED[operation] = [response, BEFORE.get(operation, {})]
    source, reads = READS[service]
    reading: Reading = read(clients(), source, "us-east-1", reads)
    evidence = Evidence("agent", ACCOUNT, reading.responses, (reading.status,))
    analyse = budget_rules.analyse if service == "budgets" else rightsizing_rules.analyse
    return analyse(evidence, a_review(), Heard())


def told_amounts(found: Findings) -> set[Decimal | None]:
    """Every amount that the findings take from AWS."""
    saved = {one.estimated_monthly_savings for one in found.recommendations}
    of_budgets = {each for one in found.budgets for each in (one.limit, one.actual, one.forecast)}
    of_periods = {each for one in found.budgets for past in one.history for each in (past.budgeted, past.actual)}
    return saved | of_budgets | of_periods


@pytest.mark.parametrize(("service", "operation"), OPERATIONS)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_an_unkind_answer_is_understood_or_refused_and_no_amount_is_made_up(
    service: str, operation: str, data: st.DataObject
) -> None:
    response = data.draw(unkind(_kind(service, operation)))
    try:
        found = concluded(service, operation, response)
    except FinOpsError:
        return
    assert told_amounts(found) <= raw_amounts(response) | {None}
    assert findings_from(to_bytes(found)) == found


@pytest.mark.parametrize(("service", "operation"), PROPOSING)
def test_an_answer_as_it_is_described_becomes_a_recommendation_with_a_saving(service: str, operation: str) -> None:
    found = concluded(service, operation, _kind(service, operation))
    assert [one.estimated_monthly_savings is not None for one in found.recommendations] in ([True], [True, True])
    assert all(one.evidence and not one.notes for one in found.recommendations)


@cache
def _kind(service: str, operation: str) -> Json:
    return a_model_response(service, operation)
