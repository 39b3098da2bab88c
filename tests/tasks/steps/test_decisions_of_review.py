"""What a review hears of people's decisions, what it reports of them, and what it writes back."""

import json
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from tasks.decisions import AGENT, IMPLEMENTED, decide, implemented_from, ledger, write
from tasks.exemptions import EXEMPTIONS_KEY
from tasks.shared_context import latest_context, newest_contexts, read_content
from tasks.steps.consolidate_findings import handler
from tasks.wiring import World
from tests.tasks.steps.heard import a_heard_review
from tests.tasks.worlds import AS_OF, SETTINGS, Json, a_world
from workflows.cost_review.answers import Reference
from workflows.cost_review.report.decisions import used_document, used_from
from workflows.errors import InvalidContent
from workflows.savings.decisions import CarriedOut, DailyPace, Decided, Decision, DecisionState, decided

pytestmark = pytest.mark.usefixtures("own_aws_of_the_module")
S = DecisionState
WEB = "123456789012/us-east-1/Ec2Instance/i-07c4e8b15da2f3962"
WEB_ID = "546fd901a783889f"
LONG_AGO = datetime(2026, 10, 1, tzinfo=UTC)
FILE = """
[[exemption]]
pattern = "*/i-07c4e8b15da2f3962"
reason = "Failover"
expires = 2026-11-20

[[exemption]]
pattern = "old"
reason = "Gone"
expires = 2020-01-01
"""


@pytest.fixture(scope="module")
def heard(own_aws_of_the_module: None) -> Json:
    return a_heard_review(a_world().world)


@pytest.fixture(autouse=True)
def nothing_is_decided(own_aws_of_the_module: None) -> None:
    """The module shares its tables: each test begins with an empty ledger and without exemptions."""
    world = a_world().world
    for key in ledger(world)[0]:
        world.own("dynamodb").delete_item(TableName=SETTINGS.opportunities_table, Key={"opportunity_id": {"S": key}})
    world.own("dynamodb").delete_item(TableName=SETTINGS.opportunities_table, Key={"opportunity_id": {"S": "broken"}})
    world.own("s3").delete_object(Bucket=SETTINGS.context_bucket, Key=EXEMPTIONS_KEY)


def consolidate(event: Json, world: World) -> Json:
    answer = handler.run(event, world)
    document: Json = json.loads(read_content(world, Reference.model_validate(answer["reference"])))
    return document


def exempt(world: World, content: str) -> None:
    world.own("s3").put_object(Bucket=SETTINGS.context_bucket, Key=EXEMPTIONS_KEY, Body=content.encode())


def decide_on_web(world: World, state: DecisionState, at: datetime = LONG_AGO, done: CarriedOut | None = None) -> None:
    decision = Decision(state, "ana", at, "we need it")
    item = decided(None, decision, opportunity_id=WEB_ID, resource_key=WEB)
    write(world, Decided(WEB_ID, WEB, item.decisions, carried_out=done))


def the_web_server(document: Json) -> Json:
    one: Json = next(one for one in document["report"]["opportunities"] if one["opportunity_id"] == WEB_ID)
    return one


def a_deed(*billing_ids: str, counted: str = "95.89") -> CarriedOut:
    before = DailyPace(Decimal("7.39"), 14, LONG_AGO.date())
    return CarriedOut(LONG_AGO.date(), Decimal(counted), "USD", billing_ids, ("123456789012",), before)


def test_where_nobody_decided_the_report_says_so_and_the_figures_are_the_ledgers(heard: Json) -> None:
    report = consolidate(heard, a_world().world)["report"]
    assert {one["decision"] for one in report["opportunities"]} == {None}
    assert (report["exemptions"], report["realised_savings"]) == ([], {"rows": [], "totals": []})
    assert report["totals"][0]["counted_usage"] == "293.86"


def test_what_was_dismissed_does_not_count_and_says_who_and_why(heard: Json) -> None:
    world = a_world().world
    decide_on_web(world, S.DISMISSED)
    document = consolidate(heard, world)
    one = the_web_server(document)
    assert (one["not_counted"], one["counted_monthly_savings"]) == ("set_aside", "0.00")
    assert one["decision"] == {
        "state": "dismissed",
        "by": "ana",
        "at": "2026-10-01T00:00:00+00:00",
        "why": "we need it",
        "until": None,
    }
    (totals,) = document["report"]["totals"]
    assert (totals["gross_usage"], totals["counted_usage"]) == ("996.12", "197.97")


def test_what_was_accepted_counts_on_and_says_who(heard: Json) -> None:
    world = a_world().world
    decide_on_web(world, S.ACCEPTED)
    document = consolidate(heard, world)
    assert document["report"]["totals"][0]["counted_usage"] == "293.86"
    assert the_web_server(document)["decision"]["by"] == "ana"


def test_exemptions_are_followed_and_each_is_told_with_what_it_still_does(heard: Json) -> None:
    world = a_world().world
    exempt(world, FILE)
    document = consolidate(heard, world)
    assert the_web_server(document)["deductions"][-1]["reason"].startswith("exempted until 2026-11-20")
    first, second = document["report"]["exemptions"]
    assert (first["state"], first["matched"], first["expires_soon"]) == ("applies", 1, True)
    assert first["set_aside"] == [{"billing_currency": "USD", "monthly_savings": "95.89"}]
    assert (second["state"], second["matched"], second["set_aside"]) == ("expired", 0, [])
    assert document["report"]["status"] == "COMPLETE"


def test_an_invalid_stored_file_is_a_gap_with_its_remedy_and_exempts_nothing(heard: Json) -> None:
    world = a_world().world
    exempt(world, FILE + '\n[[exemption]]\npattern = "x"\n')
    report = consolidate(heard, world)["report"]
    (gap,) = [row for row in report["coverage"] if row["is_gap"]]
    assert (report["status"], gap["agent"], gap["source"]) == ("PARTIAL", "supervisor", "Exemptions")
    assert "exemption 3 ('x')" in gap["detail"]
    assert "finops review --exemptions" in gap["remedy"]
    assert report["totals"][0]["counted_usage"] == "293.86"


def test_an_item_of_the_ledger_that_cannot_be_read_is_a_gap(heard: Json) -> None:
    world = a_world().world
    world.own("dynamodb").put_item(TableName=SETTINGS.opportunities_table, Item={"opportunity_id": {"S": "broken"}})
    report = consolidate(heard, world)["report"]
    (gap,) = [row for row in report["coverage"] if row["is_gap"]]
    assert (gap["source"], "'broken'" in gap["detail"]) == ("Decisions", True)


def test_what_the_review_used_is_kept_as_it_was_before_the_review(heard: Json) -> None:
    world = a_world().world
    exempt(world, FILE)
    decide_on_web(world, S.IMPLEMENTED, done=a_deed("i-07c4e8b15da2f3962"))
    before = ledger(world)[0]
    used = used_from(consolidate(heard, world)["inputs"]["decisions"])
    assert (used.as_of, used.ledger) == (AS_OF, before)
    assert [one.pattern for one in used.exemptions] == ["*/i-07c4e8b15da2f3962", "old"]
    assert used_from(json.loads(json.dumps(used_document(used)))) == used


@pytest.mark.parametrize("document", [None, [], {"as_of": 1}, {"ledger": {"x": 1}}])
def test_what_is_no_record_of_decisions_is_refused(document: object) -> None:
    with pytest.raises(InvalidContent, match="decided before the review"):
        used_from(document)


def test_what_is_recommended_again_long_after_it_was_done_has_regressed_and_is_written_back(heard: Json) -> None:
    world = a_world().world
    decide_on_web(world, S.IMPLEMENTED, done=a_deed("i-07c4e8b15da2f3962"))
    document = consolidate(heard, world)
    assert the_web_server(document)["decision"]["state"] == "regressed"
    stored = ledger(world)[0][WEB_ID]
    assert (stored.latest.state, stored.version, len(stored.decisions)) == (S.REGRESSED, 2, 2)
    again = consolidate(heard, world)
    assert again["report"] == document["report"]
    assert ledger(world)[0][WEB_ID] == stored


def test_who_decides_while_a_review_runs_is_not_overwritten(heard: Json) -> None:
    world = a_world().world
    decide_on_web(world, S.IMPLEMENTED, done=a_deed("i-07c4e8b15da2f3962"))

    def reopened(item: Decided | None) -> Decided:
        return decided(item, Decision(S.OPEN, "ben", LONG_AGO), opportunity_id=WEB_ID, resource_key=WEB)

    dynamodb = world.own("dynamodb")
    meanwhile = iter([reopened])

    def somebody_decides(**_: object) -> None:
        for change in meanwhile:
            decide(world, WEB_ID, change)

    dynamodb.meta.events.register("provide-client-params.dynamodb.PutItem", somebody_decides)
    try:
        document = consolidate(heard, world)
    finally:
        dynamodb.meta.events.unregister("provide-client-params.dynamodb.PutItem", somebody_decides)
    assert document["run"]["decisions_overtaken"] == [WEB_ID]
    assert (ledger(world)[0][WEB_ID].latest.by, ledger(world)[0][WEB_ID].version) == ("ben", 2)


def test_what_was_implemented_is_left_for_the_next_review_to_ask_about_and_taken_back(heard: Json) -> None:
    world = a_world().world

    def asked() -> dict[str, tuple[str, ...]]:
        stored = latest_context(world, agent=AGENT, context_type=IMPLEMENTED)
        assert stored is not None
        return dict(implemented_from(stored.content).billing_ids)

    write(world, Decided("0" * 16, "k", (Decision(S.IMPLEMENTED, "ana", LONG_AGO),), carried_out=a_deed("i-gone")))
    consolidate(heard, world)
    assert asked() == {"123456789012": ("i-gone",)}
    key = newest_contexts(world, agent=AGENT, context_type=IMPLEMENTED)[0]
    world.own("s3").put_object(Bucket=SETTINGS.context_bucket, Key=key, Body=b"rubbish")
    consolidate(heard, world)
    assert asked() == {"123456789012": ("i-gone",)}, "what cannot be read is written anew"
    decide(
        world,
        "0" * 16,
        lambda item: decided(item, Decision(S.OPEN, "ana", LONG_AGO), opportunity_id="", resource_key=""),
    )
    consolidate(heard, world)
    assert asked() == {}


def test_what_was_realised_stands_apart_from_what_counts(heard: Json) -> None:
    """The load balancer is on the sample's bill for 0.60 a day, and was done when it cost 1.20."""
    world = a_world().world
    on = datetime(2026, 11, 4, tzinfo=UTC)
    arn = "arn:aws:elasticloadbalancing:us-east-1:123456789012:loadbalancer/old-shop-lb"
    before = DailyPace(Decimal("1.20"), 14, on.date())
    deed = CarriedOut(on.date(), Decimal("18.00"), "USD", (arn,), ("123456789012",), before)
    key = "123456789012/us-east-1/LoadBalancer/old-shop-lb"
    write(world, Decided("cb6c88eaea790765", key, (Decision(S.IMPLEMENTED, "ana", on),), carried_out=deed))
    report = consolidate(heard, world)["report"]
    (row,) = report["realised_savings"]["rows"]
    assert (row["state"], row["realised_monthly_savings"], row["enough_days"]) == ("verified", "18.25", True)
    assert row["before"] == {"a_day": "1.20", "a_day_exact": "1.20", "days": 14, "until": "2026-11-04"}
    assert row["after"] == {"a_day": "0.60", "a_day_exact": "0.6000000000", "days": 9, "until": "2026-11-14"}
    assert "then 0.60 a day in 9 days until 2026-11-14" in row["basis"]
    (totals,) = report["realised_savings"]["totals"]
    assert (totals["realised_monthly_savings"], totals["counted_monthly_savings"]) == ("18.25", "18.00")
    assert report["totals"][0]["counted_usage"] == "275.86"
