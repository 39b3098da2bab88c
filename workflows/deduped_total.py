"""What Cost Optimization Hub counts itself, once what excludes each other is left out."""

from dataclasses import dataclass
from decimal import Decimal

from workflows.recommendation import EvidencePointer


@dataclass(frozen=True)
class DedupedTotal:
    """AWS's own monthly total over all its recommendations, commitments to buy among them.

    amount is None where the answers do not tell it, and unknown_because says why; else that is "".
    """

    amount: Decimal | None
    billing_currency: str
    unknown_because: str = ""
    evidence: tuple[EvidencePointer, ...] = ()
