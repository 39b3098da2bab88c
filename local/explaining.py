"""The way of one opportunity from AWS's responses to the counted amount, proven on the stored evidence.

Every value that a source's figure rests on is looked up where it stands in what AWS answered; what is not there, or is
another value there, is a problem, and so is an amount that does not follow from the one before.
"""

import difflib
import hashlib
import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, localcontext
from functools import cached_property
from typing import Any

from local.billing_proofs import Added, billing_proofs
from local.state_folder import InvalidStateFolder, StateFolder
from workflows.cost_review.audit.amounts import EXACTLY, holds
from workflows.cost_review.audit.bill import bill_failures, line_of
from workflows.cost_review.documents import Evidence, evidence_from
from workflows.errors import BadInput, InvalidContent
from workflows.json_pointer import resolved
from workflows.money import difference, in_cents, total

Json = Mapping[str, Any]
MOST_NEAREST = 3


@dataclass(frozen=True)
class Proof:
    """One value of AWS's that a figure rests on; problem is "" where it stands in the stored evidence as it was read.

    found is what stands there, as text; None where nothing does.
    """

    operation: str
    request_id: str
    pointer: str
    raw: str
    found: str | None
    document: str
    problem: str


@dataclass(frozen=True)
class Said:
    """What one source states, and what its figure is to the opportunity: stands, duplicate or alternative."""

    part: str
    source: str
    action_type: str
    stated: str | None
    stated_exact: str | None
    basis: str
    hours: str
    proofs: tuple[Proof, ...]


@dataclass(frozen=True)
class Explanation:
    """One opportunity of one review; problems is empty where all of it is proven.

    bill is what the bill's lines come to that bound and back it.
    """

    review_id: str
    as_of: str
    opportunity: Json
    said: tuple[Said, ...]
    bill: tuple[Added, ...]
    problems: tuple[str, ...]


def explained(folder: StateFolder, review_id: str, report: Json, named: str) -> Explanation:
    """The opportunity whose id begins as named; BadInput where there is none, or more than one."""
    opportunity = opportunity_named(report, named)
    evidence = StoredEvidence(folder, tuple(_evidence_references(report)))
    said = tuple(_said(opportunity, evidence))
    unproven = [f"{one.source}: {proof.problem}" for one in said for proof in one.proofs if proof.problem]
    bill = billing_proofs(report, opportunity, evidence.documents)
    not_added = [one.problem for one in bill if one.problem]
    problems = (
        *evidence.problems,
        *unproven,
        *_not_held(said),
        *_arithmetic(opportunity),
        *not_added,
        *_beyond_the_bill(report, opportunity),
    )
    return Explanation(review_id, report["review"]["as_of"], opportunity, said, bill, problems)


def _not_held(said: Iterable[Said]) -> Iterator[str]:
    """Each amount has to be what stands in one of its places: a place proves nothing but what is there."""
    for one in said:
        if one.stated_exact is None:
            continue
        if not one.proofs:
            yield f"{one.source}: its amount has no evidence"
        elif not any(holds(proof.found, Decimal(one.stated_exact)) for proof in one.proofs if not proof.problem):
            yield f"{one.source}: it states {one.stated_exact}, and none of its places holds that amount"


def _beyond_the_bill(report: Json, opportunity: Json) -> Iterator[str]:
    """What the audit has against this opportunity where it compares it with the bill: backing, cap, cost."""
    names = (opportunity["opportunity_id"], line_of(opportunity))
    with localcontext(EXACTLY):
        yield from (told for told in bill_failures(report) if told.startswith(names))


def opportunity_named(report: Json, named: str) -> Json:
    """The one opportunity whose id is, or begins with, what was given; BadInput names the nearest ids otherwise."""
    by_id = {one["opportunity_id"]: one for one in report["opportunities"]}
    if named in by_id:
        return by_id[named]  # type: ignore[no-any-return]  # because the report is JSON
    matching = [one for one in by_id if named and one.startswith(named)]
    if len(matching) == 1:
        return by_id[matching[0]]  # type: ignore[no-any-return]  # because the report is JSON
    if matching:
        raise BadInput(
            [f"{named!r} fits {len(matching)} opportunities ({', '.join(sorted(matching)[:5])}); write more"]
        )
    raise BadInput([_unknown(named, by_id, report)])


def _unknown(named: str, by_id: Mapping[str, Json], report: Json) -> str:
    for row in report.get("last_good") or ():
        if named and row["opportunity_id"].startswith(named):
            return (
                f"{row['opportunity_id']} is only remembered, last seen on {row['last_seen']}: {row['sources_missing']}"
            )
    for row in (report.get("changes") or {}).get("gone", ()):
        if named and row["opportunity_id"].startswith(named):
            return f"{row['opportunity_id']} is gone since the last review: {row['reason']}"
    near = nearest(named, by_id)
    if not near:
        return f"no opportunity is called {named!r}: this review found none"
    told = ", ".join(f"{one} ({by_id[one]['resource_id'] or by_id[one]['resource_type']})" for one in near)
    return f"no opportunity is called {named!r}; the nearest are {told}"


def nearest(named: str, known: Collection[str]) -> list[str]:
    """The known ids that look most like the given one, the likeliest first; the first ones where none does."""
    return difflib.get_close_matches(named, known, n=MOST_NEAREST, cutoff=0.3) or list(known)[:MOST_NEAREST]


def _evidence_references(report: Json) -> Iterator[Json]:
    for step in report["run"]["steps"]:
        reference = step.get("reference")
        if reference and "/evidence-" in reference["key"]:
            yield reference


class StoredEvidence:
    """The evidence of one review as it lies in the state folder; problems says what of it is not what was stored."""

    def __init__(self, folder: StateFolder, references: Sequence[Json]) -> None:
        self._folder = folder
        self._references = references
        self.problems: list[str] = []

    @cached_property
    def _responses(self) -> Mapping[tuple[str, str], list[tuple[str, Any]]]:
        found: defaultdict[tuple[str, str], list[tuple[str, Any]]] = defaultdict(list)
        for key, content in self._contents:
            for response in _responses_in(content):
                name = f"{response.get('service')}:{response.get('operation')}"
                found[name, str(response.get("request_id"))].append((key, response.get("response")))
        return found

    @cached_property
    def _contents(self) -> Sequence[tuple[str, bytes]]:
        found: list[tuple[str, bytes]] = []
        kept = {(one.key, one.version_id): one for one in self._folder.read().objects}
        for reference in self._references:
            key = reference["key"]
            one = kept.get((key, reference["version_id"] or ""))
            if one is None:
                self.problems.append(f"{key} is not kept any more")
                continue
            try:
                content = self._folder.content_as_it_is(one)
            except InvalidStateFolder as error:
                self.problems.append(str(error))
                continue
            if hashlib.sha256(content).hexdigest() != reference["sha256"]:
                self.problems.append(f"{key} is not the content that was stored: its SHA-256 differs")
            found.append((key, content))
        return found

    @cached_property
    def documents(self) -> tuple[Evidence, ...]:
        """What can be read of it as evidence; what cannot is among the problems, because its checksum differs."""
        return tuple(one for _, content in self._contents if (one := _evidence_in(content)) is not None)

    def proof(self, pointer: Json) -> Proof:
        """Where the value stands, and whether it is the one that was read."""
        told = {name: pointer[name] for name in ("operation", "request_id", "pointer", "raw")}
        candidates = self._responses.get((pointer["operation"], pointer["request_id"]), [])
        if not candidates:
            problem = f"no stored response of {pointer['operation']} has the request id {pointer['request_id']}"
            return Proof(**told, found=None, document="", problem=problem)
        tried = [self._tried(told, key, response) for key, response in candidates]
        return next((one for one in tried if not one.problem), tried[0])

    @staticmethod
    def _tried(told: Mapping[str, str], key: str, response: object) -> Proof:
        try:
            found = str(resolved(response, told["pointer"]))
        except InvalidContent as error:
            return Proof(**told, found=None, document=key, problem=f"{told['operation']}: {error}")
        same = found == told["raw"]
        problem = "" if same else f"{told['pointer']} was read as {told['raw']}, and {found} stands there now"
        return Proof(**told, found=found, document=key, problem=problem)


def _responses_in(content: bytes) -> Iterable[Mapping[str, Any]]:
    try:
        document = json.loads(content)
    except ValueError:
        return ()  # its checksum differs, which is a problem already
    rows = document.get("responses") if isinstance(document, dict) else None
    return [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else ()


def _evidence_in(content: bytes) -> Evidence | None:
    try:
        return evidence_from(content)
    except InvalidContent:
        return None


def _said(opportunity: Json, evidence: StoredEvidence) -> Iterator[Said]:
    for finding, is_best in [(opportunity, True), *((one, False) for one in opportunity["alternatives"])]:
        for number, one in enumerate(finding["said_by"]):
            part = "duplicate" if number else "stands" if is_best else "alternative"
            yield Said(
                part=part,
                source=one["source"],
                action_type=one["action_type"],
                stated=one["estimated_monthly_savings"],
                stated_exact=one["estimated_monthly_savings_exact"],
                basis=one["savings_basis"],
                hours=one["hours_basis"],
                proofs=tuple(evidence.proof(pointer) for pointer in one["evidence"]),
            )


def _arithmetic(opportunity: Json) -> Iterator[str]:
    """Whether the counted amount is exactly the stated one less its deductions, and is the one that is written."""
    counted = Decimal(opportunity["counted_monthly_savings_exact"])
    if in_cents(counted) != opportunity["counted_monthly_savings"]:
        yield f"{counted:f} is counted, and written as {opportunity['counted_monthly_savings']}"
    if opportunity["not_counted"] is not None:
        if counted != 0:
            yield f"it does not count ({opportunity['not_counted']}), and {counted:f} is counted of it"
        return
    stated = opportunity["said_by"][0]["estimated_monthly_savings_exact"]
    if stated is None:
        yield f"no amount is stated, and {counted:f} is counted"
        return
    if in_cents(Decimal(stated)) != opportunity["estimated_monthly_savings"]:
        yield f"{stated} is stated, and written as {opportunity['estimated_monthly_savings']}"
    left = difference(Decimal(stated), total(Decimal(one["amount_exact"]) for one in opportunity["deductions"]))
    if left != counted:
        yield f"{left:f} is left of the stated amount after its deductions, and {counted:f} is counted"
