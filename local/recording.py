"""Keeps what AWS said in the course of a review as an account folder, with everything taken out that names somebody."""

import base64
import binascii
import hashlib
import json
import re
import shutil
import tempfile
import threading
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby
from pathlib import Path
from typing import Any

from local import clock
from local.account_folder import SERVICES, load_account
from local.account_xml import is_xml, response_in
from local.accounts import ReadAccount
from local.read_only import operation_named_by
from local.scrubbing import ACCOUNT, ARN, EMAIL, OWNED_BY_AWS, Scrubber, scrubber_for
from workflows.errors import BadInput, Unrecordable

ASKED = "recorded_parameters"
BASE64 = re.compile(r"[A-Za-z0-9+/]{16,}={0,2}")
# Who somebody is stands in account.json, and how they signed in stands nowhere
NOT_KEPT = frozenset({"signin", "sso", "sso-oidc", "sts"})
Json = dict[str, Any]


@dataclass(frozen=True)
class Recorded:
    """One response as it came over the wire, and the request that it answers."""

    service: str
    operation: str
    region: str | None
    request: Json
    status: int
    response: Json

    @property
    def question(self) -> tuple[str, str, str, str]:
        return self.service, self.operation, self.region or "", json.dumps(self.request, sort_keys=True)


@dataclass
class Recorder:
    """Listens to the clients that a session creates from now on; unanswered counts requests without an answer."""

    recorded: list[Recorded] = field(default_factory=list)
    unanswered: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def listen_to(self, session: Any) -> None:
        session.events.register_first("before-parameter-build", _remember_parameters)
        session.events.register("response-received", self._take)

    def _take(self, event_name: str, response_dict: Any, context: Mapping[str, Any], **_: Any) -> None:
        service, _mark, operation = operation_named_by(event_name).partition(":")
        if service in NOT_KEPT:
            return
        with self._lock:
            if response_dict is None:
                self.unanswered += 1
                return
            status, body = int(response_dict["status_code"]), _told(service, operation, response_dict)
            region = str(context["client_region"])
            # A service without regions is called by different names in different versions of boto3.
            told_in = None if region.endswith("-global") else region
            one = Recorded(service, operation, told_in, context[ASKED], status, body)
            self.recorded.append(one)


def _remember_parameters(params: Json, context: Json, **_: Any) -> None:
    context[ASKED] = json.loads(json.dumps(params, default=_as_text))


def _as_text(value: Any) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)


def _told(service: str, operation: str, answer: Mapping[str, Any]) -> Json:
    if service in SERVICES and is_xml(service):
        return response_in(service, operation, answer)
    return _body(answer, f"{service}:{operation}")


def _body(answer: Mapping[str, Any], operation: str) -> Json:
    """The JSON of the body; an error carries its code as "__type", wherever its protocol had put it."""
    status = int(answer["status_code"])
    try:
        body = json.loads(answer["body"] or b"{}")
    except ValueError as error:
        if status < 300:
            raise Unrecordable(f"{operation} answered in another format than JSON, which cannot be kept.") from error
        body = {}
    if not isinstance(body, dict):
        raise Unrecordable(f"{operation} answered with a {type(body).__name__} where an object belongs.")
    if status < 300:
        return body
    named = answer["headers"].get("x-amzn-errortype") or body.get("__type") or body.get("code") or status
    return {**body, "__type": str(named).partition(":http")[0].rpartition("#")[2]}


def check_free(folder: Path) -> None:
    """BadInput where something of that name exists already: a recording never replaces anything."""
    if folder.exists() or folder.is_symlink():
        raise BadInput([f"{folder}: exists already; name a folder that does not"])


def write_recording(folder: Path, account: ReadAccount, as_of: str, recorded: Iterable[Recorded]) -> Scrubber:
    """Writes the account folder as a whole, or nothing; afterwards `finops review --account` replays it.

    Unrecordable where something that names somebody would have survived. Returns what stands for what.
    """
    kept = sorted(recorded, key=lambda one: one.question)
    columns = _columns(kept)
    headers = _headers(kept)
    whose = {"accountId": account.account_id}
    scrubber = scrubber_for(
        [
            (whose, ""),
            *((one.request, "") for one in kept),
            *((one.response, columns(one)) for one in kept),
        ],
        headers,
    )
    files = dict(_files(kept, scrubber, columns))
    files["account.json"] = {
        "format": 1,
        "name": f"recorded {as_of}",
        "kind": "recorded",
        "account_id": scrubber.scrubbed(whose)["accountId"],
        "as_of": as_of,
        "regions": list(account.regions),
        "currency": _currency(kept),
        **_answered_on(account, as_of),
    }
    texts = {name: json.dumps(content, indent=1, ensure_ascii=False) + "\n" for name, content in files.items()}
    if problems := [f"{name}: {what}" for name, text in texts.items() for what in survivors(text, scrubber)]:
        raise Unrecordable(f"Nothing was written, because it would still name somebody: {'; '.join(problems[:5])}")
    _put_in_place(folder, texts)
    return scrubber


def _answered_on(account: ReadAccount, as_of: str) -> dict[str, str]:
    """The day on which the answers were given, where that is not as_of: what is asked depends on it."""
    today = as_of if account.responses_from else clock.today().isoformat()
    said = account.answered_on.isoformat() if account.answered_on else today
    return {} if said == as_of else {"answered_on": said}


def survivors(text: str, scrubber: Scrubber) -> Iterator[str]:
    """What in the text still looks like an original account id, an ARN of somebody's account, or an email."""
    replaced = set(scrubber.replacements.values())
    accounts = scrubber.originals("account") - replaced
    told = [text, *(decoded for one in BASE64.findall(text) if (decoded := _decoded(one)))]
    if any(account in each for each in told for account in accounts):
        yield "an account id"
    for arn in ARN.findall(text):
        owner = arn.split(":")[4]
        if owner and owner not in replaced and not OWNED_BY_AWS.match(arn):
            yield "an ARN with an account id"
    if any(email not in replaced for email in EMAIL.findall(text)):
        yield "an email"
    if any(ACCOUNT.search(each) and not set(ACCOUNT.findall(each)) <= replaced for each in told[1:]):
        yield "an encoded account id"


def _decoded(text: str) -> str:
    try:
        return base64.b64decode(text, validate=True).decode("ascii")
    except (binascii.Error, UnicodeDecodeError, ValueError):
        return ""


def _files(kept: list[Recorded], scrubber: Scrubber, columns: Any) -> Iterator[tuple[str, Json]]:
    """The envelopes: one a question, or one for each different answer that it got in turn."""
    for question, group in groupby(kept, key=lambda one: one.question):
        runs = [list(same) for _, same in groupby(group, key=lambda one: (one.status, one.response))]
        for position, run in enumerate(runs):
            one = run[0]
            request = scrubber.scrubbed(one.request)
            case = hashlib.sha256(json.dumps([question[:3], request], sort_keys=True).encode()).hexdigest()[:12]
            is_last = position == len(runs) - 1
            yield (
                f"responses/{one.service}/{one.operation}__{one.region or 'global'}_{case}_{position + 1:03d}.json",
                {
                    "service": one.service,
                    "operation": one.operation,
                    "http_status": one.status,
                    **({"region": one.region} if one.region else {}),
                    "exact": True,
                    "request": request,
                    **({} if is_last else {"times": len(run)}),
                    "provenance": {"kind": "recorded", "note": "Scrubbed; otherwise as it came over the wire."},
                    "response": scrubber.scrubbed(one.response, columns(one)),
                },
            )


def _put_in_place(folder: Path, texts: Mapping[str, str]) -> None:
    check_free(folder)
    folder.parent.mkdir(parents=True, exist_ok=True)
    prepared = Path(tempfile.mkdtemp(dir=folder.parent, prefix=f".{folder.name}-"))
    try:
        for name, text in texts.items():
            (prepared / name).parent.mkdir(parents=True, exist_ok=True)
            (prepared / name).write_text(text, encoding="utf-8")
        load_account(prepared)
        check_free(folder)
        prepared.rename(folder)
    except BaseException:
        shutil.rmtree(prepared)
        raise


def _headers(kept: Iterable[Recorded]) -> dict[str, tuple[str, ...]]:
    """The columns' headers of Trusted Advisor's checks, by check id and by the new API's ARN."""
    found = {}
    for one in kept:
        for check in one.response.get("checks") or []:
            found[str(check.get("id"))] = tuple(str(header) for header in check.get("metadata") or [])
        for check in one.response.get("checkSummaries") or []:
            cells = check.get("metadata") or {}
            found[str(check.get("arn"))] = tuple(str(cells[key]) for key in sorted(cells, key=int))
    return found


def _columns(kept: Iterable[Recorded]) -> Any:
    """Says which check's columns the rows of a response have; "" where they have none."""
    check_of = {
        summary.get("arn"): str(summary.get("checkArn", ""))
        for one in kept
        for summary in one.response.get("recommendationSummaries") or []
    }

    def columns(one: Recorded) -> str:
        if "checkId" in one.request:
            return str(one.request["checkId"])
        return check_of.get(one.request.get("recommendationIdentifier"), "")

    return columns


def _currency(kept: Iterable[Recorded]) -> str:
    """The currency that the bill was in; the dollar where nothing said otherwise, as AWS bills by default."""
    told = re.findall(
        r'"(?:currencyCode|CurrencyCode|currency)": "([A-Z]{3})"', json.dumps([one.response for one in kept])
    )
    return max(sorted(set(told)), key=told.count, default="USD")
