"""On the real definition: what the deep dive asked between two reviews, the second does not pay for."""

import pytest

from local import clock
from local.accounts import account_in_folder
from local.embedded_aws import embedded_aws
from tasks.consumers.deep_dive import handler
from tasks.shared_context import newest_contexts, stored_as
from tasks.wiring import World
from tests.local.runs import QUICK, Run, execute, sample_review
from tests.tasks.worlds import a_review
from tests.workflows.events.schemas import assert_of_its_schema
from workflows.cost_review.documents import findings_from
from workflows.cost_review.request import Scope
from workflows.events.findings import findings_detail
from workflows.events.published import as_json

AGENT = "trusted-advisor-agent"


def paid(run: Run) -> int:
    sent: int = run.report["run"]["self_cost"]["cost_explorer_requests"]
    return sent


def test_a_review_after_the_deep_dive_pays_one_request_less_and_says_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    moment = clock.now()
    monkeypatch.setattr(clock, "now", lambda: moment)  # so that no midnight lies between the two reviews
    account = account_in_folder(None)
    as_of = account.as_of.isoformat()
    targeted = {"as_of": as_of, "analysis_type": "targeted", "scope": {"agents": [AGENT]}}
    with embedded_aws(account.clients, account.settings, pace=QUICK) as aws:
        alone = execute(aws, targeted, "targeted-1")
        world = World(account.settings, account.clients, aws.clients, clock.now)
        reference, content = stored_as(world, newest_contexts(world, agent=AGENT, context_type="findings")[0])
        review = a_review(
            review_id="targeted-1", analysis_type="targeted", scope=Scope(agents=(AGENT,)), as_of=account.as_of
        )
        detail = as_json(findings_detail(findings_from(content), review, reference, clock.now()))
        assert_of_its_schema(detail, "cost-optimization-findings-1")
        event = {
            "id": "1",
            "source": f"finops.{AGENT}",
            "detail-type": "Cost Optimization Findings",
            "time": clock.now().isoformat(),
            "detail": detail,
        }
        answer = handler.run(event, world)
        whole = execute(aws, {"as_of": as_of}, "comprehensive-1")
    assert paid(alone) == 0
    assert answer["outcome"] == "stored"
    assert paid(whole) == paid(sample_review()) - 1
    (asked,) = [one for one in whole.report["run"]["steps"] if one["state"] == "CollectNamedResourceSpend"]
    assert (asked["outcome"], asked["cost_explorer_requests"]) == ("answered", 0)
    same = ("totals", "opportunities", "coverage", "waterfalls")
    assert {name: whole.report[name] for name in same} == {name: sample_review().report[name] for name in same}


def test_a_review_whose_findings_were_all_announced_says_nothing_of_it() -> None:
    assert [step["error"] for step in sample_review().report["run"]["steps"] if step["error"]] == []
