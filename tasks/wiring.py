"""The world that a function acts in, made once and handed in: clients, settings and the clock."""

import os
import threading
from collections.abc import Callable, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from typing import Any, Protocol

import boto3
from botocore.config import Config

from tasks.settings import Settings

# "standard" retries LimitExceededException, Cost Explorer's throttling; "legacy", the default, does not.
# Two quick attempts at most: the state machine retries the step, and waits longer than a function should.
_CONFIG = Config(
    retries={"mode": "standard", "total_max_attempts": 2}, connect_timeout=5, read_timeout=30, user_agent_extra="finops"
)
_CONFIG_OF: Mapping[str, Config] = {
    # An agent of another team may take two minutes, and asking it again would take them twice: the proxy waits for as
    # long as the agent's card says, and nobody else tries again.
    "lambda": Config(
        retries={"mode": "standard", "total_max_attempts": 1},
        connect_timeout=5,
        read_timeout=130,
        user_agent_extra="finops",
    )
}


class Clients(Protocol):
    """Gives the boto3 client of a service in a region."""

    def __call__(self, service: str, region: str | None = None) -> Any: ...


@dataclass
class RequestMeter:
    """The AWS requests sent during one call of a door, attempts and pages included."""

    requests: int = 0
    cost_explorer_requests: int = 0
    before_paid: Callable[[], None] = field(default=lambda: None)

    def count(self, service_id: str) -> None:
        if service_id == "cost-explorer":
            self.before_paid()
            self.cost_explorer_requests += 1
        self.requests += 1


_METER: ContextVar[RequestMeter | None] = ContextVar("request_meter", default=None)


@contextmanager
def metered(meter: RequestMeter) -> Any:
    """Within it, each request of this thread's clients counts on the meter."""
    token = _METER.set(meter)
    try:
        yield meter
    finally:
        _METER.reset(token)


class SessionClients:
    """Clients of one boto3 session, made once each and shared by threads, every request of theirs metered."""

    def __init__(self, session: Any) -> None:
        self._session = session
        self._lock = threading.Lock()
        self._made: dict[tuple[str, str | None], Any] = {}
        session.events.register_first("before-send", self._meter)

    def __call__(self, service: str, region: str | None = None) -> Any:
        with self._lock:  # because a session is not safe to make clients from in parallel; clients are safe to use
            if (service, region) not in self._made:
                config = _CONFIG_OF.get(service, _CONFIG)
                self._made[service, region] = self._session.client(service, region_name=region, config=config)
            return self._made[service, region]

    @staticmethod
    def _meter(event_name: str, **_: Any) -> None:
        meter = _METER.get()
        if meter is not None:
            meter.count(event_name.split(".")[1])


@dataclass(frozen=True)
class World:
    """What a function may touch: the account that it reads, our own resources, and the time.

    In AWS both sets of clients are the same; on a laptop the account can be real, replayed or authored while our own
    resources are emulated.
    """

    settings: Settings
    account: Clients
    own: Clients
    now: Callable[[], datetime]


@cache
def world_of_lambda() -> World:
    """The world of a deployed function; MissingSettings names what its environment lacks."""
    settings = Settings.from_environment(os.environ)
    clients = SessionClients(boto3.Session())
    return World(settings, clients, clients, lambda: datetime.now(UTC))
