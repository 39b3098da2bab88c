"""What a review and another team's agent say to each other."""

import json
from decimal import Decimal
from typing import Any

import pytest

from tests.workflows.discovery.cards import a_proposal, an_answer
from workflows.discovery.contract import (
    LARGEST_ANSWER_BYTES,
    RecommendAnswer,
    SelfCheckAnswer,
    answer_document,
    validated,
)
from workflows.errors import InvalidAgentAnswer


def test_an_amount_is_read_to_the_last_digit_however_it_is_written() -> None:
    for written in ('"12.10"', "12.10", "12.1e0"):
        content = json.dumps(an_answer()).replace('"12.50"', written).encode()
        (one,) = validated(RecommendAnswer, answer_document(content)).recommendations
        assert one.estimated_monthly_savings == Decimal("12.1")


def test_an_unknown_saving_stays_unknown() -> None:
    (one,) = validated(RecommendAnswer, an_answer(a_proposal(estimated_monthly_savings=None))).recommendations
    assert one.estimated_monthly_savings is None


NO_MONEY = [
    "NaN",
    "Infinity",
    "-inf",
    "1e9",
    "-1000000000",
    "1e-13",
    "",
    "12,50",
    "$12",
    "1_000",
    "\N{FULLWIDTH DIGIT ONE}",
    True,
    [],
    {"amount": 1},
]


@pytest.mark.parametrize("value", NO_MONEY)
def test_what_is_no_amount_that_an_account_can_save_is_refused(value: Any) -> None:
    with pytest.raises(InvalidAgentAnswer, match=r"recommendations\.0\.estimated_monthly_savings: not an amount"):
        validated(RecommendAnswer, an_answer(a_proposal(estimated_monthly_savings=value)))


def test_a_purchase_is_refused() -> None:
    """The contract has no words for its terms, and nothing would tell which usage it discounts."""
    with pytest.raises(InvalidAgentAnswer, match=r"action_type: a purchase is no saving on one resource"):
        validated(RecommendAnswer, an_answer(a_proposal(action_type="PurchaseReservedInstances")))


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity"])
def test_numbers_that_json_does_not_know_are_refused(number: str) -> None:
    content = json.dumps(an_answer()).replace('"12.50"', number).encode()
    with pytest.raises(InvalidAgentAnswer, match=f"{number} is no number"):
        answer_document(content)


RUBBISH = {"no JSON": b"<html>", "a list": b"[]", "nothing": b"", "deep": b"[" * 100_000, "no text": b"\xff\xfe{"}


@pytest.mark.parametrize("name", RUBBISH)
def test_rubbish_is_refused(name: str) -> None:
    with pytest.raises(InvalidAgentAnswer):
        answer_document(RUBBISH[name])


def test_an_answer_that_is_too_large_is_refused_before_it_is_read() -> None:
    with pytest.raises(InvalidAgentAnswer, match="bytes; 1000000 at most"):
        answer_document(b'"' + b"x" * LARGEST_ANSWER_BYTES + b'"')


BROKEN: dict[str, dict[str, Any]] = {
    "another contract": an_answer(contract="finops.agent/2"),
    "no contract": {name: value for name, value in an_answer().items() if name != "contract"},
    "a field that nobody knows": an_answer(total="1"),
    "no source": an_answer(sources=[]),
    "an unknown state": an_answer(sources=[{"source": "LogRetention", "state": "FINE"}]),
    "an unknown action": an_answer(a_proposal(action_type="Explode")),
    "no currency": an_answer(a_proposal(billing_currency="dollars")),
    "no account": an_answer(a_proposal(account_id="me")),
    "a long text": an_answer(a_proposal(current_resource_summary="x" * 501)),
    "too many": an_answer(*[a_proposal()] * 2_001),
}


@pytest.mark.parametrize("name", BROKEN)
def test_an_answer_that_breaks_the_contract_is_refused_as_a_whole(name: str) -> None:
    with pytest.raises(InvalidAgentAnswer, match=r"not of the contract finops\.agent/1"):
        validated(RecommendAnswer, BROKEN[name])


def test_the_first_places_are_named_and_the_others_counted() -> None:
    wrong = [a_proposal(account_id="me") for _ in range(5)]
    with pytest.raises(InvalidAgentAnswer, match=r"recommendations\.0\.account_id: .*\(and 2 more\)"):
        validated(RecommendAnswer, an_answer(*wrong))


def test_a_self_check_says_ready_or_not() -> None:
    told = {"contract": "finops.agent/1", "agent": "log-retention-agent", "status": "not_ready", "reason": "No logs."}
    assert validated(SelfCheckAnswer, told).reason == "No logs."
    with pytest.raises(InvalidAgentAnswer, match="status"):
        validated(SelfCheckAnswer, {**told, "status": "perhaps"})
