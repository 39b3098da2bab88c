"""What holds for every estate and every bill, whoever speaks first and whatever is missing."""

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.workflows.builders import a_document, a_hearing, a_review, findings
from tests.workflows.strategies import ESTATE, ESTATE_USAGE, bills, less_evidence
from workflows.cost_review.consolidation import consolidate
from workflows.cost_review.report.document import report_document
from workflows.money import total
from workflows.recommendation import COMMITMENTS, OptimizationType, Recommendation
from workflows.resource_keys import BILLED_AS
from workflows.savings.bill import COMPUTE, DATABASES, EC2_INSTANCES, Bill
from workflows.savings.consolidation import consolidated
from workflows.savings.containment import member_of
from workflows.savings.opportunity import Opportunity
from workflows.savings.precedence import RANK
from workflows.savings.purchases import pool_of
from workflows.savings.ranking import biggest_savings_first
from workflows.savings.resizing import SERVICES_BY_TYPE
from workflows.savings.waterfall import Waterfall, waterfalls
from workflows.sources import OF_AWS

USAGE, RATE = OptimizationType.USAGE, OptimizationType.RATE
EXAMPLES = settings(deadline=None, max_examples=80)
Totals = dict[tuple[str, OptimizationType], Decimal]


def counted(found: Iterable[Opportunity]) -> dict[str, Decimal]:
    return {one.opportunity_id: one.counted_savings for one in found if one.not_counted is None}


def of_usage(found: Iterable[Opportunity]) -> list[Opportunity]:
    return [one for one in found if one.optimization_type is USAGE]


def verified(found: Sequence[Opportunity]) -> Totals:
    return {(one.billing_currency, one.optimization_type): one.verified for one in waterfalls(found)}


def bytes_of(said: Iterable[Recommendation]) -> bytes:
    return json.dumps(a_document(*said)).encode()


# ---- order, repetition, other sources


@EXAMPLES
@given(ESTATE, bills(), st.data())
def test_the_order_of_rows_does_not_matter(said: list[Recommendation], bill: Bill, data: st.DataObject) -> None:
    shuffled = data.draw(st.permutations(said))

    assert consolidated(shuffled, bill) == consolidated(said, bill)
    assert bytes_of(shuffled) == bytes_of(said)


@EXAMPLES
@given(ESTATE, st.integers(0, 12))
def test_the_order_of_the_agents_does_not_matter_to_what_counts(said: list[Recommendation], cut: int) -> None:
    one, other = a_hearing(findings(*said[:cut])), a_hearing(findings(*said[cut:]))
    forwards, backwards = (consolidate(a_review(), hearings) for hearings in ((one, other), (other, one)))

    assert json.dumps(report_document(forwards)) == json.dumps(report_document(backwards))


@EXAMPLES
@given(ESTATE.filter(bool), bills(), st.data())
def test_the_very_same_row_again_changes_nothing(said: list[Recommendation], bill: Bill, data: st.DataObject) -> None:
    again = data.draw(st.lists(st.sampled_from(said), min_size=1, max_size=3))

    assert consolidated([*said, *again], bill) == consolidated(said, bill)
    assert bytes_of([*said, *again]) == bytes_of(said)


@EXAMPLES
@given(ESTATE.filter(bool), bills(), st.data())
def test_another_source_of_lower_precedence_changes_no_amount(
    said: list[Recommendation], bill: Bill, data: st.DataObject
) -> None:
    """It repeats a finding whose amount is known, with another amount: the first one's stands, and so do all others."""
    before = consolidated(said, bill)
    stand = [finding.chosen for one in before for finding in one.findings if not finding.not_applicable]
    known = [one for one in stand if one.estimated_monthly_savings is not None]
    if not known:
        return
    of = data.draw(st.sampled_from(known))
    less_trusted = [name for name, rank in RANK.items() if rank > RANK.get(of.source, len(RANK))]
    source = data.draw(st.sampled_from(["ZLast", *less_trusted]))
    amount = data.draw(st.decimals(0, 10_000, places=2))
    repeated = replace(of, source=source, estimated_monthly_savings=amount)

    assert counted(consolidated([*said, repeated], bill)) == counted(before)


@settings(deadline=None, max_examples=200)
@given(ESTATE, st.lists(ESTATE_USAGE, min_size=1, max_size=6), bills())
def test_what_other_teams_claim_changes_nothing_that_counts_of_aws(
    said: list[Recommendation], claims: list[Recommendation], bill: Bill
) -> None:
    """Whatever they propose, for known resources and for wholes of them: at most it stands beside."""
    ours = [one for one in said if one.source in OF_AWS]
    theirs = [replace(one, source="FleetTeam", tags=(), member_of=(), not_applicable="") for one in claims]
    before, after = (
        of_usage(consolidated(ours, bill)),
        {one.opportunity_id: one for one in consolidated([*ours, *theirs], bill)},
    )
    counting = [one for one in before if one.counted_savings > 0]

    assert {one.opportunity_id: one.counted_savings for one in counting} == {
        one.opportunity_id: after[one.opportunity_id].counted_savings for one in counting
    }
    assert all(after[one.opportunity_id].unverified == one.unverified for one in counting)


@EXAMPLES
@given(ESTATE, bills())
def test_what_counts_is_at_most_what_the_chosen_source_states(said: list[Recommendation], bill: Bill) -> None:
    for one in consolidated(said, bill):
        stated = one.best.amount
        assert one.counted_savings >= 0
        if one.not_counted is None:
            assert stated is not None
            assert one.counted_savings <= stated
            assert stated == one.counted_savings + total(each.amount for each in one.deductions)
        else:
            assert one.counted_savings == 0
        assert all(each.amount > 0 for each in one.deductions) or one.not_counted is not None


@EXAMPLES
@given(ESTATE, bills())
def test_what_stands_consolidated_again_counts_the_same(said: list[Recommendation], bill: Bill) -> None:
    found = consolidated(said, bill)
    stands = [row for one in found for row in _standing(one)]
    if not all(row.account_id and row.region_id for row in stands):
        return  # because a row that does not say where it is may be told by others, which do not count

    assert counted(consolidated(stands, bill)) == counted(found)


def _standing(one: Opportunity) -> Sequence[Recommendation]:
    """What counts of it. The lines of a commitment are those of one source, which may know no amount of a line."""
    if one.optimization_type is RATE:
        return one.best.members
    return () if one.not_counted else (one.best.chosen,)


@EXAMPLES
@given(ESTATE, bills())
def test_what_counts_fits_the_bill_when_it_is_claimed_anew(said: list[Recommendation], bill: Bill) -> None:
    counts = {one.opportunity_id: one for one in of_usage(consolidated(said, bill)) if one.not_counted is None}
    claims = [replace(one.best.chosen, estimated_monthly_savings=one.counted_savings) for one in counts.values()]

    assert counted(consolidated(claims, bill)) == counted(counts.values())


# ---- nothing twice


@EXAMPLES
@given(ESTATE, bills())
def test_no_resource_and_no_pool_counts_twice(said: list[Recommendation], bill: Bill) -> None:
    found = consolidated(said, bill)
    keys = Counter(one.resource_key for one in of_usage(found))
    options = defaultdict(set)
    for one in found:
        if one.optimization_type is RATE and one.not_counted is None:
            chosen = one.best.chosen
            options[pool_of(chosen.resource_type)].add((chosen.resource_type, chosen.account_id))
    currencies = {one.currency for one in found if one.optimization_type is RATE}

    assert len({one.opportunity_id for one in found}) == len(found)
    assert not [key for key, times in keys.items() if times > 1]
    assert all(len(types) == 1 for types in options.values())
    of_caches, of_databases = options["ElastiCacheReservedInstances"], options[DATABASES]
    assert not (of_caches and "DatabaseSavingsPlans" in {kind for kind, _ in of_databases}) or len(currencies) > 1


@EXAMPLES
@given(ESTATE, bills())
def test_a_member_never_counts_beside_its_parent(said: list[Recommendation], bill: Bill) -> None:
    counting = {one.resource_key: one for one in of_usage(consolidated(said, bill)) if one.counted_savings > 0}
    for one in counting.values():
        above = [counting[key].best.chosen for key in _parents(one) if key in counting]
        # Storage goes with a database that is deleted, and stays where that is stopped or changed.
        assert not [parent for parent in above if "Storage" not in one.resource_key or parent.action_type == "Delete"]


def _parents(one: Opportunity) -> Iterator[str]:
    here = one.best.chosen
    for member in one.members:
        yield from (f"{here.account_id}/{here.region_id}/{name}" for name in member_of(member))


# ---- sums and the bill


@EXAMPLES
@given(ESTATE, bills())
def test_every_step_adds_up_exactly(said: list[Recommendation], bill: Bill) -> None:
    found = consolidated(said, bill)
    steps: list[Waterfall] = list(waterfalls(found))

    assert all(one.adds_up for one in steps)
    assert all(0 <= one.verified <= one.counted <= one.gross for one in steps)
    assert total(one.counted for one in steps) == total(one.counted_savings for one in found)
    assert sorted(map(repr, biggest_savings_first(found))) == sorted(map(repr, found))


@EXAMPLES
@given(ESTATE, bills())
def test_what_counts_is_at_most_what_the_bill_shows(said: list[Recommendation], bill: Bill) -> None:
    usage = [one for one in of_usage(consolidated(said, bill)) if one.currency == bill.billing_currency]
    by_service: defaultdict[str, list[Decimal]] = defaultdict(list)
    for one in usage:
        by_service[BILLED_AS.get(one.best.chosen.resource_type, "")].append(one.counted_savings)

    assert bill.usage is None or total(one.counted_savings for one in usage) <= bill.usage
    for service, amounts in by_service.items():
        assert service not in bill.services or total(amounts) <= bill.services[service]
    for one in usage:
        cost = bill.resources.get(one.resource_key)
        assert cost is None or cost.currency != one.currency or one.counted_savings <= cost.amount


@EXAMPLES
@given(ESTATE, bills())
def test_commitments_save_at_most_what_is_left_of_their_pool(said: list[Recommendation], bill: Bill) -> None:
    found = [one for one in consolidated(said, bill) if one.currency == bill.billing_currency]
    rates: defaultdict[str, list[Decimal]] = defaultdict(list)
    for one in found:
        if one.optimization_type is RATE:
            rates[one.best.chosen.resource_type].append(one.counted_savings)
    for kind, amounts in rates.items():
        pool = pool_of(kind)
        costs = [bill.services[name] for name in SERVICES_BY_TYPE.get(kind, ()) if name in bill.services]
        if pool in bill.on_demand:
            assert total(amounts) <= bill.on_demand[pool]
        elif costs and not (pool == COMPUTE and EC2_INSTANCES in bill.on_demand):
            assert total(amounts) <= total(costs)


@settings(deadline=None, max_examples=200)
@given(ESTATE, bills(), st.data())
def test_evidence_that_goes_missing_never_raises_what_is_verified(
    said: list[Recommendation], bill: Bill, data: st.DataObject
) -> None:
    before, after = consolidated(said, bill), consolidated(said, data.draw(less_evidence(bill)))
    proven = {one.opportunity_id for one in before if not one.unverified}

    assert all(amount <= verified(before)[key] for key, amount in verified(after).items())
    assert {one.opportunity_id for one in after if not one.unverified} <= proven


@EXAMPLES
@given(ESTATE)
def test_without_a_bill_nothing_is_verified(said: list[Recommendation]) -> None:
    assert not [one for one in consolidated(said, Bill()) if one.verified_savings]
    assert all(one.best.chosen.action_type in COMMITMENTS for one in consolidated(said, Bill()) if not one.unverified)
