"""Which recommendations are about the same thing, however its services spell it, and its id from night to night."""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import lru_cache

from workflows.recommendation import COMMITMENTS, Recommendation
from workflows.resource_keys import ResourceName, region, region_of_display_name, resource_name


def opportunity_id(*identity: str) -> str:
    """Sixteen hexadecimal digits that depend on what is looked at, never on who speaks of it, or on an amount."""
    return hashlib.sha256("|".join(identity).encode()).hexdigest()[:16]


def settled(recommendations: Iterable[Recommendation]) -> Sequence[Recommendation]:
    """The recommendations with their resources spelled in one way.

    ARNs become ids, availability zones and regions' display names become regions' codes. Where a source leaves out the
    account or the region, they are those of the one resource of that type and id that another source names; where there
    is none, or more than one, they stay unknown: nothing is guessed.
    """
    spelled = list(map(_spelled, recommendations))
    places = _known_places(spelled)
    return [_placed(one, places) for one in spelled] if places else spelled


def _spelled(one: Recommendation) -> Recommendation:
    if one.action_type in COMMITMENTS:
        return one
    code = _region_code(one.region_id)
    if one.resource_id.startswith("arn:") or (one.resource_type == "LambdaFunction" and ":" in one.resource_id):
        name = resource_name(one.resource_id, account_id=one.account_id, region_id=code, of_type=one.resource_type)
        if name == ResourceName(one.account_id, one.region_id, one.resource_type, one.resource_id):
            return one
        return replace(
            one,
            account_id=name.account_id,
            region_id=name.region_id,
            resource_type=name.resource_type,
            resource_id=name.resource_id,
        )
    return one if code == one.region_id else replace(one, region_id=code)


@lru_cache(maxsize=1024)
def _region_code(text: str) -> str:
    return region(region_of_display_name(text))


Place = tuple[str, str]


def _known_places(spelled: Sequence[Recommendation]) -> dict[Place, set[Place]]:
    """Where each resource is that somebody names without saying where; empty where everybody says it."""
    homeless = {(one.resource_type, one.resource_id) for one in spelled if _is_homeless(one)}
    places: defaultdict[Place, set[Place]] = defaultdict(set)
    for one in spelled if homeless else ():
        what = one.resource_type, one.resource_id
        if what in homeless and not _is_homeless(one):
            places[what].add((one.account_id, one.region_id))
    return dict(places)


def _is_homeless(one: Recommendation) -> bool:
    return not (one.account_id and one.region_id) and one.action_type not in COMMITMENTS and bool(one.resource_id)


def _placed(one: Recommendation, places: dict[Place, set[Place]]) -> Recommendation:
    if not _is_homeless(one):
        return one
    fitting = [
        (account, region_id)
        for account, region_id in places.get((one.resource_type, one.resource_id), ())
        if one.account_id in {"", account} and one.region_id in {"", region_id}
    ]
    if len(fitting) != 1:
        return one
    return replace(one, account_id=fitting[0][0], region_id=fitting[0][1])
