"""A payer's review says which accounts Trusted Advisor and Compute Optimizer did not tell of."""

from datetime import date
from decimal import Decimal

import pytest

from tests.workflows.builders import (
    ACCOUNT,
    HUB,
    OPTIMIZER,
    a_candidate,
    a_hearing,
    a_recommendation,
    a_status,
    findings,
)
from workflows.cost_review.coverage import CoverageRow, Hearing, coverage
from workflows.recommendation import Recommendation
from workflows.sources import SourceState
from workflows.spend import AccountSpend, Spend

MEMBER, OTHER = "222233334444", "333344445555"


def billed(*accounts: str) -> Hearing:
    spent = tuple(AccountSpend(one, one, Decimal(1), Decimal(1), Decimal(1)) for one in accounts)
    nothing = Decimal(0)
    spend = Spend("USD", date(2026, 10, 1), date(2026, 11, 16), nothing, nothing, nothing, (), (), accounts=spent)
    found = findings(agent="cost-explorer-agent", sources=(a_status("CostExplorer"),), spend=spend)
    return a_hearing(found, candidate=a_candidate("cost-explorer", ("CostExplorer",)))


def proposed(*rows: Recommendation, state: SourceState = SourceState.AVAILABLE) -> Hearing:
    return a_hearing(findings(*rows, sources=(a_status(HUB), a_status(OPTIMIZER, state))))


def of_members(*hearings: Hearing, accounts: tuple[str, ...] = ()) -> list[CoverageRow]:
    return [row for row in coverage(hearings, accounts) if row.region == ""]


def test_accounts_that_only_the_bill_names_are_a_gap_with_a_remedy() -> None:
    (row,) = of_members(billed(ACCOUNT, MEMBER, OTHER), proposed())

    assert (row.source, row.state, row.is_gap) == (OPTIMIZER, "SKIPPED", True)
    assert f"It tells of account {ACCOUNT} alone" in row.detail
    assert f"2 ({MEMBER}, {OTHER})" in row.detail
    assert "each of them" in row.remedy


def test_where_the_hub_speaks_of_members_it_stands_in_and_the_line_says_so() -> None:
    (row,) = of_members(billed(ACCOUNT), proposed(a_recommendation(account_id=MEMBER)))

    assert (row.source, row.state, row.is_gap) == (OPTIMIZER, "NOT_NEEDED", False)
    assert "stand in for them" in row.detail
    assert row.remedy


@pytest.mark.parametrize("accounts", [(), (ACCOUNT,)])
def test_an_account_alone_misses_nobody(accounts: tuple[str, ...]) -> None:
    assert of_members(billed(*accounts), proposed(a_recommendation())) == []


def test_members_outside_the_scope_of_the_review_are_not_missed() -> None:
    hearings = (billed(ACCOUNT, MEMBER, OTHER), proposed())

    assert of_members(*hearings, accounts=(ACCOUNT,)) == []
    assert f"1 ({OTHER})" in of_members(*hearings, accounts=(OTHER,))[0].detail


def test_a_source_that_was_not_read_at_all_is_missed_only_once() -> None:
    assert of_members(billed(ACCOUNT, MEMBER), proposed(state=SourceState.NOT_ENROLLED)) == []


def test_each_of_trusted_advisors_apis_speaks_of_the_caller_alone_and_the_one_that_was_read_says_so() -> None:
    sources = (a_status("TrustedAdvisor", SourceState.NOT_NEEDED), a_status("TrustedAdvisorLegacy"))
    candidate = a_candidate("trusted-advisor", ("TrustedAdvisor", "TrustedAdvisorLegacy"))
    (row,) = of_members(billed(ACCOUNT, MEMBER), a_hearing(findings(sources=sources), candidate=candidate))

    assert row.source == "TrustedAdvisorLegacy"


def test_of_many_accounts_some_are_named_and_all_are_counted() -> None:
    many = [f"{number:012}" for number in range(1, 301)]
    (row,) = of_members(billed(*many), proposed())

    assert "300 (000000000001, " in row.detail
    assert len(row.detail) < 300


def test_a_scope_without_the_caller_is_told_that_nobody_looked_even_where_no_bill_names_the_account() -> None:
    (row,) = of_members(proposed(state=SourceState.NOT_NEEDED), accounts=(MEMBER,))

    assert (row.source, row.state, row.is_gap) == (OPTIMIZER, "SKIPPED", True)
    assert f"1 ({MEMBER})" in row.detail
