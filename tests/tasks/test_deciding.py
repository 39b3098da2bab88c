"""Deciding about an opportunity of a published review: S3 says which one is meant, DynamoDB keeps what was decided."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from tasks.deciding import Wish, decide_about
from tasks.decisions import item_of, ledger, write
from tasks.published_reviews import published_reports, published_reviews
from tasks.shared_context import store_review_file
from tasks.wiring import World
from tests.tasks.worlds import SETTINGS, a_world
from workflows.cost_review.formats import REPORT_JSON
from workflows.errors import BadInput, DecisionOvertaken, IllegalDecision
from workflows.savings.decisions import DailyPace, Decided, Decision, DecisionState

pytestmark = pytest.mark.usefixtures("own_aws")
S = DecisionState
AT = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
WEB, DATABASE = "546fd901a783889f", "54aa0000a783889f"
KEY = "123456789012/us-east-1/ec2:instance/i-1"
Json = dict[str, Any]


def an_opportunity(opportunity_id: str = WEB, **changes: Any) -> Json:
    return {
        "opportunity_id": opportunity_id,
        "account_id": "123456789012",
        "region_id": "us-east-1",
        "resource_type": "ec2:instance",
        "resource_id": "i-1",
        "action_type": "Stop",
        "estimated_monthly_savings": "100.00",
        "counted_monthly_savings_exact": "95.890411",
        "not_counted": None,
        "billing_currency": "USD",
        **changes,
    }


def publish(world: World, review_id: str, *opportunities: Json, as_of: str = "2026-11-16", **changes: Any) -> None:
    report = {
        "review": {"as_of": as_of},
        "accounts": ["123456789012"],
        "opportunities": list(opportunities),
        "bill": {
            "resources": [{"resource_key": KEY, "days": 10, "effective_cost_exact": "72.8", "billing_currency": "USD"}]
        },
        **changes,
    }
    content = json.dumps(report).encode()
    store_review_file(world, review_id=review_id, name=REPORT_JSON, content=content, content_type="application/json")


def a_wish(state: DecisionState = S.ACCEPTED, named: str = WEB, **changes: Any) -> Wish:
    return Wish(state, named, **{"by": "ana", "at": AT, "why": "we need it", **changes})


def test_what_is_decided_stands_in_the_table_from_the_day_of_the_review_on() -> None:
    world = a_world().world
    publish(world, "review-1", an_opportunity())
    changed = decide_about(world, a_wish(named=WEB[:5]))
    assert ledger(world) == ({WEB: changed}, ())
    assert (changed.resource_key, changed.latest.since) == (KEY, date(2026, 11, 16))
    assert (changed.latest.by, changed.latest.at, changed.latest.why) == ("ana", AT, "we need it")


def test_a_deed_is_held_against_the_last_report_until_its_day() -> None:
    world = a_world().world
    publish(world, "review-1", an_opportunity())
    publish(world, "review-2", an_opportunity(counted_monthly_savings_exact="50"), as_of="2026-11-19")
    done = decide_about(world, a_wish(S.IMPLEMENTED, on=date(2026, 11, 17))).carried_out
    assert done is not None
    assert (done.counted, done.on) == (Decimal("95.890411"), date(2026, 11, 17))
    assert done.before == DailyPace(Decimal("7.28"), 10, date(2026, 11, 15))


def test_a_deed_before_every_report_has_no_pace_before_it() -> None:
    world = a_world().world
    publish(world, "review-1", an_opportunity())
    done = decide_about(world, a_wish(S.IMPLEMENTED, on=date(2026, 11, 1))).carried_out
    assert done is not None
    assert (str(done.counted), done.before) == ("95.890411", None)


def test_the_newest_report_that_has_it_says_what_kind_of_action_was_decided_about() -> None:
    world = a_world().world
    publish(world, "review-1", an_opportunity(action_type="Rightsize"))
    publish(world, "review-2", an_opportunity())
    publish(world, "review-3", an_opportunity(DATABASE))
    assert [one.review_id for one in published_reviews(world)] == ["review-3", "review-2", "review-1"]
    assert decide_about(world, a_wish()).latest.action_kind == "StopPaying"


def test_a_report_that_states_no_figure_is_passed_over() -> None:
    world = a_world().world
    publish(world, "review-1", an_opportunity())
    publish(world, "review-2", opportunities=None)
    assert len(list(published_reports(world))) == 1
    assert decide_about(world, a_wish()).opportunity_id == WEB


def test_what_was_decided_about_and_is_in_no_report_any_more_can_be_reopened() -> None:
    world = a_world().world
    decision = Decision(S.DISMISSED, "ana", AT - timedelta(days=400), "no")
    write(world, Decided(WEB, KEY, (decision,)))
    assert decide_about(world, a_wish(S.OPEN)).latest.state is S.OPEN
    with pytest.raises(BadInput, match="is in no review that is kept"):
        decide_about(world, a_wish(S.IMPLEMENTED))


REFUSED: dict[str, tuple[Wish, str]] = {
    "an unknown id": (a_wish(named="ffff"), "no opportunity is called 'ffff'; nearest in the last review: "),
    "the beginning of two": (a_wish(named="54"), "'54' fits 2 opportunities (546fd901a783889f, 54aa0000a783889f)"),
    "a day of what is not done": (a_wish(on=date(2026, 11, 1)), "only what is done has a day"),
    "a dismissal without a reason": (a_wish(S.DISMISSED, why=" "), "a dismissal needs a reason"),
    "nobody": (a_wish(by="  "), "nobody is named who decided"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_decided_is_refused_and_nothing_is_written(name: str) -> None:
    world = a_world().world
    publish(world, "review-1", an_opportunity(), an_opportunity(DATABASE))
    wish, said = REFUSED[name]
    with pytest.raises(BadInput) as refused:
        decide_about(world, wish)
    assert [problem for problem in refused.value.problems if said in problem]
    assert ledger(world) == ({}, ())


def test_without_a_published_review_there_is_nothing_to_decide_about() -> None:
    with pytest.raises(BadInput, match="no published review has opportunities"):
        decide_about(a_world().world, a_wish())


def test_an_item_that_is_not_of_its_form_is_named_with_the_remedy() -> None:
    world = a_world().world
    publish(world, "review-1", an_opportunity())
    item = {**item_of(Decided(WEB, KEY, (Decision(S.ACCEPTED, "ana", AT),))), "decisions": {"S": "none"}}
    world.own("dynamodb").put_item(TableName=SETTINGS.opportunities_table, Item=item)
    with pytest.raises(BadInput, match=f"Delete the item from the table {SETTINGS.opportunities_table}"):
        decide_about(world, a_wish())


def others_write_meanwhile(world: World, states: list[DecisionState]) -> World:
    """The world in which, after each read of the item, somebody else writes one of these decisions before us."""
    left = iter(states)

    def own(service: str, region: str | None = None) -> Any:
        client = world.own(service, region)
        return _Overtaking(client, lambda: _write_next(world, left)) if service == "dynamodb" else client

    return replace(world, own=own)


def _write_next(world: World, left: Any) -> None:
    state = next(left, None)
    if state is not None:
        before = ledger(world)[0].get(WEB)
        decision = Decision(state, "ben", AT - timedelta(hours=1), "no")
        version = before.version + 1 if before else 1
        write(world, Decided(WEB, KEY, (*(before.decisions if before else ()), decision), version))


class _Overtaking:
    """A client of DynamoDB whose reads of one item are followed by somebody else's write."""

    def __init__(self, client: Any, then: Callable[[], None]) -> None:
        self._client, self._then = client, then

    def __getattr__(self, name: str) -> Any:
        return getattr(self._client, name)

    def get_item(self, **request: Any) -> Any:
        answer = self._client.get_item(**request)
        self._then()
        return answer


def test_of_two_who_decide_at_once_the_second_decides_on_what_the_first_wrote() -> None:
    world = a_world().world
    publish(world, "review-1", an_opportunity())
    changed = decide_about(others_write_meanwhile(world, [S.ACCEPTED]), a_wish(S.SNOOZED, until=date(2026, 12, 24)))
    assert [(one.state, one.by) for one in changed.decisions] == [(S.ACCEPTED, "ben"), (S.SNOOZED, "ana")]
    assert ledger(world)[0][WEB] == changed


def test_what_somebody_else_decided_meanwhile_can_make_the_decision_illegal() -> None:
    world = a_world().world
    publish(world, "review-1", an_opportunity())
    with pytest.raises(IllegalDecision, match="is dismissed and cannot become accepted"):
        decide_about(others_write_meanwhile(world, [S.DISMISSED]), a_wish())
    assert ledger(world)[0][WEB].latest.by == "ben"


def test_where_others_keep_deciding_nothing_of_ours_is_written() -> None:
    world = a_world().world
    publish(world, "review-1", an_opportunity())
    busy = others_write_meanwhile(world, [S.ACCEPTED, S.OPEN] * 10)
    with pytest.raises(DecisionOvertaken, match="nothing was written"):
        decide_about(busy, a_wish(S.SNOOZED, until=date(2026, 12, 24)))
    assert {one.by for one in ledger(world)[0][WEB].decisions} == {"ben"}
