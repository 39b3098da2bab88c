"""An event from a file, to be put here as AWS or a topic would."""

import json
import uuid
from dataclasses import dataclass
from datetime import UTC
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from local import clock
from local.embedded_aws import ACCOUNT, REGION, EmbeddedAws
from tasks.consumers import START_REVIEW
from workflows.errors import BadInput, InvalidEvent
from workflows.events.received import received_from
from workflows.events.started_reviews import review_name

LARGEST = 262_144
"""Bytes: what EventBridge and SNS take at most."""
Word = Annotated[str, Field(min_length=1)]


class _Event(BaseModel):
    """An event as EventBridge delivers it; what it would add itself may be missing."""

    model_config = ConfigDict(extra="allow")

    id: Word = Field(default_factory=lambda: str(uuid.uuid4()))
    source: Word
    detail_type: Annotated[str, Field(alias="detail-type", min_length=1)]
    time: AwareDatetime = Field(default_factory=lambda: clock.now().astimezone(UTC).replace(microsecond=0))
    account: Word = ACCOUNT
    region: Word = REGION
    resources: list[str] = []
    detail: dict[str, Any]


class _Message(BaseModel):
    model_config = ConfigDict(extra="allow")

    message_id: Annotated[str, Field(alias="MessageId", min_length=1)]
    topic_arn: Annotated[str, Field(alias="TopicArn", pattern=r"^arn:[^:]+:sns:[^:]+:\d{12}:.+")]
    subject: Annotated[str | None, Field(alias="Subject")] = None
    message: Annotated[str, Field(alias="Message", min_length=1)]
    timestamp: Annotated[AwareDatetime, Field(alias="Timestamp")]


class _Record(BaseModel):
    model_config = ConfigDict(extra="allow")

    event_source: Annotated[Literal["aws:sns"], Field(alias="EventSource")]
    sns: Annotated[_Message, Field(alias="Sns")]


class _Notification(BaseModel):
    model_config = ConfigDict(extra="allow")

    records: Annotated[list[_Record], Field(alias="Records", min_length=1, max_length=1)]


@dataclass(frozen=True)
class SentEvent:
    """An event that will be put. event is what the journal tells of it; payload what the topic's function gets."""

    event: dict[str, Any]
    payload: dict[str, Any] | None = None

    @property
    def event_id(self) -> str:
        """The id by which the journal knows it."""
        return str(self.event["id"])

    @property
    def answered_by(self) -> tuple[str, ...]:
        """The names of the reviews that answer it; none where no review follows from it."""
        try:
            received = received_from(self.payload or self.event)
        except InvalidEvent:
            return ()
        return tuple(review_name(one.kind, one.at) for one in received)

    def put(self, aws: EmbeddedAws) -> None:
        """It is on the bus that it belongs on, or handed to the function that the topic notifies."""
        if self.payload is None:
            aws.put_event(self.event)
            return
        aws.deliveries.archive(self.event)
        aws.notify(START_REVIEW, self.event_id, self.payload)


def read_event(path: Path) -> SentEvent:
    """The event in the file; BadInput names everything that is wrong with it."""
    where = f"{path}"
    document = _document(path, where)
    try:
        if "Records" in document:
            return _of_topic(_Notification.model_validate(document), document)
        event = _Event.model_validate(document).model_dump(mode="json", by_alias=True)
    except ValidationError as error:
        found = (f"{'.'.join(map(str, one['loc']))}: {one['msg'].lower()}" for one in error.errors())
        raise BadInput([f"{where}: {problem}" for problem in found]) from None
    return SentEvent({"version": "0", **event})


def _of_topic(notification: _Notification, document: dict[str, Any]) -> SentEvent:
    message = notification.records[0].sns
    _, _, _, region, account, _ = message.topic_arn.split(":", 5)
    told = {
        "id": message.message_id,
        "source": "aws.sns",
        "detail-type": message.subject or "Notification",
        "time": message.timestamp.isoformat(),
        "account": account,
        "region": region,
        "resources": [message.topic_arn],
        "detail": {"message": message.message},
    }
    return SentEvent(told, document)


def _document(path: Path, where: str) -> dict[str, Any]:
    remedy = "name a file that holds one event as JSON"
    try:
        if path.stat().st_size > LARGEST:
            raise BadInput([f"{where}: larger than the {LARGEST:,} bytes that an event may have"])
        document = json.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise BadInput([f"{where}: cannot be read ({error.strerror}); {remedy}"]) from None
    except UnicodeDecodeError:
        raise BadInput([f"{where}: it is not UTF-8 text; {remedy}"]) from None
    except json.JSONDecodeError as error:
        raise BadInput([f"{where}: not valid JSON at line {error.lineno}, column {error.colno}: {error.msg}"]) from None
    except (ValueError, RecursionError) as error:
        raise BadInput([f"{where}: not a document that can be read ({error})"]) from None
    if not isinstance(document, dict):
        raise BadInput([f"{where}: it is no JSON object; {remedy}, as EventBridge delivers it"])
    return document
