"""What every text of a review words alike: amounts, days and the names of sources."""

from collections.abc import Iterable
from datetime import date

SOURCES = {
    "TrustedAdvisor": "Trusted Advisor",
    "TrustedAdvisorLegacy": "Trusted Advisor (Support API)",
    "CostExplorer": "Cost Explorer",
    "CostExplorerResources": "Cost Explorer resources",
    "CostExplorerForecast": "Cost Explorer forecast",
    "CostExplorerAccounts": "Cost Explorer by account",
    "CostExplorerOwners": "Cost Explorer by owner",
    "SavingsPlans": "Savings Plans in use",
    "Reservations": "Reservations in use",
    "CommitmentOptions": "Commitment options",
    "CostAnomalyDetection": "Cost Anomaly Detection",
    "CostExplorerRightsizing": "Cost Explorer rightsizing",
    "CostOptimizationHub": "Cost Optimization Hub",
    "ComputeOptimizer": "Compute Optimizer",
}


def amount(value: str | None, currency: str) -> str:
    """The amount as a person writes it: $1,234.56, or 1,234.56 EUR; "unknown" where there is none."""
    if value is None:
        return "unknown"
    sign, digits = ("-", value[1:]) if value.startswith("-") else ("", value)
    whole, _, fraction = digits.partition(".")
    written = f"{int(whole):,}" + (f".{fraction}" if fraction else "")
    return f"{sign}${written}" if currency == "USD" else f"{sign}{written} {currency}"


def source_words(source: str) -> str:
    """AWS's own name of a source; another team's source keeps the name that it gave itself."""
    return SOURCES.get(source, source)


def day_words(day: str) -> str:
    """9 Nov 2026 for 2026-11-09; what is no date stays as it is."""
    try:
        at = date.fromisoformat(day)
    except ValueError:
        return day
    return f"{at.day} {at:%b %Y}"


def listed(parts: Iterable[str]) -> str:
    """a, b and c."""
    *first, last = list(parts) or [""]
    return f"{', '.join(first)} and {last}" if first else last
