"""Cost Explorer's evidence becomes spend, forecast, anomalies, commitments and the trend of named resources: pure."""

from tasks.agents.cost_explorer.commitment_rules import commitment_options, commitments
from tasks.agents.cost_explorer.outlook_rules import ANOMALY_CURRENCY, anomalies, forecast
from tasks.agents.cost_explorer.resource_rules import named_resources, resource_spend, service_basis
from tasks.agents.cost_explorer.spec import SPEC
from tasks.agents.cost_explorer.spend_rules import spend
from tasks.agents.work import Heard
from workflows.cost_review.documents import Evidence, Findings
from workflows.cost_review.request import Review
from workflows.sources import Source, SourceState, SourceStatus

NAMED_RESOURCE_SPEND = "named_resource_spend"
TRUSTED_ADVISOR = "trusted_advisor"
LONGEST_DETAIL = 300


def analyse(evidence: Evidence, review: Review, heard: Heard) -> Findings:
    """What was spent, what is expected, what stood out, and where the named resources' cost is heading."""
    spent = spend(evidence, review.as_of)
    named = heard.evidence.get(NAMED_RESOURCE_SPEND)
    advised = heard.findings.get(TRUSTED_ADVISOR)
    resources = named_resources(advised.recommendations if advised else ())
    by_resource = resource_spend(named, resources, review.as_of) if named else ()
    statuses: tuple[SourceStatus, ...] = (*evidence.sources, *(named.sources if named else _lost(heard)))
    return Findings(
        agent=SPEC.name,
        account_id=evidence.account_id,
        sources=tuple(sorted(statuses)),
        spend=spent,
        forecast=forecast(evidence, spent, review.as_of),
        anomalies=anomalies(evidence, review.as_of),
        resource_spend=by_resource,
        service_basis=service_basis(resources, by_resource, spent),
        commitments=commitments(evidence, spent.billing_currency if spent else ANOMALY_CURRENCY),
        commitment_options=commitment_options(evidence),
    )


def _lost(heard: Heard) -> tuple[SourceStatus, ...]:
    """The gap that stored evidence leaves which cannot be read again; nothing where there was none."""
    why = heard.unreadable.get(NAMED_RESOURCE_SPEND)
    if why is None:
        return ()
    again = "Run the review again: what was read is lost."
    return (SourceStatus(Source.COST_EXPLORER_RESOURCES, "", SourceState.ERROR, why[:LONGEST_DETAIL], again),)
