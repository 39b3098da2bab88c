"""Whose figure stands where several sources name one for the same finding.

AWS's own sources stand before those of other teams, whatever basis, amount or action these claim: nobody has checked
it. An amount after discounts stands before one at list prices, because that is what the bill would lose. Then the
source that knows most: AWS builds Cost Optimization Hub on Compute Optimizer, and Cost Explorer and Trusted Advisor on
those. Of one source's two figures the smaller stands.
"""

from collections.abc import Sequence
from decimal import Decimal

from workflows.recommendation import Recommendation, SavingsBasis
from workflows.savings.opportunity import Finding, NotCounted, Tie, comparable
from workflows.sources import OF_AWS, Source

PRECEDENCE: tuple[str, ...] = (
    Source.COST_OPTIMIZATION_HUB,
    Source.COMPUTE_OPTIMIZER,
    Source.COST_EXPLORER_RIGHTSIZING,
    Source.COMMITMENT_OPTIONS,
    Source.TRUSTED_ADVISOR,
    Source.TRUSTED_ADVISOR_LEGACY,
)
LEFT_AFTER_USUAL_DISCOUNT = Decimal("0.72")
"""Of a list price, with what a Compute Savings Plan of one year without upfront payment takes off common instances."""
RANK = {str(source): rank for rank, source in enumerate(PRECEDENCE)}
_REASONS = (None, NotCounted.UNKNOWN_SAVINGS, NotCounted.NEGATIVE, NotCounted.NOT_APPLICABLE)


def finding_of(same: Sequence[Recommendation]) -> Finding:
    """One finding of recommendations that say the same; at least one is needed.

    The very same row, heard twice, is one row.
    """
    if len(same) == 1:
        return Finding(same[0], (), same[0].not_applicable)
    members = tuple(sorted(same, key=most_trusted_first))
    # Rows that differ in this cannot be the same; hashing them whole is slow.
    if len({(one.source, one.estimated_monthly_savings) for one in members}) < len(members):
        members = tuple(dict.fromkeys(members))
    why_not = next((member.not_applicable for member in members if member.not_applicable), "")
    return Finding(members[0], members[1:], why_not)


def most_trusted_first(recommendation: Recommendation) -> tuple[bool, bool, bool, int, str, Decimal, Tie]:
    """AWS's own sources before all others, a known amount before an unknown one, then by precedence."""
    source = recommendation.source
    return (
        source not in OF_AWS,
        recommendation.estimated_monthly_savings is None,
        not _is_after_discounts(recommendation),
        RANK.get(source, len(RANK)),
        source,
        comparable(recommendation),
        Tie(recommendation),
    )


def best_first(finding: Finding) -> tuple[int, Decimal, Tie]:
    """What can be counted, the biggest saving first; then what cannot."""
    return _REASONS.index(reason_not_counted(finding)), -comparable(finding.chosen), Tie(finding.chosen)


def best_alternative_first(finding: Finding) -> tuple[int, bool, Decimal, Tie]:
    """As `best_first`, for findings that exclude each other, which may be on two bases of prices.

    What AWS proposes and can count stands before what only other teams propose, whatever they claim for it. What is not
    after discounts is compared as if the usual discount were taken off: only the order, never an amount,
    depends on it, and among findings on one basis it changes nothing.
    """
    reason, biggest, tie = best_first(finding)
    comparable_claim = biggest if _is_after_discounts(finding.chosen) else biggest * LEFT_AFTER_USUAL_DISCOUNT
    return reason, finding.chosen.source not in OF_AWS, comparable_claim, tie


def _is_after_discounts(recommendation: Recommendation) -> bool:
    return recommendation.savings_basis is SavingsBasis.AFTER_DISCOUNTS


def reason_not_counted(finding: Finding) -> NotCounted | None:
    """Why the finding's amount cannot be part of a total; None where it can."""
    if finding.not_applicable:
        return NotCounted.NOT_APPLICABLE
    if finding.amount is None:
        return NotCounted.UNKNOWN_SAVINGS
    return NotCounted.NEGATIVE if finding.amount < 0 else None
