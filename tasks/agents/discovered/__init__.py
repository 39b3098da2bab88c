"""The proxy: agents of other teams behind a work door of ours. Nobody else invokes their functions."""

WORK_FUNCTION = "finops-discovered-agent-work"
WORK_PLACEHOLDER = "DiscoveredAgentWork"
HANDLER_MODULE = "tasks.agents.discovered.handler"
COLLECT_STATE = "CollectFromDiscoveredAgent"
ANALYSE_STATE = "AnalyseFromDiscoveredAgent"
