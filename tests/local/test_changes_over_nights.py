"""Several nights of the real definition: what changed, what is remembered, and what nobody compares with."""

from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from local.accounts import account_in_folder
from local.embedded_aws import BUCKET, EmbeddedAws, embedded_aws
from local.moto_seams import LambdaFunction
from tasks.agents import AGENTS
from tests.local.runs import QUICK, execute

Json = dict[str, Any]
RIGHTSIZING = "rightsizing-agent-work"
WEB = "i-07c4e8b15da2f3962"


class Nights:
    """Nights on one embedded AWS; an agent can be silenced for one of them."""

    def __init__(self) -> None:
        self.silent: set[str] = set()
        self.number = 0
        self.aws: EmbeddedAws | None = None

    def around(self, name: str, function: LambdaFunction) -> LambdaFunction:
        def answer(event: Mapping[str, Any]) -> object:
            if name in self.silent and event.get("action") in {"collect", "analyse"}:
                raise TimeoutError("Nobody answers.")
            return function(event)

        return answer

    def review(self, *silent: str, day: int = 16, **request: Any) -> Json:
        """The report of the next night; the sample account tells what it costs as of the 16th alone."""
        assert self.aws is not None
        self.silent = set(silent)
        self.number += 1
        return execute(self.aws, {"as_of": f"2026-11-{day}", **request}, f"review-{self.number}").report

    def baselines(self) -> list[str]:
        assert self.aws is not None
        listed = self.aws.clients("s3").list_objects_v2(Bucket=BUCKET, Prefix="agent-context/supervisor/")
        return [one["Key"] for one in listed.get("Contents", [])]


@pytest.fixture
def nights() -> Iterator[Nights]:
    account = account_in_folder(None)
    made = Nights()
    with embedded_aws(account.clients, account.settings, pace=QUICK, around=made.around) as aws:
        made.aws = aws
        yield made


def ids(rows: list[Json]) -> set[str]:
    return {str(row["opportunity_id"]) for row in rows}


def moved(report: Json, kind: str) -> set[str]:
    return ids(report["changes"][kind])


def test_the_second_night_finds_that_nothing_changed(nights: Nights) -> None:
    first = nights.review()
    assert first["changes"] is None
    assert first["no_changes_because"] == "No review of the same type, scope and accounts was published before."
    second = nights.review()
    assert second["changes"]["since"] == {"as_of": "2026-11-16", "status": "COMPLETE"}
    assert second["changes"]["unchanged"] == len(second["opportunities"]) == len(first["opportunities"])
    assert [second["changes"][kind] for kind in ("new", "grown", "shrunk", "gone", "unknown")] == [[]] * 5
    assert second["last_good"] == []


def test_what_a_silent_agent_named_is_remembered_and_comes_back(nights: Nights) -> None:
    first = nights.review()
    of_rightsizing = {
        str(one["opportunity_id"]): str(one["resource_id"])
        for one in first["opportunities"]
        if not {"TrustedAdvisor", "TrustedAdvisorLegacy"} & set(one["sources"])
    }
    assert of_rightsizing

    second = nights.review(RIGHTSIZING, day=17)
    assert ids(second["last_good"]) == set(of_rightsizing)
    assert {row["last_seen"] for row in second["last_good"]} == {"2026-11-16"}
    assert all("ERROR" in row["sources_missing"] for row in second["last_good"])
    assert moved(second, "gone") == set(), "silence is no answer"
    assert not ids(second["last_good"]) & ids(second["opportunities"]), "shown, never counted"

    third = nights.review(RIGHTSIZING, day=18)
    assert ids(third["last_good"]) == set(of_rightsizing)
    assert {row["last_seen"] for row in third["last_good"]} == {"2026-11-16"}, "the original date"

    fourth = nights.review(day=19)
    assert fourth["last_good"] == []
    assert moved(fourth, "new") == set(of_rightsizing)
    assert fourth["totals"][0]["counted_usage"] == first["totals"][0]["counted_usage"]


def test_a_figure_that_stands_in_for_a_silent_source_is_no_change_of_the_opportunity(nights: Nights) -> None:
    """web-2 is named by the Hub and by Trusted Advisor; with the Hub silent it stays, and nobody says that it moved."""
    nights.review()
    second = nights.review(RIGHTSIZING)
    (web,) = [one for one in second["opportunities"] if one["resource_id"] == WEB]
    assert web["opportunity_id"] not in moved(second, "grown") | moved(second, "shrunk") | moved(second, "gone")


def test_the_totals_of_each_night_lead_from_the_last_one_to_it(nights: Nights) -> None:
    first = nights.review()
    second = nights.review(RIGHTSIZING)
    (usage,) = [one for one in second["changes"]["totals"] if one["optimization_type"] == "Usage"]
    assert usage["counted_before"] == first["totals"][0]["counted_usage"]
    assert usage["counted_now"] == second["totals"][0]["counted_usage"]


def test_reviews_of_another_kind_have_a_history_of_their_own(nights: Nights) -> None:
    nights.review()
    targeted = nights.review(scope={"regions": ["us-east-1"]})
    assert targeted["changes"] is None
    again = nights.review(scope={"regions": ["us-east-1"]})
    assert again["changes"]["since"]["as_of"] == "2026-11-16"


def test_a_review_that_failed_leaves_nothing_to_compare_with(nights: Nights) -> None:
    assert nights.aws is not None
    nights.review()
    before = nights.baselines()
    nights.silent = {spec.work_function for spec in AGENTS}
    failed = execute(nights.aws, {"as_of": "2026-11-16"}, "failed")
    assert failed.description["status"] == "FAILED"
    assert nights.baselines() == before
