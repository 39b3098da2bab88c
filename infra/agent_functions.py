"""The agents' functions: two doors an agent, from its registration."""

from collections.abc import Mapping, Sequence

from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from infra.review_function import FunctionSettings, review_function
from tasks.agents.spec import AgentSpec

WORK_MEMORY_MB = 1024
ASK_MEMORY_MB = 512
ASK_TIMEOUT_S = 120


class AgentFunctions(Construct):
    """The work and the ask function of each agent, by the agent's key."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        agents: Sequence[AgentSpec],
        shared: FunctionSettings,
        timeouts_s: Mapping[str, int],
    ) -> None:
        super().__init__(scope, construct_id)
        self.work: dict[str, lambda_.Function] = {}
        self.ask: dict[str, lambda_.Function] = {}
        for spec in agents:
            substitution = spec.work_placeholder
            self.work[spec.key] = review_function(
                self,
                substitution,
                shared=shared,
                name=spec.work_function,
                handler=f"{spec.handler_module}.work",
                timeout_s=timeouts_s[substitution],
                memory_mb=WORK_MEMORY_MB,
            )
            self.ask[spec.key] = review_function(
                self,
                substitution.removesuffix("Work") + "Ask",
                shared=shared,
                name=spec.ask_function,
                handler=f"{spec.handler_module}.ask",
                timeout_s=ASK_TIMEOUT_S,
                memory_mb=ASK_MEMORY_MB,
            )
