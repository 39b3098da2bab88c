"""Trusted Advisor's findings lead to the bill, once, and the reviews after that do not pay for it again."""

import json
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from tasks.agents.cost_explorer.handler import work as cost_explorer
from tasks.agents.trusted_advisor.handler import work as trusted_advisor
from tasks.consumers.deep_dive import MOST_PAID_REQUESTS, handler
from tasks.deep_dives import newest_deep_dive
from tasks.paid_requests import reserve_paid_request
from tasks.shared_context import newest_contexts, store_context
from tests.tasks.agents.bills import COLLECTED, a_bill, a_day
from tests.tasks.agents.test_announced_findings import Bus
from tests.tasks.agents.test_named_resource_spend import a_named
from tests.tasks.worlds import (
    NOW,
    SETTINGS,
    AWorld,
    Json,
    a_clock,
    a_review,
    a_scripted_world,
    a_world,
    evidence_of,
    findings_of,
    own_clients,
    slot,
    states,
    work,
)
from workflows.cost_review.answers import Answer, StepRun
from workflows.cost_review.deep_dive import DeepDive
from workflows.cost_review.documents import Findings, to_bytes
from workflows.cost_review.request import Review, Scope
from workflows.errors import InvalidContent, InvalidEvent, Throttled
from workflows.events.findings import findings_detail
from workflows.events.published import as_json

pytestmark = pytest.mark.usefixtures("own_aws")
AGENT = "trusted-advisor-agent"
NAMED = "CostExplorerResources us-east-1"
THROTTLED = (400, {"__type": "ThrottlingException", "message": "Rate exceeded"})


def paid(account: AWorld) -> int:
    return sum(one.startswith("ce:") for one in account.sent)


def a_targeted_review(review_id: str = "review-1", **changes: Any) -> Review:
    scope = Scope(agents=(AGENT,))
    return a_review(review_id=review_id, analysis_type="targeted", scope=scope, **changes)


def an_event(detail: Json, **changes: Any) -> Json:
    """As EventBridge delivers what was put on the bus."""
    return {
        "version": "0",
        "id": "delivery-1",
        "source": f"finops.{AGENT}",
        "detail-type": "Cost Optimization Findings",
        "time": "2026-11-16T09:30:00Z",
        "detail": detail,
        **changes,
    }


def announced(review: Review | None = None, **world: Any) -> Json:
    """What Trusted Advisor's agent really announces in a review of the sample account."""
    bus, review = Bus(), review or a_targeted_review()
    made = replace(a_world(**world).world, own=bus)
    work(trusted_advisor, made, "analyse", review, collected=slot(work(trusted_advisor, made, "collect", review)))
    return an_event(bus.detail)


def announced_of(account: AWorld, *resources: str, review_id: str = "review-1", at: timedelta = timedelta()) -> Json:
    """What is announced of findings that name these resources."""
    named = [a_named(one, saving=len(resources) - place) for place, one in enumerate(resources)]
    found = Findings(AGENT, "123456789012", (), tuple(named))
    stored = store_context(
        account.world, agent=AGENT, context_type="findings", review_id=review_id, content=to_bytes(found)
    )
    detail = findings_detail(found, a_targeted_review(review_id), stored, NOW + at)
    return an_event(as_json(detail))


def asked_in_the_next_review(account: AWorld, event: Json, review_id: str = "next") -> Answer:
    """The step of a comprehensive review that asks the bill, after Trusted Advisor found the same as in the event."""
    review = a_review(review_id=review_id)
    reference = event["detail"]["context"]["findings"]
    run = StepRun(state="AnalyseTrustedAdvisor", entered_at="", started_at="", duration_ms=0)
    found = Answer.model_validate(
        {"agent": AGENT, "review_id": review_id, "kind": "findings", "reference": reference, "run": run}
    )
    collected = slot(work(cost_explorer, account.world, "collect", review))
    before = paid(account)
    answer = work(
        cost_explorer,
        account.world,
        "collect_named_resource_spend",
        review,
        collected=collected,
        builds_on={"trusted_advisor": slot(found)},
    )
    assert answer.run.cost_explorer_requests == paid(account) - before
    return answer


def heard(event: Any, account: AWorld) -> Json:
    return dict(handler.run(event, account.world))


def the_dive(account: AWorld) -> DeepDive:
    dive = newest_deep_dive(account.world, "123456789012")
    assert dive is not None
    return dive


def test_the_bill_is_asked_about_what_was_named_and_its_answers_lie_in_the_shared_context() -> None:
    account, event = a_world(), announced()
    answer = heard(event, account)
    assert answer["outcome"] == "stored"
    assert answer["reference"]["key"].startswith("agent-context/cost-explorer-agent/deep-dive/")
    assert (account.asked("GetCostAndUsageWithResources"), paid(account)) == (1, 1)
    dive = the_dive(account)
    assert "i-0f3a9c1d27b84e605" in dive.asked_about
    assert json.loads(json.dumps(answer)) == answer


def test_the_next_review_of_the_day_pays_nothing_for_it_and_has_the_evidence_that_it_would_have_had() -> None:
    event = announced()
    heard(event, a_world())
    later = a_world(now=lambda: NOW + timedelta(hours=10))
    answer = asked_in_the_next_review(later, event)
    assert answer.run.cost_explorer_requests == 0
    (response,) = evidence_of(later.world, answer).responses
    assert response == the_dive(later).evidence.responses[0]
    assert states(evidence_of(later.world, answer))[NAMED] == "AVAILABLE"


def test_without_a_deep_dive_the_next_review_pays_for_it() -> None:
    assert asked_in_the_next_review(a_world(), announced()).run.cost_explorer_requests == 1


def test_a_review_of_the_next_day_asks_anew() -> None:
    event = announced()
    heard(event, a_world())
    tomorrow = a_world(now=lambda: NOW + timedelta(days=1))
    assert asked_in_the_next_review(tomorrow, event).run.cost_explorer_requests == 1


def bill_world(*answers: Any, **settings: Any) -> AWorld:
    script = {"ce:GetCostAndUsageWithResources": list(answers) or [a_bill()], **COLLECTED}
    return a_scripted_world(script, **settings)


def test_a_review_that_asks_about_fewer_resources_uses_what_the_deep_dive_was_told_and_says_so() -> None:
    account = bill_world(a_bill(a_day("2026-11-10", {("i-1",): "3", ("i-2",): "4"})))
    heard(announced_of(account, "i-1", "i-2"), account)
    fewer = announced_of(account, "i-1", review_id="review-2")
    answer = asked_in_the_next_review(account, fewer)
    assert answer.run.cost_explorer_requests == 0
    (status,) = evidence_of(account.world, answer).sources
    assert (status.state, status.detail) == ("AVAILABLE", "As the deep dive after review-1 was told on 2026-11-16.")


def test_a_review_that_asks_about_another_resource_too_asks_the_bill_for_all() -> None:
    account = bill_world()
    heard(announced_of(account, "i-1"), account)
    answer = asked_in_the_next_review(account, announced_of(account, "i-1", "i-2", review_id="review-2"))
    assert answer.run.cost_explorer_requests == 1
    (response,) = evidence_of(account.world, answer).responses
    assert response.parameters["Filter"]["Dimensions"]["Values"] == ["i-1", "i-2"]


def test_a_review_that_cannot_ask_says_when_a_deep_dive_did() -> None:
    denied = (400, {"__type": "AccessDeniedException", "message": "No."})
    account = bill_world(a_bill(), denied)
    heard(announced_of(account, "i-1"), account)
    answer = asked_in_the_next_review(account, announced_of(account, "i-1", "i-2", review_id="review-2"))
    (status,) = evidence_of(account.world, answer).sources
    assert status.is_gap
    assert "The deep dive of 2026-11-16 (as of 2026-11-16, after review-1) asked about 1 of them." in status.detail


def test_a_deep_dive_of_another_account_is_of_no_use() -> None:
    account, event = a_world(), announced()
    heard(event, account)
    elsewhere = replace(account.world, settings=replace(account.world.settings, responses_from="a folder"))
    assert newest_deep_dive(elsewhere, "123456789012") is None
    assert newest_deep_dive(account.world, "210987654321") is None


def test_what_the_review_concludes_is_the_same_with_and_without_a_deep_dive() -> None:
    def concluded(account: AWorld, event: Json) -> bytes:
        named = asked_in_the_next_review(account, event)
        review = a_review(review_id="next")
        collected = slot(work(cost_explorer, account.world, "collect", review))
        told = {"named_resource_spend": slot(named)}
        answer = work(cost_explorer, account.world, "analyse", review, collected=collected, builds_on=told)
        return to_bytes(findings_of(account.world, answer))

    account, event = a_world(), announced()
    without = concluded(account, event)
    for key in newest_contexts(account.world, agent="cost-explorer-agent", context_type="responses"):
        own_clients()("s3").delete_object(Bucket=SETTINGS.context_bucket, Key=key)
    heard(event, account)
    assert concluded(account, event) == without


def test_the_same_announcement_delivered_again_asks_nothing() -> None:
    account, event = a_world(), announced()
    first = heard(event, account)
    again = announced(now=a_clock(NOW + timedelta(hours=2)))
    assert [heard(event, account), heard({**again, "id": "delivery-2"}, account)] == [first, first]
    assert paid(account) == 1
    assert len(newest_contexts(account.world, agent="cost-explorer-agent", context_type="deep-dive")) == 1


def test_findings_that_come_after_later_ones_change_nothing() -> None:
    account = bill_world()
    newer = announced_of(account, "i-2", review_id="review-2", at=timedelta(hours=1))
    older = announced_of(account, "i-1", review_id="review-1")
    heard(newer, account)
    dive = the_dive(account)
    answer = heard(older, account)
    assert (answer["outcome"], answer["why"]) == ("overtaken", "The findings of review-2 are newer.")
    assert (the_dive(account), paid(account)) == (dive, 1)


def test_a_review_that_asks_the_bill_itself_is_left_to_do_so() -> None:
    event = announced(a_review())
    account = a_world()
    assert (heard(event, account)["outcome"], account.sent) == ("ignored", [])


def test_where_nothing_is_named_nothing_is_asked() -> None:
    account = bill_world()
    answer = heard(announced_of(account), account)
    assert (answer["outcome"], paid(account)) == ("not_asked", 0)
    assert "No resource was named" in answer["why"]


def test_the_days_cap_holds_and_is_said() -> None:
    account = bill_world(max_cost_explorer_requests_a_day=0)
    answer = heard(announced_of(account, "i-1"), account)
    assert (answer["outcome"], paid(account)) == ("not_asked", 0)
    assert "The day's cap of 0" in answer["why"]


@pytest.mark.parametrize("allowed", [0, 1])
def test_a_review_that_may_not_pay_leads_to_nothing_that_does(allowed: int) -> None:
    """Neither more than it might have paid itself."""
    account = bill_world(THROTTLED)
    event = changed(announced_of(account, "i-1"), max_cost_explorer_requests=allowed)
    for _ in range(allowed):
        with suppress(Throttled):
            heard(event, account)
    answer = heard(event, account)
    assert (answer["outcome"], paid(account)) == ("not_asked", allowed)
    assert f"The review's cap of {allowed} paid requests" in answer["why"]


def test_what_the_review_itself_paid_for_counts_against_what_is_left() -> None:
    account = bill_world()
    event = changed(announced_of(account, "i-1"), max_cost_explorer_requests=2)
    for _ in range(2):
        reserve_paid_request(account.world, a_targeted_review())
    assert (heard(event, account)["outcome"], paid(account)) == ("not_asked", 0)


def test_the_answer_says_what_was_paid_tries_that_failed_included() -> None:
    account = bill_world(THROTTLED, THROTTLED, a_bill())
    event = announced_of(account, "i-1")
    with pytest.raises(Throttled):
        heard(event, account)
    answer = heard(event, account)
    assert (answer["outcome"], answer["cost_explorer_requests"]) == ("stored", paid(account))


def test_a_deep_dive_has_a_small_cap_of_its_own_however_often_it_is_tried() -> None:
    account = bill_world(THROTTLED)
    event = announced_of(account, "i-1")
    for _ in range(2):
        with pytest.raises(Throttled):
            heard(event, account)
    assert heard(event, account)["outcome"] == "not_asked"
    assert paid(account) == MOST_PAID_REQUESTS


def test_a_failed_deep_dive_is_made_by_the_next_delivery() -> None:
    account = bill_world(THROTTLED, THROTTLED, a_bill())
    event = announced_of(account, "i-1")
    with pytest.raises(Throttled):
        heard(event, account)
    assert heard(event, account)["outcome"] == "stored"


def changed(event: Json, **context: Any) -> Json:
    detail = event["detail"]
    return {**event, "detail": {**detail, "context": {**detail["context"], **context}}}


def test_findings_that_are_not_what_was_stored_are_refused() -> None:
    account, event = a_world(), announced()
    reference = {**event["detail"]["context"]["findings"], "sha256": "0" * 64}
    with pytest.raises(InvalidContent, match="SHA-256"):
        heard(changed(event, findings=reference), account)
    assert paid(account) == 0


@pytest.mark.parametrize(
    "elsewhere",
    [
        {"bucket": "elsewhere"},
        {"key": "reviews/review-1/report.json"},
        {"key": "agent-context/budget-agent/findings/1"},
    ],
)
def test_what_does_not_lie_where_trusted_advisors_findings_are_stored_is_not_read(elsewhere: Json) -> None:
    event = announced()
    reference = {**event["detail"]["context"]["findings"], **elsewhere}
    with pytest.raises(InvalidContent, match="is not where findings of trusted-advisor-agent are stored"):
        heard(changed(event, findings=reference), a_world())


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"source": "finops.budget-agent"}, "is not Trusted Advisor's findings"),
        ({"detail-type": "Cost Review Completed"}, "is not Trusted Advisor's findings"),
        ({"detail": {}}, "schema: Field required"),
        ({"detail": {"schema": "finops.events.findings/2"}}, "schema: Input should be"),
        ({"detail": None}, "detail"),
    ],
)
def test_what_is_malformed_or_foreign_is_an_error_and_nothing_is_asked(change: Json, why: str) -> None:
    account = a_world()
    with pytest.raises(InvalidEvent, match=why):
        heard({**announced(), **change}, account)
    assert paid(account) == 0


@pytest.mark.parametrize(
    ("context", "why"),
    [({"account_id": "210987654321"}, "not the account that is read"), ({"as_of": "2026-02-31"}, "is no day")],
)
def test_findings_of_another_account_or_of_no_day_are_refused(context: Json, why: str) -> None:
    account = a_world()
    with pytest.raises(InvalidEvent, match=why):
        heard(changed(announced(), **context), account)
    assert paid(account) == 0


def test_a_time_without_its_zone_is_refused() -> None:
    event = announced()
    event["detail"]["timestamp"] = "2026-11-16T09:30:00"
    with pytest.raises(InvalidEvent, match="not a time with its zone"):
        heard(event, a_world())


def test_a_deep_dive_that_cannot_be_read_any_more_is_left_out_and_the_bill_is_asked() -> None:
    account = bill_world()
    store_context(
        account.world, agent="cost-explorer-agent", context_type="deep-dive", review_id="review-0", content=b"{"
    )
    answer = asked_in_the_next_review(account, announced_of(account, "i-1"))
    assert answer.run.cost_explorer_requests == 1
