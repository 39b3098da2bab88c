"""finops explain: the way of one opportunity from AWS's responses to the counted amount."""

import json
import sys
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from local.billing_proofs import Added
from local.commands.history import LATEST, find_review, reviews
from local.console import console_for
from local.explaining import Explanation, Proof, Said, explained
from local.state_folder import StateFolder, StoredObject
from local.terminal_tables import plain
from tasks.steps.record_failure import FAILURE
from workflows.cost_review.formats import REPORT_JSON
from workflows.cost_review.formats.views.codes import DECISIONS, NOT_COUNTED
from workflows.cost_review.formats.views.opportunity import deducted
from workflows.cost_review.formats.views.words import action_words, step_name
from workflows.cost_review.words import source_words
from workflows.errors import BadInput
from workflows.resource_words import type_words

PROVEN, UNPROVEN = 0, 1
MOST_LINES = 20
BASES = {"List": "list prices", "AfterDiscounts": "after discounts", "Unknown": "unknown prices"}
HOURS = {"720": "720 hours", "730": "730 hours", "Actual": "the hours that it ran", "Unknown": "unknown hours"}
PARTS = {
    "stands": "this figure stands",
    "duplicate": "the same finding, not added",
    "alternative": "excluded by the action above, not added",
}


def explain_command(state: Path, opportunity: str, *, review: str, as_json: bool) -> int:
    """Prints where the opportunity's figures come from; 1 where the stored evidence does not prove them."""
    folder = StateFolder(state)
    known = reviews(folder)
    published = {name: files for name, files in known.items() if FAILURE not in files}
    review_id, files = find_review(published if review == LATEST else known, review, state)
    if FAILURE in files:
        raise BadInput([f"review {review_id} failed, so that it found nothing to explain (see: finops list)"])
    found = explained(folder, review_id, _report(folder, files[REPORT_JSON]), opportunity)
    if as_json:
        sys.stdout.write(json.dumps(document_of(found), indent=1, ensure_ascii=False) + "\n")
    else:
        print_explanation(console_for(sys.stdout), found)
    return UNPROVEN if found.problems else PROVEN


def _report(folder: StateFolder, kept: StoredObject) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(folder.content(kept))
    return document


def document_of(found: Explanation) -> dict[str, Any]:
    """The explanation as JSON."""
    one = found.opportunity
    kept = ("opportunity_id", "rank", "action_type", "resource_type", "resource_id", "resource_name")
    more = ("account_id", "region_id", "billing_currency", "estimated_monthly_savings", "deductions")
    last = ("counted_monthly_savings", "not_counted", "not_applicable", "verified", "unverified_because", "notes")
    return {
        "review_id": found.review_id,
        "as_of": found.as_of,
        **{name: one[name] for name in (*kept, *more, *last)},
        "decision": one.get("decision"),
        "said": [asdict(said) for said in found.said],
        "bill": [_added_document(one) for one in found.bill],
        "proven": not found.problems,
        "problems": list(found.problems),
    }


def _added_document(one: Added) -> dict[str, Any]:
    """One sum with the number of its lines, and the first of them."""
    return {
        **asdict(one),
        "number_of_lines": len(one.lines),
        "lines": [asdict(each) for each in one.lines[:MOST_LINES]],
    }


def print_explanation(console: Console, found: Explanation) -> None:
    """The same for people, on a terminal of any width."""
    _head(console, found)
    _title(console, "What AWS said")
    for said in found.said:
        _print_said(console, said, found.opportunity["billing_currency"])
    _title(console, "From what is stated to what counts")
    for label, amount, reason in _way(found.opportunity):
        _say(console, f"{amount:>14}  {label}{': ' if reason else ''}{reason}", 2)
    _title(console, "Is it verified?")
    _say(console, _verified(found.opportunity), 2)
    for one in found.bill:
        _print_added(console, one)
    _title(console, "What people decided")
    _say(console, _decided(found.opportunity), 2)
    if found.problems:
        _title(console, "NOT PROVEN", "bold red")
        for problem in found.problems:
            _say(console, problem, 2, "red")


def _head(console: Console, found: Explanation) -> None:
    one = found.opportunity
    named = " ".join(part for part in (one["resource_name"], one["resource_id"]) if part)
    _say(console, f"{action_words(one['action_type'])} {named or type_words(one['resource_type'])}", 0, "bold")
    place = ", ".join(part for part in (type_words(one["resource_type"]), one["account_id"], one["region_id"]) if part)
    _say(console, f"opportunity {one['opportunity_id']}, number {one['rank']} of review {found.review_id}", 0)
    _say(console, f"{place}, as of {found.as_of}", 0)


def _print_said(console: Console, said: Said, currency: str) -> None:
    stated = "no saving" if said.stated is None else f"{said.stated} {currency} a month"
    basis = f"{BASES.get(said.basis, said.basis)}, {HOURS.get(said.hours, said.hours)}"
    who, action = source_words(said.source), action_words(said.action_type)
    _say(console, f"{who} states {stated} for {action} ({basis}): {PARTS[said.part]}", 2)
    for proof in said.proofs:
        _say(console, f"{proof.operation}, request {proof.request_id or 'without an id'}", 6)
        _say(console, f"{proof.pointer} = {proof.raw}", 6)
        _say(console, _stands(proof), 6, "red" if proof.problem else "green")


def _print_added(console: Console, one: Added) -> None:
    figure, lines = one.figure.replace("_", " "), f"{len(one.lines)} lines of the stored bill"
    _say(console, f"{one.what}, {figure} {one.stated}: {lines} come to {one.added or 'no known amount'}", 2)
    if one.lines:
        first = one.lines[0]
        _say(console, f"the first: {first.operation}, request {first.request_id or 'without an id'}", 6)
        _say(console, f"{first.pointer} = {first.raw}", 6)


def _stands(proof: Proof) -> str:
    return f"NOT PROVEN: {proof.problem}" if proof.problem else "it stands there in the stored evidence"


def _way(one: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    yield "stated", one["estimated_monthly_savings"] or "unknown", ""
    for deduction, amount in deducted(one):
        yield step_name(deduction["step"]).lower(), f"-{amount}", deduction["reason"]
    yield f"counted, in {one['billing_currency']}", one["counted_monthly_savings"], _why_not(one)


def _why_not(one: Mapping[str, Any]) -> str:
    reason = one["not_counted"] or ""
    return NOT_COUNTED.get(reason, reason)


def _verified(one: Mapping[str, Any]) -> str:
    if one["not_counted"] is not None:
        why = one["not_applicable"] or _why_not(one)
        return f"Nothing of it counts ({why}), so there is nothing to verify."
    if one["verified"]:
        return "Yes: the bill backs the counted amount."
    return f"No: {one['unverified_because']}"


def _decided(one: Mapping[str, Any]) -> str:
    decision = one.get("decision")
    if not decision:
        return "Nobody decided anything about it."
    by, why, until = decision.get("by"), decision.get("why"), decision.get("until")
    state = DECISIONS.get(decision["state"], decision["state"])
    told = f"{state}, by {by or 'nobody named'} on {decision.get('at') or 'an unknown day'}"
    return told + (f", until {until}" if until else "") + (f": {why}" if why else "")


def _title(console: Console, text: str, style: str = "bold") -> None:
    console.print()
    _say(console, text, 0, style)


def _say(console: Console, text: str, indent: int, style: str = "") -> None:
    said = plain(text)
    said.stylize(style)
    said.overflow = "fold"
    console.print(Padding(Text.assemble(said, overflow="fold"), (0, 0, 0, indent), expand=False), highlight=False)
