"""A request becomes a review's request, or is refused with every wrong field named."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workflows.cost_review.request import LARGEST_REQUEST_BYTES, ReviewRequest, accept_request
from workflows.errors import InvalidReviewRequest
from workflows.savings.ranking import PRESETS, Weights

TODAY = date(2026, 11, 16)


def accepted(document: object) -> ReviewRequest:
    return accept_request(
        document,
        today=TODAY,
        known_agents=["budget-agent", "rightsizing-agent"],
        known_regions=["us-east-1", "eu-west-1"],
        known_services=["ec2", "rds"],
    )


def problems(document: object) -> tuple[str, ...]:
    with pytest.raises(InvalidReviewRequest) as refusal:
        accepted(document)
    return refusal.value.problems


def test_nothing_asks_for_everything() -> None:
    request = accepted({})

    assert request.analysis_type == "comprehensive"
    assert request.scope.is_everything
    assert request.as_of is None
    assert request.on_not_ready == "degrade"
    assert request.max_cost_explorer_requests == 25


def test_empty_lists_and_nulls_ask_for_everything_too() -> None:
    empty: dict[str, list[str]] = {"accounts": [], "regions": [], "services": [], "resource_ids": [], "agents": []}

    assert accepted({"scope": empty, "analysis_type": None, "as_of": None}).analysis_type == "comprehensive"


@pytest.mark.parametrize(
    "scope",
    [
        {"accounts": ["123456789012"]},
        {"regions": ["eu-west-1"]},
        {"services": ["ec2"]},
        {"resource_ids": ["i-1"]},
        {"agents": ["budget-agent"]},
    ],
)
def test_a_scope_makes_a_review_targeted(scope: dict[str, Any]) -> None:
    assert accepted({"scope": scope}).analysis_type == "targeted"
    assert accepted({"scope": scope, "analysis_type": "targeted"}).analysis_type == "targeted"
    assert accepted({"scope": scope, "analysis_type": "emergency"}).analysis_type == "emergency"


def test_a_full_request_is_kept_as_it_is() -> None:
    request = accepted(
        {
            "analysis_type": "emergency",
            "as_of": "2026-11-16",
            "on_not_ready": "fail",
            "max_cost_explorer_requests": 0,
            "requested_by": "the schedule",
        }
    )

    assert (request.as_of, request.on_not_ready) == (TODAY, "fail")
    assert (request.max_cost_explorer_requests, request.requested_by) == (0, "the schedule")


@pytest.mark.parametrize(
    ("document", "field", "remedy"),
    [
        ([], "a list", "JSON object such as {}"),
        ("review", "a string", "JSON object"),
        (None, "null", "JSON object"),
        (True, "a boolean", "JSON object"),
        (5, "a number", "JSON object"),
        ({"scop": {}}, "scop: ", "remove it"),
        ({"scope": {"region": ["us-east-1"]}}, "scope.region: ", "remove it"),
        ({"scope": []}, "scope: ", "dictionary"),
        ({"scope": None}, "scope: ", "dictionary"),
        ({"scope": {"regions": "us-east-1"}}, "scope.regions: ", "us-east-1"),
        ({"scope": {"agents": ["budget"]}}, "scope.agents: 'budget'", "known are budget-agent, rightsizing-agent"),
        ({"scope": {"regions": ["us-east-1a"]}}, "scope.regions: 'us-east-1a'", "known are eu-west-1, us-east-1"),
        ({"scope": {"services": ["EC2"]}}, "scope.services: 'EC2'", "known are ec2, rds"),
        ({"scope": {"accounts": ["12345678901"]}}, "scope.accounts.0: ", "twelve digits"),
        ({"scope": {"accounts": ["\N{FULLWIDTH DIGIT ONE}" * 12]}}, "scope.accounts.0: ", "twelve digits"),
        ({"scope": {"accounts": ["123456789012\n"]}}, "scope.accounts.0: ", "twelve digits"),
        ({"scope": {"accounts": [123456789012]}}, "scope.accounts.0: ", "string"),
        ({"scope": {"resource_ids": [""]}}, "scope.resource_ids.0: ", "at least 1 character"),
        ({"as_of": "2026-11-31"}, "as_of: ", "YYYY-MM-DD"),
        ({"as_of": "16.11.2026"}, "as_of: ", "YYYY-MM-DD"),
        ({"as_of": "2026-11-17"}, "as_of: 2026-11-17", "that day or an earlier one"),
        ({"max_cost_explorer_requests": -1}, "max_cost_explorer_requests: ", "greater than or equal to 0"),
        ({"max_cost_explorer_requests": 1001}, "max_cost_explorer_requests: ", "less than or equal to 1000"),
        ({"max_cost_explorer_requests": True}, "max_cost_explorer_requests: ", "integer"),
        ({"max_cost_explorer_requests": "25"}, "max_cost_explorer_requests: ", "integer"),
        ({"max_cost_explorer_requests": 25.0}, "max_cost_explorer_requests: ", "integer"),
        ({"max_cost_explorer_requests": float("nan")}, "max_cost_explorer_requests: ", "integer"),
        ({"max_cost_explorer_requests": None}, "max_cost_explorer_requests: ", "integer"),
        ({"analysis_type": "full"}, "analysis_type: ", "'comprehensive', 'targeted' or 'emergency'"),
        ({"analysis_type": "targeted"}, "scope: ", "accounts, regions, services, resource_ids or agents"),
        ({"analysis_type": "targeted", "scope": {"regions": []}}, "scope: ", "needs accounts"),
        ({"analysis_type": "comprehensive", "scope": {"services": ["ec2"]}}, "scope: ", "say targeted"),
        ({"on_not_ready": "wait"}, "on_not_ready: ", "'degrade' or 'fail'"),
        ({"requested_by": ""}, "requested_by: ", "at least 1 character"),
        ({"requested_by": "x" * 201}, "requested_by: ", "at most 200"),
    ],
)
def test_a_wrong_field_is_named_with_its_remedy(document: object, field: str, remedy: str) -> None:
    (problem,) = problems(document)

    assert field in problem
    assert remedy in problem


@pytest.mark.parametrize("as_of", [0, 86400, -86400, "0", "86400", "2026-11-16T00:00:00", "2026-11-16T00:00:00Z", 1e9])
def test_a_date_is_never_guessed_from_a_number_or_a_time(as_of: object) -> None:
    """The seconds 86400 would be 2 January 1970, and the review would look at that month."""
    assert "YYYY-MM-DD" in problems({"as_of": as_of})[0]


def test_every_wrong_field_is_named_at_once() -> None:
    named = problems(
        {
            "analysis_type": "targeted",
            "as_of": "2099-01-01",
            "max_cost_explorer_requests": -1,
            "on_not_ready": "wait",
            "dry_run": True,
        }
    )

    assert sorted(problem.split(":")[0] for problem in named) == [
        "as_of",
        "dry_run",
        "max_cost_explorer_requests",
        "on_not_ready",
        "scope",
    ]


def test_one_wrong_name_does_not_hide_another() -> None:
    named = problems(
        {"scope": {"agents": ["x"], "regions": ["y"], "services": ["z"], "accounts": ["1"], "resource_ids": [5]}}
    )

    assert sorted(problem.split(":")[0] for problem in named) == [
        "scope.accounts.0",
        "scope.agents",
        "scope.regions",
        "scope.resource_ids.0",
        "scope.services",
    ]


def test_the_refusals_text_holds_every_problem() -> None:
    with pytest.raises(InvalidReviewRequest, match=r"dry_run.*; .*verbose") as refusal:
        accepted({"dry_run": 1, "verbose": 2})

    assert len(refusal.value.problems) == 2


def test_a_request_too_long_for_a_state_is_refused_with_both_sizes() -> None:
    (problem,) = problems({"scope": {"resource_ids": ["i-" + "0" * 1000] * 9}})

    assert str(LARGEST_REQUEST_BYTES) in problem
    assert "narrow the scope" in problem


def test_a_request_just_below_the_limit_is_accepted() -> None:
    assert len(accepted({"scope": {"resource_ids": ["i-" + "0" * 980] * 8}}).scope.resource_ids) == 8


def test_what_was_given_is_quoted_in_part_only() -> None:
    (problem,) = problems({"as_of": "9" * 5000})

    assert len(problem) < 200


JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(), st.sampled_from(["us-east-1", "ec2"])),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(st.text(max_size=8), inner, max_size=4)),
    max_leaves=12,
)
SCOPE = st.fixed_dictionaries(
    {}, optional=dict.fromkeys(("accounts", "regions", "services", "resource_ids", "agents"), JSON)
)
DATES = st.dates().map(date.isoformat)
REQUESTS = st.fixed_dictionaries(
    {},
    optional={
        "analysis_type": st.one_of(st.sampled_from(["comprehensive", "targeted", "emergency"]), JSON),
        "scope": st.one_of(SCOPE, JSON),
        "as_of": st.one_of(DATES, JSON),
        "on_not_ready": st.one_of(st.sampled_from(["degrade", "fail"]), JSON),
        "max_cost_explorer_requests": st.one_of(st.integers(0, 1000), JSON),
        "requested_by": JSON,
        "more": JSON,
    },
)


def accepted_or_refused(document: object) -> tuple[ReviewRequest | None, tuple[str, ...]]:
    try:
        return accepted(document), ()
    except InvalidReviewRequest as refusal:
        return None, refusal.problems


@settings(deadline=None, max_examples=200)
@given(st.one_of(JSON, REQUESTS))
def test_any_json_is_a_settled_request_or_a_refusal_that_says_why(document: object) -> None:
    request, said = accepted_or_refused(document)
    if request is None:
        assert said
        assert all(said)
        return
    assert request.analysis_type is not None
    assert request.as_of is None or request.as_of <= TODAY
    assert request.scope.is_everything or request.analysis_type != "comprehensive"


def test_the_biggest_savings_come_first_and_tags_name_owners_unless_asked_otherwise() -> None:
    request = accepted({})

    assert (request.ranking.name, request.ranking.settled) == ("biggest", PRESETS["biggest"])
    assert request.owner_tags == ("owner", "Owner", "team", "Team")
    assert request.owner_cost_category == ""


@pytest.mark.parametrize("preset", ["biggest", "quick_wins", "safest"])
def test_a_preset_ranks_otherwise(preset: str) -> None:
    ranking = accepted({"ranking": {"preset": preset}}).ranking

    assert (ranking.name, ranking.settled) == (preset, PRESETS[preset])


def test_weights_of_ones_own_rank_by_what_they_name() -> None:
    ranking = accepted({"ranking": {"weights": {"money": 2, "effort": 0.5}}}).ranking

    assert (ranking.name, ranking.settled) == ("weights", Weights(money=2, effort=0.5))


@pytest.mark.parametrize(
    ("ranking", "told"),
    [
        ({"preset": "fastest"}, "ranking.preset: input should be 'biggest', 'quick_wins' or 'safest'"),
        ({"presets": "safest"}, "ranking.presets: this field does not exist; remove it"),
        ({"weights": {"speed": 1}}, "ranking.weights.speed: this field does not exist; remove it"),
        ({"weights": {"money": -1}}, "ranking.weights.money: input should be greater than or equal to 0"),
        ({"weights": {"money": 1e308}}, "ranking.weights.money: input should be less than or equal to 1000"),
        ({"weights": {"money": float("nan")}}, "ranking.weights.money: input should be"),
        ({"weights": {"money": "1"}}, "ranking.weights.money: input should be a valid number"),
        ({"weights": {"money": True}}, "ranking.weights.money: input should be a valid number"),
        ({"weights": {"money": None}}, "ranking.weights.money: input should be a valid number"),
        ({"weights": {}}, "ranking.weights: at least one weight must be above 0"),
        ({"weights": {"money": 0}}, "ranking.weights: at least one weight must be above 0"),
        ({"preset": "safest", "weights": {"money": 1}}, "ranking: name a preset or weights, not both"),
        ("safest", "ranking: input should be a valid dictionary"),
    ],
)
def test_a_wrong_ranking_is_named_with_its_field(ranking: object, told: str) -> None:
    (problem,) = problems({"ranking": ranking})

    assert problem.startswith(told)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("owner_tags", "owner"),
        ("owner_tags", [""]),
        ("owner_tags", ["x" * 129]),
        ("owner_tags", ["x"] * 21),
        ("owner_cost_category", 5),
        ("owner_cost_category", "x" * 51),
    ],
)
def test_wrong_ways_to_name_owners_are_named(field: str, value: object) -> None:
    (problem,) = problems({field: value})

    assert problem.startswith(field)
