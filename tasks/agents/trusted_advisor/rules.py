"""Trusted Advisor's evidence becomes recommendations: pure, the same for both of its APIs."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from tasks.agents.trusted_advisor.checks import ACTIONS_BY_TEXT, CHECKS, DEPRECATED, CheckMeaning
from tasks.agents.trusted_advisor.columns import (
    ACTION_HEADERS,
    COST_HEADERS,
    CURRENCY,
    CURRENCY_HEADERS,
    CURRENT_HEADERS,
    DAILY_LOSS_HEADERS,
    LOOKBACK_HEADERS,
    NAME_HEADERS,
    PERCENT_HEADERS,
    RECOMMENDED_HEADERS,
    REGION_HEADERS,
    RESOURCE_HEADERS,
    SAVINGS_HEADERS,
    Row,
    a_month,
    currency,
    days,
    known_money,
    money,
    percentage,
)
from tasks.agents.trusted_advisor.rows import Check, checks, never_refreshed, rows
from tasks.agents.trusted_advisor.spec import SPEC
from tasks.agents.work import Heard
from workflows.cost_review.documents import Evidence, Findings
from workflows.cost_review.request import Review
from workflows.errors import MalformedResponse
from workflows.members import folded, notes
from workflows.money import in_cents
from workflows.recommendation import COMMITMENTS, ActionType, HoursBasis, Recommendation, SavingsBasis
from workflows.resource_keys import ResourceName, resource_name
from workflows.sources import SourceState, SourceStatus

EXCLUDED = "Excluded in Trusted Advisor."
UNKNOWN_CHECK = CheckMeaning(ActionType.REVIEW, "")


@dataclass(frozen=True)
class Saving:
    """What a row saves a month, as far as it is known, and what has to be said about it."""

    amount: Decimal | None
    billing_currency: str = CURRENCY
    notes: tuple[str, ...] = ()


def analyse(evidence: Evidence, _review: Review, _heard: Heard) -> Findings:
    """What Trusted Advisor flags, a recommendation a resource, and what it claims for each check as a whole.

    What it answered and does not count (retired checks, prioritized items, rows that could not be read) is said in
    the remarks, and beside the source in the coverage.
    """
    told = checks(evidence)
    counted = [check for check in told if not check.ignored and check.check_id not in DEPRECATED]
    remarks = _remarks(told, never_refreshed(evidence))
    return Findings(
        agent=SPEC.name,
        account_id=evidence.account_id,
        sources=tuple(_with_remarks(status, remarks) for status in evidence.sources),
        recommendations=tuple(
            _recommendation(row, evidence.account_id) for row in rows(evidence) if row.check_id not in DEPRECATED
        ),
        stated=tuple(check.stated for check in counted if check.stated is not None),
        remarks=remarks,
    )


def _remarks(told: Sequence[Check], unrefreshed: Sequence[str]) -> tuple[str, ...]:
    ignored = [f"{one.name!r} does not count: {one.ignored}." for one in told if one.ignored]
    retired = [
        f"{one.name!r} does not count: AWS took the check out of service{_claiming(one)}."
        for one in told
        if not one.ignored and one.check_id in DEPRECATED
    ]
    unread = [
        f"The resources of {one.name!r} could not be read{_claiming(one)}."
        for one in told
        if not one.ignored and not one.has_rows and one.check_id not in DEPRECATED
    ]
    missing = [f"Trusted Advisor has no result of {', '.join(sorted(unrefreshed))}."] if unrefreshed else []
    return tuple(sorted(ignored) + sorted(retired) + sorted(unread) + missing)


def _claiming(check: Check) -> str:
    claimed = in_cents(check.stated.estimated_monthly_savings) if check.stated else None
    return f"; it claims {CURRENCY} {claimed} a month" if claimed else ""


def _with_remarks(status: SourceStatus, remarks: Sequence[str]) -> SourceStatus:
    if status.state not in {SourceState.AVAILABLE, SourceState.NO_DATA} or not remarks:
        return status
    return replace(status, detail=" ".join([*([status.detail] if status.detail else []), *remarks]))


def _recommendation(row: Row, account_id: str) -> Recommendation:
    meaning = CHECKS.get(row.check_id, UNKNOWN_CHECK)
    action = _action(row, meaning)
    where = _where(row, meaning, action, account_id)
    saving = _saving(row)
    loss, loss_note = _monthly_loss(row)
    return Recommendation(
        source=row.source,
        agent=SPEC.name,
        action_type=action,
        account_id=where.account_id,
        region_id=where.region_id,
        resource_type=where.resource_type,
        resource_id=where.resource_id,
        resource_name=row.first(NAME_HEADERS),
        estimated_monthly_savings=saving.amount,
        billing_currency=saving.billing_currency,
        savings_basis=_basis(row, meaning),
        hours_basis=meaning.hours_basis if row.check_id in CHECKS else HoursBasis.UNKNOWN,
        current_resource_summary=row.first(CURRENT_HEADERS),
        recommended_resource_summary=_recommended(row, meaning),
        estimated_monthly_cost_before=known_money(row.first(COST_HEADERS)) if loss is None else loss,
        estimated_savings_percentage=percentage(row.first(PERCENT_HEADERS)),
        lookback_days=days(row.first(LOOKBACK_HEADERS)),
        not_applicable=EXCLUDED if row.excluded else "",
        notes=notes(*saving.notes, loss_note),
        evidence=row.evidence((*SAVINGS_HEADERS, *COST_HEADERS, *DAILY_LOSS_HEADERS)),
    )


def _action(row: Row, meaning: CheckMeaning) -> ActionType:
    if meaning.action_type is not ActionType.REVIEW or row.check_id not in CHECKS:
        return meaning.action_type
    return ACTIONS_BY_TEXT.get(folded(row.first(ACTION_HEADERS)), ActionType.REVIEW)


def _where(row: Row, meaning: CheckMeaning, action: ActionType, account_id: str) -> ResourceName:
    """The resource under its canonical name; a row that names none keeps its own id, so that rows stay apart."""
    named = row.first(RESOURCE_HEADERS) or row.own_id
    return resource_name(
        "" if action in COMMITMENTS else named,
        account_id=account_id,
        region_id=row.first(REGION_HEADERS) or row.region,
        of_type=meaning.resource_type or f"TrustedAdvisorCheck:{row.check_id}",
    )


def _recommended(row: Row, meaning: CheckMeaning) -> str:
    """What is there afterwards, or what to do where no column says it; tells one commitment from another."""
    stated = row.first(RECOMMENDED_HEADERS)
    named = [cell for header in meaning.names if (cell := row.first((header,)))]
    return stated or " ".join([meaning.advice, *named]).strip()


def _basis(row: Row, meaning: CheckMeaning) -> SavingsBasis:
    return meaning.savings_basis if row.check_id in CHECKS else SavingsBasis.UNKNOWN


def _saving(row: Row) -> Saving:
    """The cell of the savings column; unknown, with the reason and the row's text, where none can be taken."""
    meaning = CHECKS.get(row.check_id)
    cell = row.first(SAVINGS_HEADERS)
    check = f"Trusted Advisor's check {row.check_name!r}"
    if meaning is None:
        said = f"it states {in_cents(known_money(cell)) or cell or 'nothing'} a month"
        return Saving(None, notes=notes(f"{check} is not known here and does not count; {said}.", row.text))
    if not row.has(SAVINGS_HEADERS):
        why = "lacks its savings column" if meaning.states_savings else "names no saving for a single resource"
        return Saving(None, notes=notes(f"{check} {why}.", row.text))
    code = currency(row.first(CURRENCY_HEADERS), cell)
    if code is None:
        stated = row.first(CURRENCY_HEADERS)
        return Saving(None, notes=(f"Trusted Advisor's saving cannot be read: {cell[:40]!r} in {stated[:40]!r}.",))
    try:
        return Saving(money(cell), code)
    except MalformedResponse as error:
        return Saving(None, code, notes=(f"Trusted Advisor's saving cannot be read: {error}",))


def _monthly_loss(row: Row) -> tuple[Decimal | None, str]:
    """What is lost in a month where the check states it for a day; a cost, which only repaired code would save."""
    cell = row.first(DAILY_LOSS_HEADERS)
    daily = known_money(cell)
    if daily is None:
        return None, f"The lost daily cost cannot be read: {cell[:40]!r}." if cell else ""
    month, a_day = a_month(daily), f"{daily.normalize():f}"
    return month, f"Lost compute: {a_day} a day, {in_cents(month)} a month of 365/12 days; a cost, not a stated saving."
