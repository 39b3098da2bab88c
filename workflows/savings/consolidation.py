"""From recommendations to what counts: the order in which the rules apply.

overlaps        one opportunity a resource and a commitment to buy; duplicates and alternatives
set_aside       what people exempted, dismissed or snoozed
purchases       of commitments for the same usage, one option
containment     members absorbed by their parents, those that were carried out lately among them
caps            nothing saves more than it costs, nor what owned commitments cover
resizing        commitments to buy, on the usage that is left
"""

from collections.abc import Iterable

from workflows.recommendation import Recommendation
from workflows.savings.bill import Bill
from workflows.savings.caps import capped
from workflows.savings.containment import without_members
from workflows.savings.opportunity import Opportunity
from workflows.savings.overlaps import opportunities
from workflows.savings.purchases import without_same_usage
from workflows.savings.resizing import resized
from workflows.savings.set_aside import NOTHING_DECIDED, Decisions, carried_out_lately, without_set_aside


def consolidated(
    recommendations: Iterable[Recommendation], bill: Bill, decisions: Decisions = NOTHING_DECIDED
) -> tuple[Opportunity, ...]:
    """Each saving once, bounded by the bill, without what people set aside; in the order of the opportunities' keys."""
    found = without_set_aside(opportunities(recommendations), decisions)
    left = without_members(without_same_usage(found), carried_out_lately(found, decisions))
    return resized(capped(left, bill), bill)
