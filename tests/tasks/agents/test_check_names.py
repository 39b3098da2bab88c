"""Trusted Advisor's events name a check as it is displayed: the agent knows its own by these names."""

import pytest

from tasks.agents.trusted_advisor.check_names import CHECK_NAMES, is_cost_check
from tasks.agents.trusted_advisor.checks import CHECKS
from tests.tasks.worlds import SAMPLE


def test_every_check_that_the_agent_knows_has_a_name_and_no_other() -> None:
    assert set(CHECK_NAMES) == set(CHECKS)
    assert all(CHECK_NAMES.values())


def test_no_two_checks_share_a_name() -> None:
    names = [name.casefold() for names in CHECK_NAMES.values() for name in names]
    assert len(names) == len(set(names))


def test_the_names_that_the_api_answers_are_known() -> None:
    listed = [one for one in SAMPLE.envelopes if one.operation == "ListChecks"]
    names = [check["name"] for one in listed for check in one.response["checkSummaries"]]
    assert names
    assert all(is_cost_check(name) for name in names)


@pytest.mark.parametrize("name", ["idle load balancers", "  Idle  Load Balancers "])
def test_case_and_blanks_tell_no_names_apart(name: str) -> None:
    assert is_cost_check(name)


@pytest.mark.parametrize("name", ["MFA on Root Account", "Amazon S3 Bucket Permissions", ""])
def test_checks_of_other_categories_are_not_ours(name: str) -> None:
    assert not is_cost_check(name)
