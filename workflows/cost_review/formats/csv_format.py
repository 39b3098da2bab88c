"""The report as a table: a row an opportunity, under the column names of Cost Optimization Hub's data export.

Columns that the export does not have start with x_. Adding up x_counted_monthly_savings gives the counted total (it is
exact, not rounded to cents: rounded amounts would add up to another total);
estimated_monthly_savings columns hold what the chosen source says, counted or not.
"""

import csv
import io
import json
from collections.abc import Mapping
from typing import Any

COLUMNS = (
    "account_id",
    "action_type",
    "currency_code",
    "current_resource_summary",
    "current_resource_type",
    "estimated_monthly_cost_before_discount",
    "estimated_monthly_cost_after_discount",
    "estimated_monthly_savings_before_discount",
    "estimated_monthly_savings_after_discount",
    "estimated_savings_percentage_before_discount",
    "estimated_savings_percentage_after_discount",
    "implementation_effort",
    "last_refresh_timestamp",
    "recommendation_id",
    "recommendation_lookback_period_in_days",
    "recommendation_source",
    "recommended_resource_summary",
    "region",
    "resource_arn",
    "restart_needed",
    "rollback_possible",
    "tags",
    "x_rank",
    "x_resource_id",
    "x_resource_name",
    "x_optimization_type",
    "x_estimated_monthly_savings",
    "x_savings_basis",
    "x_counted_monthly_savings",
    "x_verified",
    "x_not_counted",
    "x_confidence",
    "x_confidence_score",
    "x_owner",
    "x_sources",
    "x_notes",
)
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""https://owasp.org/www-community/attacks/CSV_Injection : the signs in full width too."""


def csv_report(report: Mapping[str, Any]) -> str:
    """The opportunities in ranked order, as CSV with a header row (RFC 4180)."""
    out = io.StringIO()
    writer = csv.DictWriter(out, COLUMNS, lineterminator="\r\n")
    writer.writeheader()
    for opportunity in report["opportunities"]:
        writer.writerow(_row(opportunity))
    return out.getvalue()


def _row(opportunity: Mapping[str, Any]) -> dict[str, object]:
    return {
        **{name: _text(value) for name, value in _texts(opportunity).items()},
        **_source_figures(opportunity),
        "recommendation_lookback_period_in_days": opportunity["lookback_days"],
        "restart_needed": _yes(opportunity["restart_needed"]),
        "rollback_possible": _yes(opportunity["rollback_possible"]),
        "x_rank": opportunity["rank"],
        "x_estimated_monthly_savings": opportunity["estimated_monthly_savings"],
        "x_counted_monthly_savings": opportunity["counted_monthly_savings_exact"],
        "x_verified": _yes(opportunity["verified"] and opportunity["not_counted"] is None),
        "x_confidence_score": opportunity["confidence"]["score"],
    }


def _source_figures(opportunity: Mapping[str, Any]) -> dict[str, object]:
    """What the chosen source states, in the columns of its prices; nowhere where its prices are unknown."""
    basis = opportunity["said_by"][0]["savings_basis"]
    if basis == "Unknown":
        return {}
    discounts = "after_discount" if basis == "AfterDiscounts" else "before_discount"
    return {
        f"estimated_monthly_cost_{discounts}": opportunity["estimated_monthly_cost_before"],
        f"estimated_monthly_savings_{discounts}": opportunity["estimated_monthly_savings"],
        f"estimated_savings_percentage_{discounts}": opportunity["estimated_savings_percentage"],
    }


def _texts(opportunity: Mapping[str, Any]) -> dict[str, object]:
    """The cells that may hold anything that somebody wrote."""
    said = opportunity["said_by"][0]
    return {
        "account_id": opportunity["account_id"],
        "action_type": opportunity["action_type"],
        "currency_code": opportunity["billing_currency"],
        "current_resource_summary": opportunity["current_resource_summary"],
        "current_resource_type": opportunity["resource_type"],
        "implementation_effort": opportunity["implementation_effort"],
        "recommendation_id": opportunity["opportunity_id"],
        "recommendation_source": said["source"],
        "recommended_resource_summary": opportunity["recommended_resource_summary"],
        "region": opportunity["region_id"],
        "resource_arn": opportunity["resource_arn"],
        "last_refresh_timestamp": opportunity["last_refreshed"],
        "tags": _tags(opportunity["tags"]),
        "x_confidence": opportunity["confidence"]["level"],
        "x_owner": opportunity["owner"]["name"],
        "x_resource_id": opportunity["resource_id"],
        "x_resource_name": opportunity["resource_name"],
        "x_optimization_type": opportunity["optimization_type"],
        "x_savings_basis": said["savings_basis"],
        "x_not_counted": opportunity["not_counted"],
        "x_sources": " ".join(opportunity["sources"]),
        "x_notes": " ".join([opportunity["not_applicable"], *opportunity["notes"]]).strip(),
    }


def _tags(tags: Mapping[str, str]) -> str:
    """A map as the export writes it; nothing where there is no tag."""
    return json.dumps(dict(sorted(tags.items())), ensure_ascii=False) if tags else ""


def _text(value: object) -> str:
    """The text as a spreadsheet shows it, never as a formula that it runs (a tag or a name can hold anything)."""
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text


def _yes(value: object) -> str:
    return "" if value is None else str(value).lower()
