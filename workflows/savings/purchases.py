"""Commitments to buy: at most one option a pool of usage counts, because two would discount the same hours.

A Compute Savings Plan, EC2 Instance Savings Plans and EC2 Reserved Instances share one pool; so do a Database Savings
Plan and RDS Reserved Instances. An option is one type of commitment; its lines (an instance family in a region each)
are for different usage and count together. Lines are taken from one source only: another source words the same
purchase differently, so that its lines are duplicates.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from decimal import Decimal

from workflows.money import total
from workflows.recommendation import Recommendation
from workflows.savings.bill import COMPUTE, DATABASES
from workflows.savings.identity import opportunity_id
from workflows.savings.opportunity import Finding, Opportunity, comparable
from workflows.savings.precedence import best_first, finding_of, most_trusted_first, reason_not_counted

POOL_BY_TYPE = {
    "ComputeSavingsPlans": COMPUTE,
    "Ec2InstanceSavingsPlans": COMPUTE,
    "Ec2ReservedInstances": COMPUTE,
    "DatabaseSavingsPlans": DATABASES,
    "RdsReservedInstances": DATABASES,
}
"""Commitments that would discount the same usage; a type that is not here has its own usage, and its own pool."""
_WHAT = re.compile(
    r"\b(?:[a-z]+\.)?[a-z]{1,4}\d[a-z0-9-]*(?:\.[a-z0-9-]+)*\b"
    r"|\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f-]{22}\b|\bri-[0-9a-z]+\b"
)
"""What AWS calls instance families and types (m5, db.r5.large, m5.large.search), and the ids of reservations."""


def pool_of(commitment_type: str) -> str:
    """The pool of usage that a type of commitment discounts."""
    return POOL_BY_TYPE.get(commitment_type, commitment_type)


def purchases(recommendations: Iterable[Recommendation]) -> tuple[Opportunity, ...]:
    """One opportunity a line of the option that counts in its pool; what it excludes stays with its biggest line."""
    pools: defaultdict[tuple[str, str], list[Recommendation]] = defaultdict(list)
    for one in recommendations:
        pools[one.account_id, pool_of(one.resource_type)].append(one)
    return tuple(line for key in sorted(pools) for line in _of_pool(key, pools[key]))


def _of_pool(pool: tuple[str, str], members: Sequence[Recommendation]) -> list[Opportunity]:
    currency = min(members, key=most_trusted_first).billing_currency
    options: defaultdict[tuple[str, str], list[Recommendation]] = defaultdict(list)
    for one in members:
        options[one.resource_type, one.billing_currency].append(one)
    ordered = sorted((_lines(option) for option in options.values()), key=lambda lines: _option_order(lines, currency))
    winner, losers = ordered[0], [line for lines in ordered[1:] for line in lines]
    found = [
        Opportunity(_line_id(pool, line.chosen, at), line.chosen.resource_key, line, (), reason_not_counted(line))
        for at, line in _numbered(winner)
    ]
    return [replace(found[0], alternatives=tuple(sorted(losers, key=best_first))), *found[1:]]


def _option_order(lines: Sequence[Finding], currency: str) -> tuple[bool, int, Decimal, object]:
    countable = [line for line in lines if reason_not_counted(line) is None]
    saving = total(comparable(line.chosen) for line in countable)
    first = best_first(lines[0])
    return lines[0].chosen.billing_currency != currency, first[0], -saving, first[2]


def _lines(option: Sequence[Recommendation]) -> list[Finding]:
    """The lines of the most trusted source, the best first; what other sources say is a duplicate of one of them.

    What they word so differently that it is no line of it stands with the biggest, and never lends it an amount.
    """
    trusted = min(option, key=most_trusted_first).source
    lines: defaultdict[tuple[str, ...], list[Recommendation]] = defaultdict(list)
    for one in option:
        if one.source == trusted:
            lines[_line(one)].append(one)
    strays: list[Recommendation] = []
    for one in option:
        if one.source != trusted:
            lines.get(_line(one), strays).append(one)
    biggest, *others = sorted(map(finding_of, lines.values()), key=best_first)
    duplicates = tuple(dict.fromkeys((*biggest.duplicates, *sorted(strays, key=most_trusted_first))))
    why_not = biggest.not_applicable or next((one.not_applicable for one in duplicates if one.not_applicable), "")
    return sorted([replace(biggest, duplicates=duplicates, not_applicable=why_not), *others], key=best_first)


def _line(one: Recommendation) -> tuple[str, ...]:
    """What is bought, without the numbers that change from night to night: instance types, reservations."""
    return (one.region_id, *sorted(set(_WHAT.findall(one.recommended_resource_summary.lower()))))


def _numbered(lines: Sequence[Finding]) -> Iterable[tuple[int, Finding]]:
    """The lines, each with its number among those that are otherwise alike."""
    seen: defaultdict[tuple[str, ...], int] = defaultdict(int)
    for line in lines:
        what = _line(line.chosen)
        yield seen[what], line
        seen[what] += 1


def _line_id(pool: tuple[str, str], line: Recommendation, at: int) -> str:
    again = (str(at),) if at else ()
    return opportunity_id("commitment", *pool, line.resource_type, *_line(line), *again)
