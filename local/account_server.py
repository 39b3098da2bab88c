"""Answers the AWS calls of a boto3 session from an account folder.

The answers enter where bytes would come from the network, so boto3's own signing, pagination, retries, parsing
and error mapping run as they do against AWS. A service that a folder may hold never reaches AWS from here.
"""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from io import BytesIO
from typing import Any
from uuid import UUID
from xml.sax.saxutils import escape

import boto3
from botocore.awsrequest import AWSResponse

from local.account_folder import SERVICES, Account, Envelope
from local.account_narrowing import can_apply, narrowed
from local.account_xml import is_xml, xml_body

# In the request's context, from the place where boto3 has the parameters to the place where it sends the bytes
ASKED = "account_folder_parameters"

TOKENS = ("NextPageToken", "NextToken", "nextToken")

# Parameters that make an answer smaller: one that an envelope does not name cannot be ignored
NARROWING = (
    *TOKENS,
    *("Feedback", "MonitorArn", "TotalImpact"),
    *("afterLastUpdatedAt", "awsService", "beforeLastUpdatedAt", "checkIdentifier", "exclusionStatus", "filter"),
    *("filters", "functionArns", "instanceArns", "regionCode", "resourceArns", "source", "status", "type"),
    "volumeArns",
)

STS_NAMESPACE = "https://sts.amazonaws.com/doc/2011-06-15/"


@dataclass(frozen=True)
class Call:
    """One request of a client, before it became bytes."""

    service: str
    operation: str
    region: str
    parameters: dict[str, Any]

    def __str__(self) -> str:
        return f"{self.service}:{self.operation}"


@dataclass(frozen=True)
class Answer:
    """What goes back over the wire."""

    status: int
    body: dict[str, Any]


class _Bytes(BytesIO):
    def stream(self, *_: Any, **__: Any) -> Iterator[bytes]:
        yield self.read()


def serve(account: Account, session: boto3.Session) -> None:
    """Clients that this session creates from now on get the account's answers, ahead of moto's and of AWS's."""
    for service, service_id in SERVICES.items():
        session.events.register_first(f"before-parameter-build.{service_id}", _remember_parameters)
        send: Any = partial(_send, account, service)
        session.events.register_first(f"before-send.{service_id}", send)


def answer(account: Account, call: Call) -> Answer:
    """What the account says to this call: the envelope that fits best, or an error as AWS would put it."""
    fitting = [envelope for envelope in account.envelopes if _fits(envelope, call, account)]
    for envelope in sorted(fitting, key=_closest_first):
        if _covers(envelope, call) and account.answered.takes(envelope):
            return Answer(envelope.http_status, _body(envelope, call))
    if call.service == "ce" and any(not _covers(envelope, call) for envelope in fitting):
        period = call.parameters["TimePeriod"]
        told = f"{account.name} holds no data for all the days from {period['Start']} to {period['End']}."
        return _error("DataUnavailableException", told)
    parameters = _canonical(call.parameters)
    shown = parameters if len(parameters) <= 300 else f"{parameters[:300]}…"
    told = f"The account folder {account.name!r} holds no response for {call} in {call.region} with {shown}."
    return _error("AccessDeniedException", told)


def _body(envelope: Envelope, call: Call) -> dict[str, Any]:
    """An error, a recording and what was answered to this very filter go out as they are."""
    if envelope.http_status != 200 or envelope.exact:
        return envelope.response
    done = {"Filter"} & envelope.request.keys()
    return narrowed(envelope.response, {name: value for name, value in call.parameters.items() if name not in done})


def _remember_parameters(params: dict[str, Any], context: dict[str, Any], **_: Any) -> None:
    context[ASKED] = json.loads(json.dumps(params, default=_as_text))


def _send(account: Account, service: str, request: Any, event_name: str, **_: Any) -> AWSResponse:
    context = request.context
    call = Call(service, event_name.rpartition(".")[2], context["client_region"], context[ASKED])
    request_id = _request_id(account, call)
    if service == "sts":
        return _who_am_i(account, call, request.url, request_id)
    told = answer(account, call)
    if is_xml(service):
        in_xml: Any = {"Content-Type": "text/xml", "x-amzn-RequestId": request_id}
        body = xml_body(service, call.operation, told.body, told.status, request_id)
        return AWSResponse(request.url, told.status, in_xml, _Bytes(body))
    headers: Any = {"Content-Type": "application/json", "x-amzn-RequestId": request_id}
    if told.status >= 300:
        headers["x-amzn-errortype"] = told.body["__type"]
    return AWSResponse(request.url, told.status, headers, _Bytes(json.dumps(told.body).encode()))


def _fits(envelope: Envelope, call: Call, account: Account) -> bool:
    if envelope.exact:
        asked = (envelope.service, envelope.operation) == (call.service, call.operation)
        return (
            asked
            and envelope.region in (None, call.region)
            and _in_any_order(envelope.request) == _in_any_order(call.parameters)
        )
    return (
        (envelope.service, envelope.operation) == (call.service, call.operation)
        and envelope.region in (None, call.region)
        and _is_part_of(envelope.request, call.parameters)
        and not any(name in call.parameters and name not in envelope.request for name in _cannot_ignore(envelope))
        and bool(call.parameters.get("accountIds", [account.account_id]) == [account.account_id])
        and _filter_is_met(envelope, call, account)
    )


def _in_any_order(value: Any) -> Any:
    """Lists of texts are sets to AWS (ids to filter by, checks to summarize), and may be asked for in another order."""
    if isinstance(value, dict):
        return {name: _in_any_order(each) for name, each in value.items()}
    if isinstance(value, list):
        return (
            sorted(value) if all(isinstance(each, str) for each in value) else [_in_any_order(each) for each in value]
        )
    return value


def _cannot_ignore(envelope: Envelope) -> tuple[str, ...]:
    return NARROWING if envelope.http_status == 200 else TOKENS


def _filter_is_met(envelope: Envelope, call: Call, account: Account) -> bool:
    expression = call.parameters.get("Filter")
    if expression is None or "Filter" in envelope.request or envelope.http_status != 200:
        return True
    return can_apply(expression, envelope.response, account.account_id)


def _covers(envelope: Envelope, call: Call) -> bool:
    period: dict[str, str] | None = call.parameters.get("TimePeriod")
    if envelope.covers is None or period is None:
        return True
    return envelope.covers.start.isoformat() <= period["Start"] and period["End"] <= envelope.covers.end.isoformat()


def _closest_first(envelope: Envelope) -> tuple[int, bool, bool, str]:
    return (-_leaves(envelope.request), envelope.region is None, envelope.times is None, envelope.file)


def _is_part_of(part: Any, whole: Any) -> bool:
    if isinstance(part, dict):
        inside = isinstance(whole, dict)
        return bool(inside) and all(name in whole and _is_part_of(value, whole[name]) for name, value in part.items())
    return bool(part == whole)


def _leaves(value: Any) -> int:
    if isinstance(value, dict):
        return sum(_leaves(each) for each in value.values())
    if isinstance(value, list):
        return sum(_leaves(each) for each in value)
    return 1


def _who_am_i(account: Account, call: Call, url: str, request_id: str) -> AWSResponse:
    """STS speaks XML, and all it can tell stands in account.json."""
    if call.operation == "GetCallerIdentity":
        status, root, content = 200, "GetCallerIdentityResponse", _identity(account, request_id)
    else:
        message = escape(f"The account folder {account.name!r} holds no response for {call}.")
        error = f"<Error><Type>Sender</Type><Code>AccessDenied</Code><Message>{message}</Message></Error>"
        status, root, content = 400, "ErrorResponse", f"{error}<RequestId>{request_id}</RequestId>"
    body = f'<{root} xmlns="{STS_NAMESPACE}">{content}</{root}>'
    headers: Any = {"Content-Type": "text/xml", "x-amzn-RequestId": request_id}
    return AWSResponse(url, status, headers, _Bytes(body.encode()))


def _identity(account: Account, request_id: str) -> str:
    arn = f"arn:aws:sts::{account.account_id}:assumed-role/finops-read-only/{account.kind}"
    return (
        f"<GetCallerIdentityResult><Arn>{arn}</Arn><UserId>AROAFINOPSREADONLY:{account.kind}</UserId>"
        f"<Account>{account.account_id}</Account></GetCallerIdentityResult>"
        f"<ResponseMetadata><RequestId>{request_id}</RequestId></ResponseMetadata>"
    )


def _request_id(account: Account, call: Call) -> str:
    """The same question to the same account has the same id, so evidence can be compared byte for byte."""
    told = "\n".join((account.name, str(call), call.region, _canonical(call.parameters)))
    return str(UUID(hashlib.sha256(told.encode()).hexdigest()[:32]))


def _canonical(parameters: dict[str, Any]) -> str:
    return json.dumps(parameters, sort_keys=True, separators=(",", ":"))


def _as_text(value: Any) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)


def _error(code: str, message: str) -> Answer:
    return Answer(400, {"__type": code, "message": message})
