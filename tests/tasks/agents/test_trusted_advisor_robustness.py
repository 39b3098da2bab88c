"""Answers that contradict AWS's own description are understood or refused in our own words, and invent no amount."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from local.account_folder import Envelope
from tasks.agents.trusted_advisor.collect import collect
from tasks.agents.trusted_advisor.rules import analyse
from tasks.agents.work import Heard
from tests.tasks.worlds import SAMPLE, Json, a_response, a_review, a_world, an_account
from workflows.cost_review.documents import Evidence
from workflows.errors import FinOpsError

SERVICES = {"trustedadvisor", "support"}
TOLD = [one for one in SAMPLE.envelopes if one.service in SERVICES]
NOTHING = ["null", "missing", "empty", "upper", "number", "text"]
STATED = {Decimal(one) for one in ("69.12", "48.96", "18.00", "95.89")}


def spoiled(value: Any, how: str) -> Any:
    """A value as AWS was never described to say it."""
    match how:
        case "null":
            return None
        case "empty":
            return type(value)() if isinstance(value, str | list | dict) else None
        case "upper":
            return value.upper() if isinstance(value, str) else value
        case "number":
            return 7
        case _:
            return "some text"


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every member of an answer, however deep."""
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [place for key, member in inside for place in ((*path, key), *places(member, (*path, key)))]


@st.composite
def mutated(draw: st.DrawFn) -> tuple[str, tuple[Any, ...], str]:
    """One answer of the sample account, one of its members, and how it is spoiled."""
    envelope = draw(st.sampled_from(TOLD))
    return envelope.file, draw(st.sampled_from(places(envelope.response))), draw(st.sampled_from(NOTHING))


def with_spoiled(envelope: Envelope, path: tuple[Any, ...], how: str) -> Envelope:
    response: Json = a_copy(envelope.response)
    inside: Any = response
    for key in path[:-1]:
        inside = inside[key]
    if how == "missing":
        del inside[path[-1]]
    else:
        inside[path[-1]] = spoiled(inside[path[-1]], how)
    return a_response(envelope.service, envelope.operation, response, request=envelope.request)


def a_copy(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: a_copy(member) for key, member in value.items()}
    return [a_copy(member) for member in value] if isinstance(value, list) else value


@pytest.mark.parametrize("api", sorted(SERVICES))
@settings(max_examples=60, deadline=None, phases=(Phase.explicit, Phase.reuse, Phase.generate))
@given(mutation=mutated())
def test_an_answer_with_a_spoiled_member_is_understood_or_refused_and_invents_no_amount(
    api: str, mutation: tuple[str, tuple[Any, ...], str]
) -> None:
    file, path, how = mutation
    changed = [with_spoiled(one, path, how) if one.file == file else one for one in TOLD]
    world = a_world(an_account(*changed), trusted_advisor_api=api).world
    try:
        readings = collect(world, a_review(), "123456789012", sleep=lambda _seconds: None)
        responses = tuple(response for reading in readings for response in reading.responses)
        evidence = Evidence("trusted-advisor-agent", "123456789012", responses, tuple(one.status for one in readings))
        found = analyse(evidence, a_review(), Heard())
    except FinOpsError:
        return
    amounts = {one.estimated_monthly_savings for one in found.recommendations}
    assert amounts <= {*STATED, None, Decimal(7)}
    assert (Decimal(7) in amounts) <= (how == "number")
