"""What was spent, where it is heading, and what stands out. Cost columns follow FOCUS."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal


@dataclass(frozen=True)
class DailySpend:
    """One day's billed cost; estimated while AWS may still correct it."""

    day: date
    billed_cost: Decimal
    estimated: bool


@dataclass(frozen=True)
class ServiceSpend:
    """One service's billed usage cost, credits and taxes left out so that they do not mask it."""

    service_name: str
    month_to_date: Decimal
    previous_month: Decimal
    last_7_days: Decimal
    previous_7_days: Decimal


@dataclass(frozen=True)
class Spend:
    """Billed cost in [start, end), by day and by service. month_to_date is everything: usage, taxes and credits."""

    billing_currency: str
    start: date
    end: date
    month_to_date: Decimal
    month_to_date_credits: Decimal
    month_to_date_taxes: Decimal
    services: tuple[ServiceSpend, ...]
    daily: tuple[DailySpend, ...]


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
class Anomaly:
    """Spend that Cost Anomaly Detection did not expect. end is None while it runs."""

    anomaly_id: str
    start: date | None
    end: date | None
    service_name: str
    region_id: str
    usage_type: str
    total_impact: Decimal
    billing_currency: str


@dataclass(frozen=True)
class ResourceSpend:
    """What one resource cost (amortized) in the days that the bill shows, and whether that rises.

    trend_percent compares the last 7 days with the 7 before; None where those cost nothing or are not whole.
    """

    resource_key: str
    resource_id: str
    days: int
    effective_cost: Decimal
    last_7_days: Decimal
    previous_7_days: Decimal
    trend_percent: Decimal | None
    billing_currency: str
