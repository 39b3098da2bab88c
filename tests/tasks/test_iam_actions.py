"""The table from operations to IAM actions: complete, and made of reads only."""

import botocore.session
import pytest

from tasks.agents import AGENTS
from tasks.iam_actions import READS, REFRESHES, actions_for

READING_VERBS = ("Describe", "Get", "List", "View")


@pytest.mark.parametrize("operation", sorted(READS))
def test_every_operation_in_the_table_exists_and_reads(operation: str) -> None:
    service, _, name = operation.partition(":")
    assert name in botocore.session.get_session().get_service_model(service).operation_names
    assert name.startswith(("Describe", "Get", "List"))


def test_every_action_in_the_table_reads() -> None:
    actions = actions_for(READS)
    assert actions
    assert not [action for action in actions if not action.partition(":")[2].startswith(READING_VERBS)]


def test_budgets_are_viewed_whatever_the_operation_is_called() -> None:
    assert actions_for(["budgets:DescribeBudgets", "budgets:DescribeBudgetPerformanceHistory"]) == {
        "budgets:ViewBudget"
    }


def test_compute_optimizer_needs_to_see_the_resources_themselves() -> None:
    assert actions_for(["compute-optimizer:GetLambdaFunctionRecommendations"]) == {
        "compute-optimizer:GetLambdaFunctionRecommendations",
        "lambda:ListFunctions",
        "lambda:ListProvisionedConcurrencyConfigs",
    }


def test_asking_who_one_is_needs_no_permission() -> None:
    assert actions_for(["sts:GetCallerIdentity"]) == frozenset()


def test_an_operation_that_is_no_known_read_has_no_actions() -> None:
    with pytest.raises(KeyError, match="RefreshTrustedAdvisorCheck"):
        actions_for(["support:RefreshTrustedAdvisorCheck"])


@pytest.mark.parametrize("spec", AGENTS, ids=lambda spec: spec.key)
def test_an_agent_may_read_only_what_the_table_knows(spec: object) -> None:
    may_read = set(getattr(spec, "may_read", ()))
    assert may_read
    assert sorted(may_read - actions_for(READS)) == []


@pytest.mark.parametrize("spec", AGENTS, ids=lambda spec: spec.key)
def test_what_an_agent_needs_to_have_aws_look_anew_is_in_the_tables_and_apart_from_the_reads(spec: object) -> None:
    may_refresh = set(getattr(spec, "may_refresh", ()))
    assert may_refresh <= actions_for(READS) | actions_for(REFRESHES, REFRESHES)
    assert not REFRESHES.keys() & READS.keys()
