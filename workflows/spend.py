"""What was spent, where it is heading, and what stands out. Cost columns follow FOCUS.

billed_cost is what the bill charges (unblended); effective_cost spreads commitments over what they cover (amortized).
Usage is everything but credits, refunds and taxes, so that these do not mask it.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from workflows.commitments import CommitmentKind


@dataclass(frozen=True)
class Step:
    """The first day of a new level of cost, and the levels before and after it, in money a day.

    change_percent is None where the cost began from nothing.
    """

    day: date
    before_a_day: Decimal
    after_a_day: Decimal
    change_percent: Decimal | None


@dataclass(frozen=True)
class DailySpend:
    """One day's cost, everything in it; estimated while AWS may still correct it."""

    day: date
    billed_cost: Decimal
    estimated: bool
    effective_cost: Decimal | None = None


@dataclass(frozen=True)
class MonthSpend:
    """One calendar month's cost in [start, end); partial where these are not all of its days.

    billed_cost is the whole: usage_cost and credits (credits and refunds, negative) and taxes.
    """

    start: date
    end: date
    billed_cost: Decimal
    effective_cost: Decimal
    usage_cost: Decimal
    credits: Decimal
    taxes: Decimal
    partial: bool
    estimated: bool


@dataclass(frozen=True)
class ServiceSpend:
    """One service's usage cost, credits and taxes left out so that they do not mask it.

    month_to_date and previous_month are billed, beside them what is amortized. The weeks, the trend and the step are
    amortized, so that the fee of a commitment, billed on the first of a month, is no rise. trend_percent compares the
    last 7 days without yesterday, whose bill is not whole yet, with the same weekdays of the week before; None where
    those cost nothing or are not all there.
    """

    service_name: str
    month_to_date: Decimal
    previous_month: Decimal
    last_7_days: Decimal
    previous_7_days: Decimal
    month_to_date_effective: Decimal | None = None
    trend_percent: Decimal | None = None
    step: Step | None = None
    previous_month_effective: Decimal | None = None


@dataclass(frozen=True)
class AccountSpend:
    """One linked account's usage cost in the month that is judged and in the one before it."""

    account_id: str
    account_name: str
    month_to_date: Decimal
    month_to_date_effective: Decimal
    previous_month: Decimal


@dataclass(frozen=True)
class Spend:
    """Billed cost in [start, end), by day and by service. month_to_date is everything: usage, taxes and credits.

    commitments_on_bill are the kinds of commitments that the bill may show; None where the bill does not tell.
    """

    billing_currency: str
    start: date
    end: date
    month_to_date: Decimal
    month_to_date_credits: Decimal
    month_to_date_taxes: Decimal
    services: tuple[ServiceSpend, ...]
    daily: tuple[DailySpend, ...]
    month_to_date_effective: Decimal | None = None
    months: tuple[MonthSpend, ...] = ()
    accounts: tuple[AccountSpend, ...] = ()
    commitments_on_bill: tuple[CommitmentKind, ...] | None = None


@dataclass(frozen=True)
class Forecast:
    """The rest of the month as Cost Explorer expects it, and the month with what is already billed."""

    billing_currency: str
    start: date
    end: date
    remaining: Decimal
    remaining_lower: Decimal | None
    remaining_upper: Decimal | None
    month_total: Decimal | None


@dataclass(frozen=True)
class RootCause:
    """What Cost Anomaly Detection found behind an anomaly; members that it did not name are ""."""

    service_name: str
    region_id: str
    account_id: str
    account_name: str
    usage_type: str
    contribution: Decimal | None


@dataclass(frozen=True)
class Anomaly:
    """Spend that Cost Anomaly Detection did not expect. Both days are in it; end is None while it runs.

    service_name, region_id and usage_type are those of the root cause that contributes most. total_impact is None where
    AWS told only the biggest impact of one day.
    """

    anomaly_id: str
    start: date | None
    end: date | None
    service_name: str
    region_id: str
    usage_type: str
    total_impact: Decimal | None
    billing_currency: str
    expected_spend: Decimal | None = None
    actual_spend: Decimal | None = None
    root_causes: tuple[RootCause, ...] = ()


@dataclass(frozen=True)
class ResourceSpend:
    """What one resource cost (amortized) in the days that the bill shows, and whether that rises.

    days are those that have a line. whole_days are all from the first of them on, and leave yesterday out, whose bill
    is not whole yet: only they and their cost tell a pace. has_ended says that it cost something, and then nothing any
    more in the last days. trend_percent compares the last 7 days without yesterday with the same weekdays of the week
    before; None where those cost nothing or are not all there.
    """

    resource_key: str
    resource_id: str
    days: int
    effective_cost: Decimal
    last_7_days: Decimal
    previous_7_days: Decimal
    trend_percent: Decimal | None
    billing_currency: str
    step: Step | None = None
    whole_days: int = 0
    whole_days_cost: Decimal = Decimal(0)
    has_ended: bool = False


@dataclass(frozen=True)
class ServiceBasis:
    """The service of named resources whose own cost the bill does not tell: the service's figures (amortized), not
    theirs."""

    service_name: str
    resource_keys: tuple[str, ...]
    last_7_days: Decimal
    previous_7_days: Decimal
    trend_percent: Decimal | None
    step: Step | None
    billing_currency: str


@dataclass(frozen=True)
class BilledDays:
    """What the bill says of one resource that it was asked about, by day in [start, end), amortized.

    billing_id is the bill's own spelling. A day that is not there cost nothing; billing_currency is "" where none is.
    """

    billing_id: str
    billing_currency: str
    start: date
    end: date
    daily: tuple[tuple[date, Decimal], ...]
