"""What the agents found about spend and commitments, as tables that both the page and the Markdown show.

A part that the report holds nothing of says why; one that nobody was asked about is left out.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from workflows.cost_review.formats.views.spend_words import (
    kind_words,
    month_state,
    option_words,
    percent,
    root_cause_words,
    step_words,
    terms_words,
    why_empty,
)
from workflows.cost_review.formats.views.words import change, direction, last_day, month_words
from workflows.cost_review.words import amount, day_words

Json = Mapping[str, Any]
WEEKS = ("7 days before", "last 7 days")


@dataclass(frozen=True)
class Cell:
    """One figure or word; small stands below it, share (0 to 100) is drawn as a bar."""

    text: str
    small: str = ""
    share: str | None = None


@dataclass(frozen=True)
class Folded:
    """A list that the page folds; in_short is what a format says that cannot fold."""

    title: str
    items: tuple[str, ...]
    in_short: str


@dataclass(frozen=True)
class Row:
    """One line: what it is about, the cells under the heads, and what stands below its name."""

    name: str
    cells: tuple[Cell, ...]
    below: str = ""
    note: str = ""
    folded: Folded | None = None


@dataclass(frozen=True)
class Table:
    """heads holds one more than a row has cells: the name's. The first `texts` cells are words, the others figures."""

    caption: str
    heads: tuple[str, ...]
    rows: tuple[Row, ...]
    texts: int = 0


@dataclass(frozen=True)
class Part:
    """A titled table; without one, why there is none."""

    title: str
    table: Table | None = None
    why: str = field(default="")


def spend_parts(report: Json) -> tuple[Part, ...]:
    """By month, account and service; anomalies; the resources that were named and the services in their stead."""
    spend, coverage = report["spend"], report["coverage"]
    of_spend = (
        (
            _part("By month", _months(spend)),
            _part("By account", _accounts(spend), why_empty(coverage, "CostExplorerAccounts")),
            _part("By service", _services(spend)),
        )
        if spend
        else ()
    )
    parts = (
        *of_spend,
        _part("Anomalies", _anomalies(report["anomalies"]), why_empty(coverage, "CostAnomalyDetection")),
        _part("Resources that were named", _resources(report["resource_spend"])),
        _part("Resources whose own cost the bill does not tell", _service_basis(report["service_basis"])),
    )
    return tuple(part for part in parts if part.table or part.why)


def commitment_parts(report: Json) -> tuple[Part, ...]:
    """What is committed to, and why nothing is said of the rest; none of it is in a total."""
    held, coverage = report["commitments"], report["coverage"]
    missing = [kind for kind in ("SavingsPlans", "Reservations") if kind not in {one["kind"] for one in held}]
    parts = (
        _part("In use", _held(held)),
        *(Part(kind_words(kind), why=why_empty(coverage, kind)) for kind in missing),
    )
    return tuple(part for part in parts if part.table or part.why)


def options_part(report: Json) -> Part | None:
    """What could be bought, the biggest saving first; None where nobody was asked."""
    options = sorted(report["commitment_options"], key=_biggest_first)
    heads = ("option", "term and payment", "would save a month", "upfront", "then a month")
    table = Table("As Cost Explorer states them", heads, tuple(map(_option, options)), texts=1)
    part = _part("Options to look at", table, why_empty(report["coverage"], "CommitmentOptions"))
    return part if part.table or part.why else None


def _part(title: str, table: Table, why: str = "") -> Part:
    return Part(title, table) if table.rows else Part(title, why=why)


def _months(spend: Json) -> Table:
    currency, fields = spend["billing_currency"], ("usage_cost", "credits", "taxes")
    rows = (
        Row(
            month_words(one["start"]),
            (*_amounts(one, fields, currency), _amortized(one, "billed_cost", "effective_cost", currency)),
            below=month_state(one),
        )
        for one in spend["months"]
    )
    caption = "Credits and taxes stand apart, so that they do not hide what usage costs."
    return Table(caption, ("month", "usage", "credits", "taxes", "billed"), tuple(rows))


def _accounts(spend: Json) -> Table:
    rows = (
        Row(
            one["account_name"] or one["account_id"],
            _this_month(one, spend["billing_currency"]),
            below=one["account_id"] if one["account_name"] else "",
        )
        for one in spend["accounts"]
    )
    return Table("Usage, without credits and taxes", ("account", "month before", "this month"), tuple(rows))


def _services(spend: Json) -> Table:
    currency = spend["billing_currency"]
    rows = (
        Row(
            one["service_name"],
            (*_this_month(one, currency), *_weeks(one, currency), _weekly_change(one, currency)),
            note=_new_level(one["step"], currency),
        )
        for one in spend["services"]
    )
    heads = ("service", "month before", "this month", *WEEKS, "change in a week")
    return Table("Services, without credits and taxes", heads, tuple(rows))


def _anomalies(anomalies: Iterable[Json]) -> Table:
    heads = ("service", "usage type", "region", "from", "to", "expected", "came", "impact")
    caption = "Spend that Cost Anomaly Detection did not expect"
    return Table(caption, heads, tuple(map(_anomaly, anomalies)), texts=4)


def _anomaly(one: Json) -> Row:
    currency = one["billing_currency"]
    start = day_words(one["start"]) if one["start"] else "unknown"
    end = day_words(one["end"]) if one["end"] else "still running"
    causes = tuple(root_cause_words(cause, currency) for cause in one["root_causes"])
    return Row(
        one["service_name"] or "unknown",
        (
            *(Cell(text) for text in (one["usage_type"], one["region_id"], start, end)),
            *_amounts(one, ("expected_spend", "actual_spend", "total_impact"), currency),
        ),
        folded=Folded(_number(len(causes), "root cause"), causes, "; ".join(causes)) if causes else None,
    )


def _resources(resources: Iterable[Json]) -> Table:
    rows = (
        Row(
            one["resource_id"],
            (
                Cell(str(one["days"])),
                *_amounts(one, ("effective_cost",), one["billing_currency"]),
                *_weeks(one, one["billing_currency"]),
                _trend(one),
            ),
            note=_new_level(one["step"], one["billing_currency"]),
        )
        for one in sorted(resources, key=_dearest_first)
    )
    heads = ("resource", "days seen", "cost in them", *WEEKS, "trend")
    return Table("What they really cost (amortized), and whether that rises", heads, tuple(rows))


def _service_basis(basis: Iterable[Json]) -> Table:
    caption = "The figures are those of the whole service, not of these resources"
    return Table(caption, ("service", *WEEKS, "trend"), tuple(map(_stand_in, basis)))


def _stand_in(one: Json) -> Row:
    keys = tuple(one["resource_keys"])
    title = f"stands in for {_number(len(keys), 'resource')}"
    return Row(
        one["service_name"],
        (*_weeks(one, one["billing_currency"]), _trend(one)),
        note=_new_level(one["step"], one["billing_currency"]),
        folded=Folded(title, keys, title),
    )


def _held(commitments: Iterable[Json]) -> Table:
    rows = (
        Row(
            kind_words(one["kind"]),
            (
                *(Cell(percent(one[field]), share=one[field]) for field in ("coverage_percent", "utilization_percent")),
                *_amounts(one, ("unused_cost", "on_demand_cost", "net_savings"), one["billing_currency"]),
            ),
            below=f"{day_words(one['start'])} to {last_day(one['end'])}",
            folded=_evidence(one["evidence"]),
        )
        for one in commitments
    )
    heads = ("commitments", "covered", "used", "unused, yet paid", "still on demand", "net savings")
    return Table("What each family covered in its period, and how far it was used", heads, tuple(rows))


def _option(one: Json) -> Row:
    currency, share = one["billing_currency"], one["estimated_savings_percentage"]
    saves = amount(one["estimated_monthly_savings"], currency)
    account = f"account {one['account_id']}" if one["account_id"] else ""
    return Row(
        option_words(one),
        (
            Cell(terms_words(one)),
            Cell(saves, "" if share is None else percent(share)),
            *_amounts(one, ("upfront_cost", "monthly_cost"), currency),
        ),
        below=", ".join(where for where in (one["region_id"], account) if where),
        folded=_evidence(one["evidence"]),
    )


def _evidence(pointers: Sequence[Json]) -> Folded | None:
    said = tuple(
        f"{one['operation']} answered {one['raw']} at {one['pointer']}, request {one['request_id']}" for one in pointers
    )
    return Folded("Evidence", said, "") if said else None


def _amounts(one: Json, fields: Iterable[str], currency: str) -> tuple[Cell, ...]:
    return tuple(Cell(amount(one[field], currency)) for field in fields)


def _amortized(one: Json, billed: str, effective: str, currency: str) -> Cell:
    """The billed cost, and the amortized one where it is another."""
    differs = one[effective] is not None and one[effective] != one[billed]
    return Cell(amount(one[billed], currency), f"{amount(one[effective], currency)} amortized" if differs else "")


def _this_month(one: Json, currency: str) -> tuple[Cell, ...]:
    now = _amortized(one, "month_to_date", "month_to_date_effective", currency)
    return (*_amounts(one, ("previous_month",), currency), now)


def _weeks(one: Json, currency: str) -> tuple[Cell, ...]:
    return _amounts(one, ("previous_7_days", "last_7_days"), currency)


def _weekly_change(one: Json, currency: str) -> Cell:
    return Cell(change(one["last_7_days"], one["previous_7_days"], currency))


def _trend(one: Json) -> Cell:
    trend = one["trend_percent"]
    return Cell("unknown" if trend is None else f"{direction(trend)} {trend} %")


def _new_level(step: Json | None, currency: str) -> str:
    if step is None:
        return ""
    return f"{direction(step['change_percent']) or '▲'} {step_words(step, currency)}"


def _number(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def _dearest_first(spend: Json) -> tuple[Decimal, str]:
    return -Decimal(spend["last_7_days"] or 0), spend["resource_key"]


def _biggest_first(option: Json) -> tuple[bool, Decimal, str, str, str]:
    saving = option["estimated_monthly_savings"]
    terms = f"{option['term']} {option['payment_option']}"
    return saving is None, -Decimal(saving or 0), option["kind"], option["service_name"], terms
