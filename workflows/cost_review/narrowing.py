"""What a scope makes needless to ask, and which anomalies it leaves out.

Only paid and regional questions, and whole lists, are left out: what AWS gives for nothing in one list is read as it
is and narrowed here, because each of AWS's filters spells regions, services and resources its own way, and one that
matches nothing looks like an account without savings.
"""

import re
from collections import defaultdict

from workflows.cost_review.request import Scope
from workflows.resource_keys import BILLED_AS, SERVICE_BY_TYPE, name_from_arn
from workflows.spend import Anomaly, RootCause

TYPE_BY_ID = ((re.compile(r"i-[0-9a-f]+"), "Ec2Instance"), (re.compile(r"vol-[0-9a-f]+"), "EbsVolume"))
"""Ids that tell their type; a bare name may be anything's."""
WHOLE_ACCOUNT = "It is the whole account's; the scope narrows the savings that are counted."


def wanted_types(scope: Scope) -> frozenset[str] | None:
    """The types of resources that can lie within the scope; None where any can."""
    of_services = {kind for kind, service in SERVICE_BY_TYPE.items() if service in scope.services}
    named = [_type_of(identifier) for identifier in scope.resource_ids]
    of_ids = None if not named or None in named else {kind for kind in named if kind}
    if not scope.services:
        return None if of_ids is None else frozenset(of_ids)
    return frozenset(of_services if of_ids is None else of_services & of_ids)


def wants(scope: Scope, *kinds: str) -> bool:
    """Whether a resource of one of these types can lie within the scope."""
    types = wanted_types(scope)
    return types is None or not types.isdisjoint(kinds)


def wants_commitments(scope: Scope) -> bool:
    """Whether a commitment can lie within the scope: it is no resource, and for none of the services alone."""
    return not scope.services and not scope.resource_ids


def wants_account(scope: Scope, account_id: str) -> bool:
    return not scope.accounts or account_id in scope.accounts


def narrows_savings(scope: Scope) -> bool:
    """Whether savings outside the scope are left out; which agents are asked is another matter."""
    return bool(scope.accounts or scope.regions or scope.services or scope.resource_ids)


def anomalies_within(found: tuple[Anomaly, ...], scope: Scope) -> tuple[Anomaly, ...]:
    """Those with a root cause within the scope; an anomaly names no resource, and lies outside a scope of resources."""
    return tuple(one for one in found if _is_within(one, scope))


def _is_within(anomaly: Anomaly, scope: Scope) -> bool:
    if scope.resource_ids:
        return False
    own = RootCause(anomaly.service_name, anomaly.region_id, "", "", anomaly.usage_type, None)
    return any(_caused_within(cause, scope) for cause in anomaly.root_causes or (own,))


def _caused_within(cause: RootCause, scope: Scope) -> bool:
    return (
        (not scope.accounts or cause.account_id in scope.accounts)
        and (not scope.regions or cause.region_id in scope.regions)
        and (not scope.services or not _SERVICES_OF_BILL[cause.service_name].isdisjoint(scope.services))
    )


def _type_of(identifier: str) -> str | None:
    bare = identifier.strip()
    if named := name_from_arn(bare):
        return named.resource_type
    return next((kind for pattern, kind in TYPE_BY_ID if pattern.fullmatch(bare)), None)


def _by_billed_name() -> defaultdict[str, frozenset[str]]:
    services: defaultdict[str, frozenset[str]] = defaultdict(frozenset)
    for kind, name in BILLED_AS.items():
        services[name] |= {SERVICE_BY_TYPE[kind]}
    return services


_SERVICES_OF_BILL = _by_billed_name()
