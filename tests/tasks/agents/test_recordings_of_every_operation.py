"""No recording of an operation that we call is left out: which operations those are is read from the adapters."""

import ast
import json
from pathlib import Path
from typing import Any

import pytest

from tasks.agents.trusted_advisor.collect import collect
from tests.tasks.agents.test_recordings import RECORDINGS, SERVED_BY, recordings
from tests.tasks.worlds import LOADER, Json, a_review, a_scripted_world
from workflows.sources import SourceState

ADAPTERS = Path(__file__).parents[3] / "tasks" / "aws"
REFRESHING = {"support:RefreshTrustedAdvisorCheck", "support:DescribeTrustedAdvisorCheckRefreshStatuses"}
"""Asked only where somebody turned refreshing on; their recordings are served below."""
NEVER_RECORDED = {"ce:GetCostAndUsageWithResources", "cost-optimization-hub:ListRecommendationSummaries"}
"""Called, served by tests of their own, and without a recording."""


def operations_of_the_adapters() -> set[str]:
    """Every "service:Operation" whose name stands as text in an adapter and in the description of a service."""
    texts = {
        node.value
        for path in sorted(ADAPTERS.glob("*.py"))
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    services = {name.partition(":")[0] for name in SERVED_BY}
    described = {service: LOADER.load_service_model(service, "service-2")["operations"] for service in services}
    return {f"{service}:{text}" for service, known in described.items() for text in texts & known.keys()}


def envelopes() -> dict[str, Json]:
    files = sorted(RECORDINGS.glob("*/*__*.json")) if RECORDINGS.is_dir() else []
    read = {path.stem: json.loads(path.read_text()) for path in files}
    return {name: one for name, one in read.items() if "operation" in one}


def test_every_operation_that_an_adapter_names_is_served() -> None:
    assert operations_of_the_adapters() == SERVED_BY.keys() | REFRESHING | NEVER_RECORDED


@pytest.mark.skipif(not envelopes(), reason="the recordings are not beside this checkout")
def test_no_recording_of_an_operation_that_we_call_is_left_out() -> None:
    called = operations_of_the_adapters()
    ours = {name for name, one in envelopes().items() if f"{one['service']}:{one['operation']}" in called}
    refreshing = {name for name, one in envelopes().items() if f"{one['service']}:{one['operation']}" in REFRESHING}
    assert ours == {str(one.id) for one in recordings()} | refreshing
    assert not [name for name in ours if any(name.startswith(f"{one.partition(':')[2]}__") for one in NEVER_RECORDED)]


def refreshes() -> list[Any]:
    return [
        pytest.param(one, id=name)
        for name, one in envelopes().items()
        if f"{one['service']}:{one['operation']}" in REFRESHING
    ]


@pytest.mark.skipif(not refreshes(), reason="the recordings are not beside this checkout")
@pytest.mark.parametrize("envelope", refreshes())
def test_a_recorded_refresh_is_followed_to_its_end_and_hinders_nothing(envelope: Json) -> None:
    body, operation = envelope["response"], f"support:{envelope['operation']}"
    told = body["statuses"] if "statuses" in body else [body["status"]]
    check = {"id": told[0]["checkId"], "name": "A check", "description": "", "metadata": []}
    done = {"checkId": check["id"], "status": "success", "millisUntilNextRefreshable": 0}
    enqueued = {**done, "status": "enqueued"}
    script: dict[str, list[Any]] = {
        "support:DescribeTrustedAdvisorChecks": [{"checks": [{**check, "category": "cost_optimizing"}]}],
        "support:RefreshTrustedAdvisorCheck": [{"status": enqueued}],
        "support:DescribeTrustedAdvisorCheckRefreshStatuses": [{"statuses": [done]}],
        "trustedadvisor:ListChecks": [{"checkSummaries": []}],
        "trustedadvisor:ListRecommendations": [{"recommendationSummaries": []}],
    }
    script[operation] = [body, *script[operation]]
    account = a_scripted_world(script, trusted_advisor_refresh=True)
    readings = collect(account.world, a_review(), "123456789012", sleep=lambda _seconds: None)
    assert operation in account.sent
    assert readings[0].status.state is SourceState.NO_DATA
    assert body in [one.response for one in readings[0].responses]
