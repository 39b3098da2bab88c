"""What AWS announces, read leniently: only what is needed has to be there, and whatever else comes is left unread.

Events come from EventBridge, or as messages of an SNS topic: a budget's alert is prose with lines "Key: value", an
anomaly's message is JSON with other names than its event. Sources: the sample events in AWS's user guides for Trusted
Advisor, Cost Anomaly Detection and Budgets.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Any, TypeVar

from pydantic import AliasChoices, AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from workflows.errors import InvalidEvent
from workflows.events.started_reviews import BUDGET_ALERT, COST_ANOMALY, TRUSTED_ADVISOR_REFRESHED, ReviewOnEvent

SNS = "aws:sns"
LINE = re.compile(r"^\s*([A-Za-z][A-Za-z -]{1,40}?)\s*:\s+(.+?)\s*$", re.MULTILINE)
BUDGET_NAME, ALERT_TYPE, THRESHOLD = "budget name", "alert type", "alert threshold"
Word = Annotated[str, Field(min_length=1)]


class _Heard(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True, populate_by_name=True)


class EventEnvelope(_Heard):
    """What every event of EventBridge has around its detail."""

    id: Word
    source: Word
    detail_type: Annotated[str, Field(alias="detail-type", min_length=1)]
    time: AwareDatetime
    detail: dict[str, Any]


class CheckRefreshed(_Heard):
    """Trusted Advisor looked at one resource anew; the check has its displayed name and no id."""

    check_name: Annotated[str, Field(alias="check-name", min_length=1)]
    status: str = ""
    resource_id: str | None = ""


class Anomaly(_Heard):
    """Cost Anomaly Detection found something; what it is about is named in two ways, or not at all."""

    anomaly_id: Annotated[str, Field(alias="anomalyId", min_length=1)]
    dimension_value: Annotated[
        str | None, Field(validation_alias=AliasChoices("dimensionValue", "dimensionalValue"))
    ] = None


class BudgetAlert(_Heard):
    """A budget's alert: actual or forecast cost passed a threshold. All of it as AWS words it."""

    budget_name: Word
    alert_type: str = ""
    threshold: str = ""


class _Message(_Heard):
    message_id: Annotated[str, Field(alias="MessageId", min_length=1)]
    message: Annotated[str, Field(alias="Message", min_length=1)]
    timestamp: Annotated[AwareDatetime, Field(alias="Timestamp")]


@dataclass(frozen=True)
class Received:
    """One event of AWS: the review that its kind starts, what it is about in a sentence, and when it was (UTC).

    identity is the same for the same event delivered again. check_name and status are Trusted Advisor's, else "".
    """

    kind: ReviewOnEvent
    about: str
    at: datetime
    event_id: str
    identity: Mapping[str, Any]
    check_name: str = ""
    status: str = ""


def received_from(event: object) -> tuple[Received, ...]:
    """The events in what a function was invoked with; InvalidEvent where one is malformed or not of those we know."""
    if not isinstance(event, Mapping):
        raise InvalidEvent(["the event is not a JSON object"])
    records = event.get("Records")
    if records is None:
        return (_from_event_bridge(envelope_of(event)),)
    if not isinstance(records, list) or not records:
        raise InvalidEvent(["Records: there is none"])
    return tuple(_from_sns(record) for record in records)


def envelope_of(event: object) -> EventEnvelope:
    """The event of EventBridge; InvalidEvent where it is none."""
    return _read(EventEnvelope, event)


def _from_event_bridge(envelope: EventEnvelope) -> Received:
    at, identity = _in_utc(envelope.time), {"id": envelope.id, "detail": envelope.detail}
    match (envelope.source, envelope.detail_type):
        case ("aws.trustedadvisor", "Trusted Advisor Check Item Refresh Notification"):
            check = _read(CheckRefreshed, envelope.detail)
            about = f"Trusted Advisor refreshed the check {check.check_name!r}"
            kind = TRUSTED_ADVISOR_REFRESHED
            return Received(kind, about, at, envelope.id, identity, check.check_name, check.status.upper())
        case ("aws.ce", "Anomaly Detected"):
            return _of_anomaly(_read(Anomaly, envelope.detail), at, envelope.id, identity)
        case (source, detail_type):
            raise InvalidEvent([f"{detail_type[:80]!r} of {source[:80]!r} is no event that a review follows from"])


def _from_sns(record: object) -> Received:
    if not isinstance(record, Mapping) or record.get("EventSource") != SNS:
        raise InvalidEvent(["Records: a record is not a message of an SNS topic"])
    message = _read(_Message, record.get("Sns"))
    at, identity = _in_utc(message.timestamp), {"id": message.message_id}
    document = _json_object(message.message)
    if document is not None:
        return _of_anomaly(_read(Anomaly, document), at, message.message_id, identity)
    alert = _budget_alert(message.message)
    said = " ".join(filter(None, (alert.alert_type, alert.threshold)))
    about = f"The budget {alert.budget_name!r} passed its threshold{f' ({said})' if said else ''}"
    return Received(BUDGET_ALERT, about, at, message.message_id, identity)


def _in_utc(at: datetime) -> datetime:
    try:
        return at.astimezone(UTC)
    except OverflowError:
        raise InvalidEvent([f"time: {at.isoformat()} lies outside of the calendar in UTC"]) from None


def _of_anomaly(anomaly: Anomaly, at: datetime, event_id: str, identity: Mapping[str, Any]) -> Received:
    of = f" of {anomaly.dimension_value}" if anomaly.dimension_value else ""
    return Received(COST_ANOMALY, f"The cost anomaly {anomaly.anomaly_id}{of}", at, event_id, identity)


def _budget_alert(prose: str) -> BudgetAlert:
    lines = dict(_lines(prose))
    if BUDGET_NAME not in lines:
        raise InvalidEvent(["Message: it is neither an anomaly (JSON) nor a budget's alert (it has no 'Budget Name:')"])
    return BudgetAlert(
        budget_name=lines[BUDGET_NAME], alert_type=lines.get(ALERT_TYPE, ""), threshold=lines.get(THRESHOLD, "")
    )


def _lines(prose: str) -> Iterator[tuple[str, str]]:
    for key, value in LINE.findall(prose):
        yield key.lower(), value


def _json_object(text: str) -> dict[str, Any] | None:
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return document if isinstance(document, dict) else None


Model = TypeVar("Model", bound=_Heard)


def _read(model: type[Model], document: object) -> Model:
    try:
        return model.model_validate(document)
    except ValidationError as error:
        found = [f"{'.'.join(map(str, one['loc'])) or 'the event'}: {one['msg']}" for one in error.errors()]
        raise InvalidEvent(found[:5]) from error
