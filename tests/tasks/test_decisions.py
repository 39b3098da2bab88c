"""The ledger of opportunities in DynamoDB."""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from tasks.decisions import decide, implemented, implemented_bytes, implemented_from, item_of, ledger, write
from tests.tasks.worlds import SETTINGS, a_world
from workflows.errors import DecisionOvertaken, IllegalDecision, InvalidContent
from workflows.savings.decisions import CarriedOut, Change, DailyPace, Decided, Decision, DecisionState, decided

pytestmark = pytest.mark.usefixtures("own_aws")
S = DecisionState
AT = datetime(2026, 11, 16, 9, 30, tzinfo=UTC)
DEED = CarriedOut(
    on=date(2026, 11, 16),
    counted=Decimal("1234.5678901234"),
    billing_currency="USD",
    billing_ids=("i-1",),
    reviewed_accounts=("123456789012",),
    before=DailyPace(Decimal("0.1000000001"), 14, date(2026, 11, 16)),
)


def a_decision(state: DecisionState, by: str = "ana", **changes: Any) -> Decision:
    return Decision(state, by, AT, **{"why": "we need it", **changes})


def to(state: DecisionState, by: str = "ana", **changes: Any) -> Change:
    """The change that this decision makes of whatever is stored."""
    decision = a_decision(state, by, **changes)
    return lambda item: decided(item, decision, opportunity_id="id-1", resource_key="key-1")


def test_an_item_comes_back_as_it_was_written() -> None:
    world = a_world().world
    first = decide(world, "id-1", to(S.SNOOZED, until=date(2026, 12, 1)))
    second = decide(world, "id-1", lambda item: replace(to(S.IMPLEMENTED)(item), carried_out=DEED))
    assert ledger(world) == ({"id-1": second}, ())
    assert second.decisions[0] == first.latest
    assert second.carried_out == DEED


def test_whoever_looks_at_the_table_sees_the_state() -> None:
    world = a_world().world
    decide(world, "id-1", to(S.ACCEPTED))
    stored = world.own("dynamodb").get_item(
        TableName=SETTINGS.opportunities_table, Key={"opportunity_id": {"S": "id-1"}}
    )["Item"]
    assert (stored["state"], stored["version"]) == ({"S": "accepted"}, {"N": "1"})


def test_of_two_writers_the_second_decides_on_what_the_first_wrote() -> None:
    """Both have read the item before either writes: the second one's change is made again, and nothing is lost."""
    world = a_world().world
    decide(world, "id-1", to(S.ACCEPTED))
    others = iter([to(S.OPEN, by="ben")])

    def meanwhile(item: Decided | None) -> Decided:
        for other in others:
            decide(world, "id-1", other)
        return to(S.DISMISSED)(item)

    after = decide(world, "id-1", meanwhile)
    assert [(one.state, one.by) for one in after.decisions] == [
        (S.ACCEPTED, "ana"),
        (S.OPEN, "ben"),
        (S.DISMISSED, "ana"),
    ]
    assert ledger(world)[0] == {"id-1": after}


def test_of_two_who_decide_first_one_finds_the_others_item() -> None:
    world = a_world().world
    others = iter([to(S.ACCEPTED, by="ben")])

    def meanwhile(item: Decided | None) -> Decided:
        for other in others:
            decide(world, "id-1", other)
        return to(S.IMPLEMENTED)(item)

    assert [one.by for one in decide(world, "id-1", meanwhile).decisions] == ["ben", "ana"]


def test_what_the_other_writer_made_illegal_is_refused_and_theirs_stands() -> None:
    world = a_world().world
    decide(world, "id-1", to(S.ACCEPTED))
    others = iter([to(S.DISMISSED, by="ben")])

    def meanwhile(item: Decided | None) -> Decided:
        for other in others:
            decide(world, "id-1", other)
        return to(S.IMPLEMENTED)(item)

    with pytest.raises(IllegalDecision, match="is dismissed and cannot become implemented"):
        decide(world, "id-1", meanwhile)
    assert ledger(world)[0]["id-1"].latest.by == "ben"


def test_a_writer_who_is_always_late_gives_up_and_writes_nothing() -> None:
    world = a_world().world
    decide(world, "id-1", to(S.SNOOZED, until=date(2026, 12, 1)))

    def late(item: Decided | None) -> Decided:
        decide(world, "id-1", to(S.SNOOZED, by="ben", until=date(2026, 12, 1)))
        return to(S.DISMISSED)(item)

    with pytest.raises(DecisionOvertaken, match="nothing was written"):
        decide(world, "id-1", late)
    assert {one.by for one in ledger(world)[0]["id-1"].decisions[1:]} == {"ben"}


@pytest.mark.parametrize("version", [1, 3])
def test_an_item_is_written_over_the_version_that_was_read_and_no_other(version: int) -> None:
    world = a_world().world
    item = decide(world, "id-1", to(S.ACCEPTED))
    with pytest.raises(DecisionOvertaken):
        write(world, replace(item, version=version))
    assert ledger(world)[0] == {"id-1": item}


def test_every_page_of_the_ledger_is_read() -> None:
    """A page holds a megabyte."""
    world, long = a_world().world, "x" * 40_000
    for number in range(30):
        item = Decided(f"id-{number:02}", long, (a_decision(S.ACCEPTED),))
        write(world, item)
    assert sorted(ledger(world)[0]) == [f"id-{number:02}" for number in range(30)]


@pytest.mark.parametrize(
    "broken",
    [
        {"decisions": {"S": "none"}},
        {"decisions": {"L": []}},
        {"version": {"S": "x"}},
        {"carried_out": {"M": {"on": {"S": "2026-11-16"}}}},
    ],
)
def test_an_item_that_cannot_be_read_is_named_and_hides_no_other(broken: dict[str, Any]) -> None:
    world = a_world().world
    good = decide(world, "id-1", to(S.ACCEPTED))
    bad = item_of(Decided("id-2", "key-2", (a_decision(S.ACCEPTED),))) | broken
    world.own("dynamodb").put_item(TableName=SETTINGS.opportunities_table, Item=bad)
    found, (wrong,) = ledger(world)
    assert (found, "'id-2'" in wrong) == ({"id-1": good}, True)


def test_what_the_table_refuses_for_another_reason_is_not_taken_for_a_conflict() -> None:
    world = a_world(opportunities_table="not-there").world
    with pytest.raises(world.own("dynamodb").exceptions.ResourceNotFoundException):
        decide(world, "id-1", to(S.ACCEPTED))


def test_the_bill_is_asked_as_each_reviewed_account_about_what_is_not_verified_yet() -> None:
    def item(name: str, state: DecisionState, account: str = "1") -> Decided:
        deed = replace(DEED, billing_ids=(name,), reviewed_accounts=(account,))
        return Decided(name, name, (a_decision(state),), carried_out=deed)

    items = {
        one.opportunity_id: one
        for one in (
            item("i-b", S.IMPLEMENTED),
            item("i-a", S.IMPLEMENTED),
            item("i-c", S.VERIFIED),
            item("i-d", S.IMPLEMENTED, account="2"),
        )
    }
    asked = implemented(items)
    assert asked.billing_ids == {"1": ("i-a", "i-b"), "2": ("i-d",)}
    assert implemented_from(implemented_bytes(asked)) == asked


@pytest.mark.parametrize("content", [b"", b"[]", b'{"billing_ids": 1}', b'{"billing_ids": {}, "contract": "x"}'])
def test_what_is_no_list_of_resources_is_refused(content: bytes) -> None:
    with pytest.raises(InvalidContent, match=r"finops\.implemented/1"):
        implemented_from(content)
