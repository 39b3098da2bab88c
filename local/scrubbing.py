"""Takes out of AWS's responses what names somebody: the same value gets the same replacement wherever it stands.

Account ids, ARNs, emails, addresses, resource ids, names and tag values are replaced; amounts, dates, types, regions,
service names and AWS's own opaque ids (UUIDs, hashes) stay. Replacements keep the order of what they replace, so that
whatever is sorted or batched by them comes out the same.
"""

import base64
import binascii
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

ACCOUNT = re.compile(r"(?<![\d.])\d{12}(?![\d.])")
ARN = re.compile(r"arn:aws[a-z-]*:[\w-]*:[\w-]*:(?:\d{12})?:[^\s\"',)]+")
EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
PREFIXED_ID = re.compile(r"\b([a-z]{1,12})-([0-9a-f]{17}|[0-9a-f]{8})\b")
ADDRESS = re.compile(r"\d{1,3}(?:\.\d{1,3}){3}")
OPAQUE = re.compile(r"\d+|[0-9a-f]{16,}|[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}|\$\w+|\*|")
OWNED_BY_AWS = re.compile(r"arn:aws[a-z-]*:(trustedadvisor:::check/|iam::aws:)")

# What ARNs say beside names: an ARN's resource begins with its type, and some have more such words further in
TYPES_INSIDE = frozenset({"app", "net", "gwy", "autoScalingGroupName"})
NAMES = frozenset(
    {"autoscalinggroupname", "budgetname", "createdby", "dbclusteridentifier", "functionname", "instancename"}
    | {"linkedaccountname", "monitorname", "resourceid", "resourcename", "subscribername", "awsresourceid"}
    | {"updatedonbehalfof", "volumename"}
)
"""Members that hold a name or an id, in lower case."""
NUMBERS = frozenset({"Amount", "MeanValue", "PredictionIntervalLowerBound", "PredictionIntervalUpperBound"})
TOKENS = frozenset({"NextPageToken", "NextToken", "nextToken"})
NAMING_KEYS = frozenset({"RESOURCE_ID"})
NAMING_HEADER = re.compile(
    r"\b(name|id|identifier|arn|cluster|resource|address|bucket|user|owner|host)\b", re.IGNORECASE
)
TYPED_HEADER = re.compile(r"type|summary|status|class|region|zone|cost|savings|count|number|days", re.IGNORECASE)

Swap = Callable[[str, str], str]
"""Gives what stands for a value of a kind: "account", "address", "email", "id", "name" or "token"."""


@dataclass(frozen=True)
class Scrubber:
    """What stands for what, by kind and value; made by scrubber_for from everything that will be scrubbed."""

    replacements: Mapping[tuple[str, str], str]
    headers: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def scrubbed(self, document: Any, columns_of: str = "") -> Any:
        """The document with every value replaced; columns_of names the check whose columns its rows have."""
        return _walk(document, lambda kind, value: self.replacements[kind, value], self.headers.get(columns_of, ()))

    def originals(self, kind: str) -> frozenset[str]:
        """What was replaced, of one kind."""
        return frozenset(value for one, value in self.replacements if one == kind)


def scrubber_for(documents: Iterable[tuple[Any, str]], headers: Mapping[str, tuple[str, ...]]) -> Scrubber:
    """A scrubber that knows every value in these documents, each given with the check whose columns it has."""
    seen: set[tuple[str, str]] = set()

    def note(kind: str, value: str) -> str:
        seen.add((kind, value))
        return value

    for document, columns_of in documents:
        _walk(document, note, headers.get(columns_of, ()))
    return Scrubber(_replacements(seen), headers)


def _replacements(seen: set[tuple[str, str]]) -> dict[tuple[str, str], str]:
    counted: dict[str, int] = {}
    made = {}
    for kind, value in sorted(seen):
        series = f"{kind} {value.partition('-')[0]}" if kind == "id" else kind
        counted[series] = number = counted.get(series, 0) + 1
        made[kind, value] = _replacement(kind, value, number)
    return made


def _replacement(kind: str, value: str, number: int) -> str:
    match kind:
        case "account":
            return f"{111122220000 + number:012d}"
        case "address":  # 198.18.0.0/15 is reserved for tests
            return f"198.18.{number // 250}.{number % 250}"
        case "email":
            return f"person-{number:04d}@example.com"
        case "id":
            prefix, _, rest = value.partition("-")
            return f"{prefix}-{number:08x}{'0' * (len(rest) - 8)}"
        case _:
            return f"{kind}-{number:04d}"


def _walk(value: Any, swap: Swap, headers: tuple[str, ...], member: str = "") -> Any:
    match value:
        case dict():
            return _structure(value, swap, headers)
        case list():
            return [_walk(one, swap, headers, member) for one in value]
        case str():
            return _string(value, swap, member)
        case _:
            return value


def _structure(value: dict[str, Any], swap: Swap, headers: tuple[str, ...]) -> dict[str, Any]:
    done = {}
    groups = [(one.get("Type"), one.get("Key")) for one in value.get("GroupDefinitions") or []]
    for name, each in value.items():
        if name == "metadata" and isinstance(each, list | dict) and "category" not in value and "pillars" not in value:
            done[name] = _cells(each, swap, headers)
        elif name in ("CostCategories", "Tags", "tags") and isinstance(each, list | dict):
            done[name] = _tags(each, swap)
        elif name == "ResultsByTime" and groups and isinstance(each, list):
            done[name] = [_bucket(bucket, groups, swap) for bucket in each]
        elif name == "Values" and value.get("Key") in NAMING_KEYS and isinstance(each, list):
            done[name] = [_name(one, swap) for one in each]
        elif name == "Attributes" and isinstance(each, dict) and ACCOUNT.fullmatch(str(value.get("Value"))):
            done[name] = {key: _name(told, swap) for key, told in each.items()}  # what an account is called
        elif name in ("TagKeyValue", "CostCategory") and isinstance(each, list):
            done[name] = [_keyed(one, swap) for one in each]
        else:
            done[name] = _walk(each, swap, headers, name)
    return done


def _string(value: str, swap: Swap, member: str) -> str:
    if member in TOKENS:
        return swap("token", value) if value else value
    if member in NUMBERS:
        return value
    if member == "recommendationId":
        return _encoded(value, swap)
    if member.lower() in NAMES:
        return str(_name(value, swap))
    return _text(value, swap)


def _text(text: str, swap: Swap) -> str:
    if text.startswith("arn:") and ARN.match(text):
        return _arn(text, swap)
    text = ARN.sub(lambda found: _arn(found.group(), swap), text)
    pieces, end = [], 0
    for found in ARN.finditer(text):  # what an ARN became is done with
        pieces += [_plain(text[end : found.start()], swap), found.group()]
        end = found.end()
    return "".join((*pieces, _plain(text[end:], swap)))


def _plain(text: str, swap: Swap) -> str:
    text = EMAIL.sub(lambda found: swap("email", found.group()), text)
    text = ACCOUNT.sub(lambda found: swap("account", found.group()), text)
    return PREFIXED_ID.sub(lambda found: swap("id", found.group()), text)


def _arn(arn: str, swap: Swap) -> str:
    if OWNED_BY_AWS.match(arn):
        return arn
    *head, account, resource = arn.split(":", 5)
    tokens = re.split(r"([:/])", resource)
    kept = 1 if len(tokens) > 1 else 0
    renamed = [*tokens[:kept], *(one if one in TYPES_INSIDE else _token(one, swap) for one in tokens[kept:])]
    return ":".join((*head, swap("account", account) if account else "", "".join(renamed)))


def _name(value: Any, swap: Swap) -> Any:
    """A name, or the parts of one: a cluster and its service, a function and its version."""
    if not isinstance(value, str) or value == "NoResourceId":
        return value
    if value.startswith("arn:") and ARN.match(value):
        return _arn(value, swap)
    return "".join(_token(one, swap) for one in re.split(r"([:/])", value))


def _token(token: str, swap: Swap) -> str:
    if ACCOUNT.fullmatch(token):
        return swap("account", token)
    if PREFIXED_ID.fullmatch(token):
        return swap("id", token)
    if token in (":", "/") or OPAQUE.fullmatch(token):
        return token
    if ADDRESS.fullmatch(token):
        return swap("address", token)
    return swap("email" if EMAIL.fullmatch(token) else "name", token)


def _encoded(value: str, swap: Swap) -> str:
    """Cost Optimization Hub's ids hold the account's in base64."""
    try:
        told = base64.b64decode(value, validate=True).decode("ascii")
    except (binascii.Error, UnicodeDecodeError, ValueError):
        return _text(value, swap)
    return base64.b64encode(_plain(told, swap).encode()).decode() if ACCOUNT.search(told) else _text(value, swap)


def _cells(cells: Any, swap: Swap, headers: tuple[str, ...]) -> Any:
    """Trusted Advisor's columns: those whose header names something are names, all others are what they are."""

    def cell(position: str, value: Any) -> Any:
        header = headers[int(position)] if position.isdecimal() and int(position) < len(headers) else position
        if not isinstance(value, str):
            return value
        names = bool(NAMING_HEADER.search(header)) and not TYPED_HEADER.search(header)
        return _name(value, swap) if names else _text(value, swap)

    if isinstance(cells, dict):
        return {name: cell(name, value) for name, value in cells.items()}
    return [cell(str(position), value) for position, value in enumerate(cells)]


def _tags(tags: Any, swap: Swap) -> Any:
    """Keys of tags stay, their values go."""
    if isinstance(tags, list):
        return [_tags(tag, swap) for tag in tags]
    if not isinstance(tags, dict):
        return tags
    marks = {"key", "Key", "MatchOptions"}
    named = {"value", "Value", "values", "Values"} & tags.keys()
    if not named:
        return {key: value if key in marks else _values(value, swap) for key, value in tags.items()}
    return {key: _values(value, swap) if key in named else value for key, value in tags.items()}


def _values(value: Any, swap: Swap) -> Any:
    return [_name(one, swap) for one in value] if isinstance(value, list) else _name(value, swap)


def _keyed(text: Any, swap: Swap) -> Any:
    """ "user:team$web": what comes after the dollar is the value."""
    key, mark, value = text.partition("$") if isinstance(text, str) else (text, "", "")
    return f"{key}{mark}{_name(value, swap)}" if mark else text


def _bucket(bucket: dict[str, Any], groups: list[tuple[Any, Any]], swap: Swap) -> dict[str, Any]:
    def key(kind: Any, dimension: Any, value: Any) -> Any:
        if kind in ("TAG", "COST_CATEGORY"):
            return _keyed(value, swap)
        return _name(value, swap) if dimension in NAMING_KEYS else _walk(value, swap, ())

    return {
        **bucket,
        "Groups": [
            {
                **group,
                "Keys": [key(*of, value) for of, value in zip(groups, group.get("Keys", []), strict=False)],
            }
            for group in bucket.get("Groups", [])
        ],
    }
