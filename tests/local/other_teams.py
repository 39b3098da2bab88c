"""Agents of other teams, good ones and bad citizens, and reviews in which they take part."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from boto3.dynamodb.types import TypeSerializer

from local import clock
from local.accounts import ReadAccount, account_in_folder
from local.embedded_aws import REGISTRY_TABLE, EmbeddedAws, embedded_aws
from local.keeping import keep
from local.moto_seams import LambdaFunction
from local.state_folder import StateFolder
from tasks.agent_registry import register
from tasks.wiring import World
from tests.local.runs import QUICK, Run, execute, run
from tests.workflows.discovery.cards import Json, a_card, our_terms
from workflows.discovery.card import card_from

ACCOUNT = "123456789012"
GOOD = "log-retention-agent"
Prepare = Callable[[EmbeddedAws, ReadAccount], None]
Respond = Callable[[Json], object]
"""What an agent answers to a question whose action is "recommend"."""


def arn_of(name: str) -> str:
    return f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:{name}"


def card_of(name: str = GOOD, **terms: Any) -> Json:
    """The card of an agent whose function has its own name."""
    return a_card(
        name=name,
        supportedInterfaces=[{"url": arn_of(name), "protocolBinding": "AWS-LAMBDA", "protocolVersion": "1.0"}],
        capabilities={"extensions": [our_terms(**terms)]},
    )


def a_saving(**changes: Any) -> Json:
    """A saving that nobody else sees in the sample account."""
    return {
        "source": "LogRetention",
        "action_type": "Delete",
        "account_id": ACCOUNT,
        "region_id": "us-east-1",
        "resource_type": "logs:log-group",
        "resource_id": "/aws/lambda/old",
        "estimated_monthly_savings": 12.5,
        "billing_currency": "USD",
        **changes,
    }


def recommending(*savings: Json, **changes: Any) -> Respond:
    """An answer that keeps to the contract, but for the changes."""
    return lambda question: {
        "contract": "finops.agent/1",
        "agent": question["agent"],
        "review_id": question["review"]["review_id"],
        "sources": [{"source": "LogRetention", "state": "AVAILABLE"}],
        "recommendations": list(savings),
        **changes,
    }


def an_agent(respond: Respond, *, heard: list[Json] | None = None) -> LambdaFunction:
    """The function of an agent that is ready, and answers so when it is asked what it recommends."""

    def function(question: Json) -> object:
        if heard is not None:
            heard.append(question)
        if question["action"] == "self_check":
            return {"contract": "finops.agent/1", "agent": question["agent"], "status": "ready"}
        return respond(question)

    return function


def world_of(aws: EmbeddedAws, read: ReadAccount) -> World:
    return World(read.settings, read.clients, aws.clients, clock.now)


def registering(*cards: Json) -> Prepare:
    """Registers the cards as their teams would."""

    def prepare(aws: EmbeddedAws, read: ReadAccount) -> None:
        for card in cards:
            register(world_of(aws, read), card_from(json.dumps(card)), by="tests")

    return prepare


def writing(items: Mapping[str, object]) -> Prepare:
    """Writes cards straight into the table, by name, as nobody should."""

    def prepare(aws: EmbeddedAws, _read: ReadAccount) -> None:
        for name, card in items.items():
            item = {"registry": "agents", "agent_name": name, "card": card, "version": 1}
            typed = {key: TypeSerializer().serialize(value) for key, value in item.items()}
            aws.clients("dynamodb").put_item(TableName=REGISTRY_TABLE, Item=typed)

    return prepare


def run_with(respond: Respond, *, name: str = GOOD, request: object = None, **terms: Any) -> Run:
    """A review of the sample account in which this agent takes part."""
    card = card_of(name, **terms)
    return run(request, of_other_teams={name: an_agent(respond)}, prepare=registering(card))


def run_into(state: Path, agents: Mapping[str, LambdaFunction]) -> Run:
    """A review of the sample account with these agents, kept in the folder as `finops review` keeps one."""
    read, folder = account_in_folder(None), StateFolder(state)
    served = embedded_aws(read.clients, read.settings, pace=QUICK, of_other_teams=agents)
    with folder.held(print), served as aws:
        registering(*(card_of(name) for name in agents))(aws, read)
        review = execute(aws, {"as_of": read.as_of.isoformat()})
        keep(folder, aws.clients)
    return review


def lines_of(review: Run, agent: str = GOOD) -> list[Json]:
    """The agent's lines of the coverage matrix."""
    return [row for row in review.report["coverage"] if row["agent"] == agent]
