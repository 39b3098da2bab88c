"""The result in a few sentences, from the report's own figures."""

import json

import pytest

from tasks.shared_context import read_content, store_review_file
from tasks.steps.write_summary import LONGEST_SUMMARY, handler
from tests.tasks.steps.heard import a_consolidated_review
from tests.tasks.worlds import Json, a_world
from workflows.cost_review.answers import Reference
from workflows.errors import InvalidContent

pytestmark = pytest.mark.usefixtures("own_aws")


def test_the_summary_of_the_sample_account_says_its_figures() -> None:
    world = a_world().world
    summary = handler.run(a_consolidated_review(world), world)
    assert summary["written_by"] == "template"
    for figure in ("$293.86", "$36.26", "$996.12", "$345.12"):
        assert figure in summary["text"]
    assert "Everything that was asked about could be read." in summary["text"]


def test_a_long_summary_is_cut_to_what_the_state_can_carry() -> None:
    budget = {"name": "b" * 200, "verdict": "EXCEEDED", "overrun": "1.00", "unit": "USD"}
    world = a_world().world
    reference = a_consolidated_review(world)["consolidated"]["answer"]["reference"]
    report = json.loads(read_content(world, Reference.model_validate(reference)))["report"]
    event = stored({**report, "budgets": [budget] * 100})
    assert len(handler.run(event, world)["text"]) == LONGEST_SUMMARY


def test_a_report_that_changed_is_not_summed_up() -> None:
    event = stored({"totals": [], "opportunities": [], "budgets": [], "coverage": []})
    event["consolidated"]["answer"]["reference"]["sha256"] = "0" * 64
    with pytest.raises(InvalidContent):
        handler.run(event, a_world().world)


def stored(report: Json) -> Json:
    reference = store_review_file(
        a_world().world,
        review_id="review-1",
        name="consolidated.json",
        content=json.dumps({"report": report, "run": {}}).encode(),
        content_type="application/json",
    )
    return {"consolidated": {"answer": {"reference": reference.model_dump()}}}
