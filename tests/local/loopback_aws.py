"""AWS on the loopback: an HTTP server that answers boto3 over a real connection, from the sample account.

A profile's endpoint_url leads there, so credentials, signing, sending and parsing are all the real ones.
"""

import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from local.account_folder import SAMPLE_ACCOUNT, Account, load_account
from local.account_server import Call, answer
from local.account_xml import is_xml, xml_body

SERVICES = {
    "AWSBudgetServiceGateway": "budgets",
    "AWSInsightsIndexService": "ce",
    "AWSSupport_20130415": "support",
    "ComputeOptimizerService": "compute-optimizer",
    "CostOptimizationHubService": "cost-optimization-hub",
}
SIGNED = re.compile(r"Credential=(\w+)/\d+/([\w-]+)/([\w-]+)/aws4_request")
STS = "https://sts.amazonaws.com/doc/2011-06-15/"
EXPIRED = "AKIAEXPIRED"
SIGNED_IN = "the-token-of-a-sign-in"


@dataclass
class LoopbackAws:
    """The server, and what was asked of it: the operation and the access key that signed the request."""

    port: int = 0
    asked: list[tuple[str, str]] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def operations(self) -> set[str]:
        return {operation for operation, _ in self.asked}

    @property
    def keys(self) -> set[str]:
        return {key for _, key in self.asked}


@contextmanager
def loopback_aws(folder: Path = SAMPLE_ACCOUNT) -> Iterator[LoopbackAws]:
    """Within it, the server answers from the account in this folder."""
    aws = LoopbackAws()
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(aws, load_account(folder)))
    aws.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield aws
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _handler(aws: LoopbackAws, account: Account) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            self._take(b"")

        def do_POST(self) -> None:
            self._take(self.rfile.read(int(self.headers.get("Content-Length", 0))))

        def log_message(self, *_: Any) -> None:
            """Silent."""

        def _take(self, body: bytes) -> None:
            signed = SIGNED.search(self.headers.get("Authorization", ""))
            key, region, service = signed.groups() if signed else ("", "", "")
            if service == "sts":
                action = parse_qs(body.decode())["Action"][0]
                aws.asked.append((f"sts:{action}", key))
                self._say(*_sts(action, key, account.account_id), "text/xml")
                return
            if self.path.startswith("/federation/credentials?"):
                self._say(*_signed_in(aws, self.headers["x-amz-sso_bearer_token"]), "application/json")
                return
            call = _call(self, region, body, service)
            aws.asked.append((str(call), key))
            told = answer(account, call)
            if is_xml(call.service):
                in_xml = xml_body(call.service, call.operation, told.body, told.status, "loopback")
                self._say(told.status, in_xml.decode(), "text/xml")
                return
            self._say(told.status, json.dumps(told.body), "application/json")

        def _say(self, status: int, body: str, kind: str) -> None:
            content = body.encode()
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(content)))
            self.send_header("x-amzn-RequestId", "loopback")
            if status >= 300 and kind == "application/json":
                self.send_header("x-amzn-errortype", json.loads(body)["__type"])
            self.end_headers()
            self.wfile.write(content)

    return Handler


def _call(request: BaseHTTPRequestHandler, region: str, body: bytes, service: str) -> Call:
    if target := request.headers.get("X-Amz-Target"):
        prefix, _, operation = target.rpartition(".")
        return Call(SERVICES[prefix], operation, region, json.loads(body))
    if body.startswith(b"Action="):
        asked = {name: values[0] for name, values in parse_qs(body.decode()).items()}
        return Call(service, asked["Action"], region, {})
    return _rest_call(region, request.path)


def _rest_call(region: str, path: str) -> Call:
    """Trusted Advisor's own API is the one that speaks REST."""
    parts = urlsplit(path)
    asked: dict[str, Any] = {name: values[0] for name, values in parse_qs(parts.query).items()}
    if "maxResults" in asked:
        asked["maxResults"] = int(asked["maxResults"])
    if named := re.fullmatch(r"/v1/recommendations/(.+)/resources", parts.path):
        asked["recommendationIdentifier"] = unquote(named.group(1))
        return Call("trustedadvisor", "ListRecommendationResources", region, asked)
    operation = {"/v1/checks": "ListChecks", "/v1/recommendations": "ListRecommendations"}[parts.path]
    return Call("trustedadvisor", operation, region, asked)


def _signed_in(aws: LoopbackAws, token: str) -> tuple[int, str]:
    """IAM Identity Center, which tells whoever is signed in the keys of a role; no key signs the question."""
    aws.asked.append(("sso:GetRoleCredentials", token))
    if token != SIGNED_IN:
        return 401, json.dumps({"__type": "UnauthorizedException", "message": "Session token not found or invalid"})
    keys = {"accessKeyId": "ASIASIGNEDIN", "secretAccessKey": "secret", "sessionToken": "token"}
    return 200, json.dumps({"roleCredentials": {**keys, "expiration": 4070908800000}})


def _sts(action: str, key: str, account_id: str) -> tuple[int, str]:
    if key == EXPIRED:
        told = "<Code>ExpiredToken</Code><Message>The security token included in the request is expired</Message>"
        return 403, f'<ErrorResponse xmlns="{STS}"><Error><Type>Sender</Type>{told}</Error></ErrorResponse>'
    arn = f"arn:aws:sts::{account_id}:assumed-role/reader/me"
    if action == "AssumeRole":
        result = (
            "<Credentials><AccessKeyId>ASIAASSUMED</AccessKeyId><SecretAccessKey>secret</SecretAccessKey>"
            "<SessionToken>token</SessionToken><Expiration>2099-01-01T00:00:00Z</Expiration></Credentials>"
            f"<AssumedRoleUser><AssumedRoleId>AROA:me</AssumedRoleId><Arn>{arn}</Arn></AssumedRoleUser>"
        )
    else:
        result = f"<Arn>{arn}</Arn><UserId>AROA:me</UserId><Account>{account_id}</Account>"
    return 200, f'<{action}Response xmlns="{STS}"><{action}Result>{result}</{action}Result></{action}Response>'
