"""The documents that agents store and refer to: evidence (what AWS said) and findings (what that means)."""

from dataclasses import dataclass, field
from functools import cache
from typing import Any, TypeVar

from pydantic import TypeAdapter, ValidationError

from workflows.budgets import Budget
from workflows.commitments import Commitment, CommitmentOption
from workflows.deduped_total import DedupedTotal
from workflows.errors import InvalidContent
from workflows.recommendation import EvidencePointer, Recommendation, StatedSavings
from workflows.savings.owners import AccountOwner
from workflows.sources import SourceStatus
from workflows.spend import Anomaly, BilledDays, Forecast, ResourceSpend, ServiceBasis, Spend

Document = TypeVar("Document", "Evidence", "Findings")
EVIDENCE_CONTRACT = "finops.evidence/1"
FINDINGS_CONTRACT = "finops.findings/1"


@dataclass(frozen=True)
class RecordedResponse:
    """One answer of AWS as boto3 parsed it, with the question."""

    source: str
    service: str
    operation: str
    region: str
    parameters: dict[str, Any]
    request_id: str
    response: dict[str, Any]

    def pointer(self, path: str, raw: object) -> EvidencePointer:
        """The way to one value in this response; path is a JSON pointer."""
        return EvidencePointer(f"{self.service}:{self.operation}", self.request_id, path, str(raw))


@dataclass(frozen=True)
class Evidence:
    """Everything that one agent read in one step. Holds no clock time: the same answers give the same bytes."""

    agent: str
    account_id: str
    responses: tuple[RecordedResponse, ...]
    sources: tuple[SourceStatus, ...]
    contract: str = EVIDENCE_CONTRACT

    def of(self, operation: str) -> tuple[RecordedResponse, ...]:
        """The pages of one operation, in the order in which they were read."""
        return tuple(response for response in self.responses if response.operation == operation)


@dataclass(frozen=True)
class Findings:
    """What one agent concludes from evidence. Sections that it has nothing to say about stay empty."""

    agent: str
    account_id: str
    sources: tuple[SourceStatus, ...]
    recommendations: tuple[Recommendation, ...] = ()
    stated: tuple[StatedSavings, ...] = ()
    deduped_total: DedupedTotal | None = None
    spend: Spend | None = None
    forecast: Forecast | None = None
    anomalies: tuple[Anomaly, ...] = ()
    resource_spend: tuple[ResourceSpend, ...] = ()
    billed_days: tuple[BilledDays, ...] = ()
    service_basis: tuple[ServiceBasis, ...] = ()
    commitments: tuple[Commitment, ...] = ()
    commitment_options: tuple[CommitmentOption, ...] = ()
    account_owners: tuple[AccountOwner, ...] = ()
    budgets: tuple[Budget, ...] = ()
    remarks: tuple[str, ...] = field(default=())
    contract: str = FINDINGS_CONTRACT


# Built on first use: a door that only collects does not pay for the findings' schema.
@cache
def _evidence() -> TypeAdapter[Evidence]:
    return TypeAdapter(Evidence)


@cache
def _findings() -> TypeAdapter[Findings]:
    return TypeAdapter(Findings)


def to_bytes(document: Evidence | Findings) -> bytes:
    """The document as JSON; the same document gives the same bytes."""
    if isinstance(document, Evidence):
        return _evidence().dump_json(document)
    return _findings().dump_json(document)


def evidence_from(content: bytes) -> Evidence:
    """The evidence in stored content; InvalidContent where it is not of the contract."""
    return _parsed(_evidence(), EVIDENCE_CONTRACT, content)


def findings_from(content: bytes) -> Findings:
    """The findings in stored content; InvalidContent where they are not of the contract.

    An amount that leads to no evidence is not of the contract: nobody could tell where it comes from.
    """
    findings = _parsed(_findings(), FINDINGS_CONTRACT, content)
    for at, one in enumerate(findings.recommendations):
        if one.estimated_monthly_savings is not None and not one.evidence:
            where = f"recommendations.{at} ({one.resource_id or one.resource_type})"
            raise InvalidContent(f"Stored content is no {FINDINGS_CONTRACT}: {where}: a saving without evidence.")
    return findings


def _parsed(adapter: TypeAdapter[Document], contract: str, content: bytes) -> Document:
    try:
        document = adapter.validate_json(content)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        raise InvalidContent(f"Stored content is no {contract}: {where}: {first['msg']}") from error
    if document.contract != contract:
        raise InvalidContent(f"Stored content has the contract {document.contract[:60]!r}, not {contract!r}.")
    return document
