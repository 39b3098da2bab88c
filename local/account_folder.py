"""An account folder holds the AWS responses of one account, authored or recorded; it is checked before it is used.

FOLDER/account.json                                    whose account it is, and the day it shows
FOLDER/responses/SERVICE/OPERATION__CASE.json          one envelope: a response and the calls that it answers
"""

import json
import threading
from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, Literal, Self, TypeVar

from botocore.loaders import create_loader
from botocore.model import ServiceId
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from tasks.agents import AGENTS
from workflows.errors import InvalidAccountFolder

Document = TypeVar("Document", bound=BaseModel)

SAMPLE_ACCOUNT = Path(__file__).parent / "sample_account"

_KNOWN = {
    "budgets": "budgets",
    "ce": "cost-explorer",
    "compute-optimizer": "compute-optimizer",
    "cost-optimization-hub": "cost-optimization-hub",
    "sts": "sts",
    "support": "support",
    "trustedadvisor": "trustedadvisor",
}


@cache
def description(service: str) -> dict[str, Any]:
    """Read straight from botocore's description: asking for the service by name would search all of AWS first."""
    loader = create_loader()
    described: dict[str, Any] = loader.load_data(
        f"{service}/{loader.determine_latest_version(service, 'service-2')}/service-2"
    )
    return described


def _of_single_agents() -> dict[str, str]:
    """The services that only one agent asks, which its spec names; botocore tells what its events call them."""
    asked = {operation.partition(":")[0] for spec in AGENTS for operation in spec.operations}
    return {
        service: ServiceId(description(service)["metadata"]["serviceId"]).hyphenize()
        for service in sorted(asked - _KNOWN.keys())
    }


SERVICES = _KNOWN | _of_single_agents()
"""boto3's name of each service that a folder may hold, with the name that botocore's events give it."""


class Cover(BaseModel):
    """The days that a response has data for: Start is in, End is out, as Cost Explorer counts."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    start: date = Field(alias="Start")
    end: date = Field(alias="End")

    @model_validator(mode="after")
    def _start_comes_first(self) -> Self:
        if self.start >= self.end:
            raise ValueError("Start must come before End")
        return self


class Provenance(BaseModel):
    """Where a response comes from, so that nobody takes an authored one for a recording."""

    model_config = ConfigDict(extra="allow", frozen=True)

    kind: str
    note: str = ""


class Envelope(BaseModel):
    """One response as the wire carries it, and which calls it answers.

    An exact one answers the very request that it was recorded for, word for word, and no other.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    file: str
    service: str
    operation: str
    http_status: int = Field(ge=200, le=599)
    region: str | None = None
    exact: bool = False
    request: dict[str, Any] = Field(default_factory=dict)
    covers: Cover | None = None
    times: int | None = Field(default=None, ge=1)
    provenance: Provenance
    response: dict[str, Any]

    @model_validator(mode="after")
    def _operation_exists(self) -> Self:
        if self.service not in SERVICES:
            known = f"no agent reads {self.service!r}; known are {', '.join(SERVICES)}"
            raise ValueError(f"{known} (a new agent's line in tasks/agents/__init__.py makes its service known)")
        if self.operation not in _operations(self.service):
            raise ValueError(f"{self.service} has no operation {self.operation!r}")
        return self

    @model_validator(mode="after")
    def _error_has_a_code(self) -> Self:
        if self.http_status >= 300 and not isinstance(self.response.get("__type"), str):
            raise ValueError('the response of an error needs its code as "__type"')
        return self


class AccountDocument(BaseModel):
    """account.json. answered_on stands there where the answers were given on another day than as_of."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    format: Literal[1]
    name: str = Field(min_length=1)
    kind: Literal["authored", "recorded"]
    account_id: str = Field(pattern=r"^[0-9]{12}$")
    as_of: date
    regions: tuple[str, ...] = Field(min_length=1)
    currency: str = Field(pattern=r"^[A-Z]{3}$")
    answered_on: date | None = None


class Answered:
    """How often each envelope has answered, for those that answer only the first calls."""

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()
        self._lock = threading.Lock()

    def takes(self, envelope: Envelope) -> bool:
        """One more answer of this envelope is counted, unless it has given all it may."""
        if envelope.times is None:
            return True
        with self._lock:
            if self._counts[envelope.file] >= envelope.times:
                return False
            self._counts[envelope.file] += 1
            return True


@dataclass(frozen=True)
class Account:
    """A loaded account folder: sound, and all of it in memory."""

    name: str
    kind: str
    account_id: str
    as_of: date
    regions: tuple[str, ...]
    currency: str
    envelopes: tuple[Envelope, ...] = field(repr=False)
    answered_on: date | None = None
    answered: Answered = field(default_factory=Answered, repr=False, compare=False)


def load_account(folder: Path) -> Account:
    """The account in this folder; InvalidAccountFolder names every file that is missing or wrong, and what to do."""
    if not folder.is_dir():
        raise InvalidAccountFolder([f"{folder}: no such folder; name one that holds account.json and responses/"])
    problems: list[str] = []
    account = _checked(AccountDocument, folder, "account.json", problems)
    names = sorted(path.relative_to(folder).as_posix() for path in (folder / "responses").rglob("*.json"))
    if not names:
        problems.append("responses/: holds no response; copy or record the account folder again")
    envelopes = [_checked(Envelope, folder, name, problems, file=name) for name in names]
    if problems or account is None:
        raise InvalidAccountFolder(problems)
    return Account(
        name=account.name,
        kind=account.kind,
        account_id=account.account_id,
        as_of=account.as_of,
        regions=account.regions,
        currency=account.currency,
        envelopes=tuple(envelope for envelope in envelopes if envelope is not None),
        answered_on=account.answered_on,
    )


def _checked(model: type[Document], folder: Path, name: str, problems: list[str], **extra: str) -> Document | None:
    try:
        content = _json_object((folder / name).read_text(encoding="utf-8"))
        return model.model_validate({**content, **extra})
    except FileNotFoundError:
        problems.append(f"{name}: is missing; copy or record the account folder again")
    except (OSError, UnicodeDecodeError) as error:
        problems.append(f"{name}: cannot be read ({error}); mend the file or record it again")
    except ValidationError as error:
        problems.extend(f"{name}: {_in_words(detail)}; correct it" for detail in error.errors())
    except ValueError as error:
        problems.append(f"{name}: {error}; mend the file or record it again")
    return None


def _json_object(text: str) -> dict[str, Any]:
    try:
        content = json.loads(text)
    except json.JSONDecodeError as error:
        cut_off = error.pos >= len(text.rstrip()) or error.msg.startswith("Unterminated string")
        what = "ends in the middle (truncated)" if cut_off else f"is not JSON ({error.msg})"
        raise ValueError(f"{what} at line {error.lineno} column {error.colno}") from error
    if not isinstance(content, dict):
        raise ValueError(f"holds a {type(content).__name__} where an object belongs")  # noqa: TRY004 because it is the file that is wrong
    return content


def _in_words(detail: Any) -> str:
    where = ".".join(str(part) for part in detail["loc"])
    what = detail["msg"].removeprefix("Value error, ")
    return f"{where}: {what}" if where else str(what)


def _operations(service: str) -> Collection[str]:
    operations: Mapping[str, Any] = description(service)["operations"]
    return operations.keys()
