"""How both the page and the Markdown word what the agents found about spend, commitments and budgets."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from workflows.cost_review.formats.views.words import last_day
from workflows.cost_review.words import amount, day_words, source_words

Json = Mapping[str, Any]
KINDS = {"SavingsPlans": "Savings Plans", "Reservations": "Reservations"}
PLANS = {
    "COMPUTE_SP": "Compute Savings Plans",
    "EC2_INSTANCE_SP": "EC2 Instance Savings Plans",
    "SAGEMAKER_SP": "SageMaker Savings Plans",
    "DATABASE_SP": "Database Savings Plans",
}
LIMITS = {"PLANNED": "planned limit", "AUTO_ADJUSTING": "limit adjusts itself", "NONE": "no limit"}
METRICS = {
    "AmortizedCost": "amortized cost",
    "BlendedCost": "blended cost",
    "NetAmortizedCost": "net amortized cost",
    "NetUnblendedCost": "net billed cost",
    "UnblendedCost": "billed cost",
}
STALE = "AWS cannot refresh its figures"
PLACES = Decimal("0.01")


def percent(value: str | None) -> str:
    """A percentage (0 to 100) with two places at most; "unknown" where there is none."""
    if value is None:
        return "unknown"
    return f"{Decimal(value).quantize(PLACES).normalize():f} %"


def quantity(value: str | None, unit: str) -> str:
    """A budget's figure with its unit; percentages and usage are not money."""
    if value is None:
        return "unknown"
    if unit == "PERCENTAGE":
        return f"{value} %"
    return amount(value, unit)


def step_words(step: Json, currency: str) -> str:
    """Since when a cost has a new level, and from what to what."""
    levels = f"{amount(step['before_a_day'], currency)} → {amount(step['after_a_day'], currency)} a day"
    changed = step["change_percent"]
    by = "from nothing" if changed is None else f"{Decimal(changed):+f} %"
    return f"new level since {day_words(step['day'])}: {levels} ({by})"


def why_empty(coverage: Sequence[Json], source: str) -> str:
    """Why the report holds nothing of a source; "" where no agent that reads it was part of the review."""
    asked = {row["agent"] for row in coverage if row["state"] != "NOT_NEEDED"}
    rows = [row for row in coverage if row["source"] == source and row["agent"] in asked]
    if not rows:
        return ""
    gaps = [row for row in rows if row["is_gap"]]
    details = " ".join(dict.fromkeys(row["detail"] for row in gaps or rows if row["detail"]))
    if gaps:
        return f"Unknown: {source_words(source)} could not be read. {details}".rstrip()
    if any(row["state"] != "NOT_NEEDED" for row in rows):
        return f"None was seen. {details}".rstrip()
    return f"Not asked for: {details}" if details else "Not asked for."


def month_state(month: Json) -> str:
    """What keeps a month's figures from being final; "" where nothing does."""
    since = "" if month["start"].endswith("-01") else f"from {day_words(month['start'])} "
    days = f"{since}through {last_day(month['end'])}" if month["partial"] else ""
    return ", ".join(one for one in (days, "estimated" if month["estimated"] else "") if one)


def budget_kind(budget: Json) -> str:
    """What a budget limits, how often, by which measure and how its limit comes about."""
    known = (
        budget["budget_type"].replace("_", " ").lower(),
        budget["time_unit"].lower(),
        METRICS.get(budget["metric"], budget["metric"]),
        LIMITS.get(budget["limit_kind"], ""),
        f"ends {day_words(budget['ends'])}" if budget["ends"] else "",
    )
    return ", ".join(one for one in known if one)


def budget_notes(budget: Json) -> list[str]:
    """What keeps a budget's figures from being believed as they stand, the health of its billing view first."""
    notes = [str(note) for note in budget["notes"]]
    # A note that names AWS's reason says it already.
    unsaid = budget["data_is_stale"] and not any(note.startswith(STALE) for note in notes)
    return [f"{STALE}.", *notes] if unsaid else notes


def option_words(option: Json) -> str:
    """What would be bought, in one line."""
    size = _size(option)
    described = PLANS.get(option["description"])
    what = (described,) if described else (option["service_name"] or kind_words(option["kind"]), option["description"])
    return " ".join(one for one in (size, ", ".join(one for one in what if one)) if one)


def _size(option: Json) -> str:
    if option["hourly_commitment"] is not None:
        return f"{amount(option['hourly_commitment'], option['billing_currency'])} an hour of"
    return "" if option["count"] is None else f"{option['count']} of"


def kind_words(kind: str) -> str:
    """A family of commitments as a person says it."""
    return KINDS.get(kind, kind)


def terms_words(option: Json) -> str:
    """How long, how it is paid, and on how many days the proposal rests."""
    lookback = f"from the last {_plain(option['lookback'])}" if option["lookback"] else ""
    known = (_plain(option["term"]), _plain(option["payment_option"]), lookback)
    return ", ".join(one for one in known if one)


def _plain(enum: str) -> str:
    return enum.replace("_", " ").lower()


def root_cause_words(cause: Json, currency: str) -> str:
    """One cause behind an anomaly: where, and how much of the impact it explains."""
    account = cause["account_name"] or cause["account_id"]
    where = [cause["service_name"], cause["usage_type"], cause["region_id"], f"account {account}" if account else ""]
    said = ", ".join(one for one in where if one) or "not named"
    return said if cause["contribution"] is None else f"{said}: {amount(cause['contribution'], currency)}"


def remarks_by_agent(report: Json) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """What each agent says beside its figures, in the report's order; agents that say nothing are left out."""
    said = [(str(one["agent"]), tuple(one["remarks"])) for one in report.get("remarks", ())]
    return tuple((agent, remarks) for agent, remarks in said if remarks)
