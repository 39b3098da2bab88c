"""What an agent is, as data: enough to deploy it, to ask it and to say what it may read."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class AgentSpec:
    """One agent, built in or of another team.

    key           its folder below tasks/agents and its key in the review's state
    name          the name of its ask door's function, and its key in the states table
    may_read      the IAM actions that its role grants, all of them reads
    may_refresh   the IAM actions that it needs besides where FINOPS_TRUSTED_ADVISOR_REFRESH is on; not all are reads,
                  so that its role does not grant them by itself
    has_paid_reads  whether reading costs money (Cost Explorer: $0.01 a request)
    operations    what it asks besides the table in tasks/iam_actions.py: "service:Operation", with boto3's name of the
                  service, and the IAM action that it takes; all of them reads
    """

    key: str
    name: str
    title: str
    description: str
    version: str
    sources: tuple[str, ...]
    may_read: tuple[str, ...]
    may_refresh: tuple[str, ...] = ()
    has_paid_reads: bool = False
    operations: Mapping[str, str] = field(default_factory=dict, hash=False)

    @property
    def work_function(self) -> str:
        """The function behind self_check, collect and analyse."""
        return f"{self.name}-work"

    @property
    def ask_function(self) -> str:
        """The function that answers a question in words."""
        return self.name

    @property
    def work_placeholder(self) -> str:
        """What the definition calls the work function: TrustedAdvisorWork for trusted_advisor."""
        return "".join(word.capitalize() for word in self.key.split("_")) + "Work"

    @property
    def handler_module(self) -> str:
        return f"tasks.agents.{self.key}.handler"
