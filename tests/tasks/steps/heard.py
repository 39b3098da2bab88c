"""The state of a review whose agents have done their work on the sample account, as the steps after them get it."""

from importlib import import_module
from typing import Any

from tasks.agents import AGENTS
from tasks.door import Door
from tasks.steps.check_readiness import handler as check_readiness
from tasks.steps.consolidate_findings import handler as consolidate_findings
from tasks.wiring import World
from tests.tasks.worlds import Json, a_review, slot, work
from workflows.cost_review.request import Review

GAP: Json = {"gap": {"agent": "x", "error": "States.Timeout", "cause": ""}}


def door_of(key: str) -> Door:
    door: Any = import_module(f"tasks.agents.{key}.handler").work
    assert isinstance(door, Door)
    return door


def a_heard_review(world: World, review: Review | None = None) -> Json:
    """The event of ConsolidateFindings after every agent checked itself, collected and analysed."""
    review = review or a_review()
    for spec in AGENTS:
        work(door_of(spec.key), world, "self_check", review)
    event: Json = {"review": review.model_dump(mode="json"), "woken": []}
    readiness = check_readiness.run({**event, "woken": False}, world)
    collected = {spec.key: slot(work(door_of(spec.key), world, "collect", review)) for spec in AGENTS}

    def step(key: str, action: str, **builds_on: Json) -> Json:
        return slot(work(door_of(key), world, action, review, collected=collected[key], builds_on=builds_on))

    named = step("trusted_advisor", "analyse")
    spent = step("cost_explorer", "collect_named_resource_spend", trusted_advisor=named)
    spend = step("cost_explorer", "analyse", trusted_advisor=named, named_resource_spend=spent)
    in_order = {
        "trusted_advisor": named,
        "named_resource_spend": spent,
        "cost_explorer": spend,
        "rightsizing": step("rightsizing", "analyse", cost_explorer=spend),
    }
    alone = {spec.key: step(spec.key, "analyse") for spec in AGENTS if spec.key not in in_order}
    analysed = {"in_order": in_order, **alone}
    return {**event, "readiness": {"answer": readiness}, "collected": collected, "analysed": analysed}


def a_consolidated_review(world: World, review: Review | None = None) -> Json:
    """The event of WriteSummary and PublishReport."""
    event = a_heard_review(world, review)
    answer = consolidate_findings.run(event, world)
    return {"review": event["review"], "consolidated": {"answer": answer}}
