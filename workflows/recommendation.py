"""One source's proposal, with the way back to what AWS said."""

import hashlib
import sys
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Annotated

from pydantic import AfterValidator

Shared = Annotated[str, AfterValidator(sys.intern)]
"""A text that many rows have in common: read from a document, it is held once. A million rows fit in memory so."""


class ActionType(StrEnum):
    """What to do, in Cost Optimization Hub's words; Review is for findings that name no action."""

    STOP = "Stop"
    DELETE = "Delete"
    SCALE_IN = "ScaleIn"
    RIGHTSIZE = "Rightsize"
    UPGRADE = "Upgrade"
    MIGRATE_TO_GRAVITON = "MigrateToGraviton"
    PURCHASE_SAVINGS_PLANS = "PurchaseSavingsPlans"
    PURCHASE_RESERVED_INSTANCES = "PurchaseReservedInstances"
    REVIEW = "Review"


class OptimizationType(StrEnum):
    """The FinOps Framework's two ways to spend less: use less, or pay a better rate."""

    USAGE = "Usage"
    RATE = "Rate"


class SavingsBasis(StrEnum):
    """The prices that a saving was worked out with."""

    LIST = "List"
    AFTER_DISCOUNTS = "AfterDiscounts"
    UNKNOWN = "Unknown"


class HoursBasis(StrEnum):
    """The hours that a source takes for a month."""

    H720 = "720"
    H730 = "730"
    ACTUAL = "Actual"
    UNKNOWN = "Unknown"


COMMITMENTS = frozenset({ActionType.PURCHASE_SAVINGS_PLANS, ActionType.PURCHASE_RESERVED_INSTANCES})


@dataclass(frozen=True, slots=True)
class EvidencePointer:
    """Where in AWS's own answer an amount stands: a JSON pointer (RFC 6901) into one response, and the raw value."""

    operation: Shared
    request_id: Shared
    pointer: str
    raw: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Recommendation:
    """What one source proposes for one resource, or for a commitment where there is no resource.

    estimated_monthly_savings is in billing_currency; None where the source names no saving, negative where following
    it costs more. not_applicable says why it cannot be followed as it stands ("the instance is stopped"). member_of
    names what the resource is a part of in its account and region, as "Ec2AutoScalingGroup/web". tags are keys with
    their values; last_refreshed is a UTC time in ISO 8601, or "".
    """

    source: Shared
    agent: Shared
    action_type: ActionType
    account_id: Shared
    region_id: Shared
    resource_type: Shared
    resource_id: str
    estimated_monthly_savings: Decimal | None
    billing_currency: Shared
    savings_basis: SavingsBasis = SavingsBasis.UNKNOWN
    hours_basis: HoursBasis = HoursBasis.UNKNOWN
    resource_name: str = ""
    current_resource_summary: str = ""
    recommended_resource_summary: str = ""
    estimated_monthly_cost_before: Decimal | None = None
    estimated_savings_percentage: Decimal | None = None
    implementation_effort: str | None = None
    restart_needed: bool | None = None
    rollback_possible: bool | None = None
    performance_risk: Decimal | None = None
    lookback_days: int | None = None
    not_applicable: str = ""
    resource_arn: str = ""
    tags: tuple[tuple[str, str], ...] = ()
    member_of: tuple[str, ...] = ()
    last_refreshed: str = ""
    notes: tuple[str, ...] = ()
    evidence: tuple[EvidencePointer, ...] = ()

    @property
    def optimization_type(self) -> OptimizationType:
        return OptimizationType.RATE if self.action_type in COMMITMENTS else OptimizationType.USAGE

    @property
    def resource_key(self) -> str:
        return f"{self.account_id}/{self.region_id}/{self.resource_type}/{self.resource_id}"

    @property
    def recommendation_id(self) -> str:
        """The same from night to night: it depends on who proposes what for which resource, not on the amount."""
        identity = "|".join((self.source, self.resource_key, self.action_type, self.recommended_resource_summary))
        return hashlib.sha256(identity.encode()).hexdigest()[:16]


@dataclass(frozen=True)
class StatedSavings:
    """What a source itself claims for a whole check or group, duplicates and all; shown, never added to ours."""

    source: str
    name: str
    reference: str
    estimated_monthly_savings: Decimal | None
    billing_currency: str
    resources: int
