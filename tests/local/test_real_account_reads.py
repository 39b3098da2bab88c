"""Reads only: over all kinds of accounts nothing else is sent, and each agent's role allows exactly what it asks."""

from collections import defaultdict
from collections.abc import Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from local.accounts import account_in_folder
from local.embedded_aws import embedded_aws
from local.moto_seams import LambdaFunction
from local.read_only import operation_named_by
from tasks.agents import AGENTS
from tasks.iam_actions import READS, actions_for
from tests.local.account_variants import VARIANTS, an_account_folder, owning_commitments
from tests.local.runs import QUICK, execute

NOBODY = "nobody"
Called = Mapping[str, set[str]]


@dataclass(frozen=True)
class Reviewed:
    """What each agent's work function asked of the account, by "service:Operation", and what the report says of it."""

    called: Called
    coverage: list[dict[str, Any]]


def _reviewed(folder: Path) -> Reviewed:
    called: dict[str, set[str]] = defaultdict(set)
    running: ContextVar[str] = ContextVar("running", default=NOBODY)

    def note(event_name: str, **_: Any) -> None:
        called[running.get()].add(operation_named_by(event_name))

    def around(name: str, function: LambdaFunction) -> LambdaFunction:
        def invoke(event: Any) -> object:
            token = running.set(name)
            try:
                return function(event)
            finally:
                running.reset(token)

        return invoke

    account = account_in_folder(folder)
    account.session.events.register_first("before-call", note)
    with embedded_aws(account.clients, account.settings, pace=QUICK, around=around) as aws:
        run = execute(aws, {"as_of": account.as_of.isoformat()})
    assert run.description["status"] == "SUCCEEDED", run.description.get("cause")
    return Reviewed(called, run.report["coverage"])


@pytest.fixture(scope="module")
def reviewed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Reviewed]:
    """A review of each variant of the account."""
    root = tmp_path_factory.mktemp("accounts")
    folders = {
        name: an_account_folder(root / str(number), instead) for number, (name, instead) in enumerate(VARIANTS.items())
    }
    owning_commitments(folders["commitments owned"])
    return {name: _reviewed(folder) for name, folder in folders.items()}


@pytest.fixture(scope="module")
def called(reviewed: dict[str, Reviewed]) -> dict[str, Called]:
    """By variant of the account and by function, what was asked."""
    return {name: one.called for name, one in reviewed.items()}


def test_nothing_but_reads_is_asked_of_any_account(called: dict[str, Called]) -> None:
    asked = {operation for by_agent in called.values() for operations in by_agent.values() for operation in operations}
    assert asked
    assert sorted(asked - READS.keys()) == []


def test_only_the_agents_ask_the_account(called: dict[str, Called]) -> None:
    asking = {name for by_agent in called.values() for name in by_agent}
    assert asking == {spec.work_function for spec in AGENTS}


@pytest.mark.parametrize("spec", AGENTS, ids=lambda spec: spec.key)
def test_an_agent_may_read_exactly_what_the_variants_of_accounts_need(spec: Any, called: dict[str, Called]) -> None:
    asked = {operation for by_agent in called.values() for operation in by_agent[spec.work_function]}
    needed = actions_for(asked & READS.keys())
    missing, superfluous = sorted(needed - set(spec.may_read)), sorted(set(spec.may_read) - needed)
    assert not missing, f"{spec.key}/spec.py: may_read lacks {missing}, which a review needs"
    assert not superfluous, f"{spec.key}/spec.py: may_read allows {superfluous}, which no kind of account needs"


def test_the_variants_differ_in_what_is_asked(called: dict[str, Called]) -> None:
    """Otherwise they would show nothing: what to commit to is paid for only where the Hub does not propose it."""
    cost_explorer = next(spec.work_function for spec in AGENTS if spec.key == "cost_explorer")
    paid = "ce:GetSavingsPlansPurchaseRecommendation"
    assert paid in called["hub not enrolled"][cost_explorer]
    assert paid not in called["everything on"][cost_explorer]


@pytest.mark.parametrize("variant", VARIANTS)
def test_every_source_of_every_account_is_spoken_of_and_each_gap_has_a_remedy(
    reviewed: dict[str, Reviewed], variant: str
) -> None:
    rows = reviewed[variant].coverage
    assert {row["source"] for row in rows} == {source for spec in AGENTS for source in spec.sources}
    assert {row["region"] for row in rows if row["source"] == "ComputeOptimizer"} == {"us-east-1", "eu-west-1"}
    assert not [row for row in rows if row["is_gap"] and not (row["detail"] and row["remedy"])]


def test_an_agent_that_is_not_ready_leaves_the_state_that_its_check_found(reviewed: dict[str, Reviewed]) -> None:
    """Without the plan Trusted Advisor's agent is not asked at all, and its own check knows why."""
    rows = [row for row in reviewed["nothing on"].coverage if row["agent"] == "trusted-advisor-agent"]
    assert {(row["source"], row["region"]): row["state"] for row in rows} == {
        ("TrustedAdvisor", "us-east-1"): "DENIED",
        ("TrustedAdvisorLegacy", "us-east-1"): "NO_SUPPORT_PLAN",
    }


def test_the_variants_differ_in_what_cannot_be_seen(reviewed: dict[str, Reviewed]) -> None:
    """Otherwise no remedy was looked at above."""
    unseen = {name: {row["source"] for row in one.coverage if row["is_gap"]} for name, one in reviewed.items()}
    assert unseen["everything on"] == unseen["legacy trusted advisor api"] == set()
    assert {"TrustedAdvisor", "CostOptimizationHub", "ComputeOptimizer", "CostExplorerResources"} - unseen[
        "nothing on"
    ] <= {"CostExplorerResources"}, "nobody asks what resources cost that nobody named"
