"""One opportunity as the page tells it: what counts and why, how sure that is, whose it is and how it is done."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from workflows.cost_review.formats.views.codes import (
    DECISIONS,
    FACTORS,
    NOT_COUNTED,
    RANKINGS,
    level_words,
    plain,
    told,
)
from workflows.cost_review.formats.views.words import BASES, HOURS, moment, step_name
from workflows.cost_review.words import amount, day_words, source_words
from workflows.money import cents, steps_in_cents, total

Json = Mapping[str, Any]


@dataclass(frozen=True)
class Line:
    """A line of a sum: what it is, its figure, what stands below it. strong lines are where the sum begins and ends."""

    text: str
    figure: str
    below: str = ""
    strong: bool = False


@dataclass(frozen=True)
class OpportunityView:
    """An opportunity in the page's words; "" and () where the report says nothing.

    saves      the counted amount, or what keeps it from counting
    standing   how far the amount is checked: "on the bill", "not verified", or "" where nothing counts
    sums       stated, less each deduction, counted
    says       what each source states; apart is how far they differ and why
    sure       the facts behind the confidence, with their points
    """

    one: Json
    saves: str
    standing: str
    dots: str
    level: str
    score: str
    owner: str
    owner_from: str
    decided: str
    at_list: bool
    sums: tuple[Line, ...]
    says: tuple[Line, ...]
    apart: str
    sure: tuple[Line, ...]
    rank: tuple[str, ...]
    how_to: Json
    about: str

    @property
    def counts(self) -> bool:
        return bool(self.one["not_counted"] is None)


def opportunity_view(one: Json) -> OpportunityView:
    """The opportunity in words; what an older report does not hold is left out."""
    counts = one["not_counted"] is None and _left(one) != 0
    judged, whose = one.get("confidence") or {}, one.get("owner") or {}
    dots, level = level_words(judged["level"]) if judged else ("", "")
    return OpportunityView(
        one=one,
        saves=saves(one),
        standing="" if not counts or "verified" not in one else "on the bill" if one["verified"] else "not verified",
        dots=dots,
        level=level,
        score=f"{judged['score']} of 100" if judged else "",
        owner=whose.get("name", ""),
        owner_from=told(whose.get("from", "")),
        decided=_decided(one.get("decision")),
        at_list=counts and is_at_list(one),
        sums=tuple(_sums(one)),
        says=tuple(_says(one)),
        apart=_apart(judged.get("spread") or {}, one),
        sure=tuple(_sure(judged)) if judged else (),
        rank=tuple(_rank(one.get("rank_because") or {})),
        how_to=one.get("how_to") or {},
        about=_about(one),
    )


def saves(one: Json) -> str:
    """The counted saving; of one that does not count, why not and what it would have been."""
    currency, named = one["billing_currency"], one["estimated_monthly_savings"]
    counted = one["counted_monthly_savings"]
    if one["not_counted"] is None and _left(one):
        return amount(counted, currency)
    said = "nothing left" if one["not_counted"] is None else _why_not(one)
    return said if named is None else f"{said} ({amount(named, currency)})"


def _left(one: Json) -> Decimal:
    return Decimal(one.get("counted_monthly_savings_exact") or one["counted_monthly_savings"])


def is_at_list(one: Json) -> bool:
    """Whether the amount that stands is a source's at list prices."""
    return bool(one["said_by"] and one["said_by"][0]["savings_basis"] == "List")


def _why_not(one: Json) -> str:
    decision = one.get("decision") or {}
    if one["not_counted"] == "set_aside" and decision.get("state") in ("dismissed", "snoozed", "implemented"):
        return DECISIONS[decision["state"]]
    return NOT_COUNTED.get(one["not_counted"]) or plain(one["not_counted"])


def _sums(one: Json) -> Iterator[Line]:
    currency, named = one["billing_currency"], one["estimated_monthly_savings"]
    source = source_words(one["said_by"][0]["source"]) if one["said_by"] else "The source"
    yield Line(f"{source} states", amount(named, currency), strong=True)
    for taken, less in deducted(one):
        yield Line(step_name(taken["step"]), f"-{amount(less, currency)}", below=told(taken["reason"]))
    if one["not_counted"] is None:
        yield Line("Counts, a month", amount(one["counted_monthly_savings"], currency), strong=True)
    else:
        yield Line("Counts", "no", below=one["not_applicable"] or _why_not(one), strong=True)


def deducted(one: Json) -> Iterator[tuple[Json, str]]:
    """Each deduction with its amount in cents, so that they lead from what is stated to what counts, as it is written.

    Rounded one by one, as an older report has them, they may miss it by a cent.
    """
    taken = one.get("deductions", ())
    exact = [Decimal(each.get("amount_exact") or each["amount"]) for each in taken]
    steps = steps_in_cents(total((_left(one), *exact)), map(Decimal.copy_negate, exact))
    return zip(taken, (str(cents(step.copy_negate())) for step in steps), strict=True)


def _says(one: Json) -> Iterator[Line]:
    for said in one["said_by"]:
        basis = BASES.get(said["savings_basis"], plain(said["savings_basis"]))
        hours = HOURS.get(said["hours_basis"], plain(said["hours_basis"]))
        figure = amount(said["estimated_monthly_savings"], one["billing_currency"])
        yield Line(source_words(said["source"]), figure, below=f"{basis}, {hours}")


def _apart(spread: Json, one: Json) -> str:
    """How far the sources are apart, and why; "" where there are no two amounts."""
    if not spread or spread.get("percent") is None or spread["least"] == spread["most"]:
        return ""
    causes, currency = ", and ".join(spread["causes"]) or "the cause is not told", one["billing_currency"]
    # An amount of 720 hours is compared as one of 730, which no source states.
    rescaled = any(said["hours_basis"] == "720" for said in one["said_by"])
    between = f"{amount(spread['least'], currency)} to {amount(spread['most'], currency)}"
    return f"{spread['percent']} % apart, {between}{' in a month of 730 hours' if rescaled else ''}: {told(causes)}."


def _sure(judged: Json) -> Iterator[Line]:
    """The points one by one; where the score is at neither bound, what they start from leads to it."""
    begun = judged["score"] - sum(each["points"] for each in judged["reasons"])
    if 0 < judged["score"] < 100:
        yield Line("To begin with", str(begun))
    for each in judged["reasons"]:
        yield Line(told(each["reason"]), f"{each['points']:+d}" if each["points"] else "0")


def _decided(decision: Json | None) -> str:
    if not decision:
        return ""
    until = f" until {day_words(decision['until'])}" if decision["until"] else ""
    why = f": {decision['why']}" if decision["why"] else ""
    state = DECISIONS.get(decision["state"]) or plain(decision["state"])
    return f"{state}{until}, by {decision['by']} on {day_words(decision['at'][:10])}{why}"


def _about(one: Json) -> str:
    """What else is known of it: the account, how long and how lately it was looked at, the risk, the tags."""
    looked = "unknown" if one["lookback_days"] is None else f"{one['lookback_days']} days"
    tags = ", ".join(f"{key}={value}" for key, value in (one.get("tags") or {}).items())
    known = (
        f"in account {one['account_id'] or 'unknown'}",
        f"looked back {looked}",
        f"performance risk {one['performance_risk'] or 'not stated'}",
        f"refreshed {moment(one['last_refreshed'])}" if one.get("last_refreshed") else "",
        f"tags {tags}" if tags else "",
    )
    return ", ".join(each for each in known if each)


def _rank(because: Json) -> Iterator[str]:
    parts = because.get("contributions", ())
    if not parts:
        return
    if [each["factor"] for each in parts] == ["money"]:
        yield "Ranked by what it saves, and by nothing else."
        return
    yield f"Ranked {RANKINGS.get(because['ranking']) or plain(because['ranking'])}:"
    for each in parts:
        factor = FACTORS.get(each["factor"]) or plain(each["factor"])
        yield f"{factor}: {each['value']:.2f} of 1, weight {each['weight']:g} ({each['because']})"
