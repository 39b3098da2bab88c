"""Commitments to buy: at most one option a pool of usage counts, because two would discount the same hours.

A Compute Savings Plan, EC2 Instance Savings Plans and EC2 Reserved Instances share one pool; so do a Database Savings
Plan and RDS Reserved Instances. An option is one type of commitment bought in one account; its lines (an instance
family in a region each) are for different usage and count together. What two accounts would buy excludes each other,
because a payer's commitment is shared with its members, and no source says for whose usage a line is sized. Lines are
taken from one source only: another source words the same purchase differently, so that its lines are duplicates.
A Database Savings Plan discounts tables and caches too, which have pools of their own: it never counts beside those.
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
from workflows.savings.opportunity import Finding, NotCounted, Opportunity, Step, comparable, opportunity
from workflows.savings.precedence import best_first, finding_of, most_trusted_first, reason_not_counted

POOL_BY_TYPE = {
    "ComputeSavingsPlans": COMPUTE,
    "Ec2InstanceSavingsPlans": COMPUTE,
    "Ec2ReservedInstances": COMPUTE,
    "DatabaseSavingsPlans": DATABASES,
    "RdsReservedInstances": DATABASES,
}
"""Commitments that would discount the same usage; a type that is not here has its own usage, and its own pool."""
DATABASE_PLAN = "DatabaseSavingsPlans"
ALSO_IN_DATABASE_PLAN = frozenset({"DynamoDbReservedCapacity", "ElastiCacheReservedInstances"})
"""What is reserved of usage that a Database Savings Plan may discount, in a pool of its own."""
_WHAT = re.compile(
    r"\b(?:[a-z]+\.)?[a-z]{1,4}\d[a-z0-9-]*(?:\.[a-z0-9-]+)*\b"
    r"|\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f-]{22}\b|\bri-[0-9a-z]+\b"
)
"""What AWS calls instance families and types (m5, db.r5.large, m5.large.search), and the ids of reservations."""
_TRAITS = re.compile(
    r"\b(?:aurora|mysql|postgres(?:ql)?|mariadb|oracle|sql server|db2|redis|valkey|memcached"
    r"|linux|windows|rhel|suse|dedicated|host|(?:single|multi)-az)\b"
)
"""What a reservation is bound to beside its type: engine, platform, tenancy, deployment."""
_WORDS = re.compile(r"[a-z][a-z0-9._-]*")
_TERM_WORDS = "one three year years yr one_year three_years one-year three-year"
_PAYMENT_WORDS = "usd eur no partial all upfront no_upfront partial_upfront all_upfront"
_TERMS = frozenset((*_TERM_WORDS.split(), *_PAYMENT_WORDS.split()))
"""Words that tell amounts, terms and ways of paying: those are alternatives for one line, as its numbers are."""


def pool_of(commitment_type: str) -> str:
    """The pool of usage that a type of commitment discounts."""
    return POOL_BY_TYPE.get(commitment_type, commitment_type)


def purchases(recommendations: Iterable[Recommendation]) -> tuple[Opportunity, ...]:
    """One opportunity a line of the option that counts in its pool; what it excludes stays with its biggest line."""
    pools: defaultdict[str, list[Recommendation]] = defaultdict(list)
    for one in recommendations:
        pools[pool_of(one.resource_type)].append(one)
    return tuple(line for key in sorted(pools) for line in _of_pool(key, pools[key]))


def without_same_usage(opportunities: Sequence[Opportunity]) -> tuple[Opportunity, ...]:
    """The opportunities; of a Database Savings Plan and reservations of tables and caches, the smaller side left out.

    No source says for which of these a plan is sized. What people set aside stands in nobody's way: so this is decided
    on what they leave.
    """
    plan = [one for one in opportunities if one.best.chosen.resource_type == DATABASE_PLAN and one.not_counted is None]
    if not plan:
        return tuple(opportunities)
    reserved = [
        one
        for one in opportunities
        if one.best.chosen.resource_type in ALSO_IN_DATABASE_PLAN
        and one.not_counted is None
        and one.currency == plan[0].currency
    ]
    smaller, bigger = sorted((reserved, plan), key=lambda lines: total(comparable(one.best.chosen) for one in lines))
    kinds = " and ".join(sorted({one.best.chosen.resource_type for one in bigger}))
    reason = f"{kinds} may be for the same usage, and save more"
    left_out = {one.opportunity_id: one.left_out(NotCounted.ABSORBED, Step.ALTERNATIVES, reason) for one in smaller}
    return tuple(left_out.get(one.opportunity_id, one) for one in opportunities)


def _of_pool(pool: str, members: Sequence[Recommendation]) -> list[Opportunity]:
    currency = min(members, key=most_trusted_first).billing_currency
    options: defaultdict[tuple[str, str, str], list[Recommendation]] = defaultdict(list)
    for one in members:
        options[one.account_id, one.resource_type, one.billing_currency].append(one)
    ordered = sorted((_lines(option) for option in options.values()), key=lambda lines: _option_order(lines, currency))
    winner, losers = ordered[0], [line for lines in ordered[1:] for line in lines]
    found = [
        opportunity(_line_id(pool, line.chosen, at), line.chosen.resource_key, line, (), reason_not_counted(line))
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

    Of the trusted source, two rows are one line where they differ in numbers, term and way of paying alone. What
    another source words so differently that it is no line of it stands with the biggest, and never lends it an amount.
    """
    trusted = min(option, key=most_trusted_first).source
    own: defaultdict[tuple[str, ...], list[Recommendation]] = defaultdict(list)
    for one in option:
        if one.source == trusted:
            own[_wording(one)].append(one)
    lines = sorted((finding_of(rows) for rows in own.values()), key=best_first)
    said: defaultdict[int, list[Recommendation]] = defaultdict(list)
    for one in option:
        if one.source != trusted:
            said[_place_of(one, lines)].append(one)
    return sorted((_also_said(line, said[at]) for at, line in enumerate(lines)), key=best_first)


def _place_of(one: Recommendation, lines: Sequence[Finding]) -> int:
    """The line that another source's row is about: the first that has all that the row tells of what is bought."""
    told = set(_line(one))
    fitting = (at for at, line in enumerate(lines) if len(told) > 1 and told <= set(_line(line.chosen)))
    return next(fitting, 0)


def _also_said(line: Finding, rows: Sequence[Recommendation]) -> Finding:
    """The line with what another source says of it; only what tells the very same is weighed against its amount.

    What names something else stands with it only to be seen: that somebody excluded it excludes not the line.
    """
    same = [one for one in rows if _line(one) == _line(line.chosen)]
    line = finding_of((*line.members, *same)) if same else line
    duplicates = tuple(dict.fromkeys((*line.duplicates, *sorted(rows, key=most_trusted_first))))
    duplicates = tuple(one for one in duplicates if one != line.chosen)
    of_line = (one.not_applicable for one in rows if set(_line(one)) <= set(_line(line.chosen)))
    why_not = line.not_applicable or next(filter(None, of_line), "")
    return replace(line, duplicates=duplicates, not_applicable=why_not)


def _line(one: Recommendation) -> tuple[str, ...]:
    """What is bought, in the words that sources share, without the numbers that change from night to night."""
    summary = one.recommended_resource_summary.lower()
    return (one.region_id, *sorted({*_WHAT.findall(summary), *_TRAITS.findall(summary)}))


def _wording(one: Recommendation) -> tuple[str, ...]:
    """All that one source's words tell of what is bought but for numbers, term and way of paying."""
    summary = one.recommended_resource_summary.lower()
    words = {word.strip(".-_") for word in _WORDS.findall(_WHAT.sub(" ", summary))}
    return (*_line(one), *sorted(words - _TERMS))


def _numbered(lines: Sequence[Finding]) -> Iterable[tuple[int, Finding]]:
    """The lines, each with its number among those that are otherwise alike.

    They are numbered in the order of their words: amounts change from night to night, and would swap their ids.
    """
    alike: defaultdict[tuple[str, ...], list[Finding]] = defaultdict(list)
    for line in sorted(lines, key=lambda line: _wording(line.chosen)):
        alike[_line(line.chosen)].append(line)
    return [(alike[_line(line.chosen)].index(line), line) for line in lines]


def _line_id(pool: str, line: Recommendation, at: int) -> str:
    again = (str(at),) if at else ()
    return opportunity_id("commitment", line.account_id, pool, line.resource_type, *_line(line), *again)
