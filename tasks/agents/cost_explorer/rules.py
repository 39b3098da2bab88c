"""Cost Explorer's evidence becomes spend, forecast, anomalies, commitments and the trend of named resources: pure."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from typing import TypeVar

from tasks.agents.cost_explorer.billed_days import billed_days
from tasks.agents.cost_explorer.commitment_rules import commitment_options, reservations, savings_plans
from tasks.agents.cost_explorer.outlook_rules import ANOMALY_CURRENCY, anomalies, forecast
from tasks.agents.cost_explorer.owner_rules import account_owners
from tasks.agents.cost_explorer.questions import advised_within
from tasks.agents.cost_explorer.remarks import remarks
from tasks.agents.cost_explorer.resource_rules import named_resources, resource_spend, service_basis
from tasks.agents.cost_explorer.spec import SPEC
from tasks.agents.cost_explorer.spend_rules import accounts, spend
from tasks.agents.work import Heard
from workflows.cost_review.documents import Evidence, Findings
from workflows.cost_review.narrowing import anomalies_within
from workflows.cost_review.request import Review, Scope
from workflows.errors import SourceError
from workflows.sources import Source, SourceState, SourceStatus
from workflows.spend import BilledDays, ResourceSpend

NAMED_RESOURCE_SPEND = "named_resource_spend"
TRUSTED_ADVISOR = "trusted_advisor"
LONGEST_DETAIL = 300
NOT_UNDERSTOOD = "Run the review again; if it stays, report it to those who maintain this tool."

Part = TypeVar("Part")


@dataclass
class _Parts:
    """Works out one part after the other; one that cannot be understood is left out, and its source is an ERROR."""

    failed: dict[Source, str] = field(default_factory=dict)

    def of(self, source: Source, part: Callable[[], Part], otherwise: Part) -> Part:
        try:
            return part()
        except SourceError as error:
            self.failed[source] = f"What it answered cannot be understood, and is left out: {error}"[:LONGEST_DETAIL]
            return otherwise

    def statuses(self, told: Iterable[SourceStatus]) -> tuple[SourceStatus, ...]:
        """The statuses, those of the failed parts as errors; a source that was a gap already says why itself."""
        return tuple(sorted(self._status(one) for one in told))

    def _status(self, told: SourceStatus) -> SourceStatus:
        why = self.failed.get(Source(told.source)) if told.source in self.failed else None
        if why is None or told.is_gap:
            return told
        return replace(told, state=SourceState.ERROR, detail=why, remedy=NOT_UNDERSTOOD)


def analyse(evidence: Evidence, review: Review, heard: Heard) -> Findings:
    """What was spent, what is expected, what stood out, and where the named resources' cost is heading.

    MalformedResponse where the bill itself cannot be understood: everything else is measured by it.
    """
    parts, as_of = _Parts(), review.as_of
    spent = spend(evidence, as_of)
    if spent is not None:
        spent = replace(spent, accounts=parts.of(Source.COST_EXPLORER_ACCOUNTS, lambda: accounts(evidence, as_of), ()))
    currency = spent.billing_currency if spent else ANOMALY_CURRENCY
    named = heard.evidence.get(NAMED_RESOURCE_SPEND)
    resources = named_resources(advised_within(review.scope, heard.findings.get(TRUSTED_ADVISOR)))
    of_named = Source.COST_EXPLORER_RESOURCES
    by_resource: tuple[ResourceSpend, ...] = parts.of(
        of_named, lambda: resource_spend(named, resources, as_of) if named else (), ()
    )
    days: tuple[BilledDays, ...] = parts.of(of_named, lambda: billed_days(named), ())
    plans = parts.of(Source.SAVINGS_PLANS, lambda: savings_plans(evidence, currency), None)
    reserved = parts.of(Source.RESERVATIONS, lambda: reservations(evidence, currency), None)
    expected = parts.of(Source.COST_EXPLORER_FORECAST, lambda: forecast(evidence, spent, as_of), None)
    findings = Findings(
        agent=SPEC.name,
        account_id=evidence.account_id,
        sources=(),
        spend=spent,
        forecast=expected,
        anomalies=parts.of(Source.COST_ANOMALY_DETECTION, lambda: anomalies(evidence, as_of), ()),
        resource_spend=by_resource,
        billed_days=days,
        service_basis=service_basis(resources, by_resource, spent),
        commitments=tuple(one for one in (plans, reserved) if one is not None),
        commitment_options=parts.of(Source.COMMITMENT_OPTIONS, lambda: commitment_options(evidence), ()),
        account_owners=parts.of(
            Source.COST_EXPLORER_OWNERS, lambda: account_owners(evidence, review.owner_cost_category), ()
        ),
    )
    statuses = parts.statuses((*evidence.sources, *(named.sources if named else _lost(heard))))
    # The remarks first: where every anomaly lies outside the scope, it is not that there was none.
    return _within_scope(replace(findings, sources=statuses, remarks=remarks(findings, statuses)), review.scope)


def _within_scope(findings: Findings, scope: Scope) -> Findings:
    """The findings without the anomalies that the scope leaves out, of which their source tells how many they are."""
    kept = anomalies_within(findings.anomalies, scope)
    left_out = len(findings.anomalies) - len(kept)
    if not left_out:
        return findings
    told = f"The scope leaves out {left_out} anomal{'ies' if left_out > 1 else 'y'}."
    sources = tuple(
        replace(one, detail=f"{one.detail} {told}".strip()[:LONGEST_DETAIL])
        if one.source == Source.COST_ANOMALY_DETECTION
        else one
        for one in findings.sources
    )
    return replace(findings, anomalies=kept, sources=sources)


def _lost(heard: Heard) -> tuple[SourceStatus, ...]:
    """The gap that stored evidence leaves which cannot be read again; nothing where there was none."""
    why = heard.unreadable.get(NAMED_RESOURCE_SPEND)
    if why is None:
        return ()
    again = "Run the review again: what was read is lost."
    return (SourceStatus(Source.COST_EXPLORER_RESOURCES, "", SourceState.ERROR, why[:LONGEST_DETAIL], again),)
