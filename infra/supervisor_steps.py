"""The supervisor's own steps: one function a step, named after its state."""

from collections.abc import Mapping, Sequence

from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from infra.review_function import FunctionSettings, review_function
from tasks.steps import function_name, module_name

MEMORY_MB = 512
MORE_MEMORY_MB = {
    "ConsolidateFindings": 3008,  # because it holds all agents' findings at once, and new accounts allow no more
    "PublishReport": 1024,  # because it holds the whole report in all its formats
}


class SupervisorSteps(Construct):
    """The function of each step, by the step's name."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        steps: Sequence[str],
        shared: FunctionSettings,
        timeouts_s: Mapping[str, int],
    ) -> None:
        super().__init__(scope, construct_id)
        self.by_step: dict[str, lambda_.Function] = {
            step: review_function(
                self,
                step,
                shared=shared,
                name=function_name(step),
                handler=f"{module_name(step)}.handler",
                timeout_s=timeouts_s[step],
                memory_mb=MORE_MEMORY_MB.get(step, MEMORY_MB),
            )
            for step in steps
        }
