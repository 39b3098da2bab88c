"""Who reacts to which events: the consumers' functions, and the rules by which events reach them.

A rule matches events on our bus. Those of AWS itself reach only the default bus of one region, from where they are
forwarded to ours as they are; AWS does not let anybody else put events with its sources. Budgets know no events: their
alerts come through an SNS topic, whose messages reach the function directly.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

AWS_ANNOUNCES_IN = "us-east-1"
"""Trusted Advisor and Cost Anomaly Detection, being global, announce on the default bus of this region alone."""

HANDLING_TIMEOUT_S = 180
"""How long a consumer's function may take; an event that it was killed over is free for the next try after that."""


@dataclass(frozen=True)
class Consumer:
    """A function that reacts to events: its plain name, and the module whose `handler` it is."""

    name: str
    module: str

    @property
    def placeholder(self) -> str:
        """How infrastructure calls it: StartReviewOnEvent for finops-start-review-on-event."""
        return "".join(word.capitalize() for word in self.name.removeprefix("finops-").split("-"))


@dataclass(frozen=True)
class EventRule:
    """Which events reach a consumer. forwarded_from is the region of the default bus on which AWS puts them."""

    name: str
    pattern: Mapping[str, Any]
    consumer: Consumer
    forwarded_from: str = ""


START_REVIEW = Consumer("finops-start-review-on-event", "tasks.consumers.start_review")
DEEP_DIVE = Consumer("finops-deep-dive", "tasks.consumers.deep_dive")
CONSUMERS: tuple[Consumer, ...] = (START_REVIEW, DEEP_DIVE)

RULES: tuple[EventRule, ...] = (
    EventRule(
        "trusted-advisor-findings",
        {
            "source": ["finops.trusted-advisor-agent"],
            "detail-type": ["Cost Optimization Findings"],
            # A review that asks Cost Explorer itself looks at these resources anyway, and pays for it once.
            "detail": {"context": {"deep_dive_in_review": [False]}},
        },
        DEEP_DIVE,
    ),
    EventRule(
        "trusted-advisor-refreshed",
        {
            "source": ["aws.trustedadvisor"],
            "detail-type": ["Trusted Advisor Check Item Refresh Notification"],
            "detail": {"status": ["WARN", "ERROR"]},
        },
        START_REVIEW,
        forwarded_from=AWS_ANNOUNCES_IN,
    ),
    EventRule(
        "cost-anomaly-detected",
        {"source": ["aws.ce"], "detail-type": ["Anomaly Detected"]},
        START_REVIEW,
        forwarded_from=AWS_ANNOUNCES_IN,
    ),
)
