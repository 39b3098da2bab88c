"""AWS on this machine: Step Functions, S3, DynamoDB and EventBridge emulated, Lambda by the real handlers."""

import json
import os
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from functools import cache, partial
from types import MappingProxyType
from typing import Any

import boto3
import botocore.session
from botocore.loaders import Loader, create_loader

from local import clock
from local.definition import state_machine_definition
from local.event_delivery import Deliveries
from local.event_journal import Journal
from local.functions import handlers
from local.moto_seams import Event, LambdaFunction, Pace, TakesEvents, embedded_moto, put_as_it_is
from tasks.consumers import RULES, Consumer
from tasks.settings import Settings
from tasks.shared_context import REVIEWS_PREFIX
from tasks.wiring import Clients, SessionClients, World
from workflows.errors import RunIsOver

REGION = "us-east-1"
ACCOUNT = "123456789012"
ROLE = "arn:aws:iam::123456789012:role/embedded"
STATE_MACHINE = "cost-review"
BUCKET = "finops-shared-context"
STATES_TABLE = "finops-agent-states"
PAID_REQUESTS_TABLE = "finops-paid-requests"
OPPORTUNITIES_TABLE = "finops-opportunities"
REGISTRY_TABLE = "finops-agent-registry"
IDEMPOTENCY_TABLE = "finops-idempotency"
BUS = "finops"
DEFAULT_BUS = "default"
BUS_ARN = f"arn:aws:events:{REGION}:{ACCOUNT}:event-bus/{BUS}"
BY_TOPIC = "sns"
"""What stands for the rule where it is no rule but a topic that hands on the event."""
POLL_S = 0.02
# The user's own AWS configuration is for reading the account; the emulated services take nothing from it.
_NOT_THE_USERS: Mapping[str, tuple[None, None, Any, None]] = {
    "config_file": (None, None, os.devnull, None),
    "credentials_file": (None, None, os.devnull, None),
    "profile": (None, None, None, None),
    "use_dualstack_endpoint": (None, None, False, None),
    "use_fips_endpoint": (None, None, False, None),
}
Around = Callable[[str, LambdaFunction], LambdaFunction]
TABLES: Mapping[str, tuple[str, ...]] = {
    STATES_TABLE: ("agent_name",),
    PAID_REQUESTS_TABLE: ("counter",),
    OPPORTUNITIES_TABLE: ("opportunity_id",),
    REGISTRY_TABLE: ("registry", "agent_name"),
    IDEMPOTENCY_TABLE: ("id",),
}
"""The tables, and each one's key: its partition key, and its sort key where it has one."""


def embedded_settings(
    regions: tuple[str, ...],
    *,
    responses_from: str = "",
    answered_on: date | None = None,
    trusted_advisor_refresh: bool = False,
) -> Settings:
    """The settings that the functions run with here; the arguments are what the account says."""
    return Settings(
        context_bucket=BUCKET,
        agent_states_table=STATES_TABLE,
        paid_requests_table=PAID_REQUESTS_TABLE,
        opportunities_table=OPPORTUNITIES_TABLE,
        agent_registry_table=REGISTRY_TABLE,
        idempotency_table=IDEMPOTENCY_TABLE,
        event_bus=BUS,
        regions=regions,
        trusted_advisor_refresh=trusted_advisor_refresh,
        responses_from=responses_from,
        answered_on=answered_on,
    )


@dataclass(frozen=True)
class EmbeddedAws:
    """The emulated AWS while it runs: clients of our own resources, the state machine, and who delivers events."""

    clients: Clients
    state_machine_arn: str
    deliveries: Deliveries

    def start(self, request: object, name: str) -> str:
        """Starts a review and returns the execution's ARN; the name becomes the review's id."""
        started = self.clients("stepfunctions").start_execution(
            stateMachineArn=self.state_machine_arn, name=name, input=json.dumps(request)
        )
        return str(started["executionArn"])

    def put_event(self, event: Event) -> None:
        """Puts the event as it is, id and time included: one of AWS's own on the default bus, any other on ours."""
        is_of_aws = str(event["source"]).startswith("aws.")
        put_as_it_is(DEFAULT_BUS if is_of_aws else BUS, event, REGION)

    def notify(self, consumer: Consumer, message_id: str, payload: Event) -> None:
        """A topic hands its message to the function that is subscribed to it."""
        self.deliveries.deliver(consumer.name, BY_TOPIC, message_id, payload)

    def settle(self) -> None:
        """Returns when every delivery has ended, every execution, and whatever they led to."""
        while True:
            deliveries = self.deliveries.accepted
            self.deliveries.wait()
            # A delivery starts an execution before it ends, and an execution puts its events before it ends.
            if not self.running() and self.deliveries.accepted == deliveries:
                return
            time.sleep(POLL_S)

    def running(self) -> list[str]:
        """The executions that have not ended."""
        return self._executions(statusFilter="RUNNING")

    def executions(self) -> list[str]:
        """All executions of this run."""
        return self._executions()

    def _executions(self, **of_status: str) -> list[str]:
        pages = self.clients("stepfunctions").get_paginator("list_executions")
        listed = pages.paginate(stateMachineArn=self.state_machine_arn, **of_status)
        return [str(one["executionArn"]) for page in listed for one in page["executions"]]


def embedded_session() -> boto3.Session:
    """A session for the emulated services; its credentials are made up, and nothing of it leaves this machine."""
    session = botocore.session.Session(session_vars=_NOT_THE_USERS)
    session.register_component("data_loader", _loader())
    # An address configured for real services would lead requests past the emulated ones.
    session.set_config_variable("ignore_configured_endpoint_urls", True)
    return boto3.Session(
        aws_access_key_id="embedded",
        aws_secret_access_key="embedded",  # noqa: S106 because nobody accepts it
        region_name=REGION,
        botocore_session=session,
    )


@cache
def _loader() -> Loader:
    # One for all sessions: each would read botocore's endpoints and service descriptions again.
    return create_loader()


@contextmanager
def embedded_aws(
    account: Clients,
    settings: Settings,
    *,
    pace: Pace = Pace(),  # noqa: B008 because it is frozen
    definition: str | None = None,
    around: Around = lambda _name, function: function,
    of_other_teams: Mapping[str, LambdaFunction] = MappingProxyType({}),
    journal: Journal | None = None,
) -> Iterator[EmbeddedAws]:
    """Runs the definition on the emulated AWS. around may put something else in a real function's place, by name.

    account gives the clients that the agents read the account with (authored, replayed or real), settings are
    `embedded_settings` for it. of_other_teams are functions that are not this product's, by name: their agents' cards
    say their ARNs. journal takes note of every event on our bus. Whoever is done calls `settle` before looking at what
    is there: events are delivered meanwhile, and no delivery outlives this.
    """
    served: dict[str, LambdaFunction] = {}
    deliveries = Deliveries(served, pace, journal)
    with embedded_resources(served, pace, deliveries) as own:
        made = own("stepfunctions").create_state_machine(
            name=STATE_MACHINE, definition=definition or state_machine_definition(), roleArn=ROLE
        )
        arn = str(made["stateMachineArn"])
        world = World(replace(settings, state_machine_arn=arn), account, own, clock.now)
        served |= of_other_teams
        served |= {name: around(name, _in(world, name)) for name in handlers()}
        _create_rules(own("events"))
        try:
            yield EmbeddedAws(own, arn, deliveries)
        finally:
            deliveries.close()


@contextmanager
def embedded_resources(
    served: Mapping[str, LambdaFunction] = MappingProxyType({}),
    pace: Pace = Pace(),  # noqa: B008 because it is frozen
    events: TakesEvents | None = None,
) -> Iterator[Clients]:
    """Clients of our own resources, emulated and empty; Lambda invokes what is served under a function's name.

    events takes what the rules of a bus let through.
    """

    def ran_before(name: str) -> bool:
        # Executions are of one run; what they left is kept.
        left = own("s3").list_objects_v2(Bucket=BUCKET, Prefix=f"{REVIEWS_PREFIX}/{name}/", MaxKeys=1)
        return bool(left["KeyCount"])

    with embedded_moto(served, pace, events=events, ran_before=ran_before):
        # What moto itself asks with is made from boto3's default session; it is put back when moto ends.
        boto3.DEFAULT_SESSION = embedded_session()
        session, over = embedded_session(), threading.Event()
        session.events.register_first("before-send", partial(_refuse_what_is_late, over))
        own = SessionClients(session)
        _create_resources(own)
        try:
            yield own
        finally:
            over.set()


def _refuse_what_is_late(over: threading.Event, **_: Any) -> None:
    # A handler that was timed out goes on in its thread, and moto's next run has the same names.
    if over.is_set():
        raise RunIsOver("The run that this request belongs to is over; nothing was changed.")


def _in(world: World, name: str) -> LambdaFunction:
    # The handler is imported at its first invocation, as a cold start would.
    return lambda event: handlers()[name]().run(event, world)


def _create_resources(own: Clients) -> None:
    s3, dynamodb = own("s3"), own("dynamodb")
    s3.create_bucket(Bucket=BUCKET)
    s3.put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration={"Status": "Enabled"})
    for table, keys in TABLES.items():
        dynamodb.create_table(
            TableName=table,
            KeySchema=[
                {"AttributeName": key, "KeyType": kind} for key, kind in zip(keys, ("HASH", "RANGE"), strict=False)
            ],
            AttributeDefinitions=[{"AttributeName": key, "AttributeType": "S"} for key in keys],
            BillingMode="PAY_PER_REQUEST",
        )
    own("events").create_event_bus(Name=BUS)


def _create_rules(events: Any) -> None:
    """The rules that a stack would have: ours, those that forward AWS's own events, and an archive of our bus."""
    events.create_archive(ArchiveName=BUS, EventSourceArn=BUS_ARN)
    for rule in RULES:
        function = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:{rule.consumer.name}"
        _create_rule(events, BUS, rule.name, rule.pattern, function)
        if rule.forwarded_from:
            _create_rule(events, DEFAULT_BUS, f"{BUS}-{rule.name}", rule.pattern, BUS_ARN)


def _create_rule(events: Any, bus: str, name: str, pattern: Mapping[str, Any], target: str) -> None:
    events.put_rule(Name=name, EventBusName=bus, EventPattern=json.dumps(pattern))
    events.put_targets(Rule=name, EventBusName=bus, Targets=[{"Id": "target", "Arn": target}])


def outcome_of(description: Mapping[str, Any]) -> Mapping[str, Any]:
    """What an execution came to: its output where it succeeded, else its error and cause."""
    if description["status"] == "SUCCEEDED":
        output: Mapping[str, Any] = json.loads(description["output"])
        return output
    return {"error": description.get("error", description["status"]), "cause": description.get("cause", "")}
