"""An agent of another team: proposes to delete what projects left behind that have ended.

It reads nothing of AWS. What it knows stands in projects.json, which the project office keeps beside this file. It is
plain Python, and imports nothing of the supervisor: what the two have in common is the contract finops.agent/1.
"""

import json
from datetime import date
from pathlib import Path

CONTRACT = "finops.agent/1"
SOURCE = "ProjectRegister"
REGISTER = Path(__file__).with_name("projects.json")


def handler(question, context):
    """Answers the two questions of a review, in Lambda and on a laptop alike."""
    signed = {"contract": CONTRACT, "agent": question["agent"]}
    if question["action"] == "self_check":
        return {**signed, **self_check()}
    return {**signed, **recommend(question["review"])}


def self_check():
    """Ready as long as the register can be read; costs nothing."""
    try:
        projects()
    except (OSError, ValueError, KeyError) as error:
        return {
            "status": "not_ready",
            "reason": f"projects.json cannot be read: {type(error).__name__}",
            "remedy": "Ask the project office to mend projects.json.",
        }
    return {"status": "ready"}


def recommend(review):
    """A proposal for each resource of a project that had ended by the day that the review looks from."""
    as_of, scope = date.fromisoformat(review["as_of"]), review["scope"]
    proposals = [
        proposal(project, resource)
        for project in projects()
        if date.fromisoformat(project["ended_on"]) < as_of
        for resource in project["resources"]
        if is_looked_at(resource, review["account_id"], scope)
    ]
    return {
        "review_id": review["review_id"],
        "sources": [{"source": SOURCE, "state": "AVAILABLE"}],
        "recommendations": proposals,
    }


def is_looked_at(resource, account_id, scope):
    """An empty list of the scope means everything; savings elsewhere would be refused, or are not asked for."""
    return (
        resource["account_id"] in (scope["accounts"] or [account_id])
        and resource["region_id"] in (scope["regions"] or [resource["region_id"]])
        and resource["id"] in (scope["resource_ids"] or [resource["id"]])
    )


def proposal(project, resource):
    """One saving; an amount that nobody knows is null, and never 0."""
    return {
        "source": SOURCE,
        "action_type": "Delete",
        "account_id": resource["account_id"],
        "region_id": resource["region_id"],
        "resource_type": resource["type"],
        "resource_id": resource["id"],
        "current_resource_summary": resource["what"],
        "recommended_resource_summary": "Delete",
        "estimated_monthly_savings": resource["monthly_usd"],
        "billing_currency": "USD",
        "rollback_possible": False,
        "notes": [f"Project {project['name']} of {project['owner']} ended on {project['ended_on']}."],
    }


def projects():
    """The register as the project office keeps it."""
    return json.loads(REGISTER.read_text(encoding="utf-8"))["projects"]
