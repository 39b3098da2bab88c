"""Agents announce what they found; a bus that refuses costs no findings, and the report says so."""

import json
from dataclasses import replace
from typing import Any

import pytest
from botocore.exceptions import EndpointConnectionError

from tasks.agents import AGENTS
from tasks.agents.spec import AgentSpec
from tests.tasks.agents.test_work_door import EVERY_AGENT, door_of
from tests.tasks.worlds import Json, a_clock, a_review, a_world, findings_of, own_clients, slot, work
from tests.workflows.events.schemas import assert_of_its_schema
from workflows.cost_review.answers import Answer, Reference, read_slot, step_outcome
from workflows.cost_review.request import Review, Scope

pytestmark = pytest.mark.usefixtures("own_aws")
TRUSTED_ADVISOR = AGENTS[0]
REFUSED = {"FailedEntryCount": 1, "Entries": [{"ErrorCode": "InternalFailure", "ErrorMessage": "No."}]}


class Bus:
    """Our own resources; what is put on the bus is kept, or refused."""

    def __init__(self, answer: Any = None) -> None:
        self.entries: list[Json] = []
        self._answer = answer or {"FailedEntryCount": 0, "Entries": [{"EventId": "1"}]}

    def __call__(self, service: str, region: str | None = None) -> Any:
        return self if service == "events" else own_clients()(service, region)

    def put_events(self, Entries: list[Json]) -> Any:  # noqa: N803 because boto3 spells it so
        self.entries += Entries
        if isinstance(self._answer, Exception):
            raise self._answer
        return self._answer

    @property
    def detail(self) -> Json:
        (entry,) = self.entries
        told: Json = json.loads(entry["Detail"])
        return told


def analysed(spec: AgentSpec, bus: Bus, review: Review | None = None, **world: Any) -> Answer:
    made = replace(a_world(**world).world, own=bus)
    collected = work(door_of(spec), made, "collect", review)
    return work(door_of(spec), made, "analyse", review, collected=slot(collected))


@EVERY_AGENT
def test_each_agent_announces_its_findings_by_the_schema(spec: AgentSpec) -> None:
    bus = Bus()
    answer = analysed(spec, bus)
    (entry,) = bus.entries
    assert (entry["Source"], entry["DetailType"]) == (f"finops.{spec.name}", "Cost Optimization Findings")
    assert_of_its_schema(bus.detail, "cost-optimization-findings-1")
    assert Reference.model_validate(bus.detail["context"]["findings"]) == answer.content
    found = findings_of(a_world().world, answer)
    assert bus.detail["recommendation_count"] == len(found.recommendations)


def test_trusted_advisors_event_says_what_the_sample_account_would_save() -> None:
    """The ledger's 231.97: of the volumes only the check states a sum, which no row of it does."""
    bus = Bus()
    analysed(TRUSTED_ADVISOR, bus)
    assert bus.detail["total_savings"] == {"stage": "proposed_before_consolidation", "monthly": {"USD": "231.97"}}
    amounts = [float(one["proposed_monthly_savings"]) for one in bus.detail["high_impact_resources"]]
    assert amounts == [95.89, 69.12, 48.96, 18.0]


def test_a_review_that_is_tried_again_announces_the_same_event() -> None:
    first, again, other = Bus(), Bus(), Bus()
    analysed(TRUSTED_ADVISOR, first)
    analysed(TRUSTED_ADVISOR, again, now=a_clock())
    analysed(TRUSTED_ADVISOR, other, a_review(review_id="review-2"))
    assert first.detail["event_id"] == again.detail["event_id"] != other.detail["event_id"]


def test_a_targeted_review_of_this_agent_alone_leaves_the_deep_dive_to_others() -> None:
    bus = Bus()
    scope = Scope(agents=(TRUSTED_ADVISOR.name,))
    analysed(TRUSTED_ADVISOR, bus, a_review(analysis_type="targeted", scope=scope))
    assert bus.detail["context"]["deep_dive_in_review"] is False


@pytest.mark.parametrize("refusal", [REFUSED, EndpointConnectionError(endpoint_url="https://events")])
def test_a_bus_that_refuses_costs_no_findings_and_the_report_says_so(refusal: Any) -> None:
    answer = analysed(TRUSTED_ADVISOR, Bus(refusal))
    assert findings_of(a_world().world, answer).recommendations
    assert answer.reason.startswith("The findings were not announced: EventNotPublished")
    read = read_slot(slot(answer), agent=TRUSTED_ADVISOR.name, stage="analyse", review_id="review-1")
    outcome = step_outcome("AnalyseTrustedAdvisor", TRUSTED_ADVISOR.name, read)
    assert (outcome.outcome, outcome.error) == ("answered", answer.reason)


def test_where_nothing_was_collected_nothing_is_announced() -> None:
    bus = Bus()
    work(door_of(TRUSTED_ADVISOR), replace(a_world().world, own=bus), "analyse", collected={"gap": {"error": "x"}})
    assert bus.entries == []
