"""The report's part about acting on an opportunity, as JSON: how certain it is, why it stands where it does, whose it
is, and how it is carried out. Scores are no money: they are numbers, not strings."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import Any

from workflows.cost_review.documents import Findings
from workflows.cost_review.request import Review
from workflows.money import in_cents, in_full
from workflows.savings.carrying_out import how_to
from workflows.savings.confidence import Confidence, confidence
from workflows.savings.opportunity import Opportunity
from workflows.savings.owners import AccountOwner, owner
from workflows.savings.ranking import RankBecause, reasons

Json = dict[str, Any]


def advice_documents(ranked: Sequence[Opportunity], review: Review, findings: Sequence[Findings]) -> Iterator[Json]:
    """What is added to each opportunity, in their order."""
    accounts = {told.account_id: told for one in findings for told in one.account_owners}
    because = reasons(ranked, review.ranking.settled)
    for one, why in zip(ranked, because, strict=True):
        yield {
            **_resource(one),
            "confidence": _confidence(confidence(one)),
            "rank_because": _rank(why, review.ranking.name),
            "owner": _owner(one, review, accounts),
            "how_to": _how_to(one),
        }


def _resource(one: Opportunity) -> Json:
    """What the most trusted source that tells it says; tags of all of them, each key once."""
    members = one.members
    tags: dict[str, str] = {}
    for member in members:
        for key, value in member.tags:
            tags.setdefault(key, value)
    return {
        "resource_arn": next((member.resource_arn for member in members if member.resource_arn), ""),
        "tags": dict(sorted(tags.items())),
        "last_refreshed": next((member.last_refreshed for member in members if member.last_refreshed), ""),
    }


def _confidence(judged: Confidence) -> Json:
    apart = judged.spread
    return {
        "level": judged.level,
        "score": judged.score,
        "spread": {
            "least": in_cents(apart.least),
            "most": in_cents(apart.most),
            "percent": in_full(apart.percent),
            "causes": list(apart.causes),
        },
        "reasons": [asdict(one) for one in judged.reasons],
    }


def _rank(why: RankBecause, name: str) -> Json:
    return {"ranking": name, "score": why.score, "contributions": [asdict(one) for one in why.contributions]}


def _owner(one: Opportunity, review: Review, accounts: dict[str, AccountOwner]) -> Json:
    found = owner(one, review.owner_tags, accounts)
    return {"name": found.name, "from": found.told_by}


def _how_to(one: Opportunity) -> Json:
    way = how_to(one)
    return {
        "account_id": way.account_id,
        "region_id": way.region_id,
        "checks": list(way.checks),
        "commands": list(way.commands),
        "restart": way.restart,
        "rollback": way.rollback,
        "is_known": way.is_known,
    }
