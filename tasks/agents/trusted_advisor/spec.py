"""The Trusted Advisor agent, as data."""

from tasks.agents.spec import AgentSpec
from workflows.sources import Source

SPEC = AgentSpec(
    key="trusted_advisor",
    name="trusted-advisor-agent",
    title="Trusted Advisor",
    description="Reads Trusted Advisor's cost recommendations and the resources behind them.",
    version="1",
    sources=(Source.TRUSTED_ADVISOR, Source.TRUSTED_ADVISOR_LEGACY),
    may_read=(
        "support:DescribeTrustedAdvisorCheckResult",
        "support:DescribeTrustedAdvisorCheckSummaries",
        "support:DescribeTrustedAdvisorChecks",
        "trustedadvisor:ListChecks",
        "trustedadvisor:ListRecommendationResources",
        "trustedadvisor:ListRecommendations",
    ),
    may_refresh=(
        "support:DescribeTrustedAdvisorCheckRefreshStatuses",
        "support:RefreshTrustedAdvisorCheck",
    ),
)
