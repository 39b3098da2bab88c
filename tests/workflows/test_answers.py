"""Whatever is not a valid answer is a gap, and a gap says in a few words what is missing."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.workflows.builders import an_answer
from workflows.cost_review.answers import (
    LONGEST_CAUSE,
    Answer,
    Gap,
    NotAsked,
    message_of,
    read_slot,
    step_outcome,
)
from workflows.errors import InvalidAnswer


def read(slot: object, agent: str = "rightsizing-agent") -> Answer | Gap | NotAsked:
    return read_slot(slot, agent=agent, stage="analyse", review_id="review-1")


def gap(slot: object) -> Gap:
    found = read(slot)
    assert isinstance(found, Gap)
    assert (found.agent, found.stage) == ("rightsizing-agent", "analyse")
    return found


def test_a_valid_answer_is_an_answer() -> None:
    answer = read({"answer": an_answer()})

    assert isinstance(answer, Answer)
    assert answer.content.key == "k"


def a_reference(**changes: Any) -> dict[str, Any]:
    return {**an_answer()["reference"], **changes}


@pytest.mark.parametrize("rubbish", [None, [], {}, "answer", 5, True, {"answers": an_answer()}, {"gap": "late"}])
def test_a_slot_with_neither_an_answer_nor_a_reason_is_a_gap(rubbish: object) -> None:
    assert gap(rubbish).error == "InvalidAnswer"


@pytest.mark.parametrize(
    "document",
    [
        None,
        [],
        {},
        "done",
        float("nan"),
        0,
        False,
        [an_answer()],
        json.dumps(an_answer()),
        an_answer(contract="finops.answer/2"),
        an_answer(contract=None),
        an_answer(agent="budget-agent"),
        an_answer(agent=""),
        an_answer(review_id="review-2"),
        an_answer(kind="opinion"),
        an_answer(reference=None),
        an_answer(kind="state", reference=None),
        an_answer(reason="x" * 501),
        an_answer(total_savings="1000000"),
        an_answer(reference=a_reference(sha256="nope")),
        an_answer(reference=a_reference(size=-1)),
        an_answer(reference=a_reference(size=float("nan"))),
        an_answer(reference=a_reference(url="https://elsewhere.example")),
        an_answer(reference={"bucket": "b"}),
        an_answer(run=None),
        an_answer(run={"state": "S", "entered_at": "", "started_at": "", "duration_ms": -5}),
        an_answer(run={"state": "S", "entered_at": "", "started_at": "", "duration_ms": float("inf")}),
    ],
)
def test_an_answer_that_breaks_the_contract_is_a_gap(document: object) -> None:
    found = gap({"answer": document})

    assert found.error == "InvalidAnswer"
    assert 0 < len(found.cause) <= LONGEST_CAUSE


def test_an_answer_that_does_not_say_its_contract_is_a_gap() -> None:
    document = an_answer()
    del document["contract"]

    assert "finops.answer/1" in gap({"answer": document}).cause


def test_a_field_with_a_name_without_end_makes_no_cause_without_end() -> None:
    assert len(gap({"answer": an_answer(**{"x" * 10_000: 1})}).cause) <= LONGEST_CAUSE


def test_somebody_elses_answer_is_named_as_such() -> None:
    found = gap({"answer": an_answer(agent="b" * 128, review_id="r" * 9000)})

    assert "bbb" in found.cause
    assert len(found.cause) <= LONGEST_CAUSE


def test_without_an_expected_agent_anybodys_answer_of_this_review_is_taken() -> None:
    assert isinstance(read({"answer": an_answer(agent="budget-agent")}, agent=""), Answer)
    assert isinstance(read({"answer": an_answer(agent="budget-agent", review_id="review-2")}, agent=""), Gap)


def test_an_agent_with_nothing_to_work_with_says_why_in_bounds() -> None:
    assert gap({"answer": an_answer(kind="nothing", reference=None)}) == Gap(
        "rightsizing-agent", "analyse", "NothingToWorkWith", "The agent had nothing to work with."
    )
    assert len(gap({"answer": an_answer(kind="nothing", reference=None, reason="x" * 500)}).cause) == LONGEST_CAUSE


def test_an_agent_left_out_is_no_gap() -> None:
    assert read({"not_asked": {"agent": "rightsizing-agent"}}) == NotAsked("rightsizing-agent")


def a_caught(error: object = "NotEnrolled", cause: object = "") -> dict[str, Any]:
    return {"gap": {"agent": "somebody", "error": error, "cause": cause}}


def test_a_lambda_error_document_is_told_by_its_sentence() -> None:
    document = {"errorMessage": "The Hub is off.", "errorType": "NotEnrolled", "stackTrace": ["line"]}

    assert gap(a_caught(cause=json.dumps(document))) == Gap(
        "rightsizing-agent", "analyse", "NotEnrolled", "The Hub is off."
    )


@pytest.mark.parametrize(
    ("cause", "said"),
    [
        ("Lambda was throttled.", "Lambda was throttled."),
        ("", ""),
        (None, ""),
        ('{"message": "x"}', '{"message": "x"}'),
        ('["errorMessage"]', '["errorMessage"]'),
        ("null", "null"),
        ("1" * 5000, "1" * LONGEST_CAUSE),
        ("[" * 100_000, "[" * LONGEST_CAUSE),
        (json.dumps({"errorMessage": "y" * 9000}), "y" * LONGEST_CAUSE),
    ],
)
def test_any_other_cause_is_told_as_it_is_and_bounded(cause: object, said: str) -> None:
    assert gap(a_caught(cause=cause)).cause == said


def test_a_timeout_without_a_cause_says_what_a_timeout_is() -> None:
    assert gap(a_caught("States.Timeout")) == Gap(
        "rightsizing-agent", "analyse", "States.Timeout", "The step did not answer within its time."
    )


@pytest.mark.parametrize("error", ["States.Timeout", "Boom"])
def test_a_gap_is_bounded_whoever_caused_it(error: str) -> None:
    assert len(gap(a_caught(error, "z" * 40_000)).cause) == LONGEST_CAUSE
    assert len(gap(a_caught(error * 4000, "late")).error) == LONGEST_CAUSE


@pytest.mark.parametrize("error", [None, ""])
def test_a_failure_without_a_name_is_unknown(error: object) -> None:
    assert gap(a_caught(error, "late")).error == "Unknown"


def test_a_message_of_nothing_is_nothing() -> None:
    assert message_of("") == ""


def test_the_content_of_an_answer_without_a_reference_is_refused() -> None:
    with pytest.raises(InvalidAnswer, match="rightsizing-agent"):
        _ = Answer.model_validate(an_answer(reference=None)).content


def test_a_steps_outcome_says_what_the_graph_shows() -> None:
    answered = step_outcome("S", "a", read({"answer": an_answer()}))
    failed = step_outcome("S", "a", read(a_caught("Boom", "late")))
    silent = step_outcome("S", "a", read(a_caught("Boom")))

    assert (answered.outcome, answered.error) == ("answered", "")
    assert answered.run is not None
    assert answered.reference is not None
    assert (failed.outcome, failed.error, failed.run) == ("gap", "Boom: late", None)
    assert silent.error == "Boom"
    assert step_outcome("S", "a", NotAsked("a")).outcome == "not_asked"


ANYTHING = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text()),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(st.sampled_from(["answer", "gap", "error", "cause", "kind", "agent"]), inner, max_size=4),
    ),
    max_leaves=10,
)


@settings(deadline=None, max_examples=150)
@given(ANYTHING)
def test_anything_at_all_is_a_bounded_gap_and_breaks_nothing(slot: object) -> None:
    found = gap(slot)

    assert found.error
    assert len(found.error) <= LONGEST_CAUSE
    assert len(found.cause) <= LONGEST_CAUSE
