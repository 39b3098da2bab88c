"""Each paid answer is stored as it comes and serves for the rest of its day: nothing is paid for twice.

agent-context/cost-explorer-agent/responses/DAY/ACCOUNT/QUESTION.json, where QUESTION is the SHA-256 of operation,
region and parameters. The day is the day of asking (UTC): tomorrow the same question may have another answer.
"""

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError, IncompleteReadError

from tasks.aws.reading import jsonable
from tasks.shared_context import CONTEXT_PREFIX
from tasks.wiring import World
from workflows.errors import InvalidContent

RESPONSES_PREFIX = f"{CONTEXT_PREFIX}/cost-explorer-agent/responses/"
PAID_SERVICE = "ce"
CONTRACT = "finops.paid-response/1"


class PaidResponses:
    """The account's clients, where Cost Explorer's answer to a question that was asked today is not asked for again.

    Stands wherever Clients are expected; what it answers from the store carries the request id that AWS gave it, so
    that evidence has the same bytes. One for each step: it looks once at what lies there. With not_before, what was
    asked before that time is asked anew.
    """

    def __init__(self, world: World, account_id: str, *, not_before: datetime | None = None) -> None:
        self._world, self._not_before = world, not_before
        origin = f"-{world.settings.responses_from}" if world.settings.responses_from else ""
        self._prefix = f"{RESPONSES_PREFIX}{world.now().astimezone(UTC):%Y-%m-%d}/{account_id}{origin}/"
        self._known: set[str] | None = None

    def __call__(self, service: str, region: str | None = None) -> Any:
        client = self._world.account(service, region)
        return _Remembering(self, client, region) if service == PAID_SERVICE else client

    def answered(self, question: dict[str, Any]) -> dict[str, Any] | None:
        """The stored answer, or None where none can be used: what is truncated or foreign is asked anew."""
        key = self._key(question)
        if key not in self._known_keys():
            return None
        try:
            stored = json.loads(self._get(key))
        except (IncompleteReadError, ValueError):
            return None
        if not isinstance(stored, dict) or (stored.get("contract"), stored.get("question")) != (CONTRACT, question):
            return None
        answer, request_id = stored.get("answer"), stored.get("request_id")
        if not isinstance(answer, dict) or not isinstance(request_id, str) or not self._is_new_enough(stored):
            return None
        return {**answer, "ResponseMetadata": {"RequestId": request_id}}

    def remember(self, question: dict[str, Any], answer: dict[str, Any]) -> None:
        """Afterwards the answer serves whoever asks the same today. Of two that write at once, either serves."""
        request_id = str(answer.get("ResponseMetadata", {}).get("RequestId", ""))
        said = jsonable({name: value for name, value in answer.items() if name != "ResponseMetadata"})
        document = {
            "contract": CONTRACT,
            "question": question,
            "asked_at": self._world.now().astimezone(UTC).isoformat(),
            "request_id": request_id,
            "answer": said,
        }
        try:
            self._world.own("s3").put_object(
                Bucket=self._world.settings.context_bucket,
                Key=self._key(question),
                Body=json.dumps(document).encode(),
                ContentType="application/json",
            )
        except (ClientError, BotoCoreError) as error:
            raise InvalidContent(f"A paid answer cannot be stored: {error}") from error

    def _is_new_enough(self, stored: Mapping[str, Any]) -> bool:
        if self._not_before is None:
            return True
        try:
            return datetime.fromisoformat(stored["asked_at"]) >= self._not_before
        except (KeyError, TypeError, ValueError):
            return False

    def _key(self, question: dict[str, Any]) -> str:
        spelled = json.dumps(question, sort_keys=True)
        return f"{self._prefix}{hashlib.sha256(spelled.encode()).hexdigest()}.json"

    def _known_keys(self) -> set[str]:
        # Listed, not tried: reading a key that is not there needs a wider right, and answers like a missing one.
        if self._known is None:
            s3, bucket = self._world.own("s3"), self._world.settings.context_bucket
            try:
                pages = s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=self._prefix)
                self._known = {entry["Key"] for page in pages for entry in page.get("Contents", [])}
            except (ClientError, BotoCoreError) as error:
                raise InvalidContent(f"The day's paid answers cannot be listed: {error}") from error
        return self._known

    def _get(self, key: str) -> bytes:
        try:
            stored = self._world.own("s3").get_object(Bucket=self._world.settings.context_bucket, Key=key)
            content: bytes = stored["Body"].read()
        except ClientError as error:
            raise InvalidContent(f"{key} cannot be read: {error}") from error
        return content


class _Remembering:
    """A client of Cost Explorer that looks into the day's answers before it asks, and stores what it paid for."""

    def __init__(self, answers: PaidResponses, client: Any, region: str | None) -> None:
        self._answers, self._client, self._region = answers, client, region

    def __getattr__(self, operation: str) -> Any:
        def ask(**parameters: Any) -> dict[str, Any]:
            # As JSON has it, so that a question compares equal to the same one read from the store.
            asked = {"operation": operation, "region": self._region, "parameters": parameters}
            question: dict[str, Any] = json.loads(json.dumps(asked))
            known = self._answers.answered(question)
            if known is not None:
                return known
            answer: dict[str, Any] = getattr(self._client, operation)(**parameters)
            self._answers.remember(question, answer)
            return answer

        return ask
