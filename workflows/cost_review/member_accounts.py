"""What a payer's review does not see of its member accounts: two of AWS's services speak of the caller's alone."""

from collections.abc import Collection, Iterable, Sequence

from workflows.cost_review.documents import Findings
from workflows.sources import NO_GAP, Source, SourceState, SourceStatus

OF_THE_CALLER = (Source.COMPUTE_OPTIMIZER, Source.TRUSTED_ADVISOR, Source.TRUSTED_ADVISOR_LEGACY)
ONE_EACH = (Source.COMPUTE_OPTIMIZER, Source.TRUSTED_ADVISOR)
"""The same without a second API for the same findings."""
OF_THE_ORGANIZATION = frozenset({Source.COST_OPTIMIZATION_HUB, Source.COST_EXPLORER_RIGHTSIZING})
READ = NO_GAP - {SourceState.NOT_NEEDED}
MOST_NAMED = 5
REMEDY = "Run the review in each of them, too (a profile or a stack of its own)."


def unseen_members(
    findings: Findings, everybody: Iterable[Findings], wanted: Collection[str] = ()
) -> tuple[SourceStatus, ...]:
    """A status for each source of these findings that was read and tells nothing of the organization's other accounts.

    The bill and Cost Optimization Hub tell which accounts there are; wanted are those in the review's scope, all where
    it names none. Where the scope leaves the caller itself out, these sources were not read, and tell of none of the
    accounts that are wanted. Where the Hub speaks of members it stands in for them, so that it is no gap; SKIPPED is
    one.
    """
    heard = tuple(everybody)
    members = _members(heard, findings.account_id, wanted)
    if not members:
        return ()
    elsewhere = bool(wanted) and findings.account_id not in wanted
    read = {status.source for status in findings.sources if status.state in READ or elsewhere}
    of_the_hub = bool(_proposed_for(heard, {Source.COST_OPTIMIZATION_HUB}) - {findings.account_id})
    return tuple(
        _status(source, findings.account_id, members, stands_in=of_the_hub)
        for source in (ONE_EACH if elsewhere else OF_THE_CALLER)
        if source in read
    )


def _members(heard: Sequence[Findings], caller: str, wanted: Collection[str]) -> list[str]:
    billed = {account.account_id for one in heard if one.spend for account in one.spend.accounts}
    known = (billed | _proposed_for(heard, OF_THE_ORGANIZATION)) - {caller, ""}
    if wanted and caller not in wanted:
        return sorted(wanted)  # known to anybody or not: whoever named them is told that nobody looked
    return sorted(account for account in known if not wanted or account in wanted)


def _proposed_for(heard: Iterable[Findings], sources: Collection[str]) -> set[str]:
    return {row.account_id for one in heard for row in one.recommendations if row.source in sources}


def _status(source: Source, caller: str, members: Sequence[str], *, stands_in: bool) -> SourceStatus:
    named = ", ".join(members[:MOST_NAMED]) + (", ..." if len(members) > MOST_NAMED else "")
    detail = f"It tells of account {caller} alone; other accounts were not looked at here: {len(members)} ({named})."
    if not stands_in:
        return SourceStatus(source, "", SourceState.SKIPPED, detail, REMEDY)
    told = f"{detail} Cost Optimization Hub's findings stand in for them."
    return SourceStatus(source, "", SourceState.NOT_NEEDED, told, REMEDY)
