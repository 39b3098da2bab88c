"""Where figures come from, and what could or could not be seen there."""

from dataclasses import dataclass
from enum import StrEnum


class Source(StrEnum):
    """An AWS API that an agent reads. Third-party agents name their own."""

    TRUSTED_ADVISOR = "TrustedAdvisor"
    TRUSTED_ADVISOR_LEGACY = "TrustedAdvisorLegacy"
    COST_EXPLORER = "CostExplorer"
    COST_EXPLORER_ACCOUNTS = "CostExplorerAccounts"
    COST_EXPLORER_OWNERS = "CostExplorerOwners"
    COST_EXPLORER_RESOURCES = "CostExplorerResources"
    COST_EXPLORER_FORECAST = "CostExplorerForecast"
    COST_ANOMALY_DETECTION = "CostAnomalyDetection"
    COST_EXPLORER_RIGHTSIZING = "CostExplorerRightsizing"
    SAVINGS_PLANS = "SavingsPlans"
    RESERVATIONS = "Reservations"
    COMMITMENT_OPTIONS = "CommitmentOptions"
    COST_OPTIMIZATION_HUB = "CostOptimizationHub"
    COMPUTE_OPTIMIZER = "ComputeOptimizer"
    BUDGETS = "Budgets"


OF_AWS: frozenset[str] = frozenset(str(source) for source in Source)
"""What an agent of another team must not call a source of its own."""


class SourceState(StrEnum):
    """What became of the attempt to read a source."""

    AVAILABLE = "AVAILABLE"
    NO_DATA = "NO_DATA"
    NOT_ENROLLED = "NOT_ENROLLED"
    NO_SUPPORT_PLAN = "NO_SUPPORT_PLAN"
    DENIED = "DENIED"
    THROTTLED = "THROTTLED"
    ERROR = "ERROR"
    SKIPPED = "SKIPPED"
    NOT_NEEDED = "NOT_NEEDED"


NO_GAP = frozenset({SourceState.AVAILABLE, SourceState.NO_DATA, SourceState.NOT_NEEDED})
"""States that leave no gap: it was read, it holds nothing, or another source or the scope made it needless.
SKIPPED is a gap: it was wanted, and not asked (a cap on paid requests, say)."""


@dataclass(frozen=True, order=True)
class SourceStatus:
    """What could be seen of one source in one region, so that "found nothing" and "could not look" never look alike."""

    source: str
    region: str
    state: SourceState
    detail: str = ""
    remedy: str = ""

    @property
    def is_gap(self) -> bool:
        return self.state not in NO_GAP
