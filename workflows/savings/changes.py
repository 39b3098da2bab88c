"""What changed since the last comparable review, and what is only remembered because its source is missing.

Whether an opportunity is gone can be told only where everybody who named it was heard. Where somebody was not, it is
unknown and remembered: shown with the date on which it was last seen, never counted.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from workflows.money import CENT, difference, total
from workflows.savings.containment import WHOLES, may_be_part
from workflows.savings.known import BILL, Baseline, Facts, Known, named_otherwise, options_of
from workflows.savings.opportunity import NotCounted
from workflows.spend import BilledDays

REMEMBERED_DAYS = 30
"""After a month of silence what a source once said is no base for a decision any more."""
QUIET_DAYS = 4
"""Two days until the bill has settled, and two more on which the resource cost nothing."""
IMPLEMENTED_STATES = frozenset({"implemented", "verified"})


class Kind(StrEnum):
    """What became of an opportunity between two reviews."""

    NEW = "new"
    GROWN = "grown"
    SHRUNK = "shrunk"
    GONE = "gone"
    UNKNOWN = "unknown"


class GoneBecause(StrEnum):
    """Why an opportunity is gone."""

    IMPLEMENTED = "implemented"
    RESOURCE_DELETED = "resource_deleted"
    NO_LONGER_RECOMMENDED = "no_longer_recommended"
    ANOTHER_STANDS = "another_stands"


@dataclass(frozen=True, slots=True)
class Change:
    """One opportunity's way from the last review to this one.

    before and after are counted amounts a month, None where the opportunity was not there or its saving was unknown;
    moved is what it adds to the counted total, or takes from it. because is set for what is gone, all_unheard for what
    nobody names because nobody who named it could be heard, again for what is new only because somebody is heard again.
    """

    kind: Kind
    of: Known
    before: Decimal | None
    after: Decimal | None
    moved: Decimal
    reason: str
    because: GoneBecause | None = None
    all_unheard: bool = False
    again: bool = False


@dataclass(frozen=True, slots=True)
class ChangedTotal:
    """Counted before, and now, of one currency and kind of optimization; moved and within_a_cent are the difference."""

    billing_currency: str
    optimization_type: str
    before: Decimal
    moved: Mapping[Kind, Decimal]
    within_a_cent: Decimal
    now: Decimal

    @property
    def adds_up(self) -> bool:
        return self.now == total((self.before, *self.moved.values(), self.within_a_cent))


@dataclass(frozen=True)
class Changes:
    """All that changed since a review, each kind in the order of this review's ranking or the last one's.

    forgotten is what was remembered for longer than REMEMBERED_DAYS, and is dropped.
    """

    since: Baseline
    rows: Mapping[Kind, tuple[Change, ...]]
    unchanged: int
    totals: tuple[ChangedTotal, ...]
    forgotten: tuple[Known, ...]

    @property
    def remembered(self) -> tuple[Change, ...]:
        """Last good findings: nobody who named them could be heard this time."""
        return tuple(one for one in self.rows[Kind.UNKNOWN] if one.all_unheard)


def changes(now: Sequence[Known], before: Baseline, facts: Facts) -> Changes:
    """What is new, grown, shrunk, gone and unknown since the baseline; no opportunity of either is lost."""
    last = {one.key: one for one in before.seen}
    kept = {one.key: one for one in before.remembered if one.key not in last}
    was = {**{one.key: last[one.key] for one in now if one.key in last}, **named_otherwise(now, last)}
    present = {one.key for one in (*now, *was.values())}
    forgotten = {key for key, one in kept.items() if key not in present and _is_too_old(one, facts.as_of)}
    told = present | forgotten
    absent = [one for one in (*last.values(), *kept.values()) if one.key not in told]
    currencies = {one.opportunity_id: one.billing_currency for one in now}
    stood, stand = options_of([one for one in absent if one.key in last]), options_of(now)
    untold = (
        *((one, _unheard_now(one, facts)) for one in absent),
        *((one, _unheard_then(one, before)) for one in now if one.key not in was),
    )
    wholes = [(one, because) for one, because in untold if because and one.resource_type in WHOLES]
    found = [
        _present(one, was[one.key], before, facts, wholes)
        if one.key in was
        else _new(one, kept.get(one.key), stood.get(one.pool), before.missing, facts)
        for one in now
    ]
    found += [
        _absent(one, one.key in last, currencies.get(one.opportunity_id), stand.get(one.pool), facts) for one in absent
    ]
    rows = [one for one in found if one is not None]
    unmoved = [(one, was[one.key]) for one, change in zip(now, found, strict=False) if change is None]
    return Changes(
        since=before,
        rows={kind: tuple(one for one in rows if one.kind is kind) for kind in Kind},
        unchanged=len(unmoved),
        totals=_totals(before.seen, now, rows, unmoved),
        forgotten=tuple(kept[key] for key in sorted(forgotten)),
    )


def spend_has_ended(billed: BilledDays) -> bool:
    """Whether the resource cost something in the days that the bill was asked about, and then nothing any more."""
    paid = [day for day, cost in billed.daily if cost > 0]
    return bool(paid) and (billed.end - max(paid)).days > QUIET_DAYS


def _is_too_old(one: Known, as_of: date) -> bool:
    return (as_of - one.last_seen).days > REMEMBERED_DAYS


def _unheard_now(one: Known, facts: Facts) -> str:
    """Who named it and is silent, in words; "" for nobody."""
    silent = sorted(source for source in one.sources if facts.unheard(source, one.region_id))
    return f"{', '.join(silent)} could not be heard" if silent else ""


def _unheard_then(one: Known, before: Baseline) -> str:
    """Who names it and was silent in the last review, in words; "" for nobody."""
    silent = sorted(set(one.sources).intersection(before.missing))
    return f"{', '.join(silent)} could not be heard in the last review" if silent else ""


def _of_whole(one: Known, last: Known, wholes: Iterable[tuple[Known, str]]) -> str:
    """Why it counts, or not any more, where that is because nobody told of what it is a part of; "" where it is not."""
    if (last.not_counted == NotCounted.ABSORBED) == (one.not_counted == NotCounted.ABSORBED):
        return ""
    place = one.account_id, one.region_id
    fitting = (
        f"{told}, which names {whole.resource_name or whole.resource_id}"
        for whole, told in wholes
        if (whole.account_id, whole.region_id) == place and may_be_part(one.resource_type, whole.resource_type)
    )
    return next(fitting, "")


def _present(
    one: Known, last: Known, before: Baseline, facts: Facts, wholes: Sequence[tuple[Known, str]]
) -> Change | None:
    """What became of an opportunity that is there; None where it did not change by more than a cent."""
    moved = difference(one.counted, last.counted)
    if abs(moved) <= CENT:
        return None
    # Where another source's figure stands in for a missing one, then or now, nothing has grown and nothing shrunk.
    silent = [source for source in last.sources if source not in one.sources and facts.unheard(source, one.region_id)]
    if silent:
        reason = f"{', '.join(sorted(silent))} named it and could not be heard; {_why_moved(last, one)}"
        return Change(Kind.UNKNOWN, one, last.amount, one.amount, moved, reason)
    if back := sorted(set(one.sources).difference(last.sources).intersection(before.missing)):
        reason = f"{', '.join(back)} names it and could not be heard in the last review; {_why_moved(last, one)}"
        return Change(Kind.UNKNOWN, one, last.amount, one.amount, moved, reason)
    if whole := _of_whole(one, last, wholes):
        return Change(Kind.UNKNOWN, one, last.amount, one.amount, moved, f"{whole}; {_why_moved(last, one)}")
    if _taken_off_moved(last, one) and (bill := _bill_missing(before, facts)):
        return Change(Kind.UNKNOWN, one, last.amount, one.amount, moved, f"{bill}; {_why_moved(last, one)}")
    kind = Kind.GROWN if moved > 0 else Kind.SHRUNK
    return Change(kind, one, last.amount, one.amount, moved, _why_moved(last, one))


def _taken_off_moved(last: Known, one: Known) -> bool:
    """Whether what is taken off what counts is not what it was."""
    if last.estimated is None or one.estimated is None or last.not_counted != one.not_counted:
        return False
    taken = difference(one.estimated, one.counted), difference(last.estimated, last.counted)
    return abs(difference(*taken)) > CENT


def _bill_missing(before: Baseline, facts: Facts) -> str:
    """Which of the bill's sources was heard in one review only; "" where both heard the same of the bill."""
    now = set(facts.without_bill)
    then = set(BILL) & set(before.missing if before.without_bill is None else before.without_bill)
    words = [f"{', '.join(sorted(now - then))} could not be heard"] if now - then else []
    words += [f"{', '.join(sorted(then - now))} could not be heard in the last review"] if then - now else []
    return "; ".join(words)


def _new(one: Known, kept: Known | None, stood: Known | None, missing: Collection[str], facts: Facts) -> Change:
    if kept is not None:
        reason = f"named again; last seen on {kept.last_seen}, when its sources went missing"
        return Change(Kind.NEW, one, kept.amount, one.amount, one.counted, reason, again=True)
    if stood is not None and stood.is_another_option_than(one):
        reason = f"another option of the same pool stood before: {stood.option}"
        unheard = sorted(source for source in stood.sources if facts.unheard(source, stood.region_id))
        reason += f", which {', '.join(unheard)} named that could not be heard" if unheard else ""
        return Change(Kind.UNKNOWN if unheard else Kind.NEW, one, None, one.amount, one.counted, reason)
    silent = sorted(set(one.sources) & set(missing))
    reason = "named for the first time"
    if silent:
        reason += f"; {', '.join(silent)} could not be heard in the last review"
    return Change(Kind.NEW, one, None, one.amount, one.counted, reason)


def _why_moved(last: Known, one: Known) -> str:
    if last.not_counted != one.not_counted:
        if one.not_counted is None:
            return f"it counts; before it did not ({_words(last.not_counted)})"
        return f"it no longer counts ({_words(one.not_counted)})"
    if last.estimated != one.estimated:
        stated = f"sources state {one.estimated} a month, before {last.estimated}"
        return stated if last.action_type == one.action_type else f"{one.action_type} instead of {last.action_type}"
    return "sources state the same; what is taken off it changed"


def _words(not_counted: str | None) -> str:
    return (not_counted or "").replace("_", " ")


def _absent(one: Known, was_seen: bool, other_currency: str | None, stands: Known | None, facts: Facts) -> Change:
    """What became of an opportunity that nobody names: unknown before gone, because silence is no answer."""
    moved = -one.counted if was_seen else Decimal(0)
    if other_currency is not None:
        reason = f"it is stated in {other_currency} now"
        return Change(Kind.GONE, one, one.amount, None, moved, reason, GoneBecause.NO_LONGER_RECOMMENDED)
    missing = {source: facts.unheard(source, one.region_id) for source in one.sources}
    unheard = [f"{source}: {why}" for source, why in sorted(missing.items()) if why]
    if unheard:
        everybody = len(unheard) == len(missing)
        return Change(Kind.UNKNOWN, one, one.amount, None, moved, "; ".join(unheard), all_unheard=everybody)
    if stands is not None and stands.is_another_option_than(one):
        reason = f"another option of the same pool stands now: {stands.option}"
        return Change(Kind.GONE, one, one.amount, None, moved, reason, GoneBecause.ANOTHER_STANDS)
    because, reason = _why_gone(one, facts)
    return Change(Kind.GONE, one, one.amount, None, moved, reason, because)


def _why_gone(one: Known, facts: Facts) -> tuple[GoneBecause, str]:
    state = facts.decided.get(one.opportunity_id, "")
    if state in IMPLEMENTED_STATES:
        return GoneBecause.IMPLEMENTED, f"people say that it is done ({state})"
    if facts.ended.intersection(one.billing_ids):
        return GoneBecause.RESOURCE_DELETED, "no source names it, and the bill shows that its spend has ended"
    return GoneBecause.NO_LONGER_RECOMMENDED, "everybody who named it was heard, and nobody names it any more"


def _totals(
    seen: Iterable[Known], now: Iterable[Known], rows: Iterable[Change], unmoved: Iterable[tuple[Known, Known]]
) -> tuple[ChangedTotal, ...]:
    before, after = _counted(seen), _counted(now)
    moved: defaultdict[Stretch, defaultdict[Kind, list[Decimal]]] = defaultdict(lambda: defaultdict(list))
    for row in rows:
        moved[_stretch(row.of)][row.kind].append(row.moved)
    nearly: defaultdict[Stretch, list[Decimal]] = defaultdict(list)
    for one, last in unmoved:
        nearly[_stretch(one)].append(difference(one.counted, last.counted))
    return tuple(
        ChangedTotal(
            *key,
            before=before.get(key, Decimal(0)),
            moved={kind: total(moved[key][kind]) for kind in Kind},
            within_a_cent=total(nearly[key]),
            now=after.get(key, Decimal(0)),
        )
        for key in sorted({*before, *after, *moved})
    )


Stretch = tuple[str, str]


def _stretch(one: Known) -> Stretch:
    return one.billing_currency, one.optimization_type


def _counted(known: Iterable[Known]) -> dict[Stretch, Decimal]:
    amounts: defaultdict[Stretch, list[Decimal]] = defaultdict(list)
    for one in known:
        amounts[_stretch(one)].append(one.counted)
    return {key: total(counted) for key, counted in amounts.items()}
