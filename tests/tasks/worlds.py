"""Worlds to act in: an account that answers from envelopes or a script, and our own resources emulated by moto."""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from functools import cache
from io import BytesIO
from typing import Any

import boto3
import botocore.session
from botocore.awsrequest import AWSResponse
from botocore.loaders import create_loader

from local.account_folder import SAMPLE_ACCOUNT, SERVICES, Account, Answered, Envelope, load_account
from local.account_server import serve
from tasks.door import Door
from tasks.settings import Settings
from tasks.shared_context import read_content
from tasks.wiring import SessionClients, World
from workflows.cost_review.answers import Answer
from workflows.cost_review.documents import Evidence, Findings, evidence_from, findings_from
from workflows.cost_review.request import Review, Scope

NOW = datetime(2026, 11, 16, 9, 30, tzinfo=UTC)
AS_OF = date(2026, 11, 16)
REGIONS = ("us-east-1", "eu-west-1")
SETTINGS = Settings(
    context_bucket="shared-context",
    agent_states_table="agent-states",
    paid_requests_table="paid-requests",
    opportunities_table="opportunities",
    agent_registry_table="agent-registry",
    idempotency_table="idempotency",
    event_bus="finops",
    regions=REGIONS,
)
SAMPLE = load_account(SAMPLE_ACCOUNT)
LOADER = create_loader()
"""Shared by every session, because reading a service's description takes longer than most tests."""

WHO_AM_I = (
    b'<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult>'
    b"<Arn>arn:aws:sts::123456789012:assumed-role/finops/tests</Arn><UserId>AROA:tests</UserId>"
    b"<Account>123456789012</Account></GetCallerIdentityResult></GetCallerIdentityResponse>"
)

Json = dict[str, Any]
Script = Mapping[str, list[Any]]
"""By "service:Operation": what is answered, call by call; the last answer repeats."""


# ---- the account


def a_response(service: str, operation: str, response: Json, *, request: Json | None = None, **more: Any) -> Envelope:
    """One answer of the account."""
    values = {
        "file": f"responses/{service}/{operation}__{json.dumps([request, more], sort_keys=True, default=str)}.json",
        "service": service,
        "operation": operation,
        "http_status": 200,
        "request": request or {},
        "provenance": {"kind": "authored"},
        "response": response,
        **more,
    }
    return Envelope.model_validate(values)


def an_error(service: str, operation: str, code: str, message: str = "No.", **more: Any) -> Envelope:
    """One refusal of the account."""
    told = {"__type": code, "message": message}
    return a_response(service, operation, told, **{"http_status": 400, **more})


def an_account(
    *instead: Envelope, base: Account = SAMPLE, keeping: Callable[[Envelope], bool] | None = None
) -> Account:
    """The sample account, where these envelopes take the place of every other answer to their operations."""
    replaced = {(one.service, one.operation, one.region) for one in instead}
    everywhere = {(service, operation) for service, operation, region in replaced if region is None}
    kept = [
        one
        for one in base.envelopes
        if (one.service, one.operation) not in everywhere
        and (one.service, one.operation, one.region) not in replaced
        and (keeping is None or keeping(one))
    ]
    return replace(base, envelopes=(*kept, *instead), answered=Answered())


def the_sample_says(service: str, operation: str, case: str) -> Json:
    """A copy of one answer of the sample account, to be changed."""
    name = f"responses/{service}/{operation}__{case}.json"
    found = next(one for one in SAMPLE.envelopes if one.file == name)
    copied: Json = json.loads(json.dumps(found.response))
    return copied


# ---- the world


@dataclass(frozen=True)
class AWorld:
    """A world, and what really went out to the account since it was made: "service:Operation", in order."""

    world: World
    all_sent: list[str]
    sent_before: int

    @property
    def sent(self) -> list[str]:
        return self.all_sent[self.sent_before :]

    def asked(self, operation: str) -> int:
        return sum(one.rpartition(":")[2] == operation for one in self.sent)


def a_world(account: Account = SAMPLE, *, now: Callable[[], datetime] | None = None, **settings: Any) -> AWorld:
    """A world in which this account is read. Whoever stores something needs the fixture own_aws beside it."""
    clients, sent = sample_clients() if account is SAMPLE else _clients_of(account)
    return _world_of(clients, sent, now, settings)


@cache
def sample_clients() -> tuple[SessionClients, list[str]]:
    """Shared by the worlds that read the sample account, because a session takes longer to make than a test to run."""
    return _clients_of(SAMPLE)


def _clients_of(account: Account) -> tuple[SessionClients, list[str]]:
    session = a_session()
    serve(account, session)
    return _noting(session)


def a_scripted_world(script: Script, *, now: Callable[[], datetime] | None = None, **settings: Any) -> AWorld:
    """A world whose account answers from a script, word for word; an Exception in it is raised."""
    session = a_session()
    left = {name: list(answers) for name, answers in script.items()}

    def answer(request: Any, event_name: str, **_: Any) -> AWSResponse:
        service_id, operation = event_name.split(".")[1:]
        service = next(name for name, known in SERVICES.items() if known == service_id)
        if service == "sts":
            in_xml: Any = {"Content-Type": "text/xml"}
            return AWSResponse(request.url, 200, in_xml, _Bytes(WHO_AM_I))
        answers = left[f"{service}:{operation}"]
        said = answers.pop(0) if len(answers) > 1 else answers[0]
        if isinstance(said, Exception):
            raise said
        status, body = said if isinstance(said, tuple) else (200, said)
        headers: Any = {"Content-Type": "application/json", "x-amzn-RequestId": f"request-of-{operation}"}
        if status >= 300:
            headers["x-amzn-errortype"] = body["__type"]
        return AWSResponse(request.url, status, headers, _Bytes(json.dumps(body).encode()))

    respond: Any = answer
    session.events.register_last("before-send", respond)
    return _world_of(*_noting(session), now, settings)


class _Bytes(BytesIO):
    def stream(self, *_: Any, **__: Any) -> Iterator[bytes]:
        yield self.read()


def a_session() -> boto3.Session:
    """A session without a way out of this machine."""
    core = botocore.session.Session()
    core.register_component("data_loader", LOADER)
    return boto3.Session(
        aws_access_key_id="none", aws_secret_access_key="none", region_name="us-east-1", botocore_session=core
    )


@cache
def own_clients() -> SessionClients:
    """Clients of our own resources; moto answers while the fixture own_aws lasts."""
    return SessionClients(a_session())


def _noting(session: boto3.Session) -> tuple[SessionClients, list[str]]:
    sent: list[str] = []

    def note(event_name: str, **_: Any) -> None:
        service_id, operation = event_name.split(".")[1:]
        service = next(name for name, known in SERVICES.items() if known == service_id)
        sent.append(f"{service}:{operation}")

    clients = SessionClients(session)
    # The last to hear of a request: what the cap refuses never comes here.
    session.events.register_last("before-send", note)
    return clients, sent


def _world_of(clients: SessionClients, sent: list[str], now: Callable[[], datetime] | None, settings: Json) -> AWorld:
    world = World(replace(SETTINGS, **settings), clients, own_clients(), now or (lambda: NOW))
    return AWorld(world, sent, len(sent))


def a_clock(start: datetime = NOW, step: timedelta = timedelta(seconds=1)) -> Callable[[], datetime]:
    """A clock that goes on by one step each time it is read."""
    read = iter(range(1_000_000))
    return lambda: start + next(read) * step


# ---- what is asked


def a_review(**changes: Any) -> Review:
    values: Json = {
        "review_id": "review-1",
        "analysis_type": "comprehensive",
        "scope": Scope(),
        "as_of": AS_OF,
        "on_not_ready": "degrade",
        "max_cost_explorer_requests": 25,
        "requested_by": "tests",
        "started_at": "2026-11-16T09:30:00Z",
    }
    return Review(**{**values, **changes})


def a_work_request(action: str, review: Review | None = None, *, retry: int = 0, **more: Any) -> Json:
    """What the state machine sends to a work door."""
    return {
        "contract": "finops.work/1",
        "action": action,
        "review": (review or a_review()).model_dump(mode="json"),
        "step": {"state": "CollectSomething", "entered_at": "2026-11-16T09:30:00Z", "retry": retry},
        **more,
    }


def work(door: Door, world: World, action: str, review: Review | None = None, **more: Any) -> Answer:
    """The answer of a work door to one step, held to the contract."""
    return Answer.model_validate(door.run(a_work_request(action, review, **more), world))


def slot(answer: Answer) -> Json:
    """The answer as a slot of the state holds it."""
    return {"answer": answer.model_dump(mode="json")}


def evidence_of(world: World, answer: Answer) -> Evidence:
    return evidence_from(read_content(world, answer.content))


def findings_of(world: World, answer: Answer) -> Findings:
    return findings_from(read_content(world, answer.content))


def findings_after(door: Door, world: World, review: Review | None = None, **builds_on: Json) -> Findings:
    """What an agent concludes after it has collected."""
    collected = work(door, world, "collect", review)
    return findings_of(world, work(door, world, "analyse", review, collected=slot(collected), builds_on=builds_on))


def why_a_gap(findings: Findings | Evidence, source: str) -> str:
    """What the source's gap says; AssertionError where it is none."""
    (status,) = [one for one in findings.sources if one.source == source]
    assert status.is_gap
    assert status.remedy
    return f"{status.state.value}: {status.detail}"


def states(findings: Findings | Evidence) -> dict[str, str]:
    """The state of each source, by source and region."""
    return {f"{one.source} {one.region}": one.state.value for one in findings.sources}
