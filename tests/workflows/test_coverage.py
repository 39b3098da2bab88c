"""Each way of being missing is a gap that says so; what was not wanted or held nothing is none."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.workflows.builders import HUB, OPTIMIZER, a_candidate, a_hearing, a_status, findings
from workflows.cost_review.answers import Gap
from workflows.cost_review.coverage import CoverageRow, Hearing, coverage, is_complete
from workflows.sources import SourceState, SourceStatus

BOTH = a_candidate(sources=(HUB, OPTIMIZER))
LATE = Gap("rightsizing-agent", "collect", "States.Timeout", "The step did not answer within its time.")


def rows(hearing: Hearing) -> list[CoverageRow]:
    return list(coverage([hearing]))


def the_only(hearing: Hearing) -> CoverageRow:
    (row,) = rows(hearing)
    return row


def test_a_source_that_was_read_is_no_gap() -> None:
    row = the_only(a_hearing(findings()))

    assert (row.agent, row.source, row.region, row.state) == ("rightsizing-agent", HUB, "us-east-1", "AVAILABLE")
    assert not row.is_gap


@pytest.mark.parametrize("state", [SourceState.AVAILABLE, SourceState.NO_DATA, SourceState.NOT_NEEDED])
def test_holding_nothing_or_not_being_needed_is_no_gap(state: SourceState) -> None:
    assert is_complete(rows(a_hearing(findings(sources=(a_status(state=state),)))))


@pytest.mark.parametrize(
    "state",
    [
        SourceState.NOT_ENROLLED,
        SourceState.NO_SUPPORT_PLAN,
        SourceState.DENIED,
        SourceState.THROTTLED,
        SourceState.ERROR,
        SourceState.SKIPPED,
    ],
)
def test_a_source_that_could_not_be_read_is_a_gap_with_detail_and_remedy(state: SourceState) -> None:
    row = the_only(a_hearing(findings(sources=(a_status(state=state, detail="The Hub is off.", remedy="Enroll."),))))

    assert row.is_gap
    assert (row.state, row.detail, row.remedy) == (state, "The Hub is off.", "Enroll.")


def test_every_state_either_is_a_gap_or_is_none() -> None:
    """A new state has to be thought about: it is a gap until somebody says otherwise."""
    gaps = {state for state in SourceState if a_status(state=state).is_gap}

    assert set(SourceState) - gaps == {SourceState.AVAILABLE, SourceState.NO_DATA, SourceState.NOT_NEEDED}


def test_an_agent_that_is_not_ready_is_a_gap_in_each_of_its_sources() -> None:
    found = rows(a_hearing(outcome="not_ready", candidate=BOTH, reason="It is stale.", remedy="Wake it."))

    assert sorted(row.source for row in found) == sorted([HUB, OPTIMIZER])
    assert all(row.is_gap and (row.detail, row.remedy) == ("It is stale.", "Wake it.") for row in found)


def told(source: str, region: str, state: str, **words: str) -> SourceStatus:
    return SourceStatus(source, region, SourceState(state), **words)


def test_an_agent_that_is_not_ready_is_a_gap_in_each_source_and_region_in_its_own_words() -> None:
    unready = (
        told("TrustedAdvisor", "us-east-1", "DENIED", detail="Not allowed.", remedy="Allow it."),
        told("TrustedAdvisorLegacy", "us-east-1", "NO_SUPPORT_PLAN", detail="No plan.", remedy="Buy one."),
        told("ComputeOptimizer", "us-east-1", "NOT_ENROLLED", detail="Off.", remedy="Opt in."),
        told("ComputeOptimizer", "eu-west-1", "ERROR", detail="It failed."),
        told("Budgets", "", "THROTTLED", remedy="Later."),
    )
    sources = ("TrustedAdvisor", "TrustedAdvisorLegacy", "ComputeOptimizer", "Budgets", "SavingsPlans")
    joined = a_hearing(
        outcome="not_ready",
        candidate=a_candidate(sources=sources),
        reason="All of it.",
        remedy="Both.",
        sources=unready,
    )

    assert [(row.source, row.region, row.state, row.detail, row.remedy) for row in rows(joined)] == [
        ("Budgets", "", "THROTTLED", "All of it.", "Later."),
        ("ComputeOptimizer", "eu-west-1", "ERROR", "It failed.", "Both."),
        ("ComputeOptimizer", "us-east-1", "NOT_ENROLLED", "Off.", "Opt in."),
        ("SavingsPlans", "", "ERROR", "All of it.", "Both."),
        ("TrustedAdvisor", "us-east-1", "DENIED", "Not allowed.", "Allow it."),
        ("TrustedAdvisorLegacy", "us-east-1", "NO_SUPPORT_PLAN", "No plan.", "Buy one."),
    ]
    assert all(row.is_gap for row in rows(joined))


@pytest.mark.parametrize("state", ["AVAILABLE", "NO_DATA", "NOT_NEEDED"])
def test_nothing_of_an_agent_that_is_not_ready_counts_as_read_whatever_it_said(state: str) -> None:
    unready = (told(HUB, "us-east-1", state, detail="Readable."),)
    row = the_only(a_hearing(outcome="not_ready", reason="No.", sources=unready))

    assert (row.state, row.region, row.detail, row.is_gap) == ("ERROR", "us-east-1", "No.", True)


def test_an_agent_outside_the_scope_is_no_gap_and_says_why() -> None:
    found = rows(a_hearing(outcome="not_asked", candidate=BOTH, reason="The scope leaves it out."))

    assert {row.state for row in found} == {"NOT_NEEDED"}
    assert {row.detail for row in found} == {"The scope leaves it out."}
    assert is_complete(found)


def test_an_agent_that_failed_is_a_gap_in_its_step_and_in_each_of_its_sources() -> None:
    found = rows(a_hearing(outcome="gap", candidate=BOTH, gaps=(LATE,)))

    assert sorted(row.source for row in found) == sorted(["collect", HUB, OPTIMIZER])
    assert all(row.is_gap and row.detail for row in found)
    assert "States.Timeout: The step did not answer within its time." in {row.detail for row in found}


def test_findings_with_a_failed_step_besides_are_partial() -> None:
    found = rows(a_hearing(findings(), gaps=(LATE,)))

    assert [row.is_gap for row in found if row.source == HUB] == [False]
    assert not is_complete(found)


def test_a_cause_that_is_not_known_leaves_the_error_alone() -> None:
    row = the_only(a_hearing(findings(sources=()), gaps=(Gap("a", "collect", "Boom", ""),)))

    assert row.detail == "Boom"


def test_a_source_that_the_agent_is_silent_about_is_a_gap() -> None:
    """Expected minus seen: silence of a source is not the same as nothing found there."""
    found = rows(a_hearing(findings(sources=(a_status(HUB),)), candidate=BOTH))

    assert [row.source for row in found if row.is_gap] == [OPTIMIZER]
    assert all(row.detail for row in found if row.is_gap)


def test_findings_that_speak_of_no_source_at_all_are_a_gap() -> None:
    assert not is_complete(rows(a_hearing(findings(sources=()))))
    assert not is_complete(rows(a_hearing(findings(sources=()), candidate=a_candidate(sources=()))))


def test_one_region_that_could_not_be_read_is_a_gap_beside_one_that_could() -> None:
    regions = (a_status(region="us-east-1"), a_status(region="eu-west-1", state=SourceState.DENIED))

    assert [(row.region, row.is_gap) for row in rows(a_hearing(findings(sources=regions)))] == [
        ("eu-west-1", True),
        ("us-east-1", False),
    ]


@pytest.mark.parametrize("outcome", ["gap", "not_ready", "heard"])
def test_a_missing_agent_that_declares_no_source_is_still_missed(outcome: str) -> None:
    hearing = Hearing(a_candidate("stranger", sources=()), outcome)  # type: ignore[arg-type]  # because it is listed

    assert not is_complete(rows(hearing))


def test_findings_that_got_lost_on_the_way_are_a_gap() -> None:
    assert "Nothing of it reached the report." in the_only(a_hearing(None)).detail


def test_the_rows_are_sorted_whoever_was_heard_first() -> None:
    hearings = [a_hearing(findings(), candidate=a_candidate(key)) for key in ("rightsizing", "budget")]

    assert coverage(hearings) == coverage(hearings[::-1])
    assert [row.agent for row in coverage(hearings)] == ["budget-agent", "rightsizing-agent"]


def a_gap(error: str) -> Gap:
    return Gap("rightsizing-agent", "collect", error, "Some cause.")


@pytest.mark.parametrize(
    ("error", "says"),
    [
        ("States.Timeout", "narrow the scope"),
        ("States.DataLimitExceeded", "maintain the agent"),
        ("NothingToWorkWith", "earlier step"),
        ("InvalidAnswer", "maintain the agent"),
        ("workflows.errors.Throttled", "throttled"),
        ("Lambda.TooManyRequestsException", "concurrent functions"),
        ("RuntimeError", "read the log of finops-rightsizing-agent-work"),
    ],
)
def test_a_step_that_failed_is_told_with_what_helps(error: str, says: str) -> None:
    found = rows(a_hearing(outcome="gap", gaps=(a_gap(error),)))

    assert {row.source for row in found} == {"collect", HUB}
    assert all(says in row.remedy for row in found)


STATUSES = st.builds(
    a_status,
    st.sampled_from([HUB, OPTIMIZER, "SomebodyElses"]),
    state=st.sampled_from(SourceState),
    remedy=st.sampled_from(["", "Allow it."]),
)


@given(
    statuses=st.none() | st.lists(STATUSES, max_size=4),
    errors=st.lists(st.sampled_from(["States.Timeout", "a.b.Throttled", "", "Boom"]), max_size=2),
    outcome=st.sampled_from(["heard", "gap", "not_ready"]),
    sources=st.sampled_from([(), (HUB,), (HUB, OPTIMIZER)]),
    remedy=st.sampled_from(["", "Wake it."]),
)
def test_every_gap_has_a_remedy_however_it_came_about(
    statuses: list[object] | None, errors: list[str], outcome: str, sources: tuple[str, ...], remedy: str
) -> None:
    """Agents of others may leave it out, and so may an error that nobody foresaw."""
    heard = None if statuses is None else findings(sources=tuple(statuses))
    gaps, candidate = tuple(map(a_gap, errors)), a_candidate(sources=sources)
    found = rows(a_hearing(heard, outcome=outcome, gaps=gaps, candidate=candidate, remedy=remedy))  # type: ignore[arg-type]  # because it is sampled

    assert not [row for row in found if row.is_gap and not row.remedy]
    assert all(row.remedy in {"", "Allow it."} for row in found if not row.is_gap)
