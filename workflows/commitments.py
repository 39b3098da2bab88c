"""What commitments (Savings Plans, reservations) cover and are used to, and which ones could be bought."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from workflows.recommendation import EvidencePointer


class CommitmentKind(StrEnum):
    """The two families of commitments."""

    SAVINGS_PLANS = "SavingsPlans"
    RESERVATIONS = "Reservations"


@dataclass(frozen=True)
class Commitment:
    """One family of commitments in [start, end). Percentages are 0 to 100; what AWS did not tell is None.

    coverage_percent     how much of what could be covered is: of spend for Savings Plans, of hours for reservations
    utilization_percent  how much of what was committed to is used
    on_demand_cost       what is still paid at on-demand rates, of what could be covered
    unused_cost          what was paid for commitments that nothing used
    net_savings          what they saved against on-demand rates, their own cost taken off; may be negative
    """

    kind: CommitmentKind
    start: date
    end: date
    coverage_percent: Decimal | None
    utilization_percent: Decimal | None
    on_demand_cost: Decimal | None
    unused_cost: Decimal | None
    net_savings: Decimal | None
    billing_currency: str
    evidence: tuple[EvidencePointer, ...] = ()


@dataclass(frozen=True)
class CommitmentOption:
    """A commitment that Cost Explorer proposes to buy: in the ranked list it takes part like any other.

    estimated_savings_in_lookback is what AWS states for the days that it looked back on, never a month's.
    hourly_commitment is money an hour (Savings Plans); count is how many to buy (reservations). details are what it is
    bound to beside its description: an instance family, an engine, a platform, a tenancy, a deployment.
    """

    kind: CommitmentKind
    service_name: str
    term: str
    payment_option: str
    lookback: str
    account_id: str
    region_id: str
    description: str
    estimated_monthly_savings: Decimal | None
    estimated_savings_percentage: Decimal | None
    estimated_savings_in_lookback: Decimal | None
    hourly_commitment: Decimal | None
    count: Decimal | None
    upfront_cost: Decimal | None
    monthly_cost: Decimal | None
    billing_currency: str
    evidence: tuple[EvidencePointer, ...] = ()
    details: str = ""
