"""The report's part about the way from Cost Optimization Hub's total to ours, as JSON."""

from dataclasses import asdict
from typing import Any

from workflows.cost_review.request import Review
from workflows.money import in_cents, in_full, steps_in_cents
from workflows.savings.bridge import Bridge, NoBridge

Json = dict[str, Any]


def looks_at_everything(review: Review) -> bool:
    """Whether the review's counted savings can be compared with a total of the whole account."""
    return review.analysis_type == "comprehensive" and review.scope.is_everything


def bridge_document(bridge: Bridge | NoBridge) -> Json:
    """The bridge, or the reason why there is none; the written amounts add up to the cent, as the exact ones do."""
    if isinstance(bridge, NoBridge):
        return {"reason": bridge.reason, "billing_currency": None, "theirs": None, "ours": None, "lines": []}
    *written, unexplained = steps_in_cents(bridge.theirs, (*(line.amount for line in bridge.lines), bridge.unexplained))
    return {
        "reason": "",
        "billing_currency": bridge.billing_currency,
        "theirs": in_cents(bridge.theirs),
        "theirs_exact": in_full(bridge.theirs),
        "lines": [
            {
                "opportunity_id": line.opportunity_id,
                "kind": line.kind,
                "amount": in_cents(amount),
                "amount_exact": in_full(line.amount),
                "reason": line.reason,
            }
            for line, amount in zip(bridge.lines, written, strict=True)
        ],
        "unexplained": in_cents(unexplained),
        "unexplained_exact": in_full(bridge.unexplained),
        "ours": in_cents(bridge.ours),
        "ours_exact": in_full(bridge.ours),
        "evidence": [asdict(pointer) for pointer in bridge.evidence],
    }
