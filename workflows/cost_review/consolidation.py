"""Everything that was heard becomes one set of conclusions: what counts, what was seen, and what people decided."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from workflows.cost_review.coverage import CoverageRow, Hearing, coverage, is_complete
from workflows.cost_review.focus import in_focus, names_within
from workflows.cost_review.report.decisions import unusable_rows
from workflows.cost_review.request import Review
from workflows.savings.bill import Bill, bill
from workflows.savings.consolidation import consolidated
from workflows.savings.identity import settled
from workflows.savings.opportunity import Opportunity
from workflows.savings.options import recommendations_of
from workflows.savings.outcomes import NO_OUTCOME, Outcome, outcome
from workflows.savings.ranking import ranked
from workflows.savings.set_aside import NOTHING_DECIDED, Decisions
from workflows.savings.waterfall import Waterfall, waterfalls
from workflows.spend import BilledDays


@dataclass(frozen=True)
class Consolidation:
    """Everything that the review concludes, before it is written down."""

    review: Review
    ranked: tuple[Opportunity, ...]
    waterfalls: tuple[Waterfall, ...]
    coverage: tuple[CoverageRow, ...]
    hearings: tuple[Hearing, ...]
    outside_focus: int
    outcome: Outcome = NO_OUTCOME

    @property
    def status(self) -> str:
        return "COMPLETE" if is_complete(self.coverage) else "PARTIAL"


def consolidate(review: Review, hearings: Sequence[Hearing], decisions: Decisions = NOTHING_DECIDED) -> Consolidation:
    """Counts each saving once over everything that was heard."""
    said = settled(
        recommendation
        for hearing in hearings
        if (findings := hearing.findings) is not None
        for recommendation in (
            *findings.recommendations,
            *recommendations_of(findings.commitment_options, agent=findings.agent, account_id=findings.account_id),
        )
    )
    looked_at = in_focus(said, review)
    found = consolidated(looked_at, bill_of(hearings), decisions)
    return Consolidation(
        review=review,
        ranked=ranked(found, review.ranking.settled),
        waterfalls=waterfalls(found),
        coverage=(*coverage(hearings, review.scope.accounts), *unusable_rows(decisions)),
        hearings=tuple(hearings),
        outside_focus=len(said) - len(looked_at),
        outcome=_within_scope(outcome(decisions, found, _billed_days(hearings), _accounts(hearings)), review),
    )


def _within_scope(came: Outcome, review: Review) -> Outcome:
    """The outcome without what was realised elsewhere; what the ledger keeps of it stays."""
    return replace(came, realised=tuple(one for one in came.realised if names_within(review.scope, one.resource_key)))


def bill_of(hearings: Sequence[Hearing]) -> Bill:
    """The bill as far as anybody was heard who tells it."""
    findings = [hearing.findings for hearing in hearings if hearing.findings is not None]
    return bill(
        next((one.spend for one in findings if one.spend), None),
        [spend for one in findings for spend in one.resource_spend],
        [held for one in findings for held in one.commitments],
    )


def _accounts(hearings: Sequence[Hearing]) -> frozenset[str]:
    """The accounts as which agents asked, and those on their bill."""
    findings = [hearing.findings for hearing in hearings if hearing.findings is not None]
    members = (one.account_id for told in findings if told.spend for one in told.spend.accounts)
    return frozenset({*(one.account_id for one in findings), *members})


def _billed_days(hearings: Sequence[Hearing]) -> list[BilledDays]:
    return [days for one in hearings if one.findings is not None for days in one.findings.billed_days]
