"""Reads only: over all kinds of accounts nothing else is sent, and each agent's role allows exactly what it asks."""

from collections import defaultdict
from collections.abc import Mapping
from contextvars import ContextVar
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


def _called_in_a_review(folder: Path) -> Called:
    """What each agent's work function asked of the account, by "service:Operation"."""
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
    with embedded_aws(account.clients, account.regions, pace=QUICK, around=around) as aws:
        run = execute(aws, {"as_of": account.as_of.isoformat()})
    assert run.description["status"] == "SUCCEEDED", run.description.get("cause")
    return called


@pytest.fixture(scope="module")
def called(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Called]:
    """By variant of the account and by function, what was asked."""
    root = tmp_path_factory.mktemp("accounts")
    folders = {
        name: an_account_folder(root / str(number), instead) for number, (name, instead) in enumerate(VARIANTS.items())
    }
    owning_commitments(folders["commitments owned"])
    return {name: _called_in_a_review(folder) for name, folder in folders.items()}


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
    """Otherwise they would show nothing: the legacy API is asked only where the new one refuses, and so on."""
    trusted_advisor = next(spec.work_function for spec in AGENTS if spec.key == "trusted_advisor")
    legacy = "support:DescribeTrustedAdvisorCheckResult"
    assert legacy in called["legacy trusted advisor api"][trusted_advisor]
    assert legacy not in called["everything on"][trusted_advisor]
