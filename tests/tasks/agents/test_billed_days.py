"""What the bill says by day of the resources that it was asked about, those to which something was done among them."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from tasks.agents.cost_explorer.handler import work as door
from tasks.decisions import AGENT, IMPLEMENTED, Implemented, implemented_bytes
from tasks.shared_context import store_context
from tasks.wiring import World
from tests.tasks.agents.bills import COLLECTED, a_bill, a_day
from tests.tasks.agents.test_named_resource_spend import DENIED, NAMED, a_named, a_slot_of_findings, days_of
from tests.tasks.worlds import AWorld, Json, a_scripted_world, evidence_of, findings_of, slot, states, work
from workflows.cost_review.documents import Findings, findings_from, to_bytes
from workflows.spend import BilledDays

pytestmark = pytest.mark.usefixtures("own_aws")
ACCOUNT, OTHER = "123456789012", "210987654321"
START, END = date(2026, 11, 2), date(2026, 11, 16)


def a_world_that_bills(*answers: Any) -> AWorld:
    return a_scripted_world({**COLLECTED, "ce:GetCostAndUsageWithResources": list(answers or [a_bill()])})


def done_before(world: World, *billing_ids: str, account: str = ACCOUNT, content: bytes | None = None) -> None:
    """What the review before left: these resources were seen to."""
    stored = implemented_bytes(Implemented({account: billing_ids})) if content is None else content
    store_context(world, agent=AGENT, context_type=IMPLEMENTED, review_id="review-0", content=stored)


def collected_named(world: World, *named: str) -> tuple[Json, Json, Any]:
    builds_on = {"trusted_advisor": a_slot_of_findings(world, [a_named(one, saving=5) for one in named])}
    collected = slot(work(door, world, "collect"))
    answer = work(door, world, "collect_named_resource_spend", collected=collected, builds_on=builds_on)
    return collected, builds_on, answer


def found(world: World, *named: str) -> Findings:
    collected, builds_on, answer = collected_named(world, *named)
    both = {**builds_on, "named_resource_spend": slot(answer)}
    return findings_of(world, work(door, world, "analyse", collected=collected, builds_on=both))


def test_what_was_done_before_is_in_the_same_question_and_costs_no_request_more() -> None:
    account = a_world_that_bills()
    done_before(account.world, "i-done", "i-2")
    _, _, answer = collected_named(account.world, "i-1", "i-2")
    (asked,) = evidence_of(account.world, answer).responses
    assert asked.parameters["Filter"]["Dimensions"]["Values"] == ["i-1", "i-2", "i-done"]
    assert answer.run.cost_explorer_requests == 1


def test_what_was_done_before_is_asked_about_where_nobody_names_anything_any_more() -> None:
    account = a_world_that_bills()
    done_before(account.world, "i-done")
    _, _, answer = collected_named(account.world)
    (asked,) = evidence_of(account.world, answer).responses
    assert asked.parameters["Filter"]["Dimensions"]["Values"] == ["i-done"]


def test_what_was_done_in_another_account_is_not_asked_about() -> None:
    account = a_world_that_bills()
    done_before(account.world, "i-done", account=OTHER)
    _, _, answer = collected_named(account.world)
    assert evidence_of(account.world, answer).responses == ()
    assert answer.run.cost_explorer_requests == 0


def test_what_was_done_comes_first_where_not_all_can_be_asked_about() -> None:
    account = a_world_that_bills()
    done_before(account.world, "i-zzz")
    _, _, answer = collected_named(account.world, *(f"i-{number:05}" for number in range(1000)))
    evidence = evidence_of(account.world, answer)
    (asked,) = evidence.responses
    values = asked.parameters["Filter"]["Dimensions"]["Values"]
    assert (len(values), values[-1]) == (1000, "i-zzz")
    assert "1 were not" in evidence.sources[0].detail


def test_where_it_cannot_be_known_what_was_done_that_is_a_gap_beside_what_was_asked() -> None:
    account = a_world_that_bills(a_bill(*days_of("i-1", ["1"] * 14)))
    done_before(account.world, content=b"rubbish")
    findings = found(account.world, "i-1")
    (gap,) = [one for one in findings.sources if one.is_gap]
    assert (gap.source, "What was carried out before is not known" in gap.detail) == ("CostExplorerResources", True)
    assert [one.resource_id for one in findings.resource_spend] == ["i-1"]


def test_where_nothing_is_asked_it_is_a_gap_that_nobody_knows_what_was_done() -> None:
    account = a_world_that_bills()
    done_before(account.world, content=b"[]")
    _, _, answer = collected_named(account.world)
    assert states(evidence_of(account.world, answer))[NAMED] == "ERROR"


def test_each_resource_asked_about_has_its_days_and_what_has_no_line_has_none() -> None:
    account = a_world_that_bills(a_bill(*days_of("i-1", ["1.5", "2"])))
    done_before(account.world, "i-gone")
    assert found(account.world, "i-1").billed_days == (
        BilledDays("i-1", "USD", START, END, ((date(2026, 11, 2), Decimal("1.5")), (date(2026, 11, 3), Decimal(2)))),
        BilledDays("i-gone", "", START, END, ()),
    )


def test_the_days_of_a_resource_that_was_done_are_no_named_resources_spend() -> None:
    account = a_world_that_bills(a_bill(*days_of("i-done", ["1"] * 14)))
    done_before(account.world, "i-done")
    findings = found(account.world)
    assert (findings.resource_spend, [one.billing_id for one in findings.billed_days]) == ((), ["i-done"])


@pytest.mark.parametrize("answers", [[DENIED], [a_bill(*days_of("i-1", ["1"]), NextPageToken="a"), DENIED]])
def test_a_bill_that_was_not_told_to_its_end_tells_no_days(answers: list[Any]) -> None:
    """Else half a bill would look like a resource that is gone."""
    account = a_world_that_bills(*answers)
    done_before(account.world, "i-gone")
    assert found(account.world, "i-1").billed_days == ()


def test_findings_keep_the_days_through_the_store() -> None:
    account = a_world_that_bills(a_bill(a_day("2026-11-15", {("i-1",): "0.0000000123"})))
    findings = found(account.world, "i-1")
    assert findings_from(to_bytes(findings)).billed_days == findings.billed_days
    assert findings.billed_days[0].daily == ((date(2026, 11, 15), Decimal("0.0000000123")),)
