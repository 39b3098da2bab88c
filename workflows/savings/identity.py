"""Which recommendations are about the same thing, however its services spell it, and its id from night to night."""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import lru_cache

from workflows.recommendation import COMMITMENTS, Recommendation
from workflows.resource_keys import (
    bare_id,
    is_region,
    region,
    region_of_display_name,
    resource_name,
    resource_type,
    short_name,
)
from workflows.sources import OF_AWS


def opportunity_id(*identity: str) -> str:
    """Sixteen hexadecimal digits that depend on what is looked at, never on who speaks of it, or on an amount."""
    return hashlib.sha256("|".join(identity).encode()).hexdigest()[:16]


def settled(recommendations: Iterable[Recommendation]) -> Sequence[Recommendation]:
    """The recommendations with their resources, and what these are parts of, spelled in one way.

    ARNs become ids, availability zones and regions' display names become regions' codes; type, case and blanks are
    those of AWS. A load balancer's or service's bare name becomes the longer id of the one there that has this name.
    Where a source leaves out the account or the region, they are those of the one resource of that type and id that
    another source names; where there is none, or more than one, all stays as it is: nothing is guessed. A region that
    is no code ("-", or the name of one that AWS opened after today) says as little as none. Only what AWS names tells
    longer ids and places: agents of other teams cannot make them ambiguous.
    """
    spelled = list(map(_spelled, recommendations))
    if any(one.resource_type in LONGER_IDS for one in spelled):
        longer = _longer_ids(spelled)
        spelled = [_in_full(one, longer) for one in spelled]
    places = _known_places(spelled)
    return [_placed(one, places) for one in spelled] if places else spelled


def _spelled(one: Recommendation) -> Recommendation:
    """This runs for each of a million rows: what is spelled well is recognized without building anything."""
    if one.action_type in COMMITMENTS:
        return one
    kind, region_id = resource_type(one.resource_type), _region_code(one.region_id)
    account_id, identifier = one.account_id.strip(), one.resource_id
    if ":" in identifier:
        name = resource_name(identifier, account_id=account_id, region_id=region_id, of_type=kind)
        account_id, region_id, kind, identifier = name.account_id, name.region_id, name.resource_type, name.resource_id
    else:
        identifier = bare_id(identifier, kind)
    parents = _spelled_parents(one.member_of, account_id, region_id) if one.member_of else one.member_of
    if (
        identifier == one.resource_id
        and region_id == one.region_id
        and kind == one.resource_type
        and account_id == one.account_id
        and parents == one.member_of
    ):
        return one
    return replace(
        one,
        account_id=account_id,
        region_id=region_id,
        resource_type=kind,
        resource_id=identifier,
        member_of=parents,
    )


def _spelled_parents(names: tuple[str, ...], account_id: str, region_id: str) -> tuple[str, ...]:
    """ "type/id" of each; one that an ARN puts into another account or region stays as it is, and is no parent."""
    return tuple(_spelled_parent(name, account_id, region_id) for name in names)


def _spelled_parent(name: str, account_id: str, region_id: str) -> str:
    written, _, identifier = name.partition("/")
    kind = resource_type(written)
    if ":" not in identifier:
        return f"{kind}/{bare_id(identifier, kind)}"
    parent = resource_name(identifier, account_id=account_id, region_id=region_id, of_type=kind)
    if (parent.account_id, parent.region_id) != (account_id or parent.account_id, region_id or parent.region_id):
        return name
    return f"{kind}/{parent.resource_id}"


@lru_cache(maxsize=1024)
def _region_code(text: str) -> str:
    return region(region_of_display_name(text))


LONGER_IDS = frozenset({"EcsService", "LoadBalancer"})
"""Types that some services name by a part of the id: old ARNs of ECS leave out the cluster."""
Named = tuple[str, str, str, str]


def _longer_ids(spelled: Sequence[Recommendation]) -> dict[Named, set[str]]:
    """The longer ids behind each short name, by account, region and type."""
    longer: defaultdict[Named, set[str]] = defaultdict(set)
    for one in spelled:
        if one.resource_type in LONGER_IDS and "/" in one.resource_id and one.source in OF_AWS:
            name = short_name(one.resource_type, one.resource_id)
            longer[one.account_id, one.region_id, one.resource_type, name].add(one.resource_id)
    return dict(longer)


def _in_full(one: Recommendation, longer: dict[Named, set[str]]) -> Recommendation:
    found = longer.get((one.account_id, one.region_id, one.resource_type, one.resource_id), set())
    return replace(one, resource_id=next(iter(found))) if len(found) == 1 else one


Place = tuple[str, str]
At = tuple[str, str, str]


def _known_places(spelled: Sequence[Recommendation]) -> dict[Place, set[At]]:
    """Account, region and id of each resource that somebody names without saying where; {} where everybody says it."""
    homeless = {_called(one) for one in spelled if _is_homeless(one)}
    places: defaultdict[Place, set[At]] = defaultdict(set)
    for one in spelled if homeless else ():
        if (what := _called(one)) in homeless and not _is_homeless(one) and one.source in OF_AWS:
            places[what].add((one.account_id, one.region_id, one.resource_id))
    return dict(places)


def _called(one: Recommendation) -> Place:
    kind, identifier = one.resource_type, one.resource_id
    return kind, short_name(kind, identifier) if kind in LONGER_IDS else identifier


def _is_homeless(one: Recommendation) -> bool:
    is_placed = one.account_id and is_region(one.region_id)
    return not is_placed and one.action_type not in COMMITMENTS and bool(one.resource_id)


def _placed(one: Recommendation, places: dict[Place, set[At]]) -> Recommendation:
    if not _is_homeless(one):
        return one
    what = _called(one)
    fitting = [
        (account, region_id, identifier)
        for account, region_id, identifier in places.get(what, ())
        if one.account_id in {"", account}
        and (one.region_id == region_id or not is_region(one.region_id))
        and one.resource_id in {what[1], identifier}
    ]
    if len(fitting) != 1:
        return one
    account, region_id, identifier = fitting[0]
    return replace(one, account_id=account, region_id=region_id, resource_id=identifier)
