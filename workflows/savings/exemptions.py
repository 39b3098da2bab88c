"""What is left alone on purpose: a reviewed file that says which resources, why, and until when.

[[exemption]]
pattern = "i-0abc*"             a shell-style pattern (* ? [a-z]) over a resource's id, ARN, key or name,
                                or over its tags as tag:KEY=VALUE
reason = "Failover, idle by design"
expires = 2027-03-31            the last day on which it holds
action = "Delete"               only where this is what is proposed; may be left out
account = "123456789012"        only there; may be left out
"""

import re
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from fnmatch import translate
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, ValidationError
from pydantic_core import PydanticCustomError

from workflows.errors import InvalidExemptions
from workflows.recommendation import ActionType, Recommendation
from workflows.resource_keys import ResourceName, billing_ids, partition
from workflows.savings.opportunity import Opportunity

SOON = timedelta(days=14)
LARGEST_FILE_BYTES = 1_000_000
TAG = "tag:"
REMEDIES = {
    "pattern": 'name a resource, as pattern = "i-0abc*" or pattern = "tag:team=payments"',
    "reason": 'say why, as reason = "Failover, idle by design"',
    "expires": "name the last day on which it holds, as expires = 2027-03-31",
    "action": f"one of {', '.join(ActionType)}, or leave it out",
    "account": 'twelve digits in quotes, as account = "123456789012", or leave it out',
}


@dataclass(frozen=True, slots=True)
class Exemption:
    """One entry; expires is the last day on which it holds, action and account are None where any will do."""

    pattern: str
    reason: str
    expires: date
    action: ActionType | None = None
    account: str | None = None

    def holds_on(self, day: date) -> bool:
        return day <= self.expires

    def expires_soon(self, day: date) -> bool:
        return self.holds_on(day) and self.expires <= day + SOON


def _last_day(value: object) -> object:
    if isinstance(value, str) and re.fullmatch(r"\d{4}-\d{2}-\d{2}", value, re.ASCII):
        return date.fromisoformat(value)
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    raise PydanticCustomError("date", "not a calendar date")


def _one_line(value: object) -> object:
    if isinstance(value, str) and not value.strip().isprintable():
        raise PydanticCustomError("text", "it holds characters that cannot be printed")
    return value


Words = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=1000), BeforeValidator(_one_line)
]


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    pattern: Words
    reason: Words
    expires: Annotated[date, BeforeValidator(_last_day)]
    action: ActionType | None = None
    account: Annotated[str | None, Field(pattern=r"^[0-9]{12}$")] = None


def exemptions_from(content: bytes) -> tuple[Exemption, ...]:
    """The entries of a file in their order; InvalidExemptions names every wrong entry and the remedy."""
    entries = _entries(content)
    problems, read = [], []
    for place, entry in enumerate(entries, start=1):
        try:
            read.append(Exemption(**_Entry.model_validate(entry).model_dump()))
            problems += [f"{_called(place, entry)}: {wrong}" for wrong in _wrong_tag(read[-1].pattern)]
        except ValidationError as error:
            problems += [f"{_called(place, entry)}: {_sentence(dict(one))}" for one in error.errors(include_url=False)]
    problems += _repeated(read)
    if problems:
        raise InvalidExemptions(problems)
    return tuple(read)


def _entries(content: bytes) -> list[Any]:
    if len(content) > LARGEST_FILE_BYTES:
        raise InvalidExemptions([f"the file has {len(content)} bytes; {LARGEST_FILE_BYTES} at most"])
    try:
        document = tomllib.loads(content.decode("utf-8-sig").replace("\r\n", "\n"))
    except UnicodeDecodeError as error:
        raise InvalidExemptions(["the file is not UTF-8 text; save it as UTF-8"]) from error
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise InvalidExemptions([f"the file is not valid TOML: {error}"]) from error
    problems = [
        f"{name[:60]!r} is not known; write each entry below a line [[exemption]]"
        for name in document
        if name != "exemption"
    ]
    entries = document.get("exemption", [])
    if not isinstance(entries, list):
        problems.append("write [[exemption]] with two brackets, once an entry")
    if problems:
        raise InvalidExemptions(problems)
    return list(entries)


def _called(place: int, entry: object) -> str:
    pattern = entry.get("pattern") if isinstance(entry, Mapping) else None
    return f"exemption {place} ({pattern[:80]!r})" if isinstance(pattern, str) else f"exemption {place}"


def _sentence(detail: Mapping[str, Any]) -> str:
    field = ".".join(str(part) for part in detail["loc"])
    remedy = REMEDIES.get(field)
    if detail["type"] == "extra_forbidden":
        return f"{field}: this field does not exist; known are {', '.join(REMEDIES)}"
    if remedy is None:
        return f"{detail['msg']}; write [[exemption]] and its fields below it"
    if detail["type"] == "missing":
        return f"{field} is missing; {remedy}"
    return f"{field}: {str(detail.get('input'))[:80]!r} cannot be used; {remedy}"


def _wrong_tag(pattern: str) -> Iterator[str]:
    if pattern.startswith(TAG) and not re.fullmatch(r"tag:[^=]+=.*", pattern):
        yield "pattern: a tag needs a key and a value; write it as tag:KEY=VALUE (tag:KEY=* for any value)"


def _repeated(entries: Sequence[Exemption]) -> list[str]:
    told: dict[tuple[str, str | None, str | None], int] = {}
    problems = []
    for place, one in enumerate(entries, start=1):
        first = told.setdefault((one.pattern, one.action, one.account), place)
        if first != place:
            problems.append(f"{one.pattern!r} is there twice with the same action and account; keep one of them")
    return problems


class Matcher:
    """Finds the exemptions that name an opportunity; made once for a file, because its patterns are compiled then."""

    def __init__(self, exemptions: Sequence[Exemption]) -> None:
        self._each = tuple((one, re.compile(translate(one.pattern)).match) for one in exemptions)
        self._any_name = _any_of(one.pattern for one in exemptions if not one.pattern.startswith(TAG))
        self._any_tag = _any_of(one.pattern for one in exemptions if one.pattern.startswith(TAG))

    def fitting(self, one: Opportunity) -> tuple[Exemption, ...]:
        """Those that name the opportunity's resource and what is proposed for it, whether they still hold or not."""
        names = _names(one) if self._any_name is not _nothing else set()
        tags = _tags(one) if self._any_tag is not _nothing else set()
        # All patterns at once first: most opportunities fit none of them.
        if not any(map(self._any_name, names)) and not any(map(self._any_tag, tags)):
            return ()
        account, actions = one.best.chosen.account_id, {member.action_type for member in one.best.members}
        return tuple(
            exemption
            for exemption, matches in self._each
            if exemption.account in {None, account}
            and (exemption.action is None or exemption.action in actions)
            and any(map(matches, tags if exemption.pattern.startswith(TAG) else names))
        )


def _any_of(patterns: Iterable[str]) -> Callable[[str], object]:
    together = "|".join(f"(?:{translate(one)})" for one in patterns)
    return re.compile(together).match if together else _nothing


def _nothing(_: str) -> None:
    return None


def _names(one: Opportunity) -> set[str]:
    told = {one.resource_key}
    for member in one.members:
        told |= {member.resource_id, member.resource_arn, member.resource_name, *_arns(member)}
    return told - {""}


def _arns(member: Recommendation) -> tuple[str, ...]:
    """The resource's ARN where nobody states it, for the types whose ARN follows from the rest."""
    kind = {"Ec2Instance": "instance", "EbsVolume": "volume"}.get(member.resource_type)
    if kind:
        place = f"{member.region_id}:{member.account_id}"
        return (f"arn:{partition(member.region_id)}:ec2:{place}:{kind}/{member.resource_id}",)
    name = ResourceName(member.account_id, member.region_id, member.resource_type, member.resource_id)
    return billing_ids(name)


def _tags(one: Opportunity) -> set[str]:
    return {f"{TAG}{key}={value}" for member in one.members for key, value in member.tags}
