"""Several sources, one resource: what is the same finding, what excludes what, and which saving counts.

Two recommendations for one resource with the same kind of action are duplicates of one finding. Different kinds of
action exclude each other: the biggest saving counts (with the usual discount off list prices), the others stay as
alternatives. Stop, Delete and ScaleIn are one kind: each stops paying for the resource. Amounts in two currencies
cannot be compared: the resource counts in the one of the most trusted figure that can count. Commitments to buy are in
`purchases`.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from operator import attrgetter

from workflows.recommendation import COMMITMENTS, ActionType, Recommendation
from workflows.savings.identity import opportunity_id, settled
from workflows.savings.opportunity import Finding, Opportunity, opportunity
from workflows.savings.precedence import best_alternative_first, finding_of, most_trusted_first, reason_not_counted
from workflows.savings.purchases import purchases

STOP_PAYING = frozenset({ActionType.STOP, ActionType.DELETE, ActionType.SCALE_IN})


def opportunities(recommendations: Iterable[Recommendation]) -> tuple[Opportunity, ...]:
    """One opportunity a resource and a commitment to buy, in the order of their keys; no recommendation is lost."""
    usage: defaultdict[str, list[Recommendation]] = defaultdict(list)
    rate = []
    for recommendation in settled(recommendations):
        if recommendation.action_type in COMMITMENTS:
            rate.append(recommendation)
        else:
            usage[recommendation.resource_key].append(recommendation)
    # Made in the order in which they were heard, because what was heard together lies together in memory.
    found = [_opportunity(key, members) for key, members in usage.items()]
    found.sort(key=attrgetter("resource_key"))
    return (*purchases(rate), *found)


def _opportunity(resource_key: str, members: Sequence[Recommendation]) -> Opportunity:
    findings = list(_findings(members))
    if len(findings) > 1:
        findings.sort(key=best_alternative_first)
    if len({member.billing_currency for member in members}) > 1:
        findings = _one_currency_first(findings)
    best, *others = findings
    identity = opportunity_id("resource", resource_key)
    return opportunity(identity, resource_key, best, tuple(others), reason_not_counted(best))


def _findings(members: Sequence[Recommendation]) -> Iterable[Finding]:
    by_kind: defaultdict[tuple[str, str], list[Recommendation]] = defaultdict(list)
    for member in members:
        by_kind[_kind(member), member.billing_currency].append(member)
    return map(finding_of, by_kind.values())


def _kind(member: Recommendation) -> str:
    return "StopPaying" if member.action_type in STOP_PAYING else member.action_type


def _one_currency_first(findings: Sequence[Finding]) -> list[Finding]:
    """The findings, the best first of those in the currency of the most trusted figure that can count.

    What cannot be followed in one currency cannot be in another, and of one kind only the most trusted figure stands.
    """
    why_not = {_kind(one.chosen): one.not_applicable for one in findings if one.not_applicable}
    told = [replace(one, not_applicable=one.not_applicable or why_not.get(_kind(one.chosen), "")) for one in findings]
    trusted = sorted(told, key=lambda one: most_trusted_first(one.chosen), reverse=True)
    standing = list({_kind(one.chosen): one for one in trusted}.values())
    countable = [one for one in standing if reason_not_counted(one) is None] or standing
    currency = min((one.chosen for one in countable), key=most_trusted_first).billing_currency
    return sorted(
        told,
        key=lambda one: (one.chosen.billing_currency != currency, one not in standing, *best_alternative_first(one)),
    )
